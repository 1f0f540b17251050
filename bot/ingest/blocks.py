"""What every reader makes of a document: headings, paragraphs, lists and tables in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLETS = "bullets"
    NUMBERS = "numbers"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list; `depth` counts from 0, `number` is what stands before it in a numbered list."""

    text: str
    depth: int = 0
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading, paragraph, list or table. `level` is a heading's, from 1; `place` is where it begins, as "page 3"."""

    kind: Kind
    text: str = ""
    level: int = 0
    items: tuple[Item, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """A line that is no content: its words and why it was left out, as "a share link"."""

    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A document as it was read. `author` and `dated` are "" where it names none; `notes` are for people."""

    title: str = ""
    author: str = ""
    dated: str = ""
    blocks: tuple[Block, ...] = ()
    removed: tuple[Removed, ...] = ()
    notes: tuple[str, ...] = ()
