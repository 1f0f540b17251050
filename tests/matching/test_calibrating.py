"""From scores to honest confidence, on a few questions counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching.calibration import (
    LEAD_SAY,
    LEAST_CONFIDENCE,
    Calibration,
    Logistic,
    Trials,
    calibrate,
    evenly,
    fit_logistic,
    in_scope_say,
    standing_of,
    threshold_for,
)

ONES = np.ones(200)


def test_confidence_is_the_share_that_was_right() -> None:
    """Of a hundred questions with the number 1 twenty were right, of a hundred with 3 eighty."""
    numbers = np.repeat([1.0, 3.0], 100)
    hits = np.array([1] * 20 + [0] * 80 + [1] * 80 + [0] * 20, dtype=float)

    fitted = fit_logistic(numbers, hits, ONES)

    assert fitted.probability(np.array([1.0, 2.0, 3.0])) == pytest.approx([0.2, 0.5, 0.8], abs=0.01)
    assert fitted.slope == pytest.approx(np.log(16) / 2, abs=0.02)


def test_a_question_that_counts_more_weighs_more() -> None:
    numbers, hits = np.full(200, 2.0), np.repeat([1.0, 0.0], 100)
    weights = np.repeat([3.0, 1.0], 100)

    assert fit_logistic(numbers, hits, weights).probability(2.0) == pytest.approx(0.75, abs=0.01)


def test_more_evidence_never_makes_less_sure() -> None:
    fitted = fit_logistic(np.repeat([1.0, 3.0], 100), np.repeat([1.0, 0.0], 100), ONES)

    assert fitted.slope == 0
    assert fitted.probability(9.0) == pytest.approx(0.5, abs=0.01)


def test_what_was_always_right_is_not_certain() -> None:
    fitted = fit_logistic(np.repeat([1.0, 3.0], 2), np.ones(4), np.ones(4))

    assert fitted.probability(3.0) == pytest.approx(5 / 6, abs=0.01)  # four of four, softened by two more


def test_numbers_out_of_all_bounds_stay_probabilities() -> None:
    assert Logistic(2.0, -1.0).probability(np.array([-1e9, 0.5, 1e9])) == pytest.approx([0, 0.5, 1])


def test_the_best_entry_that_can_be_answered_is_tried() -> None:
    """Three entries, of which the third stands for what cannot be answered; the fourth question is out of scope."""
    scores = np.array([[3.0, 1.0, 2.0], [1.0, 3.0, 2.0], [1.0, -np.inf, 3.0], [2.0, 1.0, 0.0]])

    trials = Trials.of(scores, np.array([0, 0, 1, -1]), evenly(4, 1.0), real=2)

    assert trials.standing == pytest.approx([3 + LEAD_SAY, 3 + LEAD_SAY, 1 - 2 * LEAD_SAY, 2 + LEAD_SAY])
    assert trials.together == pytest.approx([4, 4, 1, 3])  # what is infinitely far, or speaks against, counts nothing
    assert trials.right.tolist() == [1, 0, 0, 0]
    assert trials.among.tolist() == [1, 1, 1, 0]
    both = trials + trials
    assert (both.right.tolist(), len(both.say)) == ([1, 0, 0, 0] * 2, 8)


def test_a_lead_over_the_next_best_makes_surer() -> None:
    assert standing_of(np.array([1.0])).tolist() == [1.0]
    assert standing_of(np.array([1.0, 4.0, 2.0])) == pytest.approx(
        [1 - 3 * LEAD_SAY, 4 + 2 * LEAD_SAY, 2 - 2 * LEAD_SAY]
    )


@pytest.mark.parametrize(
    ("confidence", "accepted", "threshold"),
    [
        ([0.9, 0.99, 0.7], 0.1, 0.9),  # 0.01 and 0.10 wrong of two; 0.41 of three would be too many
        ([0.9, 0.99, 0.7], 0.2, 0.7),
        ([0.9, 0.8], 0.05, 1.0),  # never
        ([0.9, 0.2], 0.5, LEAST_CONFIDENCE),
    ],
)
def test_answering_begins_where_few_enough_will_be_wrong(
    confidence: list[float], accepted: float, threshold: float
) -> None:
    assert threshold_for(np.array(confidence), np.ones(len(confidence)), accepted) == threshold


def test_left_out_wordings_count_their_share_and_wrong_ones_a_third() -> None:
    assert in_scope_say(np.ones(4), np.array([1, 1, 1, 0]), 0.6) == pytest.approx([0.18, 0.18, 0.18, 0.06])
    assert evenly(4, 0.25).tolist() == [0.0625] * 4
    assert evenly(0, 0.25).tolist() == []


def test_a_calibration_is_read_as_it_was_written() -> None:
    numbers = np.repeat([1.0, 3.0], 100)
    trials = Trials(numbers, 2 * numbers, np.array([0.0] * 90 + [1.0] * 110), np.array([0.0] * 50 + [1.0] * 150), ONES)

    made = calibrate(trials, 0.05)

    assert Calibration.of_dict(made.to_dict()) == made
    assert made.right.probability(1.0) == pytest.approx(0.1, abs=0.01)
    assert made.among.probability(2.0) == pytest.approx(0.5, abs=0.01)
    assert made.answer_from == LEAST_CONFIDENCE
