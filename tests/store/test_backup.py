"""Backups: one state of a database that goes on being written, read back whole, restored into an empty place only."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import Conflict, InputError, NotReady
from bot.faq.files import Loaded
from bot.staff.seeding import seed_if_empty
from bot.store import backup, backup_postgresql
from bot.store.audit import list_events, record, verify
from bot.store.backup import back_up, count_rows, read_back, restore
from bot.store.content import add_revision, find_revision
from bot.store.database import Database, newest_schema, open_database, upgrade_to
from bot.store.releases import find_live, load_release

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def quiet(_done: int, _total: int) -> None:
    """Nobody looks at the progress."""


@pytest.fixture
def filled(any_database: Database, small: Loaded) -> Database:
    seed_if_empty(any_database, small, NOON)
    with any_database.change() as db:
        record(db, at=NOON, actor="Ada\tÖ", action="note", subject="a\\b", detail={"text": 'line\n"two"', "n": None})
    return any_database


@pytest.fixture
def empty_url(filled: Database, tmp_path: Path) -> str:
    """An empty place of the same kind."""
    if filled.is_sqlite:
        (tmp_path / "new").mkdir()
        return f"sqlite:///{tmp_path / 'new' / 'clinicbot.db'}"
    server = sa.create_engine(filled.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = f"{filled.url.database}_restored"
    with server.connect() as db:
        db.exec_driver_sql(f"CREATE DATABASE {name}")
    server.dispose()
    return filled.url.set(database=name).render_as_string(hide_password=False)


def test_what_was_backed_up_is_restored_to_the_last_row(filled: Database, empty_url: str, tmp_path: Path) -> None:
    file = tmp_path / "clinic.backup"

    written = back_up(filled, file, quiet)
    restored_contents = restore(file, empty_url)

    restored = open_database(empty_url)
    with filled.read() as before, restored.read() as after:
        assert count_rows(after) == count_rows(before)
        live = find_live(after)
        assert live is not None
        assert load_release(after, live.number) == load_release(before, live.number)
    restored.close()
    assert written == restored_contents == read_back(file)
    assert (written.audit_lines, written.release) == (2, 1)
    assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.glob("clinic.backup*")] == ["clinic.backup"]


def test_a_place_that_is_not_empty_is_left_as_it_is(filled: Database, tmp_path: Path) -> None:
    file = tmp_path / "clinic.backup"
    back_up(filled, file, quiet)
    with filled.change() as db:
        record(db, at=NOON, actor="Bo", action="later", subject="x")

    with pytest.raises(Conflict, match="not empty"):
        restore(file, filled.url.render_as_string(hide_password=False))

    with filled.read() as db:
        assert count_rows(db)["audit"] == 3


def test_a_backup_is_not_written_over_unless_one_says_so(filled: Database, tmp_path: Path) -> None:
    file = tmp_path / "clinic.backup"
    back_up(filled, file, quiet)
    with filled.change() as db:
        record(db, at=NOON, actor="Ada", action="note", subject="later")

    with pytest.raises(InputError, match="there already"):
        back_up(filled, file, quiet)
    assert read_back(file).audit_lines == 2

    assert back_up(filled, file, quiet, replace=True) == read_back(file)
    assert read_back(file).audit_lines == 3


@pytest.mark.parametrize("any_kind", ["postgresql"], indirect=True)
def test_a_dump_of_another_program_is_not_written_over(filled: Database, tmp_path: Path) -> None:
    file = tmp_path / "billing.dump"
    command = [backup_postgresql._program("pg_dump"), "--format=custom", "--exclude-table=audit", f"--file={file}"]
    subprocess.run([*command, f"--dbname={backup_postgresql._address(filled)}"], check=True)

    with pytest.raises(InputError, match="no backup"):
        back_up(filled, file, quiet, replace=True)


def test_a_file_that_was_cut_off_or_changed_is_refused_before_anything_is_put_there(
    filled: Database, empty_url: str, tmp_path: Path
) -> None:
    file, damaged = tmp_path / "whole", tmp_path / "damaged"
    back_up(filled, file, quiet)
    raw = file.read_bytes()

    for at in (len(raw) // 3, len(raw) * 19 // 20):
        for left in (raw[:at], raw[:at] + bytes(255 - byte for byte in raw[at : at + 4000]) + raw[at + 4000 :]):
            damaged.write_bytes(left)
            with pytest.raises(InputError):
                restore(damaged, empty_url)

    assert restore(file, empty_url).audit_lines == 2


def test_an_audit_that_was_tampered_with_is_copied_and_restored_only_knowingly(
    filled: Database, empty_url: str, tmp_path: Path
) -> None:
    file, fault = tmp_path / "clinic.backup", "line 2 was changed after it was written"
    with filled.change() as db:
        for sql in (
            ("DROP TRIGGER audit_no_UPDATE",) if filled.is_sqlite else ("DROP TRIGGER audit_insert_only ON audit",)
        ):
            db.exec_driver_sql(sql)
        db.exec_driver_sql("UPDATE audit SET actor = 'Eve' WHERE number = 2")

    assert back_up(filled, file, quiet).audit_fault == fault
    with pytest.raises(InputError, match=f"broken audit: {fault}"):
        restore(file, empty_url)
    assert restore(file, empty_url, broken_audit=True).audit_fault == fault

    restored = open_database(empty_url)
    with filled.read() as before, restored.read() as after:
        assert count_rows(after) == count_rows(before)
    restored.close()


def test_a_backup_of_a_later_version_says_so(database: Database, tmp_path: Path) -> None:
    with database.change() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    back_up(database, tmp_path / "later", quiet)

    with pytest.raises(NotReady, match="schema 9999, which this version does not know; install a newer one"):
        restore(tmp_path / "later", f"sqlite:///{tmp_path / 'new.db'}")
    assert not (tmp_path / "new.db").exists()


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    old, new = Database(f"sqlite:///{tmp_path / 'old.db'}"), Database(f"sqlite:///{tmp_path / 'new.db'}")
    upgrade_to(old, "0004")
    back_up(old, tmp_path / "old", quiet)

    assert restore(tmp_path / "old", f"sqlite:///{tmp_path / 'new.db'}").schema == "0004"

    assert new.schema() == newest_schema()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "something else"),
        (b"PK\x03\x04 a zip", "something else"),
        (b"SQLite format 3\x00" + b"\x00" * 200, "damaged file"),
        (b"PGDMP", "a backup of a postgresql database"),
        (None, "No such file"),
    ],
)
def test_what_is_no_backup_is_named(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(InputError, match=said):
        restore(file, f"sqlite:///{tmp_path / 'new.db'}")
    assert not (tmp_path / "new.db").exists()


def test_another_programs_database_is_no_backup(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE audit (x)")

    with pytest.raises(InputError, match="not clinicbot's"):
        restore(tmp_path / "other.db", f"sqlite:///{tmp_path / 'new.db'}")


def test_writers_do_not_wait_and_the_copy_is_of_one_moment(
    database: Database, small: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines written between two steps of the copy are stored at once, and are not in it."""
    seed_if_empty(database, small, NOON)
    monkeypatch.setattr(backup, "STEP_PAGES", 8)
    steps: list[int] = []

    def write(done: int, total: int) -> None:
        steps.append(done)
        writer = threading.Thread(target=add_line)
        writer.start()
        writer.join()

    def add_line() -> None:
        with database.change() as db:
            record(db, at=NOON, actor="Bo", action="written meanwhile", subject="x" * 100)

    contents = back_up(database, tmp_path / "copy", write)

    with database.read() as db:
        assert count_rows(db)["audit"] == 1 + len(steps)
    assert len(steps) > 5
    assert contents.rows["audit"] == 1


