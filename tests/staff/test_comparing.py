"""What changed in an entry, as a reviewer reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from curating import worded

from bot.faq.entry import Entry, Phrasing
from bot.faq.files import Loaded
from bot.staff.comparing import FieldChange, compare


@pytest.fixture(scope="module")
def entry(small: Loaded) -> Entry:
    return replace(small.release.entries[0], phrasings=tuple(map(Phrasing, ("one way", "another way", "a third way"))))


def shown(change: FieldChange) -> list[list[tuple[str, str]]]:
    return [[(each.kind, each.text) for each in line] for line in change.lines]


def phrased(entry: Entry, *texts: str) -> Entry:
    return replace(entry, phrasings=tuple(map(Phrasing, texts)))


def test_a_text_is_compared_word_by_word(entry: Entry) -> None:
    old, new = worded("Use a balm.")(entry), worded("Use a plain balm.")(entry)

    (change,) = compare(old, new)

    assert change.label == "Short answer"
    assert shown(change) == [[("same", "Use a "), ("added", "plain "), ("same", "balm.")]]


def test_a_list_shows_only_the_items_that_came_and_went(entry: Entry) -> None:
    (change,) = compare(entry, phrased(entry, "another way", "a third way", "quite something else"))

    assert shown(change) == [[("added", "quite something else")], [("removed", "one way")]]
    assert change.kept == 2


def test_a_reworded_item_is_compared_with_what_it_was(entry: Entry) -> None:
    (change,) = compare(entry, phrased(entry, "one way", "another way", "a fourth way"))

    assert shown(change) == [[("same", "a "), ("removed", "third"), ("added", "fourth"), ("same", " way")]]


def test_another_order_has_no_items(entry: Entry) -> None:
    (change,) = compare(entry, phrased(entry, "another way", "one way", "a third way"))

    assert (change.lines, change.kept) == ((), 3)


def test_a_new_entry_shows_all_that_is_filled_in(entry: Entry) -> None:
    labels = [change.label for change in compare(None, entry)]

    assert labels[:4] == ["Question", "Topic", "Other ways to ask it", "Golden questions"]
    assert "Answer for US patients" not in labels


def test_nothing_differs_from_itself(entry: Entry) -> None:
    assert compare(entry, entry) == ()
