"""What is announced, what takes the focus, what is read aloud, and how keys alone go through a whole visit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chatting import QUESTIONS, ask
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
# A voice that only notes what it is given, for Chromium here has none.
VOICE = """
window.spoken = [];
window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; this.lang = ""; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  speak(each) { window.spoken.push([each.lang, each.text]); window.last = each; },
  cancel() { window.cancelled = (window.cancelled ?? 0) + 1; },
}});
"""


def test_a_whole_visit_by_keys_alone(open_page: Opener) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.locator("[data-question]").focus()
    page.keyboard.type(QUESTIONS["clarify"])
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator(".card-clarify")).to_be_visible()
    page.locator(".card-clarify button").first.press("Enter")
    heading = page.locator(".card-answer h2")
    expect(heading).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".card-answer summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".card-answer details .prose")).to_be_visible()
    page.locator("[data-question]").focus()
    page.keyboard.type(QUESTIONS["emergency"])
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Call 999 now.")).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Call 999", exact=True)).to_be_focused()


def test_arrows_go_through_what_was_asked_before(open_page: Opener) -> None:
    page = open_page()
    box = page.locator("[data-question]")
    for number, question in enumerate((QUESTIONS["answer"], QUESTIONS["decision"]), start=1):
        ask(page, question)
        expect(page.locator(".turn")).to_have_count(number)
    box.focus()
    for key, shown in [
        ("ArrowUp", QUESTIONS["decision"]), ("ArrowUp", QUESTIONS["answer"]), ("ArrowUp", QUESTIONS["answer"]),
        ("ArrowDown", QUESTIONS["decision"]), ("ArrowDown", ""), ("ArrowDown", ""),
    ]:  # fmt: skip
        page.keyboard.press(key)
        expect(box).to_have_value(shown)
    page.keyboard.type("mine")
    page.keyboard.press("ArrowUp")

    expect(box).to_have_value("mine")


def test_only_the_bots_replies_are_announced(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["answer"])
    turn = page.locator(".turn")
    expect(turn).to_be_visible()

    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    expect(turn.locator(".you")).to_have_attribute("aria-live", "off")
    assert page.locator("[role=alert]:visible").count() == 0
    ask(page, QUESTIONS["emergency"])
    expect(page.get_by_role("alert").filter(has_text="Call 999")).to_be_visible()


def test_help_stays_in_view_after_a_crisis(open_page: Opener) -> None:
    page = open_page(phone=True)
    ask(page, QUESTIONS["crisis"])
    expect(page.locator(".card-crisis h2")).to_be_focused()
    expect(page.locator(".card-crisis .btn.go")).to_be_in_viewport()
    for turns in (2, 3):
        ask(page, QUESTIONS["answer"])
        expect(page.locator(".turn")).to_have_count(turns)

    expect(page.locator(".standing").last).to_be_in_viewport()
    expect(page.locator(".standing").last.get_by_role("link").first).to_have_attribute("href", "tel:116123")


@pytest.mark.parametrize("outcome", ["emergency", "crisis"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_the_call_is_in_view_at_once(open_page: Opener, outcome: str, phone: bool) -> None:
    page = open_page(phone=phone)
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".turn")).to_have_count(1)
    ask(page, QUESTIONS[outcome])

    expect(page.locator(f".card-{outcome} .btn.go")).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-question]")).to_be_enabled()


def test_an_answer_is_read_aloud_piece_by_piece_in_its_own_language(open_page: Opener) -> None:
    page = open_page("/privacy")
    page.add_init_script(VOICE)
    page.goto("/?locale=es")
    ask(page, QUESTIONS["answer"])
    button = page.locator("[data-speak]")
    button.click()
    expect(button).to_have_text("Dejar de leer")
    spoken = page.evaluate("window.spoken")

    assert spoken[0] == ["en", "My lips are very dry. What helps?"]
    assert any(text.startswith("Qué hacer ahora.") for _, text in spoken)
    assert not any("Fuente" in text for _, text in spoken)
    page.evaluate("window.last.dispatchEvent(new Event('end'))")
    expect(button).to_have_text("Leer en voz alta")
    button.click()
    button.click()
    expect(button).to_have_text("Leer en voz alta")
    assert page.evaluate("window.cancelled") >= 3


def test_without_a_voice_nothing_is_offered(open_page: Opener) -> None:
    page = open_page("/privacy")
    page.add_init_script("delete window.speechSynthesis")
    page.goto("/")
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".card-answer")).to_be_visible()

    assert page.locator("[data-speak]:visible").count() == 0


def test_the_same_answer_again_is_unfolded_where_what_was_asked_on_stands(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".turn")).to_have_count(1)
    assert page.locator(".card-answer details").first.get_attribute("open") is None
    ask(page, "and how long does that last?")
    expect(page.locator(".turn")).to_have_count(2)

    answers = page.locator(".turn").evaluate_all("turns => turns.map(turn => turn.dataset.entry)")
    assert answers[0] == answers[1]
    assert page.locator(".card-answer details").last.get_attribute("open") == ""
