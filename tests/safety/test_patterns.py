"""The pattern language: what it matches, what it refuses, and that it cannot blow up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import PatternError
from bot.language.vocabulary import Vocabulary
from bot.safety.pattern_parser import compile_pattern

GROUPS = {"throat": "throat|tongue|back of mouth", "swell": "swell*|swollen|closing", "loop": "a|@loop"}
VOCABULARY = Vocabulary(["throat tongue swelling swollen breathe"])


def hits(pattern: str, text: str) -> bool:
    return bool(compile_pattern(pattern, GROUPS).find(VOCABULARY.read(text)))


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
        compile_pattern(pattern, GROUPS)

    assert caught.value.column == column


def test_a_pattern_made_to_explode_takes_few_steps() -> None:
    pattern = compile_pattern("(a|a) ...15 (a|a) ...15 (a|a) ...15 (a|a) ...15 never", GROUPS)
    words = VOCABULARY.read("a " * 240)

    assert pattern.find(words) == []


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab()[]|&@#_.*0123456789 ", max_size=40))
def test_any_pattern_is_compiled_or_refused(source: str) -> None:
    try:
        compile_pattern(source, GROUPS).find(VOCABULARY.read("a b a b"))
    except PatternError as error:
        assert 1 <= error.column <= max(1, len(source) + 1)
