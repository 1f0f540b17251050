"""A release: the immutable, content-hashed snapshot that patients are answered from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum, IntEnum
from functools import cache
from typing import Any

from bot.faq.clinic import ClinicProfile
from bot.faq.entry import ENGLISH, Entry, Region, Topic


class Level(IntEnum):
    """How grave a finding is; the most severe of several is `max`."""

    DECISION = 1
    ILLICIT = 2
    URGENT = 3
    CRISIS = 4
    EMERGENCY = 5

    @property
    def word(self) -> str:
        """The name used in files, tables and JSON."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class TranslatedReply:
    """A safety reply in another language, for every region, and the mark of the English replies it was made of."""

    replies: Mapping[Region, str]
    made_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyRule:
    """What raises an alarm, and the approved reply. `replies`: first paragraph is the headline.

    `groups` are the word groups its patterns may name; `exceptions` are patterns whose words
    do not count (an idiom, say). `contacts` are the buttons, in order (see `ClinicProfile.line`).
    """

    id: str
    level: Level
    name: str
    patterns: tuple[str, ...]
    exceptions: tuple[str, ...]
    examples: tuple[str, ...]
    hard_negatives: tuple[str, ...]
    replies: Mapping[Region, str]
    contacts: tuple[str, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    translations: Mapping[str, TranslatedReply] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What changes whenever the English replies do; translations name it."""
        said = (self.replies.get(region, "") for region in Region)
        return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def all_replies(self) -> tuple[str, ...]:
        """Every wording of the reply, in all languages and regions."""
        worded = (self.replies, *(each.replies for each in self.translations.values()))
        return tuple(text for by_region in worded for text in by_region.values())

    @property
    def outdated(self) -> tuple[str, ...]:
        """The languages in which the reply says what is said no more."""
        return tuple(name for name, each in self.translations.items() if each.made_of != self.mark)

    def reply_in(self, language: str, region: Region) -> tuple[str, str]:
        """The reply in `language` where its translation says what is said now, else in English; and which it is."""
        if language in self.translations and language not in self.outdated:
            return self.translations[language].replies[region], language
        return self.replies[region], ENGLISH


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLists:
    """Staff-editable words: what is folded to what. Keys and values are lower case."""

    synonyms: Mapping[str, str]
    brands: Mapping[str, str]
    chat: Mapping[str, str]
    protected: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What staff said of a real question: it was not meant for entry `wrong`, but for `right`, or for none (None)."""

    question: str
    wrong: str
    right: str | None = None


NO_WORDS = WordLists(synonyms={}, brands={}, chat={}, protected=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """All approved entries, rules, words and clinic facts. `published_at` is UTC."""

    number: int
    published_at: datetime
    topics: tuple[Topic, ...]
    entries: tuple[Entry, ...]
    rules: tuple[SafetyRule, ...]
    vocabulary: WordLists
    background: tuple[str, ...]
    clinic: ClinicProfile
    corrections: tuple[Correction, ...] = ()
    harmless: tuple[str, ...] = ()  # what sounds alarming and must not raise any alarm
    content_hash: str = ""

    @property
    def approved(self) -> bool:
        """Whether a clinician of this clinic has approved the content."""
        return self.clinic.approved_by is not None

    def entry(self, entry_id: str) -> Entry | None:
        """The entry of that id, or None."""
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def topic(self, topic_id: str) -> Topic | None:
        """The topic of that id, or None."""
        return next((topic for topic in self.topics if topic.id == topic_id), None)

    def entries_of(self, topic_id: str) -> tuple[Entry, ...]:
        """The topic's entries, featured ones first, then in file order."""
        topic = self.topic(topic_id)
        featured = topic.featured if topic else ()
        order = {entry_id: place for place, entry_id in enumerate(featured)}
        mine = [entry for entry in self.entries if entry.topic == topic_id]
        return tuple(sorted(mine, key=lambda entry: order.get(entry.id, len(order))))


def content_hash_of(release: Release) -> str:
    """sha256 of the release's content as canonical JSON; number and date are no content."""
    content = {
        name: plain(getattr(release, name))
        for name in ("topics", "entries", "rules", "vocabulary", "background", "clinic", "corrections", "harmless")
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# Fields that came after the first releases: left out while empty, so that what was published keeps its hash.
_SINCE_LATER: Mapping[str, frozenset[str]] = {
    "Entry": frozenset({"translations"}),
    "SafetyRule": frozenset({"translations"}),
    "Translation": frozenset({"phrasings", "golden", "approved_by", "approved_on"}),
}


def plain(value: object) -> object:
    """A dataclass tree as JSON-ready dicts, lists and strings."""
    kind: Any = type(value)
    if kind is str:  # most of a release
        return value
    names = _names_of(kind)
    if names is not None:
        shown = {name: plain(getattr(value, name)) for name in names}
        later = _SINCE_LATER.get(kind.__name__, frozenset())
        return {name: each for name, each in shown.items() if each or name not in later}
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value


@cache
def _names_of(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None for another kind of value."""
    return tuple(item.name for item in fields(kind)) if is_dataclass(kind) else None


def _key(key: object) -> str:
    if isinstance(key, Enum):
        return str(key.value)
    return key.isoformat() if isinstance(key, date) else str(key)
