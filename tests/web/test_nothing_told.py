"""No patient's word leaves by the back door: not in a log line, not in a figure, on any route, whatever breaks."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web import logs
from bot.web.app import create_app
from bot.web.opening import House

CANARY = "qanaryqq"
FIELDS = ("question", "conversation", "turn", "reason", "helpful", "name", "contact", "message", "note", "q", "text",
          "wording", "email", "password", "code", "reference", "consent", "csrf_token")  # fmt: skip
METHODS = ("GET", "POST", "PUT", "DELETE")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that the process writes to its log, at the level that says most."""
    told, root = io.StringIO(), logging.getLogger()
    before = (structlog.get_config(), root.handlers, root.level)
    monkeypatch.setattr(logs.sys, "stderr", told)
    logs.log_to_stderr("debug")
    yield told
    structlog.configure(**before[0])
    root.handlers, root.level = before[1], before[2]


@pytest.fixture
def watched(small_house: House) -> Flask:
    return create_app(read_settings({"CLINICBOT_METRICS": "yes"}), house=small_house)


def visit_everything(client: FlaskClient) -> int:
    """Every route with every method, the canary wherever something can be put; how many requests that were."""
    made = 0
    for rule in client.application.url_map.iter_rules():
        path = str(rule)
        for name in rule.arguments:
            kind = rule._converters[name]
            value = "1" if isinstance(kind, IntegerConverter) else CANARY
            path = path.replace(f"<{name}>", value)
            for prefix in ("path", "int", "string"):
                path = path.replace(f"<{prefix}:{name}>", value)
        for method in METHODS:
            typed = {field: f"my {CANARY} aches {field}" for field in FIELDS}
            client.open(path, method=method, query_string=typed)
            if method in ("POST", "PUT"):
                client.open(path, method=method, data=typed, headers={"Referer": f"http://x/{CANARY}"})
                client.open(path, method=method, json=typed)
                client.open(path, method=method, json={"question": f"my {CANARY} aches"})
                client.open(path, method=method, data=f'{{"question": "{CANARY}', content_type="application/json")
            made += 1
    return made


def test_no_route_tells_the_log_or_the_figures_what_was_typed(watched: Flask, heard: io.StringIO) -> None:
    client = watched.test_client()

    assert visit_everything(client) > 50
    figures = client.get("/metrics").get_data(as_text=True)

    assert heard.getvalue().count('"event": "request"') > 50
    assert CANARY not in heard.getvalue()
    assert CANARY not in figures


def test_nothing_is_told_when_everything_breaks(
    watched: Flask, heard: io.StringIO, small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        """A bot whose every fault repeats what it was given."""

        release = small_house.live.require().release

        def __getattr__(self, name: str) -> object:
            def fail(*given: object, **named: object) -> None:
                raise ValueError(f"{CANARY} {name} {given} {named}")

            return fail

    small_house.live.swap(Broken())  # type: ignore[arg-type]
    client = watched.test_client()

    for path in ("/", "/turns", "/api/v1/ask"):
        for body in ({"data": {"question": f"my {CANARY} aches"}}, {"json": {"question": f"my {CANARY} aches"}}):
            client.post(path, **body)
    client.get("/api/v1/suggest", query_string={"q": CANARY})

    assert '"event": "crashed"' in heard.getvalue()
    assert CANARY not in heard.getvalue()


def test_a_librarys_line_says_what_went_wrong_and_not_with_what(heard: io.StringIO) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("waitress").exception("Exception while serving /staff/setup/%s", CANARY)
    logging.getLogger("clinicbot.turns").error("%s turns could not be stored: %s", 3, "OperationalError")

    lines = [json.loads(line) for line in heard.getvalue().splitlines()]

    assert CANARY not in heard.getvalue()
    assert [line["event"] for line in lines] == [
        "test_nothing_told: ValueError",
        "3 turns could not be stored: OperationalError",
    ]
    assert {line["level"] for line in lines} == {"error"}
    assert all(line["timestamp"] for line in lines)


def test_the_canary_would_be_heard(heard: io.StringIO, small_bot: Bot) -> None:
    """A test that cannot fail proves nothing."""
    structlog.get_logger("clinicbot").info("request", question=CANARY)
    create_app(read_settings({}), Live(small_bot)).test_client().get("/")

    assert CANARY in heard.getvalue()
