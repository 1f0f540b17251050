"""The book in the database, in which all replicas write how much of their allowances senders have used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.config import Secret
from bot.errors import NotReady
from bot.store.allowances import use_up
from bot.store.database import Database
from bot.store.keys import keyed_hash


class SharedBook:
    """Keeps, under a keyed hash of what is counted, when its allowance is full again; `now` gives UTC time."""

    def __init__(self, database: Database, key: Secret, now: Callable[[], datetime]) -> None:
        self._database, self._key, self._now = database, key, now

    def add(self, owed_s: Mapping[str, float]) -> Mapping[str, float]:
        """See `bot.web.allowances.Book`."""
        marks = {keyed_hash(self._key, "allowances", key): key for key in owed_s}
        now, full_in_s = self._now(), {}
        try:
            with self._database.change() as db:
                for mark in sorted(marks):  # in one order everywhere, so that no two processes wait for each other
                    full_at = use_up(db, mark, timedelta(seconds=owed_s[marks[mark]]), now)
                    full_in_s[marks[mark]] = (full_at - now).total_seconds()
        except sa.exc.SQLAlchemyError as error:
            raise NotReady(f"allowances cannot be written ({type(error).__name__})") from error
        return full_in_s
