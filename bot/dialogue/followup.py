"""Whether a question leans on the answer before it, and what it asks for if it does.

Three kinds: `whole` stands alone; `bare` names nothing itself ("why?", "how long does that last?"); `short` names
something, but not what is asked about it ("and my eyes?", "what about alcohol then?"). Which words name something
is read off the release: a stem names something when few entries share it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from bot.dialogue.asked import AskedWords
from bot.faq.entry import Entry
from bot.language.normalise import tokenise
from bot.language.words import Word, plain_stems, stem_of


class Lean(Enum):
    """How much a question leans on what came before."""

    WHOLE = "whole"
    SHORT = "short"
    BARE = "bare"


LONGEST_BARE = 9
LONGEST_SHORT = 6
FEWEST_COMPLETE = 3  # words; what is shorter says nothing by itself
MOVES_ON = 0.93  # a question that names nothing leaves what was said last only when it is this sure of another
SHARED_BY = 0.10  # a stem in the wordings of more than this share of the entries names nothing
_POINTING = frozenset(["that", "it", "this", "those", "these", "they", "them", "its", "one", "ones", "same", "both"])
_ADDING = frozenset(["too", "also", "now", "still", "worse", "spreading", "both"])
_QUESTION_WORDS = frozenset(["what", "when", "how", "why", "where", "who", "which", "same"])
_ASKING = _QUESTION_WORDS | {"can", "could", "should", "do", "does", "is", "are", "will", "would", "may"}
_OPENING = frozenset(
    ["and", "also", "so", "ok", "okay", "then", "but", "or", "what", "how", "about", "oh", "thanks", "thank"]
)
_LEADING_IN = _OPENING - _ASKING


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Reads how questions lean, by the words of one release. Built once a release, immutable."""

    shared: frozenset[str]
    entries: Mapping[str, Entry]

    @classmethod
    def of(cls, entries: Sequence[Entry], words: AskedWords) -> FollowUps:
        """From the entries and the words of what they are asked by."""
        counts = Counter(stem for own in words.wordings.values() for stem in set(map(stem_of, own)))
        shared = {stem for stem, count in counts.items() if count > max(3, SHARED_BY * len(entries))}
        return cls(frozenset(shared) | plain_stems(), {entry.id: entry for entry in entries})

    def lean_of(self, words: Sequence[Word]) -> Lean:
        """How much `words` lean on what came before."""
        plain = [word for word in words if word.is_word]
        naming = self.naming(words)
        if not self.asks(words):
            return Lean.WHOLE
        points = _points(plain)
        if not naming and len(plain) <= LONGEST_BARE:
            return Lean.BARE
        opens = bool(plain) and plain[0].text in _OPENING
        if len(plain) <= 3 or (len(plain) <= LONGEST_SHORT and (opens or points)):
            return Lean.SHORT
        return Lean.WHOLE

    def asks(self, words: Sequence[Word]) -> bool:
        """Whether `words` can be a question, or part of one, at all; "ok thanks" cannot."""
        return bool(self.naming(words)) or any(word.ends_question or word.text in _ASKING for word in words)

    def is_question(self, words: Sequence[Word]) -> bool:
        """Whether `words` have the form of a question."""
        opening = next((word.text for word in words if word.is_word and word.text not in _LEADING_IN), "")
        return opening in _ASKING or any(word.ends_question for word in words)

    def adds(self, words: Sequence[Word]) -> bool:
        """Whether `words` ask nothing, and clearly add to what was told before."""
        plain = [word.text for word in words if word.is_word]
        short = 0 < len(plain) <= FEWEST_COMPLETE
        return not self.is_question(words) and (_points(words) or short or not _ADDING.isdisjoint(plain))

    def only_points(self, words: Sequence[Word]) -> bool:
        """Whether `words` point at something said before, and name nothing."""
        return not self.naming(words) and _points(words)

    def naming(self, words: Sequence[Word]) -> frozenset[str]:
        """The stems among `words` that name something."""
        return frozenset(word.stem for word in words if word.is_word) - self.shared

    def is_asked_of(self, entry_id: str, words: Sequence[Word]) -> bool:
        """Whether an entry's wordings hold everything that `words` name."""
        entry = self.entries.get(entry_id)
        return entry is not None and self.naming(words) <= _stems(" ".join(entry.wordings))

    def speaks_of(self, entry_id: str, words: Sequence[Word]) -> bool:
        """Whether an entry's wordings or answer hold everything that `words` name."""
        entry = self.entries.get(entry_id)
        if entry is None:
            return False
        said = " ".join((*entry.wordings, entry.answer.short, entry.answer.detail))
        return self.naming(words) <= _stems(said)


@lru_cache(maxsize=1_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem_of(token.text) for token in tokenise(text) if token.is_word)


def _points(words: Sequence[Word]) -> bool:
    return any(word.text in _POINTING for word in words)
