"""What a folder of files holds, and the first field that would not come back from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.errors import InputError
from bot.faq.entry import Answer, Entry, Phrasing, Region
from bot.faq.files import Loaded
from bot.faq.holding import as_filed, check_letters, compare, entry_as_filed


@pytest.fixture
def entry(loaded: Loaded) -> Entry:
    return replace(loaded.release.entries[0], id="lips", golden=("one", "two"))


def test_white_space_around_texts_is_left_out_and_short_answers_are_one_line(entry: Entry) -> None:
    answer = Answer(" First.\r\n  Second. ", "\nKept:\r\n\r\n- as it is  \n", {Region.US: Answer("a\n b", " c ")})

    filed = entry_as_filed(replace(entry, question=" Why? ", answer=answer))

    assert filed.question == "Why?"
    assert filed.answer == Answer("First. Second.", "Kept:\n\n- as it is", {Region.US: Answer("a b", "c")})
    assert entry_as_filed(filed) == filed


def test_what_patients_wrote_follows_what_was_written(entry: Entry) -> None:
    mixed = (Phrasing("a", "patient"), Phrasing("b"), Phrasing("c", "patient"), Phrasing("d"))

    assert [each.text for each in entry_as_filed(replace(entry, phrasings=mixed)).phrasings] == ["b", "d", "a", "c"]


def test_a_release_stands_in_the_order_of_its_files(loaded: Loaded) -> None:
    release = loaded.release
    turned = replace(release, entries=release.entries[::-1], rules=release.rules[::-1])

    filed = as_filed(turned)

    assert [(each.topic, each.id) for each in filed.entries] == sorted(
        (each.topic, each.id) for each in release.entries
    )
    assert [rule.level for rule in filed.rules] == sorted((rule.level for rule in release.rules), reverse=True)
    assert filed.content_hash == as_filed(filed).content_hash


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"question": "Other?"}, "question"),
        ({"golden": ("one", "three")}, "golden[2]"),
        ({"golden": ("one",)}, "golden"),
        ({"answer": Answer("short", "other")}, "answer.detail"),
        ({"answer": Answer("short", "detail", {Region.US: Answer("x", "y")})}, "answer.variants"),
    ],
)
def test_the_first_field_that_differs_is_named(entry: Entry, changed: dict[str, Any], field: str) -> None:
    given = replace(entry, answer=Answer("short", "detail"))
    compare(given, given, "")

    with pytest.raises(InputError) as caught:
        compare(given, replace(given, **changed), "")

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"question": "a\ud800b"}, "question"),
        ({"golden": ("fine", "\udfff")}, "golden[2]"),
        ({"answer": Answer("fine", "fine", {Region.UK: Answer("\ud800", "")})}, "answer.variants.uk.short"),
    ],
)
def test_half_a_character_is_named_by_its_field(entry: Entry, changed: dict[str, Any], field: str) -> None:
    check_letters(entry, "")

    with pytest.raises(InputError) as caught:
        check_letters(replace(entry, **changed), "")

    assert caught.value.field == field
