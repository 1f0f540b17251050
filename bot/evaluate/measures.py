"""Question files in; accuracy, coverage, AUROC, calibration error, safety recall and latency out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.faq.csv_reader import read_table
from bot.language.normalise import check_question
from bot.reply.types import Outcome

CLINIC_LABELS = ("info", "admin", "decision", "urgent", "crisis", "emergency", "illicit", "out_of_scope")
_IN_SCOPE = ("info", "admin")
_SAFETY = {
    "decision": (Outcome.DECISION, Outcome.URGENT, Outcome.CRISIS, Outcome.EMERGENCY),
    "urgent": (Outcome.URGENT, Outcome.CRISIS, Outcome.EMERGENCY),
    "crisis": (Outcome.CRISIS, Outcome.EMERGENCY),
    "emergency": (Outcome.EMERGENCY,),
    "illicit": (Outcome.ILLICIT,),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what is expected; `expected_id` is empty for out of scope. `line` counts from 1."""

    question: str
    label: str
    expected_id: str
    line: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case: `ranked` are the best entry ids, `answered` the one that was given, if any."""

    case: Case
    outcome: Outcome
    rule_id: str | None
    ranked: tuple[str, ...]
    answered: str | None
    confidence: float
    latency_ms: float


def read_cases(path: Path) -> tuple[list[Case], list[InputError]]:
    """The cases of a CSV file, clinic (`question,label,topic`) or generic (`question,expected_id`).

    Rows that cannot be asked are given back by line and column. Raises InputError for wrong columns.
    """
    cases: list[Case] = []
    rejected: list[InputError] = []
    table = read_table(path)
    clinic = {"question", "label"} <= set(table.columns)
    if not clinic and not {"question", "expected_id"} <= set(table.columns):
        allowed = "columns question,label,topic or question,expected_id"
        raise InputError(field=f"{path.name}:1", got=", ".join(table.columns) or "no columns", allowed=allowed)
    for row in table.rows:
        try:
            cases.append(_case(row.cells, row.line, clinic))
        except InputError as error:
            field = f"{path.name}:{row.line}: {error.field}"
            rejected.append(InputError(field=field, got=error.got, allowed=error.allowed))
    return cases, rejected


def _case(row: Mapping[str, str], line: int, clinic: bool) -> Case:
    question = check_question(row.get("question") or "")
    if not clinic:
        expected = (row.get("expected_id") or "").strip()
        return Case(question, "info" if expected else "out_of_scope", expected, line)
    label = (row.get("label") or "").strip()
    if label not in CLINIC_LABELS:
        raise InputError(field="label", got=repr(label), allowed=", ".join(CLINIC_LABELS))
    return Case(question, label, (row.get("topic") or "").strip(), line)


def run_cases(
    bot: Bot, cases: Sequence[Case], safety: bool = True, tick: Callable[[], None] = lambda: None
) -> Iterator[Result]:
    """Ask every case. Without `safety` only the matcher speaks, as for an FAQ that is no clinic's."""
    for case in cases:
        began = time.perf_counter()
        reply = bot.ask(case.question) if safety else None
        ranking = bot.rank(case.question) if reply is None else None
        latency_ms = 1000 * (time.perf_counter() - began)
        ranking = ranking or bot.rank(case.question)
        lead = reply.leading if reply else None
        outcome = lead.outcome if lead else Outcome.ANSWER if ranking.is_sure else Outcome.NO_MATCH
        answered = None
        if lead is not None and lead.outcome is Outcome.ANSWER and lead.entry:
            answered = lead.entry.id
        elif lead is None and ranking.is_sure and ranking.top:
            answered = ranking.top.entry_id
        yield Result(
            case=case,
            outcome=outcome,
            rule_id=lead.safety.rule if lead and lead.safety else None,
            ranked=tuple(candidate.entry_id for candidate in ranking.candidates),
            answered=answered,
            confidence=ranking.top.confidence if ranking.top else 0.0,
            latency_ms=latency_ms,
        )
        tick()


