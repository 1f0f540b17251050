"""Working time: when a clinic is open next, the end of its n-th working day, and how much open time has passed.

A working day is a day on which the clinic opens at all; holidays count with the hours they have. All times that come in
and go out are aware; hours are read in the clinic's own zone, so that a change of the clocks is kept to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count, islice, takewhile
from zoneinfo import ZoneInfo

from bot.faq.clinic import ClinicProfile

_LONGEST_SHUT_DAYS = 400  # a clinic that does not open within a year has no hours that anybody could be told


def open_spans(clinic: ClinicProfile, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When the clinic opens and closes, in UTC, day after day; the first span is the one that ends after `start`."""
    zone = ZoneInfo(clinic.time_zone)
    first = start.astimezone(zone).date()
    last_open = -1
    for ahead in count():
        if ahead - last_open > _LONGEST_SHUT_DAYS:
            return
        day = first + timedelta(days=ahead)
        hours = clinic.hours_on(day)
        if hours is None or hours.opens >= hours.closes:
            continue
        last_open = ahead
        opens, closes = (datetime.combine(day, at, zone).astimezone(UTC) for at in (hours.opens, hours.closes))
        if closes > start:
            yield opens, closes


def end_of_working_day(clinic: ClinicProfile, start: datetime, days: int) -> datetime | None:
    """When the clinic closes on the `days`-th working day after the one on which `start` counts as come in.

    What comes in after closing time counts for the next working day. None when there are not so many.
    """
    closings = (closes for _, closes in open_spans(clinic, start))
    return next(islice(closings, days, None), None)


def working_time(clinic: ClinicProfile, start: datetime, end: datetime) -> timedelta:
    """How long the clinic was open between the two; nothing when `end` is not after `start`."""
    passed = timedelta()
    for opens, closes in open_spans(clinic, start):
        if opens >= end:
            break
        passed += max(timedelta(), min(closes, end) - max(opens, start))
    return passed


class OpenTime:
    """Working time between any two moments from `start` to `end`; the hours are read once, for thousands of spans."""

    def __init__(self, clinic: ClinicProfile, start: datetime, end: datetime) -> None:
        spans = tuple(takewhile(lambda span: span[0] < end, open_spans(clinic, start)))
        self._spans = spans
        self._opens = [opens for opens, _ in spans]
        self._before = list(accumulate((closes - opens for opens, closes in spans), initial=timedelta()))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How long the clinic was open between the two; nothing when `end` is not after `start`."""
        return max(timedelta(), self._until(end) - self._until(start))

    def _until(self, moment: datetime) -> timedelta:
        begun = bisect_right(self._opens, moment)
        if not begun:
            return timedelta()
        opens, closes = self._spans[begun - 1]
        return self._before[begun - 1] + min(closes, moment) - opens
