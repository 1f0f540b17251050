"""An entry: one patient question with one approved answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

ENGLISH = "en"
TRANSLATED_INTO = ("es",)


class Region(StrEnum):
    """Where the patient is treated; it chooses wording, numbers and rules."""

    UK = "uk"
    US = "us"


class StepKind(StrEnum):
    """What a patient does after reading an answer, from least to most pressing."""

    SELF_CARE = "self-care"
    NEXT_VISIT = "next-visit"
    CONTACT_CLINIC = "contact-clinic"
    SAME_DAY = "same-day"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Phrasing:
    """Another wording of an entry's question."""

    text: str
    origin: Literal["written", "patient"] = "written"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next; `phone` is a placeholder or a number, or None."""

    kind: StepKind
    text: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """What an answer rests on: a section of a source document, or an authority."""

    title: str
    section: str | None = None
    document: str | None = None
    checked: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`short` says it first (about 60 words at most); `detail` is Markdown."""

    short: str
    detail: str
    variants: Mapping[Region, Answer] = field(default_factory=dict)

    def for_region(self, region: Region) -> Answer:
        """The wording for `region`: its variant where there is one, else this one."""
        return self.variants.get(region, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The wording in another language. `made_of` is the mark of the English wording that it was made of.

    `phrasings` and `golden` are questions in that language, as an entry has them in English. `approved_by` and
    `approved_on` tell who let patients read it and when; both are empty where it was never reviewed by itself.
    """

    question: str
    short: str
    detail: str
    next_step: str
    made_of: str
    phrasings: tuple[str, ...] = ()
    golden: tuple[str, ...] = ()
    approved_by: str = ""
    approved_on: date | None = None

    @property
    def wordings(self) -> tuple[str, ...]:
        """The question and all its phrasings, in that language."""
        return (self.question, *self.phrasings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One patient question with one approved answer; `id` is a slug and never changes."""

    id: str
    topic: str
    question: str
    phrasings: tuple[Phrasing, ...]
    answer: Answer
    next_step: NextStep
    citations: tuple[Citation, ...]
    related: tuple[str, ...]
    golden: tuple[str, ...]
    review_by: date
    owner: str
    next_step_variants: Mapping[Region, NextStep] = field(default_factory=dict)
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def wordings(self) -> tuple[str, ...]:
        """The question and all its phrasings: every wording that must find this entry."""
        return (self.question, *(phrasing.text for phrasing in self.phrasings))

    @property
    def mark(self) -> str:
        """What changes whenever the wording that patients read does; translations name it."""
        said = (self.question, self.answer.short, self.answer.detail, self.next_step.text)
        return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def translation_for(self, language: str, region: Region) -> Translation | None:
        """The approved wording in `language`; None where there is none, or where it says what is said no more.

        A region with wording of its own has none either: the translation is that of the common wording.
        """
        own = region in self.answer.variants or region in self.next_step_variants
        return None if own else self.served_translation(language)

    def served_translation(self, language: str) -> Translation | None:
        """The translation that says what is said now, whatever the region; None for none, or an outdated one."""
        found = self.translations.get(language)
        return found if found and found.made_of == self.mark else None

    @property
    def served_translations(self) -> tuple[Translation, ...]:
        """Those of its translations that say what is said now."""
        return tuple(each for each in self.translations.values() if each.made_of == self.mark)

    def next_step_for(self, region: Region) -> NextStep:
        """The next step as worded for `region`."""
        return self.next_step_variants.get(region, self.next_step)


@dataclass(frozen=True, slots=True)
class Topic:
    """A browsable group of entries; `featured` are the ids shown first."""

    id: str
    title: str
    description: str = ""
    featured: tuple[str, ...] = ()
