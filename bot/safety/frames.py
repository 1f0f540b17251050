"""What takes the alarm out of alarming words: said not to be so, long past, or asked in general.

The wordings themselves are data: the groups `frame-past`, `frame-resolved`, `frame-again`, `frame-general`,
`frame-present` and `frame-study` of words.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.faq.release import Level
from bot.language.words import Word, stem_of
from bot.safety.bygone import bygone
from bot.safety.pattern_parser import PatternLanguage
from bot.safety.pattern_tree import NEGATIONS, Message
from bot.safety.patterns import Hit, Pattern
from bot.safety.stretches import PAUSE, Span, sentence_numbers

_LIGHT = frozenset(
    stem_of(word)
    for word in [
        "have", "had", "having", "has", "got", "get", "getting", "any", "feel", "feeling", "felt", "of", "the",
        "a", "an", "my", "me", "been", "be", "being", "is", "am", "are", "do", "does", "did", "real", "really",
        "actually", "ever", "sign", "signs", "bit", "even", "at", "all", "experience", "experienced",
        "experiencing", "notice", "noticed", "want", "wanting", "thought", "thoughts", "suffer", "suffered",
        "suffering", "with", "yet", "longer", "more", "gone", "to", "think", "thinking", "feels", "currently",
        "right", "now", "kind", "sort", "type", "anything", "like",
    ]
)  # fmt: skip
_FRAMED = frozenset({Level.EMERGENCY, Level.CRISIS, Level.URGENT})
_FIRST_PERSON = frozenset({"i", "id", "me", "my", "myself"})
_LISTING = frozenset({"or", "nor", "and"})
_EARLIER_NOTS = frozenset({"not", "cannot", "no", "never", "hardly", "barely", "cant", "dont"})
_SAYS_NO = frozenset({"no", "none", "nil", "nope", "denied", "negative", "absent"})
_ANSWERS = re.compile(r"\s*[:=?]\s*|\s+-+\s*")  # what stands between a complaint and the "no" to it
_UNHEARD_OF = (("like", "this"), ("like", "that"), ("this", "bad"), ("this", "badly"), ("this", "much"), ("so", "bad"),
               ("until", "now"), ("till", "now"), ("like", "it"))  # fmt: skip
_FAR = 9
_CLOSE = 4


@dataclass(frozen=True, slots=True)
class Frames:
    """Reads how a message speaks of what it names."""

    past: Pattern | None
    resolved: Pattern | None
    again: Pattern | None
    general: Pattern | None
    present: Pattern | None
    study: Pattern | None
    language: PatternLanguage

    @classmethod
    def of(cls, groups: Mapping[str, str], language: PatternLanguage) -> Frames:
        """Compiled from the word groups; an absent group means that frame is not read."""
        found = {
            name: language.compile(f"@frame-{name}") if f"frame-{name}" in groups else None
            for name in ("past", "resolved", "again", "general", "present", "study")
        }
        return cls(**found, language=language)

    def reading(self, words: Sequence[Word], text: str) -> Reading:
        """The frames of one message, to be asked about each hit in it; `text` is what the patient wrote."""
        return Reading(self, words, text)


class Reading:
    """Which words of one message stand in which frame; each frame is looked for when it is first asked about."""

    def __init__(self, frames: Frames, words: Sequence[Word], text: str) -> None:
        self.words = words
        self._text = text
        self._frames = frames
        self._explained: dict[tuple[int, int, bool], bool] = {}

    @cached_property
    def message(self) -> Message:
        """The words ready for patterns that disarm: exceptions and frames."""
        return self._frames.language.read(self.words)

    @cached_property
    def _sentence(self) -> list[int]:
        return sentence_numbers(self.words)

    @cached_property
    def _bygone(self) -> frozenset[int]:
        past = self._found(self._frames.past)
        if not past:
            return frozenset()
        return bygone(
            self.words,
            self._text,
            past=past,
            present=self._present,
            resolved=self._found(self._frames.resolved),
            again=self._found(self._frames.again),
        )

    @cached_property
    def _present(self) -> list[Hit]:
        return self._found(self._frames.present)

    @cached_property
    def _sentences_of_now(self) -> frozenset[int]:
        return frozenset(self._sentence[hit.first] for hit in self._present)

    @cached_property
    def _general(self) -> list[Hit]:
        return self._found(self._frames.general)

    @cached_property
    def _study(self) -> list[Hit]:
        return self._found(self._frames.study)

    def _found(self, frame: Pattern | None) -> list[Hit]:
        return frame.find(self.message) if frame else []

    def disarms(self, hit: Hit, level: Level) -> bool:
        """Whether the hit is denied, long past, studied or asked in general; personal decisions and illicit wishes are
        never disarmed so, nor is a crisis of the writer's own for being a question.
        """
        if level not in _FRAMED:
            return False
        return self.is_past(hit) or self._is_explained(hit, level)

    def disarms_stretch(self, span: Span, level: Level) -> bool:
        """Whether something in the stretch is denied, studied or asked in general, or all of it long past."""
        if level not in _FRAMED:
            return False
        places = [Hit(place, place) for place in range(span[0], span[1] + 1) if self.words[place].is_word]
        return all(map(self.is_past, places)) or any(self._is_explained(hit, level) for hit in places)

    def _is_explained(self, hit: Hit, level: Level) -> bool:
        key = (hit.first, hit.last, level is Level.CRISIS)
        if key not in self._explained:
            self._explained[key] = (
                self.is_negated(hit)
                or self.is_studied(hit)
                or (self.is_general(hit) and not (level is Level.CRISIS and self.is_about_self(hit)))
            )
        return self._explained[key]

    def is_negated(self, hit: Hit) -> bool:
        """Whether the hit is denied: "no chest pain", "without any rash or fever", "vomiting: no"."""
        if self._is_answered_no(hit):
            return True
        listing = False
        for place in range(hit.first - 1, max(-1, hit.first - 1 - _FAR), -1):
            word = self.words[place]
            if not word.is_word:
                return False
            if word.stem in NEGATIONS:
                return self._denies(place, hit) and not self._is_taken_back(hit)
            if word.text in _LISTING:
                listing = True
            elif word.stem not in _LIGHT and not listing:
                return False
        return False

    def _denies(self, place: int, hit: Hit) -> bool:
        """Whether the "no" at `place` denies the hit: not as an answer of its own ("no, chest pain"), not where it is
        itself denied ("not a day without it"), nor where only the like of it is new ("never like this").
        """
        word, following = self.words[place], self.words[place + 1]
        if word.text in _SAYS_NO and (PAUSE.search(self._text[word.end : following.start]) or word.text != "no"):
            return word.text == "none" and following.text == "of"
        earlier = [other.text for other in self.words[max(0, place - _FAR) : place] if other.is_word]
        if word.text == "without" and not _EARLIER_NOTS.isdisjoint(earlier):
            return False
        if "lying" in earlier or "lie" in earlier:
            return False
        after = [other.text for other in self.words[hit.last + 1 : hit.last + 1 + _CLOSE]]
        within = [other.text for other in self.words[hit.first : hit.last + 1]]
        return word.text != "never" or not any(pair in _UNHEARD_OF for pair in pairwise(within + after))

    def _is_answered_no(self, hit: Hit) -> bool:
        """Whether it is an item of a form, with "no" behind it and nothing more ("suicidal thoughts: none")."""
        place = hit.last + 1
        while place < len(self.words) and self.words[place].is_word and self.words[place].stem in _LIGHT:
            place += 1
        after = self.words[place : place + 2]
        if not after or after[0].text not in _SAYS_NO:
            return False
        if not _ANSWERS.fullmatch(self._text[self.words[place - 1].end : after[0].start]):
            return False
        return len(after) == 1 or not after[1].is_word or bool(PAUSE.search(self._text[after[0].end : after[1].start]))

    def is_past(self, hit: Hit) -> bool:
        """Whether the hit is told of a time long gone, and not also of now."""
        return hit.first in self._bygone and hit.last in self._bygone

    def is_general(self, hit: Hit) -> bool:
        """Whether the hit stands in a question about what can happen, not in a report of what does."""
        sentence = self._sentence[hit.first]
        if sentence in self._sentences_of_now:
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
