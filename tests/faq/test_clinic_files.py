"""The clinic's facts as a file: what is written is read again, and a fault is named by its line and field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from bot.errors import KnowledgeError
from bot.faq.clinic import LINE_KINDS, ClinicProfile, HelpLine, Hours
from bot.faq.clinic_checks import LONGEST
from bot.faq.clinic_files import read_clinic
from bot.faq.clinic_writing import clinic_file
from bot.faq.entry import Region
from bot.faq.places import Place, TextFolder

DAY = Hours(time(9), time(17, 30))
CLINIC = ClinicProfile(
    name="Elm",
    region=Region.US,
    time_zone="Europe/London",
    phone="020 7946 0123",
    email="hello@elm.example",
    address="1 Elm Road",
    hours={"monday": DAY, "friday": Hours(time(8, 5), time(12))},
    holidays={date(2026, 12, 24): "Christmas Eve", date(2026, 12, 25): "Christmas"},
    holiday_hours={date(2026, 12, 24): Hours(time(9), time(12))},
    lines={
        region: {kind: HelpLine(kind, f"{place}{region.value}", f"{kind}!") for place, kind in enumerate(LINE_KINDS)}
        | {"crisis_text": HelpLine("crisis_text", "85258", "Text", "text", "SHOUT")}
        for region in Region
    },
    facts={"fees": "None: it is free"},
)


def read(text: str) -> tuple[ClinicProfile | None, list[tuple[int, str, str]]]:
    faults: list[KnowledgeError] = []
    place: Place = TextFolder({"clinic.yaml": text}) / "clinic.yaml"
    profile = read_clinic(place, faults)
    assert {fault.file for fault in faults} <= {"knowledge/clinic.yaml"}
    return profile, [(fault.line, fault.field, fault.problem) for fault in faults]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"approved_by": "Dr Elm", "approved_on": date(2026, 11, 24)},
        {"hours": {}, "holidays": {}, "holiday_hours": {}, "facts": {}},
        {"brand_colour": "#123456", "accepted_error": 0.005, "embedding_sites": ("https://elm.example:8080",)},
    ],
)
def test_what_is_written_is_read_again(changed: dict[str, Any]) -> None:
    clinic = replace(CLINIC, **changed)

    assert read(clinic_file(clinic)) == (clinic, [])


FILE = clinic_file(replace(CLINIC, approved_by="Dr Elm", approved_on=date(2026, 11, 24)))


@pytest.mark.parametrize(
    ("old", "new", "field", "problem"),
    [
        ("name: Elm", "name: ", "name", "is missing"),
        ("region: us", "region: fr", "region", '"fr" is not one of uk, us'),
        ("Europe/London", "Europe/Elm", "time_zone", '"Europe/Elm" is not a time zone'),
        ("020 7946 0123", "1" * 31, "phone", "has 31 characters"),
        ("hello@elm", f"{'h' * 121}@elm", "email", "at most 120"),
        ("#1f5f8b", "blue", "brand_colour", '"blue" is not a colour'),
        ("accepted_error: ", "accepted_error: 9", "accepted_error", "is not a share from 0.005 to 0.3"),
        ("approved_by: Dr Elm", 'approved_by: ""', "approved_by", "stand together or not at all"),
        ("approved_on: 2026-11-24", 'approved_on: ""', "approved_by", "stand together or not at all"),
        ("  monday:", "  moonday:", "hours.moonday", "is not a weekday"),
        ('"17:30"', '"08:30"', "hours.monday", "must be two times, opening first"),
        ('"17:30"', '"17:30", "18:00"', "hours.monday", "must be two times, opening first"),
        ('"17:30"', '"9 o\'clock"', "hours.monday", "must be two times, opening first"),
        ("2026-12-25", "25.12.2026", "holidays", '"25.12.2026" is not a date'),
        ('"85258"', '"none"', "lines.uk.crisis_text.number", "holds no digit"),
        ("action: text", "action: fax", "lines.uk.crisis_text.action", "is not call or text"),
        ("lines:\n", "lines:\n  fr: {}\n", "lines.fr", "is not a known field; allowed: uk, us"),
        ("name: Elm", "name: Elm\ncolour: red", "colour", "is not a known field"),
    ],
)
def test_a_fault_is_named_by_its_field(old: str, new: str, field: str, problem: str) -> None:
    assert old in FILE, FILE
    profile, faults = read(FILE.replace(old, new, 1))

    assert profile is None
    assert [fault[1] for fault in faults] == [field], faults
    assert problem in faults[0][2]


@pytest.mark.parametrize("field", sorted(LONGEST))
def test_what_may_be_saved_as_long_as_it_may_be_is_read_again(field: str) -> None:
    longest = replace(CLINIC, **{field: "1" * LONGEST[field]})

    assert read(clinic_file(longest)) == (longest, [])


def test_a_region_without_numbers_is_named() -> None:
    lines = FILE.splitlines()
    start = lines.index("  us:")
    rest = [line for line in lines[start + 1 :] if not line.startswith("    ")]

    assert [fault[1:] for fault in read("\n".join([*lines[:start], *rest]))[1]] == [
        ("lines", "the numbers for us are missing")
    ]


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "clinic.yaml").write_bytes(FILE.replace("Elm", "Caf\xe9").encode("latin-1"))
    faults: list[KnowledgeError] = []

    assert read_clinic(tmp_path / "clinic.yaml", faults) is None
    assert [fault.problem for fault in faults] == [f"is not UTF-8 text (byte {FILE.encode().index(b'Elm') + 3})"]
