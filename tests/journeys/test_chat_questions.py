"""My questions: kept in the tab, printed, taken along as a code that this browser draws and nobody else sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import segno
from barriers import assert_accessible
from chatting import QUESTIONS, ask
from playwright.sync_api import Page, expect
from serving import served

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.faq.entry import Translation
from bot.faq.files import Loaded
from bot.patients.live import Live
from bot.staff.assembly import with_entries
from bot.web.app import create_app

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
OWN = "what is the capital of portugal"
APPROVED = "My lips are very dry. What helps?"
# The longest text that fits each version at level M: then no padding is left that writers fill differently.
FULL = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711, 779]


def listed(page: Page) -> None:
    """Two questions on the list, an approved one and one in the patient's own words; the list is open."""
    ask(page, QUESTIONS["answer"])
    page.get_by_role("button", name="Add to my questions").click()
    ask(page, OWN)
    page.get_by_role("button", name="Add to my questions").last.click()
    page.get_by_role("button", name="My questions (2)").click()


def code_of(page: Page) -> str:
    """The address in the code that is shown, read from the same data as the drawing."""
    return str(
        page.evaluate(
            """async () => {
              const from = document.querySelector('script[src*="taking.js"]').src;
              const { addressOf } = await import(from);
              const kept = JSON.parse(sessionStorage.getItem("my-questions"));
              return addressOf(`${location.origin}/take-home`, kept);
            }"""
        )
    )


def test_each_code_is_what_another_writer_makes_of_the_text(open_page: Opener) -> None:
    page = open_page()
    module = page.locator("[data-code]").get_attribute("data-code-from")
    for version, length in enumerate(FULL, start=1):
        text = ("https://chat.clinic.example/take-home#a=dry-lips&q=own+words&" * 15)[:length]
        drawn = page.evaluate(
            "async ([from, text]) => { const { matrixOf } = await import(from);"
            " return [...Array(8).keys()].map((mask) => matrixOf(text, mask)); }",
            [module, text],
        )
        for mask, rows in enumerate(drawn):
            made = segno.make(text, mode="byte", error="m", version=version, mask=mask, boost_error=False)
            assert [[bool(square) for square in row] for row in made.matrix] == rows, (version, mask)
    assert page.evaluate(
        "async (from) => { const { matrixOf } = await import(from); return matrixOf('x'.repeat(780)); }", module
    ) is None  # fmt: skip


def test_the_list_goes_to_the_phone_and_nowhere_else(open_page: Opener) -> None:
    page = open_page()
    asked: list[str] = []
    listed(page)
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Take to my phone").click()
    expect(page.get_by_role("img", name="A square code")).to_be_visible()
    assert_accessible(page)
    assert [url for url in asked if "qr" not in url] == []

    phone = open_page(phone=True)
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    phone.goto(code_of(page))
    expect(phone.get_by_role("listitem").filter(has_text=OWN)).to_be_visible()
    expect(phone.get_by_role("link", name=APPROVED)).to_have_attribute("href", "/answers/dry-lips")
    assert_accessible(phone)
    assert [url for url in sent if "portugal" in url.partition("#")[0]] == []
    phone.get_by_role("link", name="Go on in the chat").click()
    expect(phone.get_by_role("button", name="My questions (2)")).to_be_visible()


def test_a_question_that_was_read_in_spanish_stays_so_on_the_list_and_on_the_phone(
    open_page: Opener, small: Loaded
) -> None:
    first, second, *others = small.release.entries
    spanish = Translation(question="¿Qué es?", short="Esto.", detail="", next_step="Siga.", made_of=first.mark)
    entries = [replace(first, translations={"es": spanish}), second, *others]
    with served(create_app(read_settings({}), Live(Bot(with_entries(small.release, entries))))) as place:
        page = open_page(f"{place}/answers/{first.id}?locale=es")
        for entry_id in (first.id, second.id):
            page.goto(f"{place}/answers/{entry_id}?locale=es")
            page.get_by_role("button", name="Añadir a mis preguntas").click()
        marks = []
        for path in ("/?locale=es", "/?locale=en-GB"):
            page.goto(f"{place}{path}")
            page.locator("[data-mine-open]").click()
            expect(page.locator("[data-mine-list] li span").first).to_have_text("¿Qué es?")
            marks.append([each.get_attribute("lang") for each in page.locator("[data-mine-list] li span").all()])
        page.goto(f"{place}/take-home?locale=es#a={first.id}&a={second.id}")

        assert marks == [["es", "en"], ["es", "en"]]
        expect(page.get_by_role("link", name="¿Qué es?")).to_have_attribute("lang", "es")
        expect(page.get_by_role("link", name=second.question)).to_have_attribute("lang", "en")


def test_a_list_too_long_for_a_code_says_how_much_is_in_it(open_page: Opener) -> None:
    page = open_page()
    long = [{"question": f"{number} " + "ñandú " * 20, "id": ""} for number in range(4)]
    page.evaluate("list => sessionStorage.setItem('my-questions', JSON.stringify(list))", long)
    page.reload()
    page.get_by_role("button", name="My questions (4)").click()
    page.get_by_role("button", name="Take to my phone").click()

    expect(page.locator("[data-code-said]")).to_contain_text("the first 2 of your questions")


