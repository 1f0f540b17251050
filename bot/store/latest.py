"""The latest time that anything in the database was written at: a clock that says less was set back, or is wrong."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Db
from bot.store.tables_handoffs import handoffs, outbox
from bot.store.tables_staff import audit
from bot.store.tables_visits import turns

_WRITTEN_AT = {
    "audit": audit.c.at,
    "questions": turns.c.asked_at,
    "messages": handoffs.c.received_at,
    "deliveries": outbox.c.created_at,
}


def latest_time(db: Db) -> tuple[datetime, str] | None:
    """When that was, and among what; None where nothing was written yet."""
    found = [(db.execute(sa.select(sa.func.max(each))).scalar_one(), name) for name, each in _WRITTEN_AT.items()]
    return max(((at, name) for at, name in found if at is not None), default=None)
