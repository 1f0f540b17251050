"""Spanish questions find the entries that have an approved translation, and are not taken for others."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.faq.entry import Entry, Translation
from bot.faq.files import Loaded
from bot.matching.matcher import NOTHING
from bot.matching.translated import TranslatedMatcher

CASES = list(
    csv.DictReader((Path(__file__).parent.parent / "cases" / "spanish.csv").read_text(encoding="utf-8").splitlines())
)
NAMES = {"roacutan": "isotretinoin", "accutane": "isotretinoin"}


def translated(entry: Entry) -> Entry:
    """The entry with the cases' wordings; what patients would read stands for approved words."""
    mine = [(each["kind"], each["text"]) for each in CASES if each["entry_id"] == entry.id]
    spanish = Translation(
        question=next(text for kind, text in mine if kind == "question"),
        short="Palabras de prueba.",
        detail="",
        next_step="Paso.",
        made_of=entry.mark,
        phrasings=tuple(text for kind, text in mine if kind == "phrasing"),
    )
    return replace(entry, translations={"es": spanish})


@pytest.fixture(scope="module")
def entries(loaded: Loaded) -> tuple[Entry, ...]:
    ids = {each["entry_id"] for each in CASES}
    return tuple(translated(each) for each in loaded.release.entries if each.id in ids)


@pytest.fixture(scope="module")
def matcher(entries: tuple[Entry, ...]) -> TranslatedMatcher:
    return of(entries)


def of(entries: tuple[Entry, ...]) -> TranslatedMatcher:
    made = TranslatedMatcher.of(entries, "es", NAMES, 0.05)
    assert made is not None
    return made


def found(matcher: TranslatedMatcher, text: str) -> str:
    """The entry that is answered; "" for none."""
    ranking = matcher.rank(text) or NOTHING
    return ranking.top.entry_id if ranking.is_sure and ranking.top else ""


def offers(matcher: TranslatedMatcher, text: str) -> bool:
    """Whether choices are offered."""
    ranking = matcher.rank(text) or NOTHING
    return not ranking.is_sure and ranking.among >= ranking.clarify_from


def figures(matcher: TranslatedMatcher, cases: list[Mapping[str, str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in cases:
        got = found(matcher, each["text"])
        counts["right" if got == each["entry_id"] else "wrong" if got else "unsure"] += 1
    return counts


def test_questions_find_their_entry_and_never_another(matcher: TranslatedMatcher) -> None:
    asked = [each for each in CASES if each["kind"] == "asked" and each["entry_id"]]
    counts = figures(matcher, asked)

    assert len(asked) == 36
    assert counts["wrong"] == 0
    assert counts["right"] >= 20
    offered = [(each["entry_id"], matcher.rank(each["text"]) or NOTHING) for each in asked]
    assert sum(right in [each.entry_id for each in ranking.candidates[:3]] for right, ranking in offered) >= 34
    assert sum(found(matcher, each["text"]) != "" or offers(matcher, each["text"]) for each in asked) >= 32


def test_what_no_translated_entry_answers_is_left_unanswered(matcher: TranslatedMatcher) -> None:
    asked = [each for each in CASES if each["kind"] == "asked" and not each["entry_id"]]

    assert len(asked) == 24
    assert figures(matcher, asked)["wrong"] <= 1
    assert sum(offers(matcher, each["text"]) for each in asked) <= 6


@pytest.mark.parametrize("place", [0, 1])
def test_a_sentence_that_is_clear_is_answered_whatever_stands_beside_it(
    matcher: TranslatedMatcher, entries: tuple[Entry, ...], place: int
) -> None:
    said = ["Mi vecina vende coches usados muy baratos en la plaza", entries[0].translations["es"].question]
    text = ". ".join(said if place else said[::-1])

    assert found(matcher, said[0]) == ""
    assert found(matcher, text) == entries[0].id


@pytest.mark.parametrize("ids", [("alcohol",), ("opening-hours",), ("alcohol", "dry-skin")])
def test_a_few_translations_answer_nothing_but_their_own(entries: tuple[Entry, ...], ids: tuple[str, ...]) -> None:
    few = [each for each in entries if each.id in ids]
    matcher = of(tuple(few))
    others = [each for each in CASES if each["kind"] == "asked" and each["entry_id"] not in ids]

    assert figures(matcher, [{**each, "entry_id": ""} for each in others])["wrong"] <= 1
    assert found(matcher, few[0].translations["es"].question) == few[0].id


def test_english_is_not_taken_for_spanish(matcher: TranslatedMatcher, loaded: Loaded) -> None:
    asked = [text for entry in loaded.release.entries for text in (*entry.golden, *entry.wordings)]

    assert [text for text in (*asked, "Roacutan", "alcohol") if matcher.rank(text) is not None] == []


@pytest.mark.parametrize("text", ["¿¿??", "...", "ññ", "12345", "😀", "hola " * 80])
def test_odd_texts_are_answered_with_nothing(matcher: TranslatedMatcher, text: str) -> None:
    ranking = matcher.rank(text)

    assert ranking is None or not ranking.is_sure


def test_an_outdated_translation_finds_nothing(entries: tuple[Entry, ...]) -> None:
    changed = [replace(each, question="Something else?") if each.id == "alcohol" else each for each in entries]

    assert found(of(tuple(changed)), "¿Pasa algo si tomo cerveza?") != "alcohol"
    assert TranslatedMatcher.of([changed[0]], "es", NAMES, 0.05) is not None
    assert TranslatedMatcher.of([replace(each, question="?") for each in entries], "es", NAMES, 0.05) is None
