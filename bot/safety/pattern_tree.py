"""Safety patterns as trees over words, evaluated for all places of a message at once.

A set of places is one whole number: bit i stands for the gap before word i (from 0), so that a step of a pattern
is a few operations on numbers, whatever the message. Nothing is tried twice and nothing backtracks: a pattern
costs at most its size times the length of the message, a word costs one look-up for all patterns together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.language.words import MOST_WORDS, Word, stem_of

NEGATIONS = frozenset(stem_of(word) for word in ("not", "no", "never", "without", "nor", "neither", "none"))
NUMBER = "#"

Places = int  # a set of gaps between words, as bits


class Message:
    """The words of one message, each looked up once for all patterns of a lexicon.

    `keys` is everything that the words have and some pattern names, and where: the gap before each such word;
    `present` has a bit for each test that some word passes, `passing` the words that pass one.
    """

    __slots__ = ("everywhere", "keys", "open_to_gaps", "passing", "plain", "present", "words")

    def __init__(self, words: Sequence[Word], lexicon: Lexicon) -> None:
        self.words = words
        self.present = 0
        self.open_to_gaps: Places = 0
        self.plain: Places = 0
        self.keys: dict[str, Places] = {}
        self.passing = _Passing(self.keys)
        keys = self.keys
        before = keys.get
        at = 1
        for word in words:
            known = lexicon.look_up(word)
            self.present |= known.passes
            for key in known.keys:
                keys[key] = before(key, 0) | at
            if known.may_be_skipped:
                self.open_to_gaps |= at
            if word.is_word:
                self.plain |= at
            at <<= 1
        self.everywhere: Places = at - 1


class _Passing(dict["OneOf", Places]):
    """The words that pass a test, worked out when it is first asked for: of a thousand tests few ever are."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, Places]) -> None:
        super().__init__()
        self._keys = keys

    def __missing__(self, test: OneOf) -> Places:
        found = 0
        for key in self._keys.keys() & test.keys:
            found |= self._keys[key]
        self[test] = found
        return found


@dataclass(frozen=True, slots=True)
class Known:
    """What all patterns together make of one word: the tests it passes, and its keys that any of them names."""

    passes: int
    keys: tuple[str, ...]
    may_be_skipped: bool


class Lexicon:
    """The tests that the patterns of one release put to a word, each made once."""

    def __init__(self) -> None:
        self._tests: dict[frozenset[str], OneOf] = {}
        self._numbered: list[OneOf] = []
        self._tests_of: dict[str, list[int]] = {}
        self._longest = 0
        self._looked_up: dict[tuple[str, frozenset[str]], Known] = {}

    def one_of(self, keys: Iterable[str]) -> OneOf:
        """The test for one of `keys`."""
        wanted = frozenset(keys)
        test = self._tests.get(wanted)
        if test is None:
            test = self._tests[wanted] = OneOf(wanted, len(self._tests))
            self._numbered.append(test)
            for key in wanted:
                self._tests_of.setdefault(key, []).append(test.number)
                self._longest = max(self._longest, len(key))
            self._looked_up.clear()
        return test

    def keys_of(self, need: int) -> frozenset[str]:
        """The keys that meet `need`, a set of tests."""
        keys: set[str] = set()
        while need:
            lowest = need & -need
            keys |= self._numbered[lowest.bit_length() - 1].keys
            need ^= lowest
        return frozenset(keys)

    def look_up(self, word: Word) -> Known:
        """What `word`, or what a misspelt one may stand for, passes."""
        key = (word.text, word.alternatives)
        known = self._looked_up.get(key)
        if known is None:
            if len(self._looked_up) >= MOST_WORDS:
                self._looked_up.clear()
            known = self._looked_up[key] = self._known(word)
        return known

    def _known(self, word: Word) -> Known:
        keys = {word.stem, *word.alternatives}
        keys.update(word.text[:length] + "*" for length in range(1, min(len(word.text), self._longest) + 1))
        if word.text[:1].isdigit():
            keys.add(NUMBER)
        found = tuple(key for key in keys if key in self._tests_of)
        passes = 0
        for key in found:
            for test in self._tests_of[key]:
                passes |= 1 << test
        return Known(passes, found, word.stem not in NEGATIONS)


