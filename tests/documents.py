"""Documents for the readers: what each says, as plain Markdown, and the many ways in which clinics write it down."""

from __future__ import annotations

import html
import io
import textwrap
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "cases" / "documents"


@dataclass(frozen=True)
class Part:
    """A section as it should be found."""

    level: int
    heading: str
    blocks: tuple[tuple[str, object], ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(text for kind, text in self.blocks if kind in ("bullet", "number"))

    @property
    def words(self) -> list[str]:
        """All its words, with those of lists and tables, but for marks."""
        texts = [" ".join(text) if isinstance(text, tuple) else str(text) for _, text in self.blocks]
        return " ".join(texts).split()


@dataclass(frozen=True)
class Content:
    """What a document says."""

    name: str
    parts: tuple[Part, ...] = field(default=())

    @property
    def title(self) -> str:
        return self.parts[0].heading


def contents() -> list[Content]:
    """Every document that is written down in several ways."""
    return [read_content(path) for path in sorted(FOLDER.glob("*.md"))]


def read_content(path: Path) -> Content:
    """A document from its plain form: headings, a paragraph or item or row a line."""
    parts: list[Part] = []
    blocks: list[tuple[str, object]] = []
    heading, level = "", 0
    for line in [*path.read_text(encoding="utf-8").splitlines(), "# end"]:
        if line.startswith("#"):
            if heading:
                parts.append(Part(level, heading, tuple(blocks)))
            level = len(line) - len(line.lstrip("#"))
            heading, blocks = line.lstrip("# "), []
        elif line.startswith("- "):
            blocks.append(("bullet", line[2:]))
        elif line.startswith("|"):
            blocks.append(("row", tuple(cell.strip() for cell in line.strip("|").split("|"))))
        elif line[:1].isdigit() and ". " in line[:4]:
            blocks.append(("number", line.split(". ", 1)[1]))
        elif line.strip():
            blocks.append(("paragraph", line))
    return Content(path.name.removesuffix(".md"), tuple(parts))


def runs(blocks: Sequence[tuple[str, object]]) -> Iterator[tuple[str, list[object]]]:
    """The blocks with items of one list, and rows of one table, together."""
    last, group = "", []
    for kind, text in [*blocks, ("", "")]:
        if group and (kind != last or kind == "paragraph"):
            yield last, group
            group = []
        last = kind
        group.append(text)


# Plain text


def lone_dashes(content: Content) -> bytes:
    """As it comes out of a copied web page: bare headings, bullets as dashes on lines of their own, counters."""
    lines = ["1,204 views"]
    for part in content.parts:
        lines.append(part.heading.title() if not part.heading.endswith("?") else part.heading)
        for kind, text in part.blocks:
            if kind == "bullet":
                lines += ["-", str(text)]
            elif kind == "row":
                lines.append("\t".join(text))  # type: ignore[arg-type]
            elif kind == "number":
                lines.append(
                    f"{sum(1 for k, t in part.blocks[: part.blocks.index((kind, text))] if k == kind) + 1}. {text}"
                )
            else:
                lines.append(str(text))
    return "\n".join([*lines, "", "Comments", "0 comment"]).encode()


def wrapped(content: Content, width: int = 72) -> bytes:
    """A text file of old: lines of one width, underlined headings, stars for bullets."""
    out: list[str] = []
    for part in content.parts:
        mark = {1: "=", 2: "-"}.get(part.level)
        out += ["", *([part.heading, mark * len(part.heading)] if mark else [f"{'#' * part.level} {part.heading}"]), ""]
        for kind, group in runs(part.blocks):
            for number, text in enumerate(group, start=1):
                if kind == "row":
                    out.append(" | ".join(text))  # type: ignore[arg-type]
                    continue
                lead = {"bullet": "* ", "number": f"{number}. "}.get(kind, "")
                out += textwrap.wrap(str(text), width, initial_indent=lead, subsequent_indent=" " * len(lead))
            out.append("")
    return "\n".join(out).encode()


def capitals(content: Content) -> bytes:
    """Headings in capitals, the smaller ones as a line of their own, Windows line ends and bullets that are dots."""
    out: list[str] = []
    for part in content.parts:
        out += ["", part.heading.upper() if part.level < 3 else part.heading, ""]
        for kind, group in runs(part.blocks):
            for number, text in enumerate(group, start=1):
                lead = {"bullet": "  • ", "number": f"  {number}) "}.get(kind, "")
                out.append("   ".join(text) if kind == "row" else f"{lead}{text}")  # type: ignore[arg-type]
            out.append("")
    return "\r\n".join(out).encode("utf-8-sig")


def markdown(content: Content) -> bytes:
    """Markdown as people write it, with properties at its head and a shop link of its own."""
    out = ["---", f"title: {content.title}", "author: Practice nurses", "date: 2025-03-01", "---", ""]
    for part in content.parts:
        out += [f"{'#' * part.level} {part.heading}", ""]
        for kind, group in runs(part.blocks):
            for number, text in enumerate(group, start=1):
                lead = {"bullet": "* ", "number": f"{number}. "}.get(kind, "")
                if kind == "row":
                    out.append(f"| {' | '.join(text)} |")  # type: ignore[arg-type]
                    out += [f"|{' --- |' * len(text)}"] if number == 1 else []  # type: ignore[arg-type]
                else:
                    out.append(f"{lead}{text}")
            out.append("")
    return "\n".join([*out, "[Buy now](https://example.test/shop)", ""]).encode()


# Web pages


def _inner(content: Content, parts: Sequence[Part] | None = None, bold_from: int = 9) -> str:
    out: list[str] = []
    for part in parts if parts is not None else content.parts:
        head = html.escape(part.heading)
        out.append(
            f"<p><strong>{head}</strong></p>" if part.level >= bold_from else f"<h{part.level}>{head}</h{part.level}>"
        )
        for kind, group in runs(part.blocks):
            if kind == "row":
                rows = "".join(
                    f"<tr>{''.join(f'<td>{html.escape(str(cell))}</td>' for cell in row)}</tr>" for row in group
                )  # type: ignore[attr-defined]
                out.append(f"<table>{rows}</table>")
            elif kind in ("bullet", "number"):
                tag = "ul" if kind == "bullet" else "ol"
                out.append(f"<{tag}>{''.join(f'<li>{html.escape(str(text))}</li>' for text in group)}</{tag}>")
            else:
                out += [f"<p>{html.escape(str(text))}</p>" for text in group]
    return "\n".join(out)


def news_page(content: Content) -> bytes:
    """An article in a page full of other things: navigation, share bars, cookies, comments, related links, a shop."""
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{content.title} | The Health Paper</title>
<style>p{{color:red}}</style><script>var a = "<p>not this</p>";</script></head><body class="single with-sidebar">
<div id="cookie-banner">We use cookies to make this page better. <button>Accept all</button></div>
<header class="site-header"><a href="/">The Health Paper</a><nav><ul><li><a href="/a">Diet</a></li><li><a href="/b">Skin</a></li></ul></nav></header>
<div class="wrap"><main><article class="post"><div class="breadcrumbs"><a href="/">Home</a> &gt; <a href="/h">Health</a></div>
{_inner(content, content.parts[:1])}
<p class="byline">By Nora Field, 12 May 2025</p><div class="social-share"><a href="#">Share</a> <a href="#">Tweet</a></div>
<p>4,310 views</p>
{_inner(content, content.parts[1:])}
<div class="product-box"><h3>Our pick of the week</h3><p>Only £12.99</p><a href="/shop">Add to basket</a></div>
<section class="related-posts"><h2>You may also like</h2><ul><li><a href="/1">Ten ways to nap</a></li><li><a href="/2">Tea or coffee?</a></li></ul></section>
<section id="comments"><h2>2 comments</h2><ol><li><p>maria says: this cured me!</p></li><li><p>Thanks.</p></li></ol></section>
</article></main><aside class="sidebar"><h2>Most read</h2><ul><li><a href="/x">A</a></li></ul></aside></div>
<footer><p>© 2025 The Health Paper. All rights reserved.</p></footer></body></html>""".encode()


def div_soup(content: Content) -> bytes:
    """A page of nothing but divisions, with small headings as bold paragraphs and links that stand alone."""
    body = _inner(content, bold_from=3).replace("<p>", "<div class='txt'>").replace("</p>", "</div>")
    return f"""<html><head><title>{content.title} - Clinic</title></head><body><div class="topbar">Call us today</div>
<div id="menu"><a href="/">Start</a> | <a href="/t">Team</a> | <a href="/c">Contact</a></div>
<div id="page"><div class="col">{body}<div><a href="/more">Read more about our services</a></div>
<div class="fb-share">Share on Facebook</div></div></div><div class="footer">Imprint</div></body></html>""".encode()


def accordion(content: Content) -> bytes:
    """A page that folds its parts away: summaries, hidden panels, buttons in headings."""
    out = [_inner(content, content.parts[:1])]
    for number, part in enumerate(content.parts[1:]):
        level, inner = (
            part.level,
            _inner(content, [Part(part.level, "", part.blocks)]).split("</h", 1)[1].split(">", 1)[1],
        )
        out.append(
            f'<h{level}><button aria-controls="p{number}" aria-expanded="false">{html.escape(part.heading)}</button></h{level}>'
            f'<div id="p{number}" class="accordion-panel" hidden>{inner}</div>'
        )
    return (
        f"<!doctype html><meta charset=utf-8><title>{content.title}</title><body><main>{''.join(out)}</main>".encode()
    )


def latin_page(content: Content) -> bytes:
    """An old page in another encoding, with its layout in tables and line breaks for paragraphs."""
    inner = _inner(content).replace("<p>", "").replace("</p>", "<br><br>")
    page = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><title>{content.title}</title></head>
<body><table><tr><td><h1>{content.title}</h1></td></tr><tr><td>{inner.split("</h1>", 1)[1]}</td></tr></table></body></html>"""
    return page.encode("iso-8859-1", errors="xmlcharrefreplace")


# Word files

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(content: Content, **more: bytes) -> bytes:
    """A Word file as Word writes it: styles for headings, numbering for lists, a table."""
    body = "".join(_word_part(part) for part in content.parts)
    return docx_of(body, **more)


def docx_of(body: str, extra: dict[str, bytes] | None = None) -> bytes:
    """A Word file with that body."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/></w:style>' for n in (1, 2, 3)
    )
    numbering = "".join(
        f'<w:abstractNum w:abstractNumId="{n}"><w:lvl w:ilvl="0"><w:numFmt w:val="{form}"/></w:lvl></w:abstractNum>'
        for n, form in ((0, "bullet"), (1, "decimal"))
    ) + "".join(f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (0, 1))
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    )
    near = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    files = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{near}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="s" Type="{near}/styles" Target="styles.xml"/><Relationship Id="n" Type="{near}/numbering" Target="numbering.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_W}>{numbering}</w:numbering>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return packed.getvalue()


def _word_part(part: Part) -> str:
    out = [word_paragraph(part.heading, f'<w:pStyle w:val="Heading{part.level}"/>')]
    for kind, group in runs(part.blocks):
        if kind == "row":
            rows = "".join(
                f"<w:tr>{''.join(f'<w:tc>{word_paragraph(str(cell))}</w:tc>' for cell in row)}</w:tr>"
                for row in group  # type: ignore[attr-defined]
            )
            out.append(f"<w:tbl>{rows}</w:tbl>")
            continue
        number = {"bullet": 1, "number": 2}.get(kind)
        look = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
        out += [word_paragraph(str(text), look) for text in group]
    return "".join(out)


def word_paragraph(text: str, look: str = "") -> str:
    """A paragraph of a Word file."""
    return f'<w:p><w:pPr>{look}</w:pPr><w:r><w:t xml:space="preserve">{html.escape(text)}</w:t></w:r></w:p>'


# PDF


def pdf(content: Content) -> bytes:
    """A PDF of A4 pages as a small program would make it: sizes for headings, dots for bullets, a running foot."""
    lines: list[tuple[str, float, float, float, bool]] = []  # text, left, size, space above, bold
    for part in content.parts:
        lines.append((part.heading, 60, {1: 20, 2: 15, 3: 12.5}[part.level], 14, True))
        for kind, group in runs(part.blocks):
            for number, text in enumerate(group, start=1):
                if kind == "row":
                    lines.append(("\t".join(text), 60, 11, 3, False))  # type: ignore[arg-type]
                    continue
                lead = {"bullet": "• ", "number": f"{number}. "}.get(kind, "")
                left = 60.0 if kind == "paragraph" else 75.0
                for at, piece in enumerate(textwrap.wrap(f"{lead}{text}", 88 if kind == "paragraph" else 84)):
                    lines.append((piece, left + (10 if at and lead else 0), 11, 0 if at else 6, False))
    return pdf_of(lines, foot=content.title)


def pdf_of(lines: Sequence[tuple[str, float, float, float, bool]], foot: str = "") -> bytes:
    """The bytes of a PDF with these lines, on as many pages as they need."""
    pages: list[list[str]] = [[]]
    y = 780.0
    for text, left, size, above, bold in lines:
        y -= above + 1.25 * size
        if y < 70:
            pages.append([])
            y = 780 - 1.25 * size
        for column, cell in enumerate(text.split("\t")):
            shown = (
                cell.encode("cp1252", errors="replace")
                .replace(b"\\", b"\\\\")
                .replace(b"(", b"\\(")
                .replace(b")", b"\\)")
            )
            word = shown.decode("latin-1")
            pages[-1].append(f"BT /F{2 if bold else 1} {size} Tf {left + 150 * column} {y:.1f} Td ({word}) Tj ET")
    for number, page in enumerate(pages, start=1):
        if foot:
            page.append(f"BT /F1 8 Tf 60 30 Td ({foot}, page {number} of {len(pages)}) Tj ET")
    return raw_pdf(["\n".join(page).encode("latin-1") for page in pages])


def raw_pdf(streams: Sequence[bytes]) -> bytes:
    """A PDF whose pages paint these streams."""
    count = len(streams)
    kids = " ".join(f"{5 + 2 * place} 0 R" for place in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for place, stream in enumerate(streams):
        packed = zlib.compress(stream)
        box = "/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {6 + 2 * place} 0 R >>".encode())
        objects.append(f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream")
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


WAYS: dict[str, tuple[str, Callable[[Content], bytes]]] = {
    "lone-dashes": (".txt", lone_dashes),
    "wrapped": (".txt", wrapped),
    "capitals": (".txt", capitals),
    "markdown": (".md", markdown),
    "news-page": (".html", news_page),
    "div-soup": (".html", div_soup),
    "accordion": (".html", accordion),
    "latin-page": (".html", latin_page),
    "word": (".docx", docx),
    "pdf": (".pdf", pdf),
}
