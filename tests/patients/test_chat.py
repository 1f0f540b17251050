"""A conversation leans on its last answer for a while, and can be ended at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.errors import NotReady
from bot.patients.chat import FORGOTTEN_AFTER_S, Chat
from bot.patients.live import Live, open_live


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_help_stays_in_view_until_cleared_or_forgotten(bot: Bot) -> None:
    clock = Clock()
    chat = Chat(Live(bot), clock)
    token = chat.ask("i want to end my life").conversation

    assert chat.ask("what helps dry lips", token).reply.standing
    clock.now += FORGOTTEN_AFTER_S
    assert not chat.ask("what helps dry lips", token).reply.standing

    again = chat.ask("i want to end my life", token).conversation
    assert again == token
    assert chat.forget(token) is True
    assert chat.forget(token) is False
    assert not chat.ask("what helps dry lips", token).reply.standing


def test_conversations_do_not_mix(bot: Bot) -> None:
    chat = Chat(Live(bot), Clock())
    chat.ask("i want to end my life")

    assert not chat.ask("what helps dry lips").reply.standing


def test_broken_safety_data_answers_nothing(knowledge: Path) -> None:
    (knowledge / "safety" / "emergency.yaml").write_text("level: emergency\nrules: [", encoding="utf-8")
    live = open_live(knowledge)

    assert "emergency.yaml" in live.reason
    with pytest.raises(NotReady):
        Chat(live, Clock()).ask("what helps dry lips")
