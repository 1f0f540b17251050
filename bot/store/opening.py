"""A message to the clinic unsealed: the one way to read what it says, which the audit notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store import audit
from bot.store.database import Db
from bot.store.handoffs import Handoff, HandoffEvent, events_of
from bot.store.outbox import Promise, promises_of
from bot.store.sealing import Sealer

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsealed:
    """What a message says: `plain` is name, contact_kind, contact and message, and empty once it was erased.

    `events` are its history, each with what was noted or replied.
    """

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


def open_handoff(
    db: Db,
    sealer: Sealer,
    found: Handoff,
    *,
    action: str,
    actor: str,
    at: datetime,
    detail: Mapping[str, object] | None = None,
) -> Unsealed:
    """A message unsealed for `actor`, which the audit notes as `action`. Raises Unreadable: then nobody has read it."""
    events = tuple(
        (each, sealer.unseal(each.sealed) if each.sealed else _NOTHING) for each in events_of(db, found.handoff_id)
    )
    plain = _NOTHING if found.erased else sealer.unseal(found.sealed)
    audit.record(db, at=at, actor=actor, action=action, subject=found.reference, detail=detail)
    return Unsealed(handoff=found, plain=plain, events=events, promises=promises_of(db, found.handoff_id))
