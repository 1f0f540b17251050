"""What is wrong with an entry as it is written, field by field, so that it stands beside the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from bot.faq.checks import lint_entry, reading_grade
from bot.faq.entry import Answer, Entry, Region
from bot.faq.entry_checks import check_entry, check_wordings, links_of
from bot.faq.places import TextFolder
from bot.faq.yaml_reader import CONTROL, Problems
from bot.staff.around import Around
from bot.staff.fields import LABELS
from bot.staff.quoting import holds_source

Severity = Literal["must", "release", "should"]
GRAVEST_FIRST: tuple[Severity, ...] = get_args(Severity)
FURTHEST_REVIEW_DAYS = 731  # two years: what was true then may not be now
_LONGEST = {"question": 200, "phrasings": 500, "golden": 500, "short": 4000, "detail": 20_000, "owner": 120}
_LONGEST_STEP = 300
_FIELD_OF: Mapping[str, str] = {
    "(answer)": "detail",
    "next_step": "next_step",
    "related": "related",
    "topic": "topic",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend in a field. `must`: it cannot be sent for review as it is; `release`: no release with it is
    published.
    """

    field: str
    severity: Severity
    text: str


def check(entry: Entry, around: Around, today: date) -> tuple[Fault, ...]:
    """Every fault, in the order of the form; within a field the grave ones first."""
    found = dict.fromkeys(
        (*_missing(entry), *_letters(entry), *_refused(entry, around), *_lint(entry), *_dates(entry, today))
    )
    order = {name: place for place, name in enumerate(LABELS)}
    return tuple(sorted(found, key=lambda fault: (order[fault.field], GRAVEST_FIRST.index(fault.severity))))


