"""What could not be passed on, in a real browser: sent again without scripts, on a phone, by keys, in every look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from barriers import assert_accessible
from playwright.sync_api import Page, expect

from bot.store.handoffs import NewHandoff, add_handoff
from bot.store.outbox import claim, enqueue, failed
from bot.store.sealing import open_sealer
from bot.web.opening import House

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
REASON = "the host's address is not a public one, and CLINICBOT_ALLOWED_TARGET_HOSTS does not name it"


@pytest.fixture
def stuck(house: House) -> House:
    """Two dead letters of one message, and a reply that the patient has not got."""
    now = datetime.now(UTC) - timedelta(hours=1)
    sealer = open_sealer(house.database, house.key, now=now)
    new = NewHandoff(
        reference="K7QF-3MRD", request_key=None, request_hash="", received_at=now, sealed=sealer.seal({"name": "Zoë"}),
        level="", channel="web", locale="en-GB", conversation=None, turn_id=None, due_at=None,
    )  # fmt: skip
    with house.database.change() as db:
        handoff_id = add_handoff(db, new)
        ids = enqueue(
            db, handoff_id=handoff_id, targets=["webhook", "fhir"], kind="handoff", detail={}, at=now
        ) + enqueue(db, handoff_id=handoff_id, targets=["mail"], kind="reply", detail={}, at=now)
        claim(db, now=now, until=now, most=9)
        for message_id in ids:
            failed(db, message_id, error=REASON, next_at=None, at=now)
    return house


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)], ids=["desktop-light", "phone-dark"])
def test_the_page_is_accessible_and_fits(stuck: House, open_staff_page: Opener, phone: bool, dark: bool) -> None:
    page = open_staff_page("/staff/delivery", "Cleo", role="clinician", phone=phone, dark=dark)

    expect(page.get_by_text("The patient has not got your reply.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert_accessible(page)


def test_it_is_sent_again_by_keys_without_scripts_and_from_an_old_page(stuck: House, open_staff_page: Opener) -> None:
    old = open_staff_page("/staff/delivery", "Ada", role="admin")
    page = open_staff_page("/staff/", "Cleo", role="clinician", scripts=False)
    page.get_by_role("link", name="See why, and send again").click()

    page.get_by_role("button", name="Send again K7QF-3MRD, Webhook").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("It will be tried again")
    old.get_by_role("button", name="Send again K7QF-3MRD, Webhook").click()
    expect(old.locator(".said")).to_contain_text("being sent already")

    page.get_by_role("button", name="Send all 2 again").click()
    expect(page.get_by_text("Nothing is stuck")).to_be_visible()
