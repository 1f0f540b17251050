"""Questions that were left open, each wording once, and what staff made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

import sqlalchemy as sa

from bot.language.normalise import fold, plain_words
from bot.store.database import Db, insert_row
from bot.store.tables_visits import disposed_wordings, dispositions, feedback, turns
from bot.store.types import canonical, parsed

Kind = Literal["phrasing", "entry", "out_of_scope", "golden", "set_aside"]
_NOT_ANSWERED = ("no_match", "illicit", "urgent", "crisis", "emergency")  # what cannot be an unhelpful answer


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A wording without an answer, or with an unhelpful one: `wording` is one of the ways in which it was typed.

    `count` is how often it was asked, `unhelpful` how often its answer (`entry_id`) did not help. `likeness` is its
    sentence vector in half precision, where there is one.
    """

    wording: str
    count: int
    unhelpful: int
    last_asked_at: datetime
    entry_id: str | None = None
    likeness: bytes | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """How many turns without an answer and unhelpful ratings there are, when the last came, and what was decided."""

    since: datetime
    without: int
    last_asked_at: datetime | None
    unhelpful: int
    last_given_at: datetime | None
    last_decision: int
    undone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """What staff made of some wordings at once. `effect` is what else was changed, JSON-ready; `undone_at` when that
    was taken back. `wordings` are empty once patients' words of that time are deleted.
    """

    disposition_id: int
    kind: Kind
    entry_id: str | None
    effect: Mapping[str, Any]
    author: str
    made_at: datetime
    undone_at: datetime | None
    wordings: tuple[str, ...]


@lru_cache(maxsize=20_000)
def words_of(wording: str) -> str:
    """The plain form by which two wordings are the same: case, spaces, punctuation and contractions put aside."""
    return plain_words(wording) or " ".join(fold(wording).split())


def key_of(wording: str) -> str:
    """A hash of the plain form: two wordings of the same words have the same key, and it tells nobody what they are."""
    return hashlib.sha256(words_of(wording).encode()).hexdigest()[:32]


def seen_of(db: Db, *, since: datetime) -> Seen:
    """A value that differs whenever `list_open` may have changed; one cheap query."""
    open_ones = sa.and_(turns.c.outcome == "no_match", turns.c.asked_at >= since)
    bad = feedback.c.helpful.is_(False)
    undone = dispositions.c.undone_at.is_not(None)
    parts = (
        sa.select(sa.func.count()).select_from(turns).where(open_ones),
        sa.select(sa.func.max(turns.c.asked_at)).where(open_ones),
        sa.select(sa.func.count()).select_from(feedback).where(bad),
        sa.select(sa.func.max(feedback.c.given_at)).where(bad),
        sa.select(sa.func.max(dispositions.c.disposition_id)),
        sa.select(sa.func.count()).select_from(dispositions).where(undone),
    )
    row = db.execute(sa.select(*(part.scalar_subquery().label(f"p{place}") for place, part in enumerate(parts)))).one()
    without, last_asked, unhelpful, last_given, last_decision, undone = row
    return Seen(since, without, last_asked, unhelpful, last_given, last_decision or 0, undone)


def list_open(db: Db, *, since: datetime, limit: int) -> tuple[OpenQuestion, ...]:
    """Wordings asked since then without an answer or with an unhelpful one, most asked first; settled ones left out.

    A wording without an answer is settled once staff decided about it; an answer that proves unhelpful after that
    brings it back.
    """
    seen = _open_turns(since).cte("seen")
    settled = (
        sa.select(sa.literal(1))
        .select_from(disposed_wordings.join(dispositions))
        .where(
            disposed_wordings.c.words_key == seen.c.words_key,
            dispositions.c.undone_at.is_(None),
            sa.or_(seen.c.bad == 0, dispositions.c.made_at >= seen.c.asked_at),
        )
    )
    count, last = sa.func.count().label("count"), sa.func.max(seen.c.asked_at).label("last_asked_at")
    grouped = (
        sa.select(
            seen.c.words_key,
            sa.func.min(seen.c.redacted).label("wording"),
            count,
            sa.func.sum(seen.c.bad).label("unhelpful"),
            last,
            sa.func.max(sa.case((seen.c.bad == 1, seen.c.entry_id))).label("entry_id"),
            sa.func.max(seen.c.like_turn).label("like_turn"),
        )
        .where(~settled.exists())
        .group_by(seen.c.words_key)
        .order_by(count.desc(), last.desc(), seen.c.words_key)
        .limit(limit)
        .subquery()
    )
    columns = [column for column in grouped.c if column.name not in ("words_key", "like_turn")]
    query = sa.select(*columns, turns.c.likeness).outerjoin(turns, turns.c.turn_id == grouped.c.like_turn)
    query = query.order_by(grouped.c.count.desc(), grouped.c.last_asked_at.desc(), grouped.c.words_key)
    return tuple(OpenQuestion(**row._mapping) for row in db.execute(query))


