"""Which words a release knows, and where what is made of it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue.opening import open_vocabulary
from bot.dialogue.shelf import Keys, Shelf
from bot.faq.entry import Region
from bot.faq.plain import release_of_plain
from bot.faq.release import Level, Release, SafetyRule
from bot.language.encoder import load_encoder


@pytest.fixture
def release() -> Release:
    rule = SafetyRule(
        id="urgent.one",
        level=Level.URGENT,
        name="One",
        patterns=("plorbly @pain swonk*",),
        exceptions=(),
        examples=("zibbled", "zibbled", "zibbled again", "glommed", "glommed", "frunked", "frunked", "vexing pain"),
        hard_negatives=("frunked", "frunked", "frunked"),
        replies=dict.fromkeys(Region, "Stop."),
        contacts=(),
        groups={"pain": "thrumble | ache"},
    )
    plain = [{"id": "a", "question": "is a wuggle normal", "answer": "Not a snarfle."}]
    return replace(release_of_plain(plain, published_at=datetime(2026, 11, 24, tzinfo=UTC)), rules=(rule,))


@pytest.mark.parametrize(
    ("word", "is_known"),
    [
        ("wuggle", True),  # asked
        ("snarfle", False),  # only answered
        ("plorbly", True),  # in a pattern
        ("swonk", False),  # a beginning is no word
        ("thrumble", True),  # in a group
        ("zibbled", True),  # in three examples
        ("frunked", True),  # in five
        ("glommed", False),  # in two: it may be a slip
        ("vexing", True),  # English
    ],
)
def test_a_word_is_known_by_where_and_how_often_it_stands(release: Release, word: str, is_known: bool) -> None:
    assert open_vocabulary(release, Keys.of(release, None), Shelf()).knows(word) is is_known


def test_words_are_kept_and_found_again(release: Release, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    first = open_vocabulary(release, Keys.of(release, None), shelf)
    assert shelf.words_place(Keys.of(release, None)) in set(tmp_path.iterdir())

    again, anew = (open_vocabulary(release, Keys.of(release, None), each) for each in (shelf, Shelf()))
    assert again.key() == first.key() == anew.key()


def test_without_a_folder_nothing_has_a_place(release: Release, tmp_path: Path) -> None:
    encoder = load_encoder()
    kept, nowhere = Shelf(tmp_path), Shelf()

    def places(shelf: Shelf) -> list[Path | None]:
        return [
            shelf.index_place(Keys.of(release, encoder)),
            shelf.index_place(Keys.of(release, None)),
            shelf.words_place(Keys.of(release, None)),
            shelf.asked_words_place(Keys.of(release, None)),
            shelf.safety_place("key"),
            shelf.asked_place(encoder),
            shelf.findings_place("key", "program"),
        ]

    assert places(nowhere) == [None] * 7
    assert len(set(places(kept))) == 7
    assert all(place is not None and place.parent == tmp_path for place in places(kept))
