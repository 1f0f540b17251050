"""What was said on a day, word for word and why; and what another release would say to the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.bot import Bot
from bot.dialogue.explain import Explanation
from bot.dialogue.record import context_from_plain, decided_of, language_of
from bot.errors import InputError, NotReady
from bot.faq.entry import Region
from bot.faq.release import Release
from bot.reply.compose import Composer
from bot.reply.types import Reply
from bot.staff.listing import is_served
from bot.store.content import Revision, list_revisions
from bot.store.database import Db
from bot.store.releases import Publication, find_release_line, list_publications, load_release
from bot.store.visits import Turn, find_turn

MOST_LISTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The redacted question asked again in its context: what a release says to it now, and why."""

    reply: Reply
    why: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who stands behind what was said: the answer's `revision` with its review, and how the release had become live.

    `revision` is None where no entry spoke, `publication` where the release is older than the list of publications.
    """

    revision: Revision | None
    publication: Publication | None


def require_turn(db: Db, turn_id: str) -> Turn:
    """The turn. Raises InputError where there is none; turns are deleted after the retention time."""
    turn = find_turn(db, turn_id)
    if turn is None:
        allowed = "a turn that was not deleted yet (they are kept for the retention time only)"
        raise InputError(field="turn", got=repr(turn_id), allowed=allowed)
    return turn


def require_release(db: Db, number: int) -> Release:
    """The release. Raises InputError where there is none."""
    release = load_release(db, number)
    if release is None:
        raise InputError(field="release", got=str(number), allowed="the number of a release")
    return release


def said(turn: Turn, release: Release) -> Reply:
    """Word for word what the patient read, from the release that said it; nothing is learnt or matched for it.

    Raises NotReady when the release lacks what was said, which would be a release that is not the turn's.
    """
    _, in_view = context_from_plain(turn.context)
    try:
        return Composer(release).compose(decided_of(turn.said), Region(turn.region), in_view, language_of(turn.said))
    except KeyError as error:
        raise NotReady(f"release {release.number} has no {error.args[0]}, which turn {turn.turn_id} says it") from error


def provenance_of(db: Db, turn: Turn, release: Release) -> Provenance:
    """Who wrote, approved and published what the turn's release said."""
    published = [each for each in list_publications(db, MOST_LISTED) if each.number == release.number]
    line = find_release_line(db, release.number)
    made_at = line.created_at if line else turn.asked_at
    return Provenance(
        revision=_revision_in(db, release, turn.entry_id, made_at) if turn.entry_id else None,
        publication=next((each for each in published if each.published_at <= turn.asked_at), None),
    )


def _revision_in(db: Db, release: Release, entry_id: str, made_at: datetime) -> Revision | None:
    """The approved revision whose text the release holds."""
    served, entries = release.entry(entry_id), {entry.id: entry for entry in release.entries}
    if served is None:
        return None
    for each in list_revisions(db, entry_id, limit=MOST_LISTED):
        is_approved = each.state == "approved" and each.review is not None and each.review.reviewed_at <= made_at
        if is_approved and is_served(each.entry, served, entries):
            return each
    return None


def ask_again(turn: Turn, bot: Bot) -> Again:
    """What the bot says to the redacted question in the same context and region, and why.

    Raises InputError for a turn with nothing left to ask once personal details were taken out.
    """
    context, _ = context_from_plain(turn.context)
    reply = bot.ask(turn.redacted, context=context, region=Region(turn.region))
    return Again(reply=reply, why=bot.explain(turn.redacted, context=context))
