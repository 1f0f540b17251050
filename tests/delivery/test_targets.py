"""Which targets are on, and what stands on our mails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from receiving import NOON

from bot.config import Secret, read_settings
from bot.delivery.mail import Sign
from bot.delivery.targets import Signs, open_targets, open_worker, targets_of
from bot.faq.files import Loaded
from bot.staff.seeding import seed_if_empty
from bot.store.database import Database
from bot.store.releases import publish
from bot.store.sealing import open_sealer

ALL = {
    "CLINICBOT_SMTP_URL": "smtp://mail.clinic.example",
    "CLINICBOT_MAIL_FROM": "chat@clinic.example",
    "CLINICBOT_CLINIC_MAIL": "desk@clinic.example",
    "CLINICBOT_WEBHOOK_URL": "https://clinic.example/in",
    "CLINICBOT_WEBHOOK_SECRET": "w" * 32,
    "CLINICBOT_FHIR_URL": "https://fhir.clinic.example/r4",
    "CLINICBOT_FHIR_TOKEN": "t0k3n",
}


def test_only_what_is_set_up_is_on(tmp_path: Path, database: Database) -> None:
    nothing = read_settings({}, tmp_path)
    everything = read_settings({**ALL, "CLINICBOT_FILE_DROP_DIR": str(tmp_path)}, tmp_path)
    sealer = open_sealer(database, Secret("k" * 40), now=NOON)

    assert targets_of(nothing) == ()
    assert open_worker(database, nothing, sealer, lambda: NOON) is None
    assert targets_of(everything) == ("mail", "webhook", "file", "fhir")
    made = open_targets(everything.delivery)
    assert [target.name for target in made] == list(targets_of(everything))
    assert "t0k3n" not in repr(made)


def test_mails_are_signed_by_the_live_release_which_is_read_once(
    database: Database, small: Loaded, count_queries: Callable[..., object]
) -> None:
    signs = Signs(database, "https://chat.example/staff")
    assert signs() == Sign(staff_url="https://chat.example/staff")
    seed_if_empty(database, small, NOON)

    first = signs()
    with count_queries(database) as asked:  # type: ignore[attr-defined]
        assert signs() == first

    assert first.clinic == small.release.clinic.name
    assert first.zone == small.release.clinic.time_zone
    assert [statement for statement in asked if " releases" in statement] == []


def test_a_damaged_release_does_not_keep_notices_back(database: Database, small: Loaded) -> None:
    seed_if_empty(database, small, NOON)
    signs = Signs(database)
    first = signs()
    with database.change() as db:
        db.execute(sa.text("DROP TRIGGER releases_no_UPDATE"))
        db.execute(sa.text("UPDATE releases SET content_hash = 'x'"))
        publish(db, 1, kind="rollback", author="Ada", reason="", at=NOON + timedelta(days=1))

    assert Signs(database)() == Sign()
    assert signs() == first
