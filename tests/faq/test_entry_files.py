"""An entry's file: what each field may hold, what a region changes, and what its translation says."""

from __future__ import annotations

from datetime import date

import pytest

from bot.faq.entry import Answer, Citation, Entry, NextStep, Phrasing, Region, StepKind
from bot.faq.entry_files import read_entry
from bot.faq.places import TextFolder
from bot.faq.sources import Section, SourceDocument
from bot.faq.yaml_reader import Problems

FILE = """\
---
id: dry-lips
question: What helps dry lips?
phrasings: [cracked lips]
patient_phrasings: [lips r sore]
golden: [my lips split]
next_step: {kind: same-day, text: Ring us., phone: "0123"}
sources:
- {document: article, section: Lips}
- {authority: A leaflet, checked: 2026-11-24}
related: [dry-skin]
review_by: 2027-01-31
owner: nurses
---
Use a
balm.

More of it.

- often
"""
DOCUMENTS = {
    "article": SourceDocument(
        id="article", title="The article", kind="article", note="", sections=(Section("Lips", 1, ""),)
    )
}


def read(text: str = FILE) -> tuple[Entry | None, list[tuple[int, str, str]]]:
    problems = Problems("dry-lips.md")
    place = TextFolder({"entries/skin/dry-lips.md": text}, ("knowledge", "entries", "skin", "dry-lips.md"))
    entry = read_entry(place, problems, DOCUMENTS)
    return entry, [(each.line, each.field, each.problem) for each in problems.found]


def test_every_field_is_read() -> None:
    entry, problems = read()

    assert problems == []
    assert entry is not None
    assert (entry.id, entry.topic, entry.question) == ("dry-lips", "skin", "What helps dry lips?")
    assert entry.phrasings == (Phrasing("cracked lips"), Phrasing("lips r sore", "patient"))
    assert entry.answer == Answer("Use a balm.", "More of it.\n\n- often")
    assert entry.next_step == NextStep(StepKind.SAME_DAY, "Ring us.", "0123")
    assert entry.citations == (
        Citation("The article", "Lips", "article"),
        Citation("A leaflet", checked=date(2026, 11, 24)),
    )
    assert (entry.golden, entry.related, entry.owner) == (("my lips split",), ("dry-skin",), "nurses")
    assert (entry.review_by, entry.next_step_variants, entry.translations) == (date(2027, 1, 31), {}, {})


REGIONS = """\
regions:
  us: {short: "Use  an ointment.", next_step: {text: Call us., phone: ""}}
  uk: {detail: ""}
"""
STEP_ALONE = "regions: {us: {next_step: {kind: self-care}}}\n"


def test_a_region_changes_what_it_names_and_keeps_the_rest() -> None:
    entry, problems = read(FILE.replace("owner:", f"{REGIONS}owner:"))

    assert problems == []
    assert entry is not None
    assert entry.answer.variants == {
        Region.US: Answer("Use an ointment.", "More of it.\n\n- often"),
        Region.UK: Answer("Use a balm.", ""),
    }
    assert entry.next_step_variants == {Region.US: NextStep(StepKind.SAME_DAY, "Call us.", None)}


def test_a_region_may_have_another_next_step_and_the_answer_of_all() -> None:
    entry, problems = read(FILE.replace("owner:", f"{STEP_ALONE}owner:"))

    assert problems == []
    assert entry is not None
    assert entry.answer.variants == {}
    assert entry.next_step_variants == {Region.US: NextStep(StepKind.SELF_CARE, "Ring us.", "0123")}


SPANISH = """\
translations:
  es:
    question: ¿Labios?
    short: "Un  bálsamo."
    next_step: Llame.
    made_of: abc
    phrasings: [labios secos]
    approved_by: Dr Elm
    approved_on: 2026-11-24
"""


def test_a_translation_is_read_with_who_approved_it() -> None:
    entry, problems = read(FILE.replace("owner:", f"{SPANISH}owner:"))

    assert problems == []
    assert entry is not None
    spanish = entry.translations["es"]
    assert (spanish.question, spanish.short, spanish.detail) == ("¿Labios?", "Un bálsamo.", "")
    assert (spanish.phrasings, spanish.golden) == (("labios secos",), ())
    assert (spanish.approved_by, spanish.approved_on) == ("Dr Elm", date(2026, 11, 24))


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "problem"),
    [
        ("id: dry-lips", "id: Dry Lips", 2, "id", '"Dry Lips" is not a slug like dry-lips'),
        ("phrasings: [cracked lips]\n", "", 2, "phrasings", "is missing; at least 1 needed"),
        ("kind: same-day, ", "", 7, "next_step.kind", "is missing"),
        ("kind: same-day", "kind: soon", 7, "next_step.kind", '"soon" is not one of self-care'),
        ("next_step: {", "next_stp: {", 2, "next_step", "is missing"),
        ("section: Lips", "section: Nose", 9, "sources[1].section", '"Nose" is no section of article'),
        ("document: article", "document: book", 9, "sources[1].document", '"book" is no document in sources/'),
        ("Use a\nbalm.\n\nMore of it.\n\n- often\n", "\n", 14, "(answer)", "the answer's first paragraph is missing"),
        ("owner:", "colour: red\nowner:", 13, "colour", "is not a known field"),
        ("review_by: 2027-01-31\n", "", 2, "review_by", "is missing"),
        ("---\nid", "id", 1, "(front matter)", "the file must begin with --- lines"),
        ("question: What helps dry lips?", f"question: {'x' * 201}", 3, "question", "has 201 characters"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_its_line_in_the_file(old: str, new: str, line: int, field: str, problem: str) -> None:
    assert old in FILE
    _, problems = read(FILE.replace(old, new, 1))

    assert problems[0][:2] == (line, field)
    assert problems[0][2].startswith(problem)


@pytest.mark.parametrize(
    ("named", "field", "allowed"), [("regions", "regions.fr", "uk, us"), ("translations", "translations.fr", "es")]
)
def test_a_region_or_language_that_is_none_is_named_with_those_there_are(named: str, field: str, allowed: str) -> None:
    _, problems = read(FILE.replace("owner:", f"{named}:\n  fr: {{short: a}}\nowner:"))

    ((line, at, problem),) = problems
    assert (line, at) == (14, field)
    assert problem.endswith(f"allowed: {allowed}")


def test_what_stands_after_a_region_that_is_none_is_read_all_the_same() -> None:
    text = FILE.replace("owner:", "regions: {fr: {short: a}, us: {short: b}, uk: {short: c}}\nowner:")
    entry, _ = read(text)

    assert entry is not None
    assert list(entry.answer.variants) == [Region.US, Region.UK]


def test_what_stands_after_a_language_that_is_none_is_read_all_the_same() -> None:
    text = FILE.replace("owner:", f"{SPANISH.replace('  es:', '  fr: {short: a}' + chr(10) + '  es:')}owner:")
    entry, _ = read(text)

    assert entry is not None
    assert list(entry.translations) == ["es"]
