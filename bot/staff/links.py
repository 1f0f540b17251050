"""One-time links: for the first person, for an invitation, for a new password. Only their hashes are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import Secret
from bot.errors import Conflict, Forbidden, InputError
from bot.staff.accounts import COMMAND_LINE, Role, User, check_roles, checked_email, free_name, user_of
from bot.staff.attempts import forgive
from bot.staff.passwords import check_password, hash_password
from bot.staff.sessions import open_session
from bot.store import audit
from bot.store.database import Database, Db
from bot.store.keys import new_token, token_hash
from bot.store.staff import (
    Account,
    Link,
    Purpose,
    add_account,
    add_link,
    find_account,
    find_account_of,
    find_link,
    has_accounts,
    list_open_links,
    next_epoch,
    replace_codes,
    update_account,
    use_link,
    void_links,
)

LASTS: dict[Purpose, timedelta] = {
    "setup": timedelta(hours=24),
    "invite": timedelta(hours=72),
    "reset": timedelta(hours=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What somebody filled in behind a link. `email` and `clinician` count for the first person only."""

    name: str = ""
    email: str = ""
    password: str
    clinician: bool = False


def setup_link(database: Database, now: datetime) -> str | None:
    """The path of a new link for the first person, or None when somebody has an account already."""
    with database.change() as db:
        if has_accounts(db):
            return None
        return _new_link(db, "setup", now, roles=frozenset({Role.ADMIN}))


def invite(database: Database, *, email: str, name: str, roles: frozenset[Role], by: User | None, now: datetime) -> str:
    """The path of a link by which somebody joins; an earlier one for the email ends. `by` None is the command line."""
    _require_admin(by)
    email = checked_email(email)
    check_roles(roles)
    with database.change() as db:
        if find_account_of(db, email) is not None:
            raise InputError(field="email", got="one that has an account", allowed="an email without an account")
        name = free_name(db, name)
        void_links(db, "invite", email)
        path = _new_link(db, "invite", now, roles=roles, email=email, name=name)
        detail = {"name": name, "roles": sorted(roles)}
        audit.record(db, at=now, actor=_actor(by), action="account.invited", subject=email, detail=detail)
    return path


def reset_link(database: Database, *, email: str, two_step: bool, by: User | None, now: datetime) -> str:
    """The path of a link to a new password, and to a new second step when `two_step`; an earlier one ends.

    Nothing changes until it is used. `by` None is the command line.
    """
    _require_admin(by)
    email = checked_email(email)
    with database.change() as db:
        account = find_account_of(db, email)
        if account is None:
            raise InputError(field="email", got="one without an account", allowed="the email of an account")
        if account.disabled_at is not None:
            raise Conflict(subject=account.name, problem="cannot sign in now; let them in again first")
        void_links(db, "reset", email)
        path = _new_link(db, "reset", now, email=email, name=account.name, user_id=account.user_id, two_step=two_step)
        detail = {"name": account.name, "two_step": two_step}
        audit.record(db, at=now, actor=_actor(by), action="account.reset-link", subject=email, detail=detail)
    return path


def open_link(database: Database, purpose: Purpose, token: str, now: datetime) -> Link | None:
    """The link of a token while it works."""
    with database.read() as db:
        return _open(db, purpose, token, now)


def invited(database: Database, now: datetime) -> tuple[Link, ...]:
    """Invitations that were not taken up yet."""
    with database.read() as db:
        return list_open_links(db, "invite", now)


def take_back(database: Database, email: str, *, by: User, now: datetime) -> None:
    """End an invitation."""
    _require_admin(by)
    with database.change() as db:
        void_links(db, "invite", checked_email(email))
        audit.record(db, at=now, actor=by.name, action="account.invitation-taken-back", subject=email)


