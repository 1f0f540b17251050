"""A file that somebody uploads: read in a process of its own, with its progress in the database, then saved or not."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.dialogue.bot import Bot
from bot.errors import Conflict, InputError
from bot.faq.json_form import from_plain
from bot.faq.release import plain
from bot.ingest.drafts import Prepared, prepare
from bot.ingest.sandbox import WORKPLACE, Limits, read_document
from bot.staff.accounts import User
from bot.store import audit
from bot.store.database import Database
from bot.store.documents import Upload, add_upload, close_upload, end_reading, find_upload, note_progress

LOG = structlog.get_logger("clinicbot.documents")
SILENT = timedelta(minutes=15)  # longer than any reading may take, and wait for its turn: then its process is gone
LEFT_OVER = timedelta(hours=2)
_PREFIX = "clinicbot-upload-"
STEPS = 25  # how often progress is noted at most


def place_for_upload() -> tuple[int, Path]:
    """A file of its own to keep an upload in while it is read, open for writing."""
    handle, place = tempfile.mkstemp(prefix=_PREFIX)
    return handle, Path(place)


def sweep_left_over(now: datetime, folder: Path | None = None) -> int:
    """Delete uploaded files, and folders of readings, whose process was killed; how many there were.

    Only what is this user's own, and older than any reading can be.
    """
    swept, places = 0, Path(folder or tempfile.gettempdir())
    for place in (*places.glob(f"{_PREFIX}*"), *places.glob(f"{WORKPLACE}*")):
        with suppress(OSError):
            about = place.lstat()
            if about.st_uid != os.getuid() or now.timestamp() - about.st_mtime < LEFT_OVER.total_seconds():
                continue
            if stat.S_ISDIR(about.st_mode):
                shutil.rmtree(place)
            else:
                place.unlink()
            swept += 1
    if swept:
        LOG.info("left-over files of uploads deleted", files=swept)
    return swept


def begin_upload(database: Database, file_name: str, *, user: User, now: datetime) -> int:
    """Note that a file came; the number by which it is found again."""
    with database.change() as db:
        return add_upload(db, file_name, author=user.name, at=now)


def read_upload(
    database: Database,
    upload_id: int,
    path: Path,
    name: str,
    *,
    bot: Bot | None,
    now: Callable[[], datetime],
    limits: Limits | None = None,
) -> None:
    """Read the file, note how far it is, and keep what was found, or why nothing was. The file is gone afterwards.

    `bot` tells which entries cover its sections already.
    """
    shown = -1

    def tell(done: int, total: int) -> None:
        nonlocal shown
        step = STEPS * done // max(1, total)
        if step != shown:
            shown = step
            with database.change() as db:
                note_progress(db, upload_id, done, total, now())

    try:
        found = prepare(read_document(path, name, limits, tell), bot)
    except InputError as error:
        with database.change() as db:
            end_reading(db, upload_id, reason=f"It is {error.got}. Allowed: {error.allowed}.", at=now())
    except Exception as error:  # noqa: BLE001 - the outermost edge of a thread: whoever waits must hear of it
        LOG.error("reading failed", upload=upload_id, error=type(error).__name__)
        with database.change() as db:
            end_reading(db, upload_id, reason="It could not be read; the log says why.", at=now())
    else:
        with database.change() as db:
            end_reading(db, upload_id, reading=plain(found), at=now())
    finally:
        with suppress(OSError):
            path.unlink()


def prepared(upload: Upload) -> Prepared:
    """What was found in an upload, and proposed. Raises Conflict when it is not there (any more)."""
    if upload.state != "read" or upload.reading is None:
        raise Conflict(subject="upload", problem="it was saved or discarded already")
    return from_plain(Prepared, upload.reading)


def is_lost(upload: Upload, now: datetime) -> bool:
    """Whether its reading ended without a word, as when the server was stopped."""
    return upload.state == "reading" and now - upload.seen_at > SILENT


def discard_upload(database: Database, upload_id: int, *, user: User, now: datetime) -> Upload:
    """Keep nothing of it. Raises Conflict when somebody was quicker."""
    with database.change() as db:
        upload = find_upload(db, upload_id)
        if upload is None:
            raise Conflict(subject="upload", problem="there is none of that number")
        close_upload(db, upload_id, "discarded")
        detail = {"file": upload.file_name}
        audit.record(db, at=now, actor=user.name, action="document.discarded", subject=str(upload_id), detail=detail)
        return upload
