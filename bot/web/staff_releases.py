"""Publish: what would change, its gates, the release patients are answered from, and the way back to earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from bot.errors import Conflict, InputError
from bot.faq.difference import Difference, difference
from bot.faq.release import Release
from bot.staff.accounts import Role
from bot.staff.candidates import Standing, load_standing, overdue
from bot.staff.gating import told
from bot.staff.own_content import approve_content
from bot.staff.publishing import Terms, count_of, publish, roll_back
from bot.store.releases import (
    find_live,
    find_release_line,
    last_run,
    list_publications,
    list_releases,
    load_release,
    newest_candidate,
)
from bot.web.gate_process import check_approved
from bot.web.numbers import number_in
from bot.web.pages import desk
from bot.web.staff_differences import compared
from bot.web.staff_door import requires, room, say, say_again, staff, staff_page

blueprint = room("releases", "/staff/releases")
PER_PAGE = 20
WAIVER = "waiver."


@blueprint.get("")
@requires(Role.EDITOR)
def releases() -> Response:
    """Where publishing stands."""
    return _page()


@blueprint.post("/prepare")
@requires(Role.CLINICIAN, Role.ADMIN)
def begin() -> BaseResponse:
    """Make a candidate of everything approved, and start its gates."""
    try:
        check_approved(staff())
    except Conflict as conflict:
        return _page(problem=_sentence(conflict), status=409)
    return redirect("/staff/releases#checks", 303)


@blueprint.get("/progress")
@requires(Role.EDITOR)
def progress() -> Response:
    """How far the gates are, for the page's script; `state` changes when the page has something new to show."""
    with desk().require_database().read() as db:
        newest = newest_candidate(db)
        run = last_run(db, newest.candidate_id) if newest else None
        live = find_live(db)
    served = desk().live.bot
    number = served.release.number if served else 0
    gates = "none" if run is None else "ended" if run.ended_at else "silent" if run.is_silent(desk().now()) else "on"
    state = f"{gates} {run.run_id if run else 0} {live.number if live else 0} {number}"
    stage, done, total = (run.stage, run.done, run.total) if run else ("", 0, 0)
    return jsonify(state=state, stage=stage, done=done, total=total)


@blueprint.post("/publish")
@requires(Role.CLINICIAN, Role.ADMIN)
def put_live() -> BaseResponse:
    """Make the candidate that was shown the live release; on a fault the page again, with what was typed."""
    form = request.form.to_dict()
    waivers = {name.removeprefix(WAIVER): text for name, text in form.items() if name.startswith(WAIVER)}
    terms = Terms(note=form.get("note", ""), waivers=waivers, without_newer=form.get("without_newer") == "yes")
    database = desk().require_database()
    with database.read() as db:
        before = find_live(db)
    try:
        number = publish(database, number_in(form.get("candidate", "")), terms, user=staff(), now=desk().now())
    except InputError as error:
        return _page(typed=form, faults={error.field: f"{error.got}; allowed: {error.allowed}"}, status=422)
    except Conflict as conflict:
        return _page(typed=form, problem=_sentence(conflict), status=409)
    say(f"Release {number} is published.", undo=f"/staff/releases/{before.number}/rollback" if before else "")
    return redirect("/staff/releases", 303)


@blueprint.post("/approve-content")
@requires(Role.CLINICIAN)
def put_name() -> BaseResponse:
    """Put the clinician's name under all answers."""
    form, database = request.form, desk().require_database()
    try:
        count = approve_content(
            database,
            content_hash=form.get("content", ""),
            has_read=form.get("has_read") == "yes",
            user=staff(),
            now=desk().now(),
        )
    except InputError as error:
        return _page(faults={error.field: "Tick this when you have read them."}, status=422)
    except Conflict as conflict:
        return _page(problem=_sentence(conflict), status=409)
    say(f"Your name stands under all {count} answers from the next release on.")
    return redirect("/staff/releases", 303)


