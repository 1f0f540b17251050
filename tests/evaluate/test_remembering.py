"""What was found out before is not asked again, and never taken for something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.evaluate.asking import Asker
from bot.evaluate.remembering import Memory, program_key
from bot.evaluate.safety_suite import gravest
from bot.faq.release import Level

TEXTS = ["my throat is closing up", "my lips are so dry", "my throat is closing up"]


def other(_bot: Bot, _text: str) -> str:
    """Another question about the same texts."""
    return "dry-lips"


def nothing() -> None:
    """No progress."""


@pytest.fixture
def refuse() -> Callable[[Bot, str], Level | None]:
    def ask(_bot: Bot, text: str) -> Level | None:
        raise AssertionError(f"{text} was asked again")

    ask.__module__, ask.__qualname__ = gravest.__module__, gravest.__qualname__
    return ask


def test_what_was_found_is_kept_and_not_asked_again(
    bot: Bot, tmp_path: Path, refuse: Callable[[Bot, str], Level | None]
) -> None:
    first = list(
        Asker((bot,), memories={0: {gravest: Memory(tmp_path / "f.json")}}).each_once(gravest, TEXTS, tick=nothing)
    )
    again = list(
        Asker((bot,), memories={0: {refuse: Memory(tmp_path / "f.json")}}).each_once(refuse, TEXTS, tick=nothing)
    )

    assert first == [Level.EMERGENCY, None, Level.EMERGENCY]
    assert again == first


def test_each_question_about_a_text_has_its_own_finding(bot: Bot, tmp_path: Path) -> None:
    memory = Memory(tmp_path / "f.json")
    asker = Asker((bot,), memories={0: {gravest: memory, other: memory}})

    assert list(asker.each_once(gravest, TEXTS[1:2], tick=nothing)) == [None]
    assert list(asker.each_once(other, TEXTS[1:2], tick=nothing)) == ["dry-lips"]


def test_a_damaged_file_is_begun_anew(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text("{", encoding="utf-8")

    found = list(
        Asker((bot,), memories={0: {gravest: Memory(tmp_path / "f.json")}}).each_once(gravest, TEXTS, tick=nothing)
    )

    assert found[0] is Level.EMERGENCY


def test_what_is_read_otherwise_is_asked_again(
    bot: Bot, tmp_path: Path, refuse: Callable[[Bot, str], Level | None]
) -> None:
    file = tmp_path / "f.json"
    list(Asker((bot,), memories={0: {gravest: Memory(file, bot.as_read)}}).each_once(gravest, TEXTS, tick=nothing))

    def read_otherwise(text: str) -> str:
        return bot.as_read(text.replace("lips", "limbs"))

    asker = Asker((bot,), memories={0: {refuse: Memory(file, read_otherwise)}})
    with pytest.raises(AssertionError, match="my lips are so dry was asked again"):
        list(asker.each_once(refuse, TEXTS, tick=nothing))


def test_every_text_ticks_whether_it_was_asked_or_remembered(bot: Bot) -> None:
    ticks: list[int] = []

    list(Asker((bot,)).each_once(gravest, TEXTS, tick=lambda: ticks.append(1)))

    assert len(ticks) == len(TEXTS)


def test_the_program_has_a_key() -> None:
    assert len(program_key()) == 32
