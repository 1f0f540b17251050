"""Messages to the clinic are looked at before they are sent, whole, however long they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.bot import Bot
from bot.faq.entry import Region
from bot.faq.release import Level
from bot.patients.alarms import MOST_IN_PIECE, OVERLAP, alarm_of, gravest_piece, pieces_of

FILLER = "I saw you in spring about my skin and I would like to know when my next visit is. "


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("my throat is swelling and i cannot breathe", Level.EMERGENCY),
        ("i want to end my life", Level.CRISIS),
        ("i think i am pregnant and i take isotretinoin", Level.URGENT),
    ],
)
def test_the_gravest_is_found_and_said_in_the_releases_words(bot: Bot, message: str, level: Level) -> None:
    alarm = alarm_of(bot, message)

    assert alarm is not None
    assert alarm.level is level
    assert alarm.comes_first is (level >= Level.CRISIS)
    assert alarm.parts[0].headline
    assert alarm.parts[0].contacts


@pytest.mark.parametrize(
    "message", ["Please call me about my appointment.", "Should I stop taking it?", "my lips r dry"]
)
def test_ordinary_messages_raise_no_alarm(bot: Bot, message: str) -> None:
    alarm = alarm_of(bot, message)

    assert alarm is None or not alarm.comes_first


@pytest.mark.parametrize("before", [0, 3, 5, 6, 12, 20])
def test_grave_words_are_found_anywhere_in_a_long_message(bot: Bot, before: int) -> None:
    alarm = alarm_of(bot, FILLER * before + "My throat is swelling and I cannot breathe. " + FILLER * (20 - before))

    assert alarm is not None
    assert alarm.level is Level.EMERGENCY


def test_emergency_and_crisis_are_both_said(bot: Bot) -> None:
    alarm = alarm_of(bot, f"i took 40 capsules, an overdose. {FILLER * 8} i want to end my life")

    assert alarm is not None
    assert {part.outcome.word for part in alarm.parts} >= {"emergency"}


def test_it_is_said_for_the_region_of_the_sender(bot: Bot) -> None:
    alarm = alarm_of(bot, "my throat is swelling and i cannot breathe", Region.US)

    assert alarm is not None
    assert "911" in [line.number for line in alarm.parts[0].contacts]


def test_what_cannot_be_read_raises_no_alarm(bot: Bot) -> None:
    assert alarm_of(bot, "\u200b" * 900) is None


words = st.text(st.sampled_from("abcdefghij .!?\n\t"), min_size=1, max_size=2000)


@given(words)
def test_the_pieces_are_short_and_together_hold_every_stretch(message: str) -> None:
    pieces = list(pieces_of(message))

    assert all(0 < len(piece) <= MOST_IN_PIECE for piece in pieces)
    whole = " ".join(message.split())
    plain = [" ".join(piece.split()) for piece in pieces]
    for start in range(0, max(1, len(whole) - OVERLAP), 7):
        stretch = whole[start : start + OVERLAP // 2].strip()
        assert not stretch or any(stretch in piece for piece in plain)


@pytest.mark.parametrize("between", ["\x0c", "\x00", "\ud800"])
def test_what_cannot_be_read_does_not_hide_what_stands_around_it(bot: Bot, between: str) -> None:
    alarm = alarm_of(bot, f"i want to{between} end my life")

    assert alarm is not None
    assert alarm.comes_first
    assert gravest_piece(bot, f"hello{between} i want to end my life") == "hello i want to end my life"
    assert gravest_piece(bot, f"hello{between} what helps dry lips") is None
