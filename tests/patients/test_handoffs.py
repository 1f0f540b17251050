"""A message handed to the clinic is stored once, sealed, with what is promised to leave; or nothing is acknowledged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from bot.config import Secret
from bot.errors import Conflict, NotReady
from bot.faq.files import Loaded
from bot.patients.handoffs import Origin, Received, new_reference, submit
from bot.patients.messages import Message
from bot.store.database import Database, open_database
from bot.store.handoffs import find_handoff
from bot.store.inbox import Wanted, list_page
from bot.store.outbox import claim, depth
from bot.store.sealing import open_sealer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MESSAGE = Message(name="Zoe Canary", contact_kind="phone", contact="+447700900123", text="please ring about canary")
Send = Callable[..., Received]


@pytest.fixture
def send(any_database: Database, loaded: Loaded) -> Send:
    sealer = open_sealer(any_database, Secret("k" * 40), now=NOON)
    usual: dict[str, Any] = {
        "request_key": None, "origin": Origin(conversation="c" * 24, turn_id="t" * 12), "level": "",
        "targets": ("mail", "webhook"), "now": NOON,
    }  # fmt: skip

    def sender(message: Message = MESSAGE, **changes: Any) -> Received:
        return submit(any_database, sealer, loaded.release.clinic, message, **{**usual, **changes})

    return sender


def test_a_message_is_stored_sealed_with_its_promises(any_database: Database, send: Send) -> None:
    received = send(level="urgent")

    with any_database.read() as db:
        found = find_handoff(db, received.reference)
        assert found is not None
        assert open_sealer(any_database, Secret("k" * 40)).unseal(found.sealed) == MESSAGE.plain()
        assert (found.state, found.level, found.conversation, found.turn_id) == ("new", "urgent", "c" * 24, "t" * 12)
        assert found.due_at == datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
    with any_database.change() as db:
        promises = claim(db, now=NOON, until=NOON + timedelta(minutes=1), most=9)
    assert {each.target for each in promises} == {"mail", "webhook"}
    assert {each.detail["reference"] for each in promises} == {received.reference}


def test_nothing_personal_is_stored_in_the_open(database: Database, loaded: Loaded) -> None:
    sealer = open_sealer(database, Secret("k" * 40))
    submit(
        database, sealer, loaded.release.clinic, MESSAGE, request_key="key of a canary", origin=Origin(), level="",
        targets=("mail",), now=NOON,
    )  # fmt: skip

    with database.read() as db:
        dump = "\n".join(db.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert "canary" not in dump.lower()
    assert "7700900123" not in dump


def test_the_same_request_again_is_the_same_receipt(any_database: Database, send: Send) -> None:
    first = send(request_key="a")

    again = send(request_key="a", now=NOON + timedelta(hours=1))

    assert (again.reference, again.received_at, again.repeated) == (first.reference, NOON, True)
    assert send(request_key="b").reference != first.reference
    with any_database.read() as db:
        assert [each.state for each in list_page(db, Wanted())] == ["new", "new"]
        assert depth(db)["waiting"] == 4


@pytest.mark.parametrize("change", [{"message": replace(MESSAGE, text="other")}, {"origin": Origin()}])
def test_the_same_request_with_other_content_is_refused(send: Send, change: dict[str, Any]) -> None:
    first = send(request_key="a")

    with pytest.raises(Conflict) as caught:
        send(**{"request_key": "a", **change})

    assert caught.value.subject == first.reference


def test_equal_requests_at_the_same_moment_are_stored_once(any_database: Database, send: Send) -> None:
    start = Barrier(6)

    def one(_number: int) -> str:
        start.wait()
        return send(request_key="same").reference

    with ThreadPoolExecutor(6) as pool:
        references = set(pool.map(one, range(6)))

    assert len(references) == 1
    with any_database.read() as db:
        assert len(list_page(db, Wanted())) == 1
        assert depth(db)["waiting"] == 2


def test_a_reference_that_is_taken_is_drawn_anew(send: Send) -> None:
    taken = send().reference
    draws = iter([taken, taken, "NEWF-NEWF"])

    assert send(draw=lambda: next(draws)).reference == "NEWF-NEWF"
    with pytest.raises(NotReady):
        send(draw=lambda: taken)


def test_references_have_no_letters_that_look_alike() -> None:
    drawn = {new_reference() for _ in range(200)}

    assert len(drawn) == 200
    assert not set("".join(drawn)) & set("0O1IL2Z5S8B")


def test_a_full_disk_is_told_and_nothing_is_stored(database: Database, loaded: Loaded) -> None:
    sealer = open_sealer(database, Secret("k" * 40))
    clinic = loaded.release.clinic

    @sa.event.listens_for(database.engine, "begin")
    def fill(db: sa.Connection) -> None:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
        db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    big = replace(MESSAGE, text="x" * 2000)

    def send_many() -> None:
        for _ in range(40):
            submit(
                database, sealer, clinic, big, request_key=None, origin=Origin(), level="", targets=("mail",), now=NOON
            )

    with pytest.raises(NotReady, match="the disk is full"):
        send_many()

    with database.read() as db:
        assert len(list_page(db, Wanted(states=("new",)))) == depth(db)["waiting"]


def test_a_locked_database_is_told_when_it_is_not_let_go(tmp_path: Any, loaded: Loaded) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'clinic.db'}")
    sealer = open_sealer(database, Secret("k" * 40))

    @sa.event.listens_for(database.engine, "begin")
    def hurry(db: sa.Connection) -> None:
        db.exec_driver_sql("PRAGMA busy_timeout = 1")

    database.engine.dispose()
    with closing(sqlite3.connect(tmp_path / "clinic.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotReady, match="database is busy"):
            submit(
                database, sealer, loaded.release.clinic, MESSAGE, request_key="a", origin=Origin(), level="",
                targets=(), now=NOON,
            )  # fmt: skip
    received = submit(
        database,
        sealer,
        loaded.release.clinic,
        MESSAGE,
        request_key="a",
        origin=Origin(),
        level="",
        targets=(),
        now=NOON,
    )

    assert not received.repeated
    database.close()


def test_a_database_that_is_gone_is_told(tmp_path: Any, loaded: Loaded) -> None:
    from_here = Database(f"sqlite:///{tmp_path / 'clinic.db'}")
    from_here.migrate()
    sealer = open_sealer(from_here, Secret("k" * 40))
    with from_here.change() as db:
        db.execute(sa.text("DROP TABLE outbox"))

    with pytest.raises(NotReady):
        submit(
            from_here, sealer, loaded.release.clinic, MESSAGE, request_key=None, origin=Origin(), level="",
            targets=("mail",), now=NOON,
        )  # fmt: skip

    with from_here.read() as db:
        assert list_page(db, Wanted()) == ()
    from_here.close()
