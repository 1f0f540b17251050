"""The database that a command works on: the one that is there already, for a new and empty one would hide a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.config import Settings
from bot.errors import NotReady, SettingError
from bot.store.database import Database, newest_schema, refuse_unknown, require_unicode


def open_existing(settings: Settings) -> Database:
    """The database that is there, with the schema that this program works with.

    Raises SettingError where there is none: these commands make none; and NotReady where its schema is another one:
    bringing it up to date, which cannot be undone, is nothing that happens in passing.
    """
    database = open_as_it_is(settings)
    schema = database.schema()
    if schema != newest_schema():
        database.close()
        raise NotReady(
            f"the database {database.shown} has schema {schema}, and this version works with {newest_schema()}: back it"
            " up, then run `clinicbot migrate`"
        )
    return database


def open_as_it_is(settings: Settings) -> Database:
    """The database that is there, with whatever schema this program knows.

    Raises SettingError where there is none, NotReady for an empty one and for one of a later program.
    """
    if not settings.has_database():
        where = "" if settings.database_url else f"no clinicbot.db in {settings.data_dir}"
        allowed = (
            "a database that is there (CLINICBOT_DATABASE_URL, or a file in CLINICBOT_DATA_DIR); `clinicbot serve`"
            " makes one"
        )
        raise SettingError(name="CLINICBOT_DATABASE_URL", got=where or "a file that is not there", allowed=allowed)
    database = Database(settings.database)
    require_unicode(database)
    schema = database.schema()
    refuse_unknown(schema)
    if schema is None:
        database.close()
        raise NotReady(f"the database {database.shown} is empty: `clinicbot serve` fills it")
    return database


@contextmanager
def working_database(settings: Settings) -> Iterator[Database]:
    """The database that is there, closed afterwards. Raises SettingError where there is none."""
    database = open_existing(settings)
    try:
        yield database
    finally:
        database.close()
