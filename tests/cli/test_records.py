"""The audit from the command line: whole, or broken with exit code 1."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bot.cli import records
from bot.cli.main import cli, main
from bot.errors import InputError
from bot.store.audit import record
from bot.store.database import open_database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    found = f"sqlite:///{tmp_path / 'clinic.db'}"
    monkeypatch.setenv("CLINICBOT_DATABASE_URL", found)
    database = open_database(found)
    with database.change() as db:
        record(db, at=NOON, actor="Ada", action="entry.saved", subject="dry-lips", detail={"version": 2})
        record(db, at=NOON, actor="Bo", action="entry.approved", subject="dry-lips")
    database.close()
    return found


def test_a_whole_chain_is_said_so(url: str) -> None:
    done = CliRunner().invoke(cli, ["audit", "verify"])

    assert done.exit_code == 0
    assert done.output.startswith("whole: 2 lines")


def test_a_place_that_cannot_be_written_is_told_in_a_line(url: str) -> None:
    for command in (["privacy-map", "--out", "/nonexistent/x"], ["safety-case", "--out", "/proc/nowhere"]):
        done = CliRunner().invoke(cli, command)

        assert isinstance(done.exception, InputError), command
        assert done.exception.field == "--out"


def test_a_database_that_breaks_off_midway_is_told_without_its_address(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("SELECT 'Zoe'", {}, Exception("server at db.example, password hunter2"))

    monkeypatch.setattr(records, "list_events", broken)
    monkeypatch.setattr("sys.argv", ["clinicbot", "audit", "list"])

    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 2
    told = capsys.readouterr().err
    assert "the database broke off or refused (OperationalError)" in told
    assert not {"hunter2", "example", "Zoe"} & set(re.findall(r"[a-z0-9]+", told, re.IGNORECASE))


def test_a_broken_chain_is_exit_code_1(url: str) -> None:
    database = open_database(url)
    with database.change() as db:
        db.execute(sa.text("DROP TRIGGER audit_no_UPDATE"))
        db.execute(sa.text("UPDATE audit SET actor = 'Eve' WHERE number = 1"))
    database.close()

    done = CliRunner().invoke(cli, ["audit", "verify", "--json"])

    assert done.exit_code == 1
    assert json.loads(done.output)["fault"].startswith("line 1 was changed")


def test_a_seal_that_was_kept_shows_what_was_taken_off_the_end(url: str) -> None:
    kept = json.loads(CliRunner().invoke(cli, ["audit", "verify", "--json"]).output)
    again = ["audit", "verify", "--seal", kept["head"], "--lines", str(kept["lines"])]
    assert "line 2 has the seal that was kept" in CliRunner().invoke(cli, again).output
    database = open_database(url)
    with database.change() as db:
        db.execute(sa.text("DROP TRIGGER audit_no_DELETE"))
        db.execute(sa.text("DELETE FROM audit WHERE number = 2"))
    database.close()

    assert CliRunner().invoke(cli, ["audit", "verify"]).exit_code == 0
    done = CliRunner().invoke(cli, again)

    assert done.exit_code == 1
    assert "the last line is 1" in done.output
    assert CliRunner().invoke(cli, again[:4]).exit_code == 2


def test_the_newest_lines_are_listed(url: str) -> None:
    done = CliRunner().invoke(cli, ["audit", "list", "--json", "--limit", "1"])

    assert json.loads(done.output)["actor"] == "Bo"
