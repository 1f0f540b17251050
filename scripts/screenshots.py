"""Make the pictures of docs/pictures anew, in a real browser, from a temporary clinic with a few days of questions.

    make screenshots        # or: .venv/bin/python scripts/screenshots.py [NAME…]

Nothing is taken from, or left in, the data folder. Needs Chromium.
"""

from __future__ import annotations

import base64
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import structlog
import waitress
from flask import Flask
from palette import Bytes, shrink
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.clock import utc_now
from bot.config import read_settings
from bot.staff.sessions import open_session
from bot.store.content import add_review, add_revision, find_approved
from bot.store.database import Db
from bot.store.staff import add_account, find_account_of, update_account
from bot.store.visits import Feedback, Turn, add_turns, give_feedback
from bot.web.app import create_app
from bot.web.opening import House, open_house

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
MOST_BYTES = 200_000
GATES_BY_MS = 600_000
PAGE_BY_MS = 60_000
OPEN_QUESTIONS = (
    *["can my dog lick the cream", "can my dog lick my cream"] * 3,
    *["where do i park", "where can i park the car", "is there parking at the clinic"] * 2,
    *["do you do video appointments", "can i have a video call instead"],
    "can i bring my mum with me", "who won the football", "do you treat warts as well",
    "is the clinic open on sunday nights",
)  # fmt: skip
OUTCOMES = {"answer": 0.76, "decision": 0.85, "clarify": 0.93, "no_match": 0.98, "urgent": 0.995, "emergency": 1}
ENTRIES = (
    *("dry-lips", "alcohol", "dry-skin", "when-results", "blood-tests", "nosebleeds", "exercise", "sun-sensitivity"),
    *("missed-dose", "opening-hours", "pregnancy-tests"),
)  # fmt: skip
READ = """async (text) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${text}`)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const { data } = canvas.getImageData(0, 0, picture.width, picture.height);
  const pieces = [];
  for (let at = 0; at < data.length; at += 30000) pieces.push(String.fromCharCode(...data.subarray(at, at + 30000)));
  return [picture.width, picture.height, btoa(pieces.join(""))];
}"""
SITE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Riverside Skin Clinic</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body{{margin:0;font:18px/1.6 Georgia,serif;color:#27323a;background:#f6f4ef}}
header{{background:#17384a;color:#fff;padding:22px 64px;display:flex;gap:40px;align-items:baseline}}
header b{{font-size:24px}}
header span{{opacity:.85}}
main{{max-width:640px;padding:56px 64px}}
h1{{font-size:40px;line-height:1.2;margin:0 0 20px}}
div{{height:180px;border-radius:12px;background:linear-gradient(120deg,#d8e4e2,#e9dfd0);margin-top:32px}}
</style></head>
<body><header><b>Riverside Skin Clinic</b><span>Treatments</span><span>Our team</span><span>Find us</span></header>
<main><h1>Skin care on the river</h1><p>We look after skin of every age and colour. Our nurses answer the phone on
weekdays; for questions about isotretinoin there is the chat, day and night.</p><div></div>
<p>Referrals from your GP or without one. Step-free entrance, five minutes from the station.</p></main>
<script src="{chat}/widget.js" data-clinicbot async></script></body></html>"""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything runs: the chat, the clinic's website, the staff session's cookie, the browser."""

    chat: str
    site: str
    house: House
    cookie: dict[str, str]
    browser: Browser

    def page(self, address: str, width: int = 1280, height: int = 800, *, dark: bool = False, dots: float = 1) -> Page:
        """A page at `address`, in a fresh profile; staff pages are signed in."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            device_scale_factor=dots,
            reduced_motion="reduce",
        )
        context.add_cookies([{**self.cookie, "url": f"{self.chat}/staff"}])
        page = context.new_page()
        page.goto(address if "://" in address else self.chat + address)
        return page


def ask(page: Page, question: str, card: str) -> None:
    """Ask in the chat, and wait for the answer."""
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(f".card-{card}").last).to_be_visible()


def chat_desktop(stage: Stage) -> Page:
    page = stage.page("/", 1280, 900)
    ask(page, "my lips r so dry help", "answer")
    page.evaluate("scrollTo(0, 0)")
    return page


def chat_phone(stage: Stage) -> Page:
    page = stage.page("/", 390, 844, dots=2)
    ask(page, "should i stop taking the capsules", "decision")
    return page


def chat_dark(stage: Stage) -> Page:
    page = stage.page("/", 390, 844, dark=True, dots=2)
    ask(page, "i want to end my life", "crisis")
    return page


def emergency(stage: Stage) -> Page:
    page = stage.page("/", 390, 844, dots=2)
    ask(page, "my throat is closing up", "emergency")
    return page


def widget(stage: Stage) -> Page:
    page = stage.page(stage.site)
    page.get_by_role("button", name="Ask a question").click()
    chat = page.frame_locator("clinicbot-widget iframe")
    chat.get_by_label("Your question").fill("when will i see results")
    chat.get_by_role("button", name="Ask", exact=True).click()
    expect(chat.locator(".card-answer")).to_be_visible()
    return page


def kiosk(stage: Stage) -> Page:
    page = stage.page("/kiosk", 1080, 1920, dots=0.5)
    page.get_by_role("button", name="Touch here to begin").click()
    expect(page.get_by_role("heading", name="What is your question about?")).to_be_visible()
    return page


def kiosk_answer(stage: Stage) -> Page:
    page = kiosk(stage)
    page.get_by_role("button", name="Everyday side effects").click()
    page.get_by_role("button", name="My lips are very dry. What helps?").click()
    expect(page.get_by_role("heading", name="My lips are very dry. What helps?")).to_be_visible()
    return page


def answer(stage: Stage) -> Page:
    return stage.page("/answers/dry-lips", 1280, 900)


def staff_today(stage: Stage) -> Page:
    return stage.page("/staff/")


def staff_editor(stage: Stage) -> Page:
    page = stage.page("/staff/entries/dry-lips", 1360, 900)
    page.wait_for_load_state("networkidle")
    return page


def staff_unanswered(stage: Stage) -> Page:
    return stage.page("/staff/unanswered", 1280, 860)


def staff_console(stage: Stage) -> Page:
    return stage.page("/staff/ask?q=my lips r so dry", 1280, 860)


def staff_publish(stage: Stage) -> Page:
    """A change that has passed its gates. They run for real: this one takes a minute."""
    with stage.house.database.change() as db:
        revision_id = revise(db, "many times a day", "every hour or two", reason="Says how often")
        add_review(db, revision_id, "approve", reviewer="Cleo Clinician", own=False, comment="", at=utc_now())
    page = stage.page("/staff/releases", 1280, 860)
    page.locator("form[action$='/prepare'] button").first.click()
    expect(page.get_by_role("button", name="Publish 1 change")).to_be_visible(timeout=GATES_BY_MS)
    return page


def staff_review(stage: Stage) -> Page:
    with stage.house.database.change() as db:
        revision_id = revise(db, "with sun protection", "with sun protection factor 30", reason="Names the factor")
    return stage.page(f"/staff/review?revision={revision_id}", 1280, 900)


def revise(db: Db, words: str, better: str, *, reason: str) -> int:
    """The id of a new revision of the answer on dry lips, which says `better` in place of `words`."""
    approved = find_approved(db, "dry-lips")
    if approved is None or words not in approved.entry.answer.short:
        raise SystemExit(f"The shipped knowledge has no entry dry-lips that says {words!r}.")
    answer = replace(approved.entry.answer, short=approved.entry.answer.short.replace(words, better))
    changed = replace(approved.entry, answer=answer)
    return add_revision(db, changed, author="Edda Editor", reason=reason, at=utc_now()).revision_id


def staff_insights(stage: Stage) -> Page:
    """The last to be taken: its questions would show on other pages."""
    note_a_month(stage.house)
    return stage.page("/staff/insights", 1280, 1500)


SHOTS: tuple[Callable[[Stage], Page], ...] = (
    chat_desktop, chat_phone, chat_dark, emergency, widget, kiosk, kiosk_answer, answer,
    staff_today, staff_editor, staff_unanswered, staff_console, staff_publish, staff_review,
    staff_insights,
)  # fmt: skip


@contextmanager
def serving(app: Callable[..., object]) -> Iterator[int]:
    """The port at which `app` is served meanwhile."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.close()
    thread.join(timeout=5)


@contextmanager
def set_up(folder: Path) -> Iterator[Stage]:
    """A clinic in `folder`, with its website, people and questions."""
    shown: list[bytes] = [b""]

    def website(_environ: object, start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return shown

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with serving(website) as site_port, sync_playwright() as playwright:
        site = f"http://localhost:{site_port}"
        knowledge = Path(shutil.copytree(ROOT / "knowledge", folder / "knowledge"))
        with (knowledge / "clinic.yaml").open("a", encoding="utf-8") as file:
            file.write(f'\nembedding_sites: ["{site}"]\n')
        settings = read_settings(
            {"CLINICBOT_DATA_DIR": str(folder / "data"), "CLINICBOT_KNOWLEDGE_DIR": str(knowledge)}, folder
        )
        house = open_house(settings, utc_now)
        house.follower.start()
        note_questions(house)
        app = create_app(settings, house=house)
        with serving(app) as port:
            shown[0] = SITE.format(chat=f"http://127.0.0.1:{port}").encode()
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            yield Stage(f"http://127.0.0.1:{port}", site, house, cookie_of_staff(app, house), browser)
            browser.close()
        house.close()


def note_questions(house: House) -> None:
    """What patients asked lately and got no answer to."""
    with house.database.change() as db:
        for number, wording in enumerate(OPEN_QUESTIONS):
            add_turns(db, [turn_of(number, wording, "no_match", datetime.now(UTC) - timedelta(hours=3 * number + 1))])


def note_a_month(house: House) -> None:
    """Made-up questions of thirty days, always the same ones, and what patients thought of the answers."""
    drawn = np.random.default_rng(11)
    with house.database.change() as db:
        for number in range(1200):
            kind = drawn.random()
            outcome = next(name for name, below in OUTCOMES.items() if kind < below)
            entry = ENTRIES[int(len(ENTRIES) * drawn.random() ** 2)] if outcome == "answer" else None
            sure = round(0.7 + 0.29 * drawn.random() ** 0.4, 3) if entry else None
            day = drawn.integers(30)
            asked_at = datetime.now(UTC).replace(hour=int(drawn.normal(15, 4)) % 24) - timedelta(days=int(day))
            turn_id = f"made-{number:04}"
            turn = replace(turn_of(number, "", outcome, asked_at), turn_id=turn_id, entry_id=entry, confidence=sure)
            add_turns(db, [turn])
            if sure and drawn.random() < 0.5:
                helped = bool(drawn.random() < sure)
                give_feedback(db, Feedback(turn_id=turn_id, helpful=helped, reason="", given_at=asked_at))


def turn_of(number: int, wording: str, outcome: str, asked_at: datetime) -> Turn:
    """What is kept of a question."""
    return Turn(
        turn_id=f"turn-{number:04}",
        conversation=f"talk-{number:04}",
        asked_at=asked_at,
        redacted=wording,
        outcome=outcome,
        release=1,
        region="uk",
        channel="web",
        context={},
        said=[],
        entry_id=None,
    )


def cookie_of_staff(app: Flask, house: House) -> dict[str, str]:
    """The cookie of somebody who may do everything."""
    now, email = utc_now(), "cleo@riverside-skin.example"
    with house.database.change() as db:
        roles = frozenset({"clinician", "admin"})
        user_id = add_account(db, email=email, name="Cleo Clinician", roles=roles, password_hash="!", at=now)  # noqa: S106
        update_account(db, user_id, confirmed_at=now)
        account = find_account_of(db, email)
        if account is None:
            raise SystemExit("There is no account for the pictures.")
        token = open_session(db, account, "full", now)
    client = app.test_client()
    with client.session_transaction("/staff/") as session:
        session["token"] = token
    cookie = client.get_cookie("clinicbot_staff", path="/staff")
    if cookie is None:
        raise SystemExit("There is no session for the pictures.")
    return {"name": cookie.key, "value": cookie.value}


def pixels_of(browser: Browser, png: bytes) -> Bytes:
    """The picture's pixels, shape (height, width, 4); browsers read pictures, so that no library has to."""
    page = browser.new_page()
    width, height, text = page.evaluate(READ, base64.b64encode(png).decode())
    page.close()
    return np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(height, width, 4)


def main() -> None:
    """Take the pictures that are named, or all."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    wanted = sys.argv[1:]
    expect.set_options(timeout=PAGE_BY_MS)
    with tempfile.TemporaryDirectory() as folder, set_up(Path(folder)) as stage:
        for shot in SHOTS:
            name = shot.__name__.replace("_", "-")
            if wanted and name not in wanted:
                continue
            page = shot(stage)
            png = page.screenshot(animations="disabled", caret="hide")
            picture = shrink(png, pixels_of(stage.browser, png))
            if len(picture) > MOST_BYTES:
                raise SystemExit(f"{name}: {len(picture)} bytes, allowed: {MOST_BYTES}")
            (PICTURES / f"{name}.png").write_bytes(picture)
            print(f"{name:<20}{len(picture):>8} bytes")
            page.context.close()


if __name__ == "__main__":
    main()
