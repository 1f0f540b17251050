"""Evidence for a question out of an index: exact over all wordings, or local around the likeliest ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import sparse

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
        self._rows = index.rows()
        self._frequencies = np.diff(arrays["gram_starts"])

    def find(self, grams: SparseVector, vector: Floats | None, plain: str) -> Found | None:
        """See Engine."""
        return self.find_without(grams, vector, plain, None)

    def find_without(self, grams: SparseVector, vector: Floats | None, plain: str, hidden: Ints | None) -> Found | None:
        """The same as if the wordings at the places `hidden` did not exist."""
        places = self._candidates(grams, vector)
        if hidden is not None:
            places = np.setdiff1d(places, hidden)
        if not len(places):
            return None
        entry_of = self._index.arrays["entry_of"][places]
        order = np.lexsort((places, entry_of))
        places = places[order]
        entries, owners = np.unique(entry_of[order], return_inverse=True)
        grouping = Grouping.of(owners, len(entries))
        rows = self._rows[places]
        words = _dot(rows, grams)
        kernel = np.asarray((rows @ rows.T).toarray(), dtype=np.float32)
        if vector is None:
            similar, say, warm = words, BY_WORDS, None
            centroid = np.asarray(grouping.sums(words) / grouping.norms(kernel), dtype=np.float32)
        else:
            vectors = self._vectors(places)
            similar, say, warm = vectors @ vector, BY_MEANING, warmed(vectors @ vector)
            kernel = kernel + warmed(vectors @ vectors.T)
            centroid = self._centroids(entries, vector, hidden)
        targets = np.zeros((len(places), len(entries)), dtype=np.float32)
        targets[np.arange(len(places)), owners] = 1.0
        alpha = solve_ridge(kernel, targets, RIDGE)
        learnt = np.zeros(len(entries), dtype=np.float32) if warm is None else warm @ alpha
        nearest = grouping.best(similar)
        evidence = evidence_of(words @ alpha, learnt, np.maximum(nearest, 0), centroid, say)
        return _found(self._index, entries, evidence, places[grouping.places_of(nearest, similar)], plain, say)

    def _centroids(self, entries: Ints, vector: Floats, hidden: Ints | None) -> Floats:
        """Cosine with the middle of each entry, all of its wordings that are not `hidden`."""
        sums = self._index.arrays["entry_sums"][entries].astype(np.float32)
        if hidden is not None:
            gone = self._index.arrays["entry_of"][hidden]
            for row, entry in enumerate(entries):
                if entry in gone:
                    sums[row] -= self._vectors(hidden[gone == entry]).sum(axis=0)
        return np.asarray(sums @ vector / np.maximum(np.linalg.norm(sums, axis=1), 1e-6), dtype=np.float32)

    def _candidates(self, grams: SparseVector, vector: Floats | None) -> Ints:
        chosen = [_largest(self._index.likeness(grams, self._telling(grams)), CANDIDATES_BY_WORDS)]
        if vector is not None and self._cells is not None:
            near = self._cells.visited(vector)
            similar = self._vectors(near) @ vector
            chosen.append(near[_largest(similar, CANDIDATES_BY_MEANING)])
        return np.unique(np.concatenate(chosen))

    def _telling(self, grams: SparseVector) -> Ints:
        """The rarest n-grams, as many as stay within MOST_POSTINGS."""
        frequencies = self._frequencies[grams.places]
        order = np.argsort(frequencies, kind="stable")
        return np.sort(order[np.cumsum(frequencies[order]) <= MOST_POSTINGS])

    def _vectors(self, places: Ints) -> Floats:
        arrays = self._index.arrays
        short = arrays["vectors"][places].astype(np.float32)
        return np.asarray(short * arrays["vector_scales"][places][:, None], dtype=np.float32)


def engine_of(index: Index) -> Exact | Local:
    """The engine that an index was built for."""
    return Exact(index) if index.is_exact else Local(index)


def _found(index: Index, entries: Ints, evidence: Evidence, places: Ints, plain: str, say: Say) -> Found:
    fuzzy = fuzzy_of(evidence.score, places, plain, index.plain, say)
    return Found(entries, with_fuzzy(evidence, fuzzy), places)


def _dot(rows: sparse.csr_array, grams: SparseVector) -> Floats:
    dense = np.zeros(rows.shape[1], dtype=np.float32)
    dense[grams.places] = grams.weights
    return np.asarray(rows @ dense, dtype=np.float32)


def _largest(values: Floats, count: int) -> Ints:
    """Places of the largest positive values, at most `count`."""
    places = np.argpartition(-values, count)[:count] if len(values) > count else np.arange(len(values))
    return places[values[places] > 0]
