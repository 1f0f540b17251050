"""Likeness by n-grams."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.ngrams import NgramSpace

WORDS = st.lists(st.sampled_from(["dri", "lip", "crack", "alcohol", "beer", "sun"]), min_size=1, max_size=6)
SPACE = NgramSpace.of([("dri", "lip"), ("crack", "lip"), ("alcohol",), ("sun", "lip", "balm")])


def test_a_known_text_has_length_one_and_an_unknown_none() -> None:
    assert np.linalg.norm(SPACE.vector(("dri", "lip")).weights) == pytest.approx(1, abs=1e-5)
    assert len(SPACE.vector(("xyzzy",)).places) == 0
    assert len(SPACE.vector(()).places) == 0


def test_strange_words_make_a_text_less_like_anything() -> None:
    alone = np.linalg.norm(SPACE.vector(("lip",)).weights)
    beside = np.linalg.norm(SPACE.vector(("lip", "xyzzy", "plugh")).weights)

    assert beside < alone


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_likeness_lies_between_nothing_and_the_same(texts: list[list[str]]) -> None:
    space = NgramSpace.of(texts)
    similar = (space.matrix(texts) @ space.matrix(texts).T).toarray()

    assert np.allclose(np.diag(similar), 1, atol=1e-4)
    assert (similar >= -1e-6).all()
    assert (similar <= 1 + 1e-4).all()
