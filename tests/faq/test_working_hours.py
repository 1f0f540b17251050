"""Working time: counted while the clinic is open and at no other time, over nights, holidays and changes of the clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.clinic import ClinicProfile, Hours
from bot.faq.files import Loaded
from bot.faq.working_hours import (
    OpenTime,
    end_of_working_day,
    working_time,
)

# The sample clinic: Monday to Thursday 08:30 to 17:30, Friday to 16:30, London; shut on 25 and 28 December.
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
spans = st.timedeltas(timedelta(), timedelta(hours=200))


@pytest.fixture(scope="module")
def clinic(loaded: Loaded) -> ClinicProfile:
    return loaded.release.clinic


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-24 12:00", 0, "2026-11-24 17:30"),
        ("2026-11-24 12:00", 1, "2026-11-25 17:30"),
        ("2026-11-24 07:00", 1, "2026-11-25 17:30"),
        ("2026-11-24 18:00", 1, "2026-11-26 17:30"),  # after closing time it counts for Wednesday
        ("2026-11-26 12:00", 1, "2026-11-27 16:30"),
        ("2026-11-27 12:00", 1, "2026-11-30 17:30"),
        ("2026-12-24 12:00", 1, "2026-12-29 17:30"),
        ("2026-03-27 12:00", 1, "2026-03-30 16:30"),  # the clocks went forward
    ],
)
def test_the_end_of_a_working_day(clinic: ClinicProfile, start: str, days: int, end: str) -> None:
    assert end_of_working_day(clinic, at(start), days) == at(end)


def test_a_weekend_holds_no_working_time(clinic: ClinicProfile) -> None:
    friday, monday = at("2026-11-27 16:00"), at("2026-11-30 09:00")

    assert working_time(clinic, friday, monday) == timedelta(hours=1)
    assert working_time(clinic, monday, friday) == timedelta()


def test_a_holiday_counts_with_the_hours_it_has(clinic: ClinicProfile) -> None:
    day = at("2026-12-25 12:00")
    short = Hours(datetime(2026, 1, 1, 10).time(), datetime(2026, 1, 1, 12).time())
    half = replace(clinic, holiday_hours={day.date(): short})

    assert end_of_working_day(half, at("2026-12-24 12:00"), 1) == at("2026-12-25 12:00")


def test_a_clinic_that_never_opens_promises_nothing(clinic: ClinicProfile) -> None:
    shut, now = replace(clinic, hours={}), at("2026-11-24 12:00")

    assert end_of_working_day(shut, now, 1) is None
    assert working_time(shut, now, now + timedelta(days=9)) == timedelta()


@given(moments, moments, moments)
def test_working_time_adds_up_and_never_passes_the_clock(
    clinic: ClinicProfile, one: datetime, two: datetime, three: datetime
) -> None:
    first, middle, last = sorted((one, two, three))

    whole = working_time(clinic, first, last)
    assert whole == working_time(clinic, first, middle) + working_time(clinic, middle, last)
    assert whole <= last - first


@given(moments, st.integers(0, 30))
def test_later_days_end_later_and_while_the_clinic_is_open(clinic: ClinicProfile, start: datetime, days: int) -> None:
    end, next_end = end_of_working_day(clinic, start, days), end_of_working_day(clinic, start, days + 1)

    assert end is not None
    assert next_end is not None
    assert start < end < next_end
    second = timedelta(seconds=1)
    assert working_time(clinic, end - second, end + second) == second


@given(start=moments, later=spans, earlier=spans, after=spans)
def test_hours_read_once_tell_what_hours_read_anew_tell(
    clinic: ClinicProfile, start: datetime, later: timedelta, earlier: timedelta, after: timedelta
) -> None:
    known = OpenTime(clinic, start - earlier, start + later + after)

    assert known.between(start, start + later) == working_time(clinic, start, start + later)
    assert known.between(start + later, start) == timedelta()
