"""From a candidate whose gates have passed to the live release, and back to any earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.errors import Conflict, InputError
from bot.faq.difference import Difference, difference
from bot.faq.release import Release
from bot.staff.accounts import User
from bot.staff.assembly import assemble
from bot.staff.candidates import is_settled, overdue, require_candidate, require_publisher
from bot.store import audit
from bot.store.database import Database, Db
from bot.store.releases import (
    Candidate,
    GateRun,
    Publication,
    add_release,
    find_live,
    find_release_line,
    hold_publishing,
    last_run,
    load_candidate,
)
from bot.store.releases import publish as add_publication

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What somebody says who publishes. `waivers`: why an entry past its review date may go out all the same, by id.

    `without_newer`: they know that what was approved since the candidate was made is not in it.
    """

    note: str = ""
    waivers: Mapping[str, str] = field(default_factory=dict)
    without_newer: bool = False


def publish(database: Database, candidate_id: int, terms: Terms, *, user: User, now: datetime) -> int:
    """Make the candidate the live release; its number. All of it is stored, or nothing.

    Raises Conflict when its gates have not passed, when another release went live since they ran, or when newer
    approvals are not in it and nobody said so; InputError for a waiver that is missing or not needed; Forbidden.
    """
    require_publisher(user, "publish a release")
    note = terms.note.strip()
    if len(note) > LONGEST_NOTE:
        raise InputError(field="note", got=f"{len(note)} characters", allowed=f"at most {LONGEST_NOTE}")
    with database.change() as db:
        hold_publishing(db)
        candidate = require_candidate(db, candidate_id)
        live = find_live(db)
        run = _passed(db, candidate, live)
        release = load_candidate(db, candidate_id)
        if release is None:
            raise Conflict(subject=_named(candidate), problem="its content is not there")
        waivers = _waived(release, terms.waivers, now)
        newer = difference(release, assemble(db, now))
        if newer and not terms.without_newer:
            raise Conflict(
                subject=_named(candidate), problem=f"newer approvals are not in it: {', '.join(names_of(newer))}"
            )
        evidence = {**(run.evidence or {}), "candidate": candidate_id, "run": run.run_id, "waivers": waivers}
        evidence["left_out"] = list(names_of(newer))
        number = add_release(db, release, author=user.name, note=note, evidence=evidence, at=now)
        add_publication(db, number, kind="publish", author=user.name, reason=note, at=now)
        for entry_id, waiver in waivers.items():
            detail = {"release": number, **waiver}
            audit.record(db, at=now, actor=user.name, action="review.waived", subject=entry_id, detail=detail)
        detail = {"candidate": candidate_id, "content": release.content_hash, "note": note}
        detail |= {"waived": list(waivers), "left_out": evidence["left_out"]}
        audit.record(db, at=now, actor=user.name, action="release.published", subject=str(number), detail=detail)
        return number


def roll_back(database: Database, number: int, *, reason: str = "", user: User, now: datetime) -> Publication:
    """Answer patients from an earlier release again; what was live before, so that this can be taken back.

    Raises InputError where there is no such release, Conflict when it is live already, Forbidden.
    """
    require_publisher(user, "roll back")
    with database.change() as db:
        hold_publishing(db)
        line, live = find_release_line(db, number), find_live(db)
        if line is None or live is None:
            raise InputError(field="release", got=str(number), allowed="the number of a release that was published")
        if live.number == number:
            raise Conflict(subject=f"release {number}", problem="it is live already")
        add_publication(db, number, kind="rollback", author=user.name, reason=reason.strip()[:LONGEST_NOTE], at=now)
        detail = {"from": live.number, "content": line.content_hash, "reason": reason.strip()[:LONGEST_NOTE]}
        audit.record(db, at=now, actor=user.name, action="release.rolled_back", subject=str(number), detail=detail)
        return live


def names_of(found: Difference) -> tuple[str, ...]:
    """What differs, in a word or two each: entries by id, everything else by what it is."""
    names = [*found.entries.added, *found.entries.removed, *found.entries.changed]
    pieces = ("topics", "rules", "vocabulary", "clinic", "background", "harmless", "corrections")
    return (*names, *(f"({name})" for name in pieces if getattr(found, name)))


def count_of(found: Difference) -> int:
    """How many changes that is, each entry and each other piece counting one."""
    return len(names_of(found))


def _passed(db: Db, candidate: Candidate, live: Publication | None) -> GateRun:
    run = last_run(db, candidate.candidate_id)
    evidence = run.evidence if run else None
    if run is None or evidence is None:
        raise Conflict(subject=_named(candidate), problem="its gates have not run to the end")
    if not evidence["passed"] or evidence["content"] != candidate.content_hash:
        failed = ", ".join(gate["name"] for gate in evidence["gates"] if not gate["passed"])
        raise Conflict(subject=_named(candidate), problem=f"its gates did not pass: {failed or 'other content'}")
    if live is not None and is_settled(db, candidate):
        problem = f"release {live.number} went live since its gates ran; run them again"
        raise Conflict(subject=_named(candidate), problem=problem)
    return run


def _waived(release: Release, waivers: Mapping[str, str], now: datetime) -> dict[str, dict[str, Any]]:
    """The waivers as evidence, each with the date it overrides."""
    late = overdue(release, now)
    given = {entry_id: reason.strip()[:LONGEST_NOTE] for entry_id, reason in waivers.items() if reason.strip()}
    for entry_id in given.keys() - late.keys():
        raise InputError(field=f"waiver of {entry_id}", got="a reason", allowed="entries past their review date")
    for entry_id in late:
        if entry_id not in given:
            allowed = f"a reason why it may go out although it was due for review on {late[entry_id]}"
            raise InputError(field=f"waiver of {entry_id}", got="no reason", allowed=allowed)
    return {entry_id: {"reason": given[entry_id], "review_by": late[entry_id].isoformat()} for entry_id in late}


def _named(candidate: Candidate) -> str:
    return f"candidate {candidate.candidate_id}"
