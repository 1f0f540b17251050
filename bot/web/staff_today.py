"""Where staff begin: what to look at today, and the questions that patients asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from flask import Response, abort, request

from bot.reply.types import Outcome
from bot.staff.accounts import Role
from bot.staff.inbox import MAY_OPEN, most_urgent
from bot.staff.today import MOST_LINES, WEEK, first_steps, look_at_today
from bot.store.outbox import depth
from bot.store.visits import Shown, Turn, list_turns
from bot.web.pages import desk
from bot.web.staff_clock import clinic_now
from bot.web.staff_door import requires, room, staff, staff_page
from bot.web.staff_inbox import time_words
from bot.web.staff_unanswered import open_questions

blueprint = room("staff_today")

PER_PAGE = 50


@blueprint.get("/")
@requires(Role.EDITOR)
def today() -> Response:
    """The day's work, each line leading to where it is done."""
    bot = desk().live.bot
    kept, clinic = timedelta(days=desk().settings.retention_days), clinic_now()
    found = look_at_today(desk().require_database(), open_questions(), bot, desk().now(), kept, staff())
    with desk().require_database().read() as db:
        undelivered = depth(db)["dead"]
        inbox = most_urgent(db, clinic=clinic, now=desk().now(), limit=MOST_LINES)
    return staff_page(
        "staff/today.html",
        today=found,
        begun=first_steps(found, bot.release if bot else None),
        most_lines=MOST_LINES,
        week=(desk().now() - WEEK).strftime("%Y-%m-%dT%H:%M:%SZ"),
        retention_days=desk().settings.retention_days,
        undelivered=undelivered,
        inbox=inbox,
        inbox_waiting=lambda: inbox.waiting,  # the menu need not count them again
        may_open=any(staff().may(role) for role in MAY_OPEN),
        **time_words(clinic),
        trouble=desk().live.trouble or ("" if bot else desk().live.reason),
    )


@blueprint.get("/turns")
@requires(Role.EDITOR)
def turns() -> Response:
    """Patients' questions without their personal details, newest first: all, or those that fit the filters."""
    outcome, entry_id = request.args.get("outcome", ""), request.args.get("entry", "")[:80]
    if outcome and outcome.upper() not in Outcome.__members__:
        abort(404)
    unhelpful, words, day = request.args.get("helped") == "no", request.args.get("words", "").strip()[:200], _day()
    since = _moment(request.args.get("since", ""))
    with desk().require_database().read() as db:
        found = list_turns(
            db,
            outcome=outcome,
            entry_id=entry_id,
            unhelpful=unhelpful,
            day=day,
            since=since,
            words=words,
            before=_before(),
            limit=PER_PAGE + 1,
        )
    chosen = {"outcome": outcome, "entry": entry_id, "helped": "no" if unhelpful else ""}
    chosen["since"] = request.args["since"] if since else ""
    chosen |= {"day": day.isoformat() if day else "", "words": words}
    live = desk().live.bot
    entries = {entry.id: entry.question for entry in live.release.entries} if live else {}
    return staff_page(
        "staff/turns.html",
        turns=found[:PER_PAGE],
        more=_last_of(found[PER_PAGE - 1]) if len(found) > PER_PAGE else "",
        chosen=chosen,
        since=since,
        query=urlencode({name: value for name, value in chosen.items() if value}),
        outcomes=[("", "Any"), *((each.word, each.word.replace("_", " ")) for each in sorted(Outcome, reverse=True))],
        entries=entries,
        retention_days=desk().settings.retention_days,
    )


def _day() -> date | None:
    """The day that is asked for; none where it cannot be read, as an old bookmark must not fail."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _last_of(turn: Turn) -> str:
    return f"{turn.asked_at.isoformat()} {turn.turn_id}"


def _before() -> Shown | None:
    """The last turn that was shown already."""
    time, _, turn_id = request.args.get("before", "").partition(" ")
    at = _moment(time)
    return Shown(at, turn_id[:64]) if at else None


def _moment(text: str) -> datetime | None:
    """The time that is written there, of UTC unless it says otherwise; none where it cannot be read."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