def accept(
    database: Database, purpose: Purpose, token: str, joining: Joining, *, clinic: str, now: datetime,
    key: Secret,
) -> str:  # fmt: skip
    """Use a link up: the token of a session at the second step.

    Raises InputError for what was filled in (the link still works then), and Conflict when the link does not work.
    """
    with database.read() as db:  # all that can be wrong is found before the password is hashed, which is slow
        link = _working(db, purpose, token, now)
        email, name = _who(db, link, joining)
    check_password(joining.password, (name, email, clinic))
    stored = hash_password(joining.password)
    with database.change() as db:
        link = _working(db, purpose, token, now)
        if not use_link(db, link, now):
            raise _spent()
        email, name = _who(db, link, joining)
        if link.user_id is None:
            account = _join(db, link, joining, email=email, name=name, stored=stored, now=now)
        else:
            account = _renew(db, link, link.user_id, stored=stored, now=now, key=key)
        return open_session(db, account, "password", now)


def _join(db: Db, link: Link, joining: Joining, *, email: str, name: str, stored: str, now: datetime) -> Account:
    roles = link.roles
    if link.purpose == "setup" and joining.clinician:
        roles = roles | {Role.CLINICIAN.value}
    user_id = add_account(db, email=email, name=name, roles=frozenset(roles), password_hash=stored, at=now)
    detail = {"name": name, "roles": sorted(roles), "by": link.purpose}
    audit.record(db, at=now, actor=name, action="account.joined", subject=email, detail=detail)
    return _stored(db, user_id)


def _renew(db: Db, link: Link, user_id: int, *, stored: str, now: datetime, key: Secret) -> Account:
    update_account(db, user_id, password_hash=stored)
    if link.two_step:
        update_account(db, user_id, secret=None, confirmed_at=None)
        replace_codes(db, user_id, ())
    next_epoch(db, user_id)
    forgive(db, key, link.email)
    account = _stored(db, user_id)
    detail = {"two_step": link.two_step}
    audit.record(db, at=now, actor=account.name, action="account.reset", subject=account.email, detail=detail)
    return account


def _who(db: Db, link: Link, joining: Joining) -> tuple[str, str]:
    """Email and name of whom the link lets in."""
    if link.user_id is not None:
        user = user_of(_stored(db, link.user_id))
        return user.email, user.name
    email = checked_email(joining.email) if link.purpose == "setup" else link.email
    if find_account_of(db, email) is not None:
        raise _spent()
    return email, free_name(db, joining.name)


def _working(db: Db, purpose: Purpose, token: str, now: datetime) -> Link:
    link = _open(db, purpose, token, now)
    if link is None:
        raise _spent()
    return link


def _open(db: Db, purpose: Purpose, token: str, now: datetime) -> Link | None:
    link = find_link(db, token_hash(token))
    if link is None or link.purpose != purpose or link.used_at is not None or link.expires_at <= now:
        return None
    if purpose == "setup" and has_accounts(db):
        return None
    if link.user_id is not None and _stored(db, link.user_id).disabled_at is not None:
        return None
    return link


def _new_link(
    db: Db, purpose: Purpose, now: datetime, *, roles: frozenset[Role] = frozenset(), email: str = "", name: str = "",
    user_id: int | None = None, two_step: bool = False,
) -> str:  # fmt: skip
    token = new_token()
    link = Link(
        token_hash=token_hash(token),
        purpose=purpose,
        user_id=user_id,
        email=email,
        name=name,
        roles=frozenset(role.value for role in roles),
        two_step=two_step,
        created_at=now,
        expires_at=now + LASTS[purpose],
        used_at=None,
    )
    add_link(db, link)
    return f"/staff/{purpose}/{token}"


def _stored(db: Db, user_id: int) -> Account:
    account = find_account(db, user_id)
    if account is None:
        raise _spent()
    return account


def _spent() -> Conflict:
    return Conflict(subject="link", problem="was used already, or is too old")


def _actor(by: User | None) -> str:
    return by.name if by else COMMAND_LINE


def _require_admin(by: User | None) -> None:
    if by is not None and not by.is_admin:
        raise Forbidden(action="let people in", needs="an admin")
