"""The API: right, wrong input, wrong method, wrong type; each with its own status and message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bot.config import Secret, read_settings
from bot.dialogue.bot import Bot
from bot.faq.files import Loaded
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.seeding import seed_if_empty
from bot.store.database import open_database
from bot.web.app import create_app
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
JSON = "application/json"


def test_a_question_is_answered_in_the_fixed_shape(client: FlaskClient) -> None:
    response = client.post("/api/v1/ask", json={"question": "my lips are so dry", "channel": "api", "locale": "en-GB"})
    body = response.get_json()

    assert response.status_code == 200
    assert body["outcome"] == "answer"
    assert body["entry"]["id"] == body["parts"][0]["entry"]["id"] == "dry-lips"
    assert body["release"] == 1
    assert len(body["conversation"]) >= 8
    assert body["turn"]
    assert response.headers["Cache-Control"] == "no-store"


def test_a_conversation_is_carried_on_and_can_be_ended(client: FlaskClient) -> None:
    token = client.post("/api/v1/ask", json={"question": "i want to end my life"}).get_json()["conversation"]
    again = client.post("/api/v1/ask", json={"question": "dry lips", "conversation": token}).get_json()

    assert again["conversation"] == token
    assert client.delete(f"/api/v1/conversations/{token}").status_code == 204
    assert client.delete("/api/v1/conversations/x").status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"question": ""}, 422, "question"),
        ({"question": "   "}, 422, "question"),
        ({"question": "x" * 501}, 422, "question"),
        ({"question": "\u200b\u2060"}, 422, "question"),
        ({"question": "a\u0000b"}, 422, "question"),
        ({"question": 5}, 422, "question"),
        ({"question": None}, 422, "question"),
        ({"question": ["a"]}, 422, "question"),
        ({}, 422, "question"),
        ({"question": "hi", "colour": "red"}, 422, "colour"),
        ({"question": "hi", "locale": "fr-FR"}, 422, "locale"),
        ({"question": "hi", "channel": "fax"}, 422, "channel"),
        ({"question": "hi", "conversation": "../x"}, 422, "conversation"),
        ([], 422, "(body)"),
        ("text", 422, "(body)"),
        (7, 422, "(body)"),
    ],
)
def test_wrong_json_names_the_field(client: FlaskClient, body: object, status: int, field: str) -> None:
    response = client.post("/api/v1/ask", json=body)
    problem = response.get_json(force=True)

    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert field in [error["field"] for error in problem["errors"]]
    assert problem["status"] == status


@pytest.mark.parametrize(
    "changes",
    [
        {"question": "I want to kill myself tonight. " + "It rained all day and I stayed in. " * 20},
        {"question": "I want to kill myself\x0ctonight"},
        {"question": "I want to kill myself \ud800 tonight"},
        {"colour": "blue"},
        {"locale": "fr"},
        {"conversation": "?"},
    ],
)
def test_what_cannot_be_used_is_told_with_the_help_that_its_grave_words_need(
    client: FlaskClient, changes: dict[str, str]
) -> None:
    problem = client.post("/api/v1/ask", json={"question": "I want to kill myself tonight"} | changes)

    body = problem.get_json()
    assert (problem.status_code, problem.mimetype) == (422, "application/problem+json")
    assert body["safety"]["rule"] == "crisis.suicidal"
    assert "116 123" in body["parts"][0]["answer_text"]
    assert body["errors"][0]["field"] == next(iter(changes))


@pytest.mark.parametrize(
    ("data", "content_type", "status", "said"),
    [
        (b"x" * 10_000_000, JSON, 413, "Too Large"),
        (b"\xff\xfe\x00\x01", JSON, 400, "not UTF-8"),
        (b'{"question": "\\ud800"}', JSON, 422, "lone surrogate"),
        (b"{", JSON, 400, "not JSON"),
        (b"", JSON, 400, "empty"),
        (b"null", JSON, 422, "null"),
        (b"[" * 9000, JSON, 400, "nested too deeply"),
        (b'{"question": NaN}', JSON, 400, "NaN"),
        (b'{"question": "a", "question": "b"}', JSON, 400, "twice"),
        (b'{"question": ' + b"1" * 5000 + b"}", JSON, 400, "a number that is too long"),
        (b'{"question": "hi"}', "text/plain", 415, "application/json"),
        (b"question=hi", "application/x-www-form-urlencoded", 415, "application/json"),
    ],
)
def test_broken_bodies_have_their_own_message(
    client: FlaskClient, data: bytes, content_type: str, status: int, said: str
) -> None:
    response = client.post("/api/v1/ask", data=data, content_type=content_type)

    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert said in response.get_data(as_text=True)


def test_html_is_only_text(client: FlaskClient) -> None:
    body = client.post("/api/v1/ask", json={"question": "<script>alert(1)</script> dry lips"}).get_json()

    assert "<script>" not in str(body["answer_html"])


@pytest.mark.parametrize(("path", "allow"), [("/api/v1/ask", "POST"), ("/api/v1/topics", "GET")])
def test_a_wrong_method_says_which_are_allowed(client: FlaskClient, path: str, allow: str) -> None:
    response = client.put(path)

    assert response.status_code == 405
    assert allow in response.headers["Allow"]
    assert response.content_type == "application/problem+json"


def test_topics_entries_and_suggestions(client: FlaskClient) -> None:
    topics = client.get("/api/v1/topics").get_json()["topics"]
    entry = client.get("/api/v1/entries/dry-lips?locale=en-US").get_json()

    assert sum(len(topic["entries"]) for topic in topics) == 85
    assert entry["id"] == "dry-lips"
    assert client.get("/api/v1/entries/nothing").status_code == 404
    assert client.get("/api/v1/suggest?q=dry+lip").get_json()["suggestions"][0]["id"] == "dry-lips"
    assert client.get("/api/v1/suggest").status_code == 422
    assert client.get("/api/v1/nothing").content_type == "application/problem+json"


def test_health_tells_what_is_wrong(client: FlaskClient) -> None:
    broken = create_app(read_settings({}), Live(None, "safety rule x: column 3")).test_client()

    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    assert broken.get("/healthz").status_code == 200
    assert broken.get("/readyz").get_json()["reasons"] == ["safety rule x: column 3"]
    for headers, address in (({}, "198.51.100.7"), ({"X-Forwarded-For": "198.51.100.7"}, "127.0.0.1")):
        for each, told in ((client, {"status": "ok"}), (broken, {"status": "not ready"})):
            found = each.get("/readyz", headers=headers, environ_base={"REMOTE_ADDR": address})
            assert found.get_json() == told  # how busy a clinic is, is nobody else's business
    refused = broken.post("/api/v1/ask", json={"question": "hi"})
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    page = broken.get("/")
    assert page.status_code == 503
    assert "999" in page.get_data(as_text=True)


class Breaking:
    """A bot whose every answer fails, at the edge."""

    def __init__(self, release: object) -> None:
        self.release = release
        self.problems = ()

    def ask(self, *_: object, **__: object) -> None:
        raise RuntimeError("secret words of a patient")


def test_a_crash_shows_where_help_is_and_leaks_nothing(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    live = Live(Breaking(app.extensions["clinicbot"].live.bot.release))  # type: ignore[arg-type]
    client = create_app(read_settings({}), live).test_client()

    answers = [client.post("/api/v1/ask", json={"question": "hi"}), client.post("/", data={"question": "hi"})]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert "999" in answers[1].get_data(as_text=True)
    assert "secret words" not in answers[0].get_data(as_text=True) + answers[1].get_data(as_text=True)
    captured = capsys.readouterr()
    assert "secret words" not in captured.out + captured.err


def test_logs_hold_no_question(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.post("/api/v1/ask", json={"question": "canary words about my lips"})
    client.get("/api/v1/suggest?q=canary")
    captured = capsys.readouterr()

    assert "canary" not in captured.out + captured.err


class Door:
    """The application that is asked: its document is read before there is one, since tests are made of it."""

    def __init__(self) -> None:
        self.app = create_app(read_settings({}), Live(None, "not opened yet"))

    def __call__(self, *request: Any) -> Any:
        return self.app(*request)


door = Door()
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", door)


@pytest.fixture(scope="module")
def opened(bot: Bot, loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Behind the door, the application with a database of its own."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('api') / 'clinic.db'}")
    seed_if_empty(database, loaded, NOON)
    live = Live(bot)
    house = House(
        database=database,
        key=Secret("k" * 40),
        live=live,
        follower=Follower(database, live, Shelves()),
        turns=Turns(database, lambda: NOON, timedelta(days=30)),
    )
    door.app = create_app(read_settings({}), now=lambda: NOON, house=house)
    yield
    house.close()


@pytest.mark.usefixtures("opened")
@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_keeps_to_its_document(case: schemathesis.Case) -> None:
    # JSON Schema cannot say "something visible in it": invisible text and control characters are refused as well.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
