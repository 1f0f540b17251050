"""What keeps a database from working, for those who can mend it: what it said itself, and the place where it stands."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import sqlalchemy as sa

NO_ROOM = 1024**2  # bytes; with less not even a first page and its log can be written

_FULL = "the disk is full: nothing can be stored until there is room where the database stands"
_SAID = (
    ("database is locked", "the database is busy: somebody else has been writing to it for too long"),
    ("disk is full", _FULL),
    ("No space left on device", _FULL),
    ("file is not a database", "this file is no database; restore the last backup, or mend CLINICBOT_DATABASE_URL"),
    ("malformed", "the database is damaged; restore the last backup"),
)
_UNCLEAR = (  # a full or a read-only disk may come as any of these
    ("readonly database", "the database cannot be written: look at its file's owner and permissions"),
    ("disk I/O error", "the disk with the database does not work as it should"),
    ("unable to open database file", ""),
)


def hindrance(error: sa.exc.DatabaseError, file: Path | None) -> str:
    """Why the database that stands in `file` could not be used; "" where it is none of the things that are known."""
    said = str(error.orig)
    if found := next((reason for words, reason in _SAID if words in said), ""):
        return found
    unclear = next((reason for words, reason in _UNCLEAR if words in said), None)
    if unclear is None:
        return ""
    return (place_trouble(file) if file is not None else "") or unclear


def place_trouble(file: Path) -> str:
    """Why nothing can be written to an SQLite database that stands, or is to stand, in `file`; "" when it can."""
    folder = file.resolve().parent
    return _FULL if folder.is_dir() and shutil.disk_usage(folder).free < NO_ROOM else write_trouble(file)


def write_trouble(file: Path) -> str:
    """Why the system lets nobody write there, whatever room there is; "" when it does."""
    folder = file.resolve().parent
    if not folder.is_dir():
        return f"the database cannot be written: there is no folder {folder}"
    for each in (folder, file):
        if each.exists() and not os.access(each, os.W_OK):
            return f"the database cannot be written: look at the owner and permissions of {each.name}, and at its disk"
    return ""
