"""What keeps a new wording from being sent for review, and what its reviewer should know of it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.dialogue.bot import Bot
from bot.errors import InputError, InputErrors
from bot.faq.entry import Entry
from bot.patients.redact import MARKS, redact
from bot.staff.checking import Fault
from bot.staff.ranking import alarms_of, new_wordings, ranks_of

MOST_LOOKED_AT = 20  # new wordings: each takes as long as a question
_CERTAIN = tuple(f"[{mark}]" for mark in MARKS if mark != "name")


def refuse_wordings(bot: Bot | None, entry: Entry) -> None:
    """Raise InputErrors where the words of a new wording raise an emergency or a crisis, or hold personal details.

    No release may hold it; and what is in one stays in it for good.
    """
    new = new_wordings(bot, entry) if bot else entry.wordings
    told: dict[str, str] = {}
    for wording, name in alarms_of(bot, new) if bot else ():
        told[wording] = f"Met with an alarm: “{wording}” ({name}). Take it out, or word it in another way."
    for wording in new:
        if any(mark in redact(wording) and mark not in wording for mark in _CERTAIN):
            told[wording] = f"“{wording}” holds personal details. Take them out."
    if told:
        field = "question" if entry.question in told else "phrasings"
        raise InputErrors((InputError(field=field, got="what cannot be served", allowed=" ".join(told.values())),))


def note_wordings(bot: Bot | None, entry: Entry) -> Iterator[Fault]:
    """What stands in the way of the entry's new wordings today: an alarm, an answer that is nearer, perhaps a name."""
    new = new_wordings(bot, entry)[:MOST_LOOKED_AT] if bot else ()
    for rank in ranks_of(bot, entry.id, new) if bot else ():
        if rank.alarm:
            yield Fault("phrasings", "should", f"“{rank.wording}” is met with an alarm today: {rank.alarm}.")
        elif rank.rival and rank.rival_confidence > rank.confidence:
            yield Fault("phrasings", "should", f"“{rank.wording}” is nearer to “{rank.rival_question}” today.")
        if "[name]" in redact(rank.wording):
            yield Fault("phrasings", "should", f"“{rank.wording}” may hold a name.")
