"""Claim check: what a document says that patients must not be told as it stands, by general rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from bot.faq.checks import HARDEST_GRADE, reading_grade
from bot.ingest.blocks import Block, Kind, Reading
from bot.ingest.sections import Section, sections_of

DOCUMENT = ""  # the section of a warning about the whole document
HARD_SHOWN = 3  # of the sentences that are too hard in one section
MARGIN = 2.5  # grades by which one sentence may pass the grade that a whole answer must keep
FEWEST_WORDS = 8  # of a sentence for its grade to mean something
LONGEST_SENTENCE = 600  # characters that the rules see at once: however a file is made, no search takes long
_LONGEST_ABBREVIATION = 8  # with what stands before it
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[\"“‘(]?[A-Z0-9])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|Dr|Mr|Mrs|Ms|Prof|St|vs|approx|No|etc|Fig|al)\.$")
_RISKS = re.compile(
    r"\b(?:(?:side|unwanted|adverse|common)[- ]effects?|risks?|warnings?|serious|complications?|reactions?|dangers?)\b",
    re.IGNORECASE,
)
_HELP = re.compile(
    r"\b(?:call|phone|ring|contact|tell|see|speak to|ask) (?:your |a |the |us\b|999|111|911)"
    r"|\bemergency\b|\burgent(?:ly)?\b|\b(?:seek|get) (?:medical )?(?:help|advice|care)\b|\bstraight away\b",
    re.IGNORECASE,
)
_REFERENCES = re.compile(r"references?|sources?|bibliography|further reading|citations?|evidence", re.IGNORECASE)
_CITES = re.compile(r"\[\d{1,9}\]|\((?:[A-Z][\w&. -]{1,80},? )?(?:19|20)\d\d[a-z]?\)|\bdoi:|\bet al\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWarning:
    """One claim to look at: the rule, the section's heading ("" for the whole document), and what is wrong.

    `quote` is the sentence, `match` the words in it; `suggestion` the sentence mended, where that is mechanical;
    `number` the section's, 0 for the whole document.
    """

    rule: str
    section: str
    text: str
    quote: str = ""
    match: str = ""
    suggestion: str = ""
    number: int = 0

    def to_dict(self) -> dict[str, str]:
        """As JSON-ready values."""
        return {
            "rule": self.rule,
            "section": self.section,
            "text": self.text,
            "quote": self.quote,
            "match": self.match,
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A document as it was read, and every claim in it to look at."""

    reading: Reading
    warnings: tuple[ClaimWarning, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    why: str
    mend: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    swaps: Mapping[str, str]


def checked(reading: Reading) -> Checked:
    """The reading with its claims."""
    return Checked(reading=reading, warnings=check_claims(reading, sections_of(reading.blocks)))


def check_claims(reading: Reading, sections: Sequence[Section]) -> tuple[ClaimWarning, ...]:
    """Every claim of a document that wants a second look: the document as a whole first, then in reading order."""
    return (*_about_document(reading, sections), *(each for section in sections for each in check_section(section)))


def check_section(section: Section) -> tuple[ClaimWarning, ...]:
    """The claims of one section, in reading order; what is too hard to read comes last."""
    sentences = [sentence for block in section.blocks for sentence in _sentences_of(block)]
    found = [warning for sentence in sentences for warning in check_sentence(sentence, section.heading)]
    warnings = (*found, *_incomplete(section), *_too_hard(sentences, section.heading))
    return tuple(replace(warning, number=section.number) for warning in warnings)


def check_sentence(sentence: str, section: str = "") -> Iterator[ClaimWarning]:
    """What the rules find in one sentence; each rule once."""
    for rule in _rules():
        match = rule.pattern.search(sentence)
        if match is None or (rule.unless is not None and rule.unless.search(sentence)):
            continue
        words = " ".join(match.group().split())
        yield ClaimWarning(
            rule=rule.name,
            section=section,
            text=f"{rule.why}: “{words}”. {rule.mend}",
            quote=sentence,
            match=words,
            suggestion=_mended(sentence, rule.swaps),
        )


def _about_document(reading: Reading, sections: Sequence[Section]) -> Iterator[ClaimWarning]:
    if not reading.dated:
        text = "The document does not say when it was written or reviewed."
        yield ClaimWarning(rule="undated", section=DOCUMENT, text=text)
    if not reading.author:
        yield ClaimWarning(rule="anonymous", section=DOCUMENT, text="The document does not say who wrote it.")
    named = any(_REFERENCES.search(section.heading) for section in sections)
    if not named and not any(_CITES.search(section.whole) for section in sections):
        yield ClaimWarning(rule="sources", section=DOCUMENT, text="The document names no sources for what it says.")
    for removed in reading.removed:
        if removed.why in ("a shop link", "an advertisement"):
            text = f"{removed.why} stood in the document and was left out: “{removed.text}”."
            yield ClaimWarning(rule="shop link", section=DOCUMENT, text=text, quote=removed.text, match=removed.text)


def _incomplete(section: Section) -> Iterator[ClaimWarning]:
    """A list of risks that says nothing of when to get help is not all that a patient needs."""
    if _RISKS.search(section.heading) and section.items and not _HELP.search(section.whole):
        text = (
            "risks are listed, but not when to get help, or from whom. No list is complete: say so, and whom to tell."
        )
        yield ClaimWarning(rule="incomplete", section=section.heading, text=text, quote="; ".join(section.items))


def _too_hard(sentences: Sequence[str], section: str) -> Iterator[ClaimWarning]:
    graded = [(reading_grade(each), each) for each in sentences if len(each.split()) >= FEWEST_WORDS]
    hard = sorted((each for each in graded if each[0] > HARDEST_GRADE + MARGIN), key=lambda each: -each[0])
    for grade, sentence in hard[:HARD_SHOWN]:
        more = f" {len(hard)} of {len(graded)} sentences here are." if len(hard) > 1 else ""
        text = (
            f"harder to read than grade {HARDEST_GRADE:g} (about {grade:.0f}).{more} Use shorter sentences and words."
        )
        yield ClaimWarning(rule="readability", section=section, text=text, quote=sentence)


def _sentences_of(block: Block) -> Iterator[str]:
    if block.kind is Kind.TABLE:
        yield from (part for row in block.rows for part in _parts(" | ".join(row)))
    for text in (block.text, *(item.text for item in block.items)):
        yield from sentences_in(text)


def sentences_in(text: str) -> list[str]:
    """The sentences of a paragraph or item; one beyond measure in parts."""
    found: list[str] = []
    begun: list[str] = []
    for piece in _SENTENCE.split(text):
        if not begun and not piece.strip():
            continue
        begun.append(piece)
        if not _ABBREVIATION.search(piece[-_LONGEST_ABBREVIATION:]):
            found += _parts(" ".join(begun))
            begun = []
    return found + _parts(" ".join(begun))


def _parts(sentence: str) -> list[str]:
    """A sentence as the rules get to see it: cut between words where it is longer than any sentence should be."""
    begin, parts = 0, []
    while begin < len(sentence):
        end = begin + LONGEST_SENTENCE
        if end < len(sentence) and (space := sentence.rfind(" ", begin + 1, end)) > 0:
            end = space
        parts.append(sentence[begin:end].strip())
        begin = end
    return [part for part in parts if part]


def _mended(sentence: str, swaps: Mapping[str, str]) -> str:
    mended = sentence
    for words, better in swaps.items():
        for found in set(re.findall(rf"\b{re.escape(words)}\b", mended, flags=re.IGNORECASE)):
            mended = mended.replace(found, _as_begun(found, better))
    return mended if mended != sentence else ""


def _as_begun(old: str, new: str) -> str:
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


@cache
def _rules() -> tuple[_Rule, ...]:
    text = resources.files("bot.ingest").joinpath("data/claims.yaml").read_text(encoding="utf-8")
    return tuple(_rule(name, given) for name, given in yaml.safe_load(text).items())


def _rule(name: str, given: Mapping[str, Any]) -> _Rule:
    whole = "|".join(f"(?:{pattern})" for pattern in given["patterns"])
    unless = given.get("unless")
    return _Rule(
        name=name,
        why=given["why"],
        mend=given["mend"],
        pattern=re.compile(whole, re.IGNORECASE),
        unless=re.compile(unless, re.IGNORECASE) if unless else None,
        swaps=given.get("swaps", {}),
    )
