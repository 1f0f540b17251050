"""The inbox in a real browser: every look, by keys, without scripts, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from barriers import assert_accessible
from playwright.sync_api import Page, expect

from bot.patients.handoffs import Origin, submit
from bot.patients.messages import Message
from bot.store.sealing import open_sealer
from bot.web.opening import House

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
INBOX = "/staff/inbox"
REFERENCES = ("K7QF-3MRD", "H4JK-9TVW", "C6DX-7GRP")


@pytest.fixture
def written(house: House) -> House:
    """Three messages, the second one urgent; the browser's clock is the real one."""
    now = datetime.now(UTC)
    sealer = open_sealer(house.database, house.key, now=now)
    assert house.live.bot is not None
    for place, reference in enumerate(REFERENCES):
        message = Message(
            name="Zoë Marten", contact_kind="phone", contact="+442079460018", text="May I come on Friday?\n" * 9
        )
        submit(
            house.database,
            sealer,
            house.live.bot.release.clinic,
            message,
            request_key=None,
            origin=Origin(),
            level="urgent" if place == 1 else "",
            targets=(),
            now=now - timedelta(hours=200 - place),
            draw=lambda reference=reference: reference,
        )
    return house


@pytest.mark.parametrize(("phone", "dark"), [(False, True), (True, False)], ids=["desktop-dark", "phone-light"])
def test_every_page_is_accessible_and_fits(written: House, open_staff_page: Opener, phone: bool, dark: bool) -> None:
    page = open_staff_page(INBOX, "Cleo", role="clinician", phone=phone, dark=dark)
    for path in (INBOX, f"{INBOX}/{REFERENCES[1]}"):
        page.goto(path)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_text("Rights of the sender").click()
    page.get_by_role("button", name="Erase what it said").click()
    expect(page.locator("#typed-fault")).to_be_visible()
    page.get_by_role("button", name="Mark as answered").click()
    page.goto(f"{INBOX}/{REFERENCES[1]}/question")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_keys_alone_open_answer_and_take_back(written: House, open_staff_page: Opener) -> None:
    page = open_staff_page(INBOX, "Cleo", role="clinician")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=REFERENCES[1])).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", level=1)).to_contain_text(REFERENCES[1])
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_contain_text(REFERENCES[0])
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_contain_text(REFERENCES[1])
    page.keyboard.press("e")
    page.keyboard.type("Called: yes, Friday.")
    page.get_by_role("button", name="Mark as answered").press("Enter")
    expect(page.locator(".said")).to_contain_text("is marked as answered.")
    expect(page.get_by_role("link", name="Inbox (2)")).to_be_visible()
    page.get_by_role("button", name="Keys are on").click()
    page.keyboard.press("u")
    page.get_by_role("button", name="Keys are off").click()
    expect(page.locator(".said")).to_contain_text("is marked as answered.")
    page.keyboard.press("u")
    expect(page.locator(".said")).to_contain_text("waits again.")


def test_without_scripts_a_message_is_noted_upon_given_away_and_closed(written: House, open_staff_page: Opener) -> None:
    page = open_staff_page(f"{INBOX}/{REFERENCES[0]}", "Cleo", role="clinician", scripts=False)
    page.get_by_label("What you answered").fill("Begun and not finished.")
    page.get_by_label("Note", exact=True).fill("Rang, nobody there.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator(".happened")).to_contain_text("Rang, nobody there.")
    expect(page.get_by_label("What you answered")).to_have_value("Begun and not finished.")
    page.get_by_label("Given to").select_option(label="Cleo (you)")
    page.get_by_role("button", name="Give").click()
    expect(page.locator(".happened")).to_contain_text("gave it to Cleo")
    page.get_by_role("button", name="Close without an answer").click()
    expect(page.locator(".said")).to_contain_text("is closed.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".said")).to_contain_text("waits again.")


def test_a_reply_that_the_page_came_with_is_not_left_behind_unasked(written: House, open_staff_page: Opener) -> None:
    page = open_staff_page(f"{INBOX}/{REFERENCES[0]}", "Cleo", role="clinician")
    page.get_by_label("What you answered").fill("Begun and not finished.")
    page.get_by_label("Note", exact=True).fill("Rang, nobody there.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator(".happened")).to_contain_text("Rang, nobody there.")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_label("What you answered").focus()

    page.get_by_role("link", name="Inbox", exact=True).click(no_wait_after=True)

    expect(page.get_by_label("What you answered")).to_have_value("Begun and not finished.")
    assert asked == ["beforeunload"]


def test_a_text_that_is_put_in_is_gone_on_with_at_once(written: House, open_staff_page: Opener) -> None:
    page = open_staff_page(f"{INBOX}/{REFERENCES[0]}", "Cleo", role="clinician", phone=True)
    page.get_by_role("button", name="Put it in").click()
    expect(page.get_by_label("What you answered")).to_be_focused()
    page.get_by_role("button", name="Mark as answered").click()
    expect(page.get_by_text("still stands in your text")).to_be_in_viewport()
    expect(page.get_by_label("What you answered")).to_be_focused()
