"""One message into the questions it asks, and lists of things into one question each."""

from __future__ import annotations

import pytest

from bot.language.domain import Domain
from bot.language.folds import Folds
from bot.language.segment import listed, segment
from bot.language.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(Domain.of(["tattoos waxing alcohol sunscreen isotretinoin"]))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("lips", []),  # one word asks nothing
        ("dry lips", ["dry lips"]),
        ("my lips are dry and can i drink", ["my lips are dry", "can i drink"]),
        ("my lips are dry and can opener", ["my lips are dry and can opener"]),
        ("dry and when does it stop", ["dry and when does it stop"]),  # too little before it
        ("so dry lips. and then what helps?", ["dry lips", "what helps"]),
        ("and then ok", []),
        ("how does it work, when do you open", ["how does it work", "when do you open"]),
        ("my lips are dry, when do you open", ["my lips are dry", "when do you open"]),
        ("how does this work how long does it take", ["how does this work", "how long does it take"]),
        ("how does it how long does", ["how does it how long does"]),  # too short to be done
        ("can you tell me how long does it take", ["can you tell me how long does it take"]),
        ("my dry skin hurts how long does it take", ["my dry skin hurts how long does it take"]),  # nothing asked yet
        ("is it safe to drink do i need blood tests", ["is it safe to drink do i need blood tests"]),
    ],
)
def test_a_new_question_opens_where_one_can_be_heard(vocabulary: Vocabulary, text: str, parts: list[str]) -> None:
    assert [part.normalised for part in segment(vocabulary.read(text), text)] == parts


def test_a_part_is_told_as_it_was_written(vocabulary: Vocabulary) -> None:
    text = "My LIPS are dry and, Can I drink?"

    assert [part.text_of(text) for part in segment(vocabulary.read(text), text)] == ["My LIPS are dry", "Can I drink"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("what about alcohol, tattoos and waxing", ["what about alcohol", "what about tattoos", "what about waxing"]),
        ("can i use sunscreen or alcohol", ["can i use sunscreen", "can i use alcohol"]),
        ("alcohol and tattoos", []),  # no beginning to share
        ("what about alcohol", []),
        ("what about alcohol, and or tattoos", ["what about alcohol", "what about tattoos"]),
        ("what about alcohol, tattoos, waxing and sunscreen", []),  # more than are answered
        ("what about alcohol and can it hurt", []),  # a question of its own
        ("what about alcohol and i was told it hurts", []),
        ("what about alcohol and a very very very very very long red thing", []),
        ("dry red sore lips and can alcohol", []),
    ],
)
def test_a_list_of_things_is_asked_about_one_by_one(vocabulary: Vocabulary, text: str, parts: list[str]) -> None:
    assert [part.normalised for part in listed(vocabulary.read(text), text)] == parts


def test_each_thing_of_a_list_is_told_as_it_was_written(vocabulary: Vocabulary) -> None:
    text = "What about Alcohol, my Tattoos?"

    assert [part.text_of(text) for part in listed(vocabulary.read(text), text)] == ["What about Alcohol", "my Tattoos"]


FOLDS = Folds({"sun cream": "sunscreen", "sun": "light", "accutane": "isotretinoin", "tattoos": "tattoo", "": "x"})


@pytest.mark.parametrize(
    ("text", "terms", "plain"),
    [
        ("sun creams hurt", "sunscreen hurt", "sunscreen hurt"),  # the longest phrase, in any inflection
        ("the sun", "the light", "the light"),
        ("sun zone", "light zone", "light zone"),  # as long as a phrase, and none
        ("accutane. sun", "isotretinoin light", "isotretinoin light"),
        ("tattoos", "tattoo", "tattoos"),  # the same stem: nothing to fold
        ("cream", "cream", "cream"),
        ("", "", ""),
    ],
)
def test_phrases_are_led_to_one_term(vocabulary: Vocabulary, text: str, terms: str, plain: str) -> None:
    words = vocabulary.read(text)

    assert FOLDS.apply(words) == tuple(word.stem for word in vocabulary.read(terms))
    assert FOLDS.reword(words) == plain


def test_what_was_folded_is_told(vocabulary: Vocabulary) -> None:
    assert dict(FOLDS.found(vocabulary.read("sun cream and accutane"))) == {
        "sun cream": "sunscreen",
        "accutane": "isotretinoin",
    }
