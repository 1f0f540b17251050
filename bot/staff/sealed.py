"""Whether what is sealed in a database can be opened with a signing key: a restored database needs its own one."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from bot.config import NONE, Secret
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


def check_sealed(database: Database, key: Secret, old: Secret = NONE) -> Sealed:
    """Try the key on every second step and on every key in use that messages are sealed with.

    Keys that are retired or given up do not count. What only `old` opens is wrapped anew when a server starts.
    """
    with database.read() as db:
        steps = [bool(unseal(key, each.secret)) for each in list_accounts(db) if each.secret is not None]
        opened = [
            *steps,
            *(_opens(key, wrapped) or (bool(old) and _opens(old, wrapped)) for wrapped in _keys_in_use(db)),
        ]
    return Sealed(sum(opened), len(opened))


def _keys_in_use(db: Db) -> list[bytes]:
    if not sa.inspect(db).has_table("sealing_keys"):
        return []
    keys = sa.table("sealing_keys", sa.column("wrapped", sa.LargeBinary), sa.column("retired_at"))
    query = sa.select(keys.c.wrapped).where(keys.c.retired_at.is_(None))
    return [bytes(each) for each in db.execute(query).scalars()]


def _opens(key: Secret, wrapped: bytes) -> bool:
    try:
        Fernet(base64.urlsafe_b64encode(derive(key, "sealing"))).decrypt(wrapped)
    except InvalidToken:
        return False
    return True
