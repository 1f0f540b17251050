"""What was promised to leave the process: written with what it tells of, claimed, delivered at least once, or dead."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.store.database import Db
from bot.store.tables_handoffs import outbox
from bot.store.types import canonical, parsed

_LONGEST_ERROR = 500
# Nobody waits or claims for longer (a server may ask for an hour); what lies further ahead was written by a clock that
# was set back since, and is due.
FARTHEST = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Something to deliver. `message_id` stays the same over repeats; `attempts` counts the present one."""

    message_id: str
    handoff_id: int | None
    target: str
    kind: str
    detail: Mapping[str, Any]
    attempts: int
    created_at: datetime
    state: str
    last_error: str
    set_aside_at: datetime | None = None


_COLUMNS = tuple(outbox.c[name] for name in Promise.__slots__)


def enqueue(
    db: Db,
    *,
    handoff_id: int | None,
    targets: Sequence[str],
    kind: str,
    detail: Mapping[str, object],
    at: datetime,
    not_before: datetime | None = None,
) -> tuple[str, ...]:
    """Promise a delivery to each target, in the caller's transaction; their ids. `detail` holds nothing personal.

    With `not_before` it is held back until then, and can be withdrawn meanwhile.
    """
    ids = tuple(str(uuid.uuid4()) for _ in targets)
    same = {"handoff_id": handoff_id, "kind": kind, "detail": canonical(dict(detail)), "created_at": at}
    same |= {"next_at": not_before or at, "state": "waiting", "attempts": 0, "last_error": ""}
    if ids:
        rows = [{"message_id": each, "target": target, **same} for each, target in zip(ids, targets, strict=True)]
        db.execute(outbox.insert(), rows)
    return ids


def enqueue_once(
    db: Db, message_id: str, *, target: str, kind: str, detail: Mapping[str, object], at: datetime
) -> bool:
    """Promise a delivery that belongs to no handoff, under an id of the caller's; False when it was promised before."""
    row: dict[str, object] = {
        "message_id": message_id,
        "target": target,
        "kind": kind,
        "detail": canonical(dict(detail)),
    }
    row |= {"created_at": at, "next_at": at, "state": "waiting", "attempts": 0, "last_error": ""}
    if db.execute(sa.select(outbox.c.message_id).where(outbox.c.message_id == message_id)).first() is not None:
        return False
    try:
        with db.begin_nested():
            db.execute(outbox.insert().values(row))
    except sa.exc.IntegrityError:  # by somebody else, at the same moment
        return False
    return True


def withdraw(db: Db, message_id: str) -> bool:
    """Take a promise back that nobody has begun to keep; False when somebody has."""
    untouched = (outbox.c.state == "waiting", outbox.c.attempts == 0, outbox.c.claimed_until.is_(None))
    return db.execute(outbox.delete().where(outbox.c.message_id == message_id, *untouched)).rowcount == 1


def claim(db: Db, *, now: datetime, until: datetime, most: int, targets: Collection[str] = ()) -> tuple[Promise, ...]:
    """Take up to `most` promises that are due, the longest due first; nobody else takes them before `until`.

    Only those for `targets`, unless it is empty.
    """
    due = (
        sa.select(outbox.c.message_id)
        .where(outbox.c.state == "waiting", _is_reached(outbox.c.next_at, now))
        .where(sa.or_(outbox.c.claimed_until.is_(None), _is_reached(outbox.c.claimed_until, now)))
        .order_by(outbox.c.next_at, outbox.c.message_id)
        .limit(most)
        .with_for_update(skip_locked=True)  # PostgreSQL; in SQLite a writing transaction is alone anyway
    )
    if targets:
        due = due.where(outbox.c.target.in_(targets))
    ids = db.execute(due).scalars().all()
    if not ids:
        return ()
    taken = outbox.c.message_id.in_(ids)
    db.execute(outbox.update().where(taken).values(claimed_until=until, attempts=outbox.c.attempts + 1))
    query = sa.select(*_COLUMNS).where(taken).order_by(outbox.c.next_at, outbox.c.message_id)
    return tuple(_promise(row) for row in db.execute(query))


def delivered(db: Db, message_id: str, at: datetime) -> None:
    """It arrived."""
    query = outbox.update().where(outbox.c.message_id == message_id)
    db.execute(query.values(state="sent", sent_at=at, claimed_until=None, last_error=""))


def failed(db: Db, message_id: str, *, error: str, next_at: datetime | None, at: datetime) -> None:
    """It did not arrive, for this reason; it is due again at `next_at`, or dead when that is None.

    Nothing changes when it arrived meanwhile, by another worker whose claim came after this one's.
    """
    query = outbox.update().where(outbox.c.message_id == message_id, outbox.c.state == "waiting")
    again = {"state": "dead", "next_at": at} if next_at is None else {"next_at": next_at}
    db.execute(query.values(claimed_until=None, last_error=error[:_LONGEST_ERROR], **again))


def promises_of(db: Db, handoff_id: int) -> tuple[Promise, ...]:
    """What was promised about a handoff, oldest first."""
    query = sa.select(*_COLUMNS).where(outbox.c.handoff_id == handoff_id)
    return tuple(_promise(row) for row in db.execute(query.order_by(outbox.c.created_at, outbox.c.message_id)))


def resend(db: Db, message_id: str, at: datetime) -> bool:
    """Try a dead one anew from the beginning; False when it is not dead, or was set aside."""
    mine = (outbox.c.message_id == message_id, outbox.c.state == "dead", outbox.c.set_aside_at.is_(None))
    query = outbox.update().where(*mine)
    return db.execute(query.values(state="waiting", attempts=0, next_at=at, claimed_until=None)).rowcount == 1


def depth(db: Db) -> Mapping[str, int]:
    """How many are waiting, sent and dead; those that were set aside are not counted."""
    query = sa.select(outbox.c.state, sa.func.count()).where(outbox.c.set_aside_at.is_(None))
    found = {row[0]: row[1] for row in db.execute(query.group_by(outbox.c.state))}
    return {state: found.get(state, 0) for state in ("waiting", "sent", "dead")}


def purge_sent(db: Db, *, before: datetime) -> int:
    """Delete what was delivered before then; how many there were."""
    return db.execute(outbox.delete().where(outbox.c.state == "sent", outbox.c.sent_at < before)).rowcount


def purge_dead(db: Db, *, before: datetime) -> int:
    """Delete what was given up before then and belongs to no message, such as a digest; how many there were."""
    old = outbox.delete().where(outbox.c.state == "dead", outbox.c.next_at < before)
    return db.execute(old.where(outbox.c.handoff_id.is_(None))).rowcount


def _is_reached(time: sa.ColumnElement[Any], now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(time <= now, time > now + FARTHEST)


def _promise(row: sa.Row[Any]) -> Promise:
    return Promise(**{**row._mapping, "detail": parsed(row.detail)})
