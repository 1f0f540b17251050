"""What the kiosk suggests above its keys: what was typed, and nothing where help comes first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from journeys.kiosk import Visitor
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Comer = Callable[..., Visitor]


def test_a_suggestion_opens_its_answer_and_nothing_was_sent(come: Comer) -> None:
    visitor = come()
    visitor.begin()
    visitor.open_keys()
    visitor.type("dry lips")
    visitor.page.locator("[data-found] button", has_text="My lips are very dry").click()

    expect(visitor.page.get_by_role("heading", name="My lips are very dry. What helps?")).to_be_focused()
    assert visitor.asked == []


@pytest.mark.parametrize(
    "words", ["my throat is closing up", "i want to end my life", "i took too many pills", "what is the capital"]
)
def test_nothing_is_suggested_beneath_grave_words_or_for_words_that_say_little(come: Comer, words: str) -> None:
    visitor = come()
    visitor.begin()
    visitor.open_keys()
    for end in range(4, len(words) + 1):
        visitor.page.locator("#question").fill(words[:end])
        expect(visitor.page.locator("[data-found]")).to_be_hidden()


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("my lips are so dr", "My lips are very dry. What helps?"),
        ("can i drink alcohl", "Why is alcohol limited on isotretinoin?"),
        ("missed a dose", "What if a dose is missed?"),
    ],
)
def test_what_is_suggested_is_what_was_typed(come: Comer, words: str, question: str) -> None:
    visitor = come()
    visitor.begin()
    visitor.open_keys()
    visitor.page.locator("#question").fill(words)

    expect(visitor.page.locator("[data-found] button").first).to_have_text(question)
