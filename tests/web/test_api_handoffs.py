"""POST /api/v1/handoffs: a reference only for what is stored for good; everything else names what to do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.store.handoffs import find_handoff
from bot.store.inbox import Wanted, list_page
from bot.store.sealing import open_sealer
from bot.web.opening import House

PATH = "/api/v1/handoffs"
GOOD = {"name": "Zoe Canary", "contact": "07700 900123", "message": "Please call me about my visit.", "consent": True}


@pytest.fixture
def client(empty_staff_app: Flask) -> FlaskClient:
    return FlaskClient(empty_staff_app, TestResponse)


def test_a_message_gets_a_reference_once_it_is_stored(client: FlaskClient, house: House) -> None:
    response = client.post(PATH, json=GOOD | {"conversation": "c" * 24, "turn": "t" * 12, "channel": "widget"})
    body = response.get_json()

    assert response.status_code == 201
    assert body["received_at"] == "2026-11-24T12:00:00+00:00"
    assert body["expect"].startswith("Staff read messages while the clinic is open. Open today until 17:30.")
    assert (body["safety"], body["parts"], body["answer_by"]) == (None, [], None)
    with house.database.read() as db:
        found = find_handoff(db, body["reference"])
    assert found is not None
    plain = open_sealer(house.database, house.key).unseal(found.sealed)
    assert plain["contact"] == "+447700900123"
    assert (found.channel, found.locale, found.conversation, found.turn_id) == ("widget", "en-GB", "c" * 24, "t" * 12)


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"name": ""}, "name"),
    ({"name": " "}, "name"),
    ({"name": "x" * 81}, "name"),
    ({"name": 5}, "name"),
    ({"contact": "somewhere"}, "contact"),
    ({"contact": "123"}, "contact"),
    ({"message": ""}, "message"),
    ({"message": "x" * 2001}, "message"),
    ({"consent": False}, "consent"),
    ({"consent": "yes"}, "consent"),
    ({"consent": 1}, "consent"),
    ({"consent": None}, "consent"),
    ({"conversation": "../x"}, "conversation"),
    ({"turn": "x"}, "turn"),
    ({"locale": "fr-FR"}, "locale"),
    ({"channel": "fax"}, "channel"),
    ({"urgent_seen": "yes"}, "urgent_seen"),
    ({"colour": "red"}, "colour"),
)


def test_wrong_fields_are_named_and_nothing_is_stored(client: FlaskClient, house: House) -> None:
    def told(body: dict[str, Any]) -> tuple[int, str, list[str]]:
        response = client.post(PATH, json=body)
        fields = [each["field"] for each in response.get_json(force=True).get("errors", [])]
        return response.status_code, response.content_type, fields

    for change, field in WRONG:
        assert told(GOOD | change) == (422, "application/problem+json", [field]), change
    for missing in GOOD:
        without = {key: value for key, value in GOOD.items() if key != missing}
        assert told(without) == (422, "application/problem+json", [missing])
    assert told(GOOD | {"name": "\u200b", "contact": "x"})[2] == ["name", "contact"]
    with house.database.read() as db:
        assert list_page(db, Wanted()) == ()


@pytest.mark.parametrize(
    ("message", "level"),
    [("my throat is swelling and i cannot breathe", "emergency"), ("i want to end my life", "crisis")],
)
def test_grave_words_are_answered_first_and_sent_when_that_was_seen(
    client: FlaskClient, house: House, message: str, level: str
) -> None:
    first = client.post(PATH, json=GOOD | {"message": message})
    problem = first.get_json(force=True)

    assert first.status_code == 422
    assert problem["safety"]["level"] == level
    assert problem["parts"][0]["answer_text"]
    assert [each["field"] for each in problem["errors"]] == ["urgent_seen"]
    with house.database.read() as db:
        assert list_page(db, Wanted()) == ()

    second = client.post(PATH, json=GOOD | {"message": message, "urgent_seen": True})

    assert second.status_code == 201
    assert second.get_json()["safety"]["level"] == level
    with house.database.read() as db:
        assert [each.level for each in list_page(db, Wanted())] == [level]


@pytest.mark.parametrize("wrong", [{"contact": "nobody"}, {"name": ""}, {"consent": False}, {"locale": ["en-GB"]}])
def test_grave_words_are_answered_though_another_field_cannot_be_used(
    client: FlaskClient, house: House, wrong: dict[str, Any]
) -> None:
    response = client.post(PATH, json=GOOD | {"message": "my throat is swelling and i cannot breathe"} | wrong)
    problem = response.get_json(force=True)

    assert response.status_code == 422
    assert problem["errors"][0]["field"].split(".")[0] == next(iter(wrong))
    assert problem["safety"]["level"] == "emergency"
    assert problem["parts"][0]["answer_text"]
    with house.database.read() as db:
        assert list_page(db, Wanted()) == ()


def test_urgent_words_are_sent_and_answered_with_the_receipt(client: FlaskClient) -> None:
    response = client.post(PATH, json=GOOD | {"message": "I think I am pregnant and I take isotretinoin"})

    assert response.status_code == 201
    assert response.get_json()["safety"]["level"] == "urgent"


def test_the_same_key_gives_the_same_reference_and_other_content_is_refused(client: FlaskClient, house: House) -> None:
    headers = {"Idempotency-Key": "key-of-this-message"}
    first = client.post(PATH, json=GOOD, headers=headers)
    again = client.post(PATH, json=GOOD, headers=headers)
    other = client.post(PATH, json=GOOD | {"name": "Bo"}, headers=headers)
    bad = client.post(PATH, json=GOOD, headers={"Idempotency-Key": "a b"})

    assert (first.status_code, again.status_code, other.status_code, bad.status_code) == (201, 201, 409, 422)
    assert first.get_json() == again.get_json()
    assert [each["field"] for each in other.get_json(force=True)["errors"]] == ["Idempotency-Key"]
    with house.database.read() as db:
        assert len(list_page(db, Wanted())) == 1


def test_equal_keys_at_the_same_moment_are_one_message(empty_staff_app: Flask, house: House) -> None:
    start = Barrier(5)

    def send(_number: int) -> str:
        start.wait()
        response = FlaskClient(empty_staff_app, TestResponse).post(
            PATH, json=GOOD, headers={"Idempotency-Key": "x" * 20}
        )
        return str(response.get_json()["reference"])

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(send, range(5)))) == 1
    with house.database.read() as db:
        assert len(list_page(db, Wanted())) == 1


def test_the_language_of_the_sender_is_kept_for_the_answer(client: FlaskClient, house: House) -> None:
    for locale in ("es", "en-US"):
        assert client.post(PATH, json=GOOD | {"locale": locale}).status_code == 201

    with house.database.read() as db:
        assert [each.locale for each in list_page(db, Wanted())] == ["es", "en-US"]


def test_the_longest_message_in_any_script_is_taken(client: FlaskClient) -> None:
    assert client.post(PATH, json=GOOD | {"message": "\U0001f642" * 2000}).status_code == 201
    assert client.post(PATH, json=GOOD | {"message": "x" * 70_000}).status_code == 413


def test_too_many_from_one_address_are_asked_to_wait(client: FlaskClient) -> None:
    def send(address: str) -> TestResponse:
        return client.post(PATH, json=GOOD, environ_base={"REMOTE_ADDR": address})

    for _ in range(30):
        assert send("8.8.8.8").status_code == 201
    refused = send("8.8.8.8")

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert "020 7946 0123" in refused.get_json(force=True)["detail"]
    assert send("9.9.9.9").status_code == send("127.0.0.1").status_code == 201


def test_a_database_that_cannot_be_written_is_told_and_nothing_is_acknowledged(
    client: FlaskClient, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    with house.database.change() as db:
        db.execute(sa.text("ALTER TABLE outbox RENAME TO gone"))
        db.execute(sa.text("ALTER TABLE handoffs RENAME TO gone_too"))

    response = client.post(PATH, json=GOOD)

    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "Nothing was stored" in response.get_json(force=True)["detail"]
    captured = capsys.readouterr()
    assert "Canary" not in captured.out + captured.err
    assert "900123" not in captured.out + captured.err


def test_without_a_database_nothing_is_acknowledged(app: Flask) -> None:
    assert app.test_client().post(PATH, json=GOOD).status_code == 503
    assert app.test_client().get("/contact").status_code == 404


def test_a_wrong_method_or_body_is_told(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 405
    assert "a message" in client.post(PATH, json=[]).get_data(as_text=True)
    assert client.post(PATH, data={"name": "x"}).status_code == 415


def test_logs_hold_nothing_of_a_message(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    for change in ({}, {"contact": "canary"}, {"message": "i want to end my canary life"}):
        client.post(PATH, json=GOOD | change, headers={"Idempotency-Key": "canary-canary"})
    captured = capsys.readouterr()

    assert "canary" not in (captured.out + captured.err).lower()