def test_a_full_disk_is_told_and_leaves_nothing_behind(
    database: Database, small: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed_if_empty(database, small, NOON)
    real = sqlite3.connect

    def small_disk(name: str, **options: object) -> sqlite3.Connection:
        connection = real(name, **options)
        if str(name).endswith(".partial"):
            connection.execute("PRAGMA max_page_count=2")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small_disk)

    with pytest.raises(InputError, match="full"):
        back_up(database, tmp_path / "copy", quiet)
    assert not list(tmp_path.glob("copy*"))


def test_postgresqls_programs_are_asked_for_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dump").write_bytes(b"PGDMP")
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(NotReady, match="pg_restore is not installed"):
        read_back(tmp_path / "dump")


def test_no_password_stands_in_a_command() -> None:
    database = Database("postgresql://clinic:s3cret@db.example/clinic?sslmode=require")

    assert backup_postgresql._address(database) == "postgresql://clinic@db.example/clinic?sslmode=require"


@pytest.fixture
def empty_server(postgresql: str) -> Iterator[str]:
    """An empty database of PostgreSQL."""
    server = sa.create_engine(postgresql % "postgres", isolation_level="AUTOCOMMIT")
    with server.connect() as db:
        db.exec_driver_sql("CREATE DATABASE moved")
        yield postgresql % "moved"
        db.exec_driver_sql("DROP DATABASE moved WITH (FORCE)")
    server.dispose()


def test_a_clinic_moves_from_sqlite_to_postgresql_with_all_it_has(
    database: Database, small: Loaded, empty_server: str, tmp_path: Path
) -> None:
    seed_if_empty(database, small, NOON)
    with database.change() as db:
        record(db, at=NOON, actor="Ada", action="note", subject="Ö", detail={"text": 'line\n"two"'})
    back_up(database, tmp_path / "clinic.backup", quiet)

    contents = restore(tmp_path / "clinic.backup", empty_server)

    moved = open_database(empty_server)
    with database.read() as before, moved.read() as after:
        assert count_rows(after) == count_rows(before) == dict(contents.rows)
        assert list_events(after, limit=9) == list_events(before, limit=9)  # to the second, with the time zone
        assert load_release(after, 1) == load_release(before, 1)
        revision = find_revision(before, small.release.entries[0].id)
    assert revision is not None
    with moved.change() as db:  # numbers go on after those that came along
        added = add_revision(db, revision.entry, author="Ed", reason="clearer", at=NOON)
        assert added.revision_id > revision.revision_id
        record(db, at=NOON, actor="Ada", action="note", subject="x")
        assert (verify(db).fault, verify(db).lines) == ("", contents.audit_lines + 1)
    moved.close()


def test_an_older_database_is_brought_up_to_date_on_the_way(empty_server: str, tmp_path: Path) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade_to(old, "0004")
    with old.change() as db:
        record(db, at=NOON, actor="Ada", action="note", subject="x")
    old.close()

    restore(tmp_path / "old.db", empty_server)

    moved = open_database(empty_server)
    with moved.read() as db:
        assert (moved.schema(), verify(db).lines) == (newest_schema(), 1)
    moved.close()


def test_what_postgresql_cannot_keep_is_named_and_nothing_is_left_there(
    database: Database, small: Loaded, empty_server: str, tmp_path: Path
) -> None:
    seed_if_empty(database, small, NOON)
    with database.change() as db:
        record(db, at=NOON, actor="Ada" * 100, action="note", subject="x")
    back_up(database, tmp_path / "clinic.backup", quiet)

    with pytest.raises(InputError, match="table audit: got value too long"):
        restore(tmp_path / "clinic.backup", empty_server)

    with Database(empty_server).read() as db:
        assert sa.inspect(db).get_table_names() == []
