"""A section → the draft of an entry: its question, topic and wordings, what covers it already, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.faq.checks import FEWEST_GOLDEN, FEWEST_PHRASINGS
from bot.faq.entry_checks import folded
from bot.ingest.blocks import Reading
from bot.ingest.claims import Checked, ClaimWarning
from bot.ingest.questions import Subject, phrasings_of, questions_of, subject_of
from bot.ingest.sandbox import Tell, silent
from bot.ingest.sections import BETWEEN, Section, quoted, sections_of
from bot.matching.matcher import Ranking

MOST_ASKED = 3  # wordings of one section that the bot is asked
FAR = 0.3  # of the likelihood from which something is offered: on 560 sections no cover that is farther was found
LONGEST_QUESTION = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """An entry that answers the question already; `sure` when patients who ask it are answered with it."""

    entry_id: str
    question: str
    confidence: float
    sure: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        confidence = round(self.confidence, 4)
        return {"entry": self.entry_id, "question": self.question, "confidence": confidence, "sure": self.sure}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedDraft:
    """What an entry about a section could begin with. `quote` are the section's own words, to rewrite from.

    `missing` is what the entry still needs before it can be sent for review.
    """

    question: str
    others: tuple[str, ...]
    topic: str
    section: Section
    covered_by: Cover | None
    phrasings: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def quote(self) -> str:
        """The section's own words as Markdown quotation."""
        return quoted(self.section)

    @property
    def is_new(self) -> bool:
        """Whether no entry answers it for sure."""
        return self.covered_by is None or not self.covered_by.sure

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return {
            "question": self.question,
            "topic": self.topic,
            "section": self.section.heading,
            "path": BETWEEN.join(self.section.path),
            "covered_by": self.covered_by.to_dict() if self.covered_by else None,
            "phrasings": list(self.phrasings),
            "other_questions": list(self.others),
            "missing": list(self.missing),
            "approved": False,
            "source": self.quote,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposed draft as it is kept beside a reading: of the section of that number."""

    section: int
    question: str
    topic: str
    phrasings: tuple[str, ...]
    covered_by: Cover | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A reading, and what was found in it and proposed for it when it was read.

    `warnings` are None where they were not kept yet, in what an older version read.
    """

    reading: Reading
    proposals: tuple[Proposal, ...]
    warnings: tuple[ClaimWarning, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """A document cut up, checked and turned into proposals."""

    reading: Reading
    sections: tuple[Section, ...]
    drafts: tuple[ProposedDraft, ...]
    warnings: tuple[ClaimWarning, ...]

    def to_dict(self, file: str) -> dict[str, Any]:
        """As JSON-ready values."""
        return {
            "file": file,
            "title": self.reading.title,
            "author": self.reading.author,
            "dated": self.reading.dated,
            "sections": [section.to_dict() for section in self.sections],
            "drafts": [draft.to_dict() for draft in self.drafts],
            "warnings": [warning.to_dict() for warning in self.warnings],
            "removed": [{"text": each.text, "why": each.why} for each in self.reading.removed],
            "notes": list(self.reading.notes),
        }


def analyse(found: Checked, bot: Bot | None, tell: Tell = silent) -> Analysis:
    """Everything that is known of a document. Without a bot nothing is said of topics and of what covers it already.

    `tell` hears about how many sections the bot was asked, and of how many.
    """
    sections = sections_of(found.reading.blocks)
    subject = subject_of(found.reading.title, sections)
    taken = {folded(each) for entry in bot.release.entries for each in entry.wordings} if bot else set()
    drafts = []
    for number, section in enumerate(sections, start=1):
        draft = draft_of(section, subject, bot, taken)
        drafts += [draft] if draft is not None else []
        tell(number, len(sections))
    return Analysis(reading=found.reading, sections=sections, drafts=_once(drafts), warnings=found.warnings)


def prepare(found: Checked, bot: Bot | None) -> Prepared:
    """The reading with its claims and proposals, to be kept until somebody decides about them."""
    drafts = analyse(found, bot).drafts
    return Prepared(
        reading=found.reading,
        warnings=found.warnings,
        proposals=tuple(
            Proposal(
                section=each.section.number,
                question=each.question,
                topic=each.topic,
                phrasings=each.phrasings,
                covered_by=each.covered_by,
            )
            for each in drafts
        ),
    )


def draft_of(section: Section, subject: Subject, bot: Bot | None, taken: Collection[str] = ()) -> ProposedDraft | None:
    """The draft that a section gives, or None for one that says nothing by itself. `taken` are wordings of entries."""
    questions = tuple(question for question in questions_of(section, subject) if len(question) <= LONGEST_QUESTION)
    if not questions or not section.whole.strip():
        return None
    # There may be one of each wording.
    phrasings = tuple(each for each in phrasings_of(questions[0]) if folded(each) not in taken)
    rankings = _enough(_rankings(bot, _asked(questions, phrasings, subject))) if bot else ()
    return ProposedDraft(
        question=questions[0],
        others=questions[1:],
        topic=_topic(bot, rankings) if bot else "",
        section=section,
        covered_by=_cover(bot, rankings, section.heading) if bot else None,
        phrasings=phrasings,
        missing=_missing(len(phrasings)),
    )


def topic_of(bot: Bot, questions: Sequence[str]) -> str:
    """The topic in which the likeliest entries for these wordings stand."""
    return _topic(bot, tuple(_rankings(bot, questions)))


def _rankings(bot: Bot, questions: Sequence[str]) -> Iterator[Ranking]:
    for question in questions:
        with suppress(InputError):  # no words that the bot can read: it covers nothing
            yield bot.rank(question)


def _enough(rankings: Iterator[Ranking]) -> tuple[Ranking, ...]:
    """Of wordings that mean the same, the first alone where it is sure, or so far from all that none would be near."""
    first = next(rankings, None)
    if first is None:
        return ()
    told = first.is_sure or first.among < FAR * first.clarify_from
    return (first,) if told else (first, *rankings)


def _asked(questions: Sequence[str], phrasings: Sequence[str], subject: Subject) -> tuple[str, ...]:
    """What the bot is asked; a question that does not name what the document is about is asked with its name."""
    first = questions[0]
    named = not subject.name or subject.name in first.lower()
    whole = first if named else f"{first.rstrip('?')} with {subject.name}?"
    return tuple(dict.fromkeys((whole, *questions, *phrasings)))[:MOST_ASKED]


def _cover(bot: Bot, rankings: Sequence[Ranking], heading: str = "") -> Cover | None:
    """The likeliest entry that rests on the section; else of those that would be answered or offered the likeliest."""
    resting = {entry.id for entry in bot.release.entries if any(each.section == heading for each in entry.citations)}
    known = [each for ranking in rankings for each in ranking.candidates if each.entry_id in resting]
    if heading and known:
        top = max(known, key=lambda each: each.confidence)
        entry = bot.release.entry(top.entry_id)
        question = entry.question if entry else top.entry_id
        return Cover(entry_id=top.entry_id, question=question, confidence=top.confidence, sure=True)
    near = [each for each in rankings if each.top and (each.is_sure or each.among >= each.clarify_from)]
    if not near:
        return None
    best = max(near, key=lambda each: (each.is_sure, each.candidates[0].confidence))
    top = best.candidates[0]
    entry = bot.release.entry(top.entry_id)
    question = entry.question if entry else top.entry_id
    return Cover(entry_id=top.entry_id, question=question, confidence=top.confidence, sure=best.is_sure)


def _topic(bot: Bot, rankings: Sequence[Ranking]) -> str:
    weights: dict[str, float] = {}
    for ranking in rankings:
        for candidate in ranking.candidates:
            entry = bot.release.entry(candidate.entry_id)
            if entry is not None:
                weights[entry.topic] = weights.get(entry.topic, 0.0) + candidate.confidence
    return max(weights, key=lambda topic: weights[topic], default="")


def _missing(phrasings: int) -> tuple[str, ...]:
    wanted = FEWEST_PHRASINGS - phrasings
    return (
        "a short answer in your own words",
        "what to do next",
        "who looks after it",
        *([f"{wanted} more ways to ask it, as patients write"] if wanted > 0 else []),
        f"{FEWEST_GOLDEN} golden questions",
        "an authority that the facts rest on",
    )


def _once(drafts: Sequence[ProposedDraft]) -> tuple[ProposedDraft, ...]:
    """Each question once: the first section that asks it."""
    seen: set[str] = set()
    kept = []
    for draft in drafts:
        if folded(draft.question) not in seen:
            seen.add(folded(draft.question))
            kept.append(draft)
    return tuple(kept)
