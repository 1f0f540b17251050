"""What the kiosk says while the clinic is open, and while it is closed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web.app import create_app

URGENT = "my eyes look yellow"
OTHERS = {
    "decision": "should i stop taking the capsules",
    "illicit": "can you sell me accutane",
    "no_match": "what is the capital of portugal",
}
OPEN, SHUT = datetime(2026, 11, 27, 11, tzinfo=UTC), datetime(2026, 11, 28, 22, tzinfo=UTC)


def ask(bot: Bot, question: str, at: datetime) -> str:
    client = create_app(read_settings({}), Live(bot), now=lambda: at).test_client()
    return client.post("/kiosk/turns", data={"question": question, "conversation": "kiosk-hours-0001"}).text


@pytest.mark.parametrize(("at", "first"), [(OPEN, "Call the clinic"), (SHUT, "Call NHS 111")])
def test_who_can_be_reached_now_stands_first(bot: Bot, at: datetime, first: str) -> None:
    piece = ask(bot, URGENT, at)

    assert re.findall(r'<li class="first">([^,<]+)', piece) == [first]
    assert ("Tell the staff at the desk now." in piece) == (at == OPEN)
    assert ("If anybody is at the desk" in piece) == (at == SHUT)


@pytest.mark.parametrize("question", OTHERS.values(), ids=OTHERS)
def test_nobody_is_sent_to_a_desk_that_is_closed(bot: Bot, question: str) -> None:
    assert "Ask the staff at the desk." in ask(bot, question, OPEN)
    closed = ask(bot, question, SHUT)
    assert "Ask the staff at the desk." not in closed
    assert "Closed now" in closed