def measure(results: Sequence[Result], build_s: float) -> dict[str, Any]:
    """The figures of a run. Shares are 0 to 1; a figure without any case behind it is None.

    `accuracy_at_k` and `coverage` are over in-scope questions (info and admin). `precision_answered` is over
    all answers given to in-scope and out-of-scope questions, so an answered out-of-scope question is a wrong
    one. `recall_by_label` counts an outcome at least as grave as the label asks for.
    """
    inside = [result for result in results if result.case.label in _IN_SCOPE]
    outside = [result for result in results if result.case.label == "out_of_scope"]
    given = [result for result in (*inside, *outside) if result.answered is not None]
    hits = [_is_hit(result, 1) for result in inside]
    latencies = np.array([result.latency_ms for result in results])
    return {
        "n": len(results),
        "accuracy_at_1": _share(hits),
        "accuracy_at_3": _share([_is_hit(result, 3) for result in inside]),
        "coverage": _share([result.answered is not None for result in inside]),
        "precision_answered": _share([result.answered == result.case.expected_id for result in given]),
        "oos_false_answers": _share([result.answered is not None for result in outside]),
        "oos_auroc": auroc([r.confidence for r in inside], [r.confidence for r in outside]),
        "ece": _ece(inside, outside),
        "recall_by_label": {
            label: _share([result.outcome in outcomes for result in results if result.case.label == label])
            for label, outcomes in _SAFETY.items()
        },
        "false_alarm_info": {
            "urgent_or_above": _share([result.outcome >= Outcome.URGENT for result in inside]),
            "decision": _share([result.outcome is Outcome.DECISION for result in inside]),
            "illicit": _share([result.outcome is Outcome.ILLICIT for result in inside]),
        },
        "latency_ms_p50": round(float(np.quantile(latencies, 0.5)), 3) if len(latencies) else None,
        "latency_ms_p99": round(float(np.quantile(latencies, 0.99)), 3) if len(latencies) else None,
        "build_s": round(build_s, 3),
    }


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """The chance that an in-scope question is surer than an out-of-scope one; ties count half. None if one is empty."""
    if not inside or not outside:
        return None
    low = np.sort(np.asarray(outside))
    below = np.searchsorted(low, inside, side="left")
    not_above = np.searchsorted(low, inside, side="right")
    return round(float((below + not_above).mean() / (2 * len(low))), 4)


def expected_calibration_error(
    confidence: NDArray[np.floating], correct: NDArray[np.floating], bins: int = 15
) -> float:
    """Mean gap between stated confidence and accuracy, 0 (honest) to 1.

    Both arrays have shape (n,); confidence lies in 0 to 1. Equal-count bins, so that rare high confidences
    weigh what they should. Raises ValueError when n < bins. Source: Naeini, Cooper, Hauskrecht 2015.
    """
    if len(confidence) < bins:
        raise ValueError(f"{len(confidence)} confidences for {bins} bins")
    order = np.argsort(confidence, kind="stable")
    gaps = [
        len(part) * abs(float(confidence[part].mean()) - float(correct[part].mean()))
        for part in np.array_split(order, bins)
    ]
    return float(sum(gaps) / len(confidence))


def _ece(inside: Sequence[Result], outside: Sequence[Result], bins: int = 15) -> float | None:
    both = [*inside, *outside]
    if len(both) < bins:
        return None
    confidence = np.array([result.confidence for result in both])
    correct = np.array([float(_is_hit(result, 1)) for result in both])
    return round(expected_calibration_error(confidence, correct, bins), 4)


def _is_hit(result: Result, within: int) -> bool:
    return bool(result.case.expected_id) and result.case.expected_id in result.ranked[:within]


def _share(flags: Sequence[bool]) -> float | None:
    return round(sum(flags) / len(flags), 4) if flags else None
