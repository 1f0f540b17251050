"""Sending a message to the clinic in a real browser: every state accessible, nothing typed lost, nothing sent twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from barriers import assert_accessible
from chatting import grow_old
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from serving import Served

from bot.config import read_settings
from bot.store.handoffs import Handoff
from bot.store.inbox import Wanted, list_page
from bot.web.app import create_app
from bot.web.opening import House

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
TEXT = "Please call me about my next visit.\nAfternoons are best."


class Ticking:
    """A clock that goes on by five seconds whenever somebody looks at it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=5)
        return self.at


@pytest.fixture
def open_contact(browser: Browser, house: House, watch: Callable[[BrowserContext], None]) -> Iterator[Opener]:
    """Open a path of the application with its database, in a fresh profile."""
    server = Served(create_app(read_settings({}), now=Ticking(), house=house))
    contexts = []

    def opener(path: str = "/contact", *, phone: bool = False, dark: bool = False, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": 320, "height": 640} if phone else {"width": 1280, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            base_url=server.address,
        )
        contexts.append(context)
        watch(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opener
    for context in contexts:
        context.close()
    server.close()


def fill(page: Page, message: str = TEXT) -> None:
    page.get_by_label("Your name").fill("Zoe O’Neill")
    page.get_by_label("Phone number or email address").fill("07700 900123")
    page.get_by_label("Your message").fill(message)
    page.get_by_label("The clinic may keep this message").check()


def send(page: Page, button: str = "Send to the clinic") -> None:
    page.get_by_role("button", name=button).click()


def stored(house: House) -> tuple[Handoff, ...]:
    with house.database.read() as db:
        return list_page(db, Wanted())


def assert_good(page: Page) -> None:
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark phone"])
def test_every_state_is_accessible_and_takes_the_focus(open_contact: Opener, house: House, dark: bool) -> None:
    page = open_contact(phone=dark, dark=dark)
    assert_good(page)

    send(page)
    expect(page.locator(".card-faults")).to_be_focused()
    assert page.title().startswith("Not sent yet")
    assert_good(page)
    page.get_by_role("link", name="Please write your message.").click()
    expect(page.get_by_label("Your message")).to_be_focused()

    fill(page, "my throat is swelling and i cannot breathe")
    send(page)
    expect(page.locator(".card-emergency h2")).to_be_focused()
    assert_good(page)
    assert stored(house) == ()

    send(page, "Send the message anyway")
    expect(page.get_by_role("heading", name="Your message is with the clinic")).to_be_visible()
    assert_good(page)
    (found,) = stored(house)
    expect(page.locator(".reference")).to_have_text(found.reference)


def test_it_works_without_scripts_and_a_reload_sends_nothing_twice(open_contact: Opener, house: House) -> None:
    page = open_contact(scripts=False)
    send(page)
    expect(page.locator(".card-faults a")).to_have_count(4)
    fill(page)

    send(page)

    (found,) = stored(house)
    expect(page.locator(".reference")).to_have_text(found.reference)
    page.reload()
    expect(page.locator(".reference")).to_have_text(found.reference)
    assert stored(house) == (found,)
    assert page.url.endswith("/contact")


def test_a_lost_connection_loses_no_word_and_sends_no_message_twice(open_contact: Opener, house: House) -> None:
    page = open_contact()
    fill(page)
    page.context.set_offline(True)
    send(page)
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value(TEXT)
    assert_good(page)

    page.get_by_label("Your message").fill(TEXT)  # it can be changed again
    page.context.set_offline(False)
    page.route("**/contact", lambda route: (route.fetch(), route.abort()))  # it arrives, and the answer is lost
    send(page)
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value(TEXT)
    page.unroute("**/contact")

    send(page)

    expect(page.locator(".reference")).to_be_visible()
    assert len(stored(house)) == 1


def test_while_it_is_sent_nothing_can_be_typed_that_would_vanish(open_contact: Opener, house: House) -> None:
    page = open_contact()
    held: list[Route] = []
    page.route("**/contact", lambda route: held.append(route))
    fill(page)
    page.get_by_label("The clinic may keep this message").uncheck()
    with page.expect_request("**/contact"):
        send(page)
    expect(page.locator("[data-working]")).to_have_text("Sending …")
    for name in ("Your name", "Phone number or email address", "Your message"):
        expect(page.get_by_label(name)).not_to_be_editable()
    page.get_by_label("The clinic may keep this message").check()
    held[0].continue_()
    expect(page.locator(".card-faults")).to_be_focused()

    page.get_by_label("Your message").fill("Mornings are best.")
    expect(page.get_by_label("The clinic may keep this message")).to_be_checked()
    page.unroute("**/contact")
    with page.expect_request("**/contact") as sent:
        send(page)
    assert "Mornings" in (sent.value.post_data or "")
    expect(page.locator(".reference")).to_be_visible()
    assert len(stored(house)) == 1


def ask_and_begin(page: Page, question: str = "should i stop taking the capsules") -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator(".turn", has_text=question).last.get_by_role("button", name="Send it to the clinic").click()


@pytest.mark.parametrize("query", ["", "?channel=widget"])
def test_no_way_off_the_page_loses_a_word(open_contact: Opener, house: House, query: str) -> None:
    page = open_contact(f"/{query}")
    ask_and_begin(page)
    box = page.get_by_label("Your message")
    expect(box).to_have_value("should i stop taking the capsules")
    fill(page)
    page.get_by_text("What is kept, and for how long").click()
    expect(page.get_by_text("They are kept encrypted.")).to_be_visible()  # on this very page
    page.get_by_role("link", name="Privacy").click()
    expect(page.get_by_role("heading", name="Privacy")).to_be_visible()
    page.go_back()
    expect(box).to_have_value(TEXT)
    expect(page.get_by_label("The clinic may keep this message")).to_be_checked()
    if not query:
        page.get_by_text("Language").click()
        page.get_by_role("link", name="Español").click()
        expect(page.get_by_label("Su nombre")).to_have_value("Zoe O’Neill")
        page.go_back()
    page.get_by_role("link", name="Back to the chat").click()
    ask_and_begin(page, "what is the capital of portugal")  # one more question for the same message
    expect(box).to_have_value(f"{TEXT}\n\nwhat is the capital of portugal")
    assert_good(page)
    send(page)
    (found,) = stored(house) if page.locator("[data-sent] .reference").wait_for() is None else ()
    assert found.turn_id

    page.goto(f"/contact{query}")
    expect(box).to_have_value("")


def test_clear_takes_away_a_message_that_was_not_sent(open_contact: Opener) -> None:
    page = open_contact()
    fill(page)
    page.get_by_role("link", name="Back to the chat").click()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Your questions are cleared.")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    page.goto("/contact")

    expect(page.get_by_label("Your name")).to_have_value("")


def test_without_scripts_its_look_and_language_are_changed_with_the_words_in_it(
    open_contact: Opener, house: House
) -> None:
    page = open_contact(scripts=False)
    fill(page)
    page.get_by_role("button", name="Text size").click()
    expect(page.locator("html")).to_have_attribute("data-text-size", "2")
    page.get_by_text("Language").click()
    page.get_by_role("button", name="Español").click()

    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_label("Su nombre")).to_have_value("Zoe O’Neill")
    expect(page.get_by_label("Su mensaje")).to_have_value(TEXT)
    assert stored(house) == ()
    page.get_by_label("Su nombre").press("Enter")  # which presses the form's own button
    expect(page.locator(".reference")).to_be_visible()
    assert len(stored(house)) == 1