@blueprint.post("/<int:number>/rollback")
@requires(Role.CLINICIAN, Role.ADMIN)
def back(number: int) -> BaseResponse:
    """Answer patients from this release again."""
    try:
        before = roll_back(
            desk().require_database(), number, reason=request.form.get("reason", ""), user=staff(), now=desk().now()
        )
    except Conflict as conflict:
        return _page(problem=_sentence(conflict), status=409)
    say(f"Release {number} is live again.", undo=f"/staff/releases/{before.number}/rollback")
    return redirect("/staff/releases", 303)


@blueprint.get("/<int:number>")
@requires(Role.EDITOR)
def release(number: int) -> Response:
    """One release: its evidence, what it holds, and how it differs from another: the one before it, unless named."""
    with desk().require_database().read() as db:
        line, content, live = find_release_line(db, number), load_release(db, number), find_live(db)
        if line is None or content is None or live is None:
            abort(404)
        wanted = number_in(request.args.get("against", "")) or (number - 1 or live.number)
        other = load_release(db, wanted) if wanted != number else None
        published = [each for each in list_publications(db, 500) if each.number == number]
        numbers = [each.number for each in list_releases(db, limit=500) if each.number != number]
        evidence = told(db, line.evidence)
    found = difference(other, content) if other else Difference()
    return staff_page(
        "staff/release.html",
        line=line,
        content=content,
        live_number=live.number,
        published=published,
        numbers=numbers,
        other=other,
        found=found,
        changed=_changed(found, other, content),
        count=count_of(found),
        evidence=evidence,
    )


def _page(
    *,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    now, before = desk().now(), number_in(request.args.get("before", ""))
    with desk().require_database().read() as db:
        standing = load_standing(db, now)
        lines = list_releases(db, before=before or None, limit=PER_PAGE + 1)
        published, live = list_publications(db, 1), find_live(db)
        evidence = told(db, standing.run.evidence or {}) if standing.run else {}
    shown = standing.changes if standing.candidate else standing.waiting
    served, state = desk().live.bot, _state(standing, now)
    live_number, served_number = live.number if live else 0, served.release.number if served else 0
    moving = state == "running" or served_number != live_number
    if moving:
        say_again()
    return staff_page(
        "staff/releases.html",
        status,
        standing=standing,
        run=standing.run,
        state=state,
        moving=moving,
        found=shown,
        changed=_changed(shown, standing.live, standing.release or standing.approved),
        count=count_of(shown),
        waiting=count_of(standing.waiting),
        newer=count_of(standing.newer),
        overdue=overdue(standing.release, now) if standing.release else {},
        evidence=evidence,
        lines=lines[:PER_PAGE],
        before=before,
        more=lines[PER_PAGE - 1].number if len(lines) > PER_PAGE else 0,
        last=published[0] if published else None,
        live_number=live_number,
        served_number=served_number,
        trouble=desk().live.trouble,
        may_publish=staff().is_clinician or staff().is_admin,
        typed=typed or {},
        faults=faults or {},
        problem=problem,
    )


def _state(standing: Standing, now: Any) -> str:
    """What the page is about: nothing, waiting, running, died, failed or passed."""
    if standing.candidate is None or standing.run is None:
        return "waiting" if standing.waiting else "nothing"
    if standing.run.evidence is None:
        return "died" if standing.run.is_silent(now) else "running"
    return "passed" if standing.run.evidence["passed"] else "failed"


def _changed(found: Difference, old: Release | None, new: Release) -> list[tuple[str, str, str, Any]]:
    """Each entry that differs: how, its id, its question, and its fields word by word."""
    rows: list[tuple[str, str, str, Any]] = []
    for kind, ids in (("new", found.entries.added), ("changed", found.entries.changed)):
        for entry_id in ids:
            entry = new.entry(entry_id)
            if entry is not None:
                before = old.entry(entry_id) if old else None
                rows.append((kind, entry_id, entry.question, compared(before, entry, new.topics)))
    for entry_id in found.entries.removed:
        entry = old.entry(entry_id) if old else None
        rows.append(("retired", entry_id, entry.question if entry else entry_id, ()))
    return rows


def _sentence(conflict: Conflict) -> str:
    text = f"{conflict.subject}: {conflict.problem}."
    return text[:1].upper() + text[1:]
