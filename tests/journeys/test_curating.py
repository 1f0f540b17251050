"""A wrong answer mended from end to end in a real browser: found, worded, reviewed, checked, published, taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from serving import served

from bot.clock import utc_now
from bot.config import Secret, read_settings
from bot.dialogue.bot import Bot
from bot.faq.files import Loaded
from bot.patients.chat import Chat
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.accounts import Role
from bot.staff.passwords import hash_password
from bot.staff.seeding import seed_if_empty
from bot.staff.two_step import seal
from bot.store.audit import list_events, verify
from bot.store.database import open_database
from bot.store.staff import add_account, update_account
from bot.web.app import create_app
from bot.web.opening import House

KNOWLEDGE = Path(__file__).parent.parent.parent / "knowledge"
PASSWORD, SECRET = "marble-otter-plume-53", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
QUESTION = "is herbal stuff like ginkgo a thing they want to hear about"
CHECKS_END_MS = 300_000  # the gates run in a process of their own and may have to learn the release first


@pytest.fixture
def clinic(
    bot: Bot, loaded: Loaded, tmp_path: Path, lay_learnt: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[House, str]]:
    """A clinic with an editor and a clinician, its server, and one question that had no answer."""
    monkeypatch.chdir(tmp_path)
    settings = read_settings({"CLINICBOT_DATA_DIR": str(tmp_path / "data")})
    (tmp_path / "data").mkdir()
    database = open_database(settings.database)
    seed_if_empty(database, loaded, utc_now())
    live = Live(bot)
    follower = Follower(database, live, Shelves(lay_learnt(settings.index_dir), (KNOWLEDGE,)))
    follower.look()
    follower.start()
    turns = Turns(database, utc_now, timedelta(days=settings.retention_days))
    house = House(database=database, key=Secret("k" * 40), live=live, follower=follower, turns=turns)
    for name, role in (("Edda", Role.EDITOR), ("Cleo", Role.CLINICIAN)):
        with database.change() as db:
            user_id = add_account(
                db, email=f"{name.lower()}@clinic.test", name=name, roles=frozenset({role}),
                password_hash=hash_password(PASSWORD), at=utc_now(),
            )  # fmt: skip
            update_account(db, user_id, confirmed_at=utc_now(), secret=seal(house.key, SECRET))
    Chat(live, lambda: 0.0, turns).ask(QUESTION)
    turns.flush()
    with served(create_app(settings, house=house), threads=8) as place:
        yield house, place
    house.close()


class Person:
    """Somebody at a browser, whose clicks, keys and texts are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def click(self, name: str, role: str = "button") -> None:
        self.actions += 1
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)

    def type(self, label: str, text: str) -> None:
        self.actions += 1
        self.page.get_by_label(label).first.fill(text)

    def sign_in(self, name: str) -> None:
        self.page.goto("/staff/")
        self.type("Email", f"{name}@clinic.test")
        self.type("Password", PASSWORD)
        self.click("Go on")
        self.type("Code", pyotp.TOTP(SECRET).now())
        self.click("Sign in")


def answer_to(page: Page, question: str) -> str:
    page.goto("/")
    before = page.locator("[data-turn]").count()  # what was asked in this tab before is there again
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("[data-turn]")).to_have_count(before + 1)
    card = page.locator("[data-turn] .card").last
    expect(card).to_be_visible()
    return card.inner_text()


@pytest.mark.browser
def test_a_question_without_an_answer_is_mended_and_taken_back(
    browser: Browser, clinic: tuple[House, str], watch: Callable[[BrowserContext], None]
) -> None:
    house, address = clinic
    contexts = [browser.new_context(base_url=address, reduced_motion="reduce") for _ in range(3)]
    for context in contexts:
        watch(context)
    editor, clinician, patient = (Person(context.new_page()) for context in contexts)
    assert "I do not have an approved answer" in answer_to(patient.page, QUESTION)

    # The editor finds it, adds it to the right entry by one key, and sees a collision of another wording.
    editor.sign_in("edda")
    editor.click("Unanswered", "link")
    expect(editor.page.get_by_text(QUESTION).first).to_be_visible()
    expect(editor.page.get_by_role("button", name="Keys are on")).to_be_visible()
    editor.press("1")
    expect(editor.page.get_by_text("Added to the draft")).to_be_visible()
    editor.page.goto("/staff/entries/other-medicines")
    editor.actions += 1
    wordings = editor.page.get_by_role("textbox", name="Other ways to ask it, ")
    expect(wordings.last).to_have_value(QUESTION)
    editor.click("Add a wording")
    editor.actions += 1
    wordings.last.fill("can i drink at a wedding")
    warning = editor.page.get_by_text("Closer to").locator("..").filter(has_text="alcohol")
    expect(warning).to_be_visible(timeout=20_000)
    editor.click("Remove can i drink at a wedding")
    expect(wordings.last).to_have_value(QUESTION)
    editor.type("Reason", "Patients ask about herbal things in these words.")
    editor.click("Send for review")
    expect(editor.page.get_by_text("in review").first).to_be_visible()

    # The clinician approves it, by which its checks begin, and publishes.
    clinician.sign_in("cleo")
    clinician.click("Review", "link")
    expect(clinician.page.get_by_text("Keys:")).to_be_visible()
    clinician.press("a")
    clinician.press("Enter")
    expect(clinician.page.get_by_text("Nothing waits")).to_be_visible()
    clinician.click("Publish", "link")
    publish = clinician.page.get_by_role("button", name="Publish 1 change")
    expect(publish).to_be_visible(timeout=CHECKS_END_MS)
    clinician.click("Publish 1 change")
    expect(clinician.page.get_by_text("This server serves it")).to_be_visible(timeout=30_000)
    assert "Which medicines do not go with isotretinoin?" in answer_to(patient.page, QUESTION)

    # Taken back with one click, patients are where they were.
    clinician.click("Roll back to 1")
    expect(clinician.page.get_by_text("This server serves it")).to_be_visible(timeout=30_000)
    assert "I do not have an approved answer" in answer_to(patient.page, QUESTION)

    with house.database.read() as db:
        done = {event.action for event in list_events(db, limit=200)}
        assert verify(db).fault == ""
    assert {"release.published", "release.rolled_back"} <= done
    assert editor.actions + clinician.actions <= 25, (editor.actions, clinician.actions)
    for context in contexts:
        context.close()
