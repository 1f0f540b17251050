"""People's accounts as they are stored: users, recovery codes, one-time links, sessions, counted attempts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from bot.store.database import Db, insert_of, insert_row
from bot.store.tables_staff import attempts, links, recovery_codes, sessions, users

Purpose = Literal["setup", "invite", "reset"]
Stage = Literal["password", "full"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user's row. `former_names` still stand in histories; `secret` is sealed.

    `confirmed_at` is when two-step sign-in began, `last_step` the time step of its last code.
    """

    user_id: int
    email: str
    name: str
    former_names: frozenset[str]
    roles: frozenset[str]
    password_hash: str
    secret: bytes | None
    confirmed_at: datetime | None
    last_step: int
    epoch: int
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A one-time link; `user_id` of whom it gives a new password, `two_step` when the old second step ends with it."""

    token_hash: str
    purpose: Purpose
    user_id: int | None
    email: str
    name: str
    roles: frozenset[str]
    two_step: bool
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A signed-in browser; it counts only while its `epoch` is the account's."""

    token_hash: str
    user_id: int
    epoch: int
    stage: Stage
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Failed sign-ins of one subject since `began_at`."""

    subject: str
    failures: int
    began_at: datetime
    locked_until: datetime | None


def add_account(db: Db, *, email: str, name: str, roles: frozenset[str], password_hash: str, at: datetime) -> int:
    """Its id. Raises IntegrityError when the email or the name is taken."""
    row = users.insert().values(
        email=email,
        name=name,
        former_names="",
        roles=_words(roles),
        password_hash=password_hash,
        last_step=0,
        epoch=0,
        created_at=at,
    )
    return insert_row(db, row)


def find_account(db: Db, user_id: int) -> Account | None:
    """The account of an id."""
    return _account(db, users.c.user_id == user_id)


def find_account_of(db: Db, email: str) -> Account | None:
    """The account of an email, which is stored in lower case."""
    return _account(db, users.c.email == email)


def list_accounts(db: Db) -> tuple[Account, ...]:
    """Everybody by name, also who cannot sign in any more; a clinic has tens of them."""
    rows = db.execute(sa.select(users).order_by(sa.func.lower(users.c.name), users.c.user_id))
    return tuple(_account_of(row._mapping) for row in rows)


def has_accounts(db: Db) -> bool:
    """Whether anybody has an account."""
    return db.execute(sa.select(users.c.user_id).limit(1)).first() is not None


def lock_active(db: Db) -> tuple[Account, ...]:
    """Everybody who may sign in, held until the transaction ends so that two changes cannot undo each other's check."""
    query = sa.select(users).where(users.c.disabled_at.is_(None)).order_by(users.c.user_id).with_for_update()
    return tuple(_account_of(row._mapping) for row in db.execute(query))


def update_account(db: Db, user_id: int, **values: Any) -> None:
    """Set columns of a user; `roles` and `former_names` as frozensets."""
    if "roles" in values:
        values["roles"] = _words(values["roles"])
    if "former_names" in values:
        values["former_names"] = "\n".join(sorted(values["former_names"]))
    db.execute(users.update().where(users.c.user_id == user_id).values(**values))


def use_step(db: Db, user_id: int, step: int) -> bool:
    """Whether a two-step code of this time step, or a later one, was not used before; it is now."""
    query = users.update().where(users.c.user_id == user_id, users.c.last_step < step).values(last_step=step)
    return db.execute(query).rowcount == 1


def next_epoch(db: Db, user_id: int) -> None:
    """End all sessions of a user."""
    db.execute(users.update().where(users.c.user_id == user_id).values(epoch=users.c.epoch + 1))
    db.execute(sessions.delete().where(sessions.c.user_id == user_id))


def replace_codes(db: Db, user_id: int, hashes: tuple[str, ...]) -> None:
    """These recovery codes and no others."""
    db.execute(recovery_codes.delete().where(recovery_codes.c.user_id == user_id))
    if hashes:
        db.execute(recovery_codes.insert(), [{"user_id": user_id, "code_hash": each} for each in hashes])


def use_code(db: Db, user_id: int, code_hash: str, at: datetime) -> bool:
    """Whether there is such a recovery code, not used before; it is now."""
    mine = (recovery_codes.c.user_id == user_id) & (recovery_codes.c.code_hash == code_hash)
    query = recovery_codes.update().where(mine, recovery_codes.c.used_at.is_(None)).values(used_at=at)
    return db.execute(query).rowcount == 1


def count_codes(db: Db, user_id: int) -> int:
    """How many recovery codes are left."""
    unused = (recovery_codes.c.user_id == user_id) & recovery_codes.c.used_at.is_(None)
    return int(db.execute(sa.select(sa.func.count()).select_from(recovery_codes).where(unused)).scalar_one())


