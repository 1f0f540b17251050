"""`clinic.yaml` read into a ClinicProfile."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import KnowledgeError
from bot.faq.clinic import LINE_KINDS, WEEKDAYS, ClinicProfile, HelpLine, Hours
from bot.faq.clinic_checks import LONGEST, is_error_rate, is_site
from bot.faq.entry import Region
from bot.faq.entry_checks import name_of
from bot.faq.places import Place
from bot.faq.yaml_reader import Fields, Problems, parse_clock, parse_date, read_fields, read_text

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def read_clinic(path: Place, vital: list[KnowledgeError]) -> ClinicProfile | None:
    """The profile, or None after adding its faults to `vital`."""
    problems = Problems(name_of(path))
    text = read_text(path, problems)
    root = read_fields(text, problems) if text is not None else None
    profile = _read_profile(root) if root else None
    vital.extend(problems.found)
    return profile if not problems.found else None


def _read_profile(root: Fields) -> ClinicProfile:
    colour = root.text("brand_colour", "#1f5f8b")
    if not _COLOUR.fullmatch(colour):
        root.fault("brand_colour", f'"{colour}" is not a colour like #1f5f8b')
    sites = root.texts("embedding_sites")
    for site in sites:
        if not is_site(site):
            root.fault("embedding_sites", f'"{site}" is not a site like https://www.example.org')
    holidays, holiday_hours = _read_holidays(root)
    profile = ClinicProfile(
        name=root.text("name", limit=LONGEST["name"]),
        region=root.parsed("region", Region, "one of " + ", ".join(Region), Region.UK),
        time_zone=root.parsed("time_zone", _zone, "a time zone like Europe/London", "Europe/London"),
        phone=root.text("phone", limit=LONGEST["phone"]),
        email=root.text("email", limit=LONGEST["email"]),
        address=root.text("address", limit=LONGEST["address"]),
        brand_colour=colour,
        accepted_error=root.parsed("accepted_error", _share, "a share from 0.005 to 0.3", 0.05),
        approved_by=root.text("approved_by", "") or None,
        approved_on=_optional_date(root, "approved_on"),
        hours=_read_hours(root),
        holidays=holidays,
        holiday_hours=holiday_hours,
        lines=_read_lines(root),
        facts=root.text_map("facts"),
        embedding_sites=sites,
    )
    if (profile.approved_by is None) != (profile.approved_on is None):
        root.fault("approved_by", "approved_by and approved_on stand together or not at all")
    root.close()
    return profile


def _share(text: str) -> float:
    share = float(text)
    if not is_error_rate(share):
        raise ValueError(text)
    return share


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, IsADirectoryError) as error:
        raise ValueError(name) from error
    return name


def _optional_date(root: Fields, name: str) -> date | None:
    if root.has(name):
        return root.date(name)
    root.text(name, "")
    return None


def _read_hours(root: Fields) -> Mapping[str, Hours]:
    hours: dict[str, Hours] = {}
    days = root.fields("hours")
    if days is None:
        root.fault("hours", "is missing")
        return hours
    for day in days.names():
        times = days.texts(day)
        if day not in WEEKDAYS:
            days.fault(day, "is not a weekday; allowed: " + ", ".join(WEEKDAYS))
            continue
        try:
            hours[day] = _hours_of(times)
        except ValueError:
            days.fault(day, 'must be two times, opening first, like ["08:30", "17:30"]')
    return hours


def _hours_of(times: Sequence[str]) -> Hours:
    opens, closes = (parse_clock(text) for text in times)
    if opens >= closes:
        raise ValueError(times)
    return Hours(opens, closes)


def _read_holidays(root: Fields) -> tuple[Mapping[date, str], Mapping[date, Hours]]:
    """The holidays' names, and the hours of those on which the clinic opens all the same."""
    holidays: dict[date, str] = {}
    hours: dict[date, Hours] = {}
    days = root.fields("holidays")
    for text in days.names() if days else ():
        try:
            day = parse_date(text)
        except ValueError:
            root.fault("holidays", f'"{text}" is not a date (YYYY-MM-DD)')
            continue
        open_day = days.fields(text) if days and days.is_mapping(text) else None
        if open_day is None:
            holidays[day] = days.text(text) if days else ""
            continue
        holidays[day] = open_day.text("name")
        try:
            hours[day] = _hours_of((open_day.text("opens"), open_day.text("closes")))
        except ValueError:
            open_day.fault("opens", 'opens and closes must be two times, opening first, like "09:00" and "13:00"')
        open_day.close()
    return holidays, hours


def _read_lines(root: Fields) -> Mapping[Region, Mapping[str, HelpLine]]:
    lines: dict[Region, Mapping[str, HelpLine]] = {}
    by_region = root.fields("lines")
    for region in Region:
        fields = by_region.fields(region.value) if by_region else None
        if fields is None:
            root.fault("lines", f"the numbers for {region.value} are missing")
            continue
        lines[region] = {kind: _read_line(fields, kind) for kind in LINE_KINDS}
        fields.close()
    if by_region:
        by_region.close()
    return lines


def _read_line(fields: Fields, kind: str) -> HelpLine:
    line = fields.fields(kind)
    if line is None:
        fields.fault(kind, "is missing")
        return HelpLine(kind, "", "")
    action: Literal["call", "text"] = line.parsed("action", _action, "call or text", "call")
    found = HelpLine(kind, line.text("number"), line.text("label"), action, line.text("body", ""))
    if not any(letter.isdigit() for letter in found.number):
        line.fault("number", f'"{found.number}" holds no digit')
    line.close()
    return found


def _action(text: str) -> Literal["call", "text"]:
    if text == "call":
        return "call"
    if text == "text":
        return "text"
    raise ValueError(text)
