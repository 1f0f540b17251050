"""The audit: who did what to which, with its chain verified, and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import Response, request

from bot.errors import InputError
from bot.staff.accounts import Role
from bot.store.audit import AuditEvent, list_events, verify
from bot.web.pages import desk
from bot.web.sheets import sheet
from bot.web.staff_door import requires, room, staff_page

blueprint = room("staff_audit", "/staff/audit")

A_PAGE = 50
_COLUMNS = ("number", "at (UTC)", "who", "what", "which", "detail", "hash")


@blueprint.get("")
@requires(Role.ADMIN)
def audit() -> Response:
    """A page of the audit, newest first."""
    wanted = _wanted()
    with desk().require_database().read() as db:
        events = list_events(db, **wanted, before=_before(), limit=A_PAGE + 1)
        verdict = verify(db) if request.args.get("verify") else None
    more = events[A_PAGE - 1].number if len(events) > A_PAGE else None
    return staff_page(
        "staff/audit.html", events=events[:A_PAGE], more=more, wanted=wanted, verdict=verdict, said_of=said_of
    )


@blueprint.get("/audit.csv")
@requires(Role.ADMIN)
def audit_file() -> Response:
    """Every line that fits the filters, as CSV."""
    wanted, database = _wanted(), desk().require_database()

    def rows() -> Iterator[tuple[object, ...]]:
        before = None
        while True:
            with database.read() as db:
                events = list_events(db, **wanted, before=before, limit=1000)
            for event in events:
                yield (
                    event.number,
                    event.at.isoformat(),
                    event.actor,
                    event.action,
                    event.subject,
                    json.dumps(event.detail, ensure_ascii=False),
                    event.hash,
                )
            if len(events) < 1000:
                return
            before = events[-1].number

    return sheet("audit.csv", _COLUMNS, rows())


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
    if not text.isdecimal():
        raise InputError(field="before", got=repr(text), allowed="the number of a line")
    return int(text)
