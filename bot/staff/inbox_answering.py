"""What is done with a message: given to somebody, noted upon, answered, closed, opened again; each in one transaction.

A change names the version that its author saw. When somebody else was quicker it is refused, and nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import Conflict, InputError
from bot.staff.accounts import User
from bot.staff.inbox import MAY_OPEN
from bot.store import audit
from bot.store.database import Database, Db
from bot.store.handoffs import DONE, EventKind, Handoff, State, add_event, change_handoff, events_of, require_handoff
from bot.store.outbox import enqueue, promises_of, withdraw
from bot.store.sealing import Sealer
from bot.store.staff import find_account

LONGEST_TEXT = 4000
HELD_BACK = timedelta(seconds=30)  # a reply can be taken back so long
MAIL = "mail"
_BLANK = re.compile(r"\{\{[^{}\n]{0,40}(?:\}\})?")  # a placeholder that is left for a person to fill in
_FROM: Mapping[State, tuple[State, ...]] = {  # into which state a message comes from which others
    "answered": ("new", "seen"),
    "closed": ("new", "seen", "answered"),
    "seen": DONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which message is changed, as it was seen at `version`, by whom and when.

    `note` is what was typed for colleagues besides; it is kept with what is done.
    """

    reference: str
    version: int
    user: User
    now: datetime
    note: str = ""


def assign(database: Database, sealer: Sealer, change: Change, assignee_id: int | None) -> str:
    """Give a message to somebody who may open messages, or to nobody; their name. Raises Conflict and InputError."""
    with database.read() as db:
        account = find_account(db, assignee_id) if assignee_id is not None else None
    if assignee_id is not None and (
        account is None or account.disabled_at is not None or not set(MAY_OPEN) & account.roles
    ):
        raise InputError(field="assignee", got="somebody who cannot", allowed="a clinician or an admin, or nobody")
    name = account.name if account else ""
    sealed = sealer.seal({"to": name or "nobody"})
    with database.change() as db:
        found = require_handoff(db, change.reference)
        # How long a message that is done is kept counts from then: who has it later changes nothing of that.
        at = found.changed_at if found.state in DONE else change.now
        change_handoff(db, found.handoff_id, change.version, state=found.state, assignee_id=assignee_id, at=at)
        _note(db, found, change, "assigned", "handoff.assigned", sealed, {"to": name})
    return name


def add_note(database: Database, sealer: Sealer, change: Change, text: str) -> bool:
    """Add an internal note; False when the same person's last line says just that, as after a second press."""
    text = checked(text, "note")
    sealed = sealer.seal({"text": text})
    with database.change() as db:
        found = require_handoff(db, change.reference)
        _refuse_erased(found)
        last = events_of(db, found.handoff_id)[-1]
        is_own = last.kind == "note" and last.author == change.user.name
        if is_own and last.sealed and sealer.unseal(last.sealed).get("text") == text:
            return False
        _note(db, found, change, "note", "handoff.noted", sealed)
    return True


def reply(database: Database, sealer: Sealer, change: Change, text: str) -> int:
    """Promise a reply to the patient's own mail address, and mark the message as answered; the reply's event.

    It leaves after HELD_BACK. Raises Conflict and InputError.
    """
    text = checked(text, "reply")
    sealed = sealer.seal({"text": text, "by": MAIL})
    with database.change() as db:
        found = require_handoff(db, change.reference)
        _refuse_erased(found)
        if sealer.unseal(found.sealed)["contact_kind"] != MAIL:
            raise Conflict(subject=found.reference, problem="the patient left no mail address")
        _move(db, found, change, "answered")
        _keep_note(db, sealer, found, change)
        event_id = add_event(db, found.handoff_id, kind="reply", author=change.user.name, at=change.now, sealed=sealed)
        add_event(db, found.handoff_id, kind="answered", author=change.user.name, at=change.now)
        later, detail = change.now + HELD_BACK, {"reference": found.reference, "event_id": event_id}
        enqueue(
            db,
            handoff_id=found.handoff_id,
            targets=(MAIL,),
            kind="reply",
            detail=detail,
            at=change.now,
            not_before=later,
        )
        _audit(db, found, change, "handoff.replied", {"event": event_id, "by": MAIL})
    return event_id


def mark_answered(database: Database, sealer: Sealer, change: Change, text: str = "") -> int:
    """Note that the patient was answered in another way; the event of what was said, 0 where nothing was written down.

    Raises Conflict.
    """
    sealed = sealer.seal({"text": checked(text, "reply"), "by": "other"}) if text.strip() else None
    with database.change() as db:
        found = require_handoff(db, change.reference)
        _refuse_erased(found)
        _move(db, found, change, "answered")
        _keep_note(db, sealer, found, change)
        event_id = 0
        if sealed:
            author, at = change.user.name, change.now
            event_id = add_event(db, found.handoff_id, kind="reply", author=author, at=at, sealed=sealed)
        _note(db, found, change, "answered", "handoff.answered", None, {"by": "other"})
    return event_id


