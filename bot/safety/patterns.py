"""The small language in which safety rules say what wording raises them; matched in linear time.

A pattern is words in order:
    swollen tongue          the two words beside each other, in any inflection
    swell*                  any word beginning so
    throat ... swell*       up to 4 other words between; `...9` up to 9
    (throat|back of mouth)  one of several, each one or more words
    [really]                may be missing
    @throat                 a named group of words (see words.yaml)
    #                       any number
    _                       any one word
    a & b                   both in the message, in any order
    a & not b               a, and b nowhere in the message
A gap (`...`) never jumps over a negation, so "throat ... swell*" does not match "throat is not swollen".

Every word is compared by stem, and a misspelt word with all the words it may stand for. Patterns are
compiled to automata without backtracking: the time is bounded by message length times pattern size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import PatternError
from bot.language.normalise import CONTRACTIONS
from bot.language.vocabulary import Word, stem_of

MOST_STATES = 4_000
DEFAULT_GAP = 4
LONGEST_GAP = 15
NEGATIONS = frozenset(stem_of(word) for word in ("not", "no", "never", "without", "nor", "neither", "none"))
_TOKEN = re.compile(r"\s*(\.\.\.\d*|@[a-z0-9_-]+|[a-z0-9']+\*?|[()\[\]|#_&])")


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


class Sequence_:
    """One side of a pattern: an automaton over words. State 0 is the end."""

    def __init__(self, tests: Sequence[Test], after: Sequence[tuple[int, ...]], begin: tuple[int, ...]) -> None:
        self._tests = tests
        self._after = after
        self._begin = begin
        self.needs = _cheapest_need(tests, after, begin)

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
    wanted: tuple[Sequence_, ...]
    unwanted: tuple[Sequence_, ...]

    def find(self, words: Sequence[Word]) -> list[Hit]:
        """Where the pattern matches; for `a & b` the places of the first side."""
        hits = self.wanted[0].find(words)
        if not hits:
            return []
        if not all(other.find(words) for other in self.wanted[1:]):
            return []
        return [] if any(other.find(words) for other in self.unwanted) else hits


def compile_pattern(source: str, groups: Mapping[str, str]) -> Pattern:
    """The pattern of `source`; raises PatternError with the column of what cannot be read."""
    wanted: list[Sequence_] = []
    unwanted: list[Sequence_] = []
    for place, side in enumerate(_sides(source)):
        refused = side.tokens and side.tokens[0][0] == "not" and place > 0
        if refused:
            side.tokens.pop(0)
        (unwanted if refused else wanted).append(_Compiler(source, side, groups).compile())
    return Pattern(source, tuple(wanted), tuple(unwanted))


@dataclass(slots=True)
class _Side:
    tokens: list[tuple[str, int]]
    column: int


def _sides(source: str) -> list[_Side]:
    sides = [_Side([], 1)]
    place = 0
    text = source.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if not match:
            bad = len(text[place:]) - len(text[place:].lstrip())
            raise PatternError(pattern=source, column=place + bad + 1, problem=f"cannot read {text[place + bad]!r}")
        if match.group(1) == "&":
            sides.append(_Side([], match.start(1) + 1))
        else:
            sides[-1].tokens.append((match.group(1), match.start(1) + 1))
        place = match.end()
    return sides


_Fragment = tuple[tuple[int, ...], tuple[int, ...], bool]  # first states, last states, may be empty


class _Compiler:
    """Glushkov's construction: one state for each word of the pattern, no empty moves."""

    def __init__(self, source: str, side: _Side, groups: Mapping[str, str]) -> None:
        self._source = source
        self._tokens = side.tokens
        self._column = side.column
        self._groups = groups
        self._place = 0
        self._open_groups: list[str] = []
        self._tests: list[Test] = [Test()]
        self._after: list[set[int]] = [set()]

    def compile(self) -> Sequence_:
        first, last, empty = self._alternatives()
        if self._place < len(self._tokens):
            self._refuse(f"{self._tokens[self._place][0]!r} closes nothing")
        if empty:
            self._refuse("matches even without a word")
        for state in last:
            self._after[state].add(0)
        return Sequence_(self._tests, [tuple(sorted(states)) for states in self._after], first)

    def _alternatives(self) -> _Fragment:
        first, last, empty = self._sequence()
        while self._next() == "|":
            self._place += 1
            other_first, other_last, other_empty = self._sequence()
            first, last, empty = first + other_first, last + other_last, empty or other_empty
        return first, last, empty

    def _sequence(self) -> _Fragment:
        whole: _Fragment = ((), (), True)
        gap = 0
        while (token := self._next()) not in ("", "|", ")", "]"):
            if token.startswith("..."):
                self._place += 1
                gap = max(gap, int(token[3:] or DEFAULT_GAP))
                if gap > LONGEST_GAP:
                    self._refuse(f"a gap of {gap} words; allowed: at most {LONGEST_GAP}")
                continue
            piece = self._piece()
            for _ in range(gap):
                whole = self._chained(whole, self._optional(self._state(Test(is_gap=True)))) if whole[0] else whole
            whole = self._chained(whole, piece)
            gap = 0
        if gap or not whole[0]:
            self._refuse("a word is missing here")
        return whole

    def _piece(self) -> _Fragment:
        token = self._tokens[self._place][0]
        self._place += 1
        if token in ("(", "["):
            inner = self._alternatives()
            closing = ")" if token == "(" else "]"
            if self._next() != closing:
                self._refuse(f"{closing!r} is missing")
            self._place += 1
            return self._optional(inner) if token == "[" else inner
        if token.startswith("@"):
            return self._group(token[1:])
        if token == "#":
            return self._state(Test(number=True))
        if token == "_":
            return self._state(Test(anything=True))
        if token.endswith("*"):
            return self._state(Test(prefixes=(token[:-1],)))
        if token in (")", "]", "|"):
            self._refuse(f"{token!r} stands where a word is expected")
        return self._words(token)

    def _words(self, token: str) -> _Fragment:
        whole: _Fragment = ((), (), True)
        for word in CONTRACTIONS.get(token, token.replace("'", "")).split():
            whole = self._chained(whole, self._state(Test(stems=frozenset({stem_of(word)}))))
        return whole

    def _group(self, name: str) -> _Fragment:
        if name not in self._groups:
            known = ", ".join(f"@{known}" for known in sorted(self._groups)) or "none"
            self._refuse(f"there is no group @{name}; known: {known}")
        if name in self._open_groups:
            self._refuse(f"the group @{name} contains itself")
        simple = _single_words(self._groups[name])
        if simple is not None:
            return self._state(simple)
        inner = _sides(self._groups[name])
        if len(inner) != 1:
            self._refuse(f"the group @{name} must not hold &")
        kept, place = self._tokens, self._place
        self._tokens, self._place = inner[0].tokens, 0
        self._open_groups.append(name)
        fragment = self._alternatives()
        self._open_groups.pop()
        self._tokens, self._place = kept, place
        return fragment

    def _state(self, test: Test) -> _Fragment:
        if len(self._tests) >= MOST_STATES:
            self._refuse(f"is too large; allowed: at most {MOST_STATES} words")
        self._tests.append(test)
        self._after.append(set())
        state = len(self._tests) - 1
        return (state,), (state,), False

    def _optional(self, fragment: _Fragment) -> _Fragment:
        return fragment[0], fragment[1], True

    def _chained(self, left: _Fragment, right: _Fragment) -> _Fragment:
        for state in left[1]:
            self._after[state].update(right[0])
        first = left[0] + right[0] if left[2] else left[0]
        last = left[1] + right[1] if right[2] else right[1]
        return first, last, left[2] and right[2]

    def _next(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _refuse(self, problem: str) -> None:
        place = min(self._place, len(self._tokens) - 1)
        column = self._tokens[place][1] if self._tokens else self._column
        raise PatternError(pattern=self._source, column=column, problem=problem)


def _single_words(group: str) -> Test | None:
    """A group of single words as one test, which is much quicker than an automaton; None otherwise."""
    stems, prefixes = set(), []
    for word in group.split("|"):
        plain = word.strip()
        if not re.fullmatch(r"[a-z0-9']+\*?", plain) or " " in CONTRACTIONS.get(plain, ""):
            return None
        if plain.endswith("*"):
            prefixes.append(plain[:-1])
        else:
            stems.add(stem_of(CONTRACTIONS.get(plain, plain.replace("'", ""))))
    return Test(stems=frozenset(stems), prefixes=tuple(prefixes))


def _cheapest_need(
    tests: Sequence[Test], after: Sequence[tuple[int, ...]], begin: tuple[int, ...]
) -> tuple[frozenset[str], tuple[str, ...]] | None:
    """Stems and prefixes of which a message must hold one, or None when that cannot be told.

    Removing one state's words and still reaching the end means that they are not needed. Only single
    states and the beginning and end as a whole are tried: enough to skip nearly all patterns.
    """
    options = [begin, tuple(state for state, following in enumerate(after) if 0 in following)]
    best: tuple[frozenset[str], tuple[str, ...]] | None = None
    for states in options:
        if any(tests[state].number or tests[state].anything or tests[state].is_gap for state in states):
            continue
        stems = frozenset(stem for state in states for stem in tests[state].stems)
        prefixes = tuple(prefix for state in states for prefix in tests[state].prefixes)
        if best is None or _weight(stems, prefixes) < _weight(*best):
            best = (stems, prefixes)
    return best


_COMMON = frozenset(stem_of(word) for word in ("i", "my", "me", "am", "is", "the", "to", "a", "it", "have", "can", "do"))


def _weight(stems: frozenset[str], prefixes: tuple[str, ...]) -> int:
    return len(stems) + len(prefixes) + 100 * len(stems & _COMMON)
