"""Did this help? Asked once a turn, told without scripts, never beside an alarm."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.store.visits import Feedback, find_feedback
from bot.web.app import create_app
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def patient(house: House) -> FlaskClient:
    made: Flask = create_app(read_settings({}), now=lambda: NOON, house=house)
    return made.test_client()


def asked(client: FlaskClient, question: str, path: str = "/turns") -> str:
    return client.post(path, data={"question": question}).get_data(as_text=True)


def form_of(page: str) -> dict[str, str]:
    form = page[page.index('action="/feedback') :]
    return {name: re.findall(rf'name="{name}" value="([^"]+)"', form)[0] for name in ("turn", "conversation")}


def given(house: House, turn_id: str) -> Feedback | None:
    with house.database.read() as db:
        return find_feedback(db, turn_id)


@pytest.mark.parametrize(
    ("question", "times"),
    [
        ("my lips are so dry", 1),
        ("should i stop taking the capsules", 1),
        ("my lips are so dry and does it cause nosebleeds?", 1),
        ("my throat is closing up", 0),
        ("i want to end my life", 0),
        ("my eyes look yellow", 0),
        ("what is the capital of portugal", 0),
        ("tests", 0),
    ],
)
def test_it_is_asked_once_beneath_an_answer_and_never_beside_an_alarm(
    patient: FlaskClient, question: str, times: int
) -> None:
    assert asked(patient, question).count('action="/feedback') == times


def test_it_is_not_asked_where_nothing_is_stored(client: FlaskClient) -> None:
    assert "/feedback" not in asked(client, "my lips are so dry")


def test_yes_is_thanked_for_and_the_conversation_goes_on(patient: FlaskClient, house: House) -> None:
    form = form_of(asked(patient, "my lips are so dry", "/"))

    page = patient.post("/feedback", data={**form, "helpful": "yes"}).get_data(as_text=True)

    assert "Thank you" in page
    assert f'name="conversation" value="{form["conversation"]}"' in page
    found = given(house, form["turn"])
    assert found is not None
    assert (found.helpful, found.reason) == (True, "")


@pytest.mark.parametrize("path", ["/feedback", "/display", "/my-questions"])
def test_help_stays_in_view_where_the_answer_itself_is_known_no_more(patient: FlaskClient, path: str) -> None:
    named = re.search(r'name="conversation" value="([^"]+)"', asked(patient, "i want to end my life", "/"))
    assert named is not None
    later = patient.post("/", data={"question": "my lips are so dry", "conversation": named[1]}).text
    form = {**form_of(later), "helpful": "yes", "question": "and for how long"}

    page = patient.post(path, data=form).get_data(as_text=True)

    shown = re.sub(r"<template.*?</template>", "", page, flags=re.S)
    assert shown.count("Help is still here") == 1
    assert ">and for how long</textarea>" in page


def test_after_no_the_reason_can_be_told(patient: FlaskClient, house: House) -> None:
    form = form_of(asked(patient, "my lips are so dry", "/"))

    page = patient.post("/feedback", data={**form, "helpful": "no"}).get_data(as_text=True)
    assert "You do not have to say." in page
    page = patient.post("/feedback", data={**form_of(page), "helpful": "no", "reason": "too-little"})

    assert "Ask on below" in page.get_data(as_text=True)
    found = given(house, form["turn"])
    assert found is not None
    assert (found.helpful, found.reason) == (False, "too-little")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"turn": "no-such-turn"}, 404),
        ({"turn": "<script>"}, 400),
        ({"turn": ""}, 400),
        ({"reason": "it was silly"}, 400),
        ({"conversation": "x y"}, 422),
    ],
)
def test_what_is_no_feedback_is_refused(patient: FlaskClient, change: dict[str, str], status: int) -> None:
    form = form_of(asked(patient, "my lips are so dry", "/"))

    assert patient.post("/feedback", data={**form, "helpful": "no", **change}).status_code == status


def test_another_site_cannot_tell_it(patient: FlaskClient) -> None:
    form = form_of(asked(patient, "my lips are so dry", "/"))
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert patient.post("/feedback", data={**form, "helpful": "no"}, headers=headers).status_code == 403


def test_the_privacy_page_tells_what_is_stored(patient: FlaskClient, client: FlaskClient) -> None:
    stored = patient.get("/privacy").get_data(as_text=True)

    assert "Your questions are kept for 30 days" in stored
    assert "deletes your questions at once" in stored
    assert "Your words are not stored." in client.get("/privacy").get_data(as_text=True)
