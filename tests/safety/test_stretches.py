"""Which stretches of a message are looked at: none of it is passed over, and none is too long to mean one thing."""

from __future__ import annotations

import pytest

from bot.language.domain import Domain
from bot.language.vocabulary import Vocabulary
from bot.language.words import Word
from bot.safety.stretches import LONGEST_WHOLE, MOST_MEANT, Span, statements, windows


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(Domain.of(["one two three four five six seven"]))


def words_of(count: int) -> str:
    return " ".join(["seven"] * count)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("one two", [(0, 1)]),
        ("one two. three four five", [(0, 5), (0, 2), (3, 5)]),
        (words_of(21), [(0, 20)]),
        (words_of(22), [(0, 21), (0, 13), (7, 20), (14, 21)]),
    ],
)
def test_by_words_the_whole_each_sentence_and_windows_of_a_long_one(
    vocabulary: Vocabulary, text: str, spans: list[Span]
) -> None:
    assert windows(vocabulary.read(text)) == spans


@pytest.mark.parametrize(
    ("text", "spans", "has_whole"),
    [
        ("", (), False),
        ("one two three four", ((0, 3),), True),
        ("one two three", ((0, 2),), True),
        ("one two. three four five six", ((3, 6), (0, 6)), True),
        ("three four five six. one two", ((0, 3), (0, 6)), True),
        ("one two three four. five six seven one", ((0, 3), (5, 8), (0, 8)), True),
    ],
)
def test_by_meaning_each_sentence_of_some_words_and_the_whole_at_last(
    vocabulary: Vocabulary, text: str, spans: tuple[Span, ...], has_whole: bool
) -> None:
    found = statements(vocabulary.read(text), text)

    assert (found.spans, found.has_whole) == (spans, has_whole)


@pytest.mark.parametrize("count", [1, MOST_MEANT, MOST_MEANT + 1, LONGEST_WHOLE, LONGEST_WHOLE + 1, 90])
def test_no_word_is_passed_over_however_long_a_message_is(vocabulary: Vocabulary, count: int) -> None:
    text = words_of(count)
    words: tuple[Word, ...] = vocabulary.read(text)
    found = statements(words, text)

    for spans in (windows(words), found.spans):
        assert {place for first, last in spans for place in range(first, last + 1)} == set(range(count))
    assert found.has_whole == (count <= LONGEST_WHOLE)
    parts = found.spans[:-1] if found.has_whole else found.spans
    assert all(last - first + 1 <= MOST_MEANT for first, last in parts)


def test_stretches_are_told_by_the_words_they_share(vocabulary: Vocabulary) -> None:
    text = "one two three four. five six seven one two. three four"
    found = statements(vocabulary.read(text), text)

    assert found.spans == ((0, 3), (5, 9), (0, 12))
    assert found.touched([(2, 3)]) == [0, 2]
    assert found.touched([(3, 5)]) == [0, 1, 2]
    assert found.touched([(12, 12), (0, 0)]) == [0, 2]
    assert found.touched([]) == []
