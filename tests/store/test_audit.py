"""The audit chain: whole when untouched, and telling when it was touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.store.audit import Seal, Verdict, list_events, record, verify
from bot.store.database import Database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OTHER_SEAL = "line 5 has another seal than the one that was kept"


def fill(database: Database, count: int = 5) -> None:
    for number in range(count):
        at = NOON + timedelta(seconds=number)
        with database.change() as db:
            record(db, at=at, actor="Ada", action="entry.saved", subject=f"e{number}", detail={"n": number})


def test_an_untouched_chain_is_whole(any_database: Database) -> None:
    fill(any_database)

    with any_database.read() as db:
        verdict = verify(db)
        events = list_events(db, limit=2)

    assert (verdict.lines, verdict.fault) == (5, "")
    assert verdict.head == events[0].hash
    assert [event.subject for event in events] == ["e4", "e3"]


def test_a_line_cannot_be_changed_or_taken_out(any_database: Database) -> None:
    fill(any_database)

    for sql in ("UPDATE audit SET actor = 'Eve'", "DELETE FROM audit"):
        with pytest.raises(sa.exc.DatabaseError, match="insert-only"), any_database.change() as db:
            db.execute(sa.text(sql))


@pytest.mark.parametrize(
    ("action", "found"), [("entry.", 5), ("entry.saved", 5), ("Entry.", 0), ("entry.s_v", 0), ("entry%", 0), ("e", 5)]
)
def test_lines_are_found_by_how_their_action_begins(any_database: Database, action: str, found: int) -> None:
    fill(any_database)

    with any_database.read() as db:
        assert len(list_events(db, action=action)) == found


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        ("UPDATE audit SET actor = 'Eve' WHERE number = 3", "line 3 was changed"),
        ("UPDATE audit SET detail = '{}' WHERE number = 1", "line 1 was changed"),
        ("DELETE FROM audit WHERE number = 4", "line 4 is missing"),
        ("UPDATE audit SET previous = hash WHERE number = 2", "line 2 does not follow"),
    ],
)
def test_who_goes_round_the_guards_is_found_out(any_database: Database, tamper: str, fault: str) -> None:
    fill(any_database)
    off = ["DROP TRIGGER audit_no_UPDATE", "DROP TRIGGER audit_no_DELETE"]
    with any_database.change() as db:
        for sql in off if any_database.is_sqlite else ["DROP TRIGGER audit_insert_only ON audit"]:
            db.execute(sa.text(sql))
        db.execute(sa.text(tamper))

    with any_database.read() as db:
        assert verify(db).fault.startswith(fault)


def test_lines_taken_off_the_end_and_a_chain_written_anew_show_by_a_seal_that_was_kept(any_database: Database) -> None:
    fill(any_database)
    with any_database.read() as db:
        kept = Seal(5, verify(db).head)
        assert verify(db, kept).fault == ""
        assert verify(db, Seal(5, "0" * 64)) == Verdict(4, list_events(db, limit=2)[1].hash, OTHER_SEAL)
    fill(any_database, 1)
    with any_database.read() as db:
        assert verify(db, kept) == verify(db)

    off = "DROP TRIGGER audit_no_DELETE" if any_database.is_sqlite else "DROP TRIGGER audit_insert_only ON audit"
    with any_database.change() as db:
        db.execute(sa.text(off))
        db.execute(sa.text("DELETE FROM audit WHERE number > 3"))

    with any_database.read() as db:
        assert (verify(db).lines, verify(db).fault) == (3, "")
        assert verify(db, kept).fault.startswith("the last line is 3; the one with the kept seal, 5, was taken off")
    fill(any_database, 3)
    with any_database.read() as db:
        assert verify(db).fault == verify(db, Seal(3, list_events(db, limit=4)[3].hash)).fault == ""


def test_a_line_stands_only_if_what_it_tells_of_does(any_database: Database) -> None:
    def break_midway() -> None:
        with any_database.change() as db:
            record(db, at=NOON, actor="Ada", action="entry.saved", subject="e")
            raise KeyError

    with pytest.raises(KeyError):
        break_midway()

    with any_database.read() as db:
        assert verify(db).lines == 0
