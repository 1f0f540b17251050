"""Backup and restore as an operator does them, with the key that must be kept beside them."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import cli
from bot.cli.stored import check_database
from bot.config import Secret, Settings
from bot.errors import Conflict, InputError, NotReady, SettingError
from bot.faq.files import Loaded
from bot.staff.seeding import seed_if_empty
from bot.staff.two_step import new_secret, seal
from bot.store.audit import list_events
from bot.store.database import Database, open_database, upgrade_to
from bot.store.staff import add_account, update_account
from bot.web.opening import open_house

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = "k" * 40


@pytest.fixture
def old(tmp_path: Path, small: Loaded) -> Path:
    """A data folder with a database, one sealed secret in it, and its key."""
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "secret.key").write_text(KEY, encoding="ascii")
    database = open_database(f"sqlite:///{folder / 'clinicbot.db'}")
    seed_if_empty(database, small, NOON)
    with database.change() as db:
        number = add_account(db, email="a@b", name="Ada", roles=frozenset({"admin"}), password_hash="!", at=NOON)
        update_account(db, number, secret=seal(Secret(KEY), new_secret()))
    database.close()
    return folder


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), env={"CLINICBOT_DATA_DIR": str(data)})


def test_a_backup_and_its_key_are_all_that_a_new_machine_needs(old: Path, tmp_path: Path) -> None:
    file, new = tmp_path / "clinic.backup", tmp_path / "new"
    new.mkdir()

    written = run(old, "backup", str(file))
    shutil.copy(old / "secret.key", new)
    restored = run(new, "restore", str(file))

    assert written.exit_code == restored.exit_code == 0, written.output + restored.output
    assert "release 1 live, the audit whole" in written.output
    assert f"Keep the key apart from it ({old / 'secret.key'})" in written.output
    assert KEY not in written.output
    assert KEY.encode() not in file.read_bytes()
    assert "all 1 sealed secrets can be read" in restored.output
    with open_database(f"sqlite:///{new / 'clinicbot.db'}").read() as db:
        assert list_events(db)[0].action == "database.restored"
    with open_database(f"sqlite:///{old / 'clinicbot.db'}").read() as db:
        assert list_events(db)[0].action == "database.backed_up"


def test_without_its_key_a_restored_database_says_what_is_missing(old: Path, tmp_path: Path) -> None:
    file, new, other = tmp_path / "clinic.backup", tmp_path / "new", tmp_path / "other"
    run(old, "backup", str(file))
    other.mkdir()
    (other / "secret.key").write_text("x" * 40, encoding="ascii")

    without, wrong = run(new, "restore", str(file)), run(other, "restore", str(file))

    assert without.exit_code == 0
    assert "put secret.key of the old data folder into" in without.output
    assert not (new / "secret.key").exists()
    assert wrong.exit_code == 1
    assert "1 of 1 sealed secrets cannot be read" in wrong.output


def test_a_database_with_a_broken_audit_is_backed_up_and_the_fault_is_told(old: Path, tmp_path: Path) -> None:
    file, new = tmp_path / "clinic.backup", tmp_path / "new"
    with open_database(f"sqlite:///{old / 'clinicbot.db'}").change() as db:
        db.exec_driver_sql("DROP TRIGGER audit_no_UPDATE")
        db.exec_driver_sql("UPDATE audit SET actor = 'Eve' WHERE number = 1")

    written = run(old, "backup", str(file))
    refused = run(new, "restore", str(file))
    restored = run(new, "restore", str(file), "--broken-audit")

    assert written.exit_code == 1
    assert "The audit of this database is broken: line 1 was changed" in written.output
    assert file.exists()
    assert isinstance(refused.exception, InputError)
    assert restored.exit_code == 0, restored.output
    assert "the audit broken (line 1 was changed" in restored.output


def test_nothing_is_restored_over_a_database_that_is_there(old: Path, tmp_path: Path) -> None:
    file = tmp_path / "clinic.backup"
    shown = json.loads(run(old, "backup", str(file), "--json").stdout)

    again = run(old, "restore", str(file))

    assert shown["audit_lines"] == 1
    assert shown["rows"]["users"] == 1
    assert isinstance(again.exception, Conflict)


@pytest.mark.parametrize(
    "words",
    [
        ["backup", "clinic.backup"],
        ["export", "knowledge"],
        ["worker", "--once"],
        ["outbox", "list"],
        ["outbox", "resend", "--all"],
        ["handoffs", "list"],
        ["handoffs", "show", "ABCD-EFGH"],
        ["handoffs", "export", "ABCD-EFGH"],
        ["handoffs", "erase", "ABCD-EFGH"],
        ["keys", "list"],
        ["keys", "rotate"],
        ["keys", "abandon", "--yes"],
        ["audit", "verify"],
        ["audit", "list"],
        ["purge"],
        ["staff", "list"],
        ["staff", "add", "a@clinic.example", "--name", "Ada", "--role", "admin"],
        ["staff", "reset", "a@clinic.example"],
        ["staff", "setup"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("by_url", [False, True], ids=["folder", "url"])
def test_where_there_is_no_database_none_is_made(
    words: list[str], by_url: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLINICBOT_WEBHOOK_URL", "https://clinic.example/in")
    monkeypatch.setenv("CLINICBOT_WEBHOOK_SECRET", "w" * 32)
    if by_url:
        monkeypatch.setenv("CLINICBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'nowhere.db'}")

    done = run(tmp_path / "data", *words)

    assert isinstance(done.exception, SettingError)  # which `main` makes exit code 2
    assert "CLINICBOT_DATABASE_URL" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_which_nothing_was_published_is_backed_up_only_when_asked_for(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'clinicbot.db'}").close()
    file = tmp_path / "clinic.backup"
    run(tmp_path, "backup", "--unpublished", str(file))
    yesterdays = file.read_bytes()

    refused = run(tmp_path, "backup", "--replace", str(file))

    assert isinstance(refused.exception, NotReady)
    assert file.read_bytes() == yesterdays
    assert "nothing published" in run(tmp_path, "backup", "--replace", "--unpublished", str(file)).output


def test_a_backup_takes_the_place_of_an_older_backup_and_of_nothing_else(old: Path, tmp_path: Path) -> None:
    live = old / "clinicbot.db"
    (tmp_path / "letter.txt").write_text("Dear Ada", encoding="utf-8")
    (tmp_path / "linked").symlink_to(live)
    (tmp_path / "hard").hardlink_to(live)
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (x)")
    shutil.copy(live, tmp_path / "in-use.db")
    own = [live, old / "secret.key", tmp_path / "linked", tmp_path / "hard"]
    not_there = [old / f"clinicbot.db{end}" for end in ("-wal", "-shm", "-journal")]
    foreign = [tmp_path / "letter.txt", tmp_path / "other.db", tmp_path / "in-use.db", Path("/dev/null")]
    before = {each: each.read_bytes() for each in (*own, *foreign)}

    for each in (*own, *foreign, *not_there):
        done = run(old, "backup", "--replace", str(each))
        assert isinstance(done.exception, InputError), each

    assert {each: each.read_bytes() for each in before} == before
    assert not any(each.exists() for each in not_there)
    assert run(old, "backup", str(tmp_path / "clinic.backup")).exit_code == 0
    assert run(old, "backup", "--replace", str(tmp_path / "clinic.backup")).exit_code == 0


def test_only_who_says_so_brings_the_schema_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "clinicbot.db"
    database = Database(f"sqlite:///{file}")
    upgrade_to(database, "0010")
    database.close()

    for words in (["staff", "list"], ["audit", "list"], ["publish"], ["export", str(tmp_path / "out")]):
        refused = run(tmp_path, *words)
        assert isinstance(refused.exception, NotReady), words
        assert "`clinicbot migrate`" in str(refused.exception)
    copied = run(tmp_path, "backup", "--unpublished", str(tmp_path / "clinic.backup"))

    assert "schema 0010" in copied.output
    assert database.schema() == "0010"
    assert "up to date" in run(tmp_path, "migrate").output
    assert run(tmp_path, "staff", "list").exit_code == 0


@pytest.mark.parametrize("words", [["migrate"], ["import", "--yes", "KNOWLEDGE"]], ids=["migrate", "import"])
def test_folders_are_made_for_the_data_folder_alone(words: list[str], tmp_path: Path, small_knowledge: Path) -> None:
    words = [str(small_knowledge) if each == "KNOWLEDGE" else each for each in words]
    elsewhere = {"CLINICBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'mistyped' / 'clinic.db'}"}

    refused = CliRunner().invoke(cli, words, env={"CLINICBOT_DATA_DIR": str(tmp_path / "data"), **elsewhere})
    made = run(tmp_path / "new" / "data", *words)

    assert isinstance(refused.exception, NotReady)
    assert f"there is no folder {tmp_path / 'mistyped'}" in str(refused.exception)
    assert made.exit_code == 0, made.output
    assert sorted(each.name for each in tmp_path.iterdir()) == ["knowledge", "new"]


def test_a_command_is_run_by_a_number_where_the_account_has_no_name(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)

    assert run(old, "backup", str(tmp_path / "clinic.backup")).exit_code == 0

    with open_database(f"sqlite:///{old / 'clinicbot.db'}").read() as db:
        assert list_events(db)[0].actor == f"user {os.getuid()} (command line)"


def test_no_key_is_made_while_something_is_sealed_with_one_that_is_missing(old: Path) -> None:
    (old / "secret.key").rename(old / "away")
    settings = Settings(knowledge_dir=old, data_dir=old)

    with pytest.raises(SettingError, match=r"put back secret\.key"):
        open_house(settings, lambda: NOON)
    with closing(Database(settings.database)) as database:
        found = list(check_database(database, settings, NOON))
    shown = run(old, "handoffs", "show", "ABCD-EFGH")

    assert not (old / "secret.key").exists()
    assert any(each.mark == "FAIL" and "put back secret.key" in each.mend for each in found)
    assert isinstance(shown.exception, SettingError)
    assert run(old, "keys", "abandon", "--yes").exit_code == 0
    assert (old / "secret.key").exists()
