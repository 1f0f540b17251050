"""How the kinds of evidence add up to one score an entry, and what a kernel ridge learns from the wordings.

score = learnt + nearest + centroid + fuzzy, each weighted by a `Say`. `learnt` is a kernel ridge over all wordings
with the kernel words + MEANING_SAY * exp(HEAT * (cosine - 1)); nearest and centroid are cosines of the sentence
vectors, or of the n-grams where words decide alone; fuzzy is rapidfuzz's likeness to the nearest wording of the
leading entries. The weights were tuned on validation sets (benchmarks/README.md); within a factor of two they hardly
matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

MEANING_SAY = np.float32(8.0)
HEAT = np.float32(2.0)
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Say:
    """What nearest wording, centroid and fuzzy likeness add to the learnt part."""

    nearest: float
    centroid: float
    fuzzy: float


BY_WORDS = Say(nearest=0.25, centroid=0.25, fuzzy=0.25)
BY_MEANING = Say(nearest=0.5, centroid=1.0, fuzzy=0.0)  # beside vectors, fuzzy likeness gained nothing on any set
MOST_FUZZY = 5  # the leading entries that are compared so; what lies further back would not catch up


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each entry: every array has shape (entries,) or (n, entries); `score` is their sum.

    `words` and `meaning` are the learnt part, by n-grams and by vectors; `nearest` and `centroid` are weighted.
    """

    words: Floats
    meaning: Floats
    nearest: Floats
    centroid: Floats
    fuzzy: Floats
    score: Floats


def evidence_of(words: Floats, meaning: Floats, nearest: Floats, centroid: Floats, say: Say) -> Evidence:
    """Add up; `nearest` and `centroid` come in as plain cosines."""
    weighted_nearest, weighted_centroid = say.nearest * nearest, say.centroid * centroid
    score = words + meaning + weighted_nearest + weighted_centroid
    return Evidence(words, meaning, weighted_nearest, weighted_centroid, np.zeros_like(score), score)


def with_fuzzy(evidence: Evidence, fuzzy: Floats) -> Evidence:
    """The same with the fuzzy likeness (see `fuzzy_of`) added."""
    return replace(evidence, fuzzy=fuzzy, score=evidence.score + fuzzy)


def fuzzy_of(score: Floats, places: Ints, plain: str, plains: Callable[[int], str], say: Say) -> Floats:
    """What fuzzy likeness adds to each entry's score, shape (entries,): that of `plain` to the nearest wording.

    `places` are the nearest wordings, `plains` gives a wording's plain words.
    """
    added = np.zeros_like(score)
    if say.fuzzy:
        for row in np.argsort(-score, kind="stable")[:MOST_FUZZY]:
            added[row] = say.fuzzy * fuzz.token_set_ratio(plain, plains(int(places[row]))) / 100
    return added


def warmed(cosines: Floats) -> Floats:
    """The kernel of sentence vectors: 8 for the same meaning, falling off as the cosine does."""
    return np.asarray(MEANING_SAY * np.exp(HEAT * (cosines - 1)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Wordings sorted by entry: entry `e` owns the places from `starts[e]` up to `starts[e + 1]`, at least one."""

    starts: Ints

    @classmethod
    def of(cls, entry_of: Ints, entries: int) -> Grouping:
        """From each wording's entry; raises ValueError unless they are sorted and every entry has one."""
        starts = np.searchsorted(entry_of, np.arange(entries + 1))
        if (np.diff(entry_of) < 0).any() or (np.diff(starts) < 1).any() or starts[-1] != len(entry_of):
            raise ValueError("wordings must be sorted by entry, at least one each")
        return cls(starts)

    def best(self, similar: Floats) -> Floats:
        """The largest of each entry's values along the last axis."""
        return np.asarray(np.maximum.reduceat(similar, self.starts[:-1], axis=-1))

    def sums(self, similar: Floats) -> Floats:
        """The sum of each entry's values along the last axis."""
        return np.asarray(np.add.reduceat(similar, self.starts[:-1], axis=-1, dtype=np.float32))

    def places_of(self, best: Floats, similar: Floats) -> Ints:
        """Where each entry's `best` of the `similar` (n,) stands; of equals the first."""
        hits = np.flatnonzero(similar >= np.repeat(best, np.diff(self.starts)))
        owners = np.searchsorted(self.starts, hits, side="right") - 1
        places = np.empty(len(best), dtype=np.int64)
        places[owners[::-1]] = hits[::-1]
        return places

    def nearest_places(self, similar: Floats) -> Ints:
        """For each row of (n, n) similarities, the place of every entry's most similar wording; shape (n, entries)."""
        found = [similar[:, first:last].argmax(axis=1) + first for first, last in self.pairs]
        return np.stack(found, axis=1)

    def norms(self, similar: Floats) -> Floats:
        """The length of each entry's summed vectors, from the (n, n) similarities of all wordings."""
        sums = self.sums(similar)
        own = [sums[first:last, entry].sum() for entry, (first, last) in enumerate(self.pairs)]
        return np.sqrt(np.maximum(np.array(own, dtype=np.float32), 1e-6))

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """First place and the one after the last, for each entry."""
        return list(zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True))
