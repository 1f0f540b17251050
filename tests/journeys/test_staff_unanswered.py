"""Open questions, the test console and Today in a real browser: by keys alone, without scripts, in every look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from barriers import assert_accessible
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.faq.entry import Entry
from bot.staff.editing import find_current
from bot.store.content import find_piece
from bot.store.visits import Feedback, Turn, add_turns, find_feedback, give_feedback, list_turns
from bot.web.opening import House

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
LIST = "/staff/unanswered"
DOG, PARK, LIPS = "can my dog lick the cream", "where do i park", "lips cracking at the corners again"
LOOKS = [(False, False), (True, True)]  # each page at each size and in each theme
NAMES = ["desktop-light", "phone-dark"]


@pytest.fixture
def asked(house: House) -> House:
    """Four questions that are open, asked lately: the browser's clock is the real one."""
    now = datetime.now(UTC)
    wordings = [DOG, DOG, "can my dog lick my cream", PARK, PARK, "who won the football", LIPS]
    with house.database.change() as db:
        for number, wording in enumerate(wordings):
            turn = Turn(
                turn_id=f"turn-{number:04}",
                conversation=f"talk-{number:04}",
                asked_at=now - timedelta(minutes=number + 1),
                redacted=wording,
                outcome="answer" if wording == LIPS else "no_match",
                release=1,
                region="uk",
                channel="web",
                context={},
                said=[],
                entry_id="dry-lips" if wording == LIPS else None,
            )
            add_turns(db, [turn])
        give_feedback(db, Feedback(turn_id="turn-0006", helpful=False, reason="", given_at=now))
    return house


def entry_of(house: House, entry_id: str) -> Entry:
    with house.database.read() as db:
        found = find_current(db, entry_id)
    assert found is not None
    return found.entry


def said(page: Page, text: str) -> None:
    expect(page.locator(".said")).to_contain_text(text)


@pytest.mark.parametrize(("phone", "dark"), LOOKS, ids=NAMES)
def test_every_page_is_accessible_and_fits(asked: House, open_staff_page: Opener, phone: bool, dark: bool) -> None:
    page = open_staff_page(LIST, phone=phone, dark=dark)
    for path in (LIST, f"{LIST}?at=2", f"{LIST}/decided", "/staff/", "/staff/turns", "/staff/ask"):
        page.goto(path)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/staff/insights")
    for summary in page.locator(".below summary").all():
        summary.click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for question in ("how do i take acutane with food", "my throat is closing up", "tests"):
        page.goto(f"/staff/ask?q={question}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(LIST)
    page.keyboard.press("j")
    page.keyboard.press("p")
    page.keyboard.type("lips")
    expect(page.get_by_role("option").first).to_be_visible()
    assert_accessible(page)


def test_keys_alone_work_through_the_list(asked: House, open_staff_page: Opener) -> None:
    page = open_staff_page(LIST)
    cards = page.locator("[data-cluster]")
    expect(cards).to_have_count(4)
    page.keyboard.press("j")
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(cards.nth(0)).to_be_focused()

    page.keyboard.press("x")  # the dog's two wordings
    said(page, "2 wordings set aside.")
    expect(cards).to_have_count(3)
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("u")
    said(page, "Taken back")
    expect(cards).to_have_count(4)

    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("o")
    said(page, "One wording put out of scope.")
    with asked.database.read() as db:
        piece = find_piece(db, "background")
    assert piece is not None
    assert PARK in piece.content


def test_an_entry_is_found_by_keys_and_its_rank_is_shown_first(asked: House, open_staff_page: Opener) -> None:
    page = open_staff_page(f"{LIST}?at=1")
    page.keyboard.press("p")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    expect(page.get_by_text("None is near. Search for one.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    page.keyboard.press("p")
    page.keyboard.type("nosebleeds")
    expect(page.get_by_role("option").first).to_contain_text("Why does my nose bleed")
    expect(page.get_by_role("option").first).to_contain_text("today")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    said(page, "2 wordings added to the draft of")
    assert DOG in [each.text for each in entry_of(asked, "nosebleeds").phrasings]


def test_enter_at_once_takes_what_is_typed_and_not_what_was_found_before(asked: House, open_staff_page: Opener) -> None:
    page = open_staff_page(f"{LIST}?at=1")
    page.keyboard.press("p")
    page.keyboard.type("alcohol")
    expect(page.get_by_role("option").first).to_be_visible()
    page.get_by_role("combobox").fill("nosebleeds")
    page.keyboard.press("Enter")

    said(page, "2 wordings added to the draft of")
    assert DOG in [each.text for each in entry_of(asked, "nosebleeds").phrasings]


def test_one_two_three_add_to_the_nearest(asked: House, open_staff_page: Opener) -> None:
    page = open_staff_page(LIST)
    lips = page.locator("[data-cluster]").filter(has_text=LIPS)
    lips.focus()
    page.keyboard.press("g")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("1")
    said(page, "One wording made golden in the draft of “My lips are very dry. What helps?”")
    assert LIPS in entry_of(asked, "dry-lips").golden
    page.keyboard.press("u")
    said(page, "Taken back")

    lips.focus()
    page.keyboard.press("1")
    said(page, "One wording added to the draft of “My lips are very dry. What helps?”")
    assert entry_of(asked, "dry-lips").phrasings[-1].origin == "patient"


def test_a_new_entry_is_begun_by_keys(asked: House, open_staff_page: Opener) -> None:
    page = open_staff_page(f"{LIST}?at=1")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="A new entry")).to_be_visible()
    assert_accessible(page)
    expect(page.get_by_label("Question, as patients will read it")).to_be_focused()
    page.keyboard.press("Enter")
    said(page, "A draft was begun")
    assert entry_of(asked, "dog-lick-cream").question == "Can my dog lick the cream"


def test_a_wording_can_be_left_out(asked: House, open_staff_page: Opener) -> None:
    page = open_staff_page(f"{LIST}?at=1")
    page.get_by_label("can my dog lick my cream").uncheck()
    page.keyboard.press("x")

    said(page, "One wording set aside.")
    expect(page.get_by_role("heading", name="can my dog lick my cream")).to_be_visible()


def test_keys_can_be_switched_off(asked: House, open_staff_page: Opener) -> None:
    page = open_staff_page(f"{LIST}?at=1")
    page.get_by_role("button", name="Keys are on").click()
    page.keyboard.press("x")
    page.reload()

    expect(page.get_by_role("button", name="Keys are off")).to_be_visible()
    expect(page.locator("[data-cluster]")).to_have_count(4)
    page.goto("/staff/entries")  # the same switch for all pages
    expect(page.get_by_role("button", name="Keys are off")).to_be_visible()
    page.keyboard.press("j")
    page.get_by_role("button", name="Keys are off").click()
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()


def test_all_of_it_works_without_scripts(asked: House, open_staff_page: Opener) -> None:
    page = open_staff_page(LIST, scripts=False)
    page.get_by_role("button", name="Another entry").first.click()
    page.get_by_label("Search the questions").fill("dry lips")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="My lips are very dry").click()
    said(page, "added to the draft of “My lips are very dry. What helps?”")
    page.get_by_role("button", name="Undo").click()
    said(page, "Taken back")
    page.get_by_role("button", name="Set aside").first.click()
    page.get_by_role("link", name="Decided lately").click()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text("Nothing was decided yet")).to_be_visible()


