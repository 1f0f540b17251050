"""How likely each level is, held against shares that can be counted."""

from __future__ import annotations

import numpy as np
import pytest

from bot.safety.odds import Odds


def test_without_anything_that_tells_them_apart_each_class_is_as_likely_as_it_is_frequent() -> None:
    features = np.ones((40, 2), dtype=np.float32)
    classes = np.array([0] * 30 + [1] * 8 + [2] * 2)

    likely = np.exp(Odds.fit(features, classes, 3).logs(features[:1]))

    assert likely == pytest.approx(np.array([[0.75, 0.2, 0.05]]), abs=0.01)


def test_what_is_seen_moves_the_odds_as_far_as_it_was_right() -> None:
    """Of a hundred texts with the sign ninety are of the class, of a hundred without it ten; at any scale."""
    sign = np.repeat([100.0, 120.0], 100)
    noise = np.tile([0.5, -0.5], 100)
    classes = np.array([1] * 10 + [0] * 90 + [1] * 90 + [0] * 10)

    odds = Odds.fit(np.column_stack([sign, noise]).astype(np.float32), classes, 2)
    likely = np.exp(odds.logs(np.array([[100, 0.5], [100, -0.5], [120, 0.5], [110, 0]], dtype=np.float32)))

    assert likely.sum(axis=1) == pytest.approx(1)
    assert likely[:, 1] == pytest.approx([0.1, 0.1, 0.9, 0.5], abs=0.02)


def test_what_always_was_right_is_believed_and_not_for_certain() -> None:
    features = np.repeat([[-1.0], [1.0]], 50, axis=0).astype(np.float32)

    likely = np.exp(Odds.fit(features, np.repeat([0, 1], 50), 2).logs(features[[0, -1]]))

    assert likely[0, 0] == pytest.approx(likely[1, 1], abs=1e-3)
    assert 0.95 < likely[1, 1] < 1