def close(database: Database, sealer: Sealer, change: Change, begun: str = "") -> int:
    """Put a message away that needs no answer, or no further one. Raises Conflict.

    A reply that was begun is kept as a note; that note's event, 0 where there was none.
    """
    sealed = sealer.seal({"text": checked(begun, "begun"), "by": "unsent"}) if begun.strip() else None
    with database.change() as db:
        found = require_handoff(db, change.reference)
        _move(db, found, change, "closed")
        _keep_note(db, sealer, found, change)
        event_id = 0
        if sealed:
            _refuse_erased(found)
            author, at = change.user.name, change.now
            event_id = add_event(db, found.handoff_id, kind="note", author=author, at=at, sealed=sealed)
        _note(db, found, change, "closed", "handoff.closed")
    return event_id


def reopen(database: Database, sealer: Sealer, change: Change, event_id: int = 0) -> str:
    """Let a message wait again that was answered or closed; the text of that event, to go on with. Raises Conflict."""
    with database.change() as db:
        found = require_handoff(db, change.reference)
        _refuse_erased(found)
        _move(db, found, change, "seen")
        _note(db, found, change, "reopened", "handoff.reopened")
        event = next((each for each in events_of(db, found.handoff_id) if each.event_id == event_id), None)
        return sealer.unseal(event.sealed).get("text", "") if event and event.sealed else ""


def take_back(database: Database, sealer: Sealer, change: Change, event_id: int) -> str:
    """Keep a reply from being sent that is still held back, and let the message wait again; the reply's text.

    Whatever was done with the message meanwhile, it is not answered. Raises Conflict when the reply is on its way.
    """
    sealed = sealer.seal({"withdrawn": str(event_id)})
    with database.change() as db:
        found = require_handoff(db, change.reference)
        event = next((each for each in events_of(db, found.handoff_id) if each.event_id == event_id), None)
        promises = (each for each in promises_of(db, found.handoff_id) if each.detail.get("event_id") == event_id)
        promise = next(promises, None)
        if event is None or event.sealed is None or promise is None or not withdraw(db, promise.message_id):
            raise Conflict(subject=found.reference, problem="the reply is on its way and cannot be taken back")
        if found.state in DONE:
            _move(db, found, replace(change, version=found.version), "seen")
        _note(db, found, change, "reopened", "handoff.reply_taken_back", sealed, {"event": event_id})
        return sealer.unseal(event.sealed).get("text", "")


def note_taken(database: Database, reference: str, kind: str, *, user: User, now: datetime) -> None:
    """The audit notes that somebody took the question out of a message for the FAQ, without what tells who asked."""
    with database.change() as db:
        found = require_handoff(db, reference)
        action, detail = "handoff.question_taken", {"for": kind}
        audit.record(db, at=now, actor=user.name, action=action, subject=found.reference, detail=detail)


def checked(text: str, field: str) -> str:
    """A text as it is kept: tidy line ends, not empty, not too long. Raises InputError."""
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not tidy:
        raise InputError(field=field, got="nothing", allowed=f"1 to {LONGEST_TEXT} characters")
    if len(tidy) > LONGEST_TEXT:
        raise InputError(field=field, got=f"{len(tidy)} characters", allowed=f"1 to {LONGEST_TEXT} characters")
    if field == "reply" and "{{" in tidy:
        raise InputError(field=field, got=_BLANK.findall(tidy)[0], allowed="your own words in its place")
    return tidy


def _move(db: Db, found: Handoff, change: Change, state: State) -> None:
    """Set the state, where it was not set by somebody else meanwhile. Raises Conflict."""
    change_handoff(db, found.handoff_id, change.version, state=state, assignee_id=found.assignee_id, at=change.now)
    if found.state not in _FROM[state]:
        raise Conflict(subject=found.reference, problem=f"it is {found.state} already")


def _refuse_erased(found: Handoff) -> None:
    if found.erased:
        raise Conflict(subject=found.reference, problem="what it said was erased")


def _keep_note(db: Db, sealer: Sealer, found: Handoff, change: Change) -> None:
    """What was typed for colleagues while something else was done: it would be lost with the page."""
    if not change.note.strip():
        return
    _refuse_erased(found)
    _note(db, found, change, "note", "handoff.noted", sealer.seal({"text": checked(change.note, "note")}))


def _note(
    db: Db,
    found: Handoff,
    change: Change,
    kind: EventKind,
    action: str,
    sealed: bytes | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    add_event(db, found.handoff_id, kind=kind, author=change.user.name, at=change.now, sealed=sealed)
    _audit(db, found, change, action, detail)


def _audit(db: Db, found: Handoff, change: Change, action: str, detail: Mapping[str, object] | None) -> None:
    audit.record(db, at=change.now, actor=change.user.name, action=action, subject=found.reference, detail=detail)
