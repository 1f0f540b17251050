"""Every room of the staff area."""

from __future__ import annotations

from bot.web import (
    staff_account,
    staff_audit,
    staff_console,
    staff_documents,
    staff_door,
    staff_editor,
    staff_entries,
    staff_merging,
    staff_outbox,
    staff_releases,
    staff_review,
    staff_settings,
    staff_today,
    staff_turns,
    staff_unanswered,
    staff_users,
    staff_way_in,
)

ROOMS = (
    staff_door.blueprint,
    staff_way_in.blueprint,
    staff_account.blueprint,
    staff_users.blueprint,
    staff_audit.blueprint,
    staff_settings.blueprint,
    staff_entries.blueprint,
    staff_editor.blueprint,
    staff_merging.blueprint,
    staff_review.blueprint,
    staff_releases.blueprint,
    staff_unanswered.blueprint,
    staff_console.blueprint,
    staff_documents.blueprint,
    staff_today.blueprint,
    staff_turns.blueprint,
    staff_outbox.blueprint,
)
