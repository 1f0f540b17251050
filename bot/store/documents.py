"""Source documents as they are kept: uploads, versions with their words, and flags on entries that rest on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from bot.errors import Conflict
from bot.store.database import Db, insert_row
from bot.store.tables import reviews, revisions
from bot.store.tables_documents import document_uploads, document_versions, source_flags
from bot.store.types import canonical, parsed

State = Literal["reading", "read", "refused", "saved", "discarded"]
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way in; `reading` is JSON-ready while it is `read`, `reason` says why it was refused."""

    upload_id: int
    file_name: str
    author: str
    uploaded_at: datetime
    seen_at: datetime
    state: State
    done: int
    total: int
    reason: str
    reading: Any = None
    document_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVersion:
    """A document as it was read; `reading` is JSON-ready."""

    document_id: str
    number: int
    file_name: str
    title: str
    reading: Any
    author: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An entry to look at again, because a section that it rests on was changed, removed or renamed."""

    flag_id: int
    entry_id: str
    document_id: str
    number: int
    section: str
    change: str
    made_at: datetime


def add_upload(db: Db, file_name: str, *, author: str, at: datetime) -> int:
    """Note that a file is being read; its number."""
    values = {"file_name": file_name[-LONGEST_NAME:], "author": author, "uploaded_at": at, "seen_at": at}
    return insert_row(db, document_uploads.insert().values(**values, state="reading", done=0, total=0, reason=""))


def note_progress(db: Db, upload_id: int, done: int, total: int, at: datetime) -> None:
    """How far the reading is."""
    change = document_uploads.update().where(
        document_uploads.c.upload_id == upload_id, document_uploads.c.state == "reading"
    )
    db.execute(change.values(done=done, total=total, seen_at=at))


def end_reading(db: Db, upload_id: int, *, reading: object = None, reason: str = "", at: datetime) -> None:
    """What came of it: a reading, or the reason why there is none."""
    change = document_uploads.update().where(
        document_uploads.c.upload_id == upload_id, document_uploads.c.state == "reading"
    )
    kept = canonical(reading) if reading is not None else None
    db.execute(change.values(state="refused" if reason else "read", reading=kept, reason=reason, seen_at=at))


def close_upload(db: Db, upload_id: int, state: State, *, document_id: str | None = None) -> None:
    """Saved or discarded: its words are not kept here any more. Conflict when somebody was quicker."""
    change = document_uploads.update().where(
        document_uploads.c.upload_id == upload_id, document_uploads.c.state.in_(("read", "refused", "reading"))
    )
    if db.execute(change.values(state=state, reading=None, document_id=document_id)).rowcount == 0:
        raise Conflict(subject="upload", problem="it was saved or discarded already")


def drop_uploads(db: Db, *, before: datetime) -> tuple[Upload, ...]:
    """Discard uploads from before then that nobody has saved or discarded, with what was read in them; which ones."""
    open_ones = document_uploads.c.state.in_(("reading", "read", "refused"))
    query = sa.select(document_uploads).where(open_ones, document_uploads.c.uploaded_at < before)
    found = tuple(_upload(row) for row in db.execute(query.order_by(document_uploads.c.upload_id)))
    for each in found:
        close_upload(db, each.upload_id, "discarded")
    return found


def find_upload(db: Db, upload_id: int) -> Upload | None:
    """The upload of that number."""
    row = db.execute(sa.select(document_uploads).where(document_uploads.c.upload_id == upload_id)).first()
    return _upload(row) if row else None


def list_uploads(db: Db, *, limit: int = 20) -> tuple[Upload, ...]:
    """Uploads that nobody has saved or discarded, newest first."""
    query = sa.select(document_uploads).where(document_uploads.c.state.in_(("reading", "read", "refused")))
    return tuple(_upload(row) for row in db.execute(query.order_by(document_uploads.c.upload_id.desc()).limit(limit)))


def add_version(
    db: Db, document_id: str, *, file_name: str, title: str, reading: object, author: str, at: datetime
) -> int:
    """Keep a version for good; its number."""
    newest = sa.select(sa.func.coalesce(sa.func.max(document_versions.c.number), 0)).where(
        document_versions.c.document_id == document_id
    )
    number = int(db.execute(newest).scalar_one()) + 1
    values = {"document_id": document_id, "number": number, "file_name": file_name[-LONGEST_NAME:], "title": title}
    db.execute(document_versions.insert().values(**values, reading=canonical(reading), author=author, saved_at=at))
    return number


def find_version(db: Db, document_id: str, number: int | None = None) -> DocumentVersion | None:
    """A version of a document, the newest unless one is named."""
    query = sa.select(document_versions).where(document_versions.c.document_id == document_id)
    if number is not None:
        query = query.where(document_versions.c.number == number)
    row = db.execute(query.order_by(document_versions.c.number.desc()).limit(1)).first()
    return _version(row) if row else None


def list_versions(db: Db, document_id: str | None = None) -> tuple[DocumentVersion, ...]:
    """The versions of a document, or of all, without their words, newest first."""
    columns = [column for column in document_versions.c if column.name != "reading"]
    query = sa.select(*columns).order_by(document_versions.c.document_id, document_versions.c.number.desc())
    if document_id is not None:
        query = query.where(document_versions.c.document_id == document_id)
    return tuple(DocumentVersion(**row._mapping, reading=None) for row in db.execute(query))


def add_flags(db: Db, flags: Sequence[tuple[str, str, str]], document_id: str, number: int, at: datetime) -> None:
    """Flag entries: (entry, section, change) each."""
    for entry_id, section, change in flags:
        values = {"entry_id": entry_id, "section": section, "change": change, "made_at": at}
        db.execute(source_flags.insert().values(**values, document_id=document_id, number=number))


def list_flags(db: Db, *, limit: int = 500) -> tuple[Flag, ...]:
    """Open flags, oldest first: nobody looked at the entry, and no revision was approved since."""
    newer = (
        sa.select(revisions.c.revision_id)
        .join(reviews, reviews.c.revision_id == revisions.c.revision_id)
        .where(
            revisions.c.entry_id == source_flags.c.entry_id,
            reviews.c.decision == "approve",
            revisions.c.created_at > source_flags.c.made_at,
        )
    )
    query = sa.select(source_flags).where(source_flags.c.cleared_at.is_(None), ~newer.exists())
    rows = db.execute(query.order_by(source_flags.c.flag_id).limit(limit))
    names = list(Flag.__dataclass_fields__)
    return tuple(Flag(**{name: row._mapping[name] for name in names}) for row in rows)


def clear_flags(db: Db, entry_id: str, *, by: str, at: datetime) -> int:
    """Somebody looked at the entry and it is right as it stands; how many flags that ends."""
    change = source_flags.update().where(source_flags.c.entry_id == entry_id, source_flags.c.cleared_at.is_(None))
    return int(db.execute(change.values(cleared_at=at, cleared_by=by)).rowcount)


def _upload(row: sa.Row[Any]) -> Upload:
    return Upload(**{**row._mapping, "reading": parsed(row.reading) if row.reading else None})


def _version(row: sa.Row[Any]) -> DocumentVersion:
    return DocumentVersion(**{**row._mapping, "reading": parsed(row.reading)})
