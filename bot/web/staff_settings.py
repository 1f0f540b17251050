"""Settings: the clinic's facts, section by section, and the rules of review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from bot.errors import Conflict, InputError
from bot.faq.clinic import LINE_KINDS, WEEKDAYS, ClinicProfile
from bot.faq.entry import Region
from bot.staff.accounts import Role
from bot.staff.settings import SECTIONS, Faults, Settings, load_settings, save_governance, save_section
from bot.web.numbers import bounded
from bot.web.pages import desk
from bot.web.previews import public_url
from bot.web.staff_door import requires, room, say, staff, staff_page
from bot.web.staff_hours import faults_of_hours
from bot.web.staff_settings_words import LINES, NAMES, REGIONS, UNSAVED, label_of, section_of, tidy

blueprint = room("staff_settings", "/staff/settings")


@blueprint.get("")
@requires(Role.ADMIN)
def settings() -> Response:
    """All sections."""
    with desk().require_database().read() as db:
        return _page(load_settings(db))


@blueprint.post("/<section>")
@requires(Role.ADMIN)
def save(section: str) -> BaseResponse:
    """Save one section; on a fault the page again, with what was typed.

    What stands unsaved in the other sections comes along, and is on the page again.
    """
    database, form = desk().require_database(), request.form.to_dict()
    seen = _version(form.get("version", ""))
    try:
        if section == "review":
            own = form.get("own_approval") == "yes"
            save_governance(database, own_approval=own, seen=seen, user=staff(), now=desk().now())
        else:
            save_section(database, section, form, seen=seen, user=staff(), now=desk().now())
    except Faults as faults:
        told = faults.by_field()
        if section == "hours":
            with database.read() as db:
                told = {**told, **faults_of_hours(load_settings(db).profile, form)}
        return _again(section, form, told, 422)
    except Conflict:
        problem = "a colleague changed the settings meanwhile. What you typed is still here: look, and save again."
        return _again(section, form, {"(form)": problem}, 409)
    say("Saved. Patients see it with the next release." if section != "review" else "Saved.")
    with database.read() as db:
        found = load_settings(db)
        if left := _left(found, form):
            return _page(found, left=left)
    return redirect(f"/staff/settings#{section}", 303)


def _again(section: str, form: Mapping[str, str], faults: Mapping[str, str], status: int) -> Response:
    if section not in (*SECTIONS, "review"):
        raise InputError(field="section", got=repr(section), allowed=", ".join((*SECTIONS, "review")))
    typed = {name: value for name, value in form.items() if not name.startswith(UNSAVED)}
    with desk().require_database().read() as db:
        found = load_settings(db)
    return _page(found, section=section, typed=typed, left=_left(found, form), faults=faults, status=status)


def _left(found: Settings, form: Mapping[str, str]) -> dict[str, str]:
    """What came along of other sections and is not what is saved."""
    saved = _shown(found)
    sent = {name.removeprefix(UNSAVED): value for name, value in form.items() if name.startswith(UNSAVED)}
    return {name: value for name, value in sent.items() if tidy(value) != tidy(saved.get(name, ""))}


def _theirs(section: str, found: Settings, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is saved now in the section's fields where it differs from what was typed there."""
    names = [name for name in {**values_of(found.profile), **typed} if section_of(name) == section]
    saved = _shown(found)
    return [
        (label_of(name), saved.get(name, ""))
        for name in names
        if label_of(name) and tidy(saved.get(name, "")) != tidy(typed.get(name, ""))
    ]


def _shown(found: Settings) -> dict[str, str]:
    return {**values_of(found.profile), "own_approval": "yes" if found.own_approval else ""}


def _page(
    found: Settings,
    *,
    section: str = "",
    typed: Mapping[str, str] | None = None,
    left: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page with what is saved, over it what was `typed` in the `section` and what is `left` of others."""
    own = {} if typed is None else {name: "" for name in _shown(found) if section_of(name) == section}
    values = {**_shown(found), **own, **(typed or {}), **(left or {})}
    return staff_page(
        "staff/settings.html",
        status,
        values=values,
        faults=faults or {},
        faulty=section,
        theirs=_theirs(section, found, typed or {}) if status == 409 else (),
        unsaved={section_of(name) for name in left or ()},
        names=NAMES,
        found=found,
        days=WEEKDAYS,
        kinds=[(kind, LINES[kind]) for kind in LINE_KINDS],
        regions=[(region.value, REGIONS[region.value]) for region in Region],
        host=public_url().rstrip("/"),
        retention=desk().settings.retention_days,
    )


def values_of(profile: ClinicProfile) -> dict[str, str]:
    """The profile as the form's fields; reading them again gives the same profile."""
    values = {name: str(getattr(profile, name)) for name in ("name", "time_zone", "phone", "email", "address")}
    values |= {"region": profile.region.value, "brand_colour": profile.brand_colour}
    values["accepted_error"] = f"{100 * profile.accepted_error:g}"
    for day, hours in profile.hours.items():
        values |= {f"{day}_opens": f"{hours.opens:%H:%M}", f"{day}_closes": f"{hours.closes:%H:%M}"}
    values["holidays"] = "\n".join(_holiday(profile, day) for day in sorted(profile.holidays))
    for region, lines in profile.lines.items():
        for kind, line in lines.items():
            values |= {f"lines.{region.value}.{kind}.number": line.number}
            values |= {f"lines.{region.value}.{kind}.label": line.label}
    values["facts"] = "\n".join(f"{name}: {text}" for name, text in profile.facts.items())
    values["embedding_sites"] = "\n".join(profile.embedding_sites)
    return values


def _holiday(profile: ClinicProfile, day: date) -> str:
    name, hours = profile.holidays[day], profile.holiday_hours.get(day)
    times = f", open {hours.opens:%H:%M} to {hours.closes:%H:%M}" if hours else ""
    return f"{day} {name}{times}"


def _version(text: str) -> int:
    try:
        return bounded(text)
    except ValueError as error:
        allowed = "the number of the version that was shown"
        raise InputError(field="version", got=repr(text[:20]), allowed=allowed) from error
