"""The audit chain: who did what to which, each line sealed to the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Db
from bot.store.tables_staff import audit
from bot.store.types import canonical, parsed

FIRST = "0" * 64
_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One line: `actor` did `action` to `subject`; `detail` is JSON-ready and holds no patient's contacts."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the chain as it is stored; `detail` is the text that was sealed."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Seal:
    """How far the chain had come when somebody noted its last line, and that line's `hash`."""

    lines: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: `lines` read, the chain's `head`, and the first `fault`, or "" when the chain is whole.

    A chain whose last lines were taken off is whole as well, and so is one that was written anew from some line on:
    only a seal that was kept elsewhere shows that.
    """

    lines: int
    head: str
    fault: str = ""


def record(
    db: Db, *, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, object] | None = None
) -> None:
    """Add a line within the caller's transaction, so that it stands if and only if what it tells of does."""
    if db.dialect.name == "postgresql":  # one writer at a time; in SQLite a writing transaction is alone anyway
        db.execute(sa.text("LOCK TABLE audit IN EXCLUSIVE MODE"))
    last = db.execute(sa.select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.hash) if last else (1, FIRST)
    text = canonical(detail or {})
    line = {"number": number, "at": at, "actor": actor, "action": action, "subject": subject, "detail": text}
    sealed = _sealed(number, at, actor, action, subject, text, previous)
    db.execute(audit.insert().values(**line, previous=previous, hash=sealed))


def verify(db: Db, kept: Seal | None = None) -> Verdict:
    """Read the whole chain and say where it is broken, if it is. Linear; 100,000 lines in about a second."""
    return check_chain(_lines(db), kept)


def check_chain(lines: Iterable[Line], kept: Seal | None = None) -> Verdict:
    """Say where a chain is broken, if it is; `lines` from the first on. It has to agree with a seal that was `kept`."""
    count, previous = 0, FIRST
    for line in lines:
        if line.number != count + 1:
            return Verdict(count, previous, f"line {count + 1} is missing; the next one is {line.number}")
        if line.previous != previous:
            return Verdict(count, previous, f"line {line.number} does not follow the line before it")
        if line.hash != _sealed(line.number, line.at, line.actor, line.action, line.subject, line.detail, previous):
            return Verdict(count, previous, f"line {line.number} was changed after it was written")
        if kept and line.number == kept.lines and line.hash != kept.hash:
            return Verdict(count, previous, f"line {line.number} has another seal than the one that was kept")
        count, previous = line.number, line.hash
    if kept and count < kept.lines:
        gone = f"the last line is {count}; the one with the kept seal, {kept.lines}, was taken off with all between"
        return Verdict(count, previous, gone)
    return Verdict(count, previous)


def list_events(
    db: Db, *, before: int | None = None, action: str = "", actor: str = "", subject: str = "", limit: int = 50
) -> tuple[AuditEvent, ...]:
    """Newest first; `before` a number for the next page; `action` as a beginning, the others whole."""
    query = sa.select(audit).order_by(audit.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.number < before)
    if action:
        # LIKE would take capitals for small letters in SQLite, and not in PostgreSQL.
        query = query.where(sa.func.substr(audit.c.action, 1, len(action)) == action)
    if actor:
        query = query.where(audit.c.actor == actor)
    if subject:
        query = query.where(audit.c.subject == subject)
    return tuple(
        AuditEvent(
            number=row.number,
            at=row.at,
            actor=row.actor,
            action=row.action,
            subject=row.subject,
            detail=parsed(row.detail),
            hash=row.hash,
        )
        for row in db.execute(query)
    )


def _lines(db: Db) -> Iterator[Line]:
    last = 0
    while True:
        query = sa.select(audit).where(audit.c.number > last).order_by(audit.c.number).limit(_BATCH)
        rows = db.execute(query).all()
        if not rows:
            return
        for row in rows:
            yield Line(**row._mapping)
        last = rows[-1].number


def _sealed(number: int, at: datetime, actor: str, action: str, subject: str, detail: str, previous: str) -> str:
    line = canonical([number, at.isoformat(), actor, action, subject, detail, previous])
    return hashlib.sha256(line.encode()).hexdigest()
