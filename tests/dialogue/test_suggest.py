"""Which questions are offered while somebody types."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.asked import all_words_in, words_in
from bot.dialogue.suggest import Suggester
from bot.faq.entry import Translation
from bot.faq.files import Loaded

ASKED = [
    ("dry-lips", "My lips are dry. What helps?", ["My lips are dry. What helps?", "chapped mouth"]),
    ("dry-skin", "My skin is dry", ["My skin is dry", "flaky cheeks and lips"]),
    ("alcohol", "Can I drink alcohol?", ["Can I drink alcohol?", "is wine allowed"]),
]


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    asked = [(name, question, words_in(question), all_words_in(wordings)) for name, question, wordings in ASKED]
    return Suggester(asked, str.split, lambda word: word.rstrip("s"))


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("", ()),
        ("?!", ()),
        ("alco", ("alcohol",)),
        ("win", ("alcohol",)),
        ("lips", ("dry-lips", "dry-skin")),  # in the question itself counts for more than in another wording
        ("lip", ("dry-lips", "dry-skin")),
        ("skin dr", ("dry-skin",)),
        ("my dry", ("dry-skin", "dry-lips")),  # nearer to the whole of what is asked
        ("dri alcohol", ()),  # only the last word may be unfinished
        ("drink alcohol", ("alcohol",)),
        ("zebra lips", ()),
        ("my skin is very dry", ("dry-skin",)),  # one word in four may be new
    ],
)
def test_every_word_but_the_odd_one_must_fit(suggester: Suggester, typed: str, ids: tuple[str, ...]) -> None:
    assert suggester.suggest(typed, limit=5) == ids


def test_no_more_are_offered_than_there_is_room_for(suggester: Suggester) -> None:
    assert suggester.suggest("lips", limit=1) == ("dry-lips",)


def test_in_spanish_what_is_approved_is_offered_with_or_without_accents(loaded: Loaded) -> None:
    first, second, third = loaded.release.entries[:3]
    spanish = Translation(question="¿Me ayuda algún bálsamo?", short="", detail="", next_step="", made_of=first.mark)
    entries = [
        replace(first, translations={"es": spanish}),
        replace(second, translations={"es": replace(spanish, made_of="another wording")}),
        third,
    ]

    suggester = Suggester.translated(entries, "es")

    assert suggester.suggest("balsam", limit=5) == suggester.suggest("algun bálsa", limit=5) == (first.id,)
    assert suggester.suggest("balm", limit=5) == ()
