"""What a follow-up refers to, and what help stays in view."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.faq.release import Level
from bot.reply.types import Outcome, Reply


@dataclass(frozen=True, slots=True)
class Context:
    """The last answered entry, and the gravest alarm of the last few turns.

    `calm_turns` counts turns since the alarm, `rule_id` is the rule of an urgent one, which a decision soon after it
    does not take back. `said` is the message before, if it is short: what is grave may come in pieces ("my throat",
    "it's closing up"); nothing is answered from it. `unanswered` tells that it had no answer.
    """

    entry_id: str | None = None
    topic: str | None = None
    raised: Level | None = None
    calm_turns: int = 0
    rule_id: str | None = None
    said: str = ""
    unanswered: bool = False


EMPTY = Context()
HELP_STAYS_TURNS = 5
LONGEST_PIECE = 12  # words of a message that the next may go on with
_LEVELS = {Outcome.EMERGENCY: Level.EMERGENCY, Outcome.CRISIS: Level.CRISIS, Outcome.URGENT: Level.URGENT}
_BY_HELP = (Level.URGENT, Level.EMERGENCY, Level.CRISIS)  # who is told of a crisis line is told of 999 as well


def following(context: Context, reply: Reply) -> Context:
    """The context for the next turn, after `reply`."""
    lead = reply.leading
    return after(
        context,
        lead.outcome,
        lead.entry.id if lead.entry else None,
        lead.entry.topic if lead.entry else None,
        rule_id=lead.safety.rule if lead.safety else None,
        said=" ".join(dict.fromkeys(part.asked for part in reply.parts)),
    )


def after(
    context: Context,
    outcome: Outcome,
    entry_id: str | None,
    topic: str | None,
    *,
    rule_id: str | None = None,
    said: str = "",
) -> Context:
    """The context for the next turn, after a reply of that outcome and rule, led by that entry, to what was `said`."""
    said = said if len(said.split()) <= LONGEST_PIECE else ""
    level = _LEVELS.get(outcome)
    if level is not None and level is not Level.URGENT:
        return Context(raised=most_help(level, context.raised), said=said)
    kept = replace(context, said=said, unanswered=outcome is Outcome.NO_MATCH)
    if level is not None:
        kept = replace(kept, raised=most_help(level, context.raised), calm_turns=0, rule_id=rule_id)
    elif context.raised is None or context.calm_turns + 1 >= HELP_STAYS_TURNS:
        kept = replace(kept, raised=None, calm_turns=0, rule_id=None)
    else:
        kept = replace(kept, calm_turns=context.calm_turns + 1)
    if entry_id is not None:
        return replace(kept, entry_id=entry_id, topic=topic)
    if outcome < Outcome.ANSWER:  # the next question leans on this one, which had no answer, not on an older one
        return replace(kept, entry_id=None, topic=None)
    return kept


def most_help(*levels: Level | None) -> Level | None:
    """Of alarms the one whose help holds that of the others."""
    return max(filter(None, levels), key=_BY_HELP.index, default=None)
