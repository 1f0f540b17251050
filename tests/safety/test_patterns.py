"""The pattern language: what it matches, what it refuses, and that it cannot blow up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import PatternError
from bot.language.domain import Domain
from bot.language.vocabulary import Vocabulary
from bot.safety.pattern_parser import PatternLanguage
from bot.safety.patterns import Hit

GROUPS = {"throat": "throat|tongue|back of mouth", "swell": "swell*|swollen|closing", "loop": "a|@loop"}
VOCABULARY = Vocabulary(Domain.of(["throat tongue swelling swollen breathe"]))


def places(pattern: str, text: str, groups: dict[str, str] = GROUPS) -> list[Hit]:
    language = PatternLanguage(groups)
    compiled = language.compile(pattern)
    return compiled.find(language.read(VOCABULARY.read(text)))


def hits(pattern: str, text: str) -> bool:
    return bool(places(pattern, text))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("@throat ... @swell", "my throat is really swelling up", True),
        ("@throat ... @swell", "the back of mouth has swollen", True),
        ("@throat ... @swell", "thraot sweling", True),
        ("@throat ... @swell", "throat is not swollen", False),
        ("@throat ... @swell", "throat one two three four five swollen", False),
        ("@throat ...9 @swell", "throat one two three four five swollen", True),
        ("cannot [really] breathe", "i cant really breathe", True),
        ("cannot [really] breathe", "cannot breathe", True),
        ("(a|b c) & not d", "b c", True),
        ("(a|b c) & not d", "b c d", False),
        ("# tablets", "20 tablets", True),
        ("# tablets", "some tablets", False),
        ("kill _ now", "kill it now", True),
    ],
)
def test_patterns_match_what_they_say(pattern: str, text: str, found: bool) -> None:
    assert hits(pattern, text) is found


@pytest.mark.parametrize(
    ("pattern", "column"),
    [
        ("(a", 2),
        ("a |", 3),
        ("@nobody", 1),
        ("a )", 3),
        ("a ...", 3),
        ("[a]", 3),
        ("a ...99 b", 3),
        ("a $ b", 3),
        ("@loop", 3),
    ],
)
def test_a_broken_pattern_names_the_column(pattern: str, column: int) -> None:
    with pytest.raises(PatternError) as caught:
        PatternLanguage(GROUPS).compile(pattern)

    assert caught.value.column == column


def test_a_pattern_made_to_explode_takes_few_steps() -> None:
    again = " ...15 ".join(["(a|a b|a b a|a a a)"] * 60)

    assert places(f"{again} never", "a " * 240) == []


def test_a_match_is_the_tightest_place_for_each_last_word() -> None:
    assert places("pear ... plum", "pear pear and plum plum") == [Hit(1, 3), Hit(1, 4)]
    assert places("pear & plum", "plum and pear") == [Hit(2, 2)]


@pytest.mark.parametrize("pattern", ["(" * 500 + "a" + ")" * 500, "@g9 @g9"])
def test_a_pattern_too_deep_or_too_large_is_refused(pattern: str) -> None:
    doubling = {f"g{place}": f"@g{place - 1} @g{place - 1}" for place in range(1, 20)} | {"g0": "a|b c"}
    with pytest.raises(PatternError, match=r"allowed: at most|more than 30 brackets"):
        PatternLanguage(doubling).compile(pattern.replace("g9", "g19"))


class Tried:
    """The pattern language told again in the plainest way: every way through a pattern is tried in turn.

    Slow, and easily seen to be right; the tests hold the quick one against it.
    """

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def ends(self, node: object, start: int) -> set[int]:
        kind, *rest = node  # type: ignore[misc]
        if kind == "word":
            return {start + 1} if self.words[start : start + 1] == rest else set()
        if kind == "gap":
            reached = {start}
            for length in range(1, rest[0] + 1):
                skipped = self.words[start : start + length]
                if len(skipped) == length and "not" not in skipped:
                    reached.add(start + length)
            return reached
        if kind == "maybe":
            return {start} | self.ends(rest[0], start)
        if kind == "either":
            return {end for branch in rest for end in self.ends(branch, start)}
        found = {start}
        for part in rest:
            found = {end for place in found for end in self.ends(part, place)}
        return found

    def spans(self, node: object) -> set[tuple[int, int]]:
        starts = range(len(self.words))
        return {(start, end - 1) for start in starts for end in self.ends(node, start) if end > start}


WORD = st.sampled_from(["pear", "plum", "fig"]).map(lambda word: ("word", word))


def written(node: object) -> str:
    kind, *rest = node  # type: ignore[misc]
    if kind == "word":
        return str(rest[0])
    if kind == "gap":
        return f"...{rest[0]}"
    if kind == "maybe":
        return f"[{written(rest[0])}]"
    if kind == "either":
        return "(" + "|".join(written(branch) for branch in rest) + ")"
    return " ".join(written(part) for part in rest)


def in_order(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    gap = st.integers(0, 3).map(lambda most: ("gap", most))
    maybe = inner.map(lambda node: ("maybe", node))
    middle = st.lists(st.one_of(inner, maybe, gap), max_size=3)
    return st.tuples(inner, middle, inner).map(lambda parts: ("in order", parts[0], *tidy(parts[1]), parts[2]))


def tidy(parts: list[object]) -> list[object]:
    """Of gaps beside each other the language keeps the widest; so does the plain telling."""
    kept: list[object] = []
    for part in parts:
        if part[0] == "gap" and kept and kept[-1][0] == "gap":  # type: ignore[index]
            kept[-1] = max(kept[-1], part)  # type: ignore[type-var]
        else:
            kept.append(part)
    return kept


TREES = st.recursive(
    WORD,
    lambda inner: st.one_of(
        in_order(inner), st.lists(inner, min_size=2, max_size=3).map(lambda branches: ("either", *branches))
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(TREES, st.lists(st.sampled_from(["pear", "plum", "fig", "not"]), max_size=9))
def test_the_quick_matching_finds_what_trying_everything_finds(tree: object, words: list[str]) -> None:
    tightest: dict[int, int] = {}
    for first, last in Tried(words).spans(tree):
        tightest[last] = max(first, tightest.get(last, -1))

    assert places(written(tree), " ".join(words)) == [Hit(tightest[last], last) for last in sorted(tightest)]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab()[]|&@#_.*0123456789 ", max_size=40))
def test_any_pattern_is_compiled_or_refused(source: str) -> None:
    try:
        places(source, "a b a b")
    except PatternError as error:
        assert 1 <= error.column <= max(1, len(source) + 1)
