"""Signed-in browsers: a random token each, ended by signing out, by idleness, by age, or all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.staff.accounts import User, user_of
from bot.store import audit
from bot.store.database import Database, Db
from bot.store.keys import new_token, token_hash
from bot.store.staff import (
    Account,
    Stage,
    StoredSession,
    add_session,
    end_session,
    find_session,
    next_epoch,
    see_session,
)

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
HALF_WAY = timedelta(minutes=10)  # from the password to the second step
_SEEN_EVERY = timedelta(seconds=60)  # a write for each page would cost more than the minute is worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that counts now. `stage` is 'password' until the second step is done: it opens nothing but that."""

    user: User
    stage: Stage
    has_two_step: bool
    token_hash: str
    expires_at: datetime

    @property
    def is_full(self) -> bool:
        """Whether both steps are done."""
        return self.stage == "full"


def open_session(
    db: Db, account: Account, stage: Stage, now: datetime, *, replaces: str = "", until: datetime | None = None
) -> str:
    """The token of a new session of `account` as it is now; `replaces` is the hash of the one it takes over from."""
    if replaces:
        end_session(db, replaces)
    token = new_token()
    longest = HALF_WAY if stage == "password" else LONGEST
    add_session(
        db,
        StoredSession(
            token_hash=token_hash(token),
            user_id=account.user_id,
            epoch=account.epoch,
            stage=stage,
            created_at=now,
            seen_at=now,
            expires_at=until or now + longest,
        ),
    )
    return token


def find(database: Database, token: str, now: datetime, *, idle: timedelta = IDLE) -> Session | None:
    """The session of a token while it counts: until it was `idle`, or is too old."""
    hashed = token_hash(token)
    with database.read() as db:
        found = find_session(db, hashed)
    if found is None:
        return None
    session, account = found
    ended = session.expires_at <= now or session.seen_at + idle <= now
    if ended or account.disabled_at is not None or session.epoch != account.epoch:
        return None
    if now - session.seen_at >= min(_SEEN_EVERY, idle / 8):
        with database.change() as db:
            see_session(db, hashed, now)
    return Session(
        user=user_of(account),
        stage=session.stage,
        has_two_step=account.confirmed_at is not None,
        token_hash=hashed,
        expires_at=session.expires_at,
    )


def sign_out(database: Database, session: Session, now: datetime) -> None:
    """End this session; one that is only half-way was never signed in."""
    with database.change() as db:
        end_session(db, session.token_hash)
        if session.is_full:
            user = session.user
            audit.record(db, at=now, actor=user.name, action="account.signed-out", subject=user.email)


def sign_out_everywhere(database: Database, user: User, now: datetime) -> None:
    """End all sessions of a user, this one with them."""
    with database.change() as db:
        next_epoch(db, user.user_id)
        audit.record(db, at=now, actor=user.name, action="account.signed-out-everywhere", subject=user.email)
