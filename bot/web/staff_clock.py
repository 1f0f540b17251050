"""Times on staff pages: by the clinic's own clock, which is the one on the wall."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g

from bot.errors import Conflict
from bot.faq.clinic import ClinicProfile
from bot.staff.insights import zone_of
from bot.staff.settings import load_settings
from bot.web.pages import desk


def clinic_now() -> ClinicProfile | None:
    """The clinic of the live release; as the settings have it while none is live."""
    if (bot := desk().live.bot) is not None:
        return bot.release.clinic
    try:
        with desk().require_database().read() as db:
            return load_settings(db).profile
    except Conflict:
        return None


def clinic_zone() -> ZoneInfo:
    """The clinic's time zone, looked up once a request; UTC where nobody knows it."""
    if "clinic_zone" not in g:
        g.clinic_zone = zone_of(clinic_now())
    zone: ZoneInfo = g.clinic_zone
    return zone


def at_clinic(at: datetime) -> datetime:
    """The same moment by the clinic's clock; templates know it as a filter."""
    return at.astimezone(clinic_zone())
