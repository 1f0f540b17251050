"""What a follow-up refers to, and what help stays in view."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.faq.release import Level
from bot.reply.types import Outcome, Reply


@dataclass(frozen=True, slots=True)
class Context:
    """The last answered entry, and the gravest alarm of the last few turns.

    Nothing that a person said about themselves is carried. `calm_turns` counts turns since the alarm.
    """

    entry_id: str | None = None
    topic: str | None = None
    raised: Level | None = None
    calm_turns: int = 0


EMPTY = Context()
HELP_STAYS_TURNS = 5
_GRAVE = {Outcome.EMERGENCY: Level.EMERGENCY, Outcome.CRISIS: Level.CRISIS}


def following(context: Context, reply: Reply) -> Context:
    """The context for the next turn, after `reply`."""
    lead = reply.leading
    return after(context, lead.outcome, lead.entry.id if lead.entry else None, lead.entry.topic if lead.entry else None)


def after(context: Context, outcome: Outcome, entry_id: str | None, topic: str | None) -> Context:
    """The context for the next turn, after a reply of that outcome, led by that entry."""
    level = _GRAVE.get(outcome)
    if level is not None:
        return Context(raised=max(level, context.raised or level))
    raised = context.raised if context.calm_turns + 1 < HELP_STAYS_TURNS else None
    kept = replace(context, raised=raised, calm_turns=context.calm_turns + 1 if raised else 0)
    if entry_id is not None:
        return replace(kept, entry_id=entry_id, topic=topic)
    if outcome < Outcome.ANSWER:  # the next question leans on this one, which had no answer, not on an older one
        return replace(kept, entry_id=None, topic=None)
    return kept
