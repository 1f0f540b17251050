"""Likeness by n-grams."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
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


def test_a_rare_word_weighs_more_and_a_repeated_one_a_little_more() -> None:
    """Each weight is (1 + ln count) * (1 + ln((1 + texts) / (1 + texts with it))), then all are brought to one length;
    words have half the say, and come first.
    """
    space = NgramSpace.of([("dri", "lip"), ("lip",), ("lip", "balm"), ("sun",)], (1,), (9,))

    common, rare = sorted(space.vector(("dri", "lip")).weights[:2])
    once, twice = sorted(space.vector(("dri", "balm", "dri")).weights[:2])

    assert rare / common == pytest.approx((1 + np.log(5 / 2)) / (1 + np.log(5 / 4)), rel=1e-5)
    assert rare**2 + common**2 == pytest.approx(0.5, rel=1e-5)
    assert twice / once == pytest.approx(1 + np.log(2), rel=1e-5)


@settings(max_examples=25)
@given(st.lists(WORDS, min_size=1, max_size=5), WORDS.map(lambda words: [*words, "xyzzy"]))
def test_a_text_has_the_same_vector_alone_and_among_others(texts: list[list[str]], text: list[str]) -> None:
    space = NgramSpace.of(texts)
    alone = np.zeros(space.size, dtype=np.float32)
    vector = space.vector(text)
    alone[vector.places] = vector.weights

    assert np.allclose(alone, space.matrix([*texts, text]).toarray()[-1], atol=1e-5)


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_likeness_lies_between_nothing_and_the_same(texts: list[list[str]]) -> None:
    space = NgramSpace.of(texts)
    similar = (space.matrix(texts) @ space.matrix(texts).T).toarray()

    assert np.allclose(np.diag(similar), 1, atol=1e-4)
    assert (similar >= -1e-6).all()
    assert (similar <= 1 + 1e-4).all()
