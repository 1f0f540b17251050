"""Lint: wording that a clinician should not have to catch by eye."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.faq.clinic_checks import profile_faults
from bot.faq.entry import Answer, Entry
from bot.faq.release import Release
from bot.faq.translation_checks import compare_translation, lint_translation

MOST_SHORT_WORDS = 60
HARDEST_GRADE = 7.5  # Flesch-Kincaid grade; about 12 years, with the unavoidable medical words in it
FEWEST_PHRASINGS = 10
FEWEST_GOLDEN = 2

_BANNED = (
    ("promotional", r"miracle|life[- ]changing|game[- ]changer|breakthrough|amazing|wonder drug|trusted solution"),
    ("absolute", r"guarantee[ds]?|permanent(?:ly)? clear|\bcures?\b|100 ?%|(?:completely|perfectly|totally) safe"),
    ("an order", r"you (?:should|must) (?:stop|start|take|double|halve|skip|increase|reduce)\b"),
    ("a verdict", r"you (?:are|will be) (?:fine|ok|okay|safe)\b|nothing to worry about|don't worry"),
    ("an invitation to buy", r"(?:buy|order) (?:it )?(?:online|here|now)|discount"),
)  # fmt: skip
_SENTENCE = re.compile(r"[.!?:]+(?:\s|$)|\n\s*\n|\n\s*[-*] ")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_MARKS = re.compile(r"\[([^\]]+)\]\([^)]*\)|[*_`#>]|\{\{[^}]*\}\}")
# Names that the reader meets in every answer say nothing about how hard a sentence is.
_NAMES = re.compile(r"\b(?:isotretinoin|roaccutane|reticutan|accutane|dermatologist)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LintFault:
    """One fault of wording in one entry, a safety rule, or the facts of the clinic. `blocks`: a release with it must
    not go out.
    """

    entry_id: str
    rule: str
    text: str
    blocks: bool = True


def lint_release(release: Release) -> list[LintFault]:
    """Every fault in every entry, in release order; then numbers for help that cannot be called, and safety replies
    whose translation is of other words.
    """
    faults = [warning for entry in release.entries for warning in lint_entry(entry)]
    numbers = [fault for fault in profile_faults(release.clinic) if fault.field.startswith("lines.")]
    faults += [LintFault("clinic", each.field, f"got {each.got}; allowed: {each.allowed}") for each in numbers]
    for rule in release.rules:
        problem = f"was made of another reply, so English is shown; once it fits, write made_of: {rule.mark}"
        faults += [LintFault(rule.id, f"translations.{name}", problem, blocks=False) for name in rule.outdated]
    return faults


def lint_entry(entry: Entry) -> list[LintFault]:
    """Readability, banned wording, uncited numbers, too few phrasings or golden questions; translations too.

    A translation that was made of another wording is no obstacle: patients read the English until it fits again.
    """
    faults = [LintFault(entry.id, rule, text) for rule, text in _faults(entry)]
    for language, translation in entry.translations.items():
        if translation.made_of != entry.mark:
            problem = f"was made of another wording, so English is shown; once it fits, write made_of: {entry.mark}"
            faults.append(LintFault(entry.id, f"translations.{language}", problem, blocks=False))
        else:
            place = f"translations.{language}"
            faults += [LintFault(entry.id, f"{place}.{name}", text) for name, text in lint_translation(translation)]
            beside = compare_translation(entry, translation)
            faults += [LintFault(entry.id, f"{place}.{name}", text, blocks=False) for name, text in beside]
    return faults


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade of plain text, counting the medicine's names as one easy word.

    Source: Kincaid and others 1975: 0.39 words per sentence + 11.8 syllables per word - 15.59.
    """
    plain = _NAMES.sub("this drug", _MARKS.sub(lambda match: match.group(1) or " ", text))
    sentences = [piece for piece in _SENTENCE.split(plain) if _WORD.search(piece)]
    words = _WORD.findall(plain)
    if not words or not sentences:
        return 0.0
    syllables = sum(_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _faults(entry: Entry) -> Iterator[tuple[str, str]]:
    for answer in (entry.answer, *entry.answer.variants.values()):
        yield from _answer_faults(answer)
    if len(entry.phrasings) < FEWEST_PHRASINGS:
        yield "phrasings", f"{len(entry.phrasings)} phrasings; at least {FEWEST_PHRASINGS} needed"
    if len(entry.golden) < FEWEST_GOLDEN:
        yield "golden", f"{len(entry.golden)} golden questions; at least {FEWEST_GOLDEN} needed"
    known = {_plain(text) for text in entry.wordings}
    for question in entry.golden:
        if _plain(question) in known:
            yield "golden", f"golden question {question!r} is one of the phrasings"
    if not entry.citations:
        yield "sources", "no source"


def _answer_faults(answer: Answer) -> Iterator[tuple[str, str]]:
    count = len(answer.short.split())
    if count > MOST_SHORT_WORDS:
        yield "short", f"the short answer has {count} words; at most {MOST_SHORT_WORDS}"
    text = f"{answer.short}\n\n{answer.detail}"
    grade = reading_grade(text)
    if grade > HARDEST_GRADE:
        yield "readability", f"reading grade {grade:.1f}; at most {HARDEST_GRADE}"
    for kind, wording in _BANNED:
        found = re.search(wording, text, re.IGNORECASE)
        if found:
            yield "wording", f"{kind}: {found.group()!r}"
    if "!" in text:
        yield "wording", "an exclamation mark"


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _syllables(word: str) -> int:
    """Groups of vowels, less a silent final e."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith("le")
    return max(1, groups - silent)
