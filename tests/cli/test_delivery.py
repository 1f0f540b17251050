"""The worker and the outbox from the command line, against real servers; a worker that is told to end does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from receiving import Mailroom, Receiver

from bot.cli.account import actor
from bot.cli.main import cli
from bot.config import Secret
from bot.store.audit import list_events
from bot.store.database import open_database
from bot.store.handoffs import NewHandoff, add_handoff
from bot.store.outbox import depth, enqueue
from bot.store.sealing import open_sealer

ROOT = Path(__file__).parent.parent.parent
KEY = "key-of-tests-" * 3
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    opened = Receiver()
    yield opened
    opened.stop()


@pytest.fixture
def settings(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A folder with a message that waits for a webhook."""
    values = {
        "CLINICBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'clinic.db'}",
        "CLINICBOT_SECRET_KEY": KEY,
        "CLINICBOT_WEBHOOK_URL": receiver.url(),
        "CLINICBOT_WEBHOOK_SECRET": "w" * 32,
        "CLINICBOT_ALLOWED_TARGET_HOSTS": "127.0.0.1",
    }
    monkeypatch.chdir(tmp_path)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    hand_off(values, 1)
    return values


def hand_off(settings: dict[str, str], number: int) -> None:
    database = open_database(settings["CLINICBOT_DATABASE_URL"])
    sealer = open_sealer(database, Secret(KEY), now=NOW)
    plain = {"name": "Zoë", "contact_kind": "mail", "contact": "zoe@home.example", "message": "My lips bleed."}
    new = NewHandoff(
        reference=f"K7QF-{number:04}", request_key=None, request_hash="", received_at=NOW, sealed=sealer.seal(plain),
        level="", channel="web", locale="en-GB", conversation=None, turn_id=None, due_at=None,
    )  # fmt: skip
    with database.change() as db:
        handoff_id = add_handoff(db, new)
        enqueue(db, handoff_id=handoff_id, targets=["webhook"], kind="handoff", detail={}, at=NOW)
    database.close()


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, list(arguments))
    return done.exit_code, done.output


def test_once_delivers_what_is_due_and_ends(settings: dict[str, str], receiver: Receiver) -> None:
    code, said = run("worker", "--once")

    assert code == 0
    assert "1 delivered, 0 not" in said
    assert json.loads(receiver.taken[0][2])["reference"] == "K7QF-0001"


def test_what_is_given_up_is_listed_and_sent_again(settings: dict[str, str], receiver: Receiver) -> None:
    receiver.status = 410
    assert run("worker", "--once")[0] == 1

    _, listed = run("outbox", "list", "--json")
    (letter,) = json.loads(listed)
    assert (letter["reference"], letter["last_error"]) == ("K7QF-0001", "the server answered 410")
    assert "the server answered 410" in run("outbox", "list")[1]

    receiver.status = 200
    assert run("outbox", "resend", letter["message_id"])[0] == 0
    assert run("worker", "--once")[0] == 0
    assert run("outbox", "list")[1] == "nothing was given up\n"
    database = open_database(settings["CLINICBOT_DATABASE_URL"])
    with database.read() as db:
        assert [event.actor for event in list_events(db, action="outbox.")] == [actor()]
    database.close()


def test_what_is_given_up_is_set_aside_once(settings: dict[str, str], receiver: Receiver) -> None:
    receiver.status = 410
    run("worker", "--once")
    (letter,) = json.loads(run("outbox", "list", "--json")[1])

    assert run("outbox", "set-aside", letter["message_id"]) == (0, "it is set aside and will not be sent\n")
    assert run("outbox", "set-aside", letter["message_id"])[0] == 1
    assert run("outbox", "list")[1] == "nothing was given up\n"
    assert run("outbox", "resend", "--all")[1] == "0 will be tried again\n"
    assert run("outbox", "resend", letter["message_id"])[0] == 1
    database = open_database(settings["CLINICBOT_DATABASE_URL"])
    with database.read() as db:
        (event,) = list_events(db, action="outbox.")
    assert (event.action, event.subject, event.actor) == ("outbox.set_aside", "K7QF-0001", actor())
    assert event.detail["message"] == letter["message_id"]
    database.close()


@pytest.mark.parametrize(("arguments", "code"), [(["no-such-id"], 1), ([], 2), (["some-id", "--all"], 2)])
def test_sending_again_says_what_is_wrong(settings: dict[str, str], arguments: list[str], code: int) -> None:
    done = CliRunner().invoke(cli, ["outbox", "resend", *arguments])

    assert done.exit_code == code


def test_everything_is_sent_again_at_once(settings: dict[str, str], receiver: Receiver) -> None:
    receiver.status = 410
    hand_off(settings, 2)
    run("worker", "--once")

    assert "2 will be tried again" in run("outbox", "resend", "--all")[1]


def start(*arguments: str, **settings: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("CLINICBOT_")}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        env={**env, **settings, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_worker_that_is_told_to_end_finishes_what_it_holds(settings: dict[str, str], receiver: Receiver) -> None:
    begun, go_on = threading.Event(), threading.Event()
    receiver.before_answer = lambda: (begun.set(), go_on.wait(20))
    worker = start("worker", **settings)
    assert begun.wait(30)

    worker.send_signal(signal.SIGTERM)
    assert worker.stderr is not None
    assert any("Finishing what is under way" in line for line in worker.stderr)  # reads up to there
    go_on.set()
    assert worker.wait(30) == 0
    worker.stderr.close()

    database = open_database(settings["CLINICBOT_DATABASE_URL"])
    with database.read() as db:
        assert depth(db) == {"waiting": 0, "sent": 1, "dead": 0}
    database.close()


def test_without_a_target_there_is_nothing_to_run_for(tmp_path: Path) -> None:
    worker = start("worker", CLINICBOT_DATA_DIR=str(tmp_path / "data"))
    _, said = worker.communicate(timeout=60)

    assert worker.returncode == 2
    assert "inbox alone" in said


def test_the_digest_of_the_day_goes_out_by_itself(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    room = Mailroom()
    monkeypatch.setenv("CLINICBOT_SMTP_URL", f"smtp+plain://127.0.0.1:{room.port}")
    monkeypatch.setenv("CLINICBOT_MAIL_FROM", "chat@clinic.example")
    monkeypatch.setenv("CLINICBOT_CLINIC_MAIL", "desk@clinic.example")
    monkeypatch.setenv("CLINICBOT_DIGEST_HOUR", "0")

    run("worker", "--once")
    run("worker", "--once")
    room.stop()

    assert [mail["Subject"] for _, mail in room.mails] == ["1 waiting, 0 overdue"]
