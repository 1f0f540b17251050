"""What must hold between an entry and all else in the folder, each fault by its field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.faq.entry import Answer, Entry, NextStep, Phrasing, Region, StepKind, Topic, Translation
from bot.faq.entry_checks import check_entry, check_wordings, folded
from bot.faq.files import Loaded
from bot.faq.places import TextFolder
from bot.faq.yaml_reader import Problems

PLACE = TextFolder({}, ("knowledge", "entries", "skin", "lips.md"))


@pytest.fixture
def entry(loaded: Loaded) -> Entry:
    return replace(
        loaded.release.entries[0],
        id="lips",
        topic="skin",
        question="What helps dry lips?",
        phrasings=(Phrasing("cracked lips"),),
        answer=Answer("See [the sun](entry:sun).", "Ring {{ clinic.phone }}."),
        next_step=NextStep(StepKind.SELF_CARE, "Rest.", "{{ clinic.phone }}"),
        related=("sun",),
        translations={},
        next_step_variants={},
    )


def faults(loaded: Loaded, entry: Entry) -> list[tuple[str, int, str]]:
    problems = Problems("knowledge/entries/skin/lips.md")
    check_entry(entry, PLACE, problems, loaded.release.clinic, (Topic("skin", "Skin"),), {"lips", "sun"})
    assert {each.file for each in problems.found} <= {"knowledge/entries/skin/lips.md"}
    return [(each.field, each.line, each.problem) for each in problems.found]


def test_an_entry_that_fits_has_no_fault(loaded: Loaded, entry: Entry) -> None:
    assert faults(loaded, entry) == []


US = {Region.US: Answer("{{ clinic.fax }}", "")}
SPANISH = Translation(question="¿?", short="<b>", detail="", next_step="", made_of="")


@pytest.mark.parametrize(
    ("changed", "field", "line", "problem"),
    [
        ({"id": "other"}, "id", 2, "must be the file's name"),
        ({"related": ("lips",)}, "related", 1, '"lips" is no other entry'),
        ({"related": ("gone",)}, "related", 1, '"gone" is no other entry'),
        ({"answer": Answer("[x](entry:gone)", "")}, "(answer)", 1, 'link to "gone", which is no entry'),
        ({"answer": Answer("a", "[x](https://a.example)")}, "(answer)", 1, "allowed: links to entries"),
        ({"answer": Answer("a", "<script>")}, "(answer)", 1, "raw HTML"),
        ({"answer": Answer("a", "b", US)}, "regions.us", 1, '"{{ clinic.fax }}" is unknown'),
        ({"next_step": NextStep(StepKind.SELF_CARE, "a", "{{ clinic.fax }}")}, "next_step", 1, "is unknown"),
        (
            {"next_step_variants": {Region.US: NextStep(StepKind.SELF_CARE, "<i>")}},
            "regions.us.next_step",
            1,
            "raw HTML",
        ),
        ({"translations": {"es": SPANISH}}, "translations.es", 1, "raw HTML"),
    ],
)
def test_a_fault_is_named_by_its_field(
    loaded: Loaded, entry: Entry, changed: dict[str, Any], field: str, line: int, problem: str
) -> None:
    ((at_field, at_line, said),) = faults(loaded, replace(entry, **changed))

    assert (at_field, at_line) == (field, line)
    assert problem in said


def test_a_topic_must_be_the_folder_and_be_listed(loaded: Loaded, entry: Entry) -> None:
    assert [(field, line) for field, line, _ in faults(loaded, replace(entry, topic="hair"))] == [("topic", 3)] * 2


def test_a_wording_stands_only_once_whatever_its_capitals_and_spaces(entry: Entry) -> None:
    problems, wordings = Problems("lips.md"), dict[str, str]()
    check_wordings(entry, problems, wordings)
    assert problems.found == []

    again = replace(entry, id="sun", question="CRACKED  lips", phrasings=(Phrasing("else"), Phrasing("Else")))
    check_wordings(again, problems, wordings)

    assert [each.problem for each in problems.found] == [
        '"CRACKED  lips" stands in lips already',
        '"Else" stands in sun already',
    ]
    assert folded(" A\n b ") == "a b"
