"""One digest a day, whoever promises it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from receiving import NOON

from bot.config import Secret
from bot.delivery.digest import promise_digest
from bot.store.database import Database
from bot.store.outbox import claim
from bot.store.sealing import open_sealer

LONDON, HONOLULU = "Europe/London", "Pacific/Honolulu"
KEY = Secret("k" * 40)


def test_two_workers_promise_one_digest_a_day(any_database: Database) -> None:
    sealer = open_sealer(any_database, KEY, now=NOON)
    promised = [
        promise_digest(any_database, sealer, hour=7, zone=LONDON, now=NOON + timedelta(minutes=minutes))
        for minutes in (0, 1, 600, 24 * 60)
    ]

    assert promised == [True, False, False, True]
    with any_database.change() as db:
        letters = claim(db, now=NOON + timedelta(days=2), until=NOON + timedelta(days=3), most=10)
    assert [each.kind for each in letters] == ["digest", "digest"]
    assert letters[0].detail == {"day": "2026-11-24", "waiting": 0, "overdue": 0, "dead": 0}


def test_it_comes_at_the_clinics_own_hour(any_database: Database) -> None:
    sealer = open_sealer(any_database, KEY, now=NOON)
    early = datetime(2026, 11, 24, 16, 59, tzinfo=UTC)  # 6:59 there

    assert not promise_digest(any_database, sealer, hour=7, zone=HONOLULU, now=early)
    assert promise_digest(any_database, sealer, hour=7, zone=HONOLULU, now=early + timedelta(minutes=1))


def test_two_clinics_have_ids_of_their_own(database: Database) -> None:
    first = open_sealer(database, KEY, now=NOON)
    other = open_sealer(database, Secret("o" * 40), KEY, now=NOON)

    assert promise_digest(database, first, hour=0, zone=LONDON, now=NOON)
    assert promise_digest(database, other, hour=0, zone=LONDON, now=NOON)
