"""What is said of an alarm after it was raised: before a decision, and to what names nothing."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.context import Context, level_of
from bot.dialogue.followup import MOVES_ON, FollowUps, Lean
from bot.faq.release import Level
from bot.language.words import Word
from bot.matching.matcher import Ranking
from bot.reply.types import Decision, Outcome
from bot.safety.triage import Safety

STILL_URGENT_TURNS = 3
LONGEST_TERSE = 3  # words of "and how long", which say too little to be sure of anything else
LONGEST_LEANING = 5  # words; what is longer asks something itself ("does it get better when it is clear")
STILL, LEANS = "still", "leans"  # what a decision rests on: an alarm before it, or the reply that it asks about
_ADDRESSING = frozenset(["you", "your"])


def said_once_more(context: Context, safety: Safety) -> tuple[Decision, ...]:
    """The alarms that a decision must not take back; those that stand alone by themselves, gravest first."""
    if context.calm_turns >= STILL_URGENT_TURNS:
        return ()
    rules = [rule_id for rule_id in context.rules if safety.has_rule(rule_id)]
    alone = [rule_id for rule_id in rules if level_of(rule_id) > Level.URGENT]
    return tuple(_again(rule_id, STILL) for rule_id in alone or rules)


def leant_on(
    context: Context, words: Sequence[Word], alone: Ranking, safety: Safety, follow_ups: FollowUps
) -> Decision | None:
    """The reply of the rule that led the last one, to what names nothing ("and for how long?"); None for anything else.

    What is asked of the clinic itself ("where are you?") is none of that.
    """
    rule_id = context.led_by
    if rule_id is None or not safety.has_rule(rule_id) or follow_ups.lean_of(words) is not Lean.BARE:
        return None
    plain = [word.text for word in words if word.is_word]
    if len(plain) > LONGEST_LEANING or not _ADDRESSING.isdisjoint(plain):
        return None
    if len(plain) > LONGEST_TERSE and alone.is_sure and alone.candidates[0].confidence >= MOVES_ON:
        return None
    return _again(rule_id, LEANS)


def _again(rule_id: str, why: str) -> Decision:
    return Decision(outcome=Outcome.of_level(level_of(rule_id)), rule_id=rule_id, because=f"{why}:{rule_id}")
