"""A new version of a document beside the old one: which sections stayed, changed, moved, came and went."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rapidfuzz import fuzz

from bot.faq.difference import Change, words_changed
from bot.faq.sources import SourceDocument

LONGEST_COMPARED = 10_000  # characters of a section by which its likeness is judged
MOST_COMPARED = 200  # old sections that one new one is held against by likeness, the nearest ones
ALIKE = 60.0  # of 100: the share of words from which a section under another heading is the old one rewritten


class Headed(Protocol):
    """What a section is known by, whether its words are kept or only their hash."""

    @property
    def heading(self) -> str:
        """As entries cite it."""

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above it and its own."""

    @property
    def sha256(self) -> str:
        """The hash of its words."""

    @property
    def whole(self) -> str:
        """Its words; "" where they are not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A section of which only the hash is known."""

    heading: str
    path: tuple[str, ...]
    sha256: str
    whole: str = ""


def remembered(document: SourceDocument) -> tuple[Remembered, ...]:
    """The sections of a document whose words were never kept."""
    found: list[Remembered] = []
    above: list[tuple[int, str]] = []
    for section in document.sections:
        above = [(level, name) for level, name in above if level < section.level]
        above.append((section.level, section.heading))
        path = tuple(name for _, name in above)
        found.append(Remembered(heading=section.heading, path=path, sha256=section.sha256))
    return tuple(found)


class Fate(StrEnum):
    """What became of a section."""

    SAME = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    NEW = "new"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """A section of either version; both where they belong together."""

    fate: Fate
    old: Headed | None
    new: Headed | None

    @property
    def heading(self) -> str:
        """As it reads now, or as it read where it is gone."""
        section = self.new or self.old
        return section.heading if section else ""

    @property
    def was_called(self) -> str:
        """The old heading where it reads differently now."""
        return self.old.heading if self.old and self.new and self.old.heading != self.new.heading else ""

    @property
    def matters(self) -> bool:
        """Whether entries that rest on it need a second look."""
        return self.fate in (Fate.CHANGED, Fate.REMOVED) or bool(self.was_called)

    @property
    def has_words(self) -> bool:
        """Whether the words of both versions are known."""
        return all(section is None or bool(section.whole) for section in (self.old, self.new))

    @property
    def words(self) -> tuple[Change, ...]:
        """How the old words became the new ones, heading and all."""
        return words_changed(_text(self.old), _text(self.new))


def align(old: Sequence[Headed], new: Sequence[Headed]) -> tuple[Aligned, ...]:
    """The sections of both versions, in the order of the new one; removed ones stand where they stood."""
    pairs = _pairs(old, new)
    kept = [pairs[place] for place in range(len(new)) if place in pairs]
    in_order = _longest_rise(kept)
    found = [_one(old, new[place], pairs.get(place), in_order) for place in range(len(new))]
    gone = sorted(set(range(len(old))) - set(pairs.values()))
    for number in gone:
        before = max((place for place, at in pairs.items() if at < number), default=-1)
        at = next((n for n, each in enumerate(found) if before >= 0 and each.new is new[before]), -1)
        while at + 1 < len(found) and found[at + 1].new is None:
            at += 1
        found.insert(at + 1, Aligned(fate=Fate.REMOVED, old=old[number], new=None))
    return tuple(found)


def _one(old: Sequence[Headed], section: Headed, at: int | None, in_order: frozenset[int]) -> Aligned:
    if at is None:
        return Aligned(fate=Fate.NEW, old=None, new=section)
    before = old[at]
    if before.sha256 != section.sha256 or before.heading != section.heading:
        fate = Fate.CHANGED
    else:
        fate = Fate.SAME if at in in_order and before.path == section.path else Fate.MOVED
    return Aligned(fate=fate, old=before, new=section)


def _pairs(old: Sequence[Headed], new: Sequence[Headed]) -> dict[int, int]:
    """Which new section is which old one: by words and heading, by heading, by words, then by likeness."""
    pairs: dict[int, int] = {}
    free = set(range(len(old)))

    def pair(key: Callable[[Headed], Hashable]) -> None:
        likely: dict[Hashable, list[int]] = defaultdict(list)
        for at in free:
            likely[key(old[at])].append(at)
        for place, section in enumerate(new):
            if place not in pairs and (found := likely.get(key(section))):
                pairs[place] = min(found, key=lambda at: (abs(at - place), at))
                found.remove(pairs[place])
                free.discard(pairs[place])

    pair(lambda each: (each.path, each.sha256))
    pair(lambda each: (each.heading, each.sha256))
    pair(lambda each: each.path)
    pair(lambda each: each.heading.casefold())
    pair(lambda each: each.sha256 if each.whole else id(each))  # sections without words are not alike for that
    before = {at: old[at].whole[:LONGEST_COMPARED] for at in free}
    for place, section in enumerate(new):
        words = section.whole[:LONGEST_COMPARED]
        if place in pairs or not words:
            continue
        near = heapq.nsmallest(MOST_COMPARED, free, key=lambda at: (abs(at - place), at))
        scored = [(fuzz.token_sort_ratio(before[at], words), -abs(at - place), at) for at in near]
        best = max(scored, default=(0.0, 0, 0))
        if best[0] >= ALIKE:
            pairs[place] = best[2]
            free.discard(best[2])
    return pairs


def _longest_rise(numbers: Sequence[int]) -> frozenset[int]:
    """The longest run of numbers that rise: what kept its order, so that as few as possible count as moved."""
    best: list[tuple[int, int]] = []  # for each place: length of the run that ends there, place before it
    for place, number in enumerate(numbers):
        before = max((at for at in range(place) if numbers[at] < number), key=lambda at: best[at][0], default=-1)
        best.append((best[before][0] + 1 if before >= 0 else 1, before))
    at = max(range(len(best)), key=lambda each: best[each][0], default=-1)
    kept = []
    while at >= 0:
        kept.append(numbers[at])
        at = best[at][1]
    return frozenset(kept)


def _text(section: Headed | None) -> str:
    return f"{section.heading}\n{section.whole}" if section else ""
