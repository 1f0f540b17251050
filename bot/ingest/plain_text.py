"""Plain text → blocks: headings without marks, bullets as lone dashes, numbered parts, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.ingest.blocks import Block, Item, Kind, Reading, Removed
from bot.ingest.boilerplate import author_in, date_in, why_removed
from bot.ingest.lines import (
    bullet_of,
    decimal,
    ends_sentence,
    is_bare_heading,
    is_capitals,
    is_title_case,
    numbered,
)
from bot.ingest.text_lines import CELLS, HASHES, QUESTION, REPLY, RULE, Line, joined_lines, text_lines

MOST_COLON_WORDS = 8
_RUN = 2  # other short lines beside one make a run; no more are looked at
_REGION = re.compile(r"comments?(?: \(\d+\))?|\d+ comments?", re.IGNORECASE)


def read_plain_text(text: str) -> Reading:
    """The blocks of a text; boilerplate is still in them, but for lines that would be mistaken for headings."""
    lines = joined_lines(text_lines(text))
    noise = tuple(Removed(line.text, why_removed(line.text)) for line in lines if _is_noise(line.text))
    blocks = tuple(_Maker([line for line in lines if not _is_noise(line.text)]).make())
    first = next(iter(blocks), None)
    title = first.text if first and first.kind is Kind.HEADING and len(blocks) > 1 else ""
    return Reading(title=title, blocks=blocks, removed=noise)


class _Maker:
    """Goes through the lines once and makes blocks of them."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._marked = any(line.mark or HASHES.match(line.text) for line in self._lines)
        # Looked at once: it is asked of every line again, and how many there are of every heading.
        self._heads = [self._may_head(place) for place in range(len(self._lines))]
        self._bare = sum(self._heads)
        self._capitals = sum(may and is_capitals(line.text) for may, line in zip(self._heads, self._lines, strict=True))
        self._level = 0  # of the last heading that can have others beneath it
        self._base = 1
        self._numbered_level = 0

    def make(self) -> Iterator[Block]:
        """The blocks in order."""
        place = 0
        while place < len(self._lines):
            heading = self._heading(place)
            if heading is not None:
                yield heading
                place += 1
                continue
            end = self._table_end(place)
            if end:
                yield self._table(place, end)
                place = end
                continue
            end = self._list_end(place)
            if end > place:
                yield self._list(place, end)
                place = end
                continue
            line = self._lines[place]
            reply = REPLY.fullmatch(line.text)
            text = reply.group(1) if reply and self._asked(place) else line.text
            yield Block(kind=Kind.PARAGRAPH, text=text, place=f"line {line.number}")
            place += 1

    def _asked(self, place: int) -> bool:
        return place > 0 and bool(QUESTION.fullmatch(self._lines[place - 1].text))

    def _text(self, place: int) -> str:
        return self._lines[place].text if place < len(self._lines) else ""

    def _heading(self, place: int) -> Block | None:
        line = self._lines[place]
        text, level = self._headed(place, line)
        return Block(kind=Kind.HEADING, text=text, level=level, place=f"line {line.number}") if text else None

    def _headed(self, place: int, line: Line) -> tuple[str, int]:
        """The heading's words and level, or ("", 0)."""
        if line.mark:
            return line.text, self._at(1 if line.mark == "=" else 2)
        hashes = HASHES.fullmatch(line.text)
        if hashes:
            return hashes.group(2), self._at(len(hashes.group(1)))
        question = QUESTION.fullmatch(line.text)
        if question:
            return question.group(1), self._base + (1 if self._level >= self._base else 0)
        if _REGION.fullmatch(line.text):
            return line.text, self._at(self._base)
        parted = decimal(line.text)
        if parted and is_bare_heading(parted[1]) and self._text(place + 1):
            return line.text, self._base + parted[0].count(".") + (1 if self._numbered_level > self._base else 0)
        if self._is_numbered_heading(place):
            self._numbered_level = self._level + 1 if 0 < self._level < 3 and self._level != self._numbered_level else (
                self._numbered_level or 1
            )  # fmt: skip
            return line.text, self._numbered_level
        if self._is_colon_heading(place):
            return line.text[:-1].rstrip(), max(self._level, self._numbered_level if self._level else 0) + 1
        if self._marked and not (is_capitals(line.text) and line.alone):
            return "", 0
        if not self._heads[place]:
            return "", 0
        if self._capitals and self._capitals < self._bare and not is_capitals(line.text):
            return line.text, self._at(2)
        return line.text, self._at(1)

    def _at(self, level: int) -> int:
        self._level = level
        self._numbered_level = 0
        return level

    def _may_head(self, place: int) -> bool:
        """Whether a line without any mark stands as a heading does: short, above something that is none."""
        line, below = self._lines[place], self._text(place + 1)
        if not below or not is_bare_heading(line.text) or bullet_of(line.text) is not None or numbered(line.text):
            return False
        if author_in(line.text) or date_in(line.text):
            return False
        if (place and _is_cells(line.text)) or (self._in_run(place) and not is_capitals(line.text)):
            return False
        if is_title_case(line.text) or is_capitals(line.text) or line.text.endswith("?"):
            heads = bullet_of(below) is not None or is_bare_heading(below) or ends_sentence(below)
            return heads or line.alone or len(below) > len(line.text)
        return (line.alone and len(line.text.split()) <= 10) or (
            not line.last and len(line.text) < 60 and len(below) > 2 * len(line.text) and ends_sentence(below)
        )

    def _in_run(self, place: int) -> bool:
        """Whether it is one of three or more short lines in a row: an address, a verse."""

        def is_short_line(at: int) -> bool:
            text = self._text(at) if at >= 0 else ""
            marked = bullet_of(text) is not None or numbered(text) or _is_cells(text) or ": " in text
            return bool(text) and is_bare_heading(text) and not marked

        above = below = 0
        while above < _RUN and place - above - 1 >= 0 and is_short_line(place - above - 1):
            above += 1
        while below < _RUN and is_short_line(place + below + 1):
            below += 1
        closes = below == 0 and self._lines[place].alone
        return above + below >= _RUN and not closes and not (place == 0 and self._lines[place].alone)

    def _is_numbered_heading(self, place: int) -> bool:
        found = numbered(self._text(place))
        if not found or not found[0][:-1].isalnum() or not is_bare_heading(found[1]):
            return False
        below = self._text(place + 1)
        if not below or numbered(below) or decimal(below):
            return bool(decimal(below)) and found[0][:-1].isdigit()
        if place and numbered(self._text(place - 1)):
            return False
        return len(below) > len(found[1]) or bullet_of(below) is not None

    def _is_colon_heading(self, place: int) -> bool:
        text, below = self._text(place), self._text(place + 1)
        if not text.endswith(":") or not below or bullet_of(text) is not None or numbered(text):
            return False
        bare = text[:-1].rstrip()
        if len(bare.split()) > MOST_COLON_WORDS or not is_bare_heading(bare) or self._marked:
            return False
        return is_title_case(bare) or is_capitals(bare)

    def _list_end(self, place: int) -> int:
        end = place
        kind = self._kind_of(place)
        while end < len(self._lines) and kind and self._item_of(end) is not None:
            if end > place and self._heading_peek(end):
                break
            if self._lines[end].indent <= self._lines[place].indent and self._kind_of(end) is not kind:
                break
            end += 1
        return end

    def _heading_peek(self, place: int) -> bool:
        return bool(HASHES.fullmatch(self._text(place))) or self._is_numbered_heading(place)

    def _kind_of(self, place: int) -> Kind | None:
        text = self._text(place)
        if bullet_of(text):
            return Kind.BULLETS
        return Kind.NUMBERS if numbered(text) else None

    def _item_of(self, place: int) -> Item | None:
        text = self._text(place)
        marked = bullet_of(text)
        if marked:
            return Item(marked)
        found = numbered(text)
        return Item(found[1], number=found[0]) if found else None

    def _list(self, place: int, end: int) -> Block:
        indents = sorted({self._lines[at].indent for at in range(place, end)})
        items = []
        for at in range(place, end):
            item = self._item_of(at)
            if item is not None:
                items.append(replace(item, depth=indents.index(self._lines[at].indent)))
        kind = self._kind_of(place) or Kind.BULLETS
        return Block(kind=kind, items=tuple(items), place=f"line {self._lines[place].number}")

    def _table_end(self, place: int) -> int:
        """Where a table that begins here ends, or 0: at least two rows with as many cells."""
        end, count = place, len(_cells(self._text(place)))
        while end < len(self._lines) and count > 1 and _is_cells(self._text(end)):
            if len(_cells(self._text(end))) not in (count, count - 1) and not RULE.fullmatch(self._text(end)):
                break
            end += 1
        rows = [at for at in range(place, end) if not RULE.fullmatch(self._text(at))]
        return end if len(rows) > 1 else 0

    def _table(self, place: int, end: int) -> Block:
        texts = [self._text(at) for at in range(place, end) if not RULE.fullmatch(self._text(at))]
        return Block(
            kind=Kind.TABLE, rows=tuple(_cells(text) for text in texts), place=f"line {self._lines[place].number}"
        )


def _is_cells(text: str) -> bool:
    return bullet_of(text) is None and (len(_cells(text)) > 1 or bool(RULE.fullmatch(text)))


def _cells(text: str) -> tuple[str, ...]:
    return tuple(CELLS.split(text.strip().strip("|").strip()))


def _is_noise(text: str) -> bool:
    """Boilerplate that could be taken for a heading; regions of comments are kept, as their heading ends a section."""
    return bool(why_removed(text)) and not _REGION.fullmatch(text) and why_removed(text) != "related links"
