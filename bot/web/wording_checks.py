"""What keeps a new wording from being sent for review, and what its reviewer should know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    refuse_alarmed(entry.question, alarms_of(bot, new) if bot else (), _personal(new))


def personal_faults(bot: Bot | None, entry: Entry) -> Iterator[Fault]:
    """The new wordings that hold personal details, as faults of the fields in which they stand, while one types."""
    for wording in _personal(new_wordings(bot, entry) if bot else entry.wordings):
        field = "question" if wording == entry.question else "phrasings"
        yield Fault(field, "must", _holds_details(wording))


def _personal(wordings: Sequence[str]) -> list[str]:
    return [each for each in wordings if any(mark in redact(each) and mark not in each for mark in _CERTAIN)]


def _holds_details(wording: str) -> str:
    return f"“{wording}” holds personal details. Take them out."


def refuse_alarmed(question: str, alarmed: Sequence[tuple[str, str]], personal: Sequence[str] = ()) -> None:
    """Raise InputErrors where there are wordings met with an alarm, each with its name, or with `personal` details.

    It stands at the question, where that is one of them.
    """
    told = [_holds_details(wording) for wording in personal]
    if alarmed:
        names = ", ".join(f"“{wording}” ({name})" for wording, name in alarmed)
        told.insert(0, f"Met with an alarm: {names}. Take it out, or word it in another way.")
    if told:
        field = "question" if question in (*(wording for wording, _ in alarmed), *personal) else "phrasings"
        raise InputErrors((InputError(field=field, got="what cannot be served", allowed=" ".join(told)),))


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
