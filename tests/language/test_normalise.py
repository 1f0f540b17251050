"""Whatever is typed becomes plain words, and each word knows where it stood."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InputError
from bot.language.normalise import check_question, plain_words, tokenise


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("I can’t BREATHE!!", "i cannot breathe"),
        ("can not", "cannot"),
        ("don't know what's wrong", "do not know what is wrong"),
        ("my mum's tablets", "my mum tablets"),
        ("k\u200bi\u200bl\u200bl", "kill"),
        ("d.i.e", "die"),
        ("i  w a n t  t o  d i e", "i want to die"),
        ("i. .t.o.o.k. .2.0", "i took 20"),
        ("s-u-i-c-i-d-e", "suicide"),
        ("\u0455u\u0456\u0441\u0456d\u0435", "suicide"),  # Cyrillic letters that look Latin
        ("𝓌𝒶𝓃𝓉 to ｄｉｅ", "want to die"),
        ("quiero morir mañana", "quiero morir manana"),
        ("20mg for 3wks", "20 mg for 3 wks"),
        ("is it 50$ a month", "is it 50 a month"),
        ("without w/o with", "without wo with"),
        ("\u202edie\u202c", "die"),
    ],
)
def test_tricks_and_contractions_are_undone(typed: str, plain: str) -> None:
    assert plain_words(typed) == plain


@pytest.mark.parametrize(
    ("typed", "got"),
    [
        ("", "no text"),
        ("  \n\t ", "no text"),
        ("\u200b\u200b\u2060", "only spaces or invisible characters"),
        ("x" * 501, "501 characters"),
        ("x" * 100_000, "100000 characters"),
        ("a\ud800b", "lone surrogate"),
        ("a\x00b", "control characters"),
    ],
)
def test_what_cannot_be_a_question_is_refused_by_name(typed: str, got: str) -> None:
    with pytest.raises(InputError) as caught:
        check_question(typed)

    assert caught.value.field == "question"
    assert got in caught.value.got


def test_five_hundred_characters_are_allowed() -> None:
    assert check_question("e\u0301" * 500) == "\u00e9" * 500


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_tokens_stand_in_order_inside_the_original(text: str) -> None:
    last = 0
    for token in tokenise(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.start >= last
        assert token.text
        assert token.text == token.text.lower()
        last = token.start


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = plain_words(text)

    assert plain_words(once) == plain_words(plain_words(once))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=100))
def test_any_text_is_a_question_or_refused(text: str) -> None:
    try:
        assert 1 <= len(check_question(text)) <= 500
    except InputError as error:
        assert error.field == "question"
