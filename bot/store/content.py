"""What is curated: pieces of knowledge, entries, their revisions and reviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from bot.errors import Conflict
from bot.faq.entry import Entry
from bot.faq.holding import entry_as_filed
from bot.faq.release import plain
from bot.store.database import Db, insert_row
from bot.store.decoding import entry_of
from bot.store.tables import entries, pieces, reviews, revisions
from bot.store.types import canonical, parsed

Verdict = Literal["approve", "return", "withdraw"]
State = Literal["in review", "approved", "returned", "withdrawn"]
STATES: Mapping[str, State] = {"approve": "approved", "return": "returned", "withdraw": "withdrawn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One version of a piece of knowledge that is no entry; `content` is JSON-ready."""

    name: str
    version: int
    content: Any
    author: str
    reason: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What was decided about a revision. `own`: by its author."""

    decision: Verdict
    reviewer: str
    own: bool
    comment: str
    reviewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One immutable version of an entry, with what was decided about it so far. `retired`: no longer served."""

    revision_id: int
    entry_id: str
    number: int
    entry: Entry
    retired: bool
    author: str
    reason: str
    created_at: datetime
    review: Review | None = None

    @property
    def state(self) -> State:
        """Where it stands."""
        return STATES[self.review.decision] if self.review else "in review"


def save_piece(db: Db, name: str, content: object, *, author: str, reason: str, at: datetime, seen: int) -> int:
    """The new version's number. Raises Conflict when there is a newer version than the one that was `seen`."""
    newest = piece_version(db, name)
    if newest != seen:
        raise Conflict(subject=name, problem=f"it was changed meanwhile (version {newest}, not {seen})")
    row = {"name": name, "version": newest + 1, "content": canonical(content)}
    try:
        db.execute(pieces.insert().values(**row, author=author, reason=reason, saved_at=at))
    except sa.exc.IntegrityError as error:
        raise Conflict(subject=name, problem="somebody changed it at the same moment") from error
    return newest + 1


def piece_version(db: Db, name: str) -> int:
    """The newest version's number; 0 where there is none."""
    query = sa.select(sa.func.coalesce(sa.func.max(pieces.c.version), 0)).where(pieces.c.name == name)
    return int(db.execute(query).scalar_one())


def find_piece(db: Db, name: str, version: int | None = None) -> Piece | None:
    """A piece, the newest version unless one is named."""
    query = sa.select(pieces).where(pieces.c.name == name).order_by(pieces.c.version.desc()).limit(1)
    if version is not None:
        query = query.where(pieces.c.version == version)
    row = db.execute(query).first()
    return Piece(**{**row._mapping, "content": parsed(row.content)}) if row else None


def load_pieces(db: Db) -> Mapping[str, Any]:
    """The newest content of every piece, by name."""
    newest = sa.select(pieces.c.name, sa.func.max(pieces.c.version).label("version")).group_by(pieces.c.name).subquery()
    join = sa.and_(pieces.c.name == newest.c.name, pieces.c.version == newest.c.version)
    rows = db.execute(sa.select(pieces.c.name, pieces.c.content).join(newest, join))
    return {row.name: parsed(row.content) for row in rows}


def add_entry(db: Db, entry_id: str, at: datetime) -> None:
    """Take an id for ever. Raises Conflict when it is taken."""
    if has_entry(db, entry_id):
        raise Conflict(subject=entry_id, problem="there is an entry of that id already")
    try:
        db.execute(entries.insert().values(entry_id=entry_id, created_at=at))
    except sa.exc.IntegrityError as error:
        raise Conflict(subject=entry_id, problem="somebody took this id at the same moment") from error


def hold_entry(db: Db, entry_id: str) -> bool:
    """Let no other transaction change the entry until this one ends; False where there is no such id."""
    query = sa.select(entries.c.entry_id).where(entries.c.entry_id == entry_id).with_for_update()
    return db.execute(query).first() is not None


def has_entry(db: Db, entry_id: str) -> bool:
    """Whether the id is taken."""
    return db.execute(sa.select(entries.c.entry_id).where(entries.c.entry_id == entry_id)).first() is not None


def add_revision(db: Db, entry: Entry, *, author: str, reason: str, at: datetime, retired: bool = False) -> Revision:
    """The next revision of an entry whose id is taken; white space is as a file would keep it.

    Its translations are no part of it: they have versions of their own (`store.translations`).
    """
    entry = replace(entry_as_filed(entry), translations={})
    newest = sa.select(sa.func.coalesce(sa.func.max(revisions.c.number), 0)).where(revisions.c.entry_id == entry.id)
    number = int(db.execute(newest).scalar_one()) + 1
    values = {"entry_id": entry.id, "number": number, "retired": retired, "author": author, "reason": reason}
    row = revisions.insert().values(**values, content=canonical(plain(entry)), created_at=at)
    revision_id = insert_row(db, row)
    return Revision(
        revision_id=revision_id,
        entry_id=entry.id,
        number=number,
        entry=entry,
        retired=retired,
        author=author,
        reason=reason,
        created_at=at,
    )


def add_review(
    db: Db, revision_id: int, decision: Verdict, *, reviewer: str, own: bool, comment: str, at: datetime
) -> None:
    """Note what was decided. Raises Conflict when the revision was decided about already."""
    known = db.execute(sa.select(reviews.c.decision).where(reviews.c.revision_id == revision_id)).first()
    if known is not None:
        raise Conflict(subject=f"revision {revision_id}", problem=f"it was decided about already ({known.decision})")
    values = {"revision_id": revision_id, "decision": decision, "reviewer": reviewer, "own": own}
    db.execute(reviews.insert().values(**values, comment=comment, reviewed_at=at))


