"""The outbox: promised with what it tells of, claimed by one, tried again, dead or sent, never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from bot.store.database import Database
from bot.store.dead_letters import count_by_target, find_dead_letter, list_dead_letters, resend_all, set_aside
from bot.store.outbox import (
    Promise,
    claim,
    delivered,
    depth,
    enqueue,
    failed,
    purge_dead,
    purge_sent,
    resend,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def promise(database: Database, *targets: str, at: datetime = NOON) -> tuple[str, ...]:
    with database.change() as db:
        return enqueue(db, handoff_id=None, targets=targets, kind="digest", detail={"n": 3}, at=at)


def take(database: Database, now: datetime = NOON, most: int = 10) -> tuple[Promise, ...]:
    with database.change() as db:
        return claim(db, now=now, until=now + MINUTE, most=most)


def test_a_promise_is_kept_as_it_was_made(any_database: Database) -> None:
    ids = promise(any_database, "mail", "webhook")

    taken = take(any_database)

    assert {each.message_id for each in taken} == set(ids)
    assert {each.target for each in taken} == {"mail", "webhook"}
    assert {(each.kind, each.detail["n"], each.attempts, each.state) for each in taken} == {("digest", 3, 1, "waiting")}


def test_a_promise_falls_with_the_transaction_that_made_it(any_database: Database) -> None:
    def break_midway() -> None:
        with any_database.change() as db:
            enqueue(db, handoff_id=None, targets=("mail",), kind="digest", detail={}, at=NOON)
            raise KeyError

    with pytest.raises(KeyError):
        break_midway()

    assert take(any_database) == ()


def test_nothing_is_promised_to_nobody(any_database: Database) -> None:
    assert promise(any_database) == ()
    with any_database.read() as db:
        assert depth(db) == {"waiting": 0, "sent": 0, "dead": 0}


def test_what_is_claimed_is_left_alone_until_the_claim_ends(any_database: Database) -> None:
    promise(any_database, "mail")
    take(any_database)

    assert take(any_database, NOON + MINUTE / 2) == ()
    assert [each.attempts for each in take(any_database, NOON + MINUTE)] == [2]


def test_what_a_clock_that_was_ahead_has_dated_is_due_once_it_is_set_back(any_database: Database) -> None:
    (waits,) = promise(any_database, "mail", at=NOON + timedelta(days=9))
    with any_database.change() as db:
        claim(db, now=NOON, until=NOON + timedelta(days=9), most=1)

    assert [each.message_id for each in take(any_database)] == [waits]
    assert take(any_database) == ()


def test_the_longest_due_come_first_and_none_before_its_time(any_database: Database) -> None:
    late, early, future = (promise(any_database, "mail", at=NOON + at * MINUTE)[0] for at in (2, 1, 9))

    assert [each.message_id for each in take(any_database, NOON + 5 * MINUTE, most=1)] == [early]
    assert [each.message_id for each in take(any_database, NOON + 5 * MINUTE)] == [late]
    assert [each.message_id for each in take(any_database, NOON + 9 * MINUTE)] == [early, late, future]


def test_a_failure_is_tried_again_then_dead_then_sent_again_when_asked(any_database: Database) -> None:
    (message_id,) = promise(any_database, "webhook")
    take(any_database)
    with any_database.change() as db:
        failed(db, message_id, error="refused", next_at=NOON + MINUTE, at=NOON)
    assert take(any_database) == ()
    (again,) = take(any_database, NOON + MINUTE)
    assert (again.attempts, again.last_error) == (2, "refused")

    with any_database.change() as db:
        failed(db, message_id, error="x" * 9000, next_at=None, at=NOON)
        (dead,) = list_dead_letters(db)
        assert (dead.message_id, len(dead.last_error)) == (message_id, 500)
        assert depth(db) == {"waiting": 0, "sent": 0, "dead": 1}
    assert take(any_database, NOON + 99 * MINUTE) == ()

    with any_database.change() as db:
        assert resend(db, message_id, NOON)
        assert not resend(db, message_id, NOON)
        assert not resend(db, "other", NOON)
    (anew,) = take(any_database)
    assert anew.attempts == 1


def test_what_was_set_aside_is_asked_about_no_more_and_stays_with_its_message(any_database: Database) -> None:
    (waits, dead) = promise(any_database, "mail", "webhook")
    take(any_database)
    with any_database.change() as db:
        failed(db, dead, error="refused", next_at=None, at=NOON)
        assert not set_aside(db, waits, NOON)
        assert set_aside(db, dead, NOON)
        assert not set_aside(db, dead, NOON)

        assert not resend(db, dead, NOON)
        assert resend_all(db, NOON) == 0
        assert list_dead_letters(db) == ()
        assert find_dead_letter(db, dead) is None
        assert depth(db) == {"waiting": 1, "sent": 0, "dead": 0}
        assert count_by_target(db) == {("mail", "waiting"): 1}
        assert purge_dead(db, before=NOON) == 0
        assert purge_dead(db, before=NOON + MINUTE) == 1


def test_what_arrived_stays_sent_even_when_a_slow_worker_gives_up_on_it(any_database: Database) -> None:
    (message_id,) = promise(any_database, "mail")
    take(any_database)
    take(any_database, NOON + MINUTE)
    with any_database.change() as db:
        delivered(db, message_id, NOON + MINUTE)
        failed(db, message_id, error="slow", next_at=NOON, at=NOON)
        assert depth(db)["sent"] == 1
        assert purge_sent(db, before=NOON + MINUTE) == 0
        assert purge_sent(db, before=NOON + 2 * MINUTE) == 1


def test_two_workers_never_claim_the_same(any_database: Database) -> None:
    ids = promise(any_database, *["mail"] * 40)
    start = Barrier(4)

    def work(_number: int) -> list[str]:
        start.wait()
        mine: list[str] = []
        while taken := take(any_database, most=3):
            mine += [each.message_id for each in taken]
        return mine

    with ThreadPoolExecutor(4) as pool:
        found = [each for mine in pool.map(work, range(4)) for each in mine]

    assert sorted(found) == sorted(ids)
