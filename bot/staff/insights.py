"""What patients asked in some days and what came of it, in figures; nothing that anybody wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.faq.clinic import ClinicProfile
from bot.staff.answer_times import AnswerTimes, answer_times
from bot.store.database import Db
from bot.store.inbox import list_courses
from bot.store.tallies import Count, first_day, load_channels, load_days, load_values

Step = Literal["day", "week", "month"]
MOST_DAYS, MOST_WEEKS = 92, 105  # shown one by one; of more, the next longer step
NOTHING = Count()
ANSWERED, HELPED = ("answer", "decision"), ("illicit", "urgent", "crisis", "emergency")
GRAVE = ("emergency", "crisis", "urgent")


@dataclass(frozen=True, slots=True)
class Period:
    """Days by the clinic's calendar, `first` and `last` among them."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def step(self) -> Step:
        """What is shown together, so that there is never too much to see."""
        if self.length <= MOST_DAYS:
            return "day"
        return "week" if self.length <= 7 * MOST_WEEKS else "month"

    @property
    def days(self) -> Iterator[date]:
        """Each of its days."""
        return (self.first + timedelta(days=number) for number in range(self.length))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins, and when it is over."""
        ends = (self.first, self.last + timedelta(days=1))
        begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in ends)
        return begin, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that the page tells.

    `days` are by day and outcome, `hours` by hour ("07"), `entries` by id, `sureties` by outcome and confidence band;
    `channels` are all places, by channel and outcome, whichever of them the rest is about. `counted_from` is the first
    day of the period, or a later one where nothing was counted before it.
    """

    period: Period
    days: Mapping[date, Mapping[str, Count]]
    outcomes: Mapping[str, Count]
    hours: Mapping[str, Count]
    entries: Mapping[str, Count]
    sureties: Mapping[str, Count]
    answers: AnswerTimes
    channels: Mapping[str, Mapping[str, Count]]
    counted_from: date

    @property
    def counted_days(self) -> tuple[date, ...]:
        """The days that an average is of; at least one."""
        return tuple(day for day in self.period.days if day >= self.counted_from) or (self.period.last,)

    @property
    def total(self) -> Count:
        """All that was asked."""
        return together(self.outcomes)

    @property
    def answered(self) -> int:
        """How many questions were answered, or led to help."""
        return asked(self.outcomes, *ANSWERED, *HELPED)

    @property
    def flags(self) -> int:
        """How many questions raised a red flag."""
        return asked(self.outcomes, *GRAVE)

    def by_step(self, step: Step) -> Mapping[date, Mapping[str, Count]]:
        """Its outcomes by the first day of each step, without a gap; the first and the last step may be cut short."""
        found: dict[date, list[Mapping[str, Count]]] = {}
        for day in self.period.days:
            found.setdefault(max(begin_of(day, step), self.period.first), []).append(self.days.get(day, {}))
        return {begin: summed(counts) for begin, counts in found.items()}


def look_at_insights(
    db: Db, period: Period, channel: str, clinic: ClinicProfile | None, whole: Period | None
) -> Figures:
    """The figures of a period at one place, or at all where `channel` is ""; six queries.

    `whole` is the period of which anything is known, see `whole_period`.
    """
    since, until = period.bounds(zone_of(clinic))
    where = (period.first, period.last, channel)
    days = load_days(db, *where)
    return Figures(
        period=period,
        days=days,
        outcomes=summed(days.values()),
        hours=load_values(db, "hour", *where),
        entries=load_values(db, "entry", *where),
        sureties=load_values(db, "surety", *where),
        channels=load_channels(db, period.first, period.last),
        counted_from=max(period.first, whole.first) if whole else period.first,
        answers=answer_times(list_courses(db, since=since, until=until, channel=channel), clinic),
    )


def whole_period(db: Db, today: date) -> Period | None:
    """From the first day of which anything is known until today; None where nothing is."""
    first = first_day(db)
    return None if first is None else Period(first, max(first, today))


def zone_of(clinic: ClinicProfile | None) -> ZoneInfo:
    """The zone whose days count."""
    return ZoneInfo(clinic.time_zone if clinic else "UTC")


def begin_of(day: date, step: Step) -> date:
    """The first day of a day's week, which begins on Monday, or month."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def asked(counts: Mapping[str, Count], *values: str) -> int:
    """How many were asked of those."""
    return sum(counts.get(value, NOTHING).asked for value in values)


def summed(counts: Iterable[Mapping[str, Count]]) -> Mapping[str, Count]:
    """All of them, by value."""
    found: dict[str, Count] = {}
    for each in counts:
        for value, count in each.items():
            found[value] = found[value] + count if value in found else count
    return found


def together(counts: Mapping[str, Count]) -> Count:
    """All of them."""
    return sum(counts.values(), NOTHING)


def share(part: int, whole: int) -> float | None:
    """A share, 0 to 1; None of nothing."""
    return part / whole if whole else None
