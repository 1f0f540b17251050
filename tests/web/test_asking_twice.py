"""The same message twice, over the API, from the chat's script and from its form: one turn, one reply."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.web.app import create_app
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = "0123456789abcdef"


@pytest.fixture
def patient(house: House) -> FlaskClient:
    return create_app(read_settings({}), now=lambda: NOON, house=house).test_client()


def turns_of(house: House) -> int:
    house.turns.flush()
    with house.database.read() as db:
        return int(db.execute(sa.text("SELECT count(*) FROM turns")).scalar_one())


def test_the_api_gives_the_same_reply_and_stores_one_turn(patient: FlaskClient, house: House) -> None:
    sent = {"json": {"question": "my lips are so dry"}, "headers": {"Idempotency-Key": KEY}}
    first = patient.post("/api/v1/ask", **sent).get_json()
    again = patient.post("/api/v1/ask", **sent).get_json()

    assert again == first
    assert turns_of(house) == 1


def test_without_a_key_it_is_asked_twice(patient: FlaskClient, house: House) -> None:
    first, again = (patient.post("/api/v1/ask", json={"question": "dry lips"}).get_json() for _ in range(2))

    assert first["turn"] != again["turn"]
    assert turns_of(house) == 2


def test_another_question_under_the_key_is_a_conflict(patient: FlaskClient) -> None:
    headers = {"Idempotency-Key": KEY}
    patient.post("/api/v1/ask", json={"question": "dry lips"}, headers=headers)
    response = patient.post("/api/v1/ask", json={"question": "nosebleeds"}, headers=headers)

    assert response.status_code == 409
    assert response.content_type == "application/problem+json"
    assert "Idempotency-Key" in response.get_json(force=True)["detail"]


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with spaces in it"])
def test_a_key_that_is_none_names_the_header(patient: FlaskClient, key: str) -> None:
    response = patient.post("/api/v1/ask", json={"question": "dry lips"}, headers={"Idempotency-Key": key})

    assert response.status_code == 422
    assert response.get_json(force=True)["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("path", ["/", "/turns"])
def test_a_form_sent_twice_is_one_turn(patient: FlaskClient, house: House, path: str) -> None:
    form = {"question": "my lips are so dry", "key": KEY}
    first, again = (patient.post(path, data=form).get_data(as_text=True) for _ in range(2))

    named = r'name="turn" value="([^"]+)"'
    assert re.findall(named, first) == re.findall(named, again) != []
    assert turns_of(house) == 1


def test_going_back_and_asking_something_else_is_answered(patient: FlaskClient, house: House) -> None:
    patient.post("/", data={"question": "my lips are so dry", "key": KEY})
    page = patient.post("/", data={"question": "my throat is closing up", "key": KEY}).get_data(as_text=True)

    assert "Call 999 now" in page
    assert turns_of(house) == 2


@pytest.mark.parametrize("key", ["", "x", "<script>", "x" * 1000])
def test_a_form_with_a_broken_key_is_answered_all_the_same(patient: FlaskClient, key: str) -> None:
    assert patient.post("/", data={"question": "dry lips", "key": key}).status_code == 200


def test_each_page_has_a_key_of_its_own(patient: FlaskClient) -> None:
    keys = [re.findall(r'name="key" value="([\w-]{16,64})"', patient.get("/").get_data(as_text=True)) for _ in range(2)]

    assert keys[0] != keys[1]
    assert [len(each) for each in keys] == [1, 1]
