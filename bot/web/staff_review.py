"""Review: what waits for a decision, what changed in it, and every version of an entry there ever was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, request
from werkzeug.wrappers import Response as BaseResponse

from bot.errors import InputError, NotReady
from bot.faq.entry import Entry
from bot.faq.release import Release
from bot.patients.chat import Exchange
from bot.reply.types import Reply
from bot.staff.accounts import Role
from bot.staff.around import linking_to, load_around
from bot.staff.checking import Fault, check, grade_of
from bot.staff.fields import LABELS
from bot.staff.listing import is_served
from bot.staff.previewing import preview
from bot.staff.reviewing import Waiting, approve, list_waiting, may_approve_own, send_back
from bot.store.content import Revision, find_approved, find_revision_by_id, has_entry, list_revisions
from bot.store.database import Db
from bot.store.documents import list_flags
from bot.store.translations import list_versions_in_review
from bot.web.numbers import number_in
from bot.web.pages import desk
from bot.web.staff_deciding import decided, following
from bot.web.staff_differences import compared
from bot.web.staff_door import requires, room, staff, staff_page
from bot.web.wording_checks import note_wordings

blueprint = room("review")
PER_PAGE = 200
_APPROVED, _RETIRED = "Patients see it", "Patients get it now, and no more"


@blueprint.get("/review")
@requires(Role.EDITOR)
def queue() -> Response:
    """The revisions that wait, and one of them in full: the one that is named, else the oldest.

    Where the named one does not wait, what became of it is told in its place.
    """
    return _page(number_in(request.args.get("revision", "")))


@blueprint.post("/review/<int:revision_id>")
@requires(Role.CLINICIAN)
def decide(revision_id: int) -> BaseResponse:
    """Approve or return it, and go on to the next."""
    database, user, now = desk().require_database(), staff(), desk().now()
    with database.read() as db:
        after = following([each.revision.revision_id for each in list_waiting(db)], revision_id)

    def decide_on_it(approved: bool, comment: str) -> tuple[str, str, str]:
        settle = approve if approved else send_back
        revision = settle(database, revision_id, comment=comment, user=user, now=now)
        return revision.author, revision.entry.question, _RETIRED if revision.retired else _APPROVED

    next_address = f"/staff/review?revision={after}" if after else "/staff/review"
    return decided(decide_on_it, _page, revision_id, next_address, was_last=not after)


@blueprint.get("/entries/<entry_id>/history")
@requires(Role.EDITOR)
def history(entry_id: str) -> Response:
    """Every revision of an entry, and how any two of them differ: the newest two, unless others are named."""
    before = number_in(request.args.get("before", ""))
    with desk().require_database().read() as db:
        if not has_entry(db, entry_id):
            abort(404)
        newest = list_revisions(db, entry_id, limit=PER_PAGE + 1)
        found = list_revisions(db, entry_id, before=before, limit=PER_PAGE + 1) if before else newest
        new = _numbered(db, newest, number_in(request.args.get("new", "")) or (newest[0].number if newest else 0))
        old = _numbered(db, newest, number_in(request.args.get("old", "")) or (new.number - 1 if new else 0))
        approved = find_approved(db, entry_id)
        topics = load_around(db, entry_id).topics
    revisions, live = found[:PER_PAGE], desk().live.bot
    served = live.release if live else None
    return staff_page(
        "staff/history.html",
        entry_id=entry_id,
        question=newest[0].entry.question if newest else entry_id,
        revisions=revisions,
        newest_number=newest[0].number if newest else 0,
        before=before,
        more=revisions[-1].number if len(found) > PER_PAGE else 0,
        old=old,
        new=new,
        differs=compared(old.entry, new.entry, topics) if old and new else (),
        approved=approved,
        live_number=_served_number(newest, served, entry_id) or _served_number(revisions, served, entry_id),
    )


def _numbered(db: Db, known: Sequence[Revision], number: int) -> Revision | None:
    """The entry's revision of that number, be it among those `known` already or older; None where there is none."""
    found = next((each for each in known if each.number == number), None)
    if found or not known or not number:
        return found
    older = list_revisions(db, known[0].entry_id, before=number + 1, limit=1)
    return next((each for each in older if each.number == number), None)


def _page(revision_id: int, *, fault: str = "", comment: str = "", problem: str = "", status: int = 200) -> Response:
    with desk().require_database().read() as db:
        waiting = list_waiting(db)
        chosen = next((each for each in waiting if each.revision.revision_id == revision_id), None)
        if not revision_id:
            chosen = waiting[0] if waiting else None
        missed = bool(revision_id) and chosen is None
        gone = find_revision_by_id(db, revision_id) if missed else None
        shown = _shown(db, chosen) if chosen else {}
        own_allowed = may_approve_own(db)
        translations = len(list_versions_in_review(db))
        flagged = len({flag.entry_id for flag in list_flags(db)})
    place = waiting.index(chosen) if chosen else -1
    return staff_page(
        "staff/review.html",
        404 if missed and gone is None else status,
        waiting=waiting,
        chosen=chosen,
        missed=missed,
        gone=gone,
        before=waiting[place - 1].revision.revision_id if place > 0 else None,
        after=waiting[place + 1].revision.revision_id if place + 1 < len(waiting) else None,
        own_allowed=own_allowed,
        flagged=flagged,
        translations=translations,
        fault=fault,
        comment=comment,
        problem=problem,
        **shown,
    )


def _shown(db: Db, chosen: Waiting) -> dict[str, Any]:
    entry = chosen.revision.entry
    known = chosen.approved.entry if chosen.approved and not chosen.approved.retired else None
    around = load_around(db, entry.id)
    live = desk().live.bot
    served = live.release.entry(entry.id) if live else None
    reply, broken = _preview(entry)
    return {
        "differs": compared(known, entry, around.topics),
        "faults": _labelled((*check(entry, around, around.clinic.today(desk().now())), *note_wordings(live, entry))),
        "grade": grade_of(entry),
        "linking": linking_to(around.others, entry.id) if chosen.revision.retired else (),
        "exchange": Exchange(reply, "", "") if reply else None,
        "broken": broken,
        "question": entry.question,
        "clinic": around.clinic,
        "open_now": around.clinic.open_now(desk().now()),
        "locale_query": "",
        "behind": known is not None and served is not None and served.answer != known.answer,
    }


def _preview(entry: Entry) -> tuple[Reply | None, str]:
    live = desk().live.bot
    if live is None:
        return None, "nothing is live to show it in"
    try:
        return preview(live.release, entry, live.release.clinic.region), ""
    except (InputError, NotReady) as error:
        return None, str(error)


def _labelled(faults: Sequence[Fault]) -> list[tuple[str, Fault]]:
    return [(LABELS.get(fault.field, fault.field), fault) for fault in faults]


def _served_number(revisions: Sequence[Revision], release: Release | None, entry_id: str) -> int:
    """The revision that patients read now; 0 where they read none of these.

    Of several alike it is the newest that was approved before the release was made: one may have rolled back to it.
    """
    served = release.entry(entry_id) if release else None
    if release is None or served is None:
        return 0
    live = {entry.id: entry for entry in release.entries}
    approved = [each for each in revisions if each.review and each.state == "approved" and not each.retired]
    same = [each for each in approved if is_served(each.entry, served, live)]
    same = same or [each for each in approved if each.entry.answer == served.answer]
    made = [each.number for each in same if each.review and each.review.reviewed_at <= release.published_at]
    return next(iter(made or [each.number for each in same]), 0)
