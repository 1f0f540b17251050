"""Blocks → headed sections, each with its path, its place in the document and the hash of its words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.faq.visible import visible
from bot.ingest.blocks import Block, Item, Kind

INTRODUCTION = "Introduction"  # what stands before the first heading
BETWEEN = " > "
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u00ad": None, "\u200b": None, "\ufeff": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A headed part of a document; `path` are the headings above it and its own, `number` counts from 1."""

    number: int
    level: int
    heading: str
    path: tuple[str, ...]
    blocks: tuple[Block, ...]
    place: str
    implied: bool = False  # the heading is ours

    @property
    def text(self) -> str:
        """Its paragraphs; lists and tables stand apart."""
        return "\n\n".join(block.text for block in self.blocks if block.kind is Kind.PARAGRAPH)

    @property
    def items(self) -> tuple[str, ...]:
        """The items of all its lists, in order."""
        return tuple(item.text for block in self.blocks for item in block.items)

    @property
    def rows(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Its tables."""
        return tuple(block.rows for block in self.blocks if block.kind is Kind.TABLE)

    @property
    def whole(self) -> str:
        """All of it in reading order, one paragraph, item or row a line: what is compared and quoted."""
        return "\n".join(line for block in self.blocks for line in _lines_of(block))

    @property
    def sha256(self) -> str:
        """The hash of its words, whatever the format, the white space and the shape of apostrophes."""
        return hashlib.sha256(" ".join(self.whole.translate(_STRAIGHT).split()).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return {
            "level": self.level,
            "heading": self.heading,
            "path": BETWEEN.join(self.path),
            "text": self.text,
            "items": list(self.items),
            "tables": [[list(row) for row in table] for table in self.rows],
            "place": self.place,
            "sha256": self.sha256,
            "number": self.number,
        }


def sections_of(blocks: Sequence[Block]) -> tuple[Section, ...]:
    """The sections in order; words before the first heading are the introduction."""
    found: list[Section] = []
    heading: Block | None = None
    mine: list[Block] = []
    above: list[tuple[int, str]] = []
    for block in (*blocks, None):
        if block is not None and block.kind is not Kind.HEADING:
            mine.append(block)
            continue
        if heading is not None or mine:
            level = heading.level if heading else 1
            text = straightened(heading.text) if heading else INTRODUCTION
            above = [(other, name) for other, name in above if other < level]
            found.append(
                Section(
                    number=len(found) + 1,
                    level=level,
                    heading=text,
                    path=(*(name for _, name in above), text),
                    blocks=tuple(mine),
                    place=heading.place if heading else mine[0].place,
                    implied=heading is None,
                )
            )
            if heading is not None:
                above.append((level, text))
        heading, mine = block, []
    return tuple(found)


def straightened(text: str) -> str:
    """A heading as entries cite it: straight apostrophes, single spaces, nothing that nobody sees."""
    return " ".join(visible(text.translate(_STRAIGHT)).split())


def quoted(section: Section) -> str:
    """The section's own words as Markdown quotation."""
    lines: list[str] = []
    for block in section.blocks:
        if lines:
            lines.append("")
        lines.extend(_markdown_of(block))
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _lines_of(block: Block) -> Iterable[str]:
    if block.kind is Kind.TABLE:
        return (" | ".join(row) for row in block.rows)
    if block.items:
        return (f"{item.number or '-'} {item.text}" for item in block.items)
    return (block.text,)


def _markdown_of(block: Block) -> Iterable[str]:
    if block.items:
        return [f"{'  ' * item.depth}{_mark(item)} {item.text}" for item in block.items]
    return _lines_of(block)


def _mark(item: Item) -> str:
    return item.number if item.number[:-1].isdigit() else "-"
