"""Times of the inbox in words: how long in opening hours, and days by the clinic's own clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.faq.clinic import ClinicProfile
from bot.staff.inbox import Line

EVENTS = {
    "received": "sent it",
    "seen": "opened it first",
    "assigned": "gave it to",
    "note": "noted",
    "reply": "replied",
    "answered": "marked it as answered",
    "closed": "closed it",
    "reopened": "opened it again",
    "erased": "erased what it said",
    "exported": "exported it",
}


def span(time: timedelta) -> str:
    """A span as people say it: 5 min, 3 h 20 min, 14 h."""
    minutes = int(time.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 10 or (hours and not rest):
        return f"{hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def local(at: datetime, clinic: ClinicProfile | None, now: datetime) -> str:
    """A moment by the clinic's clock: today, 17:00; Thu 26 Nov, 17:00."""
    zone = ZoneInfo(clinic.time_zone) if clinic else ZoneInfo("UTC")
    there, today = at.astimezone(zone), now.astimezone(zone).date()
    days = {0: "today", 1: "tomorrow", -1: "yesterday"}
    day = days.get((there.date() - today).days, f"{there:%a} {there.day} {there:%b}")
    year = f" {there.year}" if there.year != today.year and not day.isalpha() else ""
    return f"{day}{year}, {there:%H:%M}"


def due(line: Line, clinic: ClinicProfile | None, now: datetime) -> str:
    """By when it is to be answered, or for how long it is overdue."""
    if not line.waits:
        return ""
    if line.late is not None:
        return f"{span(line.late)} late" if line.late >= timedelta(minutes=1) else "just overdue"
    return f"by {local(line.handoff.due_at, clinic, now)}" if line.handoff.due_at else ""
