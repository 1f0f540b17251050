"""Changing the data key: nothing is lost, servers go on, a run that was killed goes on where it stood."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from bot.config import Secret
from bot.store.audit import list_events, verify
from bot.store.database import Database
from bot.store.handoffs import NewHandoff, add_event, add_handoff, erase_handoff, events_of, find_handoff
from bot.store.inbox import Wanted, list_page
from bot.store.resealing import abandon, list_keys, rotate
from bot.store.sealing import Sealer, Unreadable, key_of, open_sealer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECRET, OTHER = Secret("s" * 40), Secret("o" * 40)


def store(database: Database, sealer: Sealer, number: int) -> int:
    sealed = sealer.seal({"message": f"message {number}"})
    new = NewHandoff(
        reference=f"R{number}", request_key=None, request_hash="h", received_at=NOON, sealed=sealed, level="",
        channel="web", locale="en-GB", conversation=None, turn_id=None, due_at=None,
    )  # fmt: skip
    with database.change() as db:
        return add_handoff(db, new)


def turn_key(database: Database, **options: object) -> object:
    return rotate(database, SECRET, actor="Ada", now=NOON, **options)  # type: ignore[arg-type]


def messages(database: Database, sealer: Sealer) -> list[str]:
    with database.read() as db:
        return [sealer.unseal(each.sealed)["message"] for each in list_page(db, Wanted(), limit=10_000)]


def test_everything_is_sealed_anew_and_the_old_key_is_retired(any_database: Database) -> None:
    sealer = open_sealer(any_database, SECRET)
    ids = [store(any_database, sealer, number) for number in range(25)]
    with any_database.change() as db:
        add_event(db, ids[0], kind="note", author="Ada", at=NOON, sealed=sealer.seal({"text": "a note"}))
        erase_handoff(db, ids[1], author="Ada", at=NOON)
    seen: list[tuple[int, int]] = []

    done = rotate(any_database, SECRET, actor="Ada", now=NOON, batch=10, progress=lambda *told: seen.append(told))

    assert (done.key_id, done.resealed, done.unreadable, done.resumed) == (2, 25, 0, False)
    assert seen[-1] == (25, 25)
    with any_database.read() as db:
        assert {key_of(each.sealed) for each in list_page(db, Wanted())} == {2, None}  # None: the erased one
        assert [(each.key_id, each.retired_at is None, each.sealed) for each in list_keys(db, SECRET)] == [
            (1, False, 0), (2, True, 25),
        ]  # fmt: skip
        (_, note) = events_of(db, ids[0])
        assert note.sealed is not None
        assert sealer.unseal(note.sealed) == {"text": "a note"}
        assert [each.action for each in list_events(db)] == ["keys.rotated"]
        assert verify(db).fault == ""


def test_a_running_server_reads_and_seals_on_across_a_change(any_database: Database) -> None:
    running = open_sealer(any_database, SECRET)
    store(any_database, running, 1)
    turn_key(any_database)

    store(any_database, running, 2)

    with any_database.read() as db:
        assert {key_of(each.sealed) for each in list_page(db, Wanted())} == {2}
    assert sorted(messages(any_database, running)) == ["message 1", "message 2"]


class Killed(Exception):
    pass


def test_a_run_that_was_killed_goes_on_with_the_key_it_made(any_database: Database) -> None:
    sealer = open_sealer(any_database, SECRET)
    for number in range(25):
        store(any_database, sealer, number)

    def die(done: int, total: int) -> None:
        assert total == 25
        if done >= 10:
            raise Killed

    with pytest.raises(Killed):
        rotate(any_database, SECRET, actor="Ada", now=NOON, batch=10, progress=die)
    assert len(messages(any_database, sealer)) == 25

    done = rotate(any_database, SECRET, actor="Ada", now=NOON, batch=10)

    assert (done.key_id, done.resealed, done.resumed) == (2, 15, True)
    assert len(messages(any_database, sealer)) == 25


def test_what_comes_in_meanwhile_is_kept(any_database: Database) -> None:
    sealer = open_sealer(any_database, SECRET)
    for number in range(50):
        store(any_database, sealer, number)

    with ThreadPoolExecutor(3) as pool:
        coming = [pool.submit(store, any_database, sealer, number) for number in range(50, 90)]
        turning = pool.submit(turn_key, any_database, batch=7)
        for each in (*coming, turning):
            each.result()

    assert sorted(messages(any_database, Sealer(any_database, SECRET))) == sorted(f"message {n}" for n in range(90))
    turn_key(any_database)
    with any_database.read() as db:
        assert {key_of(each.sealed) for each in list_page(db, Wanted(), limit=100)} == {3}


def test_what_cannot_be_read_is_counted_and_its_key_is_not_retired(any_database: Database) -> None:
    sealer = open_sealer(any_database, SECRET)
    store(any_database, sealer, 1)
    with any_database.change() as db:
        new = NewHandoff(
            reference="X", request_key=None, request_hash="h", received_at=NOON, sealed=b"1:damaged", level="",
            channel="web", locale="en-GB", conversation=None, turn_id=None, due_at=None,
        )  # fmt: skip
        add_handoff(db, new)

    done = rotate(any_database, SECRET, actor="Ada", now=NOON)

    assert (done.resealed, done.unreadable) == (1, 1)
    with any_database.read() as db:
        found = find_handoff(db, "X")
    assert found is not None
    assert found.sealed == b"1:damaged"


def test_when_the_signing_key_is_lost_the_clinic_can_go_on_and_says_what_is_lost(any_database: Database) -> None:
    store(any_database, open_sealer(any_database, SECRET), 1)

    assert abandon(any_database, OTHER, actor="Ada", now=NOON) == (1, 1)
    assert abandon(any_database, OTHER, actor="Ada", now=NOON) == (0, 0)

    sealer = open_sealer(any_database, OTHER)
    store(any_database, sealer, 2)
    with any_database.read() as db:
        lost, kept = (find_handoff(db, reference) for reference in ("R1", "R2"))
        assert [each.action for each in list_events(db)] == ["keys.abandoned"]
    assert lost is not None
    assert kept is not None
    assert sealer.unseal(kept.sealed) == {"message": "message 2"}
    with pytest.raises(Unreadable, match="cannot be read with this key"):
        sealer.unseal(lost.sealed)
    assert open_sealer(any_database, OTHER, SECRET).unseal(lost.sealed) == {"message": "message 1"}  # it turned up
