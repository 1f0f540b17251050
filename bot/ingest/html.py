"""HTML → blocks: the article of a web page, or the whole of a page that we made ourselves from another format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.ingest.blocks import Block, Item, Kind, Reading, Removed
from bot.ingest.lines import MOST_WORDS, ends_sentence
from bot.ingest.nesting import refuse_deep
from bot.ingest.page_parts import SKIPPED, about, article_of, beneath, text_of, trunk_of, why_junk
from bot.ingest.runs import Run, blocks_of, joined

MOST_REMOVED = 160  # characters kept of what is left out
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    [
        *("p", "div", "section", "article", "main", "header", "blockquote", "figure", "figcaption", "address"),
        *("pre", "center", "fieldset", "hgroup", "details", "body", "html", "tbody", "thead", "tfoot", "tr"),
        *("td", "th", "table", "caption", "hr", "dd", "dt", "dl", "summary", "li", "ul", "ol"),
    ]
)  # fmt: skip
_BOLD = ("b", "strong", "th")
_LISTS = ("ul", "ol")
_PLACED = ("table", "h1", "h2", "h3", "h4", *_LISTS)  # what stands in no table of facts
_KEEPS_LINKS = ("reference", "source", "further information", "support", "useful", "more information", "help")


def read_html(text: str, *, trusted: bool = False) -> Reading:
    """The blocks of a page. `trusted`: all of it is content, as when it was made from a Word file or Markdown.

    Raises InputError for a page that is nested beyond measure.
    """
    refuse_deep(text)
    tree = LexborHTMLParser(text)
    root = tree.body if trusted else article_of(tree)
    if root is None:
        return Reading()
    title, author, dated = about(tree)
    walker = _Walker(frozenset() if trusted else trunk_of(root), trusted=trusted)
    blocks = walker.walk(root)
    first = tree.css_first("h1")
    heading = text_of(first) if first else ""
    if heading and not trusted and all(block.text != heading for block in blocks if block.kind is Kind.HEADING):
        blocks = (Block(kind=Kind.HEADING, text=heading, level=1, place="block 1"), *blocks)
    return Reading(
        title=heading or _site_taken_off(title),
        author=author,
        dated=dated,
        blocks=blocks,
        removed=tuple(walker.removed),
    )


def _site_taken_off(title: str) -> str:
    for mark in (" | ", " – ", " — ", " - ", " :: "):
        if mark in title:
            return title.split(mark)[0].strip()
    return title


@dataclass(slots=True)
class _OpenList:
    """A list that is being read; `at` is where the open item's words go."""

    ordered: bool
    next: int = 1
    at: int | None = None


