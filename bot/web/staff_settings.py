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
from bot.web.pages import desk
from bot.web.previews import public_url
from bot.web.staff_door import requires, room, say, staff, staff_page

blueprint = room("staff_settings", "/staff/settings")

_LINES = {
    "emergency": "Emergency",
    "urgent": "Urgent advice",
    "crisis_call": "Crisis line, by phone",
    "crisis_text": "Crisis line, by text",
    "poison": "Poison advice",
}
_REGIONS = {"uk": "United Kingdom", "us": "United States"}


@blueprint.get("")
@requires(Role.ADMIN)
def settings() -> Response:
    """All sections."""
    with desk().require_database().read() as db:
        return _page(load_settings(db))


@blueprint.post("/<section>")
@requires(Role.ADMIN)
def save(section: str) -> BaseResponse:
    """Save one section; on a fault the page again, with what was typed."""
    database, form = desk().require_database(), request.form.to_dict()
    seen = _version(form.get("version", ""))
    try:
        if section == "review":
            own = form.get("own_approval") == "yes"
            save_governance(database, own_approval=own, seen=seen, user=staff(), now=desk().now())
        else:
            save_section(database, section, form, seen=seen, user=staff(), now=desk().now())
    except Faults as faults:
        return _again(section, form, faults.by_field(), 422)
    except Conflict as conflict:
        return _again(section, form, {"(form)": f"{conflict.problem}. What you typed is still here: save again."}, 409)
    say("Saved. Patients see it with the next release." if section != "review" else "Saved.")
    return redirect(f"/staff/settings#{section}", 303)


def _again(section: str, form: Mapping[str, str], faults: Mapping[str, str], status: int) -> Response:
    if section not in (*SECTIONS, "review"):
        raise InputError(field="section", got=repr(section), allowed=", ".join((*SECTIONS, "review")))
    with desk().require_database().read() as db:
        return _page(load_settings(db), section=section, typed=form, faults=faults, status=status)


def _page(
    found: Settings,
    *,
    section: str = "",
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    values = {**values_of(found.profile), **(typed or {})}
    return staff_page(
        "staff/settings.html",
        status,
        values=values,
        faults=faults or {},
        faulty=section,
        found=found,
        days=WEEKDAYS,
        kinds=[(kind, _LINES[kind]) for kind in LINE_KINDS],
        regions=[(region.value, _REGIONS[region.value]) for region in Region],
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
        return int(text)
    except ValueError as error:
        raise InputError(field="version", got=repr(text), allowed="the number of the version that was shown") from error
