"""Signing in: the password, then a code of the app or a recovery code; and setting up that second step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.config import Secret
from bot.errors import ClinicbotError, InputError
from bot.staff import two_step
from bot.staff.accounts import User, folded_email
from bot.staff.attempts import Charge, charge, give_back
from bot.staff.passwords import UNUSABLE, hash_password, is_outdated, matches
from bot.staff.sessions import Session, open_session
from bot.store import audit
from bot.store.database import Database, Db
from bot.store.staff import (
    Account,
    count_codes,
    find_account,
    find_account_of,
    next_epoch,
    replace_codes,
    update_account,
    use_code,
    use_step,
)


class NotLetIn(ClinicbotError):
    """What was given does not open the account. It does not say whether there is such an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """What signing in works with. `address` is the network address of who asks."""

    database: Database
    key: Secret
    address: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Entered:
    """A step that was passed: the session's new `token`, and how many recovery codes are left after using one."""

    token: str
    codes_left: int | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """Two-step sign-in that begins now: the session's new `token`, and the recovery `codes`, never shown again."""

    token: str
    codes: tuple[str, ...]


def enter_password(door: Entrance, email: str, password: str, *, replaces: str = "") -> Entered:
    """A session at the second step. Raises NotLetIn, or Locked when there were too many failures."""
    email = folded_email(email)
    charged = _charge(door, email)
    with door.database.read() as db:
        account = find_account_of(db, email)
    usable = account is not None and account.disabled_at is None
    stored = account.password_hash if account is not None and usable else UNUSABLE
    if not matches(stored, password) or account is None:
        raise _refused(door, account, charged)
    with door.database.change() as db:
        current = find_account(db, account.user_id)
        if current is None or current.disabled_at or current.password_hash != stored:
            raise NotLetIn  # it was changed while the password was checked
        give_back(db, charged, door.now)
        if is_outdated(stored):
            update_account(db, account.user_id, password_hash=hash_password(password))
        return Entered(open_session(db, current, "password", door.now, replaces=replaces))


def enter_code(door: Entrance, session: Session, code: str) -> Entered:
    """A full session, by a code of the app. Raises NotLetIn or Locked."""

    def fits(db: Db, account: Account) -> bool:
        step = two_step.step_of(two_step.unseal(door.key, account.secret), code, door.now)
        return step is not None and use_step(db, account.user_id, step)

    return _second_step(door, session, fits, "code")


def enter_recovery_code(door: Entrance, session: Session, code: str) -> Entered:
    """A full session, by a recovery code, which is used up then. Raises NotLetIn or Locked."""

    def fits(db: Db, account: Account) -> bool:
        return use_code(db, account.user_id, two_step.code_hash(door.key, account.user_id, code), door.now)

    return _second_step(door, session, fits, "recovery code")


def begin_two_step(door: Entrance, session: Session, offer: str, code: str) -> Begun:
    """Take up the app whose secret the page offered, once a code proves that it works; other sessions end.

    Raises InputError for a code that does not fit. Somebody who has two-step sign-in already needs a full session.
    """
    if session.has_two_step and not session.is_full:
        raise NotLetIn
    user = session.user
    secret = two_step.offered(door.key, user.user_id, offer)
    step = two_step.step_of(secret, code, door.now)
    if step is None:
        raise InputError(field="code", got="a code that does not fit", allowed="the six digits that the app shows now")
    codes = two_step.new_codes()
    hashes = tuple(two_step.code_hash(door.key, user.user_id, each) for each in codes)
    with door.database.change() as db:
        account = find_account(db, user.user_id)
        if account is None or account.disabled_at or (account.confirmed_at and not session.is_full):
            raise NotLetIn
        sealed = two_step.seal(door.key, secret)
        update_account(db, user.user_id, secret=sealed, confirmed_at=door.now, last_step=step)
        replace_codes(db, user.user_id, hashes)
        token = _afresh(db, session, door.now)
        action = "account.two-step-renewed" if account.confirmed_at else "account.two-step-set-up"
        audit.record(db, at=door.now, actor=user.name, action=action, subject=user.email)
    return Begun(token, codes)


def renew_codes(door: Entrance, user: User) -> tuple[str, ...]:
    """Ten new recovery codes; the old ones open nothing any more."""
    codes = two_step.new_codes()
    hashes = tuple(two_step.code_hash(door.key, user.user_id, each) for each in codes)
    with door.database.change() as db:
        replace_codes(db, user.user_id, hashes)
        audit.record(db, at=door.now, actor=user.name, action="account.codes-renewed", subject=user.email)
    return codes


def codes_left(database: Database, user: User) -> int:
    """How many recovery codes somebody has."""
    with database.read() as db:
        return count_codes(db, user.user_id)


def confirm_password(door: Entrance, user: User, password: str) -> None:
    """Raises InputError when this is not the person's password, or Locked; it counts like signing in."""
    charged = _charge(door, user.email)
    with door.database.read() as db:
        account = find_account(db, user.user_id)
    if not matches(account.password_hash if account else UNUSABLE, password):
        _note_lock(door, account, charged)
        raise InputError(field="current_password", got="another password", allowed="the one you sign in with")
    with door.database.change() as db:
        give_back(db, charged, door.now)


def change_password(door: Entrance, session: Session, password: str) -> Entered:
    """Set a checked new password; all other sessions end, this one goes on under a new token."""
    user = session.user
    stored = hash_password(password)
    with door.database.change() as db:
        update_account(db, user.user_id, password_hash=stored)
        audit.record(db, at=door.now, actor=user.name, action="account.password-changed", subject=user.email)
        return Entered(_afresh(db, session, door.now))


def _second_step(door: Entrance, session: Session, fits: Callable[[Db, Account], bool], how: str) -> Entered:
    user = session.user
    charged = _charge(door, user.email)
    with door.database.change() as db:
        account = find_account(db, user.user_id)
        if account is not None and not account.disabled_at and account.confirmed_at and fits(db, account):
            give_back(db, charged, door.now, forget=True)
            token = open_session(db, account, "full", door.now, replaces=session.token_hash)
            left = count_codes(db, user.user_id) if how == "recovery code" else None
            detail = {"second step": how}
            audit.record(
                db, at=door.now, actor=user.name, action="account.signed-in", subject=user.email, detail=detail
            )
            return Entered(token, left)
    raise _refused(door, account, charged)


def _charge(door: Entrance, email: str) -> Charge:
    with door.database.change() as db:
        return charge(db, door.key, email=email, address=door.address, now=door.now)


def _refused(door: Entrance, account: Account | None, charged: Charge) -> NotLetIn:
    _note_lock(door, account, charged)
    return NotLetIn("what was given opens no account")


def _note_lock(door: Entrance, account: Account | None, charged: Charge) -> None:
    if account is not None and charged.locked:
        with door.database.change() as db:
            audit.record(db, at=door.now, actor=account.name, action="account.locked", subject=account.email)


def _afresh(db: Db, session: Session, now: datetime) -> str:
    """End all sessions of the person, and go on in a new one."""
    next_epoch(db, session.user.user_id)
    account = find_account(db, session.user.user_id)
    if account is None:
        raise NotLetIn
    until = session.expires_at if session.is_full else None
    return open_session(db, account, "full", now, until=until)
