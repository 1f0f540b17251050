"""Releases: written once, read for ever; candidates and their gate runs; and which release is live."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from bot.errors import Conflict, InputError, NotReady
from bot.faq.json_form import release_from_plain
from bot.faq.release import Release, plain
from bot.store.database import Db, insert_row
from bot.store.tables import candidates, gate_runs, publications, releases
from bot.store.types import canonical, parsed

Kind = Literal["seed", "publish", "rollback"]
SILENT_S = 45  # a gate run that has not been seen for so long has died
_NO_CONTENT = ("number", "published_at", "content_hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLine:
    """A release in a list. `evidence` is what its gates found, as JSON."""

    number: int
    content_hash: str
    author: str
    note: str
    created_at: datetime
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A release becoming live; `publication_id` rises with each."""

    publication_id: int
    number: int
    kind: Kind
    author: str
    reason: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A release that is not yet one."""

    candidate_id: int
    content_hash: str
    author: str
    note: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRun:
    """A run of a candidate's gates: `evidence` is None while it runs."""

    run_id: int
    candidate_id: int
    started_by: str
    started_at: datetime
    seen_at: datetime
    stage: str
    done: int
    total: int
    ended_at: datetime | None
    evidence: Mapping[str, Any] | None

    def is_silent(self, now: datetime) -> bool:
        """Whether it stopped without an end: its process died."""
        return self.ended_at is None and now - self.seen_at > timedelta(seconds=SILENT_S)

    def is_running(self, now: datetime) -> bool:
        """Whether it has not ended, and its process is alive."""
        return self.ended_at is None and not self.is_silent(now)


def content_of(release: Release) -> bytes:
    """A release's content, compressed; number and date are kept beside it."""
    content = {each.name: plain(getattr(release, each.name)) for each in fields(release)}
    return zlib.compress(
        canonical({name: value for name, value in content.items() if name not in _NO_CONTENT}).encode()
    )


def release_of(content: bytes, *, number: int, published_at: datetime, content_hash: str) -> Release:
    """The release of stored content. Raises NotReady when it is not what was stored, or not what this version reads."""
    try:
        text = zlib.decompress(content)
        values = json.loads(text)
    except (zlib.error, ValueError) as error:
        raise NotReady(f"release {number} is damaged: {error}") from error
    if hashlib.sha256(text).hexdigest() != content_hash:
        raise NotReady(f"release {number} is damaged: its content does not fit its hash")
    known = {"number": number, "published_at": published_at.isoformat(), "content_hash": content_hash}
    try:
        return release_from_plain({**values, **known})
    except InputError as error:  # written by another version of this program
        raise NotReady(f"release {number} cannot be read by this version: {error}") from error


def add_candidate(db: Db, release: Release, *, author: str, note: str, at: datetime) -> int:
    """Its id. The content can never be changed."""
    row = candidates.insert().values(
        content_hash=release.content_hash, content=content_of(release), author=author, note=note, created_at=at
    )
    return insert_row(db, row)


def load_candidate(db: Db, candidate_id: int) -> Release | None:
    """The candidate as a release, numbered as the next one would be; None where there is none of that id."""
    row = db.execute(sa.select(candidates).where(candidates.c.candidate_id == candidate_id)).first()
    if row is None:
        return None
    number = next_number(db)
    return release_of(row.content, number=number, published_at=row.created_at, content_hash=row.content_hash)


def find_candidate(db: Db, candidate_id: int) -> Candidate | None:
    """The candidate of that id, without its content."""
    columns = [column for column in candidates.c if column.name != "content"]
    row = db.execute(sa.select(*columns).where(candidates.c.candidate_id == candidate_id)).first()
    return Candidate(**row._mapping) if row else None


def list_candidates(db: Db, limit: int = 20) -> tuple[Candidate, ...]:
    """Newest first, without their content."""
    columns = [column for column in candidates.c if column.name != "content"]
    query = sa.select(*columns).order_by(candidates.c.candidate_id.desc()).limit(limit)
    return tuple(Candidate(**row._mapping) for row in db.execute(query))


def newest_candidate(db: Db) -> Candidate | None:
    """The one that was made last, without its content."""
    return next(iter(list_candidates(db, 1)), None)


def hold_publishing(db: Db) -> None:
    """Wait until nobody else publishes, up to the end of the transaction."""
    if db.dialect.name == "postgresql":  # in SQLite a writing transaction is alone anyway
        db.execute(sa.text("LOCK TABLE publications IN EXCLUSIVE MODE"))


