"""The audit: who did what to which, with its chain verified, and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice

from flask import Response, request

from bot.errors import InputError
from bot.staff.accounts import Role
from bot.store.audit import AuditEvent, list_events, verify
from bot.store.database import Database
from bot.web.numbers import bounded
from bot.web.pages import desk
from bot.web.sheets import sheet
from bot.web.staff_door import requires, room, staff_page

blueprint = room("staff_audit", "/staff/audit")

A_PAGE = 50
A_TIME = 1_000  # lines that are read at once
_COLUMNS = ("number", "at (UTC)", "who", "what", "which", "detail", "hash")


@blueprint.get("")
@requires(Role.ADMIN)
def audit() -> Response:
    """A page of the audit, newest first."""
    wanted, database = _wanted(), desk().require_database()
    at_once = A_TIME if any(wanted.values()) else A_PAGE + 1
    events = tuple(islice(_matching(database, wanted, _before(), at_once), A_PAGE + 1))
    with database.read() as db:
        known = list_events(db, limit=A_TIME)
        verdict = verify(db) if request.args.get("verify") else None
    more = events[A_PAGE - 1].number if len(events) > A_PAGE else None
    return staff_page(
        "staff/audit.html",
        events=events[:A_PAGE],
        more=more,
        wanted=wanted,
        verdict=verdict,
        said_of=said_of,
        actors=sorted({each.actor for each in known}, key=str.casefold),
        actions=sorted({each.action for each in known}),
    )


@blueprint.get("/audit.csv")
@requires(Role.ADMIN)
def audit_file() -> Response:
    """Every line that fits the filters, as CSV."""
    wanted, database = _wanted(), desk().require_database()

    def rows() -> Iterator[tuple[object, ...]]:
        for event in _matching(database, wanted, None, A_TIME):
            yield (
                event.number,
                event.at.isoformat(),
                event.actor,
                event.action,
                event.subject,
                json.dumps(event.detail, ensure_ascii=False),
                event.hash,
            )

    return sheet("audit.csv", _COLUMNS, rows())


def _matching(database: Database, wanted: Mapping[str, str], before: int | None, at_once: int) -> Iterator[AuditEvent]:
    """The lines that fit, newest first; so many are read at once, and nothing is held open while they are handed out.

    They are compared here: databases fold capitals each in its own way, and some only those of English.
    """
    while True:
        with database.read() as db:
            events = list_events(db, before=before, limit=at_once)
        yield from (event for event in events if _fits(event, wanted))
        if len(events) < at_once:
            return
        before = events[-1].number


def _fits(event: AuditEvent, wanted: Mapping[str, str]) -> bool:
    return all(part.casefold() in getattr(event, name).casefold() for name, part in wanted.items())


def said_of(event: AuditEvent) -> str:
    """The detail in a line."""
    return ", ".join(f"{name}: {_short(value)}" for name, value in event.detail.items())


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _wanted() -> dict[str, str]:
    return {name: request.args.get(name, "").strip()[:200] for name in ("action", "actor", "subject")}


def _before() -> int | None:
    text = request.args.get("before", "")
    if not text:
        return None
    try:
        return bounded(text)
    except ValueError as error:
        raise InputError(field="before", got=repr(text[:20]), allowed="the number of a line") from error
