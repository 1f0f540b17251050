"""Sealing: nothing is readable without the signing key, changing it is survived, and a wrong one is told plainly."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Secret
from bot.errors import SettingError
from bot.store.audit import list_events
from bot.store.database import Database
from bot.store.sealing import Sealer, Unreadable, add_key, key_of, open_sealer
from bot.store.tables_handoffs import sealing_keys

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECRET, OTHER = Secret("s" * 40), Secret("o" * 40)
PLAIN = {"name": "Zoë O’Neill", "message": "ligne 1\nline 2"}


def test_what_was_sealed_is_read_again_and_not_seen(any_database: Database) -> None:
    sealer = open_sealer(any_database, SECRET, now=NOON)

    sealed = sealer.seal(PLAIN)

    assert sealer.unseal(sealed) == PLAIN
    assert open_sealer(any_database, SECRET).unseal(sealed) == PLAIN
    assert b"Neill" not in sealed
    assert key_of(sealed) == 1


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))  # fmt: skip
def test_any_text_comes_back_as_it_was(database: Database, plain: dict[str, str]) -> None:
    sealer = open_sealer(database, SECRET)

    assert sealer.unseal(sealer.seal(plain)) == plain


@pytest.mark.parametrize("damage", [b"", b"1", b"1:", b"7:abc", b"x:abc", "1:ü".encode()])
def test_what_is_damaged_is_unreadable_and_says_so(database: Database, damage: bytes) -> None:
    sealer = open_sealer(database, SECRET)

    with pytest.raises(Unreadable, match="cannot be read with this key"):
        sealer.unseal(damage)


def test_a_changed_signing_key_is_told_by_its_name_and_makes_no_new_key(any_database: Database) -> None:
    open_sealer(any_database, SECRET)

    with pytest.raises(SettingError, match="CLINICBOT_SECRET_KEY_OLD"):
        open_sealer(any_database, OTHER)

    with any_database.read() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(sealing_keys)).scalar_one() == 1


def test_with_the_old_signing_key_beside_it_a_new_one_reads_everything(any_database: Database) -> None:
    sealed = open_sealer(any_database, SECRET).seal(PLAIN)

    assert open_sealer(any_database, OTHER, SECRET).unseal(sealed) == PLAIN
    assert open_sealer(any_database, OTHER).unseal(sealed) == PLAIN  # the old one is needed once only
    with pytest.raises(SettingError):
        open_sealer(any_database, SECRET)
    with any_database.read() as db:
        assert [each.action for each in list_events(db)] == ["keys.rewrapped"]


def test_a_sealer_takes_up_a_key_that_another_process_made(any_database: Database) -> None:
    running = open_sealer(any_database, SECRET)
    before = running.seal(PLAIN)
    with any_database.change() as db:
        number = add_key(db, SECRET, NOON)

    after = running.seal(PLAIN)

    assert key_of(after) == number
    assert running.unseal(before) == running.unseal(after) == PLAIN
    assert Sealer(any_database, SECRET).unseal(after) == PLAIN


def test_a_sealer_that_cannot_read_the_newest_key_seals_nothing(any_database: Database) -> None:
    running = open_sealer(any_database, SECRET)
    with any_database.change() as db:
        add_key(db, OTHER, NOON)

    with pytest.raises(Unreadable):
        running.seal(PLAIN)


def test_marks_are_the_same_for_the_same_values_only_under_the_same_key(database: Database) -> None:
    sealer = open_sealer(database, SECRET)
    mark = sealer.mark(PLAIN)
    open_sealer(database, OTHER, SECRET)

    assert mark == sealer.mark(dict(reversed(PLAIN.items())))
    assert mark != sealer.mark({**PLAIN, "name": "Zoe"})
    assert mark != Sealer(database, OTHER).mark(PLAIN)
