"""Whether what is sealed in a database can be opened with a signing key: a restored database needs its own one."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from bot.config import Secret
from bot.staff.two_step import unseal
from bot.store.database import Database, Db
from bot.store.keys import derive
from bot.store.staff import list_accounts


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many secrets a key opens, of how many that are sealed."""

    opened: int
    sealed: int

    @property
    def is_readable(self) -> bool:
        """Whether nothing is sealed with another key."""
        return self.opened == self.sealed


def check_sealed(database: Database, key: Secret) -> Sealed:
    """Try the key on every second step and on every key that messages are sealed with."""
    with database.read() as db:
        steps = [bool(unseal(key, each.secret)) for each in list_accounts(db) if each.secret is not None]
        opened = [*steps, *(_opens(key, wrapped) for wrapped in _wrapped_keys(db))]
    return Sealed(sum(opened), len(opened))


def _wrapped_keys(db: Db) -> list[bytes]:
    if not sa.inspect(db).has_table("sealing_keys"):
        return []
    wrapped = sa.table("sealing_keys", sa.column("wrapped", sa.LargeBinary)).c.wrapped
    return [bytes(each) for each in db.execute(sa.select(wrapped)).scalars()]


def _opens(key: Secret, wrapped: bytes) -> bool:
    try:
        Fernet(base64.urlsafe_b64encode(derive(key, "sealing"))).decrypt(wrapped)
    except InvalidToken:
        return False
    return True