def test_the_console_turns_words_into_a_golden_question(asked: House, open_staff_page: Opener) -> None:
    page = open_staff_page("/staff/ask")
    page.get_by_role("textbox", name="Question").fill("my lips r so sore help")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".card-answer")).to_be_visible()
    page.get_by_role("button", name="Make it a golden question").click()
    expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text("Found first today")
    page.keyboard.press("1")
    said(page, "One wording made golden")
    assert "my lips r so sore help" in entry_of(asked, "dry-lips").golden

    page.get_by_role("textbox", name="Question").fill("and for how long?")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("Asked as a follow-up to")).to_be_visible()


@pytest.mark.parametrize("colours", ["none", "active"])
def test_a_patient_says_whether_it_helped(
    house: House,
    staff_server: tuple[object, str],
    browser: Browser,
    watch: Callable[[BrowserContext], None],
    colours: Literal["none", "active"],
) -> None:
    context = browser.new_context(base_url=staff_server[1], reduced_motion="reduce", forced_colors=colours)
    watch(context)
    page: Page = context.new_page()
    page.goto("/")
    page.get_by_label("Your question").fill("my lips are so dry")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.locator("[data-helped-said]")).to_have_text("Thank you. What was wrong? You do not have to say.")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # where the box covers nothing
    assert_accessible(page)
    page.get_by_role("button", name="It says too little").click()
    expect(page.locator("[data-helped-said]")).to_contain_text("helps the clinic")

    context.set_offline(True)
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator("[data-helped-said]")).to_have_text("That could not be sent. Try again.")
    with house.database.read() as db:
        given = find_feedback(db, list_turns(db)[0].turn_id)
    assert given is not None
    assert (given.helpful, given.reason) == (False, "too-little")
    context.close()


def test_enter_asks_in_the_console_and_shift_breaks_the_line(open_staff_page: Opener) -> None:
    page = open_staff_page("/staff/ask")
    box = page.get_by_label("Question", exact=True)
    box.press_sequentially("my lips")
    box.press("Shift+Enter")
    box.press_sequentially("are so dry")
    box.press("Enter")
    expect(page.get_by_role("heading", name="What the patient sees")).to_be_visible()
    expect(page.get_by_label("Question", exact=True)).to_have_value("my lips\nare so dry")