@dataclass(slots=True)
class _Walker:
    trunk: frozenset[int]
    trusted: bool
    removed: list[Removed] = field(default_factory=list)
    _blocks: list[Block] = field(default_factory=list)
    _runs: list[Run] = field(default_factory=list)
    _items: list[Item] = field(default_factory=list)
    _lists: list[_OpenList] = field(default_factory=list)
    _links: list[float] = field(default_factory=list)
    _bold: int = 0
    _link: int = 0
    _heading: str = ""
    _level: int = 0
    _term: str = ""
    _asked: bool = False

    def walk(self, root: LexborNode) -> tuple[Block, ...]:
        """The blocks beneath `root`, without recursion."""
        waiting: list[tuple[LexborNode, bool]] = [(root, False)]
        while waiting:
            node, leaving = waiting.pop()
            if leaving:
                self._leave(node.tag or "")
                continue
            if node.tag == "-text":
                self._runs.append(Run(_plain(node.text_content or ""), self._bold > 0, self._link > 0))
                continue
            if not self._enter(node):
                continue
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(list(node.iter(include_text=True))))
        self._flush()
        return tuple(self._blocks)

    def _enter(self, node: LexborNode) -> bool:
        """Begin an element; False when it is left out or was read as a whole."""
        tag = node.tag or ""
        if tag in SKIPPED or tag.startswith("-") or tag == "!doctype":
            return False
        why = "" if self.trusted else why_junk(node, self.trunk, inside_heading=bool(self._heading))
        if why:
            words = text_of(node, 4 * MOST_REMOVED)[:MOST_REMOVED]
            if words:
                self.removed.append(Removed(words, why))
            return False
        if tag == "br":
            self._runs.append(Run("\n"))
            return False
        if tag in _BLOCKS or tag in _HEADINGS:
            self._flush()
        if tag == "table" and (rows := _rows_of(node)):
            self._close_lists()
            self._emit(Block(kind=Kind.TABLE, rows=rows))
            return False
        if tag in _HEADINGS or tag == "summary":
            self._close_lists()
            self._heading = tag
        elif tag in _LISTS:
            start = node.attributes.get("start") or "1"
            self._lists.append(_OpenList(tag == "ol", int(start) if start.isdigit() and len(start) < 5 else 1))
        elif tag == "li" and self._lists:
            opened = self._lists[-1]
            opened.at = None
        elif tag in _BOLD:
            self._bold += 1
        elif tag == "a":
            self._link += 1
        return True

    def _leave(self, tag: str) -> None:
        if tag in _HEADINGS or tag == "summary":
            self._end_heading(tag)
        elif tag == "dt":
            self._end_term()
        elif tag == "dd":
            self._end_meaning()
        elif tag in _BLOCKS:
            self._flush()
        if tag in _LISTS and self._lists:
            self._lists.pop()
            if not self._lists:
                self._end_list()
        elif tag == "li" and self._lists:
            self._lists[-1].at = None
        elif tag in _BOLD:
            self._bold -= 1
        elif tag == "a":
            self._link -= 1

    def _end_heading(self, tag: str) -> None:
        text = joined(self._runs).text
        self._runs.clear()
        self._heading = ""
        if text:
            level = _HEADINGS.get(tag) or self._level + 1
            self._level = level if tag in _HEADINGS else self._level
            self._emit(Block(kind=Kind.HEADING, text=text, level=level))

    def _end_term(self) -> None:
        self._term = joined(self._runs).text
        self._runs.clear()
        self._asked = self._term.endswith("?")
        if self._asked:
            self._emit(Block(kind=Kind.HEADING, text=self._term, level=self._level + 1))

    def _end_meaning(self) -> None:
        if self._asked or not self._term:
            self._flush()
            return
        text = joined(self._runs).text
        self._runs.clear()
        last = self._blocks[-1] if self._blocks else None
        item = Item(f"{self._term.rstrip(':')}: {text}")
        if last and last.kind is Kind.BULLETS and last.place == "terms":
            self._blocks[-1] = replace(last, items=(*last.items, item))
        else:
            self._blocks.append(Block(kind=Kind.BULLETS, items=(item,), place="terms"))

    def _flush(self) -> None:
        """What was collected becomes a block, or goes into the open item of a list."""
        if self._heading:
            self._runs.append(Run(" "))
            return
        words = joined(self._runs)
        if not words.text:
            self._runs.clear()
            return
        if self._lists:
            self._add_to_item(words.text, words.link)
        elif self._is_link_alone(words.text, words.link):
            self.removed.append(Removed(words.text, "a link that stands alone"))
        else:
            for block in blocks_of(self._runs, self._level, ""):
                self._emit(block)
        self._runs.clear()

    def _add_to_item(self, text: str, link: float) -> None:
        opened = self._lists[-1]
        if opened.at is not None:
            item = self._items[opened.at]
            self._items[opened.at] = replace(item, text=f"{item.text} {text}")
            self._links[opened.at] = min(self._links[opened.at], link)
            return
        number = f"{opened.next}." if opened.ordered else ""
        opened.next += 1
        opened.at = len(self._items)
        self._items.append(Item(text, len(self._lists) - 1, number))
        self._links.append(link)

    def _close_lists(self) -> None:
        """A heading or table inside a list: the list was only a frame around them."""
        if self._lists:
            self._end_list()
            for opened in self._lists:
                opened.at = None
            self._lists.clear()

    def _end_list(self) -> None:
        items, links = tuple(self._items), tuple(self._links)
        self._items.clear()
        self._links.clear()
        if not items:
            return
        above = self._blocks[-1].text.lower() if self._blocks else ""
        linked = len(items) >= 2 and min(links) > 0.9 and all(len(item.text) < 90 for item in items)
        if linked and not self.trusted and not any(word in above for word in _KEEPS_LINKS):
            self.removed.append(Removed("; ".join(item.text for item in items)[:MOST_REMOVED], "a list of links"))
            return
        self._emit(Block(kind=Kind.NUMBERS if items[0].number else Kind.BULLETS, items=items))

    def _is_link_alone(self, text: str, link: float) -> bool:
        short = len(text.split()) <= MOST_WORDS and not ends_sentence(text)
        return link > 0.95 and short and not self.trusted

    def _emit(self, block: Block) -> None:
        self._blocks.append(replace(block, place=f"block {len(self._blocks) + 1}"))


def _plain(text: str) -> str:
    return " ".join(text.replace("\n", " ").split(" ")) if "\n" in text else text


def _rows_of(table: LexborNode) -> tuple[tuple[str, ...], ...]:
    """The rows of a table of facts; nothing for one that only places things on the page."""
    if any(each.tag in _PLACED or _is_second_paragraph(each) for each in beneath(table)):
        return ()  # looked for first, and no further than the first one: tables may stand in tables without end
    rows = [tuple(text_of(cell) for cell in _cells(row)) for row in beneath(table) if row.tag == "tr"]
    rows = [row for row in rows if any(row)]
    return tuple(rows) if len(rows) > 1 and max(map(len, rows)) > 1 else ()


def _is_second_paragraph(node: LexborNode) -> bool:
    before = node.prev if node.tag == "p" else None
    while before is not None and (before.tag or "").startswith("-"):
        before = before.prev
    return before is not None and before.tag == "p"


def _cells(row: LexborNode) -> Iterator[LexborNode]:
    return (cell for cell in row.iter() if cell.tag in ("td", "th"))
