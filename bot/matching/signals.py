"""The evidence for each entry, question by question, and how it adds up to one score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.language.ngrams import SparseVector
from bot.matching.index import Index

Floats = NDArray[np.float32]

NEAREST_SAY = 0.25
CENTROID_SAY = 0.25


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of evidence an entry; each array has shape (entries,), `score` is their weighted sum."""

    learnt: Floats
    nearest: Floats
    centroid: Floats
    score: Floats
    nearest_wording: NDArray[np.int64]


def evidence_for(index: Index, vector: SparseVector) -> Evidence:
    """What speaks for each entry, given the question's vector."""
    similarities = index.similarities(vector)
    nearest = index.best_per_entry(similarities)
    learnt = vector.weights @ index.weights[vector.places]
    centroid = vector.weights @ index.centroids[vector.places]
    order = np.lexsort((similarities, index.entry_of))
    ends = np.cumsum(index.counts).astype(np.int64) - 1
    return Evidence(learnt, nearest, centroid, total(learnt, nearest, centroid), order[ends])


def total(learnt: Floats, nearest: Floats, centroid: Floats) -> Floats:
    """The score: the learnt part leads, the nearest wording and the entry's middle have their say."""
    return np.asarray(learnt + NEAREST_SAY * nearest + CENTROID_SAY * centroid, dtype=np.float32)


def left_out_scores(index: Index) -> Floats:
    """Every fitted wording's scores as if it had not been there; shape (fitted, entries)."""
    places = index.fitted
    owners = index.entry_of[places]
    similar = index.kernel.copy()
    np.fill_diagonal(similar, 0.0)
    nearest = np.zeros((len(places), len(index.entry_ids)), dtype=np.float32)
    for entry in range(len(index.entry_ids)):
        mine = index.places_of(entry)
        if len(mine):
            nearest[:, entry] = similar[:, mine].max(axis=1)
    centroid = _left_out_centroids(index, owners)
    return total(index.ridge.leave_one_out(), nearest, centroid)


def without_own_entry_scores(index: Index, left_out: Floats) -> Floats:
    """Every fitted wording's scores as if its whole entry were missing; its own column is -inf."""
    scores = left_out.copy()
    ridge = index.ridge
    one_out = ridge.leave_one_out()
    for entry in range(len(index.entry_ids)):
        mine = index.places_of(entry)
        if len(mine):
            scores[mine] += ridge.leave_group_out(mine) - one_out[mine]
            scores[mine, entry] = -np.inf
    return scores


def _left_out_centroids(index: Index, owners: NDArray[np.int64]) -> Floats:
    rows = index.rows[index.fitted]
    dots = rows @ index.sums
    own = np.arange(len(owners)), owners
    lengths = np.broadcast_to((index.sums**2).sum(axis=0), dots.shape).copy()
    itself = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    lengths[own] -= 2 * dots[own] - itself
    dots[own] -= itself
    return np.asarray(dots / np.sqrt(np.maximum(lengths, 1e-6)), dtype=np.float32)
