"""The parts of a message as they were weighed, and which of them are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.dialogue.followup import Lean
from bot.faq.release import Level
from bot.language.words import Word
from bot.matching.matcher import NOTHING, Ranking
from bot.reply.types import Decision, Outcome
from bot.safety.findings import Triage

MOST_PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """One part of a message with all that was weighed for it. `leans_on` is the entry that it follows, if any."""

    text: str
    words: tuple[Word, ...]
    triage: Triage
    ranking: Ranking
    decision: Decision
    lean: Lean = Lean.WHOLE
    leans_on: str | None = None


def at_most(found: Sequence[Considered], left: Sequence[Considered]) -> tuple[Considered, ...]:
    """As many parts as a reply may have: the gravest in their order, and in the last one what is still to be asked."""
    if len(found) + len(left) <= MOST_PARTS:
        return (*found, *left)
    kept = sorted(found, key=lambda each: -each.decision.outcome)[: MOST_PARTS - 1]
    others = sorted((each for each in (*found, *left) if each not in kept), key=lambda each: each.words[0].start)
    entry_ids = tuple(filter(None, (entry_of(each) for each in others if each in found)))
    decision = Decision(outcome=Outcome.NO_MATCH, entry_ids=entry_ids, is_left=True, because="too many at once")
    asked = "; ".join(each.text.strip(" .?!;\n") for each in others)
    last = replace(others[0], text=asked, ranking=NOTHING, decision=decision, lean=Lean.WHOLE, leans_on=None)
    return (*(each for each in found if each in kept), last)


def borne_out(part: Triage, whole: Triage) -> Triage:
    """The findings of a part that the whole message bears out: alone, a sentence may seem to be what it is not there.

    What is urgent, or graver, was looked for in the whole message, and not found.
    """
    levels = {found.level for found in whole.findings if found.level < Level.URGENT}
    return replace(part, findings=tuple(found for found in part.findings if found.level in levels))


def says_all(parts: Sequence[Considered], whole: Triage) -> bool:
    """Whether what safety found in the whole message is said in one of the parts; otherwise they may not stand."""
    gravest = max(part.decision.outcome for part in parts)
    return whole.gravest is None or gravest >= Outcome.of_level(whole.gravest.level)


def entry_of(considered: Considered) -> str | None:
    """The entry that a part opens, if any."""
    return considered.decision.entry_ids[0] if considered.decision.entry_ids else None


def is_said(considered: Considered, others: Sequence[Considered]) -> bool:
    """Whether one of the others says the same."""
    decision = considered.decision
    about = (decision.outcome, decision.entry_ids, decision.rule_id)
    return any(about == (each.decision.outcome, each.decision.entry_ids, each.decision.rule_id) for each in others)


def says_nothing_new(considered: Considered, others: Sequence[Considered], is_question: bool) -> bool:
    """Whether it came to choices only, of which another one answers the first; or, where it is no question, a later one
    answers any: it led up to that ("he is stiff after football. what helps?").
    """
    choices = considered.decision.entry_ids if considered.decision.outcome is Outcome.CLARIFY else ()
    answering = [each for each in others if each.decision.outcome >= Outcome.ANSWER]
    later = [] if is_question else [each for each in answering if each.words[0].start > considered.words[0].start]
    return any(entry_of(each) in choices[:1] for each in answering) or any(entry_of(each) in choices for each in later)
