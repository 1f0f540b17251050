"""SQLite as it is used here: its connections, its file, and that what was deleted is gone from it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import sqlalchemy as sa

WAIT_S = 15.0  # how long a writer waits for another one before it gives up
FileId = tuple[int, int]  # device and number: a file that was moved keeps them, another one at its place does not


def file_of(url: sa.URL) -> Path | None:
    """Where an SQLite database stands; None in memory, and where SQLite itself reads the address."""
    name = url.database or ":memory:"
    return None if name == ":memory:" or name.startswith("file:") else Path(name).absolute()


def id_of(file: Path | None) -> FileId | None:
    """Which file stands there now, if any."""
    try:
        found = os.stat(file) if file else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def open_sqlite(url: sa.URL) -> sa.Engine:
    """The engine of an SQLite database, whose transactions begin where we say so."""
    engine = sa.create_engine(url, connect_args={"timeout": WAIT_S, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so, below
        cursor = connection.cursor()
        # What is deleted is written over, not only let go of.
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        # SQLite's own LIKE and lower() know the letters of English alone.
        connection.create_function("casefold", 1, str.casefold, deterministic=True)

    @sa.event.listens_for(engine, "begin")
    def begin(db: sa.Connection) -> None:
        writes = db.get_execution_options().get("clinicbot_writes", False)
        db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def empty_log(db: sa.Connection) -> None:
    """Empty the write-ahead log, in which what was deleted can be read until then; `db` is in no transaction.

    Where others read or write just now it stays as it is: nobody waits, and the next deletion tries again.
    """
    with suppress(sqlite3.Error), closing(db.connection.cursor()) as cursor:
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            cursor.execute(f"PRAGMA busy_timeout={int(WAIT_S * 1000)}")
