"""The shapes of a reply: outcome, decision, parts, and the JSON that leaves the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from markupsafe import Markup

from bot.faq.clinic import HelpLine
from bot.faq.entry import ENGLISH, Citation, NextStep
from bot.faq.release import Level


class Outcome(IntEnum):
    """What a part of a question comes to; the most severe of several is `max`."""

    NO_MATCH = 0
    CLARIFY = 1
    ANSWER = 2
    DECISION = 3
    ILLICIT = 4
    URGENT = 5
    CRISIS = 6
    EMERGENCY = 7

    @property
    def word(self) -> str:
        """The name used in JSON, tables and templates."""
        return self.name.lower()

    @classmethod
    def of_level(cls, level: Level) -> Outcome:
        """The outcome that a finding of `level` leads to."""
        return cls[level.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to reply to one part. `because` is a machine-readable reason; `is_left` says that the part is for another
    message, since this one asks more than is answered at once.
    """

    outcome: Outcome
    entry_ids: tuple[str, ...] = ()
    rule_id: str | None = None
    matched: str = ""
    confidence: float | None = None
    is_left: bool = False
    because: str = ""


@dataclass(frozen=True, slots=True)
class EntryLink:
    """An approved question that can be opened; `translations` are its approved wordings by language."""

    id: str
    question: str
    topic: str
    translations: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, str]:
        """`{"id", "question", "topic"}`."""
        return {"id": self.id, "question": self.question, "topic": self.topic}

    def worded_in(self, language: str) -> tuple[str, str]:
        """The question in `language` where that is approved, else in English; and in which of them it is."""
        own = self.translations.get(language)
        return (own, language) if own else (self.question, ENGLISH)


@dataclass(frozen=True, slots=True)
class SafetyNotice:
    """The rule that spoke: `matched` is the patient's own wording."""

    rule: str
    level: str
    matched: str

    def to_dict(self) -> dict[str, str]:
        """`{"rule", "level", "matched"}`."""
        return {"rule": self.rule, "level": self.level, "matched": self.matched}


NOTHING = Markup("")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPart:
    """The reply to one part of a message, in approved words only.

    `headline` is the entry's question, or the first line of a safety rule's reply; `answer_html` is what
    is read first and `detail_html` what opens under "More". `general` is the approved general information
    that stands beneath a safety reply. `choices` are the entries offered by a clarify, or those of questions that are
    left for another message (`is_left`). `language` is that of this wording.
    """

    outcome: Outcome
    asked: str
    headline: str
    answer_html: Markup
    answer_text: str
    detail_html: Markup = NOTHING
    detail_text: str = ""
    entry: EntryLink | None = None
    confidence: float | None = None
    general: ReplyPart | None = None
    next_step: NextStep | None = None
    citations: tuple[Citation, ...] = ()
    safety: SafetyNotice | None = None
    contacts: tuple[HelpLine, ...] = ()
    choices: tuple[EntryLink, ...] = ()
    is_left: bool = False
    language: str = ENGLISH

    @property
    def languages(self) -> frozenset[str]:
        """The languages of its approved wording."""
        return frozenset({self.language, *(self.general.languages if self.general else ())})

    @property
    def whole_html(self) -> Markup:
        """Headline of a safety reply, answer, detail and general information in one."""
        headline = Markup("<p><strong>{}</strong></p>").format(self.headline) if self.safety else NOTHING
        general = self.general.whole_html if self.general else NOTHING
        return headline + self.answer_html + self.detail_html + general

    @property
    def whole_text(self) -> str:
        """The same as plain text, paragraphs parted by an empty line."""
        pieces = [self.headline if self.safety else "", self.answer_text, self.detail_text]
        pieces.append(self.general.whole_text if self.general else "")
        return "\n\n".join(piece for piece in pieces if piece)

    def to_dict(self) -> dict[str, Any]:
        """One item of the API's `parts`."""
        step = self.next_step
        return {
            "outcome": self.outcome.word,
            "entry": self.entry.to_dict() if self.entry else None,
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "answer_html": str(self.whole_html) or None,
            "answer_text": self.whole_text or None,
            "next_step": {"kind": step.kind.value, "text": step.text, "phone": step.phone} if step else None,
            "sources": [{"title": source.title, "section": source.section} for source in self.citations],
            "safety": self.safety.to_dict() if self.safety else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The whole reply; its outer fields are those of the most severe part.

    `standing` is the help that stays in view after an earlier emergency or crisis, and `in_view` the level it is for.
    """

    parts: tuple[ReplyPart, ...]
    suggestions: tuple[EntryLink, ...]
    release: int
    standing: tuple[HelpLine, ...] = ()
    in_view: Level | None = None

    @property
    def leading(self) -> ReplyPart:
        """The most severe part; the first of equals."""
        return max(self.parts, key=lambda part: part.outcome)

    @property
    def languages(self) -> frozenset[str]:
        """The languages of its approved wording."""
        return frozenset().union(*(part.languages for part in self.parts))

    @property
    def outcome(self) -> Outcome:
        """The most severe part's outcome."""
        return self.leading.outcome

    def to_dict(self) -> dict[str, Any]:
        """The API's JSON, without conversation and turn."""
        parts = [part.to_dict() for part in self.parts]
        lead = parts[self.parts.index(self.leading)]
        return {
            "outcome": lead["outcome"],
            "parts": parts,
            "entry": lead["entry"],
            "confidence": lead["confidence"],
            "answer_html": lead["answer_html"],
            "answer_text": lead["answer_text"],
            "suggestions": [{"id": link.id, "question": link.question} for link in self.suggestions],
            "safety": lead["safety"],
            "release": self.release,
        }
