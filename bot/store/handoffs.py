"""Messages to the clinic as they are stored: added once, changed under a version, erased on request, purged in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from bot.errors import Conflict, InputError
from bot.store.database import Db, delete_for_good, insert_row
from bot.store.sealing import key_of
from bot.store.tables_handoffs import handoff_events, handoffs, outbox

State = Literal["new", "seen", "answered", "closed"]
EventKind = Literal[
    "received", "seen", "assigned", "note", "reply", "answered", "closed", "reopened", "erased", "exported"
]
DONE: tuple[State, ...] = ("answered", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHandoff:
    """A message as it comes in. `request_key` is what its sender repeats when they did not hear back."""

    reference: str
    request_key: str | None
    request_hash: str
    received_at: datetime
    sealed: bytes
    level: str
    channel: str
    locale: str
    conversation: str | None
    turn_id: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """A message to the clinic. `sealed` is empty once it was erased; `version` is what a change must name."""

    handoff_id: int
    reference: str
    request_hash: str
    received_at: datetime
    state: State
    sealed: bytes
    level: str
    channel: str
    locale: str
    conversation: str | None
    turn_id: str | None
    due_at: datetime | None
    assignee_id: int | None
    version: int
    changed_at: datetime

    @property
    def erased(self) -> bool:
        """Whether what it said is gone for good."""
        return not self.sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffEvent:
    """One line of a handoff's history; `sealed` holds a note or a reply."""

    event_id: int
    handoff_id: int
    at: datetime
    author: str
    kind: EventKind
    sealed: bytes | None


_COLUMNS = tuple(handoffs.c[name] for name in Handoff.__slots__)
_EVENT_COLUMNS = tuple(handoff_events.c[name] for name in HandoffEvent.__slots__)


def add_handoff(db: Db, new: NewHandoff, author: str = "patient") -> int:
    """Store a message with the event that it was received; its id.

    Raises IntegrityError when the reference or the request key is taken.
    """
    values = {name: getattr(new, name) for name in NewHandoff.__slots__}
    state = {"state": "new", "version": 1, "changed_at": new.received_at, "sealed_by": key_of(new.sealed)}
    handoff_id = insert_row(db, handoffs.insert().values(**values, **state))
    add_event(db, handoff_id, kind="received", author=author, at=new.received_at)
    return handoff_id


def reference_of(typed: str) -> str:
    """A reference, or the beginning of one, as it is stored, however it was typed."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return f"{letters[:4]}-{letters[4:]}" if len(letters) > 4 else letters


def find_handoff(db: Db, reference: str) -> Handoff | None:
    """The message of that reference, until it is purged."""
    return _first(db, handoffs.c.reference == reference)


def require_handoff(db: Db, reference: str) -> Handoff:
    """The message of a reference, however that was typed. Raises InputError."""
    found = find_handoff(db, reference_of(reference))
    if found is None:
        raise InputError(field="reference", got="one that is not there", allowed="a reference such as K7QF-3MRD")
    return found


def find_request(db: Db, request_key: str) -> Handoff | None:
    """The message that came with this request key."""
    return _first(db, handoffs.c.request_key == request_key)


def load_handoff(db: Db, handoff_id: int) -> Handoff | None:
    """The message of that id."""
    return _first(db, handoffs.c.handoff_id == handoff_id)


def change_handoff(
    db: Db, handoff_id: int, version: int, *, state: State, assignee_id: int | None, at: datetime
) -> int:
    """Set state and assignee; the new version. Raises Conflict when it is not at `version` any more."""
    query = handoffs.update().where(handoffs.c.handoff_id == handoff_id, handoffs.c.version == version)
    changed = db.execute(query.values(state=state, assignee_id=assignee_id, version=version + 1, changed_at=at))
    if changed.rowcount == 0:
        raise Conflict(subject="handoff", problem="somebody else has changed it meanwhile")
    return version + 1


def add_event(
    db: Db, handoff_id: int, *, kind: EventKind, author: str, at: datetime, sealed: bytes | None = None
) -> int:
    """Add a line to a handoff's history; its id."""
    values = {"handoff_id": handoff_id, "kind": kind, "author": author, "at": at, "sealed": sealed}
    sealed_by = key_of(sealed) if sealed else None
    return insert_row(db, handoff_events.insert().values(**values, sealed_by=sealed_by))


def events_of(db: Db, handoff_id: int) -> tuple[HandoffEvent, ...]:
    """A handoff's history, oldest first."""
    query = sa.select(*_EVENT_COLUMNS).where(handoff_events.c.handoff_id == handoff_id)
    return tuple(HandoffEvent(**row._mapping) for row in db.execute(query.order_by(handoff_events.c.event_id)))


def erase_handoff(db: Db, handoff_id: int, *, author: str, at: datetime) -> int:
    """Delete for good what a message and its notes say, its links, and its deliveries; how many of those there were.

    Its reference, times and state stay, so that staff and figures know that it was there.
    """
    delete_for_good(db)
    cut = {"sealed": b"", "sealed_by": None, "request_hash": "", "conversation": None, "turn_id": None}
    state = {"state": "closed", "version": handoffs.c.version + 1, "changed_at": at}
    db.execute(handoffs.update().where(handoffs.c.handoff_id == handoff_id).values(**cut, **state))
    notes = handoff_events.update().where(handoff_events.c.handoff_id == handoff_id)
    db.execute(notes.values(sealed=None, sealed_by=None))
    cleared = db.execute(outbox.delete().where(outbox.c.handoff_id == handoff_id)).rowcount
    add_event(db, handoff_id, kind="erased", author=author, at=at)
    return cleared


def cut_conversation(db: Db, conversation: str) -> int:
    """Messages sent from a conversation no longer tell from which; how many there were."""
    query = handoffs.update().where(handoffs.c.conversation == conversation)
    return db.execute(query.values(conversation=None, turn_id=None)).rowcount


def purge_handoffs(db: Db, *, before: datetime) -> int:
    """Delete messages that were answered or closed before then, with all that belongs to them; how many there were.

    One of which a promise is still to be kept stays, since that would fall with it: a reply to the patient, perhaps.
    What was given up counts until somebody sends it again or sets it aside.
    """
    given_up = sa.and_(outbox.c.state == "dead", outbox.c.set_aside_at.is_(None))
    of_it = outbox.c.handoff_id == handoffs.c.handoff_id
    is_owed = sa.exists().where(of_it, sa.or_(outbox.c.state == "waiting", given_up))
    old = handoffs.delete().where(handoffs.c.state.in_(DONE), handoffs.c.changed_at < before, ~is_owed)
    return db.execute(old).rowcount


def _first(db: Db, condition: sa.ColumnElement[bool]) -> Handoff | None:
    row = db.execute(sa.select(*_COLUMNS).where(condition)).first()
    return _handoff(row) if row else None


def _handoff(row: sa.Row[tuple[object, ...]]) -> Handoff:
    return Handoff(**row._mapping)