def _open_turns(since: datetime) -> sa.CompoundSelect[Any]:
    """The turns that are open, by two indexes: those without an answer, and those with an unhelpful one."""
    like_turn = sa.case((turns.c.likeness.is_not(None), turns.c.turn_id)).label("like_turn")
    columns = (turns.c.words_key, turns.c.redacted, turns.c.asked_at, turns.c.entry_id, like_turn)
    without = sa.select(*columns, sa.literal(0).label("bad"))
    without = without.where(turns.c.outcome == "no_match", turns.c.asked_at >= since)
    bad = sa.select(*columns, sa.literal(1).label("bad")).select_from(feedback.join(turns))
    # Nothing here that an index of turns could serve: the few ratings are to be read first, not all answers.
    bad = bad.where(feedback.c.helpful.is_(False), feedback.c.given_at >= since, turns.c.outcome.not_in(_NOT_ANSWERED))
    return without.union_all(bad)


def dispose(
    db: Db,
    wordings: Sequence[str],
    kind: Kind,
    *,
    entry_id: str | None,
    effect: Mapping[str, Any],
    author: str,
    at: datetime,
) -> int:
    """Take wordings off the list of open questions; the number to undo it by."""
    values = {"kind": kind, "entry_id": entry_id, "effect": canonical(effect), "author": author, "made_at": at}
    number = insert_row(db, dispositions.insert().values(**values))
    known = {key_of(wording): wording for wording in reversed(wordings)}
    rows = [{"disposition_id": number, "words_key": key, "wording": text} for key, text in known.items()]
    db.execute(disposed_wordings.insert(), rows)
    return number


def find_disposition(db: Db, disposition_id: int) -> Disposition | None:
    """What was made of some wordings, by its number."""
    found = _dispositions(db, dispositions.c.disposition_id == disposition_id, 1)
    return found[0] if found else None


def last_decided(db: Db, wordings: Sequence[str]) -> Disposition | None:
    """The last decision about any of these wordings that still stands."""
    keys = {key_of(wording) for wording in wordings}
    mine = sa.select(disposed_wordings.c.disposition_id).where(disposed_wordings.c.words_key.in_(keys))
    found = _dispositions(db, sa.and_(dispositions.c.undone_at.is_(None), dispositions.c.disposition_id.in_(mine)), 1)
    return found[0] if found else None


def list_dispositions(db: Db, *, before: int | None = None, limit: int) -> tuple[Disposition, ...]:
    """What was decided last, or before the one with that id, and still stands, newest first."""
    standing = dispositions.c.undone_at.is_(None)
    older = dispositions.c.disposition_id < before if before is not None else sa.true()
    return _dispositions(db, sa.and_(standing, older), limit)


def undo_disposition(db: Db, disposition_id: int, at: datetime) -> bool:
    """Put the wordings back on the list; False when that was done already."""
    mine = sa.and_(dispositions.c.disposition_id == disposition_id, dispositions.c.undone_at.is_(None))
    return db.execute(dispositions.update().where(mine).values(undone_at=at)).rowcount > 0


def forget_wordings(db: Db, *, before: datetime) -> int:
    """Empty the wordings of what was decided before then; that they were decided about is still known by their keys."""
    old = sa.select(dispositions.c.disposition_id).where(dispositions.c.made_at < before)
    mine = sa.and_(disposed_wordings.c.disposition_id.in_(old), disposed_wordings.c.wording != "")
    return db.execute(disposed_wordings.update().where(mine).values(wording="")).rowcount


def forget_unkept(db: Db, keys: Collection[str] | None = None) -> int:
    """Empty the wordings, or those of these keys, that no kept turn has any longer, however late they were decided."""
    which = disposed_wordings.c.wording != ""
    if keys is not None:
        which = sa.and_(which, disposed_wordings.c.words_key.in_(keys))
    # All turns are looked through only where there is something to forget: a patient waits for this.
    if db.execute(sa.select(sa.literal(1)).select_from(disposed_wordings).where(which).limit(1)).first() is None:
        return 0
    gone = sa.and_(which, disposed_wordings.c.words_key.not_in(sa.select(turns.c.words_key)))
    return db.execute(disposed_wordings.update().where(gone).values(wording="")).rowcount


def _dispositions(db: Db, which: sa.ColumnElement[bool], limit: int) -> tuple[Disposition, ...]:
    newest = sa.select(dispositions).where(which).order_by(dispositions.c.disposition_id.desc()).limit(limit).subquery()
    query = sa.select(newest, disposed_wordings.c.wording).join(
        disposed_wordings, disposed_wordings.c.disposition_id == newest.c.disposition_id
    )
    rows = db.execute(query.order_by(newest.c.disposition_id.desc(), disposed_wordings.c.wording)).all()
    grouped: dict[int, list[sa.Row[Any]]] = {}
    for row in rows:
        grouped.setdefault(row.disposition_id, []).append(row)
    return tuple(_disposition(each) for each in grouped.values())


def _disposition(rows: Sequence[sa.Row[Any]]) -> Disposition:
    values = {name: value for name, value in rows[0]._mapping.items() if name != "wording"}
    wordings = tuple(row.wording for row in rows if row.wording)
    return Disposition(**{**values, "effect": parsed(rows[0].effect), "wordings": wordings})
