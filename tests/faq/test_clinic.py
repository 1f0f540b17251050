"""The clinic's facts: how hours are said, when it is open, and what cannot be saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from bot.faq.clinic import WEEKDAYS, ClinicProfile, HelpLine, Hours
from bot.faq.clinic_checks import LONGEST, profile_faults
from bot.faq.entry import Region
from bot.faq.files import Loaded

DAY = Hours(time(9), time(17, 30))
SHORT = Hours(time(9), time(12))


@pytest.fixture
def clinic(loaded: Loaded) -> ClinicProfile:
    """Open from Monday to Thursday and on Friday morning, in London; shut on one Wednesday, shorter on the next day."""
    return replace(
        loaded.release.clinic,
        time_zone="Europe/London",
        hours={**dict.fromkeys(WEEKDAYS[:4], DAY), "friday": SHORT},
        holidays={date(2026, 12, 16): "Moving", date(2026, 12, 17): "Party"},
        holiday_hours={date(2026, 12, 17): SHORT},
    )


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({}, ""),
        ({"monday": DAY}, "Monday 09:00 to 17:30"),
        (
            {**dict.fromkeys(WEEKDAYS[:4], DAY), "friday": SHORT},
            "Monday to Thursday 09:00 to 17:30, Friday 09:00 to 12:00",
        ),
        ({"monday": DAY, "wednesday": DAY}, "Monday 09:00 to 17:30, Wednesday 09:00 to 17:30"),
        (dict.fromkeys(("sunday", "saturday"), SHORT), "Saturday to Sunday 09:00 to 12:00"),
    ],
)
def test_days_alike_are_said_together(clinic: ClinicProfile, hours: dict[str, Hours], said: str) -> None:
    assert replace(clinic, hours=hours).opening_hours() == said


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-12-14 08:59", "Opens today at 09:00"),
        ("2026-12-14 09:00", "Open today until 17:30"),
        ("2026-12-14 17:29", "Open today until 17:30"),
        ("2026-12-14 17:30", "Closed now. Opens tomorrow at 09:00"),
        ("2026-12-15 18:00", "Closed now. Opens on Thursday 17 December at 09:00"),
        ("2026-12-17 12:00", "Closed now. Opens tomorrow at 09:00"),
        ("2026-12-18 13:00", "Closed now. Opens on Monday 21 December at 09:00"),
        ("2026-07-14 08:30", "Open today until 17:30"),  # in summer London's clock is an hour ahead
    ],
)
def test_it_is_said_when_the_clinic_is_open_or_opens_next(clinic: ClinicProfile, now: str, said: str) -> None:
    assert clinic.open_now(datetime.fromisoformat(now).replace(tzinfo=UTC)) == said


def test_a_clinic_that_never_opens_says_no_day(clinic: ClinicProfile) -> None:
    assert replace(clinic, hours={}).open_now(datetime(2026, 7, 14, 12, tzinfo=UTC)) == "Closed now"


@pytest.mark.parametrize(
    ("number", "href"),
    [
        ("111", "tel:111"),
        ("116 123", "tel:116123"),
        ("1-800-222-1222", "tel:18002221222"),
        ("020 7946 0123", "tel:02079460123"),
        ("+44 (0)20 7946-0123", "tel:+442079460123"),
        ("020 7946 0123 ext 4", "tel:02079460123;ext=4"),
        ("111 (option 2)", "tel:111"),
    ],
)
def test_a_button_dials_the_number_and_nothing_else(number: str, href: str) -> None:
    assert HelpLine("urgent", number, "Call").href == href


def test_numbers_can_be_texted_as_they_are_written() -> None:
    assert HelpLine("crisis_text", "85 258", "Text", "text", "SHOUT").href == "sms:85258?&body=SHOUT"
    assert HelpLine("crisis_text", "85258", "Text", "text").href == "sms:85258"


@pytest.mark.parametrize("field", sorted(LONGEST))
def test_a_fact_has_as_many_characters_as_fit(loaded: Loaded, field: str) -> None:
    for text in ("", "  ", "1" * (LONGEST[field] + 1)):
        assert field in {fault.field for fault in profile_faults(replace(loaded.release.clinic, **{field: text}))}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"phone": "call us"}, "phone"),
        ({"phone": "12345678901234567890"}, "phone"),
        ({"email": "clinic@example"}, "email"),
        ({"email": "clinic example.org"}, "email"),
        ({"time_zone": "Europe/Elsewhere"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"brand_colour": "blue"}, "brand_colour"),
        ({"brand_colour": "#9ecbff"}, "brand_colour"),
        ({"accepted_error": 0.004}, "accepted_error"),
        ({"accepted_error": 0.31}, "accepted_error"),
        ({"hours": {"monday": Hours(time(9), time(9))}}, "hours.monday"),
        ({"holiday_hours": {date(2026, 12, 24): Hours(time(9), time(8))}}, "holidays"),
        ({"facts": {"Car park": "Free"}}, "facts"),
        ({"facts": {"parking": " "}}, "facts"),
        ({"embedding_sites": ("https://example.org/page",)}, "embedding_sites"),
        ({"embedding_sites": ("example.org",)}, "embedding_sites"),
    ],
)
def test_what_patients_could_not_use_is_named_by_its_field(loaded: Loaded, changed: dict[str, Any], field: str) -> None:
    assert [fault.field for fault in profile_faults(replace(loaded.release.clinic, **changed))] == [field]


@pytest.mark.parametrize("share", [0.005, 0.05, 0.3])
def test_an_accepted_error_may_be_half_a_percent_to_thirty(loaded: Loaded, share: float) -> None:
    assert profile_faults(replace(loaded.release.clinic, accepted_error=share)) == []


def test_a_button_needs_a_number_that_can_be_called_and_words(loaded: Loaded) -> None:
    clinic = loaded.release.clinic
    broken = {**clinic.lines[Region.UK], "poison": HelpLine("poison", "ring", " ")}

    faults = profile_faults(replace(clinic, lines={**clinic.lines, Region.UK: broken}))

    assert [fault.field for fault in faults] == ["lines.uk.poison.number", "lines.uk.poison.label"]
