"""Spanish questions as patients type them: without accents, in short spellings, among names and English."""

from __future__ import annotations

import pytest

from bot.language.spanish import SpanishWords

WORDS = SpanishWords(
    ["¿Puedo beber alcohol con isotretinoína?", "Tengo los labios agrietados"],
    {"roaccutane": "isotretinoin", "retin a": "retinol"},
)


def terms(text: str) -> tuple[str, ...]:
    return WORDS.terms(WORDS.read(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("¿Cuándo CIERRA la clínica?", "cuando cierra la clinica"),
        ("xq se me parten los labios", "porque se me parten los labios"),
        ("q puedo tomar", "qué puedo tomar"),
        ("labio agrietado", "labios agrietados"),
        ("con isotretinoína", "con roaccutane"),
        ("con isotretinoina", "con isotretinoin"),
    ],
)
def test_what_reads_alike_is_alike(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_little_words_tell_nothing_unless_there_are_no_others() -> None:
    assert terms("me lo puedo beber con los labios") == terms("beber labios")
    assert terms("¿y eso por qué?") != ()
    assert terms("") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¿Puedo beber alcohol?", True),
        ("tengo los labios secos", True),
        ("agrietados", True),
        ("can i drink alcohol", False),
        ("alcohol", False),
        ("Roaccutane", False),
        ("vitamin a", False),
        ("me and la playa resort in spain", False),
        ("12345 ???", False),
        ("", False),
    ],
)
def test_spanish_is_told_from_english(text: str, expected: bool) -> None:
    assert WORDS.is_spanish(WORDS.read(text)) is expected


def test_it_is_told_how_much_of_a_question_is_known() -> None:
    known = frozenset(terms("labios agrietados"))

    assert WORDS.known_share(WORDS.read("tengo los labios agrietados"), known) == 1.0
    assert WORDS.known_share(WORDS.read("mi perro tiene los labios agrietados hoy"), known) == 0.5
    assert WORDS.known_share(WORDS.read("¿y eso?"), known) == 1.0
