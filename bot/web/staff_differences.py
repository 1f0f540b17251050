"""Differences of an entry as people say them: whole dates, topics by their titles, never parts of a date struck out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.faq.difference import Change
from bot.faq.entry import Entry, Topic
from bot.staff.comparing import FieldChange, Words, compare
from bot.staff.fields import LABELS

_WHOLE = (LABELS["topic"], LABELS["review_by"])


def compared(old: Entry | None, new: Entry, topics: Iterable[Topic]) -> tuple[FieldChange, ...]:
    """As `compare`, with one value in place of another where words tell nothing."""
    titles = {topic.id: topic.title for topic in topics}
    found = compare(old, new)
    return tuple(_whole(each, titles) if each.label in _WHOLE else each for each in found)


def _whole(change: FieldChange, titles: dict[str, str]) -> FieldChange:
    words = change.lines[0]
    before, after = _said(_text(words, "removed"), titles), _said(_text(words, "added"), titles)
    pieces = (Change("removed", before), Change("same", " → " if before and after else ""), Change("added", after))
    return replace(change, lines=(tuple(each for each in pieces if each.text),))


def _text(words: Words, kind: str) -> str:
    """The text before, of what was "removed", or after, of what was "added"."""
    return "".join(each.text for each in words if each.kind in ("same", kind))


def _said(text: str, titles: dict[str, str]) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return titles.get(text, text)
    return f"{day:%-d %b %Y}"
