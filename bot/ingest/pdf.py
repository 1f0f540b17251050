"""PDF → blocks: headings by size and weight, paragraphs by the space between lines, lists, tables; no running heads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.errors import InputError
from bot.ingest.blocks import Block, Item, Kind, Reading, Removed
from bot.ingest.boilerplate import DATE
from bot.ingest.lines import bullet_of, ends_sentence, is_capitals, is_short, numbered
from bot.ingest.pdf_lines import Line, lines_of_pdf, rows_joined
from bot.ingest.pdf_tables import table_at
from bot.language.words import english_ranks

DEEPEST = 6  # level of a heading, however many looks of headings there are
MOST_GAPS = 2_000  # looked at to find how far lines stand apart
_EDGE = 0.1  # of the page's height, above and below: where running heads stand
_LARGER = 1.08  # than the body: a heading
_APART = 1.3  # times the usual distance of lines: another paragraph
_MARGINAL = re.compile(
    r"(?:page\s*)?[-–]?\s*\d{1,4}\s*(?:(?:of|/)\s*\d{1,4})?\s*[-–]?|(?:https?|file)://\S+(?:\s+\d+/\d+)?"
    r"|(?:.{1,80}[\s,|·–-])?page\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?",
    re.IGNORECASE,
)
_STAMP = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4},? \d{1,2}:\d\d(?:\s*[AP]M)?(?:\s+.{1,80})?", re.IGNORECASE)
_HYPHEN = "\u00ad"
_Style = tuple[float, bool, bool]  # size, bold, upright


def read_pdf(data: bytes, tell: Callable[[int, int], None]) -> Reading:
    """The blocks of a PDF. Raises InputError with the reason why it is not read."""
    raw, properties = lines_of_pdf(data, tell)
    if not any(any(letter.isalnum() for letter in line.text) for line in raw):
        raise InputError(field="file", got="a PDF without words, only pictures", allowed="a PDF with text in it")
    lines, removed = _without_running_heads(rows_joined(raw))
    lines = [line for page in _by_page(lines) for line in _in_reading_order(page)]
    blocks = tuple(_Maker(lines).make())
    heading = next((block.text for block in blocks if block.kind is Kind.HEADING), "")
    return Reading(
        title=heading or properties.get("Title", ""),
        author=_told(properties.get("Author", "")),
        dated=_dated(properties),
        blocks=blocks,
        removed=tuple(removed),
    )


def _without_running_heads(lines: Sequence[Line]) -> tuple[list[Line], list[Removed]]:
    """Without what stands at the edge of page after page: page numbers, the document's name, the printer's stamps."""
    pages = len({line.page for line in lines})
    met: Counter[str] = Counter()
    for _, key in {(line.page, _key(line)) for line in lines if _at_edge(line)}:
        met[key] += 1
    kept: list[Line] = []
    removed: dict[Removed, None] = {}
    for line in lines:
        marginal = _at_edge(line) and (_MARGINAL.fullmatch(line.text) or _STAMP.fullmatch(line.text))
        repeated = _at_edge(line) and pages > 1 and met[_key(line)] >= max(2, 0.4 * pages)
        if marginal or repeated:
            removed[Removed(line.text, "a running head or page number")] = None
        else:
            kept.append(line)
    return kept, list(removed)[:50]


def _at_edge(line: Line) -> bool:
    return line.bottom < _EDGE * line.height or line.top > (1 - _EDGE) * line.height


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)


def _by_page(lines: Sequence[Line]) -> Iterator[list[Line]]:
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    return iter(pages.values())


def _in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """A page's lines as they are read: frames that the file holds out of order are put where they are printed."""
    frames: list[list[Line]] = []
    for line in lines:
        last = frames[-1][-1] if frames else None
        rises = last is not None and line.base > last.base + max(4.0, 0.5 * line.size)
        if last is None or rises:
            frames.append([line])
        else:
            frames[-1].append(line)
    if all(_follows(frames[place], frames[place + 1]) for place in range(len(frames) - 1)):
        return [line for frame in frames for line in frame]
    frames.sort(key=lambda frame: (_column(frame), -frame[0].base))
    return [line for frame in frames for line in frame]


