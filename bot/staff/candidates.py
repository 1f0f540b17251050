"""Release candidates: all that is approved now as one release, ready for its gates; and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.errors import Conflict, Forbidden, InputError
from bot.faq.difference import Difference, difference
from bot.faq.release import Release
from bot.staff.accounts import Role, User
from bot.staff.assembly import assemble
from bot.store import audit
from bot.store.database import Database, Db
from bot.store.releases import (
    Candidate,
    GateRun,
    add_candidate,
    begin_gates,
    find_candidate,
    find_live,
    hold_publishing,
    last_run,
    load_candidate,
    load_release,
    newest_candidate,
    was_released,
)

NO_DIFFERENCE = Difference()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where publishing stands: what is live, what is approved now, and the newest candidate with its gates.

    `waiting` is what differs from the live release; `newer` is what was approved since the candidate was made.
    """

    live: Release | None
    approved: Release
    waiting: Difference
    candidate: Candidate | None = None
    release: Release | None = None
    changes: Difference = NO_DIFFERENCE
    newer: Difference = NO_DIFFERENCE
    run: GateRun | None = None


def prepare(database: Database, *, user: User, now: datetime) -> int:
    """The id of a candidate of all that is approved, with a gate run begun for it.

    The same content gives the same candidate. Raises Conflict when nothing differs from the live release or its gates
    are running, Forbidden for who may not publish.
    """
    require_publisher(user, "prepare a release")
    with database.change() as db:
        hold_publishing(db)
        release = assemble(db, now)
        live = load_live(db)
        if live is not None and live.content_hash == release.content_hash:
            raise Conflict(subject="release", problem=f"nothing differs from release {live.number}, which is live")
        newest = newest_candidate(db)
        if newest is not None and newest.content_hash == release.content_hash:
            candidate_id = newest.candidate_id
        else:
            candidate_id = add_candidate(db, release, author=user.name, note="", at=now)
            detail = {"content": release.content_hash, "entries": len(release.entries)}
            audit.record(db, at=now, actor=user.name, action="candidate.made", subject=str(candidate_id), detail=detail)
        begin_gates(db, candidate_id, author=user.name, at=now)
        return candidate_id


def load_standing(db: Db, now: datetime) -> Standing:
    """Where publishing stands. A candidate whose content is live, or was made before that, is no longer one."""
    live, approved = load_live(db), assemble(db, now)
    waiting = difference(live, approved) if live else NO_DIFFERENCE
    newest = newest_candidate(db)
    release = load_candidate(db, newest.candidate_id) if newest else None
    if newest is None or release is None or is_settled(db, newest):
        return Standing(live=live, approved=approved, waiting=waiting)
    return Standing(
        live=live,
        approved=approved,
        waiting=waiting,
        candidate=newest,
        release=release,
        changes=difference(live, release) if live else NO_DIFFERENCE,
        newer=difference(release, approved),
        run=last_run(db, newest.candidate_id),
    )


def is_settled(db: Db, candidate: Candidate) -> bool:
    """Whether the candidate was published already, or something else went live since its gates last began."""
    live, run = find_live(db), last_run(db, candidate.candidate_id)
    if live is None or run is None:
        return False
    if run.evidence is not None and run.evidence["live"] != live.number:
        return True
    return live.published_at > run.started_at or was_released(db, candidate.content_hash, since=run.started_at)


def is_checking(db: Db, now: datetime) -> bool:
    """Whether the gates of the newest candidate are running."""
    newest = newest_candidate(db)
    run = last_run(db, newest.candidate_id) if newest else None
    return run is not None and run.is_running(now)


def load_live(db: Db) -> Release | None:
    """The live release. Raises NotReady when it is damaged."""
    live = find_live(db)
    return load_release(db, live.number) if live else None


def require_candidate(db: Db, candidate_id: int) -> Candidate:
    """The candidate. Raises InputError where there is none."""
    found = find_candidate(db, candidate_id)
    if found is None:
        raise InputError(field="candidate", got=str(candidate_id), allowed="the number of a candidate")
    return found


def overdue(release: Release, now: datetime) -> dict[str, date]:
    """The entries that are past their review date today, at the clinic, with that date."""
    today = release.clinic.today(now)
    return {entry.id: entry.review_by for entry in release.entries if entry.review_by < today}


def require_publisher(user: User, action: str) -> None:
    """Raises Forbidden unless the user may publish."""
    if not (user.may(Role.CLINICIAN) or user.may(Role.ADMIN)):
        raise Forbidden(action=action, needs="a clinician or an admin")
