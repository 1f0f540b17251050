"""The clinic's own facts as staff change them: each section of the form read into the profile, checked, and saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from bot.errors import ClinicbotError, Conflict, InputError
from bot.faq.clinic import LINE_KINDS, WEEKDAYS, ClinicProfile, HelpLine, Hours
from bot.faq.clinic_checks import is_error_rate, profile_faults
from bot.faq.entry import Region
from bot.faq.json_form import clinic_from_plain
from bot.faq.phones import written_as_usual, written_to_dial
from bot.faq.release import plain
from bot.faq.yaml_reader import parse_clock, parse_date
from bot.staff.accounts import User
from bot.staff.checking import sentence
from bot.store import audit
from bot.store.content import find_piece, load_approved, save_piece
from bot.store.database import Database, Db

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The profile as it would go into the next release, its version, and the rules of review."""

    profile: ClinicProfile
    version: int
    own_approval: bool
    own_approval_version: int


class Faults(ClinicbotError):
    """What cannot be saved: several input errors at once."""

    def __init__(self, found: tuple[InputError, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in found))
        self.found = found

    def by_field(self) -> Mapping[str, str]:
        """A message for each field."""
        return {fault.field: f"{sentence(fault.got)} Needed: {fault.allowed}." for fault in self.found}


def load_settings(db: Db) -> Settings:
    """The settings as they stand. Raises Conflict before the database was seeded."""
    clinic, governance = find_piece(db, "clinic"), find_piece(db, "governance")
    if clinic is None:
        raise Conflict(subject="settings", problem="the database was never seeded")
    return Settings(
        profile=clinic_from_plain(clinic.content),
        version=clinic.version,
        own_approval=bool(governance and governance.content["own_approval"]),
        own_approval_version=governance.version if governance else 0,
    )


def save_section(database: Database, section: str, form: Form, *, seen: int, user: User, now: datetime) -> int:
    """The profile's new version with the section as typed. Raises Faults, or Conflict when it was changed meanwhile.

    An unknown section raises InputError.
    """
    reader = SECTIONS.get(section)
    if reader is None:
        raise InputError(field="section", got=repr(section), allowed=", ".join(SECTIONS))
    with database.change() as db:
        before = load_settings(db)
        changed = _read(reader, before.profile, form)
        faults = profile_faults(changed)
        known = {fault.field for fault in profile_faults(before.profile)}
        fresh = tuple(fault for fault in faults if fault.field not in known or _belongs(fault.field, section))
        if fresh := (*fresh, *_still_used(db, before.profile, changed)):
            raise Faults(fresh)
        if changed == before.profile:
            return before.version
        version = save_piece(
            db, "clinic", plain(changed), author=user.name, reason=f"settings: {section}", at=now, seen=seen
        )
        detail = {"section": section, "version": version, "changed": changes(before.profile, changed)}
        audit.record(db, at=now, actor=user.name, action="settings.saved", subject="clinic", detail=detail)
        return version


def save_governance(database: Database, *, own_approval: bool, seen: int, user: User, now: datetime) -> None:
    """Whether somebody may approve their own revision: for clinics with one clinician. Raises Conflict."""
    with database.change() as db:
        if load_settings(db).own_approval == own_approval:
            return
        content = {"own_approval": own_approval}
        save_piece(db, "governance", content, author=user.name, reason="settings: review", at=now, seen=seen)
        audit.record(db, at=now, actor=user.name, action="settings.saved", subject="governance", detail=content)


def changes(before: ClinicProfile, after: ClinicProfile) -> dict[str, Any]:
    """The fields that differ, each with its old and its new value, JSON-ready."""
    old, new = plain(before), plain(after)
    if not isinstance(old, dict) or not isinstance(new, dict):
        return {}
    return {name: [old[name], new[name]] for name in new if new[name] != old[name]}


def _still_used(db: Db, before: ClinicProfile, after: ClinicProfile) -> tuple[InputError, ...]:
    """A fact that an approved answer or a safety reply names cannot be taken away: the answer would have a hole."""
    gone = before.facts.keys() - after.facts.keys()
    if not gone:
        return ()
    texts = {entry_id: repr(plain(each.entry)) for entry_id, each in load_approved(db).items() if not each.retired}
    rules = find_piece(db, "rules")
    texts["the safety rules"] = repr(rules.content if rules else "")
    return tuple(
        InputError(field="facts", got=f"“{name}” is taken away", allowed=f"to keep it while it is used in {where}")
        for name in sorted(gone)
        for where, text in texts.items()
        if re.search(rf"clinic\.{re.escape(name)}\b", text)
    )[:5]


def _read(reader: Callable[[ClinicProfile, Form], ClinicProfile], profile: ClinicProfile, form: Form) -> ClinicProfile:
    try:
        return reader(profile, form)
    except InputError as error:
        raise Faults((error,)) from error


