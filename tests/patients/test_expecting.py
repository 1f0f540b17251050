"""What somebody who wrote may expect: never more than the clinic promises, on days when it is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.faq.clinic import ClinicProfile
from bot.faq.files import Loaded
from bot.patients.expecting import FACT, expectation_of, promised_days

FRIDAY_EVENING = datetime(2026, 11, 27, 19, tzinfo=UTC)
TUESDAY_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def clinic(loaded: Loaded) -> ClinicProfile:
    return loaded.release.clinic


def promising(clinic: ClinicProfile, days: str) -> ClinicProfile:
    return replace(clinic, facts={**clinic.facts, FACT: days})


def test_a_clinic_that_promises_nothing_says_only_when_it_is_open(clinic: ClinicProfile) -> None:
    expect = expectation_of(clinic, FRIDAY_EVENING, FRIDAY_EVENING)

    assert expect.answer_by is None
    assert expect.text == (
        "Staff read messages while the clinic is open. Closed now. Opens on Monday 30 November at 08:30. "
        "We cannot say when you will get an answer."
    )
    assert expect.due_at == datetime(2026, 12, 1, 17, 30, tzinfo=UTC)


def test_a_promise_names_the_day_over_a_weekend(clinic: ClinicProfile) -> None:
    expect = expectation_of(promising(clinic, "2"), FRIDAY_EVENING, FRIDAY_EVENING)

    assert expect.answer_by == expect.due_at == datetime(2026, 12, 2, 17, 30, tzinfo=UTC)
    assert expect.text.startswith("You should get an answer by the end of Wednesday 2 December. ")


def test_a_receipt_read_later_promises_what_it_did_and_tells_todays_hours(clinic: ClinicProfile) -> None:
    expect = expectation_of(promising(clinic, "1"), TUESDAY_NOON, FRIDAY_EVENING)

    assert expect.day == date(2026, 11, 25)
    assert expect.open_now.startswith("Closed now")


@pytest.mark.parametrize("days", ["", "0", "31", "two", "-1", "²", "1.5"])
def test_what_is_no_number_of_days_promises_nothing(clinic: ClinicProfile, days: str) -> None:
    assert promised_days(promising(clinic, days)) is None


def test_a_clinic_without_hours_is_never_overdue(clinic: ClinicProfile) -> None:
    assert expectation_of(replace(clinic, hours={}), TUESDAY_NOON, TUESDAY_NOON).due_at is None