def begin_gates(db: Db, candidate_id: int, *, author: str, at: datetime) -> int:
    """A new run's id. Raises Conflict while another one of the same candidate is alive."""
    last = last_run(db, candidate_id)
    if last is not None and last.is_running(at):
        raise Conflict(subject=f"candidate {candidate_id}", problem="its gates are running already")
    row = gate_runs.insert().values(
        candidate_id=candidate_id, started_by=author, started_at=at, seen_at=at, stage="waiting", done=0, total=0
    )
    return insert_row(db, row)


def note_progress(db: Db, run_id: int, *, stage: str, done: int, total: int, at: datetime) -> None:
    """Say how far a run is."""
    values = {"stage": stage, "done": done, "total": total, "seen_at": at}
    db.execute(gate_runs.update().where(gate_runs.c.run_id == run_id).values(**values))


def end_gates(db: Db, run_id: int, evidence: Mapping[str, Any], at: datetime) -> None:
    """Store what a run found."""
    values = {"ended_at": at, "seen_at": at, "stage": "done", "evidence": canonical(evidence)}
    db.execute(gate_runs.update().where(gate_runs.c.run_id == run_id).values(**values))


def last_run(db: Db, candidate_id: int) -> GateRun | None:
    """The newest run of a candidate's gates."""
    query = sa.select(gate_runs).where(gate_runs.c.candidate_id == candidate_id).order_by(gate_runs.c.run_id.desc())
    row = db.execute(query.limit(1)).first()
    if row is None:
        return None
    values = dict(row._mapping)
    return GateRun(**{**values, "evidence": parsed(row.evidence) if row.evidence else None})


def add_release(db: Db, release: Release, *, author: str, note: str, evidence: Mapping[str, Any], at: datetime) -> int:
    """The number it got: the next one, whatever `release.number` says."""
    number = next_number(db)
    db.execute(
        releases.insert().values(
            number=number,
            content_hash=release.content_hash,
            content=content_of(release),
            author=author,
            note=note,
            evidence=canonical(evidence),
            created_at=at,
        )
    )
    return number


def next_number(db: Db) -> int:
    """The number that the next release will have."""
    return int(db.execute(sa.select(sa.func.coalesce(sa.func.max(releases.c.number), 0))).scalar_one()) + 1


def load_release(db: Db, number: int) -> Release | None:
    """A release as it was published, or None. Raises NotReady when its content was damaged."""
    row = db.execute(sa.select(releases).where(releases.c.number == number)).first()
    if row is None:
        return None
    return release_of(row.content, number=number, published_at=row.created_at, content_hash=row.content_hash)


def find_release_line(db: Db, number: int) -> ReleaseLine | None:
    """The line of one release, without its content."""
    found = list_releases(db, before=number + 1, limit=1)
    return found[0] if found and found[0].number == number else None


def was_released(db: Db, content_hash: str, *, since: datetime) -> bool:
    """Whether a release of that content was made since then."""
    query = sa.select(releases.c.number).where(releases.c.content_hash == content_hash, releases.c.created_at >= since)
    return db.execute(query.limit(1)).first() is not None


def list_releases(db: Db, *, before: int | None = None, limit: int = 50) -> tuple[ReleaseLine, ...]:
    """Newest first, without their content."""
    columns = [column for column in releases.c if column.name != "content"]
    query = sa.select(*columns).order_by(releases.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(releases.c.number < before)
    return tuple(ReleaseLine(**{**row._mapping, "evidence": parsed(row.evidence)}) for row in db.execute(query))


def publish(db: Db, number: int, *, kind: Kind, author: str, reason: str, at: datetime) -> int:
    """Make a release the live one; the id of the publication."""
    row = publications.insert().values(number=number, kind=kind, author=author, reason=reason, published_at=at)
    return insert_row(db, row)


def find_live(db: Db) -> Publication | None:
    """What is live: the newest publication."""
    row = db.execute(sa.select(publications).order_by(publications.c.publication_id.desc()).limit(1)).first()
    return Publication(**row._mapping) if row else None


def list_publications(db: Db, limit: int = 50) -> tuple[Publication, ...]:
    """Newest first."""
    query = sa.select(publications).order_by(publications.c.publication_id.desc()).limit(limit)
    return tuple(Publication(**row._mapping) for row in db.execute(query))
