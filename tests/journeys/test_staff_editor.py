"""Editing entries in a real browser: saved as one types, two at once, no scripts, no connection, nothing lost."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from barriers import assert_accessible
from playwright.sync_api import Page, expect

from bot.faq.entry import Entry
from bot.staff.editing import find_current
from bot.web.opening import House

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
LIPS = "/staff/entries/dry-lips"
LOOKS = [(False, False), (True, True)]  # each page at each size and in each theme
NAMES = ["desktop-light", "phone-dark"]


def assert_good(page: Page) -> None:
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")  # the bar below lies over nothing there
    assert_accessible(page)


def keep_picture(page: Page, name: str) -> None:
    """For people to look at, when they ask for it."""
    if folder := os.environ.get("CLINICBOT_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=f"{folder}/{name}-top.png")


def saved(house: House, entry_id: str = "dry-lips") -> Entry:
    with house.database.read() as db:
        found = find_current(db, entry_id)
    assert found
    return found.entry


def short(page: Page) -> Any:
    return page.get_by_label("Short answer", exact=True)


@pytest.mark.parametrize(("phone", "dark"), LOOKS, ids=NAMES)
def test_every_page_is_accessible(open_staff_page: Opener, house: House, phone: bool, dark: bool) -> None:
    look = f"{'phone' if phone else 'desktop'}-{'dark' if dark else 'light'}"
    mary = open_staff_page(LIPS, "Mary")
    page = open_staff_page("/staff/new-entry", phone=phone, dark=dark)
    page.get_by_label("Question").fill("May I swim in the sea?")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/staff/entries")
    assert asked == ["beforeunload"]
    assert_good(page)
    keep_picture(page, f"entries-{look}")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert_good(page)
    keep_picture(page, f"entries-ticked-{look}")
    page.goto("/staff/entries?q=zebra")
    assert_good(page)
    keep_picture(page, f"entries-empty-{look}")
    page.goto("/staff/new-entry")
    assert_good(page)
    keep_picture(page, f"new-{look}")

    page.goto(LIPS)
    short(page).fill("Lips get dry. It will be completely safe and you should stop using soap!")
    page.get_by_label("Owner").fill("")
    page.get_by_role("button", name="Add a wording").click()
    page.keyboard.type("can i drink alcohol")
    expect(page.get_by_text("Closer to")).to_be_visible()
    expect(page.get_by_text("Say who looks after this entry.")).to_be_visible()
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d"))
    assert_good(page)
    keep_picture(page, f"editor-{look}")

    short(mary).fill("Use a balm.")
    expect(mary.locator("[data-clash]")).to_be_visible()
    assert_good(mary)
    mary.get_by_role("button", name="Look at both texts").click()
    page.goto(mary.url)
    assert_good(page)
    keep_picture(page, f"merge-{look}")


def test_what_is_typed_is_saved_and_previewed(open_staff_page: Opener, house: House) -> None:
    page = open_staff_page(LIPS)
    short(page).fill("Use a **plain** balm.")
    expect(page.locator("[data-preview] .card-answer strong").first).to_have_text("plain")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d"))
    assert saved(house).answer.short == "Use a **plain** balm."

    page.get_by_label("Owner").fill("ward")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d"))
    assert saved(house).owner == "ward"
    page.keyboard.press("Control+s")
    expect(page.locator("[data-saved]")).to_have_text("Everything is saved.")
    page.reload()
    expect(short(page)).to_have_value("Use a **plain** balm.")

    page.get_by_role("radio", name="Kiosk").check()
    screen = page.frame_locator("[data-preview] iframe")
    expect(screen.locator(".card-answer strong").first).to_have_text("plain")
    assert screen.locator("html").evaluate("each => getComputedStyle(each).fontSize") == "30px"  # as on a tall kiosk
    expect(page.locator("[data-preview] > .turn")).to_be_hidden()
    assert_accessible(page)
    keep_picture(page, "kiosk-preview")
    short(page).fill("Use an **oily** balm.")
    expect(screen.locator(".card-answer strong").first).to_have_text("oily")


def test_nothing_is_called_saved_before_it_is(open_staff_page: Opener) -> None:
    page = open_staff_page(LIPS)
    told = page.locator("[data-saved]")
    short(page).fill("Use a plain balm.")
    expect(told).to_have_text(re.compile(r"^Saved \d\d:\d\d"))

    short(page).press_sequentially(" Often.")
    expect(told).to_have_text("Saving …")
    expect(told).to_have_text(re.compile(r"^Saved \d\d:\d\d"))

    short(page).press("End")
    page.keyboard.type("!")
    page.keyboard.press("Backspace")
    expect(told).to_have_text("Everything is saved.")


def test_wordings_are_added_removed_and_pasted_as_lines(open_staff_page: Opener, house: House) -> None:
    page = open_staff_page(LIPS)
    first = page.get_by_label("Other ways to ask it, 1", exact=True)
    first.press("Enter")
    page.keyboard.type("lips like paper")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    expect(page.get_by_label("Other ways to ask it, 2", exact=True)).to_have_value("lips like paper")
    page.get_by_role("button", name="Remove lips keep splitting").click()
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d"))

    page.reload()

    expect(page.get_by_label("Other ways to ask it, 2", exact=True)).to_have_value("lips like paper")
    texts = [each.text for each in saved(house).phrasings]
    assert texts[1] == "lips like paper"
    assert "lips keep splitting" not in texts


def test_a_long_wording_is_read_whole_and_stays_one_line(open_staff_page: Opener, house: House) -> None:
    page = open_staff_page(LIPS)
    long = "hi there, my lips have been splitting at the corners ever since i began with this and no balm seems to help"
    box = page.get_by_label("Other ways to ask it, 1", exact=True)
    one_line = box.evaluate("box => box.offsetHeight")

    box.fill(f"{long[:40]}\n{long[40:]}")

    assert box.evaluate("box => box.scrollHeight <= box.clientHeight + 1 && box.scrollWidth <= box.clientWidth")
    assert box.evaluate("box => box.offsetHeight") > one_line
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d"))
    assert saved(house).phrasings[0].text == " ".join((long[:40], long[40:].strip()))


def test_sources_are_added_and_removed(open_staff_page: Opener, house: House) -> None:
    page = open_staff_page(LIPS)
    before = saved(house).citations
    page.get_by_role("button", name="Add a source").click()
    page.get_by_label("Which authority").last.fill("NHS: isotretinoin")
    page.get_by_role("button", name="Remove source 1").click()
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d"))
    page.get_by_label("Owner").press("Control+s")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("aved"))

    page.reload()

    assert [each.title for each in saved(house).citations] == [
        *(each.title for each in before[1:]),
        "NHS: isotretinoin",
    ]


def test_two_editors_see_each_others_changes(open_staff_page: Opener, house: House) -> None:
    mary, sam = open_staff_page(LIPS, "Mary"), open_staff_page(LIPS, "Sam")
    mary.get_by_role("button", name="Add a golden question").click()
    mary.keyboard.type("lips like paper")
    expect(mary.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))

    short(sam).fill("Use a balm.")

    expect(sam.locator("[data-saved]")).to_have_text(re.compile("with what Mary changed: Golden questions"))
    expect(sam.get_by_label("Golden questions, 3", exact=True)).to_have_value("lips like paper")
    sam.get_by_label("Owner").fill("ward")
    expect(sam.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    assert "lips like paper" in saved(house).golden
    assert saved(house).answer.short == "Use a balm."


def test_a_collision_is_chosen_field_by_field(open_staff_page: Opener, house: House) -> None:
    mary, sam = open_staff_page(LIPS, "Mary"), open_staff_page(LIPS, "Sam")
    short(mary).fill("Use a balm.")
    expect(mary.locator("[data-saved]")).to_have_text(re.compile("^Saved"))
    short(sam).fill("Use an ointment.")
    expect(sam.locator("[data-clash-text]")).to_contain_text("Mary changed the same words: Short answer")
    short(sam).fill("Use an ointment. Often.")
    sam.get_by_role("button", name="Look at both texts").click()

    sam.get_by_label("Sam’s text").check()
    sam.get_by_role("button", name="Save what I chose").click()

    expect(short(sam)).to_have_value("Use an ointment. Often.")
    assert saved(house).answer.short == "Use an ointment. Often."
    expect(sam.get_by_text("Text that was not saved yet is back")).to_have_count(0)


def test_a_lost_connection_keeps_the_text_and_tries_again(open_staff_page: Opener, house: House) -> None:
    page = open_staff_page(LIPS)
    page.context.set_offline(True)
    short(page).fill("Typed in a tunnel.")
    expect(page.locator("[data-saved]")).to_contain_text("no connection")
    page.context.set_offline(False)

    expect(page.locator("[data-saved]")).to_have_text(re.compile("^Saved"))

    assert saved(house).answer.short == "Typed in a tunnel."


def test_an_answer_that_is_lost_makes_no_collision_with_oneself(open_staff_page: Opener, house: House) -> None:
    page = open_staff_page(LIPS)
    lost = []

    def lose(route: Any) -> None:
        route.fetch()
        lost.append(route)
        route.abort()

    page.route("**/draft", lose, times=1)
    short(page).fill("Use a balm.")
    expect(page.locator("[data-saved]")).to_contain_text("no connection")
    short(page).fill("Use a balm. Often.")

    expect(page.locator("[data-saved]")).to_have_text(re.compile("^Saved"), timeout=10_000)

    assert lost
    expect(page.locator("[data-clash]")).to_be_hidden()
    expect(page.locator("[data-saved]")).not_to_contain_text("Saving")
    page.reload()
    expect(short(page)).to_have_value("Use a balm. Often.")


def test_who_signs_in_again_in_another_tab_has_the_text_saved(open_staff_page: Opener, house: House) -> None:
    page = open_staff_page(LIPS)
    page.context.clear_cookies()
    short(page).fill("Typed while signed out.")
    expect(page.locator("[data-saved]")).to_contain_text("you were signed out")

    page.context.add_cookies(open_staff_page("/staff/").context.cookies())
    page.evaluate("dispatchEvent(new Event('focus'))")

    expect(page.locator("[data-saved]")).to_have_text(re.compile("^Saved"))
    assert saved(house).answer.short == "Typed while signed out."


def test_sent_while_signed_out_the_tab_says_that_it_keeps_the_text(open_staff_page: Opener) -> None:
    page = open_staff_page(LIPS)
    page.route("**/draft", lambda route: route.abort())
    page.context.clear_cookies()
    short(page).fill("Typed while signed out.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("This tab keeps it as well")).to_be_visible()
    assert page.get_by_role("link", name="Sign in").get_attribute("href") == f"/staff/sign-in?next={LIPS}"

    page.context.add_cookies(open_staff_page("/staff/").context.cookies())
    page.unroute("**/draft")
    page.goto(LIPS)
    expect(short(page)).to_have_value("Typed while signed out.")


def test_unsaved_text_comes_back_after_a_reload(open_staff_page: Opener, house: House) -> None:
    page = open_staff_page(LIPS)
    page.route("**/draft", lambda route: route.abort())
    short(page).fill("Not saved yet.")
    expect(page.locator("[data-saved]")).to_contain_text("no connection")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/draft")
    page.evaluate("window.stop()")
    page.reload()

    expect(short(page)).to_have_value("Not saved yet.")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("^Saved"))
    assert saved(house).answer.short == "Not saved yet."


def test_a_discarded_draft_is_taken_back_at_once(open_staff_page: Opener, house: House) -> None:
    before = saved(house)
    page = open_staff_page(LIPS)
    short(page).fill("Use a balm.")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("^Saved"))
    page.reload()
    page.get_by_role("button", name="Discard draft").click()
    expect(short(page)).to_have_value(before.answer.short)
    page.get_by_role("button", name="Undo").click()

    expect(short(page)).to_have_value("Use a balm.")


def test_the_editor_works_without_scripts(open_staff_page: Opener, house: House) -> None:
    page = open_staff_page(LIPS, scripts=False)
    page.get_by_label("Other ways to ask it").fill("sore lips\nlips like paper")
    short(page).fill("Use a balm.")
    page.get_by_role("button", name="Check and preview").click()
    expect(page.get_by_text("How each is found today")).to_be_visible()
    expect(page.locator("[data-preview] .card-answer")).to_contain_text("Use a balm.")

    page.get_by_label("Reason", exact=True).first.fill("shorter")
    page.get_by_role("button", name="Send for review").click()

    expect(page.get_by_text("waits for review")).to_be_visible()
    assert [each.text for each in saved(house).phrasings] == ["sore lips", "lips like paper"]


def test_the_list_narrows_as_one_types_and_is_walked_with_keys(open_staff_page: Opener) -> None:
    page = open_staff_page("/staff/entries")
    page.keyboard.press("/")
    page.keyboard.type("lips balm")
    expect(page.locator("[data-found]")).to_contain_text(" of ")
    expect(page).to_have_url(re.compile("q=lips\\+balm"))
    expect(page.get_by_label("Search")).to_have_value("lips balm")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_have_text("(1)")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("e")

    expect(page).to_have_url(re.compile("/staff/entries/[a-z-]+$"))


def test_escape_empties_the_search_and_shows_all_again(open_staff_page: Opener) -> None:
    page = open_staff_page("/staff/entries")
    whole = page.locator("[data-found]").inner_text()
    page.keyboard.press("/")
    page.keyboard.type("lips balm")
    expect(page.locator("[data-found]")).to_contain_text(" of ")

    page.keyboard.press("Escape")

    expect(page.get_by_label("Search")).to_have_value("")
    expect(page.locator("[data-found]")).to_have_text(whole)
    expect(page).to_have_url(re.compile("/staff/entries$"))
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-open]").first).to_be_focused()


def test_a_row_of_the_list_is_whole(open_staff_page: Opener) -> None:
    page = open_staff_page("/staff/entries")
    cells = page.locator("tbody tr").first.locator("td")
    assert set(cells.evaluate_all("each => each.map((cell) => getComputedStyle(cell).display)")) == {"table-cell"}
    assert len(set(cells.evaluate_all("each => each.map((cell) => cell.getBoundingClientRect().bottom)"))) == 1


def test_the_tag_of_the_draft_stands_alone_once_it_is_saved(open_staff_page: Opener) -> None:
    page = open_staff_page(LIPS)
    tags = page.locator(".head .tag:visible")
    expect(tags).to_have_text(["Live"])
    short(page).fill("Use a balm.")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    expect(tags).to_have_text(["Draft"])
    page.reload()
    expect(tags).to_have_text(["Draft"])


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_answer_is_one_press_away_and_nothing_covers_it(open_staff_page: Opener, phone: bool) -> None:
    page = open_staff_page(LIPS, phone=phone)
    page.get_by_role("link", name="the answer", exact=True).press("Enter")
    expect(short(page)).to_be_focused()
    for field in (page.locator("#step_text"), short(page), page.locator("#reason")):
        page.evaluate("scrollTo(0, 0)")
        field.focus()
        lower = field.evaluate("each => each.getBoundingClientRect().bottom")
        assert lower <= page.locator(".savebar").evaluate("each => each.getBoundingClientRect().top")
    page.evaluate("scrollTo(0, 0)")
    page.locator(".savebar").get_by_role("link", name="Send for review").click()
    expect(page.locator("#reason")).to_be_focused()


def test_what_is_refused_is_where_the_focus_goes(open_staff_page: Opener) -> None:
    page = open_staff_page(LIPS)
    short(page).fill("")
    page.get_by_role("button", name="Send for review").click()

    trouble = page.locator(".said-bad")
    expect(trouble).to_contain_text("To be mended first:")
    expect(trouble).to_be_focused()
    expect(trouble).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator(".said-bad a").first).to_be_focused()