def _follows(frame: Sequence[Line], after: Sequence[Line]) -> bool:
    """Whether a frame that begins higher stands in a column to the right."""
    return min(line.left for line in after) > min(line.left for line in frame) + 20


def _column(frame: Sequence[Line]) -> int:
    """0 for what begins on the left half of the page, 1 for the right."""
    return int(min(line.left for line in frame) > 0.45 * frame[0].width)


class _Maker:
    """Goes through the lines once and makes blocks of them."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        letters: Counter[float] = Counter()
        bold: Counter[bool] = Counter()
        for line in lines:
            letters[line.size] += len(line.text)
            bold[line.bold] += len(line.text)
        self._body = max(letters, key=lambda size: letters[size]) if letters else 0.0
        self._bold_tells = bold[True] < 0.4 * (bold[True] + bold[False])
        self._leading = self._usual_distance()
        self._styles = self._heading_styles()
        self._words = {word.lower() for line in lines for word in re.findall(r"[\w-]+", line.text)}

    def make(self) -> Iterator[Block]:
        """The blocks in order."""
        at = 0
        items: list[Item] = []
        began = ""
        while at < len(self._lines):
            rows, end = table_at(self._lines, at)
            group = self._lines[at:end] if rows else self._group(at)
            text = "" if rows else self._text_of(group)
            item = self._item(group, text) if text and not self._is_heading(group, text) else None
            place = f"page {group[0].page}"
            if item is None and items:
                yield _list_of(items, began)
                items = []
            if rows:
                yield Block(kind=Kind.TABLE, rows=rows, place=place)
            elif item is not None:
                began = began if items else place
                items.append(item)
            elif self._is_heading(group, text):
                level = min(DEEPEST, self._styles.get(_style(group[0]), len(self._styles) + 1))
                yield Block(kind=Kind.HEADING, text=text.rstrip(":").rstrip(), level=level, place=place)
            else:
                yield Block(kind=Kind.PARAGRAPH, text=text, place=place)
            at += len(group)
        if items:
            yield _list_of(items, began)

    def _usual_distance(self) -> Mapping[float, float]:
        """By size, how far lines of one paragraph stand apart."""
        gaps: dict[float, list[float]] = {}
        for above, below in zip(self._lines, self._lines[1:], strict=False):
            gap = above.base - below.base
            if above.page == below.page and above.size == below.size and 0.8 * above.size < gap < 2.2 * above.size:
                gaps.setdefault(above.size, []).append(gap)
        return {size: _usual(each[:MOST_GAPS]) for size, each in gaps.items()}

    def _group(self, at: int) -> Sequence[Line]:
        """The lines of the paragraph, item or heading that begins here."""
        end = at + 1
        while end < len(self._lines) and self._goes_on(at, end):
            end += 1
        return self._lines[at:end]

    def _goes_on(self, at: int, end: int) -> bool:
        first, above, line = self._lines[at], self._lines[end - 1], self._lines[end]
        other = _style(line) != _style(first)
        if _marked(line) or (other and (self._is_big(line) or self._is_big(first))):
            return False
        if line.bold != first.bold and self._bold_tells and not _is_mixed(first, line):
            return False
        if table_at(self._lines, end)[0]:
            return False
        if above.page != line.page or above.base < line.base:
            return not ends_sentence(above.text) and line.text[:1].islower() and not self._is_big(first)
        gap = above.base - line.base
        usual = self._leading.get(line.size, 1.35 * line.size)
        if gap > _APART * usual or gap < 0.3 * line.size:
            return False
        if _marked(first):
            if line.left < first.left - 3:
                return False
            hanging = line.left >= first.words_left - 3
            full = above.right > 0.75 * self._right_edge(line.page)
            return hanging or (full and not ends_sentence(above.text))
        return not (ends_sentence(above.text) and line.left > first.left + 8 and line.left > above.left + 8)

    def _right_edge(self, page: int) -> float:
        return max((line.right for line in self._lines if line.page == page), default=0.0)

    def _is_big(self, line: Line) -> bool:
        return line.size > _LARGER * self._body

    def _heading_styles(self) -> Mapping[_Style, int]:
        """The looks of headings with their levels, the largest first."""
        found = {_style(line) for line in self._lines if self._is_big(line) and is_short(line.text)}
        if self._bold_tells:
            found |= {_style(line) for line in self._lines if line.bold and abs(line.size - self._body) < 0.6}
        order = sorted(found, reverse=True)
        return {style: place for place, style in enumerate(order, start=1)}

    def _is_heading(self, group: Sequence[Line], text: str) -> bool:
        first = group[0]
        if not is_short(text) or bullet_of(text) is not None or (len(text) < 3 and text.isascii()):
            return False
        ends = ends_sentence(text) and not text.endswith(("?", ":"))
        if self._is_big(first):
            return not ends or len(text.split()) <= 6
        if self._bold_tells and first.bold and all(line.bold for line in group):
            return not ends
        return is_capitals(text) and not ends and len(text.split()) > 1 and not self._styles

    def _item(self, group: Sequence[Line], text: str) -> Item | None:
        marked = bullet_of(text)
        depth = int(group[0].left)
        if marked:
            return Item(marked, depth)
        number = numbered(text)
        return Item(number[1], depth, number[0]) if number else None

    def _text_of(self, group: Sequence[Line]) -> str:
        text = group[0].text
        for line in group[1:]:
            text = self._glued(text, line.text)
        return " ".join(text.replace(_HYPHEN, "").split())

    def _glued(self, text: str, more: str) -> str:
        if not text.endswith((_HYPHEN, "-")) or not more[:1].isalpha():
            return f"{text} {more}"
        first = re.findall(r"\w+", text)[-1:] or [""]
        second = re.findall(r"\w+", more)[:1] or [""]
        whole, parted = f"{first[0]}{second[0]}".lower(), f"{first[0]}-{second[0]}".lower()
        known = whole in self._words or whole in english_ranks()
        keep = parted in self._words or (
            not known and first[0].lower() in english_ranks() and second[0].lower() in english_ranks()
        )
        return f"{text[:-1]}{'-' if keep else ''}{more}"


def _usual(gaps: Sequence[float]) -> float:
    """The smallest distance that is met again and again: gaps between paragraphs are larger."""
    often = max(2, 0.08 * len(gaps))
    ordered = sorted(gaps)
    return next((gap for gap in ordered if sum(gap <= other <= 1.06 * gap for other in ordered) >= often), ordered[0])


def _marked(line: Line) -> bool:
    return bullet_of(line.text) is not None or numbered(line.text) is not None


def _is_mixed(first: Line, line: Line) -> bool:
    """Whether a bold beginning goes on in the same row or sentence."""
    return abs(first.base - line.base) < 2 or (first.bold and not is_short(first.text))


def _style(line: Line) -> _Style:
    return line.size, line.bold, not line.italic


def _list_of(items: Sequence[Item], place: str) -> Block:
    indents = sorted({item.depth for item in items})
    steps = [indents[0]]
    for indent in indents:
        if indent - steps[-1] > 6:
            steps.append(indent)
    placed = [
        Item(item.text, max(n for n, step in enumerate(steps) if step <= item.depth), item.number) for item in items
    ]
    kind = Kind.NUMBERS if items[0].number else Kind.BULLETS
    return Block(kind=kind, items=tuple(placed), place=place)


def _told(author: str) -> str:
    return "" if author.lower() in ("", "user", "admin", "unknown", "anonymous") else author


def _dated(properties: Mapping[str, str]) -> str:
    for name in ("ModDate", "CreationDate"):
        found = re.match(r"D:(\d{4})(\d\d)(\d\d)", properties.get(name, ""))
        if found:
            return "-".join(found.groups())
    stamped = DATE.search(properties.get("Subject", ""))
    return stamped.group() if stamped else ""
