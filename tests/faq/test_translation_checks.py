"""What a translation is held to, against examples worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.faq.entry import Entry, Translation
from bot.faq.files import Loaded
from bot.faq.translation_checks import compare_translation, lint_translation, reading_ease, syllables_of


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("sol", 1),
        ("piel", 1),
        ("labios", 2),
        ("clínica", 3),
        ("día", 2),
        ("poeta", 3),
        ("caer", 2),
        ("que", 1),
        ("guía", 2),
        ("agua", 2),
        ("pingüino", 3),
        ("tratamiento", 4),
        ("y", 1),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables_of(word) == count


def test_reading_ease_is_the_published_formula() -> None:
    # Three words, five syllables, one sentence: 206.835 - 62.3 * 5 / 3 - 3.
    assert reading_ease("El gato come.") == pytest.approx(100.0017, abs=0.001)
    assert reading_ease("**El** [gato](entry:x) come. {{ clinic.phone }}") == pytest.approx(100.0017, abs=0.001)
    assert reading_ease("") == 100.0


@pytest.fixture
def entry(loaded: Loaded) -> Entry:
    found = next(each for each in loaded.release.entries if each.id == "dry-lips")
    answer = replace(found.answer, short="Use 2 balms. Call {{ clinic.phone }}.", detail="[More](entry:dry-skin)")
    return replace(found, answer=answer, next_step=replace(found.next_step, text="Wait."))


def translation(entry: Entry, short: str, detail: str = "[Más](entry:dry-skin)") -> Translation:
    return Translation(question="¿Qué?", short=short, detail=detail, next_step="Espere.", made_of=entry.mark)


def test_what_stands_in_one_language_only_is_named_beside_its_field(entry: Entry) -> None:
    same = translation(entry, "Use 2 bálsamos. Llame al {{ clinic.phone }}.")
    other = translation(entry, "Use 3 bálsamos.", detail="")

    assert list(compare_translation(entry, same)) == []
    found = list(compare_translation(entry, other))
    assert ("short", "the number 2 stands in English, and not here") in found
    assert ("short", "the number 3 stands here, and not in English") in found
    assert ("short", "the fact clinic.phone stands in English, and not here") in found
    assert ("detail", "a link to dry-skin stands in English, and not here") in found
    assert ("detail", "the English answer has a detail, and this has none") in found


@pytest.mark.parametrize(
    ("short", "told"),
    [
        ("Debes dejar de tomarlo.", "an order: 'Debes dejar'"),
        ("Es totalmente seguro.", "absolute: 'totalmente seguro'"),
        ("Compre por internet.", "an invitation to buy"),
        ("Estarás bien.", "a verdict"),
        ("¡Qué bien", "an exclamation mark"),
        ("palabra " * 76, "76 words"),
    ],
)
def test_wording_that_must_not_be_is_found(entry: Entry, short: str, told: str) -> None:
    found = " ".join(text for _, text in lint_translation(translation(entry, short)))

    assert told in found
    assert not list(lint_translation(translation(entry, "Use un bálsamo. Espere un poco.")))
