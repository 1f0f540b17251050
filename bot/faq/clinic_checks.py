"""What the clinic's facts must be like to be saved: numbers that can be called, hours, sites, a readable colour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import InputError
from bot.faq.clinic import ClinicProfile
from bot.faq.colour import ENOUGH, WHITE, contrast, is_colour, nearest_readable
from bot.faq.phones import extension_of, number_fault

_SITE = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")
_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>.]+(?:\.[^@\s<>.]+)+")
_FACT = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST = {"name": 80, "phone": 30, "email": 120, "address": 200}


def profile_faults(profile: ClinicProfile) -> list[InputError]:
    """Everything that is wrong with a profile, field by field; fields are named as in `ClinicProfile`."""
    return [InputError(field=field, got=got, allowed=allowed) for field, got, allowed in _faults(profile)]


def is_site(text: str) -> bool:
    """Whether the text is a site that may be listed for embedding: scheme, host, perhaps a port."""
    return _SITE.fullmatch(text) is not None


def is_error_rate(share: float) -> bool:
    """Whether a clinic may accept that share of wrong answers."""
    return 0.005 <= share <= 0.3


def _faults(profile: ClinicProfile) -> Iterator[tuple[str, str, str]]:
    for field, longest in LONGEST.items():
        text = getattr(profile, field)
        if not text.strip():
            yield field, "nothing", f"1 to {longest} characters"
        elif len(text) > longest:
            yield field, f"{len(text)} characters", f"1 to {longest} characters"
    if profile.phone.strip() and (fault := number_fault(profile.phone, profile.region)):
        yield "phone", fault, "a phone number such as 020 7946 0123"
    if profile.email.strip() and not _MAIL.fullmatch(profile.email):
        yield "email", "no mail address", "an address such as hello@clinic.example"
    try:
        ZoneInfo(profile.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "time_zone", repr(profile.time_zone), "a time zone such as Europe/London"
    if not is_colour(profile.brand_colour):
        yield "brand_colour", repr(profile.brand_colour), "a colour such as #1f5f8b"
    elif (ratio := contrast(profile.brand_colour, WHITE)) < ENOUGH:
        nearest = nearest_readable(profile.brand_colour)
        yield (
            "brand_colour",
            f"a contrast of {ratio:.1f} with white text",
            f"at least {ENOUGH}; the nearest is {nearest}",
        )
    if not is_error_rate(profile.accepted_error):
        yield "accepted_error", f"{profile.accepted_error:g}", "a share from 0.005 to 0.3"
    for day, hours in profile.hours.items():
        if hours.opens >= hours.closes:
            yield f"hours.{day}", f"{hours.opens:%H:%M} to {hours.closes:%H:%M}", "closing after opening"
    for date, hours in profile.holiday_hours.items():
        if hours.opens >= hours.closes:
            yield "holidays", f"{date}: {hours.opens:%H:%M} to {hours.closes:%H:%M}", "closing after opening"
    for region, lines in profile.lines.items():
        for kind, line in lines.items():
            if fault := number_fault(line.number, region):
                yield f"lines.{region.value}.{kind}.number", fault, "one number that can be called from there"
            elif line.action == "text" and extension_of(line.number):
                yield f"lines.{region.value}.{kind}.number", "an extension", "one number that takes text messages"
            if not line.label.strip():
                yield f"lines.{region.value}.{kind}.label", "nothing", "what the button says"
    for name, text in profile.facts.items():
        if not _FACT.fullmatch(name):
            yield "facts", repr(name), "a name of small letters, digits and _"
        elif not text.strip():
            yield "facts", f"nothing for {name}", "a text"
    for site in profile.embedding_sites:
        if not is_site(site):
            yield "embedding_sites", repr(site), "sites such as https://www.example.org, one a line"