class Node(Protocol):
    """A part of a pattern. `size` counts its words, gaps by their length."""

    size: int
    needs: tuple[int, ...]

    def ends(self, starts: Places, message: Message) -> Places:
        """Where it can end when it begins at one of `starts`."""

    def starts(self, ends: Places, message: Message) -> Places:
        """Where it can begin when it ends at one of `ends`."""


class OneOf:
    """One word with one of these keys: a stem, a beginning (`swell*`), or `#` for any number."""

    __slots__ = ("keys", "needs", "number", "size")

    def __init__(self, keys: frozenset[str], number: int) -> None:
        self.keys = keys
        self.number = number
        self.size = 1
        self.needs: tuple[int, ...] = (1 << number,)

    def ends(self, starts: Places, message: Message) -> Places:
        """After each word that passes."""
        return (starts & message.passing[self]) << 1

    def starts(self, ends: Places, message: Message) -> Places:
        """Before each word that passes."""
        return (ends >> 1) & message.passing[self]


class AnyWord:
    """Any one word, but no sentence end."""

    size = 1
    needs: tuple[int, ...] = ()

    def ends(self, starts: Places, message: Message) -> Places:
        """After each word."""
        return (starts & message.plain) << 1

    def starts(self, ends: Places, message: Message) -> Places:
        """Before each word."""
        return (ends >> 1) & message.plain


class Gap:
    """None to `most` words that do not negate."""

    __slots__ = ("needs", "size")

    def __init__(self, most: int) -> None:
        self.size = most
        self.needs: tuple[int, ...] = ()

    def ends(self, starts: Places, message: Message) -> Places:
        """After each number of skipped words."""
        reached = starts
        for _ in range(self.size):
            starts = (starts & message.open_to_gaps) << 1
            if not starts:
                break
            reached |= starts
        return reached

    def starts(self, ends: Places, message: Message) -> Places:
        """Before each number of skipped words."""
        reached = ends
        for _ in range(self.size):
            ends = (ends >> 1) & message.open_to_gaps
            if not ends:
                break
            reached |= ends
        return reached


class InOrder:
    """Parts that follow each other."""

    __slots__ = ("needs", "parts", "size")

    def __init__(self, parts: Sequence[Node]) -> None:
        self.parts = tuple(parts)
        self.size = sum(part.size for part in parts)
        self.needs = tuple(need for part in parts for need in part.needs)

    def ends(self, starts: Places, message: Message) -> Places:
        """The last part's ends."""
        for part in self.parts:
            starts = part.ends(starts, message)
            if not starts:
                break
        return starts

    def starts(self, ends: Places, message: Message) -> Places:
        """The first part's starts."""
        for part in reversed(self.parts):
            ends = part.starts(ends, message)
            if not ends:
                break
        return ends


class EitherOf:
    """One of several parts."""

    __slots__ = ("_tried", "branches", "needs", "size")

    def __init__(self, branches: Sequence[Node]) -> None:
        self.branches = tuple(branches)
        self._tried = tuple((branch.needs[0] if branch.needs else -1, branch) for branch in branches)
        self.size = sum(branch.size for branch in branches)
        self.needs: tuple[int, ...] = ()
        if all(branch.needs for branch in branches):
            together = 0
            for branch in branches:
                together |= branch.needs[0]
            self.needs = (together,)

    def ends(self, starts: Places, message: Message) -> Places:
        """Where any branch ends."""
        found = 0
        for need, branch in self._tried:
            if need & message.present:
                found |= branch.ends(starts, message)
        return found

    def starts(self, ends: Places, message: Message) -> Places:
        """Where any branch begins."""
        found = 0
        for need, branch in self._tried:
            if need & message.present:
                found |= branch.starts(ends, message)
        return found


class Maybe:
    """A part that may be missing."""

    __slots__ = ("needs", "part", "size")

    def __init__(self, part: Node) -> None:
        self.part = part
        self.size = part.size
        self.needs: tuple[int, ...] = ()

    def ends(self, starts: Places, message: Message) -> Places:
        """Where it began, and where the part ends."""
        return starts | self.part.ends(starts, message)

    def starts(self, ends: Places, message: Message) -> Places:
        """Where it ended, and where the part begins."""
        return ends | self.part.starts(ends, message)
