"""How tests stand before a kiosk: what a visitor does, and what must be gone when the next one comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs

from playwright.sync_api import Page, Request, expect

PORTRAIT, LANDSCAPE = {"width": 1080, "height": 1920}, {"width": 1280, "height": 800}
OUTCOMES = {
    "answer": "my lips are so dry",
    "decision": "should i stop taking the capsules",
    "urgent": "my eyes look yellow",
    "emergency": "my throat is closing up",
    "crisis": "i want to end my life",
    "illicit": "can you sell me accutane",
    "clarify": "tests",
    "no-match": "what is the capital of portugal",
}
_LEFT = """async () => ({
    at: document.body.dataset.at,
    stage: document.querySelector("[data-stage]").innerHTML,
    typed: document.querySelector("[data-question]").value,
    found: document.querySelector("[data-found]").innerHTML + document.querySelector("[data-found-all]").innerHTML,
    said: [...document.querySelectorAll("[role=status]:not([data-notice]), [role=alert]")].map((each) => each.textContent).join(""),
    look: [document.documentElement.dataset.textSize, document.documentElement.dataset.contrast].join(""),
    dialogs: document.querySelectorAll("dialog[open]").length,
    session: sessionStorage.length, local: localStorage.length, cookies: document.cookie,
    history: history.length, address: location.pathname + location.search + location.hash, state: history.state,
    kept: (await Promise.all((await (window.caches?.keys() ?? [])).map(async (name) => (await (await caches.open(name)).keys()).map((each) => new URL(each.url).pathname)))).flat(),
    bases: (await (indexedDB.databases?.() ?? [])).length,
    owing: document.body.hasAttribute("data-owing"),
})"""
_CLEAN = {
    "at": "attract", "stage": "", "typed": "", "found": "", "said": "", "look": "", "dialogs": 0, "session": 0,
    "local": 0, "cookies": "", "address": "/kiosk", "state": None, "bases": 0, "owing": False,
}  # fmt: skip


@dataclass
class Visitor:
    """Somebody at the kiosk. `asked` are the words sent to the server, `talks` the conversations they were sent in."""

    page: Page
    asked: list[str] = field(default_factory=list)
    talks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    history: int = 1
    language: str = "en-GB"  # of the screen itself, whatever visitors choose

    def __post_init__(self) -> None:
        self.page.on("request", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda told: self.faults.append(told.text) if "Security Policy" in told.text else None)

    def _note(self, request: Request) -> None:
        if request.method == "POST" and request.url.partition("?")[0].endswith("/kiosk/turns"):
            sent = parse_qs(request.post_data or "")
            self.asked += sent.get("question", [])
            self.talks += sent["conversation"]

    def freeze(self) -> None:
        """From now on time passes only when the test says so."""
        self.page.clock.pause_at(datetime.fromtimestamp(self.page.evaluate("Date.now()") / 1000 + 1, UTC))

    def begin(self) -> None:
        self.page.get_by_role("button", name="Touch here to begin").click()

    def open_topic(self, name: str = "Everyday side effects") -> None:
        self.page.get_by_role("button", name=name).click()

    def open_question(self, name: str = "My lips are very dry. What helps?") -> None:
        self.page.get_by_role("button", name=name).click()

    def open_keys(self) -> None:
        self.page.locator(".own[data-go=ask]").click()

    def type(self, text: str) -> None:
        """With a finger, on the screen."""
        for letter in text:
            self.page.locator(f'.keys [data-key="{letter}"]').dispatch_event("pointerdown", {"button": 0})

    def send(self, question: str) -> None:
        self.page.locator("#question").fill(question)
        self.page.locator("[data-send]").click()

    def ask(self, question: str) -> None:
        """From the first screen to the reply."""
        self.begin()
        self.open_keys()
        self.send(question)
        expect(self.page.locator("[data-stage] .card").first).to_be_visible()

    def speak(self, name: str) -> None:
        """Choose a language by its own name."""
        self.page.get_by_role("button", name=name, exact=True).click()
        expect(
            self.page.locator(f"html[lang={'es' if name == 'Español' else 'en-GB'}] body[data-linked]")
        ).to_be_visible()

    def restart(self) -> None:
        """From wherever the visit is; on the first screen there is nothing to start again."""
        if self.page.locator("body[data-at=attract]").count():
            return
        self.page.locator("nav [data-restart]").click()

    def assert_gone(self) -> None:
        """Nothing is left on the screen, in the browser or on the way to the server."""
        expect(
            self.page.locator(f"html[lang={self.language}] body[data-linked]:not([data-owing])[data-at=attract]")
        ).to_be_visible()
        left = self.page.evaluate(_LEFT)
        kept = left.pop("kept")
        clean = {**_CLEAN, "history": self.history}
        different = {name: value for name, value in left.items() if value != clean[name]}
        assert not different, different
        assert not [path for path in kept if not path.startswith(("/static/", "/kiosk", "/theme.css"))]
        assert not [path for path in kept if "turns" in path or "state" in path]
        assert self.faults == []
