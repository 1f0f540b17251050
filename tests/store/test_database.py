"""What keeps a database from working is told in words, and nothing is half stored."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import NotReady, SettingError
from bot.store import hindrances
from bot.store import sqlite as module
from bot.store.audit import record, verify
from bot.store.database import Database, open_database
from bot.store.forgotten import keep_forgotten
from bot.store.types import canonical, parsed
from bot.store.visits import Turn, add_turns, forget_conversation

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TURN = Turn(
    turn_id="t" * 12, conversation="c" * 20, asked_at=NOON, redacted="q", outcome="answer", release=1, region="uk",
    channel="web", context={}, said=(),
)  # fmt: skip


def write(database: Database, times: int = 1) -> None:
    with database.change() as db:
        for _ in range(times):
            record(db, at=NOON, actor="Ada", action="x", subject="y", detail={"text": "z" * 500})


def test_a_database_that_somebody_else_holds_is_told_to_be_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.01)
    database = open_database(f"sqlite:///{tmp_path / 'clinic.db'}")
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotReady, match="busy: somebody else has been writing"):
            write(database)
        with database.read() as db:
            assert verify(db).lines == 0

    write(database)
    database.close()


def test_a_full_disk_is_told_and_nothing_is_half_stored(database: Database) -> None:
    write(database)
    with database.change() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
        db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(NotReady, match="the disk is full"):
        write(database, 200)

    with database.read() as db:
        assert verify(db).lines == 1
        assert verify(db).fault == ""


def test_a_full_or_a_read_only_disk_is_told_by_its_name_whatever_sqlite_calls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "clinic.db"
    folder.mkdir()  # SQLite is "unable to open" it, as it is on a disk that is full or read-only
    database = Database(f"sqlite:///{folder}")
    usage = shutil.disk_usage(tmp_path)

    for patch, told in (
        ((hindrances.shutil, "disk_usage", lambda _: usage._replace(free=0)), "the disk is full"),
        ((hindrances.os, "access", lambda *_: False), "cannot be written: look at the owner"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(*patch)
            with pytest.raises(NotReady, match=told), database.read():
                pytest.fail("it was opened")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "clinic.db"
    database = open_database(f"sqlite:///{file}")
    write(database, 200)
    with database.change() as db:
        root = db.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'audit'").scalar_one()
        size = db.exec_driver_sql("PRAGMA page_size").scalar_one()
    database.close()
    with file.open("rb+") as opened:
        opened.seek((root - 1) * size)
        opened.write(b"\xff" * size)

    with pytest.raises(NotReady, match="damaged; restore the last backup"), database.read() as db:
        verify(db)


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_was_taken_away_or_replaced_is_told_and_nothing_is_stored_nowhere(
    tmp_path: Path, replaced: bool
) -> None:
    file = tmp_path / "data" / "clinic.db"
    database = open_database(f"sqlite:///{file}", within=tmp_path)
    write(database)
    file.parent.rename(tmp_path / "lost")
    if replaced:
        open_database(f"sqlite:///{file}", within=tmp_path).close()

    for opened in (database.change, database.read):
        with pytest.raises(NotReady, match="taken away or replaced"), opened():
            pytest.fail("it was opened")
    assert "taken away or replaced" in database.trouble()
    assert file.exists() is replaced
    database.close()


def test_a_file_that_is_put_back_is_used_again(tmp_path: Path) -> None:
    file = tmp_path / "clinic.db"
    database = open_database(f"sqlite:///{file}")
    file.rename(tmp_path / "away.db")
    assert database.trouble()

    (tmp_path / "away.db").rename(file)

    assert database.trouble() == ""
    write(database)
    database.close()


def test_only_its_owner_may_read_a_new_database(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'clinic.db'}")
    write(database)

    assert {each.stat().st_mode & 0o077 for each in tmp_path.glob("clinic.db*")} == {0}
    database.close()


@pytest.mark.parametrize("address", ["clinic:hidden@127.0.0.1:1/name", "clinic@127.0.0.1:1/name?password=hidden"])
def test_a_database_that_is_away_tells_its_address_to_who_runs_it_alone_and_its_password_to_nobody(
    address: str,
) -> None:
    database = Database(f"postgresql://{address}")

    with pytest.raises(NotReady) as told, database.read():
        pytest.fail("it was opened")

    assert told.value.reason == database.trouble() == "the database does not answer"
    assert "127.0.0.1:1/name" in str(told.value)
    assert "hidden" not in str(told.value) + database.shown


def test_what_is_read_is_one_state_and_cannot_be_changed(any_database: Database) -> None:
    write(any_database)
    with any_database.read() as db:
        assert verify(db).lines == 1
        write(any_database)
        assert verify(db).lines == 1

    with any_database.read() as db:
        assert verify(db).lines == 2
    if not any_database.is_sqlite:
        with pytest.raises(sa.exc.InternalError, match="read-only"), any_database.read() as db:
            record(db, at=NOON, actor="Ada", action="x", subject="y")
    write(any_database)  # by a connection that was read with before


def test_what_is_deleted_stands_in_none_of_the_files(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'clinic.db'}")
    said = "my throat is closing up and nobody is here"
    with database.change() as db:
        add_turns(db, [replace(TURN, redacted=said)])
    assert said.encode() in b"".join(each.read_bytes() for each in tmp_path.iterdir())

    with database.change() as db:
        keep_forgotten(db, TURN.conversation, NOON)
        forget_conversation(db, TURN.conversation)

    assert said.encode() not in b"".join(each.read_bytes() for each in tmp_path.iterdir())
    with database.read() as reading, database.change() as db:  # somebody reads: nobody waits, nothing fails
        reading.execute(sa.text("SELECT count(*) FROM turns"))
        keep_forgotten(db, TURN.conversation, NOON)
    database.close()


def test_a_database_that_cannot_keep_every_letter_is_refused(postgresql: str) -> None:
    server = sa.create_engine(postgresql % "postgres", isolation_level="AUTOCOMMIT")
    with server.connect() as db:
        db.exec_driver_sql("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    server.dispose()

    with pytest.raises(SettingError, match="encoding is LATIN1"):
        open_database(postgresql % "latin")


@pytest.mark.parametrize("text", [r"\u0000", r"a\\u0000b", r"\\\u0000", "\\n\\u0000", '"\\u0000'])
def test_words_that_look_like_a_nul_are_stored(text: str) -> None:
    assert parsed(canonical([text])) == [text]


@pytest.mark.parametrize("text", ["\0", "\\\0", "a\\\\\0b"])
def test_a_nul_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="NUL"):
        canonical({"question": text})
