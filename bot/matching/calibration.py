"""From a score to an honest probability, learnt from the release itself without labelled questions.

In scope: each wording scored as if it had not been written. Out of scope: each wording scored as if its
whole entry were missing, and the clinic's own out-of-scope questions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]

OUT_OF_SCOPE_SHARE = 0.25  # of the questions a clinic's chat receives; the weight of the simulated ones
ACCEPTED_ERROR = 0.05  # wrong answers among a hundred answers given, unless staff choose otherwise
HARSHNESS = 2.5  # how many times more often a wording without itself is answered wrongly than a real question
# is: measured on validation questions of public intent sets (see benchmarks/README.md)
LEAST_CONFIDENCE = 0.5  # never answer what is more likely wrong than right
CLARIFY_WORTH = 0.5  # offering choices pays when the right one is among them at least this often


@dataclass(frozen=True, slots=True)
class Logistic:
    """A probability from a row of features: 1 / (1 + exp(-(weights . row + offset)))."""

    weights: tuple[float, ...]
    offset: float

    def probability(self, rows: NDArray[np.floating]) -> Floats:
        """For rows of shape (n, features), or one of shape (features,)."""
        logits = rows @ np.asarray(self.weights) + self.offset
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -40, 40))), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns scores into confidence, and where answering begins.

    `right` gives the probability that an entry is the right one; `among` that one of the first three is.
    At `answer_from` the expected share of wrong answers is the accepted one; `clarify_from` bounds `among`.
    """

    right: Logistic
    among: Logistic
    answer_from: float
    clarify_from: float


def features_of(scores: NDArray[np.floating]) -> Floats:
    """Score and lead over the best other entry, for every entry; (entries,) becomes (entries, 2)."""
    if len(scores) == 1:
        return np.array([[scores[0], scores[0]]], dtype=np.float64)
    first, second = np.partition(scores, -2)[-2:][::-1]
    lead = np.where(scores == first, first - second, scores - first)
    return np.stack([scores, lead], axis=1).astype(np.float64)


def calibrate(
    in_scope: NDArray[np.floating],
    owners: NDArray[np.int64],
    out_of_scope: NDArray[np.floating],
    accepted_error: float = ACCEPTED_ERROR,
) -> Calibration:
    """Fit on scores of shape (n, entries) with their right entries, and out-of-scope scores (m, entries)."""
    rows, right, among = _training_rows(in_scope, owners)
    stray, _, _ = _training_rows(out_of_scope, np.full(len(out_of_scope), -1))
    all_rows = np.concatenate([rows, stray])
    nothing = np.zeros(len(stray))
    weights = np.concatenate([_even(len(rows), 1 - OUT_OF_SCOPE_SHARE), _even(len(stray), OUT_OF_SCOPE_SHARE)])
    right_fit = fit_logistic(all_rows, np.concatenate([right, nothing]), weights)
    among_fit = fit_logistic(all_rows, np.concatenate([among, nothing]), weights)
    confidence = right_fit.probability(all_rows)
    answer_from = threshold_for(confidence, np.concatenate([right, nothing]), weights, HARSHNESS * accepted_error)
    return Calibration(right_fit, among_fit, answer_from, CLARIFY_WORTH)


def fit_logistic(rows: Floats, hits: NDArray[np.floating], weights: Floats) -> Logistic:
    """Weighted logistic regression with slightly softened targets (Platt, 1999), so that it stays finite.

    More evidence never lowers the probability: no weight is negative, however few the rows.
    """
    soft = np.clip(hits, 1 / (len(hits) + 2), 1 - 1 / (len(hits) + 2))
    shares = weights / weights.sum()

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logits = rows @ parameters[:-1] + parameters[-1]
        chance = 1 / (1 + np.exp(-np.clip(logits, -40, 40)))
        value = -np.sum(shares * (soft * np.log(chance + 1e-12) + (1 - soft) * np.log(1 - chance + 1e-12)))
        slope = shares * (chance - soft)
        gradient = np.append(rows.T @ slope, slope.sum()) + 1e-5 * parameters
        return float(value + 5e-6 * parameters @ parameters), gradient

    bounds = [(0.0, None)] * rows.shape[1] + [(None, None)]
    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    return Logistic(tuple(float(weight) for weight in found.x[:-1]), float(found.x[-1]))


def threshold_for(confidence: Floats, hits: NDArray[np.floating], weights: Floats, accepted_error: float) -> float:
    """The lowest confidence from which the weighted share of wrong answers stays within the accepted one."""
    order = np.argsort(-confidence)
    wrong = np.cumsum((weights * (1 - hits))[order])
    given = np.cumsum(weights[order])
    within = np.flatnonzero(wrong <= accepted_error * given)
    return max(LEAST_CONFIDENCE, float(confidence[order[within[-1]]])) if len(within) else 1.0


def _training_rows(scores: NDArray[np.floating], owners: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    rows, right, among = [], [], []
    for row, owner in zip(scores, owners, strict=True):
        finite = np.where(np.isfinite(row), row, -1.0)
        order = np.argsort(-finite)[:3]
        rows.append(features_of(finite)[order[0]])
        right.append(float(order[0] == owner))
        among.append(float(owner in order))
    return np.array(rows).reshape(-1, 2), np.array(right), np.array(among)


def _even(count: int, share: float) -> Floats:
    return np.full(count, share / max(count, 1))
