"""How the kinds of evidence add up, on a few numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching.fusion import BY_MEANING, BY_WORDS, Grouping, Say, evidence_of, fuzzy_of, warmed, with_fuzzy

# Entry 0 owns the places 0 and 1, entry 1 the place 2, entry 2 the places 3 to 5.
GROUPING = Grouping.of(np.array([0, 0, 1, 2, 2, 2]), 3)
SIMILAR = np.array([0.5, 0.5, 0.25, 0.0, 0.75, 0.5], dtype=np.float32)


def numbers(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_the_score_is_the_sum_of_its_parts() -> None:
    evidence = evidence_of(numbers(1, 2), numbers(3, -1), numbers(0.5, 1), numbers(1, 0.5), Say(2.0, 4.0, 1.0))

    assert evidence.nearest.tolist() == [1.0, 2.0]
    assert evidence.centroid.tolist() == [4.0, 2.0]
    assert evidence.fuzzy.tolist() == [0.0, 0.0]
    assert evidence.score.tolist() == [9.0, 5.0]
    later = with_fuzzy(evidence, numbers(0.25, 0))
    assert (later.fuzzy.tolist(), later.score.tolist()) == ([0.25, 0.0], [9.25, 5.0])


def test_only_the_leading_entries_are_compared_letter_by_letter() -> None:
    score, places = numbers(6, 5, 4, 3, 2, 1), np.arange(6)

    added = fuzzy_of(score, places, "dry lips", lambda place: "dry lips" if place in (1, 5) else "qqq", BY_WORDS)

    assert added.tolist() == pytest.approx([0, 0.25, 0, 0, 0, 0])
    assert not fuzzy_of(score, places, "dry lips", lambda _: "dry lips", BY_MEANING).any()


def test_the_same_meaning_counts_eight_and_less_falls_off() -> None:
    assert warmed(numbers(1.0, 0.5, 0.0)).tolist() == pytest.approx([8.0, 8 / np.e, 8 / np.e**2], rel=1e-5)


def test_each_entry_has_its_own_wordings() -> None:
    assert GROUPING.pairs == [(0, 2), (2, 3), (3, 6)]
    assert GROUPING.best(SIMILAR).tolist() == [0.5, 0.25, 0.75]
    assert GROUPING.sums(SIMILAR).tolist() == [1.0, 0.25, 1.25]
    assert GROUPING.places_of(GROUPING.best(SIMILAR), SIMILAR).tolist() == [0, 2, 4]  # of equals the first
    rows = np.stack([SIMILAR, SIMILAR[::-1]])
    assert GROUPING.nearest_places(rows).tolist() == [[0, 2, 4], [1, 2, 4]]


def test_the_length_of_an_entry_is_that_of_its_summed_vectors() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0], [1, 0], [1, 0], [0, 1]], dtype=np.float32)

    assert GROUPING.norms(vectors @ vectors.T).tolist() == pytest.approx([2**0.5, 1.0, 5**0.5])


@pytest.mark.parametrize(("entry_of", "entries"), [([0, 1, 0], 2), ([0, 0, 2], 3), ([0, 1, 2], 2), ([1, 1], 2)])
def test_wordings_out_of_order_or_entries_without_any_are_refused(entry_of: list[int], entries: int) -> None:
    with pytest.raises(ValueError, match="sorted by entry"):
        Grouping.of(np.array(entry_of), entries)
