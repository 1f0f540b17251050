"""Fit a release's wordings, and score each of them as if it, or its whole entry, had not been written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.language.ridge import Ridge, fit_ridge
from bot.matching.fusion import RIDGE, Floats, Grouping, Ints, Say, evidence_of, warmed

REFUSED = -0.5  # what a question that staff said is not for an entry is taught about that entry


@dataclass(frozen=True, slots=True)
class Fitted:
    """One kind of evidence (words alone, or words and meaning) fitted.

    `alpha` (n, entries) gives the learnt part; `norms` (entries,) the lengths of the entries' summed vectors.
    `left_out` and `without_entry` (n, entries) are every wording's scores without itself, and without its entry
    (its own column is -inf there). `others` (n, entries) are every wording's nearest ones, itself left out.
    """

    alpha: Floats
    norms: Floats
    left_out: Floats
    without_entry: Floats
    others: Ints


def fit(words: Floats, cosines: Floats | None, owners: Ints, grouping: Grouping, say: Say, refused: Refused) -> Fitted:
    """Fit on the similarities of all wordings by n-grams and by vectors, both (n, n); without vectors by n-grams."""
    kernel = words.copy() if cosines is None else words + warmed(cosines)
    similar = words if cosines is None else cosines
    targets = np.zeros((len(owners), len(grouping.starts) - 1), dtype=np.float32)
    targets[np.arange(len(owners)), owners] = 1.0
    targets[refused.places, refused.entries] = REFUSED
    ridge = fit_ridge(kernel, targets, RIDGE)
    norms = grouping.norms(similar)
    others = _without_itself(similar)
    one_out = ridge.leave_one_out()
    left_out = _left_out(one_out, similar, others, owners, grouping, norms, say)
    without_entry = _without_entry(ridge, one_out, left_out, grouping)
    return Fitted(ridge.alpha, norms, left_out, without_entry, grouping.nearest_places(others))


@dataclass(frozen=True, slots=True)
class Refused:
    """Places of questions, and the entries that staff said are not for them."""

    places: Ints
    entries: Ints


def _without_itself(similar: Floats) -> Floats:
    others = similar.copy()
    np.fill_diagonal(others, -1.0 if len(similar) > 1 else 0.0)
    return others


def _left_out(
    one_out: Floats, similar: Floats, others: Floats, owners: Ints, grouping: Grouping, norms: Floats, say: Say
) -> Floats:
    itself = np.diag(similar).copy()
    nearest = grouping.best(others)
    sums = grouping.sums(similar)
    own = np.arange(len(owners)), owners
    lengths = np.broadcast_to(norms**2, sums.shape).copy()
    lengths[own] -= 2 * sums[own] - itself
    sums[own] -= itself
    centroid = np.asarray(sums / np.sqrt(np.maximum(lengths, 1e-6)), dtype=np.float32)
    nothing = np.zeros_like(sums)
    return evidence_of(one_out, nothing, np.maximum(nearest, 0), centroid, say).score


def _without_entry(ridge: Ridge, one_out: Floats, left_out: Floats, grouping: Grouping) -> Floats:
    scores = left_out.copy()
    for entry, (first, last) in enumerate(grouping.pairs):
        mine: NDArray[np.int64] = np.arange(first, last)
        scores[mine] += ridge.leave_group_out(mine) - one_out[mine]
        scores[mine, entry] = -np.inf
    return scores
