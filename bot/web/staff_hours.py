"""Every fault in the opening hours as they were typed: each day, and each line of the holidays, read by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.errors import InputError
from bot.faq.clinic import WEEKDAYS, ClinicProfile
from bot.faq.clinic_checks import profile_faults
from bot.staff.settings import SECTIONS, Faults


def faults_of_hours(profile: ClinicProfile, form: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by field; of several lines of the holidays all."""
    told: dict[str, str] = {}
    for piece in _pieces(form):
        for field, text in _faults_of(profile, piece).items():
            told[field] = f"{told[field]} {text}" if field in told else text
    return told


def _pieces(form: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for day in WEEKDAYS:
        yield {f"{day}_{end}": form.get(f"{day}_{end}", "") for end in ("opens", "closes")}
    for line in form.get("holidays", "").splitlines():
        yield {"holidays": line}


def _faults_of(profile: ClinicProfile, piece: Mapping[str, str]) -> Mapping[str, str]:
    try:
        read = SECTIONS["hours"](profile, piece)
    except InputError as error:
        return Faults((error,)).by_field()
    found = tuple(fault for fault in profile_faults(read) if fault.field.startswith(("hours.", "holidays")))
    return Faults(found).by_field()
