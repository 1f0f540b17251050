"""Lock-outs: how long they last, for whom, and that guessing in parallel gets no more tries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.config import Secret
from bot.staff.attempts import ACCOUNT, ADDRESS, Charge, Locked, charge, forgive, give_back, one_more
from bot.store.database import Database
from bot.store.staff import Attempts

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = Secret("k" * 40)


def attempt(database: Database, now: datetime, email: str = "ada@c.test", address: str = "192.0.2.1") -> Charge | None:
    try:
        with database.change() as db:
            return charge(db, KEY, email=email, address=address, now=now)
    except Locked:
        return None


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (500, 60)]
)
def test_each_failure_after_the_fifth_locks_for_twice_as_long(failures: int, minutes: int) -> None:
    before = Attempts(subject="s", failures=failures - 1, began_at=NOON, locked_until=None)

    until = one_more(before, ACCOUNT, NOON).locked_until

    assert until == (NOON + timedelta(minutes=minutes) if minutes else None)


def test_counting_begins_anew_after_a_day() -> None:
    before = Attempts(subject="s", failures=30, began_at=NOON, locked_until=None)

    assert one_more(before, ACCOUNT, NOON + timedelta(hours=24)).failures == 1


def test_five_attempts_are_free_and_a_locked_one_is_not_counted(any_database: Database) -> None:
    charged = [attempt(any_database, NOON) for _ in range(8)]
    after = [attempt(any_database, NOON + timedelta(seconds=s)) is not None for s in (59, 60, 61, 179, 180)]

    assert [each is not None for each in charged] == [True] * 5 + [False] * 3
    assert after == [False, True, False, False, True]


def test_guessing_in_parallel_gets_no_more_tries(any_database: Database) -> None:
    with ThreadPoolExecutor(12) as pool:
        charged = list(pool.map(lambda _: attempt(any_database, NOON), range(24)))

    assert sum(each is not None for each in charged) == 5


def test_a_right_password_does_not_wipe_out_wrong_codes(database: Database) -> None:
    for _ in range(4):
        attempt(database, NOON)
        right = attempt(database, NOON)
        if right is None:
            break
        with database.change() as db:
            give_back(db, right, NOON)

    assert attempt(database, NOON) is not None  # the fifth wrong one
    assert attempt(database, NOON) is None


def test_a_whole_sign_in_does(database: Database) -> None:
    for _ in range(4):
        attempt(database, NOON)
    right = attempt(database, NOON)
    assert right is not None
    with database.change() as db:
        give_back(db, right, NOON, forget=True)

    assert sum(attempt(database, NOON) is not None for _ in range(9)) == 5


def test_an_admin_can_forgive(database: Database) -> None:
    for _ in range(6):
        attempt(database, NOON)
    with database.change() as db:
        forgive(db, KEY, "ada@c.test")

    assert attempt(database, NOON) is not None


def test_an_address_is_held_back_over_all_accounts(database: Database) -> None:
    tries = [attempt(database, NOON, email=f"{number}@c.test") for number in range(ADDRESS.free + 5)]

    assert sum(each is not None for each in tries) == ADDRESS.free
    assert attempt(database, NOON, address="192.0.2.2") is not None
    assert attempt(database, NOON + timedelta(minutes=1)) is not None


def test_neighbours_of_an_ipv6_address_count_as_one(database: Database) -> None:
    for number in range(ADDRESS.free):
        attempt(database, NOON, email=f"{number}@c.test", address=f"2001:db8::{number:x}")

    assert attempt(database, NOON, address="2001:db8::ffff") is None
    assert attempt(database, NOON, address="2001:db8:0:1::1") is not None


def test_who_tried_from_where_cannot_be_read_from_the_table(database: Database) -> None:
    charged = attempt(database, NOON)

    assert charged is not None
    assert len(charged.account) == len(charged.address) == 64
    assert "ada" not in charged.account + charged.address


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (60, 1), (61, 2), (3600, 60)])
def test_how_long_to_wait_is_said_in_whole_minutes(seconds: int, minutes: int) -> None:
    assert Locked(NOON + timedelta(seconds=seconds), NOON).minutes == minutes
