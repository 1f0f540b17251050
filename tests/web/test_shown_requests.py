"""What the pages of the documentation tell people to send to the API is understood by it."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bot.dialogue.bot import Bot

ROOT = Path(__file__).parent.parent.parent
PAGES = ("README.md", "docs/api.md")
FENCED = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)
HOST = "http://127.0.0.1:8000"


def requests(page: str) -> list[list[str]]:
    """The words of each `curl`, as a shell reads them."""
    blocks = "".join(FENCED.findall((ROOT / page).read_text(encoding="utf-8"))).replace("\\\n", " ")
    return [shlex.split(line) for line in blocks.splitlines() if line.startswith("curl")]


SHOWN = [words for page in PAGES for words in requests(page)]


@pytest.mark.parametrize("words", SHOWN, ids=lambda words: words[-1][-40:])
def test_every_request_that_is_shown_is_answered(client: FlaskClient, words: list[str]) -> None:
    options = dict(itertools.pairwise(words))
    address = next(word for word in words if word.startswith(HOST)).removeprefix(HOST)
    body = options.get("-d")
    headers = [options["-H"].split(": ", 1)] if "-H" in options else []

    answer = client.open(address, method=options.get("-X", "POST" if body else "GET"), data=body, headers=headers)

    assert 200 <= answer.status_code < 300, answer.text


def test_the_requests_of_both_pages_are_found() -> None:
    assert len(SHOWN) >= 6


def test_the_python_that_is_shown_answers(bot: Bot) -> None:
    reply = bot.ask("my lips are so dry")
    plain = Bot.from_faq([{"id": "dry-lips", "question": "Dry lips?", "answer": "Use balm.", "phrasings": []}])

    assert "ointment" in str(reply.to_dict()["answer_text"])
    assert plain.ask("Dry lips?").to_dict()["answer_text"]
