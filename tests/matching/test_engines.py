"""A large release: what is found quickly is what the plain way finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bot.evaluate.spreading import spread
from bot.language.ngrams import NgramSpace
from bot.matching import building
from bot.matching.building import Wording, build_index
from bot.matching.engines import Local
from bot.matching.fusion import BY_MEANING
from bot.matching.index import Index

TEXTS = [
    f"{what} {thing}".split()
    for thing in ("lips", "skin", "eyes", "nose", "knees", "hair")
    for what in (
        "my dry",
        "why do i have sore",
        "what helps red",
        "how long do i have bad",
        "cream for",
        "is it normal",
    )
]
OWNERS = [place // 6 for place in range(len(TEXTS))]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MOST_EXACT", 10)


def encoded(texts: Any) -> Any:
    """Vectors of length 1, alike where texts share letters."""
    rows = np.array(
        [[1 + text.count(letter) for letter in "abcdefghiklmnoprstuwy"] for text in texts], dtype=np.float32
    )
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def index_of(
    texts: list[list[str]] = TEXTS, owners: list[int] = OWNERS, is_new: list[bool] | None = None, **given: Any
) -> Index:
    wordings = [
        Wording(text=" ".join(text), plain=" ".join(text), terms=tuple(text), entry=owner, is_new=new)
        for text, owner, new in zip(texts, owners, is_new or [True] * len(texts), strict=True)
    ]
    return build_index([f"e{owner}" for owner in sorted(set(owners))], wordings, encoded, 0.05, **given)


def test_confidence_is_set_on_wordings_that_the_encoder_has_not_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "FEWEST_NEW", 10)
    half, few = [place % 2 == 0 for place in range(len(TEXTS))], [place < 5 for place in range(len(TEXTS))]
    calibrations = [index_of(is_new=marks).meta["calibrations"]["both"] for marks in (None, half, few)]

    assert calibrations[1] != calibrations[0]
    assert calibrations[2] == calibrations[0]  # too few to rely on


def test_a_large_index_tries_new_wordings_first(large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MOST_TRIED", 10)
    monkeypatch.setattr(building, "FEWEST_NEW", 100)
    tail = [place >= len(TEXTS) - 10 for place in range(len(TEXTS))]
    tried: list[int] = []

    def noted(ask: Any, places: Any) -> Any:
        tried.extend(places)
        return map(ask, places)

    index_of(is_new=tail, spread=noted)

    assert set(tried) == set(range(len(TEXTS) - 10, len(TEXTS)))


def test_the_likenesses_of_some_wordings_are_those_of_their_whole_vectors(large: None) -> None:
    index, places, asked = index_of(), np.array([0, 3, 4, 9, 20]), NgramSpace.of(TEXTS).vector(TEXTS[7])
    rows = NgramSpace.of(TEXTS).matrix(TEXTS).toarray()
    question = np.zeros(rows.shape[1])
    question[asked.places] = asked.weights

    kernel, words = index.likenesses(places, asked)

    assert np.allclose(kernel, rows[places] @ rows[places].T, atol=1e-5)
    assert np.allclose(words, rows[places] @ question, atol=1e-5)
    assert np.allclose(index.likeness(asked), rows @ question, atol=1e-5)


@pytest.mark.parametrize("by_meaning", [True, False])
def test_a_hidden_wording_is_as_if_it_were_not_there(large: None, by_meaning: bool) -> None:
    """Held against a fit of the other candidates: by meaning all wordings, by words those that share an n-gram."""
    index, place = index_of(), 8
    vector = encoded([" ".join(TEXTS[place])])[0] if by_meaning else None
    grams = index.row(place)

    [hidden] = Local(index).find_without(grams, vector, "", [np.array([place])])

    assert hidden is not None
    assert place not in hidden.places
    everything = Local(index).find(grams, vector, "")
    assert everything is not None
    right = int(np.flatnonzero(everything.entries == OWNERS[place])[0])
    assert hidden.evidence.score[right] < everything.evidence.score[right]
    whole = NgramSpace.of(TEXTS).matrix(TEXTS).toarray()
    alike = whole @ whole[place]
    others = [each for each in range(len(TEXTS)) if each != place and (by_meaning or alike[each] > 0)]
    rows, targets, asked = whole[others], np.eye(6)[[OWNERS[each] for each in others]], alike[others]
    kernel = rows @ rows.T
    vectors = encoded([" ".join(TEXTS[each]) for each in others])
    if vector is not None:
        kernel = kernel + 8 * np.exp(2 * (vectors @ vectors.T - 1))
    alpha = np.linalg.solve(kernel + np.eye(len(others)), targets)
    assert np.allclose(hidden.evidence.words, asked @ alpha, atol=2e-3)
    if vector is not None:
        assert np.allclose(hidden.evidence.meaning, 8 * np.exp(2 * (vectors @ vector - 1)) @ alpha, atol=2e-2)
        sums = targets.T @ vectors
        middles = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        assert np.allclose(hidden.evidence.centroid, BY_MEANING.centroid * middles @ vector, atol=3e-3)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_several_processes_learn_the_same_bytes_as_one(
    large: None,
) -> None:
    texts = [[*text, str(number)] for number in range(4) for text in TEXTS]
    owners = OWNERS * 4
    alone = index_of(texts, owners)
    together = index_of(texts, owners, spread=lambda work, items: spread(work, items, 2))

    assert len(alone.arrays["entry_of"]) >= 100  # enough of them for processes to be forked
    assert alone.meta == together.meta
    assert all(array.tobytes() == together.arrays[name].tobytes() for name, array in alone.arrays.items())


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_what_breaks_in_a_process_that_learns_breaks_here() -> None:
    with pytest.raises(ZeroDivisionError):
        list(spread(lambda number: 1 // (number - 50), range(120), 2))
