"""The kiosk while the network is away, while the server may not answer, and when another release goes live."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from barriers import assert_accessible
from flask import Flask
from journeys.kiosk import OUTCOMES, PORTRAIT, Visitor
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from werkzeug.serving import make_server

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web.app import create_app

pytestmark = pytest.mark.browser

Comer = Callable[..., Visitor]


class Server:
    """A server that can be taken away and put back at the same address."""

    def __init__(self, app: Any) -> None:
        self._port = 0
        self.start(app)

    def start(self, app: Any) -> None:
        self._server = make_server("127.0.0.1", self._port, app, threaded=True)
        self._port = self._server.port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"


@pytest.fixture
def app(bot: Bot) -> Flask:
    return create_app(read_settings({}), Live(bot))


@pytest.fixture
def server(app: Flask) -> Iterator[Server]:
    running = Server(app)
    yield running
    running.stop()


def gateway(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """A proxy whose server is gone."""
    start("503 Service Unavailable", [("Content-Type", "text/html"), ("Retry-After", "30")])
    return [b"<h1>Bad gateway</h1>"]


def wait_until_kept(page: Page) -> None:
    """The service worker has this edition whole, and looks after the page."""
    page.evaluate(
        """() => new Promise((done) => {
        const worker = navigator.serviceWorker;
        if (worker.controller) return done(null);
        worker.addEventListener("controllerchange", () => done(null), {once: true});
    })"""
    )


def assert_browsable(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.locator(".notice")).to_contain_text("No connection just now.")
    expect(page.locator(".help")).to_contain_text("999")
    expect(page.locator(".help")).to_contain_text("116 123")
    visitor.begin()
    visitor.open_topic()
    visitor.open_question()
    expect(page.get_by_role("heading", name="My lips are very dry. What helps?")).to_be_focused()
    page.wait_for_function("document.querySelector('[data-stage] .qr').naturalWidth > 0")  # the code is kept as well
    expect(page.locator(".help")).to_contain_text("116 123")
    visitor.restart()
    visitor.begin()
    page.get_by_role("button", name="Find a question by its words").click()
    visitor.send("i want to end my life because my lips crack")
    expect(page.get_by_role("heading", name="Choose an approved question")).to_be_visible()
    expect(page.locator("[data-view=find] p").first).to_have_text(
        "If this cannot wait: call 999 or tell the staff at the desk."
    )
    expect(page.locator("[data-stage] *")).to_have_count(0)  # a list to choose from, never an answer
    page.locator("[data-found-all] button", has_text="My lips are very dry").click()
    expect(page.get_by_role("heading", name="My lips are very dry. What helps?")).to_be_focused()
    assert visitor.asked == []
    visitor.restart()
    visitor.assert_gone()


def test_it_starts_and_goes_on_while_the_server_is_gone(come: Comer, app: Flask, server: Server) -> None:
    visitor = come(at=server.address)
    wait_until_kept(visitor.page)
    server.stop()
    visitor.page.reload()
    assert_browsable(visitor)

    server.start(app)
    visitor.page.clock.run_for(6_000)
    expect(visitor.page.locator(".notice")).to_be_empty()
    visitor.ask(OUTCOMES["answer"])
    expect(visitor.page.locator("[data-stage] .card-answer")).to_be_visible()


def test_a_lost_network_is_noticed_at_once_and_its_return_too(come: Comer, server: Server) -> None:
    visitor = come(at=server.address)
    wait_until_kept(visitor.page)
    visitor.page.context.set_offline(True)
    assert_browsable(visitor)

    visitor.page.context.set_offline(False)
    expect(visitor.page.locator(".notice")).to_be_empty()
    expect(visitor.page.locator(".help")).not_to_contain_text("116 123", use_inner_text=True)


def test_words_that_could_not_be_sent_stay_in_the_box(come: Comer, app: Flask, server: Server) -> None:
    visitor = come(at=server.address)
    visitor.begin()
    visitor.open_keys()
    server.stop()
    visitor.send(OUTCOMES["answer"])
    expect(visitor.page.locator("[data-fault]")).to_have_text("Not sent: there is no connection just now.")
    expect(visitor.page.locator("#question")).to_have_value(OUTCOMES["answer"])
    expect(visitor.page.locator(".notice")).to_contain_text("No connection")
    visitor.page.locator("[data-send]").click()
    expect(visitor.page.get_by_role("heading", name="Choose an approved question")).to_be_visible()
    server.start(app)


def test_a_proxy_that_answers_in_the_servers_stead_is_no_connection(come: Comer, server: Server) -> None:
    visitor = come(at=server.address)
    wait_until_kept(visitor.page)
    server.stop()
    server.start(gateway)
    visitor.page.reload()

    assert_browsable(visitor)


def test_a_server_that_may_not_answer_shows_where_help_is_until_it_may(come: Comer, app: Flask, server: Server) -> None:
    visitor = come(at=server.address)
    wait_until_kept(visitor.page)
    visitor.begin()
    server.stop()
    server.start(create_app(read_settings({}), Live(None, "the safety rules cannot be read")))
    visitor.page.clock.run_for(21_000)
    shown = visitor.page.get_by_role("heading", name="This screen cannot answer now")
    expect(shown).to_be_visible()
    expect(visitor.page.locator("[data-view=closed]")).to_contain_text("Call 999")
    expect(visitor.page.locator("[data-view=closed]")).to_contain_text("116 123")
    visitor.page.clock.run_for(120_000)
    visitor.restart()
    expect(shown).to_be_visible()
    visitor.page.reload()
    expect(shown).to_be_visible()

    server.stop()
    server.start(app)
    visitor.page.clock.run_for(6_000)
    expect(visitor.page.locator("body[data-at=attract]")).to_be_visible()


def test_a_kiosk_switched_on_before_the_server_may_answer_opens_by_itself(
    browser: Browser, app: Flask, server: Server, watch: Callable[[BrowserContext], None]
) -> None:
    server.stop()
    server.start(create_app(read_settings({}), Live(None, "the safety rules cannot be read")))
    context = browser.new_context(viewport=PORTRAIT, base_url=server.address)
    watch(context)
    page = context.new_page()
    page.goto("/kiosk")
    expect(page.get_by_role("heading", name="This screen cannot answer now")).to_be_visible()
    assert_accessible(page)
    server.stop()
    server.start(app)
    page.reload()  # as the browser does after 20 seconds
    expect(page.locator("body[data-linked]")).to_be_visible()
    context.close()


def test_one_question_that_fails_shows_where_help_is_and_the_visit_can_go_on(come: Comer) -> None:
    visitor = come()
    visitor.freeze()
    visitor.page.route("**/kiosk/turns", lambda route: route.fulfill(status=503, body="<p>broken</p>"))
    visitor.begin()
    visitor.open_keys()
    visitor.send(OUTCOMES["answer"])
    expect(visitor.page.get_by_role("heading", name="This screen cannot answer now")).to_be_visible()
    visitor.page.clock.run_for(30_000)
    expect(visitor.page.get_by_role("heading", name="This screen cannot answer now")).to_be_visible()
    visitor.page.clock.run_for(92_000)

    visitor.assert_gone()


def test_a_slow_answer_is_said_to_be_on_its_way(come: Comer) -> None:
    visitor = come()
    page = visitor.page
    held: list[Route] = []
    page.route("**/kiosk/turns", lambda route: held.append(route))
    visitor.freeze()
    visitor.begin()
    visitor.open_keys()
    visitor.send(OUTCOMES["answer"])
    expect(page.locator("body[data-asking]")).to_be_visible()
    working = page.locator(".asking [data-working]")
    expect(working).to_be_empty()
    page.clock.run_for(3_100)
    expect(working).to_have_text("Still working on it …")
    held[0].continue_()
    expect(page.locator("[data-stage] .card-answer")).to_be_visible()
    expect(page.get_by_text("Still working on it …")).to_have_count(0)


@pytest.mark.parametrize("way", ["asked again", "edited", "server back", "left"])
def test_not_sent_is_said_no_longer_than_it_holds(come: Comer, app: Flask, server: Server, way: str) -> None:
    visitor = come(at=server.address)
    page = visitor.page
    fault = page.locator("[data-fault]")
    visitor.begin()
    visitor.open_keys()
    server.stop()
    visitor.send(OUTCOMES["answer"])
    expect(fault).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("No connection")
    if way == "edited":
        visitor.type("x")
    elif way == "left":
        page.get_by_role("button", name="Back").click()
        visitor.open_keys()
    elif way == "asked again":
        page.locator("[data-send]").click()
        page.get_by_role("button", name="Back").click()
    server.start(app)
    if way == "server back":
        page.clock.run_for(6_000)
        expect(page.locator(".notice")).to_be_empty()
    expect(fault).to_be_hidden()
    expect(fault).to_be_empty()


def test_too_many_questions_at_once_keep_the_words_in_the_box(come: Comer) -> None:
    visitor = come()
    visitor.page.route("**/kiosk/turns", lambda route: route.fulfill(status=429, body="<p>a whole page</p>"))
    visitor.begin()
    visitor.open_keys()
    visitor.send(OUTCOMES["answer"])

    expect(visitor.page.locator("[data-fault]")).to_contain_text("wait a moment")
    expect(visitor.page.locator("#question")).to_have_value(OUTCOMES["answer"])


def test_a_new_release_replaces_the_old_one_whole_between_two_visitors(
    come: Comer, app: Flask, server: Server, small_bot: Bot
) -> None:
    visitor = come(at=server.address)
    page = visitor.page
    wait_until_kept(page)
    old = page.locator("body").get_attribute("data-version")
    visitor.begin()
    app.extensions["clinicbot"].live.swap(small_bot)
    new = app.test_client().get("/kiosk/state", base_url=server.address).get_json()["version"]
    assert new != old
    page.clock.run_for(21_000)
    page.wait_for_function(
        "async (name) => (await caches.keys()).join() === name", arg=f"kiosk-{new}"
    )  # the old cache is gone
    expect(page.locator("body")).to_have_attribute("data-version", str(old))  # nobody is interrupted
    visitor.restart()
    expect(page.locator(f'body[data-version="{new}"][data-linked]')).to_be_visible()

    page.context.set_offline(True)
    page.reload()
    expect(page.locator(f'body[data-version="{new}"]')).to_be_visible()
    assert page.locator("template[data-answer]").count() == len(small_bot.release.entries)


def test_a_tablet_may_install_it(come: Comer) -> None:
    visitor = come(clock=False)
    wait_until_kept(visitor.page)
    browser = visitor.page.context.new_cdp_session(visitor.page)

    assert browser.send("Page.getAppManifest")["errors"] == []
    found = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [each["errorId"] for each in found] in ([], ["in-incognito"])  # a test's profile is a private one