def find_revision(db: Db, entry_id: str, number: int | None = None) -> Revision | None:
    """One revision of an entry, the newest unless one is named."""
    query = _REVISIONS.where(revisions.c.entry_id == entry_id).order_by(revisions.c.number.desc()).limit(1)
    if number is not None:
        query = query.where(revisions.c.number == number)
    row = db.execute(query).first()
    return _revision(row) if row else None


def find_revision_by_id(db: Db, revision_id: int) -> Revision | None:
    """The revision of that id."""
    row = db.execute(_REVISIONS.where(revisions.c.revision_id == revision_id)).first()
    return _revision(row) if row else None


def list_revisions(db: Db, entry_id: str, *, before: int | None = None, limit: int = 50) -> tuple[Revision, ...]:
    """An entry's history, newest first."""
    query = _REVISIONS.where(revisions.c.entry_id == entry_id).order_by(revisions.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(revisions.c.number < before)
    return tuple(_revision(row) for row in db.execute(query))


def list_sent(db: Db, author: str, at: datetime) -> tuple[Revision, ...]:
    """All revisions that `author` sent for review at that moment, whatever became of them."""
    query = _REVISIONS.where(revisions.c.author == author, revisions.c.created_at == at)
    return tuple(_revision(row) for row in db.execute(query.order_by(revisions.c.revision_id)))


def list_in_review(db: Db, *, limit: int = 2_000) -> tuple[Revision, ...]:
    """Revisions that wait for a decision, oldest first."""
    query = _REVISIONS.where(reviews.c.review_id.is_(None)).order_by(revisions.c.revision_id).limit(limit)
    return tuple(_revision(row) for row in db.execute(query))


def load_newest(db: Db) -> Mapping[str, Revision]:
    """The newest revision of every entry, by its id."""
    return _newest(db, _numbers())


def load_submitted(db: Db) -> Mapping[str, Revision]:
    """The newest revision of every entry that was not withdrawn by its author, by the entry's id."""
    return _newest(db, _numbers().where(_NOT_WITHDRAWN))


def find_submitted(db: Db, entry_id: str) -> Revision | None:
    """The newest revision of an entry that was not withdrawn."""
    query = _REVISIONS.where(revisions.c.entry_id == entry_id, _NOT_WITHDRAWN)
    row = db.execute(query.order_by(revisions.c.number.desc()).limit(1)).first()
    return _revision(row) if row else None


def find_approved(db: Db, entry_id: str) -> Revision | None:
    """The newest approved revision of an entry, which may be a retired one."""
    query = _REVISIONS.where(revisions.c.entry_id == entry_id, reviews.c.decision == "approve")
    row = db.execute(query.order_by(revisions.c.number.desc()).limit(1)).first()
    return _revision(row) if row else None


def load_approved(db: Db) -> Mapping[str, Revision]:
    """The newest approved revision of every entry that has one, retired ones too, by its id."""
    return _newest(db, _numbers().where(reviews.c.decision == "approve"))


_REVISIONS = sa.select(
    revisions, reviews.c.decision, reviews.c.reviewer, reviews.c.own, reviews.c.comment, reviews.c.reviewed_at
).outerjoin(reviews, reviews.c.revision_id == revisions.c.revision_id)


def load_overtaken(db: Db) -> Mapping[str, Revision]:
    """The newest approved revision of just those entries that have a newer one, in review or returned."""
    approved = sa.func.max(sa.case((reviews.c.decision == "approve", revisions.c.number)))
    numbers = sa.select(revisions.c.entry_id, approved.label("number"))
    joined = numbers.outerjoin(reviews, reviews.c.revision_id == revisions.c.revision_id).where(_NOT_WITHDRAWN)
    return _newest(db, joined.having(approved < sa.func.max(revisions.c.number)))


_NOT_WITHDRAWN = sa.or_(reviews.c.decision.is_(None), reviews.c.decision != "withdraw")


def _numbers() -> sa.Select[Any]:
    newest = sa.func.max(revisions.c.number).label("number")
    return sa.select(revisions.c.entry_id, newest).outerjoin(reviews, reviews.c.revision_id == revisions.c.revision_id)


def _newest(db: Db, numbers: sa.Select[Any]) -> Mapping[str, Revision]:
    wanted = numbers.group_by(revisions.c.entry_id).subquery()
    join = sa.and_(revisions.c.entry_id == wanted.c.entry_id, revisions.c.number == wanted.c.number)
    query = _REVISIONS.join(wanted, join).order_by(revisions.c.entry_id)
    return {row.entry_id: _revision(row) for row in db.execute(query)}


def _revision(row: sa.Row[Any]) -> Revision:
    review = None
    if row.decision is not None:
        review = Review(
            decision=row.decision,
            reviewer=row.reviewer,
            own=row.own,
            comment=row.comment,
            reviewed_at=row.reviewed_at,
        )
    return Revision(
        revision_id=row.revision_id,
        entry_id=row.entry_id,
        number=row.number,
        entry=entry_of(row.content),
        retired=row.retired,
        author=row.author,
        reason=row.reason,
        created_at=row.created_at,
        review=review,
    )
