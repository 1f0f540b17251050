"""Drafts: the working copy of each entry, and every text that was ever saved to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.faq.entry import Entry
from bot.faq.release import plain
from bot.store.database import Db, insert_row
from bot.store.decoding import entry_of
from bot.store.tables import draft_saves, drafts
from bot.store.types import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry being worked on. `base` is the revision it began on (0: a new entry); `version` rises with each save.

    `save_id` is where a text is kept; 0 where it is read as the working copy.
    """

    entry_id: str
    base: int
    version: int
    entry: Entry
    author: str
    saved_at: datetime
    save_id: int = 0


def find_draft(db: Db, entry_id: str) -> Draft | None:
    """The entry's draft, or None when nobody is working on it."""
    row = db.execute(sa.select(drafts).where(drafts.c.entry_id == entry_id)).first()
    return _draft(row) if row else None


def load_drafts(db: Db) -> Mapping[str, Draft]:
    """Every draft, by entry."""
    return {row.entry_id: _draft(row) for row in db.execute(sa.select(drafts).order_by(drafts.c.entry_id))}


def find_save(db: Db, entry_id: str, base: int, version: int) -> Draft | None:
    """The text that a draft held at `version`: what an editor who saw that version began with."""
    query = sa.select(draft_saves).where(
        draft_saves.c.entry_id == entry_id,
        draft_saves.c.base == base,
        draft_saves.c.version == version,
        draft_saves.c.collided.is_(False),
    )
    row = db.execute(query.order_by(draft_saves.c.save_id.desc()).limit(1)).first()
    return _draft(row) if row else None


def list_collided(db: Db, entry_id: str, limit: int = 20) -> tuple[Draft, ...]:
    """Texts that came too late and were kept aside, newest first."""
    query = sa.select(draft_saves).where(draft_saves.c.entry_id == entry_id, draft_saves.c.collided.is_(True))
    rows = db.execute(query.order_by(draft_saves.c.save_id.desc()).limit(limit))
    return tuple(_draft(row) for row in rows)


def find_aside(db: Db, entry_id: str, save_id: int) -> Draft | None:
    """One of the entry's texts that were kept aside."""
    query = sa.select(draft_saves).where(draft_saves.c.entry_id == entry_id, draft_saves.c.save_id == save_id)
    row = db.execute(query.where(draft_saves.c.collided.is_(True))).first()
    return _draft(row) if row else None


def list_saves_of(db: Db, author: str, at: datetime) -> tuple[Draft, ...]:
    """The texts that somebody saved at one moment: what one change to many entries made."""
    query = sa.select(draft_saves).where(draft_saves.c.author == author, draft_saves.c.saved_at == at)
    rows = db.execute(query.where(draft_saves.c.collided.is_(False)).order_by(draft_saves.c.save_id))
    return tuple(_draft(row) for row in rows)


def find_save_before(db: Db, save: Draft) -> Draft | None:
    """The text that the same draft held before; None where it began with this one."""
    query = sa.select(draft_saves).where(
        draft_saves.c.entry_id == save.entry_id,
        draft_saves.c.base == save.base,
        draft_saves.c.version < save.version,
        draft_saves.c.collided.is_(False),
    )
    row = db.execute(query.order_by(draft_saves.c.version.desc()).limit(1)).first()
    return _draft(row) if row else None


def last_version(db: Db, entry_id: str) -> int:
    """The highest version that a draft of the entry ever had; 0 where there was none.

    A new draft goes on from there, so that a version names one text however many drafts were ended.
    """
    query = sa.select(sa.func.coalesce(sa.func.max(draft_saves.c.version), 0)).where(
        draft_saves.c.entry_id == entry_id, draft_saves.c.collided.is_(False)
    )
    return int(db.execute(query).scalar_one())


def put_draft(db: Db, draft: Draft) -> None:
    """Store the draft as its newest state, and its text beside those before it."""
    values = _values(draft)
    changed = db.execute(drafts.update().where(drafts.c.entry_id == draft.entry_id).values(**values))
    if changed.rowcount == 0:
        db.execute(drafts.insert().values(**values))
    db.execute(draft_saves.insert().values(**values, collided=False))


def keep_aside(db: Db, draft: Draft) -> int:
    """Keep a text that came too late, so that it is not lost; the number to find it by."""
    return insert_row(db, draft_saves.insert().values(**_values(draft), collided=True))


def drop_draft(db: Db, entry_id: str) -> None:
    """End the draft; its saved texts stay."""
    db.execute(drafts.delete().where(drafts.c.entry_id == entry_id))


def purge_saves(db: Db, *, before: datetime) -> int:
    """Delete texts saved before then to entries that nobody has a draft of; how many there were.

    The newest one of an entry stays, because the next draft's version goes on from it.
    """
    other = draft_saves.alias()
    newest = sa.select(sa.func.max(other.c.version)).where(
        other.c.entry_id == draft_saves.c.entry_id, other.c.collided.is_(False)
    )
    over = sa.or_(draft_saves.c.collided, draft_saves.c.version < newest.scalar_subquery())
    in_work = sa.select(drafts.c.entry_id)
    old = draft_saves.delete().where(draft_saves.c.saved_at < before, draft_saves.c.entry_id.not_in(in_work), over)
    return db.execute(old).rowcount


def _values(draft: Draft) -> dict[str, Any]:
    return {
        "entry_id": draft.entry_id,
        "base": draft.base,
        "version": draft.version,
        "content": canonical(plain(draft.entry)),
        "author": draft.author,
        "saved_at": draft.saved_at,
    }


def _draft(row: sa.Row[Any]) -> Draft:
    return Draft(
        entry_id=row.entry_id,
        base=row.base,
        version=row.version,
        entry=entry_of(row.content),
        author=row.author,
        saved_at=row.saved_at,
        save_id=row._mapping.get("save_id", 0),
    )
