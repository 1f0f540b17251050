"""Two server processes on one PostgreSQL: releases are published while patients ask, one process dies, none notices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from running import Client, Process, free_port, until

from bot.dialogue.bot import Bot
from bot.faq.files import Loaded
from bot.faq.release import content_hash_of
from bot.staff.seeding import seed_if_empty
from bot.store.database import Database, open_database
from bot.store.releases import add_release, publish
from bot.store.tables_visits import turns

KNOWLEDGE = Path(__file__).parent.parent.parent / "knowledge"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = "key-of-tests-" * 3


@pytest.fixture
def shared(postgresql: str, small: Loaded, tmp_path: Path) -> Iterator[tuple[Database, str]]:
    """A PostgreSQL database with a small release, and its address."""
    server = sa.create_engine(postgresql % "postgres", isolation_level="AUTOCOMMIT")
    with server.connect() as db:
        db.exec_driver_sql("CREATE DATABASE replicas")
    server.dispose()
    url = postgresql % "replicas"
    database = open_database(url)
    seed_if_empty(database, small, NOON)
    Bot(small.release, store=tmp_path / "index", known=(KNOWLEDGE,))
    yield database, url
    database.close()


def publish_another(database: Database, small: Loaded) -> int:
    """A release in which one answer has another word; its number."""
    first, *rest = small.release.entries
    entry = replace(first, answer=replace(first.answer, short=f"{first.answer.short} Anew."))
    changed = replace(small.release, entries=(entry, *rest))
    changed = replace(changed, content_hash=content_hash_of(changed))
    with database.change() as db:
        number = add_release(db, changed, author="Ada", note="", evidence={}, at=NOON)
        publish(db, number, kind="publish", author="Ada", reason="", at=NOON)
    return number


def test_publishing_under_load_and_a_killed_process_lose_no_answer(
    shared: tuple[Database, str], small: Loaded, tmp_path: Path
) -> None:
    database, url = shared
    extra = {"CLINICBOT_DATABASE_URL": url, "CLINICBOT_SECRET_KEY": KEY}
    one, two = (Process(tmp_path, free_port(), extra=extra) for _ in range(2))
    try:
        one.wait_ready()
        two.wait_ready()
        question = small.release.entries[0].question
        mine = [Client([two.port], question) for _ in range(2)]
        others = [Client([one.port, two.port], question) for _ in range(2)]  # a proxy would send them on
        for client in (*mine, *others):
            client.start()
        until([*mine, *others], lambda client: len(client.turns) >= 5)

        number = publish_another(database, small)
        until([*mine, *others], lambda client: client.turns[-1][1] == number)
        one.kill()
        until(others, lambda client: client.refused == 1, may_fail=True)
        broken = [failure for client in others for failure in client.failures]
        for client in others:
            client.failures.clear()
        asked = [len(client.turns) for client in others]
        again = publish_another(database, small)
        until(others, lambda client: client.turns[-1][1] == again)
        until(others, lambda client: len(client.turns) > asked[others.index(client)] + 5)
        for client in (*mine, *others):
            client.live = False
            client.join(30)
        assert two.stop() == 0
    finally:
        one.kill()
        two.kill()

    assert [client.failures for client in mine] == [[], []]
    wrong = [failure for failure in broken if "ValueError" in failure or "JSON" in failure]
    assert wrong == []  # what the killed process had in its hands was cut off, and none of it answered wrongly
    answered = [turn for client in (*mine, *others) for turn in client.turns]
    assert {outcome for _, _, outcome in answered} == {"answer"}
    for client in (*mine, *others):
        numbers = [release for _, release, _ in client.turns]
        assert numbers == sorted(numbers)  # nobody goes back to an older release
    with database.read() as db:
        kept = set(db.execute(sa.select(turns.c.turn_id)).scalars())
    assert {turn for client in mine for turn, _, _ in client.turns} <= kept
