"""What `clinicbot doctor` says about delivery: what stands in the way, and how to mend it; nothing is sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from receiving import NOON, Mailroom, Receiver

from bot.config import Settings, read_settings
from bot.delivery.checking import check_outbox, check_targets
from bot.store.database import Database
from bot.store.outbox import claim, enqueue, failed


def set_up(folder: Path, room: Mailroom, receiver: Receiver, **more: str) -> Settings:
    values = {
        "SMTP_URL": f"smtp+plain://127.0.0.1:{room.port}",
        "MAIL_FROM": "chat@clinic.example",
        "CLINIC_MAIL": "desk@clinic.example",
        "WEBHOOK_URL": receiver.url("/in?key=s3cret"),
        "WEBHOOK_SECRET": "s3cret" * 6,
        "FHIR_URL": receiver.url("/fhir"),
        "FILE_DROP_DIR": str(folder),
        "ALLOWED_TARGET_HOSTS": "127.0.0.1",
        **more,
    }
    return read_settings({f"CLINICBOT_{name}": value for name, value in values.items()}, folder)


def said(settings: Settings) -> list[tuple[str, str]]:
    return [(check.level, check.text) for check in check_targets(settings)]


def test_without_targets_the_inbox_is_the_only_destination(tmp_path: Path) -> None:
    ((level, text),) = said(read_settings({}, tmp_path))

    assert level == "ok"
    assert "inbox alone" in text


def test_targets_are_connected_to_and_sent_nothing(tmp_path: Path, mailroom: Mailroom, receiver: Receiver) -> None:
    found = said(set_up(tmp_path, mailroom, receiver, WORKER="no"))

    assert [level for level, _ in found] == ["ok", "ok", "ok", "ok", "warn"]
    assert f"127.0.0.1:{mailroom.port} can be reached" in found[0][1]
    assert mailroom.mails == []
    assert receiver.taken == []
    assert "s3cret" not in str(found)


def test_what_cannot_be_reached_is_said_with_what_to_mend(
    tmp_path: Path, mailroom: Mailroom, receiver: Receiver
) -> None:
    settings = set_up(tmp_path, mailroom, receiver)
    mailroom.stop()
    receiver.stop()

    failed_ones = [text for level, text in said(settings) if level == "fail"]

    assert len(failed_ones) == 3
    assert "Mend CLINICBOT_SMTP_URL" in failed_ones[0]
    assert "Mend CLINICBOT_WEBHOOK_URL" in failed_ones[1]
    assert "Mend CLINICBOT_FHIR_URL" in failed_ones[2]


def test_a_private_address_is_said_with_the_setting_that_allows_it(
    tmp_path: Path, mailroom: Mailroom, receiver: Receiver
) -> None:
    url = receiver.url().replace("http:", "https:")
    settings = read_settings({"CLINICBOT_WEBHOOK_URL": url, "CLINICBOT_WEBHOOK_SECRET": "s" * 32}, tmp_path)

    assert "CLINICBOT_ALLOWED_TARGET_HOSTS" in said(settings)[0][1]


def test_the_outbox_is_looked_at(database: Database, tmp_path: Path, mailroom: Mailroom, receiver: Receiver) -> None:
    settings = set_up(tmp_path, mailroom, receiver, FHIR_URL="")
    with database.change() as db:
        targets = ["mail", "webhook", "fhir"]
        (first, *_) = enqueue(db, handoff_id=None, targets=targets, kind="digest", detail={}, at=NOON)
        claim(db, now=NOON, until=NOON, most=3)
        failed(db, first, error="refused", next_at=None, at=NOON)

    soon = [check.text for check in check_outbox(database, settings, NOON + timedelta(minutes=1))]
    late = [check.text for check in check_outbox(database, settings, NOON + timedelta(hours=1))]

    assert soon[0] == "outbox: 2 waiting, 1 given up"
    assert "clinicbot outbox resend" in soon[1]
    assert "1 wait for fhir, which is not set up any more" in soon[2]
    assert len(soon) == 3
    assert "does a worker run?" in late[3]


def test_what_waits_for_a_target_that_was_taken_away_is_no_worker_that_does_not_run(
    database: Database, tmp_path: Path, mailroom: Mailroom, receiver: Receiver
) -> None:
    settings = set_up(tmp_path, mailroom, receiver, FHIR_URL="")
    with database.change() as db:
        enqueue(db, handoff_id=None, targets=["fhir"], kind="digest", detail={}, at=NOON)
        enqueue(db, handoff_id=None, targets=["mail"], kind="digest", detail={}, at=NOON + timedelta(hours=1))

    late = [check.text for check in check_outbox(database, settings, NOON + timedelta(hours=1))]

    assert "1 wait for fhir, which is not set up any more" in late[1]
    assert len(late) == 2