def must_mend(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """The faults with which an entry cannot be sent for review."""
    return tuple(fault for fault in faults if fault.severity == "must")


def grade_of(entry: Entry) -> float:
    """The reading grade of the answer, short and detail together."""
    return reading_grade(f"{entry.answer.short}\n\n{entry.answer.detail}")


def _missing(entry: Entry) -> Iterator[Fault]:
    needed = {
        "question": (entry.question, "Write the question as a patient would ask it."),
        "topic": (entry.topic, "Choose a topic."),
        "phrasings": (entry.phrasings, "Write at least one other way to ask it."),
        "short": (entry.answer.short, "Write the short answer: what a patient reads first."),
        "next_step": (entry.next_step.text, "Say what to do next."),
        "sources": (entry.citations, "Name at least one source."),
        "owner": (entry.owner, "Say who looks after this entry."),
    }
    for name, (value, text) in needed.items():
        if not value:
            yield Fault(name, "must", text)
    if holds_source(f"{entry.answer.short} {entry.answer.detail}"):
        yield Fault("detail", "must", "Delete the quoted source text: it is not approved, and not in your own words.")
    for region, variant in entry.answer.variants.items():
        if not variant.short:
            yield Fault(f"{region.value}_answer", "must", "Write the short answer for this region too.")
    for region, step in entry.next_step_variants.items():
        if not step.text:
            yield Fault(f"{region.value}_step", "must", "Say what to do next for this region too.")
    for citation in entry.citations:
        if not citation.title:
            yield Fault("sources", "must", "A source has no name.")


def _letters(entry: Entry) -> Iterator[Fault]:
    for name, text, longest in _texts(entry):
        if len(text) > longest:
            shown = f"“{text[:40]}…” has" if name in ("phrasings", "golden") else "It has"
            yield Fault(name, "must", f"{shown} {len(text)} characters; at most {longest} are allowed.")
        if CONTROL.search(text.replace("\n", " ").replace("\t", " ")):
            yield Fault(name, "must", f"“{text[:40]}” holds invisible characters. Type it again.")


def _texts(entry: Entry) -> Iterator[tuple[str, str, int]]:
    yield "question", entry.question, _LONGEST["question"]
    yield "owner", entry.owner, _LONGEST["owner"]
    for phrasing in entry.phrasings:
        yield "phrasings", phrasing.text, _LONGEST["phrasings"]
    for question in entry.golden:
        yield "golden", question, _LONGEST["golden"]
    for citation in entry.citations:
        yield "sources", citation.title, _LONGEST["golden"]
    yield "short", entry.answer.short, _LONGEST["short"]
    yield "detail", entry.answer.detail, _LONGEST["detail"]
    yield "next_step", entry.next_step.text, _LONGEST_STEP
    for region, variant in entry.answer.variants.items():
        for text in (variant.short, variant.detail):
            yield f"{region.value}_answer", text, _LONGEST["short"]
    for region, step in entry.next_step_variants.items():
        yield f"{region.value}_step", step.text, _LONGEST_STEP


def _refused(entry: Entry, around: Around) -> Iterator[Fault]:
    """What a knowledge folder with this entry would be refused for.

    A related question that is retired is left out of the release, so that it only wants to be taken out.
    """
    for other in entry.related:
        if other in around.retired:
            yield Fault("related", "should", f"“{other}” is retired, so that patients are not led to it. Take it out.")
    for other in (*entry.related, *sorted(links_of(entry))):
        if other in around.retiring:
            field = "related" if other in entry.related else "detail"
            yield Fault(field, "should", f"“{other}” waits to be retired: then nothing can lead to it any more.")
    entry = replace(entry, related=tuple(other for other in entry.related if other not in around.retired))
    whole = _problems(entry, around)
    in_short = set(_problems(replace(entry, answer=Answer(entry.answer.short, "")), around))
    for name, problem in whole:
        field = _FIELD_OF.get(name) or _regional(name)
        if name == "(answer)" and (name, problem) in in_short:
            field = "short"
        yield Fault(field, "must", problem)
    taken = Problems("")
    check_wordings(entry, taken, dict(around.wordings))
    for fault in taken.found:
        field = "question" if fault.problem.startswith(f'"{entry.question}"') else "phrasings"
        yield Fault(field, "must", sentence(fault.problem))


def _problems(entry: Entry, around: Around) -> list[tuple[str, str]]:
    problems = Problems("")
    path = TextFolder({}, ("knowledge", "entries", entry.topic, f"{entry.id}.md"))
    check_entry(entry, path, problems, around.clinic, around.topics, {*around.ids, entry.id})
    return [(fault.field, sentence(fault.problem)) for fault in problems.found if entry.topic or fault.field != "topic"]


def _regional(name: str) -> str:
    """The field of a fault in `regions.us` or `regions.us.next_step`."""
    _, _, place = name.partition("regions.")
    region, _, step = place.partition(".")
    return f"{Region(region).value}_{'step' if step else 'answer'}"


def _lint(entry: Entry) -> Iterator[Fault]:
    for region, variant in entry.answer.variants.items():
        alone = replace(entry, answer=variant)
        for rule, severity, text in _linted(alone):
            if rule in ("short", "readability", "wording"):
                yield Fault(f"{region.value}_answer", severity, text)
    bare = replace(entry, answer=Answer(entry.answer.short, entry.answer.detail))
    in_short = set(_linted(replace(bare, answer=Answer(entry.answer.short, ""))))
    for rule, severity, text in _linted(bare):
        if rule == "sources" or (rule == "phrasings" and not entry.phrasings):
            continue  # said already, as what is missing
        if rule in ("readability", "wording"):
            rule = "short" if (rule, severity, text) in in_short or not entry.answer.detail else "detail"
        yield Fault(_FIELD_OF.get(rule, rule), severity, text)


def _linted(entry: Entry) -> list[tuple[str, Severity, str]]:
    return [(fault.rule, "release" if fault.blocks else "should", sentence(fault.text)) for fault in lint_entry(entry)]


def _dates(entry: Entry, today: date) -> Iterator[Fault]:
    if entry.review_by < today:
        yield Fault("review_by", "release", "This date has passed. Look at the answer again, and set the next one.")
    elif (entry.review_by - today).days > FURTHEST_REVIEW_DAYS:
        yield Fault("review_by", "should", "That is more than two years away.")
    for citation in entry.citations:
        if citation.checked and citation.checked > today:
            yield Fault("sources", "should", f"“{citation.title}” was checked on a day yet to come.")


def sentence(text: str) -> str:
    """A problem as a sentence of its own."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
