"""Kept vectors are those that were made, whoever made them, and spans are read as texts of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.ngrams import NgramSpace, SpanReader
from bot.language.vectors import VectorCache

WORDS = st.sampled_from(["throat", "swell", "my", "i", "cannot", "breath", "zzz"])


def made(texts: list[str]) -> np.ndarray:
    return np.array([[len(text), 1.0, -0.5] for text in texts], dtype=np.float32)


def test_kept_and_shipped_vectors_equal_new_ones(tmp_path: Path) -> None:
    fresh = VectorCache("key").through(made)(["a", "bcd", "a"])
    VectorCache("key", tmp_path).through(made)(["a", "bcd"])

    def never(texts: list[str]) -> np.ndarray:
        raise AssertionError(texts)

    kept = VectorCache("key", tmp_path).through(never)(["a", "bcd", "a"])
    shipped = VectorCache("key", None, others=(tmp_path,)).through(never)(["a", "bcd", "a"])

    assert fresh.tolist() == kept.tolist() == shipped.tolist()
    assert np.abs(fresh - made(["a", "bcd", "a"])).max() < 0.02


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=9), st.data())
def test_a_stretch_is_read_as_a_text_of_its_own(text: list[str], data: st.DataObject) -> None:
    space = NgramSpace.of([("my", "throat", "swell"), ("i", "cannot", "breath"), ("my", "breath")], (1, 2, 3), (3, 4))
    spans = []
    for _ in range(3):
        first = data.draw(st.integers(0, len(text) - 1))
        spans.append((first, data.draw(st.integers(first, len(text) - 1))))

    places, weights = SpanReader(space).vectors(text, spans)

    for (first, last), row in zip(spans, weights, strict=True):
        alone = space.vector(text[first : last + 1])
        dense = np.zeros(space.size, dtype=np.float32)
        dense[places] = row
        expected = np.zeros(space.size, dtype=np.float32)
        expected[alone.places] = alone.weights
        assert np.allclose(dense, expected, atol=1e-5)
