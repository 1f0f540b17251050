"""Safety patterns as automata over words: matched in time bounded by message length times pattern size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.words import Word, stem_of

NEGATIONS = frozenset(stem_of(word) for word in ("not", "no", "never", "without", "nor", "neither", "none"))


@dataclass(frozen=True, slots=True)
class Test:
    """What one word must be: one of `stems`, or begin with one of `prefixes`, or a number, or anything."""

    stems: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    number: bool = False
    anything: bool = False
    is_gap: bool = False

    def accepts(self, word: Word) -> bool:
        """Whether `word`, or what a misspelt one may stand for, passes."""
        if self.is_gap:
            return word.stem not in NEGATIONS
        if self.anything:
            return word.is_word
        if self.number:
            return word.text[:1].isdigit()
        if word.stem in self.stems or not self.stems.isdisjoint(word.alternatives):
            return True
        return bool(self.prefixes) and word.text.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern matched: the words from `first` to `last`, both counted from 0 and included."""

    first: int
    last: int


class Automaton:
    """One side of a pattern: an automaton over words. State 0 is the end."""

    def __init__(self, tests: Sequence[Test], after: Sequence[tuple[int, ...]], begin: tuple[int, ...]) -> None:
        self._tests = tests
        self._after = after
        self._begin = begin
        ends = tuple(state for state, following in enumerate(after) if 0 in following)
        needs = [need for need in (_needed(tests, begin), _needed(tests, ends)) if need is not None]
        self.needs = tuple(sorted(needs, key=_weight))

    def may_match(self, words: Sequence[Word]) -> bool:
        """Whether the words that it begins and ends with occur at all: much quicker than to look for it."""
        return all(any(need.accepts(word) for word in words) for need in self.needs)

    def find(self, words: Sequence[Word]) -> list[Hit]:
        """Every place where it matches, the tightest span for each last word."""
        hits: list[Hit] = []
        active: dict[int, int] = {}
        for place, word in enumerate(words):
            reached: dict[int, int] = {}
            for state in self._begin:
                active[state] = place
            for state, first in active.items():
                if self._tests[state].accepts(word):
                    for following in self._after[state]:
                        if reached.get(following, -1) < first:
                            reached[following] = first
            if 0 in reached:
                hits.append(Hit(reached.pop(0), place))
            active = reached
        return hits


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: all of `wanted` are in the message, none of `unwanted`."""

    source: str
    wanted: tuple[Automaton, ...]
    unwanted: tuple[Automaton, ...]

    def find(self, words: Sequence[Word]) -> list[Hit]:
        """Where the pattern matches; for `a & b` the places of the first side."""
        if not all(side.may_match(words) for side in self.wanted):
            return []
        hits = self.wanted[0].find(words)
        if not hits:
            return []
        if not all(other.find(words) for other in self.wanted[1:]):
            return []
        return [] if any(other.find(words) for other in self.unwanted) else hits


def _needed(tests: Sequence[Test], states: Sequence[int]) -> Test | None:
    """What one word of a message must be for any of `states` to pass; None when anything may do."""
    chosen = [tests[state] for state in states]
    if any(test.number or test.anything or test.is_gap for test in chosen):
        return None
    stems = frozenset(stem for test in chosen for stem in test.stems)
    return Test(stems, tuple(prefix for test in chosen for prefix in test.prefixes))


_COMMON = frozenset(
    stem_of(word) for word in ("i", "my", "me", "am", "is", "the", "to", "a", "it", "have", "can", "do")
)


def _weight(need: Test) -> int:
    """How often a need is met: names and rare words are the better ones to look for first."""
    return len(need.stems) + len(need.prefixes) + 100 * len(need.stems & _COMMON)
