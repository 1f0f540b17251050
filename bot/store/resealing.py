"""Changing the data key: everything sealed is sealed anew in batches; a run that was ended goes on where it stood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from cryptography.fernet import Fernet

from bot.config import Secret
from bot.store import audit
from bot.store.database import Database, Db
from bot.store.sealing import (
    Unreadable,
    add_key,
    hold_keys,
    keys_in_use,
    load_keys,
    sealed_with,
    unsealed_with,
)
from bot.store.tables_handoffs import handoff_events, handoffs, sealing_keys

BATCH = 200
_SEALED = ((handoffs, handoffs.c.handoff_id), (handoff_events, handoff_events.c.event_id))

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """The new key, how many values were sealed anew in this run, and how many could not be read with any key.

    `resumed`: the new key was made by an earlier run that did not come to its end.
    """

    key_id: int
    resealed: int
    unreadable: int
    resumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """A data key: whether the signing key opens it, and how much is sealed with it."""

    key_id: int
    made_at: datetime
    retired_at: datetime | None
    readable: bool
    sealed: int


def rotate(
    database: Database,
    secret: Secret,
    *,
    actor: str,
    now: datetime,
    batch: int = BATCH,
    progress: Progress = lambda done, total: None,
) -> Rotated:
    """Make a data key, seal everything with it, and retire those before it. Servers go on meanwhile.

    What was sealed with a key that cannot be opened is left as it is, and counted; its key stays in use.
    """
    with database.change() as db:
        hold_keys(db)
        resumed = len(keys_in_use(db)) > 1
        newest = max(keys_in_use(db)) if resumed else add_key(db, secret, now)
        keys = load_keys(db, secret)
        total = _count_left(db, newest)
    done = 0
    for table, own_id in _SEALED:
        after = 0
        while True:
            with database.change() as db:
                seen, changed, last = _reseal(db, table, own_id, keys, newest, after, batch)
            done, after = done + changed, last
            progress(done, max(total, done))
            if seen < batch:
                break
    with database.change() as db:
        hold_keys(db)
        _await_writers(db, newest)
        for table, own_id in _SEALED:  # what was stored meanwhile by somebody who had not seen the new key
            done += _reseal(db, table, own_id, keys, newest, 0, None)[1]
        unreadable = _count_left(db, newest)
        _retire(db, newest, keys, now)
        detail = {"resealed": done, "unreadable": unreadable, "resumed": resumed}
        audit.record(db, at=now, actor=actor, action="keys.rotated", subject=str(newest), detail=detail)
    return Rotated(key_id=newest, resealed=done, unreadable=unreadable, resumed=resumed)


def abandon(database: Database, secret: Secret, *, actor: str, now: datetime) -> tuple[int, int]:
    """Give up the data keys that the signing key does not open: a new one seals from now on.

    How many keys those were, and how many values cannot be read any more unless the old signing key turns up.
    """
    with database.change() as db:
        hold_keys(db)
        lost = [each for each in list_keys(db, secret) if not each.readable and each.retired_at is None]
        for each in lost:
            db.execute(sealing_keys.update().where(sealing_keys.c.key_id == each.key_id).values(retired_at=now))
        if lost and not keys_in_use(db):
            add_key(db, secret, now)
        sealed = sum(each.sealed for each in lost)
        if lost:
            detail = {"keys": [each.key_id for each in lost], "unreadable": sealed}
            audit.record(db, at=now, actor=actor, action="keys.abandoned", subject="sealing keys", detail=detail)
    return len(lost), sealed


def list_keys(db: Db, secret: Secret) -> tuple[KeyState, ...]:
    """Every data key, oldest first."""
    readable = load_keys(db, secret)
    counts: dict[int, int] = {}
    for table, _ in _SEALED:
        query = sa.select(table.c.sealed_by, sa.func.count()).where(table.c.sealed_by.is_not(None))
        for key_id, count in db.execute(query.group_by(table.c.sealed_by)):
            counts[key_id] = counts.get(key_id, 0) + count
    rows = db.execute(sa.select(sealing_keys).order_by(sealing_keys.c.key_id))
    return tuple(
        KeyState(
            key_id=row.key_id,
            made_at=row.made_at,
            retired_at=row.retired_at,
            readable=row.key_id in readable,
            sealed=counts.get(row.key_id, 0),
        )
        for row in rows
    )


def _reseal(
    db: Db,
    table: sa.Table,
    own_id: sa.Column[int],
    keys: Mapping[int, Fernet],
    newest: int,
    after: int,
    most: int | None,
) -> tuple[int, int, int]:
    """Up to `most` values after that id: how many were seen, how many sealed anew, and the last id."""
    query = sa.select(own_id, table.c.sealed, table.c.sealed_by).where(own_id > after, table.c.sealed_by != newest)
    rows = db.execute(query.order_by(own_id).limit(most)).all()
    changed = 0
    for number, sealed, sealed_by in rows:
        try:
            plain = unsealed_with(keys[sealed_by], sealed)
        except (KeyError, Unreadable):
            continue
        values = {"sealed": sealed_with(newest, keys[newest], plain), "sealed_by": newest}
        same = (own_id == number, table.c.sealed_by == sealed_by)  # it may have been erased meanwhile
        changed += db.execute(table.update().where(*same).values(values)).rowcount
    return len(rows), changed, rows[-1][0] if rows else after


def _count_left(db: Db, newest: int) -> int:
    queries = (sa.select(sa.func.count()).where(table.c.sealed_by != newest) for table, _ in _SEALED)
    return sum(int(db.execute(query).scalar_one()) for query in queries)


def _await_writers(db: Db, newest: int) -> None:
    """A row that is being stored with an older key holds that key's row; wait until it is there to be seen."""
    if db.dialect.name == "postgresql":
        db.execute(sa.select(sealing_keys.c.key_id).where(sealing_keys.c.key_id != newest).with_for_update())


def _retire(db: Db, newest: int, keys: Mapping[int, Fernet], now: datetime) -> None:
    """Older keys that can be opened; one that cannot be opened stays in use, so that it is not forgotten."""
    old = [number for number in keys_in_use(db) if number != newest and number in keys]
    db.execute(sealing_keys.update().where(sealing_keys.c.key_id.in_(old)).values(retired_at=now))
