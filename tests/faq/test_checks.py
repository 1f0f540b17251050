"""What lint finds in an entry's wording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.faq.checks import FEWEST_GOLDEN, FEWEST_PHRASINGS, MOST_SHORT_WORDS, lint_entry, lint_release, reading_grade
from bot.faq.entry import Answer, Entry, Phrasing, Region
from bot.faq.files import Loaded


@pytest.fixture
def entry(loaded: Loaded) -> Entry:
    return replace(
        loaded.release.entries[0],
        answer=Answer("Use a lip balm.", "Put it on often."),
        question="My lips are dry. What helps?",
        phrasings=tuple(Phrasing(f"wording {'x' * place}") for place in range(FEWEST_PHRASINGS)),
        golden=tuple(f"golden {'y' * place}" for place in range(FEWEST_GOLDEN)),
        translations={},
    )


def said(entry: Entry, short: str, detail: str = "") -> Entry:
    return replace(entry, answer=Answer(short, detail))


def test_plain_wording_has_no_fault(entry: Entry) -> None:
    assert lint_entry(entry) == []
    assert lint_entry(said(entry, "Go to bed. " * (MOST_SHORT_WORDS // 3))) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda entry: said(entry, "Go to bed. " * (MOST_SHORT_WORDS // 3) + "Now."), "short"),
        (lambda entry: said(entry, "Isolated supplementation necessitates individual consideration."), "readability"),
        (lambda entry: said(entry, "It works.", "It is a miracle."), "wording"),
        (lambda entry: said(entry, "It cures acne."), "wording"),
        (lambda entry: said(entry, "You must stop it."), "wording"),
        (lambda entry: said(entry, "You will be fine."), "wording"),
        (lambda entry: said(entry, "Buy it online."), "wording"),
        (lambda entry: said(entry, "Well done!"), "wording"),
        (lambda entry: replace(entry, phrasings=entry.phrasings[1:]), "phrasings"),
        (lambda entry: replace(entry, golden=entry.golden[1:]), "golden"),
        (lambda entry: replace(entry, golden=(*entry.golden, "My lips are DRY, what helps")), "golden"),
        (lambda entry: replace(entry, citations=()), "sources"),
        (
            lambda entry: replace(
                entry, answer=replace(entry.answer, variants={Region.US: Answer("A wonder drug.", "")})
            ),
            "wording",
        ),
    ],
)
def test_a_fault_is_named_by_its_rule(entry: Entry, change: Callable[[Entry], Entry], rule: str) -> None:
    faults = lint_entry(change(entry))

    assert [(fault.entry_id, fault.rule, fault.blocks) for fault in faults] == [(entry.id, rule, True)]


def test_a_number_for_help_that_cannot_be_called_is_a_fault(loaded: Loaded) -> None:
    clinic = loaded.release.clinic
    lines = clinic.lines[Region.UK]
    wrong = {**lines, "crisis_text": replace(lines["crisis_text"], number="85258 or 741741")}
    release = replace(loaded.release, clinic=replace(clinic, lines={**clinic.lines, Region.UK: wrong}))

    new = [fault for fault in lint_release(release) if fault not in lint_release(loaded.release)]

    assert [(fault.entry_id, fault.rule, fault.blocks) for fault in new] == [
        ("clinic", "lines.uk.crisis_text.number", True)
    ]
    assert new[0].text == "got more than a phone number; allowed: one number that can be called from there"


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("", 0.0),
        ("20 mg.", 0.39 + 11.8 - 15.59),  # one word of one syllable
        ("The cat sat.", 0.39 * 3 + 11.8 - 15.59),
        ("The cat sat. The table is able.", 0.39 * 3.5 + 11.8 * 9 / 7 - 15.59),
        ("- one\n- made", 0.39 + 11.8 * 1.0 - 15.59),
        ("See [the page](entry:x) of **isotretinoin**", 0.39 * 6 + 11.8 - 15.59),  # "this drug": two easy words
    ],
)
def test_the_reading_grade_is_that_of_kincaid(text: str, grade: float) -> None:
    assert reading_grade(text) == pytest.approx(grade)
