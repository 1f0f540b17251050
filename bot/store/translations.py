"""Translations of entries: versions and what was decided about them, and the working copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import Conflict
from bot.faq.entry import Translation
from bot.faq.holding import translation_as_filed
from bot.faq.json_form import from_plain
from bot.faq.release import plain
from bot.store.content import STATES, Review, State, Verdict
from bot.store.database import Db, insert_row
from bot.store.tables_translations import translation_drafts, translation_reviews, translations
from bot.store.types import canonical, parsed

Key = tuple[str, str]  # an entry's id and a language


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One immutable version of a translation, with what was decided about it so far. `retired`: no longer served."""

    translation_id: int
    entry_id: str
    language: str
    number: int
    translation: Translation
    retired: bool
    author: str
    reason: str
    created_at: datetime
    review: Review | None = None

    @property
    def state(self) -> State:
        """Where it stands."""
        return STATES[self.review.decision] if self.review else "in review"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCopy:
    """A translation being worked on; `version` rises with each save. `ended_at`: sent or discarded."""

    entry_id: str
    language: str
    version: int
    translation: Translation
    author: str
    saved_at: datetime
    ended_at: datetime | None = None


def add_version(
    db: Db, key: Key, translation: Translation, *, author: str, reason: str, at: datetime, retired: bool = False
) -> Version:
    """The next version of the translation of an entry whose id is taken."""
    entry_id, language = key
    text = translation_as_filed(translation)
    newest = sa.select(sa.func.coalesce(sa.func.max(translations.c.number), 0)).where(_is(key))
    number = int(db.execute(newest).scalar_one()) + 1
    values = {"entry_id": entry_id, "language": language, "retired": retired, "author": author, "reason": reason}
    row = translations.insert().values(**values, number=number, content=canonical(plain(text)), created_at=at)
    translation_id = insert_row(db, row)
    return Version(
        translation_id=translation_id,
        entry_id=entry_id,
        language=language,
        number=number,
        translation=text,
        retired=retired,
        author=author,
        reason=reason,
        created_at=at,
    )


def decide_version(
    db: Db, translation_id: int, decision: Verdict, *, reviewer: str, own: bool, comment: str, at: datetime
) -> None:
    """Note what was decided. Raises Conflict when it was decided about already."""
    query = sa.select(translation_reviews.c.decision).where(translation_reviews.c.translation_id == translation_id)
    known = db.execute(query).first()
    if known is not None:
        problem = f"it was decided about already ({known.decision})"
        raise Conflict(subject=f"translation {translation_id}", problem=problem)
    values = {"translation_id": translation_id, "decision": decision, "reviewer": reviewer, "own": own}
    db.execute(translation_reviews.insert().values(**values, comment=comment, reviewed_at=at))


def find_version(db: Db, translation_id: int) -> Version | None:
    """The version of that id."""
    row = db.execute(_VERSIONS.where(translations.c.translation_id == translation_id)).first()
    return _version(row) if row else None


def find_sent(db: Db, key: Key) -> Version | None:
    """The newest version that was not withdrawn."""
    return _newest(db, _is(key), _NOT_WITHDRAWN)


def find_approved_version(db: Db, key: Key) -> Version | None:
    """The newest approved version, which may be a retired one."""
    return _newest(db, _is(key), translation_reviews.c.decision == "approve")


def list_versions(db: Db, key: Key, limit: int = 50) -> tuple[Version, ...]:
    """A translation's history, newest first."""
    query = _VERSIONS.where(_is(key)).order_by(translations.c.number.desc()).limit(limit)
    return tuple(map(_version, db.execute(query)))


def list_versions_in_review(db: Db, limit: int = 200) -> tuple[Version, ...]:
    """Versions that wait for a decision, oldest first."""
    query = _VERSIONS.where(translation_reviews.c.review_id.is_(None)).order_by(translations.c.translation_id)
    return tuple(map(_version, db.execute(query.limit(limit))))


def load_sent(db: Db) -> Mapping[Key, Version]:
    """The newest version of every translation that was not withdrawn."""
    return _load(db, _NOT_WITHDRAWN)


def load_approved_versions(db: Db) -> Mapping[Key, Version]:
    """The newest approved version of every translation that has one, retired ones too."""
    return _load(db, translation_reviews.c.decision == "approve")


def find_working_copy(db: Db, key: Key) -> WorkingCopy | None:
    """The working copy; an ended one too."""
    entry_id, language = key
    query = sa.select(translation_drafts).where(
        translation_drafts.c.entry_id == entry_id, translation_drafts.c.language == language
    )
    row = db.execute(query).first()
    return _copy(row) if row else None


def load_working_copies(db: Db) -> Mapping[Key, WorkingCopy]:
    """Every working copy that has not ended."""
    query = sa.select(translation_drafts).where(translation_drafts.c.ended_at.is_(None))
    return {(row.entry_id, row.language): _copy(row) for row in db.execute(query)}


def put_working_copy(db: Db, copy: WorkingCopy) -> None:
    """Store it as it is now, in place of what was there."""
    values = {
        "version": copy.version,
        "content": canonical(plain(copy.translation)),
        "author": copy.author,
        "saved_at": copy.saved_at,
        "ended_at": copy.ended_at,
    }
    where = (translation_drafts.c.entry_id == copy.entry_id, translation_drafts.c.language == copy.language)
    if db.execute(translation_drafts.update().where(*where).values(**values)).rowcount == 0:
        key = {"entry_id": copy.entry_id, "language": copy.language}
        db.execute(translation_drafts.insert().values(**key, **values))


_VERSIONS = sa.select(
    translations,
    translation_reviews.c.decision,
    translation_reviews.c.reviewer,
    translation_reviews.c.own,
    translation_reviews.c.comment,
    translation_reviews.c.reviewed_at,
).outerjoin(translation_reviews, translation_reviews.c.translation_id == translations.c.translation_id)
_NOT_WITHDRAWN = sa.or_(translation_reviews.c.decision.is_(None), translation_reviews.c.decision != "withdraw")


def _is(key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(translations.c.entry_id == key[0], translations.c.language == key[1])


def _newest(db: Db, *where: sa.ColumnElement[bool]) -> Version | None:
    row = db.execute(_VERSIONS.where(*where).order_by(translations.c.number.desc()).limit(1)).first()
    return _version(row) if row else None


def _load(db: Db, where: sa.ColumnElement[bool]) -> Mapping[Key, Version]:
    rows = db.execute(_VERSIONS.where(where).order_by(translations.c.entry_id, translations.c.number))
    newest = {(row.entry_id, row.language): row for row in rows}
    return {key: _version(row) for key, row in newest.items()}


def _version(row: sa.Row[Any]) -> Version:
    names = ("translation_id", "entry_id", "language", "number", "retired", "author", "reason", "created_at")
    review = None
    if row.decision is not None:
        said = ("decision", "reviewer", "own", "comment", "reviewed_at")
        review = Review(**{name: row._mapping[name] for name in said})
    kept = {name: row._mapping[name] for name in names}
    return Version(**kept, translation=from_plain(Translation, parsed(row.content)), review=review)


def _copy(row: sa.Row[Any]) -> WorkingCopy:
    names = ("entry_id", "language", "version", "author", "saved_at", "ended_at")
    kept = {name: row._mapping[name] for name in names}
    return WorkingCopy(**kept, translation=from_plain(Translation, parsed(row.content)))
