"""What a follow-up refers to, and what help stays in view."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.faq.release import Level
from bot.reply.types import Outcome, Reply, ReplyPart


@dataclass(frozen=True, slots=True)
class Context:
    """The last answered entry, and the alarms of the last few turns.

    `raised` is the level whose help stays in view; `calm_turns` counts turns since the last new alarm. `rules` are
    those of the alarms, gravest first and of equals the newest, which a decision soon after does not take back.
    `led_by` is the rule that led the last reply, where nothing general stood beneath it: "how long?" asks about that.
    `said` is the message before, if it is short: what is grave may come in pieces ("my throat", "it's closing up");
    nothing is answered from it. `unanswered` tells that it had no answer.
    """

    entry_id: str | None = None
    topic: str | None = None
    raised: Level | None = None
    calm_turns: int = 0
    rules: tuple[str, ...] = ()
    led_by: str | None = None
    said: str = ""
    unanswered: bool = False


EMPTY = Context()
HELP_STAYS_TURNS = 5
MOST_ALARMS = 3  # kept to be said once more
LONGEST_PIECE = 12  # words of a message that the next may go on with
_LEVELS = {Outcome.EMERGENCY: Level.EMERGENCY, Outcome.CRISIS: Level.CRISIS, Outcome.URGENT: Level.URGENT}
_BY_HELP = (Level.URGENT, Level.EMERGENCY, Level.CRISIS)  # who is told of a crisis line is told of 999 as well


def following(context: Context, reply: Reply) -> Context:
    """The context for the next turn, after `reply`; what it only said once more is no new alarm."""
    new = [part for part in reply.parts if not _is_said_again(part)]
    lead = max(new or reply.parts, key=lambda part: part.outcome)
    found = after(
        context,
        lead.outcome,
        lead.entry.id if lead.entry else None,
        lead.entry.topic if lead.entry else None,
        rule_id=lead.safety.rule if lead.safety else None,
        said=" ".join(dict.fromkeys(part.asked for part in reply.parts)),
        is_repeat=not new,
    )
    for part in new:  # an emergency may come with a crisis
        if part.outcome in _LEVELS and part.safety is not None:
            found = replace(found, rules=_with(part.safety.rule, found.rules))
    return found


def after(
    context: Context,
    outcome: Outcome,
    entry_id: str | None,
    topic: str | None,
    *,
    rule_id: str | None = None,
    said: str = "",
    is_repeat: bool | None = None,
) -> Context:
    """The context for the next turn, after a reply of that outcome and rule, led by that entry, to what was `said`.

    `is_repeat` tells whether an alarm was only said once more; where that is not known, the same rule again is taken
    for that. A repeat does not begin its time anew, or it would never end.
    """
    level = _LEVELS.get(outcome)
    if is_repeat is None:
        is_repeat = rule_id is not None and rule_id in context.rules
    raised, calm_turns, rules = context.raised, context.calm_turns + 1, context.rules
    if level is not None and not is_repeat:
        raised, calm_turns, rules = most_help(level, raised), 0, _with(rule_id, rules)
    elif raised is None or calm_turns >= HELP_STAYS_TURNS:
        raised, calm_turns, rules = None, 0, ()
    return Context(
        entry_id=entry_id,
        topic=topic,
        raised=raised,
        calm_turns=calm_turns,
        rules=rules,
        led_by=rule_id if entry_id is None else None,
        said=said if len(said.split()) <= LONGEST_PIECE else "",
        unanswered=outcome is Outcome.NO_MATCH,
    )


def most_help(*levels: Level | None) -> Level | None:
    """Of alarms the one whose help holds that of the others."""
    return max(filter(None, levels), key=_BY_HELP.index, default=None)


def level_of(rule_id: str) -> Level:
    """The level of a rule, which its id begins with; of an id that tells none it is taken for urgent."""
    return Level.__members__.get(rule_id.partition(".")[0].upper(), Level.URGENT)


def _with(rule_id: str | None, rules: tuple[str, ...]) -> tuple[str, ...]:
    if rule_id is None:
        return rules
    known = (rule_id, *(each for each in rules if each != rule_id))
    return tuple(sorted(known, key=level_of, reverse=True))[:MOST_ALARMS]


def _is_said_again(part: ReplyPart) -> bool:
    """Whether an alarm rests on no word of this message."""
    return part.outcome in _LEVELS and part.safety is not None and not part.safety.matched
