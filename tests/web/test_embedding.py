"""Which sites may show the chat and ask the API: those of the live release, no others, and only patients' pages."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web.app import create_app
from bot.web.opening import House

LISTED, OTHER = "https://www.clinic.example", "https://elsewhere.example"
FRAMED = ("/widget", "/?channel=widget", "/topics?channel=widget", "/answers/dry-lips?channel=widget")


def listing(bot: Bot, *sites: str) -> Bot:
    """The same bot, of a clinic that lists `sites`."""
    other = copy.copy(bot)
    other.release = replace(bot.release, clinic=replace(bot.release.clinic, embedding_sites=sites))
    return other


@pytest.fixture
def live(bot: Bot) -> Live:
    return Live(listing(bot, LISTED, "http://localhost:8080"))


@pytest.fixture
def listed(live: Live) -> FlaskClient:
    return create_app(read_settings({}), live).test_client()


def ancestors(client: FlaskClient, path: str) -> str:
    return client.get(path).headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2]


@pytest.mark.parametrize("path", FRAMED)
def test_listed_sites_may_frame_the_widget(listed: FlaskClient, path: str) -> None:
    response = listed.get(path)

    assert response.status_code == 200
    assert ancestors(listed, path) == f"{LISTED} http://localhost:8080"
    assert "X-Frame-Options" not in response.headers
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "path", ["/", "/topics", "/answers/dry-lips", "/healthz?channel=widget", "/api/v1/topics", "/kiosk?channel=widget"]
)
def test_other_pages_are_framed_by_nobody(listed: FlaskClient, path: str) -> None:
    assert ancestors(listed, path) == "'none'"
    assert listed.get(path).headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/staff/?channel=widget", "/staff/sign-in?channel=widget", "/staff/x?channel=widget"])
def test_staff_pages_are_framed_by_nobody(
    sign_in: Callable[[str], FlaskClient], house: object, bot: Bot, path: str
) -> None:
    client = sign_in("admin")
    client.application.extensions["clinicbot"].live.swap(listing(bot, LISTED))

    assert ancestors(client, path) == "'none'"


def test_the_form_for_messages_may_be_framed_as_well(house: House, bot: Bot) -> None:
    house.live.swap(listing(bot, LISTED))
    client = create_app(read_settings({}), house=house).test_client()

    assert ancestors(client, "/contact?channel=widget") == LISTED
    assert ancestors(client, "/contact") == "'none'"


def test_the_kiosk_keeps_its_own_policy_whatever_its_address_says(listed: FlaskClient) -> None:
    asked, plain = listed.get("/kiosk?channel=widget").headers, listed.get("/kiosk").headers

    assert asked["Content-Security-Policy"] == plain["Content-Security-Policy"]
    assert "form-action 'none'" in asked["Content-Security-Policy"]


def test_without_sites_nobody_may(client: FlaskClient) -> None:
    assert ancestors(client, "/widget") == "'none'"


def test_a_new_release_changes_who_may(listed: FlaskClient, live: Live, bot: Bot) -> None:
    live.swap(listing(bot, OTHER))

    assert ancestors(listed, "/widget") == OTHER


def test_what_is_no_site_never_reaches_the_policy(live: Live, listed: FlaskClient, bot: Bot) -> None:
    live.swap(listing(bot, "*", "https://a.example; script-src *", "https://a.example\nX: y", "https:", OTHER))

    assert ancestors(listed, "/widget") == OTHER


def test_the_fail_safe_card_may_not_be_framed_for_there_is_no_list() -> None:
    client = create_app(read_settings({}), Live(None, "broken")).test_client()

    assert client.get("/widget").status_code == 503
    assert ancestors(client, "/widget") == "'none'"


@pytest.mark.parametrize("origin", [LISTED, "http://localhost:8080"])
def test_a_listed_site_may_ask_the_api(listed: FlaskClient, origin: str) -> None:
    asked = listed.post("/api/v1/ask", json={"question": "my lips are so dry"}, headers={"Origin": origin})
    before = listed.options(
        "/api/v1/ask",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )

    assert asked.status_code == before.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == before.headers["Access-Control-Allow-Origin"] == origin
    assert before.headers["Access-Control-Allow-Methods"] == "GET, POST, DELETE"
    assert before.headers["Access-Control-Allow-Headers"] == "Content-Type, Idempotency-Key"
    assert "Access-Control-Allow-Credentials" not in asked.headers


def test_a_refused_question_can_be_read_by_a_listed_site(listed: FlaskClient) -> None:
    response = listed.post("/api/v1/ask", json={"question": ""}, headers={"Origin": LISTED})

    assert response.status_code == 422
    assert response.headers["Access-Control-Allow-Origin"] == LISTED


@pytest.mark.parametrize(
    "origin", [OTHER, "null", "https://www.clinic.example.evil.example", "http://www.clinic.example", LISTED.upper()]
)
def test_no_other_site_may_ask_the_api(listed: FlaskClient, origin: str) -> None:
    for response in (
        listed.get("/api/v1/topics", headers={"Origin": origin}),
        listed.options("/api/v1/ask", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
    ):
        assert not [name for name in response.headers if name[0].startswith("Access-Control")]


@pytest.mark.parametrize("origin", [LISTED, OTHER, None])
def test_what_the_api_says_depends_on_the_origin_and_caches_know(listed: FlaskClient, origin: str | None) -> None:
    response = listed.get("/api/v1/topics", headers={"Origin": origin} if origin else {})

    assert "Origin" in response.headers["Vary"]
    assert response.headers.get("Access-Control-Allow-Origin") != "*"


def test_pages_are_not_for_other_sites_to_read(listed: FlaskClient) -> None:
    for path in ("/", "/widget", "/answers/dry-lips"):
        assert "Access-Control-Allow-Origin" not in listed.get(path, headers={"Origin": LISTED}).headers
    asked = listed.post("/turns", data={"question": "hi"}, headers={"Origin": LISTED, "Sec-Fetch-Site": "cross-site"})
    assert asked.status_code == 403
