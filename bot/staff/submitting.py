"""From a draft to a revision for review, and back; what is no longer wanted is retired the same way."""

from __future__ import annotations

from datetime import datetime

from bot.errors import Conflict, Forbidden, InputError, InputErrors
from bot.faq.entry import Entry
from bot.staff.accounts import User
from bot.staff.around import load_around
from bot.staff.checking import check, must_mend
from bot.staff.editing import Seen, find_current, put
from bot.staff.fields import changed_fields
from bot.staff.reasons import checked_reason
from bot.store import audit
from bot.store.content import Revision, add_review, add_revision, find_approved, find_submitted, hold_entry
from bot.store.database import Database, Db
from bot.store.drafts import drop_draft, find_draft


def submit(database: Database, entry_id: str, *, seen: Seen, reason: str, user: User, now: datetime) -> Revision:
    """What stands as the next revision, for a clinician to look at; the draft ends with it.

    Raises InputErrors naming the fields that must be mended, InputError for a missing reason, and Conflict when
    somebody saved since, when a revision is in review already, or when nothing differs from what is approved.
    """
    with database.change() as db:
        return submit_within(db, entry_id, seen=seen, reason=reason, user=user, now=now)


def submit_within(db: Db, entry_id: str, *, seen: Seen | None, reason: str, user: User, now: datetime) -> Revision:
    """The same within the caller's transaction; without `seen` whatever stands."""
    hold_entry(db, entry_id)
    _refuse_second(db, entry_id)
    current = find_current(db, entry_id)
    if current is None:
        raise Conflict(subject=entry_id, problem="there is nothing to send")
    if seen is not None and (seen.base, seen.version) != (current.base, current.version):
        raise Conflict(subject=entry_id, problem=f"{current.author} saved meanwhile; look at it before you send it")
    approved = find_approved(db, entry_id)
    if approved and not approved.retired and approved.entry == current.entry:
        raise Conflict(subject=entry_id, problem="nothing differs from what is approved")
    around = load_around(db, entry_id)
    faults = must_mend(check(current.entry, around, around.clinic.today(now)))
    problems = [InputError(field=each.field, got="what cannot be served", allowed=each.text) for each in faults]
    if not reason.strip():
        problems.append(InputError(field="reason", got="nothing", allowed="why it is changed, for who reviews it"))
    if problems:
        raise InputErrors(tuple(problems))
    return _send(db, current.entry, approved, reason=checked_reason(reason), retired=False, user=user, now=now)


def retire(database: Database, entry_id: str, *, reason: str, user: User, now: datetime) -> Revision:
    """A revision that takes the entry away from patients, to be reviewed like any other; a draft stays as it is.

    Bringing it back is sending it for review again.
    """
    with database.change() as db:
        hold_entry(db, entry_id)
        _refuse_second(db, entry_id)
        approved = find_approved(db, entry_id)
        if approved is None:
            raise Conflict(subject=entry_id, problem="it was never approved; discard its draft instead")
        if approved.retired:
            raise Conflict(subject=entry_id, problem="it is retired already")
        return _send(db, approved.entry, approved, reason=checked_reason(reason), retired=True, user=user, now=now)


def withdraw(database: Database, entry_id: str, *, user: User, now: datetime) -> Revision:
    """Take one's own revision out of review; its text is the draft again, unless a newer draft was begun.

    Raises Conflict when nothing is in review, Forbidden for somebody else's revision.
    """
    with database.change() as db:
        return withdraw_within(db, entry_id, user=user, now=now)


def withdraw_within(db: Db, entry_id: str, *, user: User, now: datetime) -> Revision:
    """The same within the caller's transaction."""
    hold_entry(db, entry_id)
    revision = find_submitted(db, entry_id)
    if revision is None or revision.review is not None:
        raise Conflict(subject=entry_id, problem="nothing of it waits for review")
    if not user.is_called(revision.author):
        raise Forbidden(action=f"withdraw revision {revision.number} of {entry_id}", needs=revision.author)
    add_review(db, revision.revision_id, "withdraw", reviewer=user.name, own=True, comment="", at=now)
    detail = {"revision": revision.number}
    audit.record(db, at=now, actor=user.name, action="entry.withdrawn", subject=entry_id, detail=detail)
    current = find_current(db, entry_id)
    if current and not revision.retired and find_draft(db, entry_id) is None:
        put(db, current, revision.entry, user=user, now=now)
    return revision


def _send(
    db: Db, entry: Entry, approved: Revision | None, *, reason: str, retired: bool, user: User, now: datetime
) -> Revision:
    revision = add_revision(db, entry, author=user.name, reason=reason, at=now, retired=retired)
    if not retired:
        drop_draft(db, entry.id)
    fields = list(changed_fields(approved.entry, entry)) if approved else []
    detail = {"revision": revision.number, "fields": fields, "reason": reason}
    action = "entry.retiring" if retired else "entry.submitted"
    audit.record(db, at=now, actor=user.name, action=action, subject=entry.id, detail=detail)
    return revision


def _refuse_second(db: Db, entry_id: str) -> None:
    newest = find_submitted(db, entry_id)
    if newest is not None and newest.review is None:
        problem = f"revision {newest.number} by {newest.author} waits for review; it must be withdrawn first"
        raise Conflict(subject=entry_id, problem=problem)
