"""Accounts as they are stored: what can be used once is used once, and nothing stored opens a door."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.store.database import Database, Db
from bot.store.staff import (
    Link,
    StoredSession,
    add_account,
    add_link,
    add_session,
    count_codes,
    find_account,
    find_account_of,
    find_link,
    find_session,
    has_accounts,
    hold_attempts,
    list_accounts,
    list_open_links,
    lock_active,
    next_epoch,
    purge_attempts,
    replace_codes,
    save_attempts,
    update_account,
    use_code,
    use_link,
    use_step,
    void_links,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LINK = Link(
    token_hash="a", purpose="invite", user_id=None, email="bo@c.test", name="Bo", roles=frozenset({"editor", "admin"}),
    two_step=False, created_at=NOON, expires_at=NOON + timedelta(hours=1), used_at=None,
)  # fmt: skip


def add(db: Db, name: str = "Ada", roles: frozenset[str] = frozenset({"admin"})) -> int:
    return add_account(db, email=f"{name.lower()}@c.test", name=name, roles=roles, password_hash="x", at=NOON)


def test_an_account_comes_back_as_it_was_stored(any_database: Database) -> None:
    with any_database.change() as db:
        assert not has_accounts(db)
        user_id = add(db, roles=frozenset({"admin", "clinician"}))
        update_account(db, user_id, name="Ada B", confirmed_at=NOON, secret=b"sealed", roles=frozenset({"editor"}))

    with any_database.read() as db:
        account = find_account(db, user_id)
        assert account is not None
        assert account == find_account_of(db, "ada@c.test")
        assert (account.name, account.roles, account.secret, account.confirmed_at) == (
            "Ada B", frozenset({"editor"}), b"sealed", NOON,
        )  # fmt: skip
        assert find_account_of(db, "nobody@c.test") is None
        assert has_accounts(db)


@pytest.mark.parametrize(("email", "name"), [("ada@c.test", "Other"), ("other@c.test", "Ada")])
def test_email_and_name_belong_to_one_person(any_database: Database, email: str, name: str) -> None:
    with any_database.change() as db:
        add(db)

    with pytest.raises(sa.exc.IntegrityError), any_database.change() as db:
        add_account(db, email=email, name=name, roles=frozenset({"editor"}), password_hash="x", at=NOON)


def test_who_is_disabled_is_listed_but_not_active(any_database: Database) -> None:
    with any_database.change() as db:
        for name in ("bo", "Ada"):
            add(db, name)
        update_account(db, 1, disabled_at=NOON)
        assert [each.name for each in list_accounts(db)] == ["Ada", "bo"]
        assert [each.name for each in lock_active(db)] == ["Ada"]


def test_a_time_step_is_used_once_and_time_does_not_go_back(any_database: Database) -> None:
    with any_database.change() as db:
        add(db)
        assert [use_step(db, 1, step) for step in (100, 100, 99, 101)] == [True, False, False, True]


def test_a_recovery_code_is_used_once_by_its_owner(any_database: Database) -> None:
    with any_database.change() as db:
        for name in ("Ada", "Bo"):
            add(db, name)
        replace_codes(db, 1, ("x", "y"))
        assert not use_code(db, 2, "x", NOON)
        assert use_code(db, 1, "x", NOON)
        assert not use_code(db, 1, "x", NOON)
        assert count_codes(db, 1) == 1
        replace_codes(db, 1, ("z",))
        assert not use_code(db, 1, "y", NOON)
        assert count_codes(db, 1) == 1


def test_a_link_is_used_once_and_takes_its_like_with_it(any_database: Database) -> None:
    other, stranger = replace(LINK, token_hash="b"), replace(LINK, token_hash="c", email="cy@c.test")
    with any_database.change() as db:
        for link in (LINK, other, stranger):
            add_link(db, link)
        assert find_link(db, "a") == LINK
        assert [use_link(db, link, NOON) for link in (LINK, LINK, other, stranger)] == [True, False, False, True]


def test_links_can_be_taken_back_and_run_out(any_database: Database) -> None:
    late = replace(LINK, token_hash="b", email="cy@c.test", expires_at=NOON)
    with any_database.change() as db:
        add_link(db, LINK)
        add_link(db, late)
        assert list_open_links(db, "invite", NOON) == (LINK,)
        void_links(db, "invite", LINK.email)
        assert list_open_links(db, "invite", NOON) == ()
        assert find_link(db, "a") is None


def test_all_sessions_of_a_person_end_at_once(any_database: Database) -> None:
    with any_database.change() as db:
        for name in ("Ada", "Bo"):
            add(db, name)
        for token, user_id in (("a", 1), ("b", 1), ("c", 2)):
            add_session(db, session(token, user_id))
        next_epoch(db, 1)
        found = find_session(db, "c")
        assert find_session(db, "a") is find_session(db, "b") is None
        assert found is not None
        assert (found[0], found[1].name) == (session("c", 2), "Bo")
        account = find_account(db, 1)
        assert account is not None
        assert account.epoch == 1


def test_sessions_that_ran_out_are_forgotten_with_the_next_one(any_database: Database) -> None:
    with any_database.change() as db:
        add(db)
        add_session(db, session("a", 1))
        add_session(db, replace(session("b", 1), created_at=NOON + timedelta(hours=9)))
        assert find_session(db, "a") is None


def test_attempts_are_counted_and_forgotten_but_not_while_they_lock(any_database: Database) -> None:
    day = timedelta(days=1)
    with any_database.change() as db:
        for subject, until in (("a", None), ("b", NOON + 2 * day)):
            counted = hold_attempts(db, subject, NOON)
            assert counted.failures == 0
            save_attempts(db, replace(counted, failures=3, locked_until=until))
        assert hold_attempts(db, "a", NOON + day).failures == 3
        purge_attempts(db, before=NOON + day, now=NOON + day)
        assert hold_attempts(db, "a", NOON + day).failures == 0
        assert hold_attempts(db, "b", NOON + day).failures == 3


def session(token: str, user_id: int) -> StoredSession:
    return StoredSession(
        token_hash=token, user_id=user_id, epoch=0, stage="full", created_at=NOON, seen_at=NOON,
        expires_at=NOON + timedelta(hours=8),
    )  # fmt: skip
