"""Blocks without what is no content: boilerplate, regions of comments and links, lines about the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.ingest.blocks import Block, Kind, Reading, Removed
from bot.ingest.boilerplate import author_in, date_in, why_removed
from bot.ingest.lines import is_short

EDGE = 8  # blocks at either end of a document in which a line may tell who wrote it, and when
_REGIONS = ("related links", "a comment counter", "a comment form", "a share link", "a newsletter form")
_WHOLE = ("a comment counter", "a comment form")  # all beneath such a heading is other people's
_LONGEST_LINK = 120


def clean(reading: Reading) -> Reading:
    """The reading with content only; what was left out stands in `removed`, author and date where they were found."""
    kept: list[Block] = []
    removed = list(reading.removed)
    author, dated = reading.author, reading.dated
    region = ""
    count = len(reading.blocks)
    for place, block in enumerate(reading.blocks):
        if region:
            if block.kind is not Kind.HEADING and (region in _WHOLE or _is_link_like(block)):
                removed.append(Removed(_words(block), region))
                continue
            region = ""
        why = _why(block)
        if why:
            removed.append(Removed(_words(block), why))
            if block.kind is Kind.HEADING or why in (*_WHOLE, "related links"):
                region = why if why in _REGIONS and _may_begin(block, why) else ""
            continue
        if block.kind is Kind.PARAGRAPH and (place < EDGE or place >= count - EDGE):
            told_by = author_in(block.text)
            told_when = date_in(block.text, anywhere=bool(told_by))
            if told_by or told_when:
                author, dated = author or told_by, dated or told_when
                removed.append(Removed(block.text, "a line about the document"))
                continue
        kept.append(block)
    return replace(reading, blocks=tuple(_without_empty(kept)), removed=tuple(removed), author=author, dated=dated)


def _may_begin(block: Block, why: str) -> bool:
    return why not in _WHOLE or block.kind is Kind.HEADING or block.text[:1].isdigit() or block.text[:1].isupper()


def _why(block: Block) -> str:
    if block.kind in (Kind.HEADING, Kind.PARAGRAPH):
        return why_removed(block.text)
    if block.kind in (Kind.BULLETS, Kind.NUMBERS):
        reasons = [why_removed(item.text) for item in block.items]
        return reasons[0] if reasons and all(reasons) else ""
    return ""


def _is_link_like(block: Block) -> bool:
    if block.kind is Kind.PARAGRAPH:
        return len(block.text) <= _LONGEST_LINK and not block.text.endswith((".", ":", ";"))
    return block.kind in (Kind.BULLETS, Kind.NUMBERS) and all(
        is_short(item.text) and not item.text.endswith(".") for item in block.items
    )


def _words(block: Block) -> str:
    return block.text or "; ".join(item.text for item in block.items) or "; ".join(map(" ".join, block.rows))


def _without_empty(blocks: Sequence[Block]) -> Iterable[Block]:
    return (block for block in blocks if block.text or block.items or block.rows)
