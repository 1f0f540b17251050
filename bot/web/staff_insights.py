"""Insights: what patients asked in some days and what came of it, in pictures, tables and files; nobody's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Response, abort, request

from bot.errors import InputError, InputErrors
from bot.staff.accounts import Role
from bot.staff.insight_tables import PLACES, TABLES
from bot.staff.insights import Period, look_at_insights, whole_period, zone_of
from bot.web.inbox_words import span
from bot.web.insight_pictures import pictures_of, plain, shown
from bot.web.pages import desk
from bot.web.sheets import sheet
from bot.web.staff_clock import clinic_now
from bot.web.staff_door import requires, room, staff_page

blueprint = room("staff_insights", "/staff/insights")

RANGES = {"7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days", "all": "Everything"}
USUAL = "30"
_EARLIEST = date(2000, 1, 1)
_A_DAY = "a day such as 2026-11-24"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is looked at. `days` is one of RANGES, or "" for days of one's own; `place` a channel, or "" for all."""

    period: Period
    days: str
    place: str

    def query(self, **other: str) -> str:
        """The same as part of an address, but for what is named."""
        own = {"days": self.days} if self.days else {"from": str(self.period.first), "to": str(self.period.last)}
        values = {**(own if "days" not in other else {}), "place": self.place, **other}
        return urlencode({name: value for name, value in values.items() if value})


@blueprint.get("")
@requires(Role.EDITOR)
def insights() -> Response:
    """All the pictures. A form that cannot be used comes back as it was typed, with the usual days below it."""
    clinic = clinic_now()
    faults: dict[str, str] = {}
    with desk().require_database().read() as db:
        whole = whole_period(db, _today())
        try:
            chosen = _chosen(whole)
        except InputError as error:
            found = error.faults if isinstance(error, InputErrors) else (error,)
            faults = {each.field: each.allowed for each in found}
            chosen = Chosen(period=_last(int(USUAL)), days=USUAL, place="")
        figures = look_at_insights(db, chosen.period, chosen.place, clinic, whole) if whole else None
    live = desk().live.bot
    return staff_page(
        "staff/insights.html",
        422 if faults else 200,
        chosen=chosen,
        whole=whole,
        figures=figures,
        pictures=pictures_of(figures, live.release if live else None) if figures else {},
        ranges=RANGES,
        places=PLACES,
        typed=request.args if faults else {"from": str(chosen.period.first), "to": str(chosen.period.last)},
        faults=faults,
        today=_today(),
        has_hours=bool(clinic and clinic.hours),
        kept_days=desk().settings.handoff_retention_days,
        shown=shown,
        span=span,
    )


@blueprint.get("/<name>.csv")
@requires(Role.EDITOR)
def file(name: str) -> Response:
    """One of the tables as CSV."""
    if name not in TABLES:
        abort(404)
    with desk().require_database().read() as db:
        whole = whole_period(db, _today())
        chosen = _chosen(whole)
        figures = look_at_insights(db, chosen.period, chosen.place, clinic_now(), whole)
    live = desk().live.bot
    table = TABLES[name](figures, live.release if live else None)
    stem = "-".join(filter(None, ("insights", name, chosen.place, f"{chosen.period.first}", f"{chosen.period.last}")))
    return sheet(f"{stem}.csv", table.columns, ([plain(cell) for cell in row] for row in table.rows))


def _chosen(whole: Period | None) -> Chosen:
    """What the address asks for. Raises InputErrors where days cannot be used."""
    place, days = request.args.get("place", ""), request.args.get("days", "")
    if place not in ("", *PLACES):
        abort(404)
    if request.args.get("from") or request.args.get("to"):
        return Chosen(period=_own_days(request.args, whole), days="", place=place)
    days = days or USUAL
    if days not in RANGES:
        abort(404)
    period = (whole or _last(int(USUAL))) if days == "all" else _last(int(days))
    return Chosen(period=period, days=days, place=place)


def _own_days(typed: Mapping[str, str], whole: Period | None) -> Period:
    last, last_fault = _day(typed, "to", _today())
    first, first_fault = _day(typed, "from", min(whole.first, last) if whole else last)
    if faults := tuple(filter(None, (first_fault, last_fault))):
        raise InputErrors(faults)
    if first > last:
        raise InputErrors((InputError(field="to", got=str(last), allowed="the same day as “From” or a later one"),))
    return Period(first, last)


def _day(typed: Mapping[str, str], field: str, usual: date) -> tuple[date, InputError | None]:
    text = typed.get(field, "").strip()[:40]
    try:
        day = date.fromisoformat(text) if text else usual
    except ValueError:
        return usual, InputError(field=field, got=repr(text), allowed=_A_DAY)
    if not _EARLIEST <= day <= _today():
        return usual, InputError(field=field, got=str(day), allowed="a day from the year 2000 on, up to today")
    return day, None


def _last(days: int) -> Period:
    return Period(_today() - timedelta(days=days - 1), _today())


def _today() -> date:
    return desk().now().astimezone(zone_of(clinic_now())).date()
