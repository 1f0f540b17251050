"""Times on staff pages are those of the clock on the clinic's wall, in summer as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

IN_SUMMER = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # in London it is half past midnight, on the next day


def test_a_draft_says_when_it_was_saved_by_the_clock_on_the_wall(sign_in: Callable[[str], Any], clock: Any) -> None:
    clock.at = IN_SUMMER
    editor = sign_in("editor")
    editor.post_form("/staff/new-entry", question="Can my dog lick it?", topic="living", entry_id="pets", sure="yes")

    page = editor.text("/staff/entries/pets")

    assert "2 Jul 2026, 00:30" in page
    assert 'title="2026-07-01 23:30:00 UTC"' in page


def test_the_audit_keeps_to_utc_as_its_file_does(sign_in: Callable[[str], Any], clock: Any) -> None:
    clock.at = IN_SUMMER
    sign_in("editor").post_form(
        "/staff/new-entry", question="Can my dog lick it?", topic="living", entry_id="pets", sure="yes"
    )

    assert "1 Jul 2026, 23:30:00" in sign_in("admin").text("/staff/audit")
