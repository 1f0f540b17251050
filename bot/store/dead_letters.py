"""The outbox as staff and operators look at it: what is stuck, since when and why, sent again or set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store.database import Db
from bot.store.tables_handoffs import handoffs, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Something that is not tried any more. `reference` is "" for what belongs to no message, such as a digest."""

    message_id: str
    reference: str
    target: str
    kind: str
    attempts: int
    created_at: datetime
    given_up_at: datetime
    last_error: str


def list_dead_letters(db: Db, *, limit: int = 50) -> tuple[DeadLetter, ...]:
    """Oldest first, without those that were set aside."""
    query = _DEAD.order_by(outbox.c.created_at, outbox.c.message_id).limit(limit)
    return tuple(_dead_letter(row) for row in db.execute(query))


def find_dead_letter(db: Db, message_id: str) -> DeadLetter | None:
    """The dead letter of that id, unless it was set aside."""
    row = db.execute(_DEAD.where(outbox.c.message_id == message_id)).first()
    return _dead_letter(row) if row else None


def resend_all(db: Db, at: datetime) -> int:
    """Try every dead letter anew; how many there were."""
    again = {"state": "waiting", "attempts": 0, "next_at": at, "claimed_until": None}
    return db.execute(outbox.update().where(*_STUCK).values(again)).rowcount


def set_aside(db: Db, message_id: str, at: datetime) -> bool:
    """Ask nobody any more to do anything about a dead letter; it stays with its message. False when it is not one."""
    query = outbox.update().where(outbox.c.message_id == message_id, *_STUCK)
    return db.execute(query.values(set_aside_at=at)).rowcount == 1


def count_by_target(db: Db) -> Mapping[tuple[str, str], int]:
    """How many there are, by target and state, without those that were set aside."""
    query = sa.select(outbox.c.target, outbox.c.state, sa.func.count()).where(outbox.c.set_aside_at.is_(None))
    query = query.group_by(outbox.c.target, outbox.c.state)
    return {(row[0], row[1]): row[2] for row in db.execute(query)}


def longest_due(db: Db, targets: Sequence[str]) -> datetime | None:
    """Since when the promise to one of `targets` that has waited longest could have been tried; None: nothing waits.

    What waits for a target that is not set up any more is late for no worker to mend, so it is not asked for here.
    """
    waiting = sa.select(outbox.c.next_at).where(outbox.c.state == "waiting", outbox.c.target.in_(targets))
    return db.execute(waiting.order_by(outbox.c.next_at).limit(1)).scalar_one_or_none()


_STUCK = (outbox.c.state == "dead", outbox.c.set_aside_at.is_(None))
_DEAD: sa.Select[Any] = (
    sa.select(
        outbox.c.message_id,
        sa.func.coalesce(handoffs.c.reference, "").label("reference"),
        outbox.c.target,
        outbox.c.kind,
        outbox.c.attempts,
        outbox.c.created_at,
        outbox.c.next_at.label("given_up_at"),  # a dead letter's time is when it was given up
        outbox.c.last_error,
    )
    .select_from(outbox.outerjoin(handoffs, handoffs.c.handoff_id == outbox.c.handoff_id))
    .where(*_STUCK)
)


def _dead_letter(row: sa.Row[Any]) -> DeadLetter:
    return DeadLetter(**row._mapping)
