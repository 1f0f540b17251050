"""Letting people in from the command line: links, exit codes, and the list."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import cli
from bot.errors import InputError
from bot.store.database import open_database

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLINICBOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CLINICBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'clinic.db'}")
    monkeypatch.chdir(tmp_path)
    open_database(f"sqlite:///{tmp_path / 'clinic.db'}").close()

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["staff", *arguments])

    return call


def test_adding_somebody_prints_a_link_and_is_audited(run) -> None:
    done = run("add", "Ada@Clinic.Test", "--name", "Ada", "--role", "admin", "--role", "clinician")
    audited = CliRunner().invoke(cli, ["audit", "list"])

    assert done.exit_code == 0
    assert done.stdout.startswith("http://127.0.0.1:8000/staff/invite/")
    assert "command line  account.invited  ada@clinic.test" in audited.stdout


def test_links_lead_to_the_address_that_people_use(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINICBOT_PUBLIC_URL", "https://chat.clinic.example")

    assert run("setup").stdout.startswith("https://chat.clinic.example/staff/setup/")
    invited = run("add", "bo@clinic.test", "--name", "Bo", "--role", "editor")
    assert invited.stdout.startswith("https://chat.clinic.example/staff/invite/")


@pytest.mark.parametrize(("host", "opened"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]")])  # noqa: S104
def test_a_server_that_listens_everywhere_is_opened_on_this_machine(
    run, monkeypatch: pytest.MonkeyPatch, host: str, opened: str
) -> None:
    monkeypatch.setenv("CLINICBOT_HOST", host)

    assert run("setup").stdout.startswith(f"http://{opened}:8000/staff/setup/")


def test_nobody_is_listed_before_somebody_joined(run) -> None:
    assert json.loads(run("list", "--json").stdout) == []
    assert "first person" in run("list").stderr


def test_the_first_person_can_be_let_in_from_here(run) -> None:
    assert "/staff/setup/" in run("setup").stdout


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("add", "no-email", "--name", "Ada", "--role", "admin"), InputError),
        (("add", "ada@clinic.test", "--name", " ", "--role", "admin"), InputError),
        (("reset", "nobody@clinic.test"), InputError),
    ],
)
def test_what_cannot_be_used_is_named(run, arguments: tuple[str, ...], error: type[Exception]) -> None:
    assert isinstance(run(*arguments).exception, error)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "no-email", "--name", "Ada", "--role", "admin"), 1),
        (("add", "ada@clinic.test", "--name", "Ada", "--role", "queen"), 2),
    ],
)
def test_exit_codes_tell_input_from_usage(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "CLINICBOT_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "bot", "staff", *arguments]
    open_database(f"sqlite:///{tmp_path / 'clinicbot.db'}").close()

    assert subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False).returncode == code
