"""Answer, clarify, decision, red flag or no match: the table of cases."""

from __future__ import annotations

import pytest

from bot.dialogue.decide import decide
from bot.faq.release import Level
from bot.matching.matcher import NOTHING, Candidate, Ranking
from bot.reply.types import Outcome
from bot.safety.findings import Finding, Triage

CALM = Triage()


def ranking(*confidences: float, among: float = 0.0) -> Ranking:
    """Entries a, b, c … with these confidences; answered from 0.7, offered from 0.5 together."""
    candidates = tuple(
        Candidate(entry_id="abcd"[place], confidence=confidence, phrasing="", signals={})
        for place, confidence in enumerate(confidences)
    )
    return Ranking(candidates=candidates, threshold=0.7, clarify_from=0.5, among=among)


def found(*levels: Level) -> Triage:
    return Triage(
        tuple(
            Finding(rule_id=level.word, level=level, matched="as typed", layer="pattern", score=1.0) for level in levels
        )
    )


@pytest.mark.parametrize(
    ("ranked", "outcome", "entries"),
    [
        (NOTHING, Outcome.NO_MATCH, ()),
        (ranking(0.7), Outcome.ANSWER, ("a",)),
        (ranking(0.69, 0.1, among=0.9), Outcome.CLARIFY, ("a", "b")),
        (ranking(0.3, 0.2, 0.1, 0.1, among=0.5), Outcome.CLARIFY, ("a", "b", "c")),
        (ranking(0.3, 0.1, among=0.49), Outcome.NO_MATCH, ()),
    ],
)
def test_without_a_finding_the_ranking_decides(ranked: Ranking, outcome: Outcome, entries: tuple[str, ...]) -> None:
    (decision,) = decide(CALM, ranked)

    assert (decision.outcome, decision.entry_ids, decision.rule_id) == (outcome, entries, None)


@pytest.mark.parametrize(
    ("level", "confidence", "entries"),
    [
        (Level.DECISION, 0.5, ("a",)),
        (Level.DECISION, 0.49, ()),
        (Level.ILLICIT, 0.69, ()),
        (Level.URGENT, 0.69, ()),
        (Level.URGENT, 0.7, ("a",)),
    ],
)
def test_general_information_stands_beneath_when_it_is_likely_meant(
    level: Level, confidence: float, entries: tuple[str, ...]
) -> None:
    (decision,) = decide(found(level), ranking(confidence))

    assert decision.outcome is Outcome.of_level(level)
    assert (decision.rule_id, decision.matched) == (level.word, "as typed")
    assert decision.entry_ids == entries
    assert decision.confidence == (confidence if entries else None)


def test_nothing_stands_beneath_where_nothing_was_ranked() -> None:
    (decision,) = decide(found(Level.URGENT), NOTHING)

    assert (decision.outcome, decision.entry_ids) == (Outcome.URGENT, ())


def test_an_emergency_and_a_crisis_are_both_said_and_nothing_else() -> None:
    decisions = decide(found(Level.EMERGENCY, Level.CRISIS, Level.URGENT), ranking(1.0))

    assert [decision.outcome for decision in decisions] == [Outcome.EMERGENCY, Outcome.CRISIS]
    assert all(not decision.entry_ids for decision in decisions)


def test_a_crisis_alone_is_said_alone() -> None:
    (decision,) = decide(found(Level.CRISIS, Level.DECISION), ranking(1.0))

    assert (decision.outcome, decision.entry_ids) == (Outcome.CRISIS, ())
