"""Every room of the staff area."""

from __future__ import annotations

from bot.web import (
    staff_audit,
    staff_door,
    staff_settings,
    staff_unanswered,
)

ROOMS = (
    staff_door.blueprint,
    staff_audit.blueprint,
    staff_settings.blueprint,
    staff_unanswered.blueprint,
)