@pytest.mark.parametrize(
    "hash_", ["", "#", "#a=../../x", "#q=", "#nonsense", "#a=%3Cscript%3E", "#q=%E0%A4%A", "#b=dry-lips"]
)
def test_an_address_without_a_list_says_so(open_page: Opener, hash_: str) -> None:
    page = open_page(f"/take-home{hash_}")

    expect(page.locator("[data-home-list] li")).to_have_count(1 if hash_.startswith("#q=%E0") else 0)


def test_what_an_address_holds_is_only_text(open_page: Opener) -> None:
    page = open_page("/take-home#q=%3Cimg+src=x+onerror=alert(1)%3E&a=no-such-entry")

    expect(page.locator("[data-home-list] li").first).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.get_by_role("link", name="no such entry")).to_be_visible()
    assert page.locator("main img").count() == 0


def test_without_scripts_the_page_says_what_is_needed(open_page: Opener) -> None:
    page = open_page("/take-home#q=hello", scripts=False)

    expect(page.get_by_text("reading it needs scripts")).to_be_visible()


def test_my_questions_are_printed_alone(open_page: Opener) -> None:
    page = open_page()
    page.evaluate("window.print = () => {}")
    listed(page)
    page.get_by_role("button", name="Print my questions").click()
    page.emulate_media(media="print")

    expect(page.locator("[data-mine-list]")).to_be_visible()
    expect(page.locator(".card-answer")).to_be_hidden()
    expect(page.get_by_role("button", name="Remove").first).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("[data-mine-list]")).to_be_hidden()


def test_one_answer_is_printed_alone_and_unfolded(open_page: Opener) -> None:
    page = open_page()
    page.evaluate("window.print = () => window.dispatchEvent(new Event('beforeprint'))")
    ask(page, QUESTIONS["answer"])
    ask(page, "does it cause nosebleeds")
    expect(page.locator(".card-answer")).to_have_count(2)
    page.get_by_role("button", name="Print", exact=True).last.click()
    page.emulate_media(media="print")

    expect(page.locator(".card-answer").first).to_be_hidden()
    expect(page.locator(".card-answer").last).to_be_visible()
    expect(page.locator(".card-answer").last.locator("details .prose")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".card-answer").first).to_be_visible()


def test_an_answers_own_page_adds_to_the_same_list(open_page: Opener) -> None:
    page = open_page("/answers/dry-lips")
    page.get_by_role("button", name="Add to my questions").click()
    expect(page.get_by_role("button", name="In my questions")).to_have_attribute("aria-disabled", "true")
    page.goto("/")

    expect(page.get_by_role("button", name="My questions (1)")).to_be_visible()


def test_what_was_taken_off_can_be_undone_until_the_next_thing_is_done(open_page: Opener) -> None:
    page = open_page()
    page.clock.install()
    listed(page)
    undo = page.get_by_role("button", name="Undo")
    remove = page.get_by_role("button", name=re.compile("^Remove"))
    assert len({box["x"] for each in remove.all() if (box := each.bounding_box())}) == 1
    remove.first.click()
    expect(undo).to_be_visible()
    ask(page, "does it cause nosebleeds")
    expect(page.locator(".turn")).to_have_count(3)
    expect(undo).to_be_hidden()
    remove.first.click()
    page.clock.run_for(60_000)
    expect(undo).to_be_visible()  # it has the focus
    page.get_by_label("Your question").focus()
    page.clock.run_for(21_000)

    expect(undo).to_be_hidden()
    expect(page.locator("[data-mine-status]")).to_be_empty()


@pytest.mark.parametrize("can", ["share", "copy", "neither"])
def test_on_the_phone_itself_the_list_is_shared_or_copied(open_page: Opener, can: str) -> None:
    page = open_page(phone=True, has_touch=True, is_mobile=True)
    page.add_init_script(
        """(([can]) => {
          const take = (text) => { window.taken = text; return Promise.resolve(); };
          const refuse = () => Promise.reject(new DOMException("no", "NotAllowedError"));
          navigator.share = can === "share" ? ({ text }) => take(text) : undefined;
          navigator.clipboard.writeText = can === "copy" ? take : refuse;
        })(["CAN"])""".replace("CAN", can)
    )
    page.reload()
    listed(page)
    page.get_by_role("button", name=f"{'Share' if can == 'share' else 'Copy'} my questions").click()

    if can == "neither":
        expect(page.locator("[data-mine-status]")).to_contain_text("copy it by hand")
        assert OWN in page.evaluate("getSelection().toString()")
    else:
        page.wait_for_function("window.taken")
        assert page.evaluate("taken") == f"1. {APPROVED}\n2. {OWN}"
    assert_accessible(page)


def test_adding_twice_lists_once_and_keys_alone_are_enough(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["answer"])
    page.get_by_role("button", name="Add to my questions").press("Enter")
    said = page.get_by_role("status")  # among what a screen reader finds: the list itself is closed
    expect(said.filter(has_text="Added to my questions.")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said.filter(has_text="Undone.")).to_have_count(1)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(page.get_by_role("button", name="My questions (0)")).to_be_visible()
    expect(page.get_by_role("button", name="Add to my questions")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="In my questions").press("Enter")
    page.get_by_role("button", name="My questions (1)").press("Enter")
    expect(page.get_by_role("heading", name="My questions")).to_be_focused()
    page.get_by_role("button", name=f"Remove: {APPROVED}").press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.get_by_role("button", name="Add to my questions")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[data-mine-list] li")).to_have_count(1)
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="My questions (1)")).to_be_focused()
