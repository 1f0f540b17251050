"""Kept vectors are those that were made, whoever made them, and spans are read as texts of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.ngrams import NgramSpace, SpanReader
from bot.language.vectors import SAVED_EACH, VectorCache

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


def test_what_was_learnt_before_the_process_was_ended_is_not_learnt_again(tmp_path: Path) -> None:
    texts, asked = [f"text {number}" for number in range(2 * SAVED_EACH + 1)], []

    def made_some(some: list[str]) -> np.ndarray:
        if len(asked) == 2 * SAVED_EACH:
            raise KeyboardInterrupt
        asked.extend(some)
        return made(some)

    with pytest.raises(KeyboardInterrupt):
        VectorCache("key", tmp_path).through(made_some)(texts)
    asked_before = list(asked)
    asked.clear()
    VectorCache("key", tmp_path).through(made_some)(texts)

    assert asked_before == texts[:-1]
    assert asked == texts[-1:]


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
