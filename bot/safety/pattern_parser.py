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
from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import PatternError
from bot.language.normalise import CONTRACTIONS
from bot.language.words import stem_of
from bot.safety.patterns import Automaton, Pattern, Test

MOST_STATES = 4_000
DEFAULT_GAP = 4
LONGEST_GAP = 15
_TOKEN = re.compile(r"\s*(\.\.\.\d*|@[a-z0-9_-]+|[a-z0-9']+\*?|[()\[\]|#_&])")


def compile_pattern(source: str, groups: Mapping[str, str]) -> Pattern:
    """The pattern of `source`; raises PatternError with the column of what cannot be read."""
    wanted: list[Automaton] = []
    unwanted: list[Automaton] = []
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

    def compile(self) -> Automaton:
        first, last, empty = self._alternatives()
        if self._place < len(self._tokens):
            self._refuse(f"{self._tokens[self._place][0]!r} closes nothing")
        if empty:
            self._refuse("matches even without a word")
        for state in last:
            self._after[state].add(0)
        return Automaton(self._tests, [tuple(sorted(states)) for states in self._after], first)

    def _alternatives(self) -> _Fragment:
        """Branches parted by `|`; those of a single word share one state, which is what makes matching quick."""
        lone: list[Test] = []
        branches: list[_Fragment] = []
        while True:
            word = self._lone_word()
            if word is not None:
                lone.append(word)
            else:
                branches.append(self._sequence())
            if self._next() != "|":
                break
            self._place += 1
        if lone:
            stems = frozenset(stem for test in lone for stem in test.stems)
            branches.append(self._state(Test(stems, tuple(prefix for test in lone for prefix in test.prefixes))))
        first = tuple(state for branch in branches for state in branch[0])
        last = tuple(state for branch in branches for state in branch[1])
        return first, last, any(branch[2] for branch in branches)

    def _lone_word(self) -> Test | None:
        """The test of a branch that is one word or one group of single words; None leaves it to `_sequence`."""
        token = self._next()
        following = self._tokens[self._place + 1][0] if self._place + 1 < len(self._tokens) else ""
        if following not in ("", "|", ")", "]"):
            return None
        test = _single_words(self._groups.get(token[1:], "(")) if token.startswith("@") else _single_words(token)
        if test is not None:
            self._place += 1
        return test

    def _sequence(self) -> _Fragment:
        whole: _Fragment = ((), (), True)
        gap = 0
        while (token := self._next()) not in ("", "|", ")", "]"):
            if token.startswith("..."):
                gap = max(gap, int(token[3:] or DEFAULT_GAP))
                if gap > LONGEST_GAP:
                    self._refuse(f"a gap of {gap} words; allowed: at most {LONGEST_GAP}")
                self._place += 1
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
