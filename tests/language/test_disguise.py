"""How a word in disguise may be read."""

from __future__ import annotations

import pytest

from bot.language.disguise import all_readings, undrawn, unleet


@pytest.mark.parametrize(
    ("word", "readings"),
    [
        ("dry", []),
        ("lipps", []),  # one pair of letters is how words are written
        ("soooo", ["soo", "so", "so"]),
        ("sooo", ["soo", "so", "so"]),
        ("ttiireed", ["tired"]),
        ("fffoood", ["ffood", "ffod", "food", "fod", "fod"]),
    ],
)
def test_drawn_out_letters_are_shortened(word: str, readings: list[str]) -> None:
    assert sorted(undrawn(word)) == sorted(readings)


def test_a_word_drawn_out_everywhere_is_shortened_to_single_letters_only() -> None:
    assert undrawn("aaabbbcccdddeeefffggg") == ["abcdefg"]


@pytest.mark.parametrize(
    ("word", "readings"),
    [
        ("dry", ["dry"]),
        ("dr7", ["drt"]),
        ("k1ll", ["kill", "klll"]),
        ("f*ck", ["fck"]),
        ("700", []),  # a number
        ("a1111111b", []),  # more signs than a word in disguise has
    ],
)
def test_signs_are_read_as_letters_where_there_are_letters(word: str, readings: list[str]) -> None:
    assert unleet(word) == readings


def test_a_number_among_words_in_disguise_is_read_all_the_same() -> None:
    assert all_readings("700") == ["too"]
    assert len(all_readings("11111")) == 16
