"""People who curate: who they are, what they may do, and what an admin changes about that."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.errors import Conflict, Forbidden, InputError
from bot.store import audit
from bot.store.database import Database, Db
from bot.store.staff import (
    Account,
    find_account,
    list_accounts,
    lock_active,
    next_epoch,
    update_account,
)

LONGEST_NAME, LONGEST_EMAIL = 80, 120
COMMAND_LINE = "command line"  # stands as the actor where no person is known
_NOBODY = (COMMAND_LINE, "knowledge folder", "clinicbot")
_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\]+")


class Role(StrEnum):
    """What somebody may do. Everybody may edit; a clinician approves; an admin manages accounts and settings."""

    EDITOR = "editor"
    CLINICIAN = "clinician"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with an account. `name` is how they stand in histories and reviews; `former` what they were called."""

    user_id: int
    email: str
    name: str
    roles: frozenset[Role]
    former: frozenset[str] = frozenset()

    def is_called(self, name: str) -> bool:
        """Whether a name in a history is theirs, be it an earlier one: who wrote something is still who wrote it."""
        return name == self.name or name in self.former

    def may(self, role: Role) -> bool:
        """Whether a view that requires `role` is open to them."""
        return role in self.roles or (role is Role.EDITOR and bool(self.roles))

    @property
    def is_admin(self) -> bool:
        """Whether they manage accounts and settings."""
        return Role.ADMIN in self.roles

    @property
    def is_clinician(self) -> bool:
        """Whether they approve revisions."""
        return Role.CLINICIAN in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user as the list of accounts shows them."""

    user: User
    has_two_step: bool
    since: datetime
    disabled_at: datetime | None


def user_of(account: Account) -> User:
    """The person of a stored account."""
    roles = frozenset(Role(role) for role in account.roles)
    former = account.former_names
    return User(user_id=account.user_id, email=account.email, name=account.name, roles=roles, former=former)


def list_people(database: Database) -> tuple[Person, ...]:
    """Everybody with an account, by name."""
    with database.read() as db:
        accounts = list_accounts(db)
    return tuple(
        Person(
            user=user_of(account),
            has_two_step=account.confirmed_at is not None,
            since=account.created_at,
            disabled_at=account.disabled_at,
        )
        for account in accounts
    )


def change_name(database: Database, user: User, name: str, now: datetime) -> None:
    """Give oneself another name; what is written in histories keeps the old one."""
    with database.change() as db:
        name = free_name(db, name, besides=user.user_id)
        if name == user.name:
            return
        former = _of(db, user.user_id).former_names | {user.name}
        update_account(db, user.user_id, name=name, former_names=former - {name})
        detail = {"from": user.name, "to": name}
        audit.record(db, at=now, actor=user.name, action="account.renamed", subject=user.email, detail=detail)


def change_roles(database: Database, user_id: int, roles: frozenset[Role], *, by: User, now: datetime) -> User:
    """What somebody may do from now on. Raises Conflict when nobody would be admin any more."""
    _require_admin(by)
    check_roles(roles)
    with database.change() as db:
        account = _of(db, user_id)
        _keep_an_admin(db, account, stays=Role.ADMIN in roles and account.disabled_at is None)
        before = sorted(account.roles)
        if before != sorted(roles):
            update_account(db, user_id, roles=frozenset(role.value for role in roles))
            detail = {"name": account.name, "from": before, "to": sorted(roles)}
            audit.record(
                db, at=now, actor=by.name, action="account.roles-changed", subject=account.email, detail=detail
            )
        return user_of(_of(db, user_id))


def disable(database: Database, user_id: int, *, by: User, now: datetime) -> User:
    """Let somebody in no more, from this moment. Raises Conflict for the last admin."""
    _require_admin(by)
    with database.change() as db:
        account = _of(db, user_id)
        _keep_an_admin(db, account, stays=False)
        if account.disabled_at is None:
            update_account(db, user_id, disabled_at=now)
            next_epoch(db, user_id)
            detail = {"name": account.name}
            audit.record(db, at=now, actor=by.name, action="account.disabled", subject=account.email, detail=detail)
        return user_of(account)


def enable(database: Database, user_id: int, *, by: User, now: datetime) -> User:
    """Let somebody in again, with the password and second step they had."""
    _require_admin(by)
    with database.change() as db:
        account = _of(db, user_id)
        if account.disabled_at is not None:
            update_account(db, user_id, disabled_at=None)
            detail = {"name": account.name}
            audit.record(db, at=now, actor=by.name, action="account.enabled", subject=account.email, detail=detail)
        return user_of(account)


def folded_email(email: str) -> str:
    """An email as it is stored and compared."""
    return unicodedata.normalize("NFKC", email).strip().lower()


def checked_email(email: str) -> str:
    """The folded email; raises InputError when it is none."""
    folded = folded_email(email)
    if len(folded) > LONGEST_EMAIL or not _EMAIL.fullmatch(folded) or not folded.isprintable():
        allowed = f"an email address of at most {LONGEST_EMAIL} characters, like ada@clinic.example"
        raise InputError(field="email", got="something else" if folded else "nothing", allowed=allowed)
    return folded


def free_name(db: Db, name: str, *, besides: int | None = None) -> str:
    """The name, tidied; raises InputError when it is none, or is or was somebody else's: histories must be clear."""
    tidy = " ".join(unicodedata.normalize("NFKC", name).split())
    if not 1 <= len(tidy) <= LONGEST_NAME or not tidy.isprintable():
        got = "nothing" if not tidy else "something else"
        raise InputError(field="name", got=got, allowed=f"1 to {LONGEST_NAME} characters")
    others = [account for account in list_accounts(db) if account.user_id != besides]
    taken = {name.casefold() for account in others for name in (account.name, *account.former_names)}
    if tidy.casefold() in taken.union(_NOBODY):
        raise InputError(field="name", got="a name that is taken", allowed="a name that nobody else here has or had")
    return tidy


def require_able(db: Db, name: str, may: frozenset[Role], *, field: str, who: str) -> None:
    """Raises InputError for a name that is not that of an active account with one of these roles; before there are
    accounts any name will do. `who` says whose it must be.
    """
    accounts = list_accounts(db)
    able = [each.name for each in accounts if each.disabled_at is None and may & each.roles]
    if name and accounts and name not in able:
        raise InputError(field=field, got=name, allowed=f"{who}: {', '.join(able) or 'there is none yet'}")


def check_roles(roles: frozenset[Role]) -> None:
    """Raises InputError when there is none."""
    if not roles:
        raise InputError(field="roles", got="none", allowed="at least one")


def _of(db: Db, user_id: int) -> Account:
    account = find_account(db, user_id)
    if account is None:
        raise InputError(field="user", got="nobody", allowed="somebody with an account")
    return account


def _require_admin(by: User) -> None:
    if not by.is_admin:
        raise Forbidden(action="manage accounts", needs="an admin")


def _keep_an_admin(db: Db, account: Account, *, stays: bool) -> None:
    """The clinic must not lock itself out. Holds all active accounts until the transaction ends."""
    admins = {each.user_id for each in lock_active(db) if Role.ADMIN in each.roles}
    if admins == {account.user_id} and not stays:
        problem = "is the last admin who can sign in; make somebody else admin first"
        raise Conflict(subject=account.name, problem=problem)
