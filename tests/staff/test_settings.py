"""The clinic's facts as staff change them: checked field by field, versioned, audited, and nothing taken away in use."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bot.errors import Conflict
from bot.faq.clinic import Hours
from bot.faq.clinic_checks import profile_faults
from bot.faq.entry import Region
from bot.faq.files import Loaded
from bot.faq.phones import number_fault, written_as_usual
from bot.staff.accounts import Role, User
from bot.staff.assembly import assemble
from bot.staff.seeding import seed_if_empty
from bot.staff.settings import Faults, load_settings, save_governance, save_section
from bot.store.audit import list_events
from bot.store.database import Database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADA = User(user_id=1, email="ada@clinic.example", name="Ada", roles=frozenset({Role.ADMIN}))


@pytest.fixture
def seeded(database: Database, loaded: Loaded) -> Database:
    seed_if_empty(database, loaded, NOON)
    return database


def facts_of(database: Database) -> str:
    with database.read() as db:
        return "\n".join(f"{name}: {text}" for name, text in load_settings(db).profile.facts.items())


def save(database: Database, section: str, seen: int = 1, **form: str) -> int:
    return save_section(database, section, form, seen=seen, user=ADA, now=NOON)


def test_the_shipped_profile_has_no_fault(loaded: Loaded) -> None:
    assert profile_faults(loaded.release.clinic) == []


def test_what_is_saved_is_in_the_next_release_and_in_the_audit(seeded: Database) -> None:
    version = save(
        seeded,
        "clinic",
        region="uk",
        time_zone="Europe/London",
        phone="02079460999",
        email="a@b.example",
        name="North Skin",
        address="1 High St",
    )

    with seeded.read() as db:
        release, event = assemble(db, NOON), list_events(db, limit=1)[0]
    assert version == 2
    assert (release.clinic.name, release.clinic.phone) == ("North Skin", "020 7946 0999")
    assert (event.actor, event.action, event.subject) == ("Ada", "settings.saved", "clinic")
    assert event.detail["changed"]["name"] == ["Riverside Skin Clinic", "North Skin"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("section", "form", "field", "allowed"),
    [
        ("clinic", {"region": "fr"}, "region", "uk, us"),
        ("clinic", {"region": "uk", "name": " ", "phone": "1", "email": "x", "address": "y", "time_zone": "Mars"}, "name", "1 to 80"),
        ("clinic", {"region": "uk", "name": "N", "phone": "call us", "email": "a@b.example", "address": "y", "time_zone": "UTC"}, "phone", "a phone number"),
        ("hours", {"monday_opens": "9", "monday_closes": ""}, "hours.monday", "two times"),
        ("hours", {"monday_opens": "17:00", "monday_closes": "09:00"}, "hours.monday", "closing after opening"),
        ("hours", {"monday_opens": "08:30:30", "monday_closes": "17:00"}, "hours.monday", "two times"),
        ("hours", {"monday_opens": "08:30", "monday_closes": "17:00Z"}, "hours.monday", "two times"),
        ("hours", {"monday_opens": "0830", "monday_closes": "17:00"}, "hours.monday", "two times"),
        ("hours", {"holidays": "25.12.2026 Christmas"}, "holidays", "lines such as"),
        ("hours", {"holidays": "20261225 Christmas"}, "holidays", "lines such as"),
        ("hours", {"holidays": "2026-12-24 Christmas Eve, open 09:00Z to 12:00"}, "holidays", "two times"),
        ("look", {"brand_colour": "#ffee00", "accepted_error": "5"}, "brand_colour", "the nearest"),
        ("look", {"brand_colour": "#1f5f8b", "accepted_error": "60"}, "accepted_error", "0.5 to 30 of 100"),
        ("embedding", {"embedding_sites": "javascript:alert(1)"}, "embedding_sites", "https://www.example.org"),
        ("facts", {"facts": "no colon here"}, "facts", "name: text"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_field_and_nothing_is_saved(
    seeded: Database, section: str, form: dict[str, str], field: str, allowed: str
) -> None:
    with pytest.raises(Faults) as caught:
        save(seeded, section, **form)

    assert allowed in caught.value.by_field()[field]
    with seeded.read() as db:
        assert load_settings(db).version == 1


def test_a_fact_that_an_answer_names_cannot_be_taken_away(seeded: Database) -> None:
    kept = "\n".join(line for line in facts_of(seeded).splitlines() if not line.startswith("fees"))

    with pytest.raises(Faults, match="“fees” is taken away"):
        save(seeded, "facts", facts=kept)


def test_hours_and_holidays_are_read(seeded: Database) -> None:
    save(
        seeded,
        "hours",
        monday_opens="8:00",
        monday_closes="12:30",
        holidays="2026-12-24 Christmas Eve, open 09:00 to 12:00\n2026-12-25 Christmas Day",
    )

    with seeded.read() as db:
        profile = load_settings(db).profile
    assert profile.hours == {"monday": Hours(time(8), time(12, 30))}
    assert profile.hours_on(date(2026, 12, 24)) == Hours(time(9), time(12))
    assert profile.hours_on(date(2026, 12, 25)) is None


def test_who_saves_second_is_told_and_loses_nothing(seeded: Database) -> None:
    save(seeded, "embedding", embedding_sites="https://a.example")

    with pytest.raises(Conflict, match="changed meanwhile"):
        save(seeded, "embedding", embedding_sites="https://b.example")
    with seeded.read() as db:
        assert load_settings(db).profile.embedding_sites == ("https://a.example",)


def test_own_approval_is_a_recorded_choice(seeded: Database) -> None:
    save_governance(seeded, own_approval=True, seen=0, user=ADA, now=NOON)

    with seeded.read() as db:
        assert load_settings(db).own_approval
        assert list_events(db, limit=1)[0].detail == {"own_approval": True}


@pytest.mark.parametrize(
    ("number", "region", "fault"),
    [("020 7946 0123", Region.UK, False), ("111", Region.UK, False), ("116 123", Region.UK, False), ("85258", Region.UK, False),
     ("911", Region.US, False), ("1-800-222-1222", Region.US, False), ("12", Region.UK, True), ("nobody", Region.US, True), ("020 7946 0123 55555", Region.UK, True)],
)  # fmt: skip
def test_numbers_are_checked_for_their_region(number: str, region: Region, fault: bool) -> None:
    assert bool(number_fault(number, region)) is fault


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("+44 (0)20 7946 0123", "020 7946 0123"),
        ("0044 (0)20 7946 0123", "020 7946 0123"),
        ("020 7946 0123 ext 4", "020 7946 0123 ext 4"),
        ("116 123", "116 123"),
        ("111 (option 2)", None),
        ("111 or 999", None),
        ("0800 FLOWERS", None),
    ],
)
def test_a_help_line_is_saved_as_it_is_dialled_or_not_at_all(seeded: Database, typed: str, saved: str | None) -> None:
    with seeded.read() as db:
        shown = load_settings(db).profile.lines
    form = {
        f"lines.{region.value}.{kind}.{part}": getattr(line, part)
        for region, lines in shown.items()
        for kind, line in lines.items()
        for part in ("number", "label")
    } | {"lines.uk.urgent.number": typed}

    if saved is None:
        with pytest.raises(Faults) as told:
            save(seeded, "numbers", **form)
        assert list(told.value.by_field()) == ["lines.uk.urgent.number"]
    else:
        save(seeded, "numbers", **form)
        with seeded.read() as db:
            lines = load_settings(db).profile.lines
        assert lines[Region.UK]["urgent"].number == saved
        assert lines[Region.US]["poison"].number == "1-800-222-1222"


def test_numbers_are_written_as_people_there_write_them() -> None:
    assert written_as_usual("02079460123", Region.UK) == "020 7946 0123"
    assert written_as_usual("999", Region.UK) == "999"
