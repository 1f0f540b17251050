"""Whatever breaks after safety has looked, what it found is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.bot import Bot
from bot.matching.matcher import Matcher
from bot.reply.types import Outcome


@pytest.fixture
def broken(bot: Bot, learnt: Path, monkeypatch: pytest.MonkeyPatch) -> Bot:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("the index is gone")

    monkeypatch.setattr(Matcher, "rank", crash)
    return Bot(bot.release, store=learnt)


def test_an_emergency_is_answered_without_matching(broken: Bot) -> None:
    assert broken.ask("my throat is swelling up and i cant breathe").outcome is Outcome.EMERGENCY


def test_a_red_flag_is_answered_even_when_matching_breaks(broken: Bot, caplog: pytest.LogCaptureFixture) -> None:
    reply = broken.ask("my eyes have gone yellow")

    assert reply.outcome is Outcome.URGENT
    assert reply.leading.contacts
    assert reply.leading.general is None
    assert "matching broke (RuntimeError)" in caplog.text
    assert "yellow" not in caplog.text


def test_what_safety_has_no_word_for_fails_safe(broken: Bot) -> None:
    with pytest.raises(RuntimeError):
        broken.ask("how long does a course take")
