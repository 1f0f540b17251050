"""The nearest vectors, held against comparing with every one."""

from __future__ import annotations

import numpy as np
import pytest

from bot.safety.nearest import Nearest


@pytest.mark.parametrize("size", [16, 200])
def test_finds_what_comparing_with_every_vector_finds(size: int) -> None:
    rng = np.random.default_rng(5)
    known = rng.normal(size=(900, size)).astype(np.float32) * np.geomspace(1, 0.05, size, dtype=np.float32)
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    asked = np.concatenate([known[[0, 450, 899]], rng.normal(size=(40, size)).astype(np.float32)])
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    starts = np.array([0, 500, 501, 780])

    nearest = Nearest.of(known, starts)
    near = [nearest.find(vector) for vector in asked]

    cosines = asked @ known.T
    assert np.stack([each.by_group for each in near]) == pytest.approx(
        np.maximum.reduceat(cosines, starts, axis=1), abs=1e-5
    )
    assert [each.cosine for each in near] == pytest.approx(cosines.max(axis=1), abs=1e-5)
    assert [each.place for each in near] == cosines.argmax(axis=1).tolist()
    assert [each.place for each in near[:3]] == [0, 450, 899]


def test_what_is_kept_is_what_was_made() -> None:
    vectors = np.eye(6, dtype=np.float32)
    made = Nearest.of(vectors, np.array([0, 4]))

    opened = Nearest.from_arrays(made.arrays)

    assert [opened.find(vector).place for vector in vectors] == [0, 1, 2, 3, 4, 5]
