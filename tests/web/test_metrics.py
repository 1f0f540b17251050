"""Figures for those who run it: shown when the settings say so, to whom they say; true to what was answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families as families

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.errors import NotReady, SettingError
from bot.faq.files import Loaded
from bot.faq.release import Level
from bot.patients.live import Live
from bot.store.database import Database
from bot.store.outbox import enqueue
from bot.web.app import create_app
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def client(small_house: House) -> FlaskClient:
    settings = read_settings({"CLINICBOT_METRICS": "yes"})
    later = small_house.live.require().release.published_at + timedelta(hours=1)
    return create_app(settings, now=lambda: later, house=small_house).test_client()


def figures(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    text = client.get("/metrics").get_data(as_text=True)
    samples = (sample for family in families(text) for sample in family.samples)
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


@pytest.fixture
def grave(small: Loaded) -> str:
    """A question that raises an emergency, and nothing else."""
    return next(rule for rule in small.release.rules if rule.level is Level.EMERGENCY).examples[0]


def test_what_was_answered_is_counted(client: FlaskClient, small_house: House, grave: str) -> None:
    for question in (grave, "what is the capital of portugal"):
        client.post("/api/v1/ask", json={"question": question})
    client.post("/turns", data={"question": grave})
    small_house.turns.flush()

    found = figures(client)

    assert found["clinicbot_replies_total", "api", "emergency"] == 1
    assert found["clinicbot_replies_total", "web", "emergency"] == 1
    assert found["clinicbot_triage_total", "emergency"] == 2
    assert found["clinicbot_reply_seconds_count",] == 3
    assert found["clinicbot_requests_total", "POST", "/api/v1/ask", "200"] == 2
    assert found["clinicbot_request_seconds_count", "/turns"] == 1
    assert (found["clinicbot_ready",], found["clinicbot_release_number",]) == (1, 1)
    assert found["clinicbot_release_age_seconds",] == 3600
    assert (found["clinicbot_turns_waiting",], found["clinicbot_turns_given_up_total",]) == (0, 0)
    assert found["process_resident_memory_bytes",] > 0


def test_how_sure_answers_are_is_a_histogram(client: FlaskClient, small_bot: Bot) -> None:
    client.post("/api/v1/ask", json={"question": small_bot.release.entries[0].question})

    found = figures(client)

    assert found["clinicbot_reply_confidence_count",] == 1
    assert found["clinicbot_reply_confidence_bucket", "+Inf"] == 1
    assert found["clinicbot_reply_confidence_bucket", "0.1"] == 0


def _gone(_database: Database) -> None:
    raise NotReady("the database cannot be opened")


def test_what_was_promised_is_shown_and_that_the_database_is_away(
    client: FlaskClient, small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_house.database.change() as db:
        enqueue(db, handoff_id=None, targets=["mail", "webhook"], kind="digest", detail={}, at=NOON)
    before = figures(client)
    monkeypatch.setattr(type(small_house.database), "read", _gone)
    after = figures(client)

    assert (before["clinicbot_outbox", "waiting", "mail"], before["clinicbot_outbox", "waiting", "webhook"]) == (1, 1)
    assert (before["clinicbot_database_up",], after["clinicbot_database_up",]) == (1, 0)
    assert after["clinicbot_ready",] == 1


def test_a_path_makes_no_figure_of_its_own(client: FlaskClient) -> None:
    for path in ("/answers/one", "/answers/two", "/nowhere/one", "/staff/setup/one-time-secret"):
        client.get(path)
    client.open("/", method="BREW")

    text = client.get("/metrics").get_data(as_text=True)

    assert "one-time-secret" not in text
    assert "/nowhere" not in text
    assert 'method="other"' in text
    assert 'route="/answers/<entry_id>"' in text


def test_nobody_sees_figures_unless_the_settings_say_so(small_bot: Bot) -> None:
    token = "t" * 20
    off = create_app(read_settings({}), Live(small_bot)).test_client()
    locked = create_app(read_settings({"CLINICBOT_METRICS": token}), Live(small_bot)).test_client()

    assert off.get("/metrics").status_code == 404
    assert locked.get("/metrics").status_code == 401
    assert locked.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert locked.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_figures_of_two_applications_do_not_mix(client: FlaskClient, grave: str) -> None:
    client.post("/api/v1/ask", json={"question": grave})
    other = create_app(read_settings({"CLINICBOT_METRICS": "yes"}), Live(None, "no release")).test_client()

    found = figures(other)

    assert found["clinicbot_ready",] == 0
    assert ("clinicbot_triage_total", "emergency") not in found


def test_a_token_that_is_too_short_is_refused_without_being_repeated() -> None:
    with pytest.raises(SettingError, match="a token of 16 characters") as caught:
        read_settings({"CLINICBOT_METRICS": "short-secret"})

    assert "short-secret" not in str(caught.value)
