"""The kiosk in a real browser: every state in every look, by touch and by keys, wiped, offline, installed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from barriers import assert_accessible
from journeys.kiosk import LANDSCAPE, OUTCOMES, PORTRAIT, Visitor
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Comer = Callable[..., Visitor]
LOOKS = {
    "portrait-light": (PORTRAIT, "light"),
    "landscape-dark": (LANDSCAPE, "dark"),
    "portrait-contrast-larger": (PORTRAIT, "light", "Contrast", "Larger text"),
}
_MEASURES = """() => {
    const seen = (each) => each.checkVisibility({visibilityProperty: true}) && !each.closest(".hidden");
    const targets = [...document.querySelectorAll("button, summary, textarea")].filter(seen);
    const texts = [...document.querySelectorAll("body *")].filter((each) => seen(each) && [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()));
    const small = (each) => { const box = each.getBoundingClientRect(); return box.width < 72 || box.height < 72; };
    return {
        small: targets.filter(small).map((each) => each.outerHTML.slice(0, 80)),
        fine: texts.filter((each) => parseFloat(getComputedStyle(each).fontSize) < 26).map((each) => each.outerHTML.slice(0, 80)),
        wide: document.documentElement.scrollWidth > innerWidth || document.querySelector("main").scrollWidth > document.querySelector("main").clientWidth,
        restart: (() => { const box = document.querySelector("nav [data-restart]").getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth; })(),
        links: document.querySelectorAll("a[href]").length,
    };
}"""


def assert_good(page: Page) -> None:
    assert_accessible(page)
    assert page.evaluate(_MEASURES) == {"small": [], "fine": [], "wide": False, "restart": True, "links": 0}


@pytest.mark.parametrize("look", LOOKS)
def test_every_state_is_accessible_large_and_in_reach(come: Comer, look: str) -> None:
    view, scheme, *buttons = LOOKS[look]
    visitor = come(view, scheme=scheme)
    page = visitor.page

    def again() -> None:
        visitor.restart()
        for button in buttons:
            page.get_by_role("button", name=button).click()

    again()
    assert_good(page)
    if "Contrast" in buttons:  # white and yellow on black, whatever the device is set to
        assert page.evaluate("getComputedStyle(document.querySelector('.head')).backgroundColor") == "rgb(0, 0, 0)"
    visitor.begin()
    assert_good(page)
    visitor.open_topic()
    assert_good(page)
    visitor.open_question()
    page.get_by_text("More about this").click()
    assert_good(page)
    for outcome, question in OUTCOMES.items():
        if buttons and outcome not in ("answer", "clarify", "emergency"):
            continue  # the cards of the others look as they do without the button
        again()
        visitor.begin()
        visitor.open_keys()
        if outcome == "answer":
            page.locator("[data-send]").click()
            expect(page.get_by_text("Please type a question first.")).to_be_visible()
            assert_good(page)
            page.locator("#question").fill("dry li")
            expect(page.locator("[data-found] button").first).to_be_visible()
            assert_good(page)
        visitor.send(question)
        expect(page.locator(f"[data-stage] .card-{outcome}")).to_be_visible()
        assert_good(page)
    again()
    visitor.begin()
    page.keyboard.press("Shift")
    page.clock.run_for(41_000)
    expect(page.get_by_text("This screen clears itself soon.")).to_be_visible()
    assert_good(page)
    page.keyboard.press("Shift")
    page.clock.run_for(46_000)
    expect(page.get_by_role("dialog", name="Still there?")).to_be_visible()
    assert_good(page)
    page.get_by_role("button", name="Yes, go on").click()
    page.context.set_offline(True)
    expect(page.locator(".notice")).to_be_visible()
    again()
    visitor.begin()
    assert_good(page)
    visitor.open_keys()
    visitor.send("what about wine and beer")
    expect(page.get_by_role("heading", name="Choose an approved question")).to_be_visible()
    assert_good(page)
    assert visitor.faults == []


def test_typing_on_the_screen_keeps_the_focus_and_edits_where_the_caret_is(come: Comer) -> None:
    visitor = come()
    page, box = visitor.page, visitor.page.locator("#question")
    visitor.begin()
    visitor.open_keys()
    box.focus()
    page.locator('.keys [data-key="shift"]').tap()
    expect(page.locator('.keys [data-key="shift"]')).to_have_attribute("aria-pressed", "true")
    for letter in "i'm 2":
        page.locator(f'.keys [data-key="{letter}"]').tap()
    expect(box).to_have_value("I'm 2")
    expect(box).to_be_focused()
    page.locator('.keys [data-key="delete"]').click()
    page.keyboard.type("here, too")
    expect(box).to_have_value("I'm here, too")

    box.evaluate("(box) => box.setSelectionRange(4, 8)")
    page.locator('.keys [data-key="?"]').click()
    expect(box).to_have_value("I'm ?, too")
    expect(page.locator("[data-said]")).to_have_text("Question mark")


def test_delete_repeats_while_it_is_held(come: Comer) -> None:
    visitor = come()
    page, box = visitor.page, visitor.page.locator("#question")
    visitor.begin()
    visitor.open_keys()
    box.fill("abcdefgh 👍")
    visitor.freeze()
    page.locator('.keys [data-key="delete"]').hover()
    page.mouse.down()
    expect(box).to_have_value("abcdefgh ")
    page.clock.run_for(500 + 3 * 90)
    page.mouse.up()
    expect(box).to_have_value("abcdef")
    page.clock.run_for(1000)
    expect(box).to_have_value("abcdef")


def test_two_thumbs_lose_no_letter(come: Comer) -> None:
    visitor = come()
    visitor.begin()
    visitor.open_keys()
    for letter in "ab":  # both down before either is up
        visitor.page.locator(f'.keys [data-key="{letter}"]').dispatch_event("pointerdown", {"button": 0})
    for letter in "ab":
        visitor.page.locator(f'.keys [data-key="{letter}"]').dispatch_event("pointerup", {"button": 0})

    expect(visitor.page.locator("#question")).to_have_value("ab")


def test_the_keyboard_alone_is_enough(come: Comer) -> None:
    page = come().page

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
                return
        pytest.fail(f"Tab never comes to {name}")

    expect(page.get_by_role("heading", name="Do you have a question")).to_be_visible()
    tab_to("Touch here to begin")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What is your question about?")).to_be_focused()
    tab_to("Ask in your own words")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What would you like to know?")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("my lips are so dr")
    tab_to("q")  # the keys on the screen are one stop
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_have_value("my lips are so dry")
    expect(page.locator("[data-said]")).to_have_text("y")
    page.keyboard.press("Shift+Tab")
    page.locator("#question").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My lips are very dry. What helps?")).to_be_focused()
    tab_to("My skin is very dry")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My skin is very dry. What helps?")).to_be_focused()
    tab_to("Back")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My lips are very dry. What helps?")).to_be_focused()
    tab_to("Start again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Do you have a question")).to_be_focused()


def test_links_inside_answers_open_on_the_kiosk(come: Comer) -> None:
    visitor = come()
    visitor.begin()
    visitor.page.evaluate(
        """() => { const kept = document.querySelector("template[data-answer=dry-skin]");
        const link = document.createElement("a"); link.href = "/answers/dry-lips"; link.textContent = "lips";
        const out = document.createElement("a"); out.href = "https://example.org"; out.textContent = "elsewhere";
        kept.content.querySelector(".lead").append(link, " ", out); }"""
    )
    visitor.open_topic()
    visitor.open_question("My skin is very dry. What helps?")
    expect(visitor.page.get_by_text("elsewhere")).to_be_visible()
    assert visitor.page.locator("a").count() == 0
    visitor.page.get_by_role("button", name="lips", exact=True).click()

    expect(visitor.page.get_by_role("heading", name="My lips are very dry. What helps?")).to_be_focused()


def test_an_emergency_has_the_whole_screen(come: Comer) -> None:
    visitor = come()
    visitor.ask(OUTCOMES["emergency"])
    card = visitor.page.locator("[data-stage] .card-emergency")

    expect(visitor.page.get_by_role("heading", name="Call 999 now.")).to_be_focused()
    expect(card).to_contain_text("Tell the staff at the desk now.")
    assert card.get_by_role("button").count() == 0
    size = card.locator(".first").evaluate("(each) => parseFloat(getComputedStyle(each).fontSize)")
    assert size >= 48
    visitor.restart()
    visitor.assert_gone()


def test_clarifying_asks_the_chosen_question(come: Comer) -> None:
    visitor = come()
    visitor.ask(OUTCOMES["clarify"])
    choice = visitor.page.locator("[data-stage] [data-ask]").first
    words = choice.text_content() or ""
    choice.click()

    expect(visitor.page.get_by_role("heading", name=words)).to_be_focused()
    assert visitor.asked == [OUTCOMES["clarify"], words]
    assert len(set(visitor.talks)) == 1


def test_without_an_answer_the_topics_themselves_are_there(come: Comer) -> None:
    visitor = come()
    visitor.ask(OUTCOMES["no-match"])
    visitor.page.locator("[data-stage] .tile", has_text="Everyday side effects").click()

    expect(visitor.page.get_by_role("heading", name="Everyday side effects")).to_be_focused()


def test_the_first_screen_has_nothing_to_go_back_to(come: Comer) -> None:
    page = come().page
    for name in ("Back", "Start again"):
        expect(page.get_by_role("button", name=name)).to_be_hidden()
    page.get_by_role("button", name="Touch here to begin").click()
    for name in ("Back", "Start again"):
        expect(page.get_by_role("button", name=name)).to_be_visible()


def test_a_double_tap_asks_once(come: Comer) -> None:
    visitor = come()
    visitor.begin()
    visitor.open_keys()
    visitor.page.locator("#question").fill(OUTCOMES["answer"])
    visitor.page.locator("[data-send]").dblclick()
    expect(visitor.page.locator("[data-stage] .card-answer")).to_be_visible()

    assert visitor.asked == [OUTCOMES["answer"]]


def test_print_is_the_answer_with_its_code_and_nothing_else(come: Comer) -> None:
    visitor = come()
    page = visitor.page
    page.evaluate("() => { window.print = () => { window.printed = (window.printed ?? 0) + 1; }; }")
    visitor.begin()
    visitor.open_topic()
    visitor.open_question()
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")

    for hidden in ("nav.foot", ".help", ".also", "[data-print]"):
        expect(page.locator(hidden).first).to_be_hidden()
    for shown in ("[data-stage] .qr", "[data-stage] h1", "[data-stage] .next", "[data-stage] details .prose"):
        expect(page.locator(shown).first).to_be_visible()
    today = page.evaluate("new Date().toLocaleDateString('en-GB', {day: 'numeric', month: 'long', year: 'numeric'})")
    expect(page.locator(".paper")).to_have_text(f"Riverside Skin Clinic · 020 7946 0123 · Printed on {today}")
    expect(page.locator(".paper")).to_be_visible()


def test_read_aloud_is_hidden_where_there_is_no_voice(come: Comer) -> None:
    visitor = come(clock=False)
    visitor.page.add_init_script("delete window.speechSynthesis; Object.defineProperty(window, 'speechSynthesis', {})")
    visitor.page.add_init_script("delete Window.prototype.speechSynthesis")
    visitor.page.reload()
    visitor.begin()
    visitor.open_topic()
    visitor.open_question()

    expect(visitor.page.get_by_role("button", name="Print")).to_be_visible()
    assert visitor.faults == []


def test_more_below_is_offered_where_there_is_more(come: Comer) -> None:
    visitor = come(LANDSCAPE)
    down = visitor.page.get_by_role("button", name="More below")
    expect(down).to_be_hidden()
    visitor.begin()
    visitor.open_topic()
    expect(down).to_be_visible()
    down.click()
    assert visitor.page.evaluate("document.querySelector('main').scrollTop") > 100
    visitor.page.evaluate("for (let press = 0; press < 9; press += 1) document.querySelector('[data-down]').click()")
    expect(down).to_be_hidden()


@pytest.mark.parametrize("size", [(320, 640), (320, 256)], ids=["narrow", "enlarged-four-times"])
def test_enlarged_it_needs_no_sideways_scroll(come: Comer, size: tuple[int, int]) -> None:
    visitor = come({"width": size[0], "height": size[1]})
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert visitor.page.evaluate(fits)
    visitor.begin()
    assert visitor.page.evaluate(fits)
    visitor.open_topic()
    visitor.open_question()
    assert visitor.page.evaluate(fits)
    visitor.restart()
    visitor.ask(OUTCOMES["crisis"])
    assert visitor.page.evaluate(fits)


def test_staff_leave_by_a_long_press_and_sign_in(come: Comer, staff_server: tuple[object, str]) -> None:
    visitor = come(at=staff_server[1])
    page = visitor.page
    visitor.freeze()
    visitor.begin()
    page.locator("[data-staff]").hover()
    page.mouse.down()
    page.clock.run_for(4_000)
    page.mouse.up()
    page.clock.run_for(4_000)
    expect(page.get_by_role("dialog", name="For staff")).to_be_hidden()
    page.mouse.down()
    page.clock.run_for(5_100)
    page.mouse.up()
    expect(page.get_by_role("dialog", name="For staff")).to_be_visible()
    visitor.page.get_by_role("button", name="Back to the kiosk").click()
    visitor.assert_gone()

    page.keyboard.down("Escape")
    page.clock.run_for(5_100)
    page.keyboard.up("Escape")
    page.clock.resume()
    assert_good(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{staff_server[1]}/staff/sign-in?from=kiosk")
    assert page.evaluate("history.length") == visitor.history
    page.get_by_label("Email").fill("nobody@nowhere.test")
    page.get_by_label("Password").fill("nonsense")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("link", name="Back to the kiosk").click()
    expect(page).to_have_url(f"{staff_server[1]}/kiosk")


def test_a_screen_that_is_set_up_in_spanish_stays_so_and_is_as_large_and_in_reach(come: Comer) -> None:
    visitor = come()
    page = visitor.page
    page.goto("/kiosk?locale=es")
    expect(page.locator("body[data-linked]")).to_be_visible()
    assert_good(page)
    page.get_by_role("button", name="Toque aquí para empezar").click()
    assert_good(page)
    page.get_by_role("button", name="Preguntar con sus propias palabras").click()
    visitor.type("ñ")
    expect(page.locator("#question")).to_have_value("ñ")
    visitor.send("no puedo respirar")
    expect(page.get_by_role("heading", name="Llame al 999 ahora.")).to_be_visible()
    assert_good(page)
    visitor.restart()

    expect(page.get_by_role("button", name="Toque aquí para empezar")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/kiosk\?locale=es$"))
    assert visitor.faults == []
