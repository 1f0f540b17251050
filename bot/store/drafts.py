"""Drafts: the working copy of each entry, and every text that was ever saved to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.faq.entry import Entry
from bot.faq.json_form import entry_from_plain
from bot.faq.release import plain
from bot.store.database import Db
from bot.store.tables import draft_saves, drafts
from bot.store.types import canonical, parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry being worked on. `base` is the revision it began on (0: a new entry); `version` rises with each save."""

    entry_id: str
    base: int
    version: int
    entry: Entry
    author: str
    saved_at: datetime


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


def put_draft(db: Db, draft: Draft) -> None:
    """Store the draft as its newest state, and its text for good."""
    values = _values(draft)
    changed = db.execute(drafts.update().where(drafts.c.entry_id == draft.entry_id).values(**values))
    if changed.rowcount == 0:
        db.execute(drafts.insert().values(**values))
    db.execute(draft_saves.insert().values(**values, collided=False))


def keep_aside(db: Db, draft: Draft) -> None:
    """Keep a text that came too late, so that it is not lost."""
    db.execute(draft_saves.insert().values(**_values(draft), collided=True))


def drop_draft(db: Db, entry_id: str) -> None:
    """End the draft; its saved texts stay."""
    db.execute(drafts.delete().where(drafts.c.entry_id == entry_id))


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
        entry=entry_from_plain(parsed(row.content)),
        author=row.author,
        saved_at=row.saved_at,
    )
