"""A conversation that was cleared stays cleared, whichever process still has turns of it to store, and when."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.forgotten import KEPT, ON_ITS_WAY, keep_forgotten, purge_forgotten
from bot.store.tables_visits import forgotten
from bot.store.tallies import Count, load_values
from bot.store.visits import Turn, add_turns, forget_conversation, list_turns

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TURN = Turn(
    turn_id="t" * 12, conversation="c" * 20, asked_at=NOON, redacted="where do i park", outcome="answer", release=1,
    region="uk", channel="web", context={}, said=(), entry_id="parking",
)  # fmt: skip
OTHER = replace(TURN, turn_id="o" * 12, conversation="d" * 20)


def clear(database: Database, at: datetime = NOON) -> int:
    with database.change() as db:
        keep_forgotten(db, TURN.conversation, at)
        return forget_conversation(db, TURN.conversation)


def stored(database: Database) -> set[str]:
    with database.read() as db:
        return {turn.turn_id for turn in list_turns(db)}


def test_what_is_stored_after_the_clearing_is_counted_and_not_kept(any_database: Database) -> None:
    clear(any_database)
    with any_database.change() as db:
        add_turns(db, [TURN, OTHER])

    assert stored(any_database) == {OTHER.turn_id}
    with any_database.read() as db:
        assert load_values(db, "entry", NOON.date(), NOON.date()) == {"parking": Count(asked=2)}


def test_what_was_on_its_way_is_not_kept_and_a_conversation_begun_anew_is(any_database: Database) -> None:
    clear(any_database)
    on_its_way = replace(TURN, turn_id="w" * 12, asked_at=NOON + ON_ITS_WAY)
    anew = replace(TURN, turn_id="n" * 12, asked_at=NOON + ON_ITS_WAY + SECOND)
    with any_database.change() as db:
        add_turns(db, [on_its_way, anew])
    assert stored(any_database) == {anew.turn_id}

    assert clear(any_database, NOON + 2 * ON_ITS_WAY) == 1
    with any_database.change() as db:
        add_turns(db, [anew])
    assert stored(any_database) == set()


def test_what_is_being_stored_while_it_is_cleared_goes_too(any_database: Database) -> None:
    clearing = threading.Thread(target=clear, args=(any_database,))
    with any_database.change() as db:
        add_turns(db, [TURN])
        clearing.start()
        clearing.join(0.3)  # it waits for this transaction, or would end here
    clearing.join(30)

    assert stored(any_database) == set()


def test_no_token_is_kept_and_its_mark_goes_after_a_day(any_database: Database) -> None:
    clear(any_database)
    with any_database.read() as db:
        assert TURN.conversation not in repr(db.execute(sa.select(forgotten)).all())

    with any_database.change() as db:
        assert purge_forgotten(db, now=NOON + KEPT) == 0
        assert purge_forgotten(db, now=NOON + KEPT + SECOND) == 1
