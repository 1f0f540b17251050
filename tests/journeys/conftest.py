"""A real server and a real browser, where there is one; whatever the browser complains of fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from journeys.kiosk import PORTRAIT, Visitor
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright
from serving import served

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.staff.sessions import open_session
from bot.store.staff import add_account, find_account_of, update_account
from bot.web.app import create_app
from bot.web.gate_process import GATES
from bot.web.opening import House

MOST_PATIENT_MS = 20_000  # on a busy machine a page may take its time; what never comes still fails
expect.set_options(timeout=MOST_PATIENT_MS)

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def address(bot: Bot) -> Iterator[str]:
    """Where the real application is served on this machine."""
    with served(create_app(read_settings({}), Live(bot))) as place:
        yield place


@pytest.fixture(scope="session")
def playwright_() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright_: Playwright, missing: Callable[[str], None]) -> Iterator[Browser]:
    names = ("chromium-headless-shell", "chromium", "chromium-browser")  # the first is the same one without windows
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        missing("Chromium is not installed (Debian: apt-get install chromium)")
    opened = playwright_.chromium.launch(executable_path=path, args=FLAGS)
    yield opened
    opened.close()


TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error("policy violated:", event.violatedDirective, event.blockedURI, event.sourceFile))"""


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complained of; whatever is left in it at the end fails the test."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def watch(complaints: list[str]) -> Callable[[BrowserContext], None]:
    """`watch(context)`: violated policies, errors of scripts and of the console are complaints; a status alone is none."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"{message.location.get('url')}: {message.text}")

    def begin(context: BrowserContext) -> None:
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", note)
        context.on("weberror", lambda error: complaints.append(str(error.error)))

    return begin


@pytest.fixture
def open_page(browser: Browser, address: str, watch: Callable[[BrowserContext], None]) -> Iterator[Callable[..., Page]]:
    """Open a path in a fresh profile: phone or desktop, light or dark, with or without scripts."""
    contexts = []

    def opener(path: str = "/", *, phone: bool = False, dark: bool = False, scripts: bool = True, **more: Any) -> Page:
        """`more` are settings of the browser's context: a viewport, colours forced by the system, a language."""
        context = browser.new_context(
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            base_url=address,
            **{"viewport": {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}, **more},
        )
        contexts.append(context)
        watch(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opener
    for context in contexts:
        context.close()


@pytest.fixture
def staff_server(house: House) -> Iterator[tuple[Flask, str]]:
    """The application with its database and staff area, and where it is served; the clock is the real one."""
    made = create_app(read_settings({}), house=house)
    made.extensions[GATES] = lambda *_: None  # approving begins them: a process and a minute that few tests need
    with served(made) as place:
        yield made, place


@pytest.fixture
def open_staff_page(
    browser: Browser, house: House, staff_server: tuple[Flask, str], watch: Callable[[BrowserContext], None]
) -> Iterator[Callable[..., Page]]:
    """Open a staff path, signed in by name and role: phone or desktop, light or dark, with or without scripts."""
    made, served_at = staff_server
    contexts = []

    def opener(
        path: str,
        name: str = "Edda",
        *,
        role: str = "editor",
        phone: bool = False,
        dark: bool = False,
        scripts: bool = True,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            base_url=served_at,
        )
        contexts.append(context)
        watch(context)
        context.add_cookies([{**_session_cookie(made, house, name, role), "url": f"{served_at}/staff"}])
        page = context.new_page()
        page.goto(path)
        return page

    yield opener
    for context in contexts:
        context.close()


def _session_cookie(made: Flask, house: House, name: str, role: str) -> dict[str, str]:
    """The cookie of a full session of that person, who gets an account that no password opens."""
    email, now = f"{name.lower()}@clinic.test", datetime.now(UTC)
    client = made.test_client()
    with house.database.change() as db:
        if find_account_of(db, email) is None:
            roles = frozenset({role})
            user_id = add_account(db, email=email, name=name, roles=roles, password_hash="!", at=now)
            update_account(db, user_id, confirmed_at=now)
        account = find_account_of(db, email)
        assert account is not None
        token = open_session(db, account, "full", now)
    with client.session_transaction("/staff/") as session:
        session["token"] = token
    cookie = client.get_cookie("clinicbot_staff", path="/staff")
    assert cookie is not None
    return {"name": cookie.key, "value": cookie.value}


@pytest.fixture
def come(browser: Browser, address: str, watch: Callable[[BrowserContext], None]) -> Iterator[Callable[..., Visitor]]:
    """A visitor before a fresh kiosk, whose clock the test moves."""
    contexts = []

    def comer(
        view: dict[str, int] = PORTRAIT, *, scheme: str = "light", at: str = address, clock: bool = True, **more: object
    ) -> Visitor:
        context = browser.new_context(
            viewport=view, color_scheme=scheme, has_touch=True, reduced_motion="reduce", base_url=at, **more
        )
        contexts.append(context)
        watch(context)
        page = context.new_page()
        if clock:
            page.clock.install()
        visitor = Visitor(page)
        page.goto("/kiosk")
        expect(page.locator("body[data-linked]")).to_be_visible()
        visitor.history = page.evaluate("history.length")
        return visitor

    yield comer
    for context in contexts:
        context.close()
