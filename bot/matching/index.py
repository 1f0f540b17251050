"""The wordings of a release as vectors, ready to be compared with a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.language.ngrams import NgramSpace, SparseVector
from bot.language.ridge import Ridge, fit_ridge

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

MOST_FITTED = 4_000  # above this many wordings the cubic cost of the fit is not worth its gain


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of an entry: as written, its folded stems, and the entry's place in the index."""

    text: str
    terms: tuple[str, ...]
    entry: int


class Index:
    """Everything learnt from a release's wordings. Immutable once built.

    `ridge` is fitted on the wordings whose places are in `fitted` (all of them, up to MOST_FITTED).
    """

    def __init__(self, entry_ids: Sequence[str], wordings: Sequence[Wording]) -> None:
        self.entry_ids = tuple(entry_ids)
        self.wordings = tuple(wordings)
        self.entry_of: Ints = np.array([wording.entry for wording in wordings], dtype=np.int64)
        self.space = NgramSpace([wording.terms for wording in wordings])
        self.rows = self.space.matrix(wording.terms for wording in wordings)
        self._columns = self.rows.tocsc()
        self.counts: Floats = np.bincount(self.entry_of, minlength=len(entry_ids)).astype(np.float32)
        self.fitted = self._fitted_places()
        self.kernel: Floats = self._kernel()
        self.ridge: Ridge = fit_ridge(self.kernel, self._targets())
        weights = self.rows[self.fitted].T @ self.ridge.alpha
        self.weights: Floats = np.ascontiguousarray(weights, dtype=np.float32)
        sums = self.rows.T @ self._membership()
        self.sums: Floats = np.ascontiguousarray(sums, dtype=np.float32)
        lengths = np.linalg.norm(self.sums, axis=0)
        self.centroids: Floats = self.sums / np.maximum(lengths, 1e-9)

    def similarities(self, vector: SparseVector) -> Floats:
        """Cosine of the question with every wording; shape (wordings,)."""
        starts, ends = self._columns.indptr[vector.places], self._columns.indptr[vector.places + 1]
        lengths = ends - starts
        if not lengths.sum():
            return np.zeros(len(self.wordings), dtype=np.float32)
        offsets = np.repeat(ends - lengths.cumsum(), lengths) + np.arange(lengths.sum())
        values = self._columns.data[offsets] * np.repeat(vector.weights, lengths)
        found = np.bincount(self._columns.indices[offsets], weights=values, minlength=len(self.wordings))
        return found.astype(np.float32)

    def best_per_entry(self, similarities: Floats) -> Floats:
        """The best wording's similarity for each entry; shape (entries,)."""
        best = np.zeros(len(self.entry_ids), dtype=np.float32)
        np.maximum.at(best, self.entry_of, similarities)
        return best

    def places_of(self, entry: int) -> Ints:
        """Places among the fitted wordings that belong to `entry`."""
        return np.flatnonzero(self.entry_of[self.fitted] == entry)

    def _fitted_places(self) -> Ints:
        """All wordings, or every k-th of each entry so that no entry is left out."""
        if len(self.wordings) <= MOST_FITTED:
            return np.arange(len(self.wordings))
        share = max(2, MOST_FITTED // len(self.entry_ids))
        chosen: list[int] = []
        for entry in range(len(self.entry_ids)):
            mine = np.flatnonzero(self.entry_of == entry)
            chosen.extend(mine[np.linspace(0, len(mine) - 1, min(share, len(mine))).astype(int)].tolist())
        return np.array(chosen[: 2 * MOST_FITTED], dtype=np.int64)

    def _kernel(self) -> Floats:
        rows = self.rows[self.fitted]
        return np.asarray((rows @ rows.T).toarray(), dtype=np.float32)

    def _targets(self) -> Floats:
        targets = np.zeros((len(self.fitted), len(self.entry_ids)), dtype=np.float32)
        targets[np.arange(len(self.fitted)), self.entry_of[self.fitted]] = 1.0
        return targets

    def _membership(self) -> Floats:
        return sparse.csr_array(
            (np.ones(len(self.wordings), dtype=np.float32), (np.arange(len(self.wordings)), self.entry_of)),
            shape=(len(self.wordings), len(self.entry_ids)),
        ).toarray()