def _belongs(field: str, section: str) -> bool:
    return field.partition(".")[0] in _FIELDS[section]


def _clinic(profile: ClinicProfile, form: Form) -> ClinicProfile:
    try:
        region = Region(form.get("region", ""))
    except ValueError as error:
        raise InputError(field="region", got=form.get("region", ""), allowed=", ".join(Region)) from error
    return replace(
        profile,
        region=region,
        name=form.get("name", "").strip(),
        time_zone=form.get("time_zone", "").strip(),
        phone=written_as_usual(form.get("phone", "").strip(), region),
        email=form.get("email", "").strip(),
        address=form.get("address", "").strip(),
    )


def _hours(profile: ClinicProfile, form: Form) -> ClinicProfile:
    hours = {}
    for weekday in WEEKDAYS:
        opens, closes = form.get(f"{weekday}_opens", "").strip(), form.get(f"{weekday}_closes", "").strip()
        if opens or closes:
            hours[weekday] = Hours(_clock(opens, f"hours.{weekday}"), _clock(closes, f"hours.{weekday}"))
    holidays: dict[date, str] = {}
    open_on: dict[date, Hours] = {}
    for line in form.get("holidays", "").splitlines():
        if not line.strip():
            continue
        day_text, _, rest = line.strip().partition(" ")
        try:
            day = parse_date(day_text)
        except ValueError as error:
            raise InputError(field="holidays", got=repr(line[:60]), allowed=_HOLIDAY) from error
        name, _, times = rest.partition(", open ")
        if not name.strip():
            raise InputError(field="holidays", got=repr(line[:60]), allowed=_HOLIDAY)
        if day in holidays:
            raise InputError(field="holidays", got=f"{day} stands twice", allowed="each day once")
        holidays[day] = name.strip()
        if times:
            opens, _, closes = times.partition(" to ")
            open_on[day] = Hours(_clock(opens, "holidays"), _clock(closes, "holidays"))
    return replace(profile, hours=hours, holidays=holidays, holiday_hours=open_on)


def _numbers(profile: ClinicProfile, form: Form) -> ClinicProfile:
    lines = {}
    for region in Region:
        lines[region] = {kind: _line(profile.lines[region][kind], form, region) for kind in LINE_KINDS}
    return replace(profile, lines=lines)


def _line(line: HelpLine, form: Form, region: Region) -> HelpLine:
    name = f"lines.{region.value}.{line.kind}"
    number, label = form.get(f"{name}.number", "").strip(), form.get(f"{name}.label", "").strip()
    return replace(line, number=written_to_dial(number, region), label=label)


def _facts(profile: ClinicProfile, form: Form) -> ClinicProfile:
    facts = {}
    for line in form.get("facts", "").splitlines():
        if line.strip():
            name, colon, text = line.partition(":")
            if not colon:
                raise InputError(field="facts", got=repr(line[:60]), allowed="name: text, one a line")
            facts[name.strip()] = text.strip()
    return replace(profile, facts=facts)


def _look(profile: ClinicProfile, form: Form) -> ClinicProfile:
    try:
        error = float(form.get("accepted_error", "").replace(",", ".")) / 100
    except ValueError as fault:
        raise InputError(field="accepted_error", got="no number", allowed=_WRONG) from fault
    if not is_error_rate(error):
        raise InputError(field="accepted_error", got=f"{100 * error:g} of 100", allowed=_WRONG)
    return replace(profile, brand_colour=form.get("brand_colour", "").strip().lower(), accepted_error=round(error, 4))


def _embedding(profile: ClinicProfile, form: Form) -> ClinicProfile:
    sites = dict.fromkeys(line.strip().lower().rstrip("/") for line in form.get("embedding_sites", "").splitlines())
    return replace(profile, embedding_sites=tuple(site for site in sites if site))


def _clock(text: str, field: str) -> time:
    try:
        return parse_clock(text.strip().zfill(5))
    except ValueError as error:
        got, allowed = repr(text) if text else "one of the two times is missing", "two times such as 08:30 and 17:30"
        raise InputError(field=field, got=got, allowed=allowed) from error


_WRONG = "0.5 to 30 of 100 answers"
_HOLIDAY = "lines such as 2026-12-25 Christmas Day, or 2026-12-24 Christmas Eve, open 09:00 to 12:00"
SECTIONS: Mapping[str, Callable[[ClinicProfile, Form], ClinicProfile]] = {
    "clinic": _clinic,
    "hours": _hours,
    "numbers": _numbers,
    "facts": _facts,
    "look": _look,
    "embedding": _embedding,
}
_FIELDS = {
    "clinic": ("name", "region", "time_zone", "phone", "email", "address"),
    "hours": ("hours", "holidays"),
    "numbers": ("lines",),
    "facts": ("facts",),
    "look": ("brand_colour", "accepted_error"),
    "embedding": ("embedding_sites",),
}