def add_link(db: Db, link: Link) -> None:
    """Store a link."""
    db.execute(links.insert().values(**_columns(link)))


def find_link(db: Db, token_hash: str) -> Link | None:
    """The link of a token's hash, used or not."""
    row = db.execute(sa.select(links).where(links.c.token_hash == token_hash)).first()
    return Link(**{**row._mapping, "roles": frozenset(row.roles.split())}) if row else None


def use_link(db: Db, link: Link, at: datetime) -> bool:
    """Whether the link was not used before; it is now, and with it all others for the same purpose and email."""
    alike = (links.c.purpose == link.purpose) & (links.c.email == link.email) & links.c.used_at.is_(None)
    used = db.execute(links.update().where(alike).values(used_at=at).returning(links.c.token_hash)).scalars().all()
    return link.token_hash in used


def void_links(db: Db, purpose: Purpose, email: str) -> None:
    """Take back the unused links of a purpose for an email."""
    mine = (links.c.purpose == purpose) & (links.c.email == email)
    db.execute(links.delete().where(mine, links.c.used_at.is_(None)))


def list_open_links(db: Db, purpose: Purpose, now: datetime) -> tuple[Link, ...]:
    """Links of a purpose that still work, newest first."""
    query = sa.select(links).where(links.c.purpose == purpose, links.c.used_at.is_(None), links.c.expires_at > now)
    rows = db.execute(query.order_by(links.c.created_at.desc()))
    return tuple(Link(**{**row._mapping, "roles": frozenset(row.roles.split())}) for row in rows)


def add_session(db: Db, session: StoredSession) -> None:
    """Store a session, and forget those that have ended."""
    db.execute(sessions.delete().where(sessions.c.expires_at < session.created_at))
    db.execute(sessions.insert().values(**_columns(session)))


def find_session(db: Db, token_hash: str) -> tuple[StoredSession, Account] | None:
    """A session with its account; whether it still counts is for the caller to say."""
    query = sa.select(sessions, *(column.label(f"u_{column.name}") for column in users.c))
    query = query.join(users, users.c.user_id == sessions.c.user_id).where(sessions.c.token_hash == token_hash)
    row = db.execute(query).first()
    if row is None:
        return None
    values = row._mapping
    account = _account_of({column.name: values[f"u_{column.name}"] for column in users.c})
    return StoredSession(**{column.name: values[column.name] for column in sessions.c}), account


def see_session(db: Db, token_hash: str, at: datetime) -> None:
    """Note that a session was used."""
    db.execute(sessions.update().where(sessions.c.token_hash == token_hash).values(seen_at=at))


def end_session(db: Db, token_hash: str) -> None:
    """Forget a session."""
    db.execute(sessions.delete().where(sessions.c.token_hash == token_hash))


def hold_attempts(db: Db, subject: str, at: datetime) -> Attempts:
    """What was counted for a subject, held until the transaction ends; a new count begins at `at`."""
    begun = insert_of(db, attempts).values(subject=subject, failures=0, began_at=at)
    db.execute(begun.on_conflict_do_nothing())
    row = db.execute(sa.select(attempts).where(attempts.c.subject == subject).with_for_update()).one()
    return Attempts(**row._mapping)


def save_attempts(db: Db, counted: Attempts) -> None:
    """Store a count that is held."""
    db.execute(attempts.update().where(attempts.c.subject == counted.subject).values(**_columns(counted)))


def forget_attempts(db: Db, subject: str) -> None:
    """Count anew from nothing."""
    db.execute(attempts.delete().where(attempts.c.subject == subject))


def purge_attempts(db: Db, *, before: datetime, now: datetime) -> None:
    """Forget counts that began before `before` and lock nobody out now."""
    free = attempts.c.locked_until.is_(None) | (attempts.c.locked_until < now)
    db.execute(attempts.delete().where(attempts.c.began_at < before, free))


def _account(db: Db, condition: sa.ColumnElement[bool]) -> Account | None:
    row = db.execute(sa.select(users).where(condition)).first()
    return _account_of(row._mapping) if row else None


def _account_of(values: Mapping[Any, Any]) -> Account:
    lists = {
        "roles": frozenset(values["roles"].split()),
        "former_names": frozenset(values["former_names"].splitlines()),
    }
    return Account(**{**values, **lists})


def _words(roles: frozenset[str]) -> str:
    return " ".join(sorted(roles))


def _columns(value: Link | StoredSession | Attempts) -> dict[str, Any]:
    columns = {name: getattr(value, name) for name in type(value).__dataclass_fields__}
    if isinstance(value, Link):
        columns["roles"] = _words(value.roles)
    return columns
