"""What somebody may ask for about a message they sent, by its reference: to see all of it, or to have it erased."""

from __future__ import annotations

from datetime import datetime

from bot.store import audit
from bot.store.database import Database
from bot.store.handoffs import Handoff, add_event, erase_handoff, require_handoff
from bot.store.opening import Unsealed, open_handoff
from bot.store.sealing import Sealer


def read(database: Database, sealer: Sealer, reference: str, *, actor: str, now: datetime) -> Unsealed:
    """A message unsealed, for staff to read; the audit says who did. Raises InputError and Unreadable."""
    with database.change() as db:
        found = require_handoff(db, reference)
        return open_handoff(db, sealer, found, action="handoff.read", actor=actor, at=now)


def export(database: Database, sealer: Sealer, reference: str, *, actor: str, now: datetime) -> Unsealed:
    """A message unsealed, to be handed to who sent it. Raises InputError and Unreadable."""
    with database.change() as db:
        found = require_handoff(db, reference)
        add_event(db, found.handoff_id, kind="exported", author=actor, at=now)
        return open_handoff(db, sealer, found, action="handoff.exported", actor=actor, at=now)


def erase(database: Database, reference: str, *, actor: str, now: datetime) -> Handoff:
    """Delete for good what a message says, and what was still to be delivered of it. Raises InputError."""
    with database.change() as db:
        found = require_handoff(db, reference)
        cleared = erase_handoff(db, found.handoff_id, author=actor, at=now)
        detail = {"deliveries": cleared, "already": found.erased}
        audit.record(db, at=now, actor=actor, action="handoff.erased", subject=found.reference, detail=detail)
    return found
