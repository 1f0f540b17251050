"""An entry as patients would read it if it were live: the same composer, on the live release with it put in."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import InputError
from bot.faq.entry import ENGLISH, Entry, Region
from bot.faq.release import Release
from bot.reply.compose import Composer
from bot.reply.types import Decision, Outcome, Reply


def preview(release: Release, entry: Entry, region: Region, language: str = ENGLISH) -> Reply:
    """The reply with this entry's answer. Raises InputError for a placeholder that the clinic's facts cannot fill.

    About a millisecond: nothing is learnt or ranked, as only the words are looked at.
    """
    others = tuple(other for other in release.entries if other.id != entry.id)
    composer = Composer(replace(release, entries=(*others, entry)))
    decision = Decision(outcome=Outcome.ANSWER, entry_ids=(entry.id,), because="preview")
    try:
        return composer.compose([(decision, entry.question)], region, None, language)
    except KeyError as error:
        name = f"{{{{ clinic.{error.args[0]} }}}}"
        raise InputError(field="detail", got=name, allowed="the clinic's facts") from error
