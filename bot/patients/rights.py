"""What somebody may ask for about a message they sent, by its reference: to see all of it, or to have it erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import InputError
from bot.store import audit
from bot.store.database import Database, Db
from bot.store.handoffs import Handoff, HandoffEvent, add_event, erase_handoff, events_of, find_handoff, reference_of
from bot.store.outbox import Promise, promises_of
from bot.store.sealing import Sealer

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A message unsealed: `plain` is name, contact_kind, contact and message, and empty once it was erased."""

    handoff: Handoff
    plain: Mapping[str, str]
    events: tuple[tuple[HandoffEvent, Mapping[str, str]], ...]
    promises: tuple[Promise, ...]

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-ready."""
        found = self.handoff
        return {
            "reference": found.reference,
            "state": found.state,
            "erased": found.erased,
            "received_at": found.received_at.isoformat(),
            "changed_at": found.changed_at.isoformat(),
            "due_at": found.due_at.isoformat() if found.due_at else None,
            "level": found.level or None,
            "channel": found.channel,
            "locale": found.locale,
            "conversation": found.conversation,
            "turn": found.turn_id,
            **{name: self.plain.get(name) for name in ("name", "contact_kind", "contact", "message")},
            "history": [
                {"at": event.at.isoformat(), "by": event.author, "what": event.kind, "said": dict(said) or None}
                for event, said in self.events
            ],
            "deliveries": [
                {"to": each.target, "what": each.kind, "state": each.state, "attempts": each.attempts}
                for each in self.promises
            ],
        }


def read(database: Database, sealer: Sealer, reference: str, *, actor: str, now: datetime) -> Opened:
    """A message unsealed, for staff to read; the audit says who did. Raises InputError and Unreadable."""
    with database.change() as db:
        opened = _opened(db, sealer, _required(db, reference))
        audit.record(db, at=now, actor=actor, action="handoff.read", subject=opened.handoff.reference)
    return opened


def export(database: Database, sealer: Sealer, reference: str, *, actor: str, now: datetime) -> Opened:
    """A message unsealed, to be handed to who sent it. Raises InputError and Unreadable."""
    with database.change() as db:
        found = _required(db, reference)
        add_event(db, found.handoff_id, kind="exported", author=actor, at=now)
        opened = _opened(db, sealer, found)
        audit.record(db, at=now, actor=actor, action="handoff.exported", subject=found.reference)
    return opened


def erase(database: Database, reference: str, *, actor: str, now: datetime) -> Handoff:
    """Delete for good what a message says, and what was still to be delivered of it. Raises InputError."""
    with database.change() as db:
        found = _required(db, reference)
        cleared = erase_handoff(db, found.handoff_id, author=actor, at=now)
        detail = {"deliveries": cleared, "already": found.erased}
        audit.record(db, at=now, actor=actor, action="handoff.erased", subject=found.reference, detail=detail)
    return found


def _required(db: Db, reference: str) -> Handoff:
    found = find_handoff(db, reference_of(reference))
    if found is None:
        raise InputError(field="reference", got="one that is not there", allowed="a reference such as K7QF-3MRD")
    return found


def _opened(db: Db, sealer: Sealer, found: Handoff) -> Opened:
    events = events_of(db, found.handoff_id)
    return Opened(
        handoff=found,
        plain=_NOTHING if found.erased else sealer.unseal(found.sealed),
        events=tuple((each, sealer.unseal(each.sealed) if each.sealed else _NOTHING) for each in events),
        promises=promises_of(db, found.handoff_id),
    )
