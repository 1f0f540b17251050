"""Messages and their keys from the command line: listed, read with a line in the audit, exported, erased, sealed anew."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import cli
from bot.config import Secret
from bot.errors import InputError, SettingError
from bot.faq.files import Loaded
from bot.patients.handoffs import Origin, submit
from bot.patients.messages import Message
from bot.staff.sealed import Sealed, check_sealed
from bot.store.audit import list_events
from bot.store.database import open_database
from bot.store.handoffs import change_handoff, find_handoff
from bot.store.outbox import claim, delivered, depth
from bot.store.sealing import Unreadable, open_sealer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OTHER = "other-secret-of-tests-" * 2
SECRET = "secret-of-tests-" * 3
MESSAGE = Message(name="Zoe Canary", contact_kind="mail", contact="zoe@example.org", text="Please call.")


class Clinic:
    """A database with messages, and the command line beside it."""

    def __init__(self, url: str, loaded: Loaded) -> None:
        self.database = open_database(url)
        self.sealer = open_sealer(self.database, Secret(SECRET))
        self.clinic = loaded.release.clinic

    def receive(self, at: datetime = NOON) -> str:
        return submit(
            self.database, self.sealer, self.clinic, MESSAGE, request_key=None, origin=Origin(conversation="c" * 20),
            level="urgent", targets=("mail",), now=at,
        ).reference  # fmt: skip

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(cli, list(words))

    def audited(self) -> list[tuple[str, str]]:
        with self.database.read() as db:
            return [(event.action, event.subject) for event in list_events(db)]


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loaded: Loaded) -> Clinic:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'clinic.db'}"
    monkeypatch.setenv("CLINICBOT_DATABASE_URL", url)
    monkeypatch.setenv("CLINICBOT_SECRET_KEY", SECRET)
    return Clinic(url, loaded)


def test_the_list_names_messages_and_nothing_they_say(clinic: Clinic) -> None:
    reference = clinic.receive()

    plain, as_json = clinic.run("handoffs", "list"), clinic.run("handoffs", "list", "--json")

    assert reference in plain.output
    assert "overdue" not in plain.output or "new" in plain.output
    (found,) = json.loads(as_json.output)
    assert (found["reference"], found["state"], found["level"]) == (reference, "new", "urgent")
    assert "Canary" not in plain.output + as_json.output
    assert json.loads(clinic.run("handoffs", "list", "--state", "closed", "--json").output) == []
    assert clinic.audited() == []


def test_reading_a_message_is_audited(clinic: Clinic) -> None:
    reference = clinic.receive()

    shown = clinic.run("handoffs", "show", reference.lower().replace("-", ""), "--json")

    told = json.loads(shown.output)
    assert (told["name"], told["contact"], told["message"]) == ("Zoe Canary", "zoe@example.org", "Please call.")
    assert told["history"][0]["what"] == "received"
    assert told["deliveries"] == [{"to": "mail", "what": "handoff", "state": "waiting", "attempts": 0}]
    assert "Please call." in clinic.run("handoffs", "show", reference).output
    assert clinic.audited() == [("handoff.read", reference)] * 2


def test_everything_is_exported_for_who_sent_it(clinic: Clinic) -> None:
    reference = clinic.receive()

    told = json.loads(clinic.run("handoffs", "export", reference).output)

    assert told["message"] == "Please call."
    assert [each["what"] for each in told["history"]] == ["received", "exported"]
    assert clinic.audited() == [("handoff.exported", reference)]


def test_an_erased_message_is_gone_with_its_deliveries(clinic: Clinic) -> None:
    reference, other = clinic.receive(), clinic.receive()

    done = clinic.run("handoffs", "erase", reference)

    assert done.exit_code == 0
    assert "erased for good" in done.output
    assert clinic.audited() == [("handoff.erased", reference)]
    with clinic.database.read() as db:
        found, kept = find_handoff(db, reference), find_handoff(db, other)
        assert depth(db)["waiting"] == 1
    assert found is not None
    assert found.erased
    assert kept is not None
    assert not kept.erased
    assert "was erased" in clinic.run("handoffs", "show", reference).output
    assert json.loads(clinic.run("handoffs", "show", reference, "--json").output)["message"] is None
    assert "already" in clinic.run("handoffs", "erase", reference).output


@pytest.mark.parametrize("command", ["show", "export", "erase"])
def test_a_reference_that_is_not_there_is_told(clinic: Clinic, command: str) -> None:
    done = clinic.run("handoffs", command, "K7QF-3MRD")

    assert isinstance(done.exception, InputError)
    assert clinic.audited() == []


def test_another_signing_key_is_told_clearly(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = clinic.receive()
    monkeypatch.setenv("CLINICBOT_SECRET_KEY", OTHER)

    done = clinic.run("handoffs", "show", reference)

    assert isinstance(done.exception, SettingError)
    assert "CLINICBOT_SECRET_KEY" in str(done.exception)
    assert "cannot be opened with this CLINICBOT_SECRET_KEY" in clinic.run("keys", "list").output
    assert isinstance(clinic.run("serve").exception, SettingError)  # before anything is served

    monkeypatch.setenv("CLINICBOT_SECRET_KEY_OLD", SECRET)
    assert "Please call." in clinic.run("handoffs", "show", reference).output
    monkeypatch.delenv("CLINICBOT_SECRET_KEY_OLD")
    assert "Please call." in clinic.run("handoffs", "show", reference).output


def test_keys_are_changed_and_listed(clinic: Clinic) -> None:
    reference = clinic.receive()

    done = clinic.run("keys", "rotate", "--json")

    assert json.loads(done.output) == {"key": 2, "resealed": 1, "unreadable": 0, "resumed": False}
    first, second = json.loads(clinic.run("keys", "list", "--json").output)
    assert (first["retired_at"] is None, first["sealed"], second["sealed"]) == (False, 0, 1)
    assert "Please call." in clinic.run("handoffs", "show", reference).output
    assert "1 sealed anew" in clinic.run("keys", "rotate").output


def test_a_lost_signing_key_is_given_up_only_when_that_is_said(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = clinic.receive()
    assert "nothing was changed" in clinic.run("keys", "abandon", "--yes").output
    monkeypatch.setenv("CLINICBOT_SECRET_KEY", OTHER)

    assert clinic.run("keys", "abandon").exit_code == 2
    assert "1 sealed texts cannot be read with this key" in clinic.run("keys", "abandon", "--yes").output
    assert isinstance(clinic.run("handoffs", "show", reference).exception, Unreadable)
    assert clinic.run("handoffs", "list").exit_code == 0


def test_only_keys_in_use_are_looked_for_and_the_old_signing_key_counts(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.receive()
    new = Secret(OTHER)

    assert not check_sealed(clinic.database, new).is_readable
    assert check_sealed(clinic.database, new, Secret(SECRET)) == Sealed(1, 1)

    monkeypatch.setenv("CLINICBOT_SECRET_KEY", OTHER)
    clinic.run("keys", "abandon", "--yes")

    assert check_sealed(clinic.database, new) == Sealed(1, 1)


def test_what_is_done_and_old_is_purged_with_figures(clinic: Clinic) -> None:
    done, waiting = clinic.receive(), clinic.receive()
    with clinic.database.change() as db:
        found = find_handoff(db, done)
        assert found is not None
        change_handoff(db, found.handoff_id, 1, state="answered", assignee_id=None, at=NOON - timedelta(days=400))
        for promise in claim(db, now=NOON, until=NOON + timedelta(days=1), most=9):
            delivered(db, promise.message_id, datetime.now(UTC))

    purged = clinic.run("purge", "--json")

    assert json.loads(purged.output) == {"questions": 0, "handoffs": 1, "deliveries": 0, "uploads": 0, "saves": 0}
    assert "0 handoffs" in clinic.run("purge").output
    with clinic.database.read() as db:
        assert find_handoff(db, done) is None
        assert find_handoff(db, waiting) is not None
    assert clinic.audited() == [("retention.purged", "handoffs")]
