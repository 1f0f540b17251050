"""My questions without scripts: what may be on the list, how much of it, and that it goes along but nowhere else."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from bot.web.mine import MOST_BYTES, MOST_CODE_BYTES


def listed(page: str) -> list[str]:
    return [html.unescape(value) for value in re.findall(r'name="drop" value="([^"]*)"', page)]


def shown(client: FlaskClient, *mine: str, **more: str) -> str:
    return client.post("/my-questions", data=MultiDict([*(("mine", each) for each in mine), *more.items()])).text


def test_only_approved_questions_and_own_words_are_on_it_once_each(client: FlaskClient) -> None:
    page = shown(
        client, "a:dry-lips", "a:dry-lips", "a:nothing", "q:   ", "x:y", "q:" + "x" * 501, keep="q:<b>my own</b>"
    )

    assert listed(page) == ["a:dry-lips", "q:<b>my own</b>"]
    assert "<b>my own" not in page


def test_a_question_is_taken_off(client: FlaskClient) -> None:
    assert listed(shown(client, "a:dry-lips", "q:mine", drop="a:dry-lips")) == ["q:mine"]
    assert "Nothing here yet" in shown(client, "q:mine", drop="q:mine")


def test_a_full_list_says_so_and_keeps_what_it_had(client: FlaskClient) -> None:
    long = [f"q:{number} " + "ñ" * 300 for number in range(4)]
    page = shown(client, *long)

    assert "Your list is full." in page
    assert 0 < len(listed(page)) < len(long)
    assert sum(len(each.encode()) for each in listed(page)) < MOST_BYTES


def test_the_code_holds_what_fits_and_says_how_much(client: FlaskClient) -> None:
    page = shown(client, *(f"q:{number} " + "word " * 60 for number in range(4)))

    assert "The code holds the first 2 of your questions." in page
    assert "<svg" in page
    assert "<svg" not in shown(client, "q:" + "ñ" * (MOST_CODE_BYTES // 3))


@pytest.mark.parametrize("question", ["my lips are so dry", "should i stop taking the capsules", "tests"])
def test_the_list_goes_along_in_every_form_and_in_no_address(client: FlaskClient, question: str) -> None:
    page = client.post("/", data={"question": question, "mine": "q:zanzibar"}).text
    forms = re.findall(r"<form.*?</form>", page, re.S)

    assert [form for form in forms if 'value="q:zanzibar"' not in form and "/contact" not in form] == []
    assert not re.search(r'(?:href|action)="[^"]*zanzibar', page)


def test_the_pieces_that_scripts_ask_for_carry_nothing_of_it(client: FlaskClient) -> None:
    assert "<noscript" not in client.post("/turns", data={"question": "my lips are so dry"}).text


def test_clearing_needs_no_conversation_and_an_odd_one_does_no_harm(client: FlaskClient) -> None:
    for conversation in ("", "<b>", "unknown-token-1"):
        page = client.post("/clear", data={"conversation": conversation, "mine": "a:dry-lips"})

        assert page.status_code == 200
        assert "Your questions are cleared." in page.text
        assert "My questions (1)" in page.text
