"""What takes the alarm out of alarming words: said not to be so, long past, or asked in general.

The wordings themselves are data: the groups `frame-past`, `frame-resolved`, `frame-general`,
`frame-present` and `frame-study` of words.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.faq.release import Level
from bot.language.words import Word, stem_of
from bot.safety.pattern_parser import PatternLanguage
from bot.safety.pattern_tree import NEGATIONS, Message
from bot.safety.patterns import Hit, Pattern

_LIGHT = frozenset(
    stem_of(word)
    for word in [
        "have",
        "had",
        "having",
        "has",
        "got",
        "get",
        "getting",
        "any",
        "feel",
        "feeling",
        "felt",
        "of",
        "the",
        "a",
        "an",
        "my",
        "me",
        "been",
        "be",
        "being",
        "is",
        "am",
        "are",
        "do",
        "does",
        "did",
        "real",
        "really",
        "actually",
        "ever",
        "sign",
        "signs",
        "bit",
        "even",
        "at",
        "all",
        "experience",
        "experienced",
        "experiencing",
        "notice",
        "noticed",
        "want",
        "wanting",
        "thought",
        "thoughts",
        "suffer",
        "suffered",
        "suffering",
        "with",
        "yet",
        "longer",
        "more",
        "gone",
        "to",
        "think",
        "thinking",
        "feels",
        "currently",
        "right",
        "now",
        "kind",
        "sort",
        "type",
        "anything",
        "like",
    ]
)
_FRAMED = frozenset({Level.EMERGENCY, Level.CRISIS, Level.URGENT})
_FIRST_PERSON = frozenset({"i", "id", "me", "my", "myself"})
_LISTING = frozenset({"or", "nor", "and"})
_FAR = 9
_CLOSE = 4


@dataclass(frozen=True, slots=True)
class Frames:
    """Reads how a message speaks of what it names."""

    past: Pattern | None
    resolved: Pattern | None
    general: Pattern | None
    present: Pattern | None
    study: Pattern | None
    language: PatternLanguage

    @classmethod
    def of(cls, groups: Mapping[str, str], language: PatternLanguage) -> Frames:
        """Compiled from the word groups; an absent group means that frame is not read."""
        found = {
            name: language.compile(f"@frame-{name}") if f"frame-{name}" in groups else None
            for name in ("past", "resolved", "general", "present", "study")
        }
        return cls(**found, language=language)

    def reading(self, words: Sequence[Word]) -> Reading:
        """The frames of one message, to be asked about each hit in it."""
        return Reading(self, words)


class Reading:
    """Which words of one message stand in which frame; each frame is looked for when it is first asked about."""

    def __init__(self, frames: Frames, words: Sequence[Word]) -> None:
        self.words = words
        self._frames = frames
        self._disarmed: dict[tuple[int, int, bool], bool] = {}

    @cached_property
    def message(self) -> Message:
        """The words ready for patterns that disarm: exceptions and frames."""
        return self._frames.language.read(self.words)

    @cached_property
    def _sentence(self) -> list[int]:
        return _sentence_numbers(self.words)

    @cached_property
    def _past(self) -> frozenset[int]:
        return self._sentences(self._frames.past)

    @cached_property
    def _resolved(self) -> list[Hit]:
        return self._frames.resolved.find(self.message) if self._frames.resolved else []

    @cached_property
    def _present(self) -> frozenset[int]:
        return self._sentences(self._frames.present)

    @cached_property
    def _general(self) -> list[Hit]:
        return self._frames.general.find(self.message) if self._frames.general else []

    @cached_property
    def _study(self) -> list[Hit]:
        return self._frames.study.find(self.message) if self._frames.study else []

    def _sentences(self, frame: Pattern | None) -> frozenset[int]:
        return frozenset(self._sentence[hit.first] for hit in frame.find(self.message)) if frame else frozenset()

    def disarms(self, hit: Hit, level: Level) -> bool:
        """Whether the hit is denied, long past, studied or asked in general; personal decisions and illicit wishes are
        never disarmed so, nor is a crisis of the writer's own for being a question.
        """
        if level not in _FRAMED:
            return False
        key = (hit.first, hit.last, level is Level.CRISIS)
        if key not in self._disarmed:
            self._disarmed[key] = (
                self.is_negated(hit)
                or self.is_past(hit)
                or self.is_studied(hit)
                or (self.is_general(hit) and not (level is Level.CRISIS and self.is_about_self(hit)))
            )
        return self._disarmed[key]

    def is_negated(self, hit: Hit) -> bool:
        """Whether the words before the hit deny it: "no chest pain", "without any rash or fever"."""
        listing = False
        for place in range(hit.first - 1, max(-1, hit.first - 1 - _FAR), -1):
            word = self.words[place]
            if not word.is_word:
                return False
            if word.stem in NEGATIONS:
                return not self._is_taken_back(hit)
            if word.text in _LISTING:
                listing = True
            elif word.stem not in _LIGHT and not listing:
                return False
        return False

    def is_past(self, hit: Hit) -> bool:
        """Whether the hit's sentence speaks of a time long gone, and not also of now; or says after the hit that it is
        over.
        """
        sentence = self._sentence[hit.first]
        if sentence not in self._past:
            return False
        if sentence not in self._present:
            return True
        return any(self._sentence[over.first] == sentence and over.first > hit.first for over in self._resolved)

    def is_general(self, hit: Hit) -> bool:
        """Whether the hit stands in a question about what can happen, not in a report of what does."""
        sentence = self._sentence[hit.first]
        if sentence in self._present:
            return False
        return any(self._sentence[frame.first] == sentence and frame.first <= hit.first for frame in self._general)

    def is_studied(self, hit: Hit) -> bool:
        """Whether the hit is what somebody reads or writes about ("a case report of an overdose")."""
        return any(0 < hit.first - study.last <= _CLOSE or study.last == hit.last for study in self._study)

    def is_about_self(self, hit: Hit) -> bool:
        """Whether the hit's words, or those just before it, name the writer ("would kill me")."""
        about = self.words[max(0, hit.first - 3) : hit.last + 1]
        return any(word.text in _FIRST_PERSON for word in about)

    def _is_taken_back(self, hit: Hit) -> bool:
        """ "I do not want to die but ...": what follows a "but" counts more than the denial."""
        sentence = self._sentence[hit.last]
        after = self.words[hit.last + 1 : hit.last + 4]
        return any(word.text in ("but", "though", "except") for word in after) and sentence == self._sentence[-1]


def _sentence_numbers(words: Sequence[Word]) -> list[int]:
    numbers, current = [], 0
    for word in words:
        numbers.append(current)
        current += not word.is_word
    return numbers
