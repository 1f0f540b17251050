"""Misspelt words are led to known ones; known words, numbers and negations stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.bot import Bot
from bot.language.segment import segment


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("isotretinoim", "isotretinoin"),
        ("my thraot is sweling", "my throat is swelling"),
        ("iwanttodie", "i want to die"),
        ("icantbreathe", "i cannot breathe"),
        ("k1ll mys3lf", "kill myself"),
        ("$u1c1d3", "suicide"),
        ("sui cide", "suicide"),
        ("soooo tireddd", "so tired"),
        ("i have ibs", "i have ibs"),
        ("rash not crash", "rash not crash"),
        ("no not never 20 mg 3 weeks", "no not never 20 mg 3 weeks"),
    ],
)
def test_words_are_read_as_meant(bot: Bot, typed: str, read: str) -> None:
    assert " ".join(word.text for word in bot.vocabulary.read(typed)) == read


def test_brand_names_and_synonyms_become_one_term(bot: Bot) -> None:
    vocabulary = bot.vocabulary

    assert vocabulary.terms(vocabulary.read("roacutane")) == vocabulary.terms(vocabulary.read("isotretinoin"))
    assert vocabulary.terms(vocabulary.read("sun cream")) == vocabulary.terms(vocabulary.read("sunscreen"))


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("my lips are cracked and can i drink at a wedding?", ["my lips are cracked", "can i drink at a wedding"]),
        ("before or after food", ["before or after food"]),
        ("how long does it take? what about the sun", ["how long does it take", "what about the sun"]),
        ("salt and pepper", ["salt and pepper"]),
    ],
)
def test_a_message_is_parted_into_its_questions(bot: Bot, typed: str, parts: list[str]) -> None:
    segments = segment(bot.vocabulary.read(typed))

    assert [part.normalised for part in segments] == parts


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=150))
def test_any_text_can_be_read_and_parted(bot: Bot, text: str) -> None:
    for part in segment(bot.vocabulary.read(text)):
        assert 0 <= part.start < part.end <= len(text)
        assert len(part.tokens) >= 2
