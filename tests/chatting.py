"""What the chat's journeys share: its questions by outcome, and how to ask."""

from __future__ import annotations

from playwright.sync_api import Page

QUESTIONS = {
    "answer": "my lips are so dry",
    "decision": "should i stop taking the capsules",
    "urgent": "my eyes look yellow",
    "emergency": "my throat is closing up",
    "crisis": "i want to end my life",
    "illicit": "can you sell me accutane",
    "clarify": "tests",
    "no-match": "what is the capital of portugal",
}
# As on iOS 15 and Chrome 102. A form's values then leave out the button that was pressed, and no event names it.
OLDER = """(() => {
    delete AbortSignal.timeout;
    delete AbortSignal.any;
    delete HTMLFormElement.prototype.requestSubmit;
    delete SubmitEvent.prototype.submitter;
    delete Array.prototype.at;
    delete String.prototype.at;
    const own = window.FormData;
    window.FormData = class extends own { constructor(form) { super(form); } };
})()"""


def ask(page: Page, question: str) -> None:
    """Type a question and send it."""
    page.locator("[data-question]").fill(question)
    page.locator(".ask button.go").click()


def grow_old(page: Page) -> Page:
    """Load the page again in a browser of some years ago."""
    page.context.add_init_script(OLDER)
    page.reload()
    assert page.evaluate("!AbortSignal.timeout && !document.forms[0]?.requestSubmit")
    return page
