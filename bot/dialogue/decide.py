"""Answer, clarify, decision, red flag or no match: a pure table of cases."""

from __future__ import annotations

from bot.faq.release import Level
from bot.matching.calibration import MOST_CHOICES
from bot.matching.matcher import Ranking
from bot.reply.types import Decision, Outcome
from bot.safety.findings import Finding, Triage

_WITHOUT_ANSWER = frozenset({Level.EMERGENCY, Level.CRISIS})


def decide(triage: Triage, ranking: Ranking) -> tuple[Decision, ...]:
    """What to reply to one question. Emergency and crisis stand alone (both, when both were found)."""
    found = triage.gravest
    if found is None:
        return (_by_ranking(ranking),)
    if found.level in _WITHOUT_ANSWER:
        grave = [_first_of(triage, level) for level in (Level.EMERGENCY, Level.CRISIS)]
        return tuple(_of_finding(each, None) for each in grave if each)
    return (_of_finding(found, ranking),)


def _by_ranking(ranking: Ranking) -> Decision:
    top = ranking.top
    if top is None:
        return Decision(outcome=Outcome.NO_MATCH, because="no known word")
    if ranking.is_sure:
        return Decision(outcome=Outcome.ANSWER, entry_ids=(top.entry_id,), confidence=top.confidence, because="sure")
    if ranking.among >= ranking.clarify_from:
        choices = tuple(candidate.entry_id for candidate in ranking.candidates[:MOST_CHOICES])
        return Decision(outcome=Outcome.CLARIFY, entry_ids=choices, confidence=top.confidence, because="one of few")
    return Decision(outcome=Outcome.NO_MATCH, confidence=top.confidence, because="not sure enough")


def _of_finding(found: Finding, ranking: Ranking | None) -> Decision:
    """The rule's reply; beneath it the approved general information, when it is likely the right one."""
    general: tuple[str, ...] = ()
    confidence = None
    if ranking is not None and ranking.top is not None and ranking.top.confidence >= _general_from(found, ranking):
        general, confidence = (ranking.top.entry_id,), ranking.top.confidence
    return Decision(
        outcome=Outcome.of_level(found.level),
        entry_ids=general,
        rule_id=found.rule_id,
        matched=found.matched,
        confidence=confidence,
        because=f"{found.layer}:{found.rule_id}",
    )


def _general_from(found: Finding, ranking: Ranking) -> float:
    """Beneath a decision, likely is enough: the reply leads to the clinician anyway."""
    return ranking.clarify_from if found.level is Level.DECISION else ranking.threshold


def _first_of(triage: Triage, level: Level) -> Finding | None:
    return next((found for found in triage.findings if found.level is level), None)
