"""Whether a signing key opens what is sealed in a database, and second steps sealed anew when the key is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.config import NONE, Secret
from bot.staff.two_step import seal, unseal
from bot.store.audit import record
from bot.store.database import Database
from bot.store.sealing import opens, wrapped_keys
from bot.store.staff import list_accounts, update_account


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

    Keys that are retired or given up do not count. What only `old` opens is sealed anew when a server starts.
    """
    with database.read() as db:
        secrets = [each.secret for each in list_accounts(db) if each.secret is not None]
        steps = [bool(unseal(key, each) or (old and unseal(old, each))) for each in secrets]
        opened = [
            *steps,
            *(opens(key, wrapped) or (bool(old) and opens(old, wrapped)) for wrapped in wrapped_keys(db)),
        ]
    return Sealed(sum(opened), len(opened))


def reseal_steps(database: Database, key: Secret, old: Secret, now: datetime) -> int:
    """Seal under `key` the second steps that only `old` opens, so that staff keep their phones; how many there were."""
    if not old:
        return 0
    done = 0
    with database.change() as db:
        for each in list_accounts(db):
            if each.secret is not None and not unseal(key, each.secret) and (plain := unseal(old, each.secret)):
                update_account(db, each.user_id, secret=seal(key, plain))
                done += 1
        if done:
            record(
                db, at=now, actor="clinicbot", action="keys.rewrapped", subject="second steps", detail={"steps": done}
            )
    return done
