"""The clinic's own facts: names, hours, numbers, colours, and the placeholders they fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.faq.entry import Region
from bot.faq.phones import dialled, extension_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LINE_KINDS = ("emergency", "urgent", "crisis_call", "crisis_text", "poison")


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A number that a safety card offers as a button; `number` as people write it."""

    kind: str
    number: str
    label: str
    action: Literal["call", "text"] = "call"
    body: str = ""

    @property
    def href(self) -> str:
        """The `tel:` or `sms:` address of what is dialled; `body` prefills the text message."""
        number, extension = dialled(self.number), extension_of(self.number)
        if self.action == "text":
            return f"sms:{number}?&body={self.body}" if self.body else f"sms:{number}"
        return f"tel:{number};ext={extension}" if extension else f"tel:{number}"


@dataclass(frozen=True, slots=True)
class Hours:
    """One day's opening, local time."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Opening:
    """`closes` when the clinic is open now; else `opens` on `day`, `days_ahead` from today; neither when it is shut."""

    day: date
    days_ahead: int
    closes: time | None = None
    opens: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicProfile:
    """Everything that differs from clinic to clinic. `hours` is keyed by weekday name."""

    name: str
    region: Region
    time_zone: str
    phone: str
    email: str
    address: str
    hours: Mapping[str, Hours]
    holidays: Mapping[date, str]
    lines: Mapping[Region, Mapping[str, HelpLine]]
    facts: Mapping[str, str]
    brand_colour: str = "#1f5f8b"
    accepted_error: float = 0.05  # wrong answers among the answers given; the threshold follows from it
    approved_by: str | None = None
    approved_on: date | None = None
    embedding_sites: tuple[str, ...] = ()
    holiday_hours: Mapping[date, Hours] = field(default_factory=dict)

    def line(self, kind: str, region: Region) -> HelpLine:
        """The help line of that kind in `region`; `clinic` is the clinic's own phone."""
        if kind == "clinic":
            return HelpLine("clinic", self.phone, f"Call the clinic, {self.phone}")
        return self.lines[region][kind]

    def placeholders(self, region: Region) -> Mapping[str, str]:
        """What `{{ clinic.x }}` stands for in approved wording, by x."""
        numbers = {kind: self.lines[region][kind].number for kind in LINE_KINDS}
        return {
            **self.facts,
            "name": self.name,
            "phone": self.phone,
            "email": self.email,
            "address": self.address,
            "opening_hours": self.opening_hours(),
            "emergency": numbers["emergency"],
            "urgent_line": numbers["urgent"],
            "crisis_call": numbers["crisis_call"],
            "crisis_text": numbers["crisis_text"],
            "poison_line": numbers["poison"],
        }

    def placeholder_names(self) -> frozenset[str]:
        """Every x that `{{ clinic.x }}` may name."""
        return frozenset(self.placeholders(self.region))

    def opening_hours(self) -> str:
        """The week in a phrase: days with the same hours are run together."""
        runs: list[tuple[str, str, Hours]] = []
        for day in WEEKDAYS:
            today = self.hours.get(day)
            if today is None:
                continue
            joins = runs and runs[-1][2] == today and _follows(runs[-1][1], day)
            if joins:
                runs[-1] = (runs[-1][0], day, today)
            else:
                runs.append((day, day, today))
        phrases = []
        for first, last, hours in runs:
            days = first.title() if first == last else f"{first.title()} to {last.title()}"
            phrases.append(f"{days} {hours.opens:%H:%M} to {hours.closes:%H:%M}")
        return ", ".join(phrases)

    def today(self, now: datetime) -> date:
        """The date at the clinic at `now` (any aware time)."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def hours_on(self, day: date) -> Hours | None:
        """When the clinic is open on `day`; None when it is shut."""
        if day in self.holidays:
            return self.holiday_hours.get(day)
        return self.hours.get(WEEKDAYS[day.weekday()])

    def opening(self, now: datetime) -> Opening:
        """Whether the clinic is open at `now` (any aware time), until when, or when it opens next within two weeks."""
        local = now.astimezone(ZoneInfo(self.time_zone))
        today = self.hours_on(local.date())
        clock = local.time()
        if today and today.opens <= clock < today.closes:
            return Opening(local.date(), 0, closes=today.closes)
        if today and clock < today.opens:
            return Opening(local.date(), 0, opens=today.opens)
        for ahead in range(1, 15):
            day = local.date() + timedelta(days=ahead)
            if hours := self.hours_on(day):
                return Opening(day, ahead, opens=hours.opens)
        return Opening(local.date(), 0)

    def open_now(self, now: datetime) -> str:
        """The same in an English phrase: open until, opens at, or when next."""
        found = self.opening(now)
        if found.closes:
            return f"Open today until {found.closes:%H:%M}"
        if found.opens is None:
            return "Closed now"
        if found.days_ahead == 0:
            return f"Opens today at {found.opens:%H:%M}"
        day = found.day
        when = "tomorrow" if found.days_ahead == 1 else f"on {WEEKDAYS[day.weekday()].title()} {day.day} {day:%B}"
        return f"Closed now. Opens {when} at {found.opens:%H:%M}"


def _follows(earlier: str, later: str) -> bool:
    return WEEKDAYS.index(later) == WEEKDAYS.index(earlier) + 1
