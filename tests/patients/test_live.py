"""The live bot starts only when its safety works."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.errors import NotReady
from bot.evaluate.safety_suite import self_test
from bot.faq.files import Loaded
from bot.patients import live
from bot.patients.live import Live
from bot.safety.findings import Triage
from bot.safety.triage import Safety

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


def test_a_release_whose_rules_find_nothing_is_not_served(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Safety, "triage", lambda *_, **__: Triage())

    with pytest.raises(NotReady, match=r"fail their own test[\s\S]*emergency\.anaphylaxis"):
        live.tested(bot)


def test_a_level_without_rules_is_a_fault(small: Loaded) -> None:
    rules = tuple(rule for rule in small.release.rules if rule.level.word != "crisis")
    crippled = Bot(replace(small.release, rules=rules), known=(KNOWLEDGE,))

    assert self_test(crippled)[0] == "there is no crisis rule"


def test_the_shipped_release_passes_its_self_test(bot: Bot) -> None:
    assert self_test(bot) == ()
    assert Live(bot).require() is bot
