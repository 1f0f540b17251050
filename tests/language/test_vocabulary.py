"""Misspelt words are led to known ones; known words, numbers and negations stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.bot import Bot
from bot.faq.release import WordLists
from bot.language.domain import Domain
from bot.language.segment import segment
from bot.language.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def few() -> Vocabulary:
    """The vocabulary of a release of a few words."""
    lists = WordLists(
        synonyms={"sun cream": "sunscreen"},
        brands={"roaccutane": "isotretinoin"},
        chat={"u": "you", "idk": "i do not know"},
        protected=frozenset(["ibs"]),
    )
    texts = ["isotretinoin and prednisolone capsules", "lip balm for chapped lips", "nosebleeds and retinoid"]
    return Vocabulary(Domain.of(texts, lists), lists)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("isotretinoim", "isotretinoin"),
        ("my thraot is sweling", "my throat is swelling"),
        ("iwanttodie", "i want to die"),
        ("icantbreathe", "i cannot breathe"),
        ("k1ll mys3lf", "kill myself"),
        ("$u1c1d3", "suicide"),
        ("sui cide", "suicide"),
        ("soooo tireddd", "so tired"),
        ("i have ibs", "i have ibs"),
        ("rash not crash", "rash not crash"),
        ("no not never 20 mg 3 weeks", "no not never 20 mg 3 weeks"),
    ],
)
def test_words_are_read_as_meant(bot: Bot, typed: str, read: str) -> None:
    assert " ".join(word.text for word in bot.vocabulary.read(typed)) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("idk u", "i do not know you"),
        ("idkkk", "i do not know"),
        ("blam chaped lipps", "balm chapped lips"),
        ("my lipp", "my lip"),  # a letter doubled, or not, is the nearest
        ("prednisalome", "prednisolone"),  # two slips, in a long word of the release
        ("caqsulas", "capsules"),
        ("sotretinoin kapsules", "isotretinoin capsules"),  # the first letter missing, or another
        ("zzsunscreen", "zzsunscreen"),
        ("chappedlips idontknow", "chapped lips i do not know"),
        ("no sebleeds", "nosebleeds"),
        ("1 w4nt t0 l1ve 700 l0ng", "i want to live too long"),  # among words in disguise a number is one as well
        ("i t0ok 700 mg", "i took 700 mg"),
        ("t0 700", "to 700"),
        ("ibs xz lpi a1b2c3d4 700", "ibs xz lpi a1b2c3d4 700"),  # nothing known is near
    ],
)
def test_a_slip_is_mended_as_far_as_it_is_plain_what_was_meant(few: Vocabulary, typed: str, read: str) -> None:
    assert " ".join(word.text for word in few.read(typed)) == read


@pytest.mark.parametrize("word", ["ibs", "idk", "lips", "the", "20", "retinoids"])
def test_what_is_known_stays_as_it_is(few: Vocabulary, word: str) -> None:
    assert few.knows(word)


@pytest.mark.parametrize("word", ["blam", "lipz", "retinoidz", "ib", "20mg20"])
def test_what_is_not_known_is_not_taken_for_known(few: Vocabulary, word: str) -> None:
    assert not few.knows(word)


def test_a_message_of_few_words_in_disguise_leaves_its_numbers(few: Vocabulary) -> None:
    assert [word.text for word in few.read("my m0uth and l1ps bleed since 700 days and it is so bad")][6:8] == [
        "700",
        "days",
    ]


def test_terms_fold_synonyms_and_plain_text_only_brands(few: Vocabulary) -> None:
    words = few.read("sun cream. Roaccutane")

    assert few.terms(words) == few.terms(few.read("sunscreen isotretinoin"))
    assert few.plain(words) == "sun cream isotretinoin"
    assert dict(few.folded(words)) == {"sun cream": "sunscreen", "roaccutane": "isotretinoin"}


def test_brand_names_and_synonyms_become_one_term(bot: Bot) -> None:
    vocabulary = bot.vocabulary

    assert vocabulary.terms(vocabulary.read("roacutane")) == vocabulary.terms(vocabulary.read("isotretinoin"))
    assert vocabulary.terms(vocabulary.read("sun cream")) == vocabulary.terms(vocabulary.read("sunscreen"))


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("my lips are cracked and can i drink at a wedding?", ["my lips are cracked", "can i drink at a wedding"]),
        ("before or after food", ["before or after food"]),
        ("how long does it take? what about the sun", ["how long does it take", "what about the sun"]),
        ("salt and pepper", ["salt and pepper"]),
    ],
)
def test_a_message_is_parted_into_its_questions(bot: Bot, typed: str, parts: list[str]) -> None:
    segments = segment(bot.vocabulary.read(typed))

    assert [part.normalised for part in segments] == parts


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=150))
def test_any_text_can_be_read_and_parted(bot: Bot, text: str) -> None:
    for part in segment(bot.vocabulary.read(text)):
        assert 0 <= part.start < part.end <= len(text)
        assert len(part.tokens) >= 2
