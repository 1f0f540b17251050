"""Review of translations: what waits for a decision, beside its English and as patients would read it."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.staff.accounts import Role
from bot.staff.comparing import LANGUAGE_WORDS, compare_translations, compare_wording
from bot.staff.reviewing import list_waiting, may_approve_own
from bot.staff.translation_review import (
    Waiting,
    approve_translation,
    list_waiting_translations,
    return_translation,
)
from bot.staff.translations import english_of
from bot.store.database import Db
from bot.store.translations import find_version
from bot.web.language_page import looked_at
from bot.web.numbers import number_in
from bot.web.pages import desk
from bot.web.staff_deciding import decided, following
from bot.web.staff_door import requires, room, staff, staff_page

blueprint = room("translation_review", "/staff/review/translations")
HERE = "/staff/review/translations"
_APPROVED, _RETIRED = "Patients see it", "Patients read the English again"


@blueprint.get("")
@requires(Role.EDITOR)
def queue() -> Response:
    """The translations that wait, and one of them in full: the one that is named, else the oldest.

    Where the named one does not wait, what became of it is told in its place.
    """
    return _page(number_in(request.args.get("translation", "")))


@blueprint.post("/<int:translation_id>")
@requires(Role.CLINICIAN)
def decide(translation_id: int) -> BaseResponse:
    """Approve or return it, and go on to the next."""
    database, user, now = desk().require_database(), staff(), desk().now()
    with database.read() as db:
        after = following([each.version.translation_id for each in list_waiting_translations(db)], translation_id)

    def decide_on_it(approved: bool, comment: str) -> tuple[str, str, str]:
        settle = approve_translation if approved else return_translation
        version = settle(database, translation_id, comment=comment, user=user, now=now)
        outcome = _RETIRED if version.retired else _APPROVED
        return version.author, version.translation.question, outcome

    next_address = f"{HERE}?translation={after}" if after else HERE
    return decided(decide_on_it, _page, translation_id, next_address, was_last=not after)


def _page(translation_id: int, *, fault: str = "", comment: str = "", problem: str = "", status: int = 200) -> Response:
    with desk().require_database().read() as db:
        waiting = list_waiting_translations(db)
        chosen = next((each for each in waiting if each.version.translation_id == translation_id), None)
        if not translation_id:
            chosen = waiting[0] if waiting else None
        missed = bool(translation_id) and chosen is None
        gone = find_version(db, translation_id) if missed else None
        shown = _shown(db, chosen) if chosen else {}
        own_allowed, entries = may_approve_own(db), len(list_waiting(db))
    place = waiting.index(chosen) if chosen else -1
    return staff_page(
        "staff/translation_review.html",
        404 if missed and gone is None else status,
        here=HERE,
        waiting=waiting,
        chosen=chosen,
        missed=missed,
        gone=gone,
        before=waiting[place - 1].version.translation_id if place > 0 else None,
        after=waiting[place + 1].version.translation_id if place + 1 < len(waiting) else None,
        names=LANGUAGE_WORDS,
        own_allowed=own_allowed,
        entries_waiting=entries,
        fault=fault,
        comment=comment,
        problem=problem,
        **shown,
    )


def _shown(db: Db, chosen: Waiting) -> dict[str, Any]:
    standing, text = chosen.standing, chosen.version.translation
    if standing is None:
        return {"differs": (), "changed": (), "alarms": ()}
    known = standing.approved.translation if standing.approved else None
    before = None if chosen.fits else english_of(db, standing.english.id, text.made_of)
    seen = looked_at(db, standing, text)
    return {
        **seen,
        "english": standing.english,
        "differs": compare_translations(known, text),
        "changed": compare_wording(before, standing.english) if before else (),
        "alarms": [(wording, rank.alarm) for wording, rank in seen["ranks"].items() if rank.alarm],
    }
