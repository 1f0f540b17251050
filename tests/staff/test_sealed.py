"""A changed signing key: staff keep the authenticator apps that they have."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.config import NONE, Secret
from bot.staff.accounts import Role
from bot.staff.sealed import Sealed, check_sealed, reseal_steps
from bot.staff.two_step import new_secret, seal, unseal
from bot.store.audit import list_events
from bot.store.database import Database
from bot.store.staff import add_account, list_accounts, update_account

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OLD, NEW, FOREIGN = Secret("o" * 40), Secret("n" * 40), Secret("f" * 40)


def add(database: Database, name: str, sealed: bytes | None) -> None:
    with database.change() as db:
        user_id = add_account(
            db, email=f"{name}@clinic.test", name=name, roles=frozenset({Role.EDITOR}), password_hash="x", at=NOON
        )  # fmt: skip
        update_account(db, user_id, secret=sealed)


def test_second_steps_are_sealed_under_the_new_key_once(any_database: Database) -> None:
    secret, kept = new_secret(), new_secret()
    add(any_database, "ada", seal(OLD, secret))
    add(any_database, "bo", seal(NEW, kept))
    add(any_database, "cleo", None)
    assert check_sealed(any_database, NEW) == Sealed(1, 2)
    assert check_sealed(any_database, NEW, OLD) == Sealed(2, 2)

    done = [reseal_steps(any_database, NEW, OLD, NOON) for _ in range(2)]

    with any_database.read() as db:
        opened = [unseal(NEW, each.secret) for each in list_accounts(db)]
        told = [(each.action, each.subject) for each in list_events(db)]
    assert done == [1, 0]
    assert sorted(opened) == sorted([secret, kept, ""])
    assert told == [("keys.rewrapped", "second steps")]
    assert check_sealed(any_database, NEW) == Sealed(2, 2)


def test_what_neither_key_opens_is_left_as_it_is(any_database: Database) -> None:
    add(any_database, "ada", seal(FOREIGN, new_secret()))

    assert reseal_steps(any_database, NEW, NONE, NOON) == 0
    assert reseal_steps(any_database, NEW, OLD, NOON) == 0
    assert check_sealed(any_database, NEW, OLD) == Sealed(0, 1)
