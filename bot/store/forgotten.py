"""Conversations that patients cleared, known for a day: no process stores what it still has to write of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store.database import Db, delete_for_good, insert_of
from bot.store.tables_visits import forgotten

# What was asked so shortly after it was on its way, or told by a clock that is ahead. Whoever goes on under the same
# token begins anew.
ON_ITS_WAY = timedelta(minutes=1)
KEPT = timedelta(days=1)  # no process keeps a turn for so long that it has yet to write


def keep_forgotten(db: Db, conversation: str, at: datetime) -> None:
    """From now on nothing is stored of it that was asked until then; in the transaction that deletes what is there.

    Waits for those that are storing turns, so that it has to come before the deletion.
    """
    delete_for_good(db)
    new = insert_of(db, forgotten).values(mark=_mark(conversation), forgotten_at=at)
    later = new.excluded.forgotten_at
    db.execute(new.on_conflict_do_update(index_elements=[forgotten.c.mark], set_={"forgotten_at": later}))


def forgotten_until(db: Db, conversations: Iterable[str]) -> Mapping[str, datetime]:
    """Those that were cleared, and until when what is asked in them is not stored.

    Nobody else can clear one until the transaction ends, so that what it stores is seen by whoever does so then.
    """
    if db.dialect.name == "postgresql":  # in SQLite a writing transaction is alone anyway
        db.execute(sa.text("LOCK TABLE forgotten IN SHARE MODE"))
    marks = {_mark(each): each for each in conversations}
    rows = db.execute(sa.select(forgotten).where(forgotten.c.mark.in_(marks)))
    return {marks[row.mark]: row.forgotten_at + ON_ITS_WAY for row in rows}


def purge_forgotten(db: Db, *, now: datetime) -> int:
    """Delete the marks of more than a day ago; how many there were.

    And those that lie a day ahead, from a clock that was set back since: else nothing of them would ever be stored.
    """
    over = sa.or_(forgotten.c.forgotten_at < now - KEPT, forgotten.c.forgotten_at > now + KEPT)
    return db.execute(forgotten.delete().where(over)).rowcount


def _mark(conversation: str) -> str:
    return hashlib.sha256(conversation.encode()).hexdigest()
