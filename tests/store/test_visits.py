"""Turns as staff list them: found by their words in whatever capitals, and none left out between two pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.store.database import Database
from bot.store.visits import Shown, Turn, add_turns, list_turns

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def turn(number: int, redacted: str = "where do i park", at: datetime = NOON) -> Turn:
    return Turn(
        turn_id=f"turn-{number}", conversation="c" * 20, asked_at=at, redacted=redacted, outcome="answer", release=1,
        region="uk", channel="web", context={}, said=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "found"),
    [("ácido", True), ("ÁCIDO", True), ("Ácido Fólico", True), ("acido", False), ("%", False), ("_", False)],
)
@pytest.mark.parametrize("asked", ["¿Puedo tomar ÁCIDO FÓLICO?", "¿puedo tomar ácido fólico?"])
def test_words_are_found_in_capitals_or_not(any_database: Database, asked: str, words: str, found: bool) -> None:
    with any_database.change() as db:
        add_turns(db, [turn(1, asked)])

    with any_database.read() as db:
        assert bool(list_turns(db, words=words)) is found


def test_pages_leave_nothing_out_where_several_were_asked_at_the_same_time(any_database: Database) -> None:
    with any_database.change() as db:
        add_turns(db, [turn(number, at=NOON - timedelta(seconds=number // 4)) for number in range(10)])

    pages, before = [], None
    with any_database.read() as db:
        while found := list_turns(db, before=before, limit=3):
            pages += [each.turn_id for each in found]
            before = Shown(found[-1].asked_at, found[-1].turn_id)

    assert pages == [f"turn-{number}" for number in range(10)]
