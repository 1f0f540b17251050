"""The doctor's look at places: room, leave to write, whose they are, and the key."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile

from bot.cli.finding import Finding
from bot.config import Settings
from bot.config_key import SECRET_FILE, has_key, signing_key
from bot.errors import SettingError
from bot.store.database import Database
from bot.store.hindrances import write_trouble

LITTLE_ROOM, NO_ROOM = 1024**3, 100 * 1024**2  # bytes


def check_room(folder: Path, free: int) -> Finding:
    """Whether there is room to write."""
    room = f"{free / 1024**3:.1f} GB free at {folder}"
    mend = "make room: the database, old backups, logs"
    if free < NO_ROOM:
        return Finding("FAIL", f"the disk is full: {room}", mend)
    return Finding("warn", f"little room: {room}", mend) if free < LITTLE_ROOM else Finding("ok", room)


def check_places(settings: Settings) -> Iterator[Finding]:
    """Whether there is room in the data folder and where the database stands, and whether both can be written."""
    data = _standing(settings.data_dir)
    yield check_room(settings.data_dir, shutil.disk_usage(data).free)
    if not _can_be_written(data):
        yield Finding("FAIL", f"{data} cannot be written", "give it to the user that runs clinicbot (chown)")
    if settings.data_dir.is_dir() and (owner := _another_owner(settings.data_dir)):
        text = f"you are not {owner}, whose {settings.data_dir} is: what is found here need not hold for the service"
        yield Finding("warn", text, "run it as that user, with the service's settings: deploy/clinicbot-run doctor")
    with closing(Database(settings.database)) as database:
        file = database.file
    if file is None or not (file.exists() or settings.database_url):
        return
    folder = file.resolve().parent
    if folder.is_dir() and folder != data.resolve():
        yield check_room(folder, shutil.disk_usage(folder).free)
    trouble = write_trouble(file)
    if not trouble and not _can_be_written(folder):
        trouble = f"the database cannot be written: nothing can be written in {folder}"
    if trouble:
        yield Finding(
            "FAIL", trouble, "give it to the user that runs clinicbot (chown), or mend CLINICBOT_DATABASE_URL"
        )


def check_key(settings: Settings) -> Finding:
    """Whether the signing key is there, is long enough, and is nobody else's to read."""
    file = settings.data_dir / SECRET_FILE
    if not has_key(settings):
        return Finding("note", "no key yet; `clinicbot serve` makes one in the data folder, while nothing is sealed")
    try:
        signing_key(settings)
    except SettingError as error:
        return Finding("FAIL", str(error), f"put back {SECRET_FILE} from where you keep it")
    if settings.secret_key:
        return Finding("ok", "the key is in CLINICBOT_SECRET_KEY")
    if file.stat().st_mode & 0o077:
        return Finding("FAIL", f"other users of this machine can read {file}", f"chmod 600 {file}")
    return Finding("ok", f"the key is in {file}, which only its owner can read")


def _can_be_written(folder: Path) -> bool:
    """Tried, since leave to write says nothing about a disk that is read-only, full or far away."""
    if not os.access(folder, os.W_OK):
        return False
    try:
        with TemporaryFile(dir=folder) as tried:
            tried.write(b"x")
    except OSError:
        return False
    return True


def _another_owner(folder: Path) -> str:
    """Whose a folder is, when it is somebody else's; "" otherwise, and where there are no owners."""
    if not hasattr(os, "geteuid") or folder.stat().st_uid == os.geteuid():
        return ""
    try:
        return folder.owner()
    except KeyError:  # a number without a name, as in a container
        return f"user {folder.stat().st_uid}"


def _standing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())
