"""Each figure against an example worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.errors import InputError
from bot.evaluate.measures import Case, Result, auroc, expected_calibration_error, measure, read_cases
from bot.reply.types import Outcome


def result(label: str, expected: str, outcome: Outcome, ranked: tuple[str, ...], confidence: float) -> Result:
    answered = ranked[0] if outcome is Outcome.ANSWER else None
    return Result(Case("q", label, expected, 2), outcome, None, ranked, answered, confidence, 1.0)


def test_figures_by_hand() -> None:
    results = [
        result("info", "a", Outcome.ANSWER, ("a", "b"), 0.9),
        result("info", "b", Outcome.ANSWER, ("a", "b"), 0.8),
        result("admin", "c", Outcome.CLARIFY, ("c",), 0.5),
        result("info", "d", Outcome.DECISION, ("x", "y", "d"), 0.4),
        result("out_of_scope", "", Outcome.ANSWER, ("a",), 0.7),
        result("out_of_scope", "", Outcome.NO_MATCH, ("a",), 0.1),
        result("urgent", "", Outcome.EMERGENCY, (), 0.0),
        result("decision", "", Outcome.ANSWER, ("a",), 0.9),
    ]

    figures = measure(results, build_s=1.5)

    assert figures["n"] == 8
    assert figures["accuracy_at_1"] == 0.5
    assert figures["accuracy_at_3"] == 1.0
    assert figures["coverage"] == 0.5
    assert figures["precision_answered"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["oos_false_answers"] == 0.5
    assert figures["oos_auroc"] == pytest.approx(6 / 8)
    assert figures["recall_by_label"] == {
        "decision": 0.0, "urgent": 1.0, "crisis": None, "emergency": None, "illicit": None,
    }  # fmt: skip
    assert figures["false_alarm_info"]["decision"] == 0.25


def test_auroc_counts_ties_half() -> None:
    assert auroc([0.5], [0.5]) == 0.5
    assert auroc([0.9, 0.2], [0.5]) == 0.5
    assert auroc([], [0.5]) is None


def test_calibration_error_by_hand() -> None:
    confidence = np.array([0.2, 0.2, 0.8, 0.8])
    correct = np.array([0.0, 0.0, 1.0, 0.0])

    assert expected_calibration_error(confidence, correct, bins=2) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="4 confidences for 5 bins"):
        expected_calibration_error(confidence, correct, bins=5)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", ""])
def test_wrong_columns_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InputError) as caught:
        read_cases(path)

    assert caught.value.field == "x.csv:1"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("question,label,topic\nhi,nonsense,\nhello,info,a\n", "x.csv:2: label"),
        ("question,expected_id\n,a\nhello,a\n", "x.csv:2: question"),
        (f"question,expected_id\n{'x' * 501},a\nhello,a\n", "x.csv:2: question"),
    ],
)
def test_a_wrong_row_is_named_and_the_rest_is_read(tmp_path: Path, text: str, field: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")

    cases, rejected = read_cases(path)

    assert [error.field for error in rejected] == [field]
    assert [case.question for case in cases] == ["hello"]
