"""The doctor: each thing that can be wrong is found, and what to do about it is said."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.doctor import (
    check_approval,
    check_knowledge,
    check_promise,
    check_served,
    check_settings,
    live_release,
)
from bot.cli.places import check_key, check_places, check_room
from bot.cli.stored import check_database, check_schema
from bot.config import Secret, Settings
from bot.dialogue.bot import Bot
from bot.faq.files import Loaded
from bot.staff.seeding import seed_if_empty
from bot.staff.two_step import new_secret, seal
from bot.store.audit import record
from bot.store.database import Database, upgrade_to
from bot.store.outbox import enqueue
from bot.store.staff import add_account, update_account

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KNOWLEDGE = Path(__file__).parent.parent.parent / "knowledge"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(knowledge_dir=KNOWLEDGE, data_dir=tmp_path, secret_key=Secret("k" * 40))


@pytest.fixture
def seeded(database: Database, small: Loaded, tmp_path: Path) -> Database:
    seed_if_empty(database, small, NOON)
    (tmp_path / "clinic.db").chmod(0o600)
    return database


def marks(found: object) -> list[str]:
    return [each.mark for each in found]  # type: ignore[attr-defined]


def test_everything_in_order_is_ok(seeded: Database, settings: Settings, small_bot: Bot) -> None:
    with seeded.change() as db:
        record(db, at=NOON, actor="Ada", action="database.backed_up", subject="x")
    live, finding = live_release(seeded)
    assert live is not None

    found = [*check_settings(settings, settings.data_dir), check_key(settings), *check_schema(seeded), finding]
    found += [*check_database(seeded, settings, NOON), *check_served(live, small_bot, settings)]

    assert set(marks(found)) == {"ok"}, found


@pytest.mark.parametrize(("free", "mark"), [(5 * 1024**3, "ok"), (500 * 1024**2, "warn"), (1024, "FAIL")])
def test_a_disk_that_fills_up_is_told_before_it_is_full(free: int, mark: str) -> None:
    assert check_room(Path("/data"), free).mark == mark


def test_the_place_of_the_database_is_looked_at_and_not_the_data_folder_alone(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    away = replace(settings, database_url=Secret(f"sqlite:///{tmp_path / 'elsewhere' / 'clinic.db'}"))
    nowhere = replace(settings, database_url=Secret(f"sqlite:///{tmp_path / 'nowhere' / 'clinic.db'}"))

    assert marks(check_places(settings)) == ["ok"]
    found = list(check_places(away))
    assert marks(found) == ["ok", "ok"]
    assert f"free at {tmp_path / 'elsewhere'}" in found[1].text
    assert f"there is no folder {tmp_path / 'nowhere'}" in list(check_places(nowhere))[-1].text
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert marks(check_places(away)) == ["ok", "FAIL", "ok", "FAIL"]
    assert "cannot be written" in list(check_places(away))[-1].text


def test_what_others_can_read_is_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CLINICBOT_PORT=1\n", encoding="utf-8")
    (tmp_path / ".env").chmod(0o644)
    (tmp_path / "secret.key").write_text("k" * 40, encoding="ascii")
    (tmp_path / "secret.key").chmod(0o644)
    own = replace(settings, secret_key=Secret(""), host="0.0.0.0")  # noqa: S104

    env, key = list(check_settings(own, tmp_path)), check_key(own)

    assert marks(env) == ["ok", "warn", "warn"]
    assert "CLINICBOT_ALLOWED_HOSTS" in env[1].mend
    assert (key.mark, key.mend) == ("FAIL", f"chmod 600 {tmp_path / 'secret.key'}")


def test_a_key_that_was_cut_off_is_told_and_none_is_made(settings: Settings, tmp_path: Path) -> None:
    own = replace(settings, secret_key=Secret(""))

    assert check_key(own).mark == "note"
    assert not (tmp_path / "secret.key").exists()

    (tmp_path / "secret.key").write_text("short", encoding="ascii")
    assert check_key(own).mark == "FAIL"


def test_a_database_of_another_version_says_what_to_do(tmp_path: Path) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade_to(old, "0002")
    before = list(check_schema(old))
    with old.change() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    after = list(check_schema(old))
    old.close()

    assert (marks(before), before[0].mend) == (["warn"], "clinicbot migrate")
    assert marks(after) == ["FAIL"]


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"not a database at all" * 100)

    found = list(check_schema(Database(f"sqlite:///{tmp_path / 'bad.db'}")))

    assert marks(found) == ["FAIL"]
    assert "clinicbot restore" in found[0].mend


def test_a_clock_that_is_behind_a_broken_audit_and_a_foreign_key_are_failures(
    seeded: Database, settings: Settings
) -> None:
    with seeded.change() as db:
        number = add_account(db, email="a@b", name="Ada", roles=frozenset({"admin"}), password_hash="!", at=NOON)
        update_account(db, number, secret=seal(Secret("other" * 8), new_secret()))
        db.exec_driver_sql("DROP TRIGGER audit_no_UPDATE")
        db.exec_driver_sql("UPDATE audit SET actor = 'Eve' WHERE number = 1")

    found = list(check_database(seeded, settings, NOON - timedelta(days=1)))

    said = " ".join(each.text for each in found)
    assert marks(found) == ["FAIL", "FAIL", "FAIL", "warn"]
    assert "the audit is broken: line 1 was changed" in said
    assert "the clock says 2026-11-23 12:00 UTC" in said
    assert "1 of 1 sealed secrets cannot be read" in said


def test_a_clock_that_was_set_back_shows_by_any_table(seeded: Database, settings: Settings) -> None:
    with seeded.change() as db:
        enqueue(db, handoff_id=None, targets=("mail",), kind="digest", detail={}, at=NOON + timedelta(days=400))

    said = " ".join(each.text for each in check_database(seeded, settings, NOON))

    assert "but the latest of the deliveries is of 2027-12-29 12:00" in said


def test_who_looks_as_somebody_else_is_told_so(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)

    (found,) = (each for each in check_places(settings) if each.mark == "warn")

    assert str(tmp_path) in found.text
    assert "clinicbot-run doctor" in found.mend


@pytest.mark.parametrize(("days", "marked"), [(30, []), (60, ["warn"])])
def test_what_patients_are_promised_is_what_is_kept(small: Loaded, days: int, marked: list[str]) -> None:
    facts = {**small.release.clinic.facts, "retention": "30 days"}
    release = replace(small.release, clinic=replace(small.release.clinic, facts=facts))

    assert marks(check_promise(release, days)) == marked


def test_a_live_release_that_is_damaged_or_fails_its_safety_test_is_a_failure(
    seeded: Database, settings: Settings, small_bot: Bot
) -> None:
    harmless = replace(small_bot.release, number=2, rules=small_bot.release.rules[:1], content_hash="x")
    without_rules = list(check_served(harmless, small_bot, settings))
    with seeded.change() as db:
        db.exec_driver_sql("DROP TRIGGER releases_no_UPDATE")
        db.exec_driver_sql("UPDATE releases SET content_hash = 'x'")

    live, finding = live_release(seeded)

    assert live is None
    assert (finding.mark, "rollback" in finding.mend) == ("FAIL", True)
    assert marks(without_rules) == ["FAIL", "note"]
    assert any("rule" in line for line in without_rules[0].more)


def test_gates_that_fail_are_failures_with_their_evidence(small_bot: Bot) -> None:
    found = {each.text.partition(":")[0]: each for each in check_knowledge(small_bot)}

    assert found["6 entries, 5 safety rules"].mark == "ok"
    assert all(each.more for each in found.values() if each.mark == "FAIL")


def test_a_sample_is_told_of_until_what_patients_read_is_approved(small: Loaded, small_bot: Bot) -> None:
    sample = small.release
    approved = replace(sample, clinic=replace(sample.clinic, approved_by="Dr Cleo Clark"))

    assert marks(check_approval(approved, small_bot)) == []
    for live, known in ((sample, small_bot), (None, small_bot)):
        (finding,) = check_approval(live, known)
        assert (finding.mark, finding.text) == ("warn", "sample content")
        assert "at /staff, under Publish" in finding.mend


def test_a_database_that_others_can_read_is_told(database: Database, tmp_path: Path) -> None:
    (tmp_path / "clinic.db").chmod(0o644)

    told = list(check_schema(database))

    assert marks(told) == ["ok", "warn"]
    assert told[1].mend == f"chmod 600 {tmp_path / 'clinic.db'}*"
