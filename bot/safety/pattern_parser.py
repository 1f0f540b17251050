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

Every word is compared by stem, and a misspelt word with all the words it may stand for. Matching cannot
backtrack: the time is bounded by message length times pattern size, and the size is limited.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from bot.errors import PatternError
from bot.language.normalise import CONTRACTIONS
from bot.language.words import Word, stem_of
from bot.safety.pattern_tree import NUMBER, AnyWord, EitherOf, Gap, InOrder, Lexicon, Maybe, Message, Node
from bot.safety.patterns import Pattern

MOST_WORDS = 4_000
DEFAULT_GAP = 4
LONGEST_GAP = 15
DEEPEST = 30
_TOKEN = re.compile(r"\s*(\.\.\.\d*|@[a-z0-9_-]+|[a-z0-9']+\*?|[()\[\]|#_&])")


class PatternLanguage:
    """Compiles patterns that share named `groups` of words, and reads messages for them."""

    def __init__(self, groups: Mapping[str, str]) -> None:
        self._groups = groups
        self._lexicon = Lexicon()
        self._compiled: dict[str, Node] = {}
        self._open: list[str] = []

    def compile(self, source: str) -> Pattern:
        """The pattern of `source`; raises PatternError with the column of what cannot be read."""
        wanted: list[Node] = []
        unwanted: list[Node] = []
        for place, side in enumerate(_sides(source)):
            refused = bool(side.tokens) and side.tokens[0][0] == "not" and place > 0
            if refused:
                side.tokens.pop(0)
            (unwanted if refused else wanted).append(self._side(source, side))
        return Pattern.of(source, wanted, unwanted, self._lexicon)

    def read(self, words: Sequence[Word]) -> Message:
        """The words ready for the patterns compiled so far."""
        return Message(words, self._lexicon)

    def group(self, name: str) -> Node | None:
        """The compiled group of that name; None where there is none. Raises PatternError as `compile` does."""
        if name not in self._groups:
            return None
        if name not in self._compiled:
            self._open.append(name)
            try:
                sides = _sides(self._groups[name])
                if len(sides) != 1:
                    raise PatternError(
                        pattern=self._groups[name], column=sides[1].column, problem=f"the group @{name} must not hold &"
                    )
                self._compiled[name] = self._side(self._groups[name], sides[0])
            finally:
                self._open.pop()
        return self._compiled[name]

    def is_open(self, name: str) -> bool:
        """Whether the group is being compiled right now, so that naming it would never end."""
        return name in self._open

    @property
    def names(self) -> list[str]:
        """The names of all groups."""
        return sorted(self._groups)

    def _side(self, source: str, side: _Side) -> Node:
        return _Parser(source, side, self, self._lexicon).parse()


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


class _Parser:
    """One side of a pattern, read by recursive descent into a tree."""

    def __init__(self, source: str, side: _Side, language: PatternLanguage, lexicon: Lexicon) -> None:
        self._source = source
        self._tokens = side.tokens
        self._column = side.column
        self._language = language
        self._lexicon = lexicon
        self._place = 0
        self._depth = 0

    def parse(self) -> Node:
        whole = self._alternatives()
        if self._place < len(self._tokens):
            self._refuse(f"{self._tokens[self._place][0]!r} closes nothing")
        if _may_be_empty(whole):
            self._refuse("matches even without a word")
        if whole.size > MOST_WORDS:
            self._refuse(f"is too large with {whole.size} words; allowed: at most {MOST_WORDS}")
        return whole

    def _alternatives(self) -> Node:
        """Branches parted by `|`; those of a single word become one test."""
        single: set[str] = set()
        branches: list[Node] = []
        while True:
            branch = self._sequence()
            keys = getattr(branch, "keys", None)
            if keys is None:
                branches.append(branch)
            else:
                single |= keys
            if self._next() != "|":
                break
            self._place += 1
        if single:
            branches.append(self._lexicon.one_of(single))
        return branches[0] if len(branches) == 1 else EitherOf(branches)

    def _sequence(self) -> Node:
        parts: list[Node] = []
        gap = 0
        while (token := self._next()) not in ("", "|", ")", "]"):
            if token.startswith("..."):
                gap = max(gap, int(token[3:] or DEFAULT_GAP))
                if gap > LONGEST_GAP:
                    self._refuse(f"a gap of {gap} words; allowed: at most {LONGEST_GAP}")
                self._place += 1
                continue
            piece = self._piece()
            if gap and parts:
                parts.append(Gap(gap))
            parts.append(piece)
            gap = 0
        if gap or not parts:
            self._refuse("a word is missing here")
        return parts[0] if len(parts) == 1 else InOrder(parts)

    def _piece(self) -> Node:
        token = self._tokens[self._place][0]
        self._place += 1
        if token in ("(", "["):
            self._depth += 1
            if self._depth > DEEPEST:
                self._refuse(f"more than {DEEPEST} brackets inside each other")
            inner = self._alternatives()
            self._depth -= 1
            closing = ")" if token == "(" else "]"
            if self._next() != closing:
                self._refuse(f"{closing!r} is missing")
            self._place += 1
            return Maybe(inner) if token == "[" else inner
        if token.startswith("@"):
            return self._group(token[1:])
        if token == NUMBER:
            return self._lexicon.one_of([NUMBER])
        if token == "_":
            return AnyWord()
        if token.endswith("*"):
            return self._lexicon.one_of([token])
        if token in (")", "]", "|"):
            self._refuse(f"{token!r} stands where a word is expected")
        words = CONTRACTIONS.get(token, token.replace("'", "")).split()
        if not words:
            self._refuse("a word is missing here")
        tests: list[Node] = [self._lexicon.one_of([stem_of(word)]) for word in words]
        return tests[0] if len(tests) == 1 else InOrder(tests)

    def _group(self, name: str) -> Node:
        if self._language.is_open(name):
            self._refuse(f"the group @{name} contains itself")
        group = self._language.group(name)
        if group is None:
            known = ", ".join(f"@{known}" for known in self._language.names) or "none"
            self._refuse(f"there is no group @{name}; known: {known}")
        return group

    def _next(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _refuse(self, problem: str) -> NoReturn:
        place = min(self._place, len(self._tokens) - 1)
        column = self._tokens[place][1] if self._tokens else self._column
        raise PatternError(pattern=self._source, column=column, problem=problem)


def _may_be_empty(node: Node) -> bool:
    if isinstance(node, InOrder):
        return all(_may_be_empty(part) for part in node.parts)
    if isinstance(node, EitherOf):
        return any(_may_be_empty(branch) for branch in node.branches)
    return isinstance(node, Maybe | Gap)
