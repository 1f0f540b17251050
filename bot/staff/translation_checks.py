"""What is wrong with a translation as it is written, field by field, so that it stands beside the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.faq.entry import Translation
from bot.faq.entry_checks import check_entry, folded
from bot.faq.places import TextFolder
from bot.faq.translation_checks import FEWEST_PHRASINGS, compare_translation, lint_translation
from bot.faq.yaml_reader import CONTROL, Problems
from bot.staff.around import Around, load_around
from bot.staff.checking import GRAVEST_FIRST, Fault, sentence
from bot.staff.translations import Standing, as_served
from bot.store.database import Db
from bot.store.translations import load_sent

LABELS: Mapping[str, str] = {
    "question": "Question",
    "phrasings": "Other ways to ask it",
    "golden": "Golden questions",
    "short": "Short answer",
    "detail": "Detail",
    "next_step": "Next step",
    "made_of": "The English it was made of",
}
_LONGEST = {"question": 200, "short": 4000, "detail": 4000, "next_step": 300, "phrasings": 500, "golden": 500}


def check_translation(db: Db, standing: Standing, text: Translation) -> tuple[Fault, ...]:
    """Every fault, in the order of the form; within a field the grave ones first."""
    around = load_around(db, standing.english.id)
    found = dict.fromkeys(
        (
            *_missing(standing, text),
            *_letters(text),
            *_refused(standing, text, around),
            *_taken(text, _wordings(db, standing)),
            *_lint(standing, text),
        )
    )
    order = {name: place for place, name in enumerate(LABELS)}
    return tuple(sorted(found, key=lambda fault: (order[fault.field], GRAVEST_FIRST.index(fault.severity))))


def _missing(standing: Standing, text: Translation) -> Iterator[Fault]:
    needed = {
        "question": "Write the question as a patient would ask it in this language.",
        "short": "Write the short answer: what a patient reads first.",
        "next_step": "Say what to do next.",
    }
    for name, problem in needed.items():
        if not getattr(text, name):
            yield Fault(name, "must", problem)
    if text.made_of != standing.english.mark:
        yield Fault(
            "made_of", "must", "The English was changed since. Look at what changed, and say that this fits it."
        )


def _letters(text: Translation) -> Iterator[Fault]:
    for name, longest in _LONGEST.items():
        value = getattr(text, name)
        for each in (value,) if isinstance(value, str) else value:
            if len(each) > longest:
                yield Fault(name, "must", f"“{each[:40]}…” has {len(each)} characters; at most {longest} are allowed.")
            if CONTROL.search(each.replace("\n", " ").replace("\t", " ")):
                yield Fault(name, "must", f"“{each[:40]}” holds invisible characters. Type it again.")


def _refused(standing: Standing, text: Translation, around: Around) -> Iterator[Fault]:
    """What a knowledge folder would be refused for: unknown facts and links, HTML."""
    entry = standing.english
    path = TextFolder({}, ("knowledge", "entries", entry.topic, f"{entry.id}.md"))
    nothing = replace(text, question="", short="", detail="", next_step="")
    parts = {
        "question": replace(nothing, question=text.question),
        "short": replace(nothing, short=text.short),
        "detail": replace(nothing, detail=text.detail),
        "next_step": replace(nothing, next_step=text.next_step),
    }
    for name, part in parts.items():
        alone = as_served(entry, standing.language, part)
        problems = Problems("")
        check_entry(alone, path, problems, around.clinic, around.topics, {*around.ids, entry.id})
        for fault in problems.found:
            if fault.field.startswith("translations."):
                yield Fault(name, "must", sentence(fault.problem))


def _wordings(db: Db, standing: Standing) -> Mapping[str, str]:
    """The wordings of the other entries' translations, with the entry that each stands in."""
    return {
        folded(wording): entry_id
        for (entry_id, language), version in load_sent(db).items()
        if language == standing.language and entry_id != standing.english.id and not version.retired
        for wording in version.translation.wordings
    }


def _taken(text: Translation, others: Mapping[str, str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, wording in enumerate(text.wordings):
        field = "phrasings" if place else "question"
        key = folded(wording)
        if wording and key in seen:
            yield Fault(field, "must", f"“{wording}” stands here twice.")
        elif wording and key in others:
            yield Fault(field, "must", f"“{wording}” stands in {others[key]} already.")
        seen.add(key)


def _lint(standing: Standing, text: Translation) -> Iterator[Fault]:
    if len(text.phrasings) < FEWEST_PHRASINGS:
        count = len(text.phrasings)
        problem = f"{count} other ways to ask it; it is found far better with {FEWEST_PHRASINGS} or more."
        yield Fault("phrasings", "should", problem)
    if not text.short:
        return
    for name, problem in lint_translation(text):
        yield Fault(name, "release", sentence(problem))
    for name, problem in compare_translation(standing.english, text):
        yield Fault(name, "should", sentence(problem))