def test_a_double_click_sends_once(open_contact: Opener, house: House) -> None:
    page = open_contact()
    fill(page)

    page.get_by_role("button", name="Send to the clinic").dblclick()

    expect(page.locator(".reference")).to_be_visible()
    assert len(stored(house)) == 1


def test_the_keyboard_reaches_every_field_in_order_and_no_trap(open_contact: Opener) -> None:
    page = open_contact()
    page.get_by_label("Your name").focus()
    reached = []
    for _ in range(6):
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
        page.keyboard.press("Tab")

    assert reached == ["name", "contact", "message", "consent", "What is kept, and for how long", "Send to the clinic"]


def test_a_database_that_cannot_be_written_is_said_and_the_words_stay(open_contact: Opener, house: House) -> None:
    page = open_contact(phone=True)
    fill(page)
    with house.database.change() as db:
        db.exec_driver_sql("ALTER TABLE handoffs RENAME TO gone")

    send(page)

    expect(page.locator(".card-urgent")).to_be_focused()
    expect(page.get_by_text("could not be stored just now")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value(TEXT)
    assert_good(page)


def test_the_page_asks_nobody_else_and_leaves_nothing_behind(open_contact: Opener) -> None:
    page = open_contact()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    fill(page)
    send(page)
    expect(page.locator(".reference")).to_be_visible()

    assert all(re.match(r"http://127\.0\.0\.1:\d+/", url) for url in asked)
    assert page.context.cookies() == []
    assert page.evaluate("[...Object.keys(localStorage), ...Object.values(sessionStorage)]") == [
        page.locator(".reference").inner_text()
    ]


@pytest.mark.parametrize("begun", [False, True])
def test_a_reload_still_shows_the_reference_and_asks_to_send_nothing(
    open_contact: Opener, house: House, begun: bool
) -> None:
    page = open_contact()
    if begun:  # as the chat does, with a question to take along
        page.evaluate(
            """() => {
              const form = document.createElement("form");
              Object.assign(form, { method: "post", action: "/contact" });
              form.innerHTML = '<input name="begin" value="yes"><input name="question" value="Dry lips">';
              document.body.append(form);
              form.submit();
            }"""
        )
        expect(page.get_by_label("Your message")).to_have_value("Dry lips")
    fill(page)
    send(page)
    (found,) = stored(house) if page.locator("[data-sent] .reference").wait_for() is None else ()
    page.reload()

    expect(page.locator("[data-sent-before] .reference")).to_have_text(found.reference)
    expect(page.get_by_label("Your message")).to_have_value("")
    assert "Zoe" not in page.content()
    assert_good(page)
    send(page)
    expect(page.locator("[data-sent-before] .reference")).to_have_text(found.reference)
    page.goto("/")
    page.evaluate("document.dispatchEvent(new CustomEvent('cleared'))")
    page.goto("/contact")
    expect(page.locator("[data-sent-before]")).to_be_hidden()


def test_a_server_that_does_not_answer_is_given_up_and_the_phone_offered_before(open_contact: Opener) -> None:
    page = grow_old(open_contact())  # where the limit of time is one that the test can move
    page.clock.install()
    page.route("**/contact", lambda route: None)
    fill(page)
    with page.expect_request("**/contact"):
        send(page)
    page.clock.run_for(3_100)
    expect(page.locator("[data-working]")).to_have_text("Still sending …")
    expect(page.locator("[data-late]")).to_be_hidden()
    page.clock.run_for(7_000)
    expect(page.locator("[data-late] a")).to_have_attribute("href", "tel:02079460123")
    assert_good(page)
    page.clock.run_for(10_000)

    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.locator("[data-late]")).to_be_hidden()
    expect(page.get_by_label("Your message")).to_have_value(TEXT)


def test_escape_in_the_panel_leads_back_to_the_chat_and_loses_no_word(open_contact: Opener) -> None:
    page = open_contact("/contact?channel=widget")
    page.get_by_label("Your name").press("Escape")
    expect(page.locator("[data-ask-form]")).to_be_visible()

    page.goto("/contact?channel=widget")
    page.get_by_label("Your message").fill(TEXT)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Back to the chat")).to_be_focused()
    expect(page.get_by_label("Your message")).to_have_value(TEXT)
    page.keyboard.press("Escape")
    expect(page.locator("[data-ask-form]")).to_be_visible()


def test_a_browser_of_some_years_ago_sends_it_past_an_alarm_too(open_contact: Opener, house: House) -> None:
    page = grow_old(open_contact())
    fill(page, "my throat is swelling and i cannot breathe")
    send(page)
    expect(page.locator(".card-emergency h2")).to_be_focused()
    send(page, "Send the message anyway")

    expect(page.get_by_role("heading", name="Your message is with the clinic")).to_be_visible()
    assert len(stored(house)) == 1
