"""Word files (DOCX) → blocks: looked over as an archive first, then read as the page that mammoth makes of it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import mammoth
from selectolax.lexbor import LexborHTMLParser

from bot.errors import InputError
from bot.ingest.blocks import Reading
from bot.ingest.boilerplate import DATE
from bot.ingest.html import read_html

MOST_PARTS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_TEXT = 40 * 1024 * 1024  # of the one part that holds the words
MOST_RATIO = 400  # real files pack their XML to a twentieth; a bomb to a thousandth
_STYLES = """
p[style-name='Title'] => div.document-title:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Heading 7'] => h6:fresh
p[style-name='TOC Heading'] => !
p[style-name='toc 1'] => !
p[style-name='toc 2'] => !
p[style-name='toc 3'] => !
p[style-name='List Bullet'] => ul > li:fresh
p[style-name='List Bullet 2'] => ul|ol > li > ul > li:fresh
p[style-name='List Number'] => ol > li:fresh
"""
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""encoding\s{0,9}=\s{0,9}["'](?!utf-?8["']|us-ascii["'])""", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # how XML of two or four bytes a letter begins
_PROPERTY = r"<(?:\w+:)?{name}\b[^>]*>([^<]*)<"


def read_word(data: bytes) -> Reading:
    """The blocks of a DOCX file. Raises InputError with the reason why it is not read."""
    core = _look_over(data)
    html = mammoth.convert_to_html(
        io.BytesIO(data),
        style_map=_STYLES,
        convert_image=mammoth.images.img_element(_no_picture),
        include_embedded_style_map=False,
    ).value
    tree = LexborHTMLParser(html)
    named = tree.css_first("div.document-title")
    title = " ".join((named.text() if named else "").split())
    for node in tree.css("div.document-title, sup > a, ol > li > p > a[href^='#footnote-ref']"):
        node.decompose()
    reading = read_html(tree.body.html if tree.body and tree.body.html else "", trusted=True)
    stamped = DATE.search(_property(core, "modified") or _property(core, "created"))
    return Reading(
        title=title or reading.title or _property(core, "title"),
        author=_author(_property(core, "creator")),
        dated=stamped.group() if stamped else "",
        blocks=reading.blocks,
        removed=reading.removed,
    )


def _look_over(data: bytes) -> str:
    """The document's properties as XML; raises InputError for what must not be unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _refuse_bombs(parts)
            names = {part.filename for part in parts}
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise _refused("a Word file with macros", "a Word file without macros; save it as .docx")
            if "word/document.xml" not in names:
                raise _refused("an archive that is no Word file", "a Word file (.docx)")
            for part in parts:
                _refuse_entities(part.filename, archive.read(part))
            core = archive.read("docProps/core.xml") if "docProps/core.xml" in names else b""
    except zipfile.BadZipFile as error:
        raise _refused("a damaged archive", "a whole Word file (.docx)") from error
    except (RuntimeError, NotImplementedError, zipfile.LargeZipFile) as error:
        raise _refused("an archive with a password or an unknown packing", "a Word file without a password") from error
    return core.decode("utf-8", errors="replace")


def _refuse_entities(name: str, data: bytes) -> None:
    """Whatever the part is called: which ones are parsed as XML is told by other parts."""
    is_xml = name.lower().endswith((".xml", ".rels")) or data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    is_wide = data.startswith(_WIDE) or b"<\0" in data[:8] or b"\0<" in data[:8]
    if is_wide or (is_xml and b"\0" in data):
        raise _refused("a Word file whose parts are not written in UTF-8", "a Word file as Word writes it")
    if is_xml and _ENCODING.search(data[:200]):
        raise _refused("a Word file whose parts are not written in UTF-8", "a Word file as Word writes it")
    if is_xml and _DOCTYPE.search(data):
        raise _refused("a Word file that defines entities of its own", "a Word file as Word writes it")


def _refuse_bombs(parts: list[zipfile.ZipInfo]) -> None:
    whole = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    if len(parts) > MOST_PARTS or whole > MOST_UNPACKED or (whole > 10_000_000 and whole / packed > MOST_RATIO):
        raise _refused("an archive that unpacks to far more than it is", "an ordinary Word file")
    if any(part.filename == "word/document.xml" and part.file_size > MOST_TEXT for part in parts):
        raise _refused("more text than a book", f"at most {MOST_TEXT // 1024 // 1024} MB of text")
    if any(part.flag_bits & 1 for part in parts):
        raise _refused("an archive with a password", "a Word file without a password")


def _no_picture(_image: Any) -> dict[str, str]:
    """Pictures are left out, and never opened: one may name a file of this machine."""
    return {"src": ""}


def _property(core: str, name: str) -> str:
    found = re.search(_PROPERTY.format(name=name), core)
    return " ".join(found.group(1).split()) if found else ""


def _author(name: str) -> str:
    return (
        "" if name.lower() in ("python-docx", "microsoft office user", "user", "admin", "un-named", "unknown") else name
    )


def _refused(got: str, allowed: str) -> InputError:
    return InputError(field="file", got=got, allowed=allowed)
