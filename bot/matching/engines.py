"""Evidence for a question out of an index: exact over all wordings, or local around the likeliest ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bot.language.ngrams import SparseVector
from bot.language.ridge import solve_ridge
from bot.matching.cells import Cells
from bot.matching.fusion import (
    BY_MEANING,
    BY_WORDS,
    RIDGE,
    Evidence,
    Floats,
    Grouping,
    Ints,
    Say,
    evidence_of,
    fuzzy_of,
    warmed,
    with_fuzzy,
)
from bot.matching.index import Index

CANDIDATES_BY_MEANING = 144
CANDIDATES_BY_WORDS = 48
NO_CANDIDATE = -1.0  # the score of an entry that a large release did not compare
MOST_POSTINGS = 60_000  # of the rarest n-grams of a question; what is left out is too common to tell entries apart


@dataclass(frozen=True, slots=True)
class Found:
    """The entries that were compared, shape (k,), the evidence for each, and each one's nearest wording."""

    entries: Ints
    evidence: Evidence
    places: Ints


class Engine(Protocol):
    """Compares a question, as n-grams and (or not) as a sentence vector, with the wordings of an index."""

    def find(self, grams: SparseVector, vector: Floats | None, plain: str) -> Found | None:
        """The evidence, or None when nothing is alike at all. `plain` are the question's words in one line."""


class Exact:
    """Compares every wording; for releases of a few thousand wordings."""

    def __init__(self, index: Index) -> None:
        self._index = index
        entries = int(index.arrays["entry_of"].max()) + 1
        self._grouping = Grouping.of(index.arrays["entry_of"], entries)
        self._entries = np.arange(entries)

    def find(self, grams: SparseVector, vector: Floats | None, plain: str) -> Found | None:
        """See Engine. Cost: about 0.1 ms a thousand wordings."""
        arrays = self._index.arrays
        if vector is None and not len(grams.places):
            return None
        words = self._index.likeness(grams)
        kind = "words" if vector is None else "both"
        alpha, norms = arrays[f"alpha_{kind}"], arrays[f"norms_{kind}"]
        similar = words if vector is None else arrays["vectors"] @ vector
        learnt = np.zeros(len(norms), dtype=np.float32) if vector is None else warmed(similar) @ alpha
        nearest = self._grouping.best(similar)
        centroid = np.asarray(self._grouping.sums(similar) / norms, dtype=np.float32)
        say = BY_WORDS if vector is None else BY_MEANING
        evidence = evidence_of(words @ alpha, learnt, np.maximum(nearest, 0), centroid, say)
        return _found(self._index, self._entries, evidence, self._grouping.places_of(nearest, similar), plain, say)


@dataclass(frozen=True, slots=True)
class Near:
    """The wordings that a question is compared with, at sorted `places`, and how alike all these are.

    `kernel` (k, k) holds the wordings against each other, `words` (k,) their likeness to the question by n-grams;
    `cosines` (k,) that by vectors, None where words decide alone.
    """

    places: Ints
    kernel: Floats
    words: Floats
    cosines: Floats | None

    def without(self, hidden: Ints) -> Near:
        """The same as if the wordings at the places `hidden` did not exist."""
        left = np.flatnonzero(~np.isin(self.places, hidden))
        cosines = None if self.cosines is None else self.cosines[left]
        return Near(self.places[left], self.kernel[np.ix_(left, left)], self.words[left], cosines)


