"""Compiled safety patterns, and many of them looked for in a message at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.language.words import commonness
from bot.safety.pattern_tree import Lexicon, Message, Node, Places


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern matched: the words from `first` to `last`, both counted from 0 and included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: all of `wanted` are in the message, none of `unwanted`.

    `needs` are sets of a lexicon's tests: without one test of each passed, it cannot match.
    `rarest` are the keys of the need that is met least often; empty when nothing in particular is needed.
    """

    source: str
    wanted: tuple[Node, ...]
    unwanted: tuple[Node, ...]
    needs: tuple[int, ...]
    rarest: frozenset[str]

    @classmethod
    def of(cls, source: str, wanted: Sequence[Node], unwanted: Sequence[Node], lexicon: Lexicon) -> Pattern:
        """The pattern with what it needs worked out."""
        keys = {need: lexicon.keys_of(need) for node in wanted for need in node.needs}
        needs = sorted(keys, key=lambda need: sum(commonness(key) for key in keys[need]))
        return cls(source, tuple(wanted), tuple(unwanted), tuple(needs), keys[needs[0]] if needs else frozenset())

    def may_match(self, message: Message) -> bool:
        """Whether all that it needs is there; what is missing in a message is missing in every part of it."""
        return all(need & message.present for need in self.needs)

    def find(self, message: Message) -> list[Hit]:
        """Where it matches, for each last word the tightest place; for `a & b` the places of the first side."""
        present = message.present
        for need in self.needs:  # `may_match` written out: this is asked a hundred times a message
            if not need & present:
                return []
        ends = self.wanted[0].ends(message.everywhere, message)
        if not ends:
            return []
        if any(not other.ends(message.everywhere, message) for other in self.wanted[1:]):
            return []
        if any(other.ends(message.everywhere, message) for other in self.unwanted):
            return []
        return list(self._hits(ends, message))

    def _hits(self, ends: Places, message: Message) -> Iterable[Hit]:
        while ends:
            lowest = ends & -ends
            ends ^= lowest
            first = self.wanted[0].starts(lowest, message).bit_length() - 1
            yield Hit(first, lowest.bit_length() - 2)


class PatternSet:
    """Many patterns, of which only those are tried whose rarest words occur. They are numbered as given."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._always = tuple(number for number, pattern in enumerate(patterns) if not pattern.rarest)
        by_key: dict[str, list[int]] = {}
        for number, pattern in enumerate(patterns):
            for key in pattern.rarest:
                by_key.setdefault(key, []).append(number)
        self._by_key = {key: tuple(numbers) for key, numbers in by_key.items()}

    def find(self, message: Message) -> Iterator[tuple[int, list[Hit]]]:
        """The numbers and places of all patterns that match, in their order."""
        candidates = set(self._always)
        for key in message.keys:
            candidates.update(self._by_key.get(key, ()))
        for number in sorted(candidates):
            hits = self._patterns[number].find(message)
            if hits:
                yield number, hits
