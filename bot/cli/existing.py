"""The database that a command works on: the one that is there already, for a new and empty one would hide a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.config import Settings
from bot.errors import SettingError
from bot.store.database import Database, open_database


def open_existing(settings: Settings) -> Database:
    """The database that is there. Raises SettingError where there is none: these commands make none."""
    if not settings.has_database():
        where = "" if settings.database_url else f"no clinicbot.db in {settings.data_dir}"
        allowed = (
            "a database that is there (CLINICBOT_DATABASE_URL, or a file in CLINICBOT_DATA_DIR); `clinicbot serve`"
            " makes one"
        )
        raise SettingError(name="CLINICBOT_DATABASE_URL", got=where or "a file that is not there", allowed=allowed)
    return open_database(settings.database)


@contextmanager
def working_database(settings: Settings) -> Iterator[Database]:
    """The database that is there, closed afterwards. Raises SettingError where there is none."""
    database = open_existing(settings)
    try:
        yield database
    finally:
        database.close()
