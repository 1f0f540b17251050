"""How likely each level is, from the few numbers that speak for it: what is harmless, or how grave it is.

A multinomial logistic regression, fitted on texts that were scored as if they had not been there. It learns how far
words, meaning and the nearest texts are each to be trusted, and what speaks for "harmless" counts as well.
Source: Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", section 4.4, Newton's method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.safety.taught import Floats, Ints

CALM = 2e-3  # what keeps the weights small, a text
MOST_STEPS = 25
MOST_HALVINGS = 12
ENOUGH = 1e-7  # a step that betters the fit by less is the last

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Odds:
    """`weights` (features + 1, classes); the last row is added as it is."""

    weights: Floats

    @classmethod
    def fit(cls, features: Floats, classes: Ints, count: int) -> Odds:
        """From the `features` (n, k) of texts and the class of each, of `count`. Cost: a second at n = 12,000."""
        middle, spread = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64)
        spread[spread == 0] = 1.0
        rows = np.column_stack([(features - middle) / spread, np.ones(len(features))])
        weights = _newton(rows, np.eye(count)[classes])
        weights[:-1] /= spread[:, np.newaxis]
        weights[-1] -= middle @ weights[:-1]
        return cls(weights.astype(np.float32))

    def logs(self, features: Floats) -> Floats:
        """For rows (n, k) the logarithm of how likely each class is, (n, classes)."""
        return np.asarray(_normed(features @ self.weights[:-1] + self.weights[-1]))


def _normed(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    below = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(below - np.log(np.exp(below).sum(axis=1, keepdims=True)))


def _newton(rows: Doubles, wanted: Doubles) -> Doubles:
    """The weights that make `wanted` likeliest; each step is shortened until it is no worse than the one before."""
    weights = np.zeros((rows.shape[1], wanted.shape[1]))
    before = _misfit(rows, wanted, weights)
    for _ in range(MOST_STEPS):
        step = _step(rows, wanted, weights)
        for _ in range(MOST_HALVINGS):
            after = _misfit(rows, wanted, weights - step)
            if after <= before:
                break
            step /= 2
        else:
            break
        weights -= step
        if before - after < ENOUGH:
            break
        before = after
    return weights


def _misfit(rows: Doubles, wanted: Doubles, weights: Doubles) -> float:
    return float(-(_normed(rows @ weights) * wanted).sum() / len(rows) + CALM * (weights**2).sum() / 2)


def _step(rows: Doubles, wanted: Doubles, weights: Doubles) -> Doubles:
    likely = np.exp(_normed(rows @ weights))
    slope = rows.T @ (likely - wanted) / len(rows) + CALM * weights
    size, count = weights.shape
    curve = np.empty((count, size, count, size))
    for one in range(count):
        for other in range(one, count):
            share = likely[:, one] * ((one == other) - likely[:, other])
            curve[one, :, other] = curve[other, :, one] = rows.T @ (rows * share[:, np.newaxis]) / len(rows)
    system = curve.reshape(count * size, count * size)
    system.flat[:: len(system) + 1] += CALM
    return np.asarray(np.linalg.solve(system, slope.T.ravel()).reshape(count, size).T)
