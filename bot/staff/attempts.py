"""How often somebody may be wrong when signing in: counted for an account and for a network address.

An attempt is charged before it is checked, so that many at the same moment get no more tries than one after another. It
is given back when it was right. Accounts that do not exist are counted like those that do, so that being locked tells
nothing.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.config import Secret
from bot.errors import ClinicbotError
from bot.store.database import Db
from bot.store.keys import keyed_hash
from bot.store.staff import Attempts, forget_attempts, hold_attempts, purge_attempts, save_attempts

_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Allowance:
    """After `free` failures every further one locks, `first` long, then twice as long each time, up to `longest`."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta


ACCOUNT = Allowance(5, timedelta(minutes=1), timedelta(hours=1), _KEPT)
# A clinic often has one address for everybody, so this one is wide, and short.
ADDRESS = Allowance(50, timedelta(minutes=1), timedelta(minutes=15), timedelta(minutes=15))


class Locked(ClinicbotError):
    """There were too many failures; the next attempt is allowed at `until`. The password was not looked at."""

    def __init__(self, until: datetime, now: datetime) -> None:
        self.minutes = max(1, -int((now - until).total_seconds() // 60))
        super().__init__(f"too many failures; try again in {self.minutes} minutes")
        self.until = until


@dataclass(frozen=True, slots=True)
class Charge:
    """An attempt that is counted as failed until it is given back. `locked` says that it was the one too many."""

    account: str
    address: str
    locked: bool


def charge(db: Db, key: Secret, *, email: str, address: str, now: datetime) -> Charge:
    """Count an attempt for both. Raises Locked, counting nothing, while either of them is locked."""
    purge_attempts(db, before=now - _KEPT, now=now)
    subjects = (
        (keyed_hash(key, "attempts", f"account {email}"), ACCOUNT),
        (keyed_hash(key, "attempts", f"address {_network(address)}"), ADDRESS),
    )
    held = [(hold_attempts(db, subject, now), allowance) for subject, allowance in subjects]
    waits = [counted.locked_until for counted, _ in held if counted.locked_until and counted.locked_until > now]
    if waits:
        raise Locked(max(waits), now)
    after = [one_more(counted, allowance, now) for counted, allowance in held]
    for counted in after:
        save_attempts(db, counted)
    return Charge(subjects[0][0], subjects[1][0], locked=after[0].locked_until is not None)


def give_back(db: Db, charged: Charge, now: datetime, *, forget: bool = False) -> None:
    """The attempt was right: it counts no longer. With `forget`, nor do the account's earlier failures."""
    for subject in (charged.account, charged.address):
        counted = hold_attempts(db, subject, now)
        save_attempts(db, replace(counted, failures=max(0, counted.failures - 1), locked_until=None))
    if forget:
        forget_attempts(db, charged.account)


def forgive(db: Db, key: Secret, email: str) -> None:
    """An account's failures count no longer: an admin has let the person in."""
    forget_attempts(db, keyed_hash(key, "attempts", f"account {email}"))


def one_more(counted: Attempts, allowance: Allowance, now: datetime) -> Attempts:
    """The count after another failure; counting begins anew when the first one is long ago."""
    if counted.began_at + allowance.forgotten_after <= now:
        counted = replace(counted, failures=0, began_at=now)
    failures = counted.failures + 1
    over = failures - allowance.free
    if over < 0:
        return replace(counted, failures=failures, locked_until=None)
    wait = min(allowance.longest, allowance.first * 2 ** min(over, 20))
    return replace(counted, failures=failures, locked_until=now + wait)


def _network(address: str) -> str:
    """An IPv6 customer has a whole /64, so that is what is counted."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)
