"""What senders have used of their allowances, for all processes together."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store.database import Db, insert_of
from bot.store.tables_visits import allowances

LONGEST = timedelta(days=1)  # every allowance fills up sooner: a later time was told by a clock that was ahead


def use_up(db: Db, mark: str, used: timedelta, now: datetime) -> datetime:
    """Use up what takes so long to fill again; when the allowance under `mark` is full again."""
    db.execute(insert_of(db, allowances).values(mark=mark, full_at=now).on_conflict_do_nothing())
    mine = allowances.c.mark == mark
    before: datetime = db.execute(sa.select(allowances.c.full_at).where(mine).with_for_update()).scalar_one()
    full_at = max(before, now) + used
    db.execute(allowances.update().where(mine).values(full_at=full_at))
    return full_at


def purge_allowances(db: Db, *, now: datetime) -> int:
    """Forget those that are full again, and those that no clock in order can have written; how many there were."""
    over = sa.or_(allowances.c.full_at <= now, allowances.c.full_at > now + LONGEST)
    full = sa.select(allowances.c.mark).where(over).with_for_update(skip_locked=True)
    return db.execute(allowances.delete().where(allowances.c.mark.in_(full))).rowcount