class Local:
    """Finds the likeliest wordings, then fits on those alone, for this one question.

    Source: Bottou and Vapnik, "Local learning algorithms", 1992. The cost of the fit does not depend on the size
    of the release, that of finding grows with its square root.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        arrays = index.arrays
        self._cells = None
        if index.has_vectors:
            self._cells = Cells(arrays["cell_middles"], arrays["cell_members"], arrays["cell_starts"])
        self._frequencies = np.diff(arrays["gram_starts"])

    def find(self, grams: SparseVector, vector: Floats | None, plain: str) -> Found | None:
        """See Engine."""
        return self._weighed(self._near(grams, vector), vector, plain, None)

    def find_without(
        self, grams: SparseVector, vector: Floats | None, plain: str, hidden: Sequence[Ints]
    ) -> list[Found | None]:
        """The same, for each of `hidden` as if the wordings at those places did not exist."""
        near = self._near(grams, vector)
        return [self._weighed(near.without(places), vector, plain, places) for places in hidden]

    def _near(self, grams: SparseVector, vector: Floats | None) -> Near:
        places = self._candidates(grams, vector)
        kernel, words = self._index.likenesses(places, grams)
        if vector is None:
            return Near(places, kernel, words, None)
        vectors = self._vectors(places)
        return Near(places, kernel + warmed(vectors @ vectors.T), words, vectors @ vector)

    def _weighed(self, near: Near, vector: Floats | None, plain: str, hidden: Ints | None) -> Found | None:
        places, words, cosines = near.places, near.words, near.cosines
        if not len(places):
            return None
        entries, owners = np.unique(self._index.arrays["entry_of"][places], return_inverse=True)
        grouping = Grouping.of(owners, len(entries))
        if vector is None or cosines is None:
            similar, say, asked = words, BY_WORDS, words[:, np.newaxis]
            centroid = np.asarray(grouping.sums(words) / grouping.norms(near.kernel), dtype=np.float32)
        else:
            similar, say, asked = cosines, BY_MEANING, np.stack([words, warmed(cosines)], axis=1)
            centroid = self._centroids(entries, vector, hidden)
        # The kernel is symmetric: what each wording adds is the same whether the entries are fitted, or the question.
        added = grouping.sums(solve_ridge(near.kernel, asked, RIDGE).T)
        learnt = np.zeros(len(entries), dtype=np.float32) if vector is None else added[1]
        nearest = grouping.best(similar)
        evidence = evidence_of(added[0], learnt, np.maximum(nearest, 0), centroid, say)
        return _found(self._index, entries, evidence, places[grouping.places_of(nearest, similar)], plain, say)

    def _centroids(self, entries: Ints, vector: Floats, hidden: Ints | None) -> Floats:
        """Cosine with the middle of each entry, all of its wordings that are not `hidden`."""
        sums = self._index.arrays["entry_sums"][entries].astype(np.float32)
        if hidden is not None:
            gone = self._index.arrays["entry_of"][hidden]
            for entry in np.intersect1d(entries, gone):
                sums[entries == entry] -= self._vectors(hidden[gone == entry]).sum(axis=0)
        lengths = np.sqrt(np.einsum("ij,ij->i", sums, sums))
        return np.asarray(sums @ vector / np.maximum(lengths, 1e-6), dtype=np.float32)

    def _candidates(self, grams: SparseVector, vector: Floats | None) -> Ints:
        chosen = [_largest(self._index.likeness(grams, self._telling(grams)), CANDIDATES_BY_WORDS)]
        if vector is not None and self._cells is not None:
            near = self._cells.visited(vector)
            chosen.append(near[_largest(self._cosines(near, vector), CANDIDATES_BY_MEANING)])
        return np.unique(np.concatenate(chosen))

    def _telling(self, grams: SparseVector) -> Ints:
        """The rarest n-grams, as many as stay within MOST_POSTINGS."""
        frequencies = self._frequencies[grams.places]
        order = np.argsort(frequencies, kind="stable")
        return np.sort(order[np.cumsum(frequencies[order]) <= MOST_POSTINGS])

    def _cosines(self, places: Ints, vector: Floats) -> Floats:
        arrays = self._index.arrays
        found = arrays["vectors"][places].astype(np.float32) @ vector
        return np.asarray(found * arrays["vector_scales"][places], dtype=np.float32)

    def _vectors(self, places: Ints) -> Floats:
        arrays = self._index.arrays
        short = arrays["vectors"][places].astype(np.float32)
        short *= arrays["vector_scales"][places][:, np.newaxis]
        return np.asarray(short, dtype=np.float32)


def engine_of(index: Index) -> Exact | Local:
    """The engine that an index was built for."""
    return Exact(index) if index.is_exact else Local(index)


def _found(index: Index, entries: Ints, evidence: Evidence, places: Ints, plain: str, say: Say) -> Found:
    fuzzy = fuzzy_of(evidence.score, places, plain, index.plain, say)
    return Found(entries, with_fuzzy(evidence, fuzzy), places)


def _largest(values: Floats, count: int) -> Ints:
    """Places of the largest positive values, at most `count`."""
    places = np.argpartition(-values, count)[:count] if len(values) > count else np.arange(len(values))
    return places[values[places] > 0]
