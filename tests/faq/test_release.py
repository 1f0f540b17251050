"""What a release's hash rests on, and in which order its entries are shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum

import pytest

from bot.errors import InputError
from bot.faq.entry import Topic, Translation
from bot.faq.plain import release_of_plain
from bot.faq.release import Level, Release, content_hash_of, plain

FAQ = [{"id": name, "question": f"What of {name}?", "answer": "So."} for name in ("lips", "sun", "wine", "car")]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def release() -> Release:
    return release_of_plain(FAQ, published_at=NOON)


def test_featured_entries_come_first_and_the_rest_as_they_stand(release: Release) -> None:
    shown = replace(
        release, topics=(Topic("faq", "Questions", featured=("wine", "gone", "sun")), Topic("more", "More"))
    )

    assert [entry.id for entry in shown.entries_of("faq")] == ["wine", "sun", "lips", "car"]
    assert shown.entries_of("more") == shown.entries_of("gone") == ()
    assert [shown.topic(name) is not None for name in ("faq", "more", "gone")] == [True, True, False]
    assert shown.entry("sun") == shown.entries[1]
    assert shown.entry("gone") is None


def test_a_release_is_approved_once_somebody_has_put_their_name_to_it(release: Release) -> None:
    assert not release.approved
    assert replace(release, clinic=replace(release.clinic, approved_by="Dr Elm")).approved


def test_the_hash_follows_the_content_and_nothing_else(release: Release) -> None:
    first = release.entries[0]
    changed = replace(release, entries=(replace(first, question="Why?"), *release.entries[1:]))

    assert release.content_hash == content_hash_of(release)
    assert (
        content_hash_of(replace(release, number=2, published_at=datetime(2027, 1, 1, tzinfo=UTC)))
        == release.content_hash
    )
    assert content_hash_of(changed) != release.content_hash
    assert content_hash_of(replace(release, harmless=("fine",))) != release.content_hash


def test_what_came_later_is_no_content_while_it_is_empty(release: Release) -> None:
    first = release.entries[0]
    spanish = Translation(question="¿?", short="", detail="", next_step="", made_of=first.mark)
    shown = plain(replace(first, translations={"es": spanish}))

    assert isinstance(shown, dict)
    assert "translations" not in plain(first)  # type: ignore[operator]
    assert sorted(shown["translations"]["es"]) == ["detail", "made_of", "next_step", "question", "short"]


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Thing:
    names: tuple[str, ...] = ("a",)
    kinds: frozenset[str] = frozenset({"y", "x"})
    by_day: dict[date, int] = field(default_factory=lambda: {date(2026, 1, 2): 1})
    by_colour: dict[Colour, Level] = field(default_factory=lambda: {Colour.RED: Level.CRISIS})
    opens: time = time(9, 30)
    nothing: None = None


def test_values_become_what_json_holds() -> None:
    assert plain(Thing()) == {
        "names": ["a"],
        "kinds": ["x", "y"],
        "by_day": {"2026-01-02": 1},
        "by_colour": {"red": 4},
        "opens": "09:30:00",
        "nothing": None,
    }


@pytest.mark.parametrize(
    ("faq", "field"),
    [
        ([], "faq"),
        ("text", "faq"),
        (["text"], "faq[0]"),
        ([FAQ[0], {**FAQ[1], "question": "  "}], "faq[1].question"),
        ([{**FAQ[0], "id": 7}], "faq[0].id"),
        ([{**FAQ[0], "answer": None}], "faq[0].answer"),
        ([{**FAQ[0], "phrasings": "one"}], "faq[0].phrasings"),
        ([{**FAQ[0], "phrasings": ["one", 2]}], "faq[0].phrasings"),
        ([FAQ[0], FAQ[1], FAQ[0]], "faq[2].id"),
    ],
)
def test_a_plain_faq_with_a_fault_is_refused_by_item_and_field(faq: list[dict[str, object]], field: str) -> None:
    with pytest.raises(InputError) as caught:
        release_of_plain(faq, published_at=NOON)

    assert caught.value.field == field


def test_a_plain_faq_needs_no_more_than_ids_and_questions(release: Release) -> None:
    made = release_of_plain([{"id": "a", "question": "A?", "phrasings": ["b", " "]}], published_at=NOON)

    assert made.entries[0].wordings == ("A?", "b")
    assert made.entries[0].answer.short == ""
    assert made.content_hash not in ("", release.content_hash)
