"""Sealing what is personal: data keys in the database, wrapped under the signing key, and what they seal and read.

A sealed value is the number of its data key, a colon, and a Fernet token of JSON. The signing key wraps data keys only,
so that changing it re-wraps a few rows, and changing the data key re-seals without touching the signing key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from bot.clock import utc_now
from bot.config import NONE, Secret
from bot.errors import NotReady, SettingError
from bot.store import audit
from bot.store.database import Database, Db
from bot.store.keys import derive
from bot.store.tables_handoffs import sealing_keys
from bot.store.types import canonical, parsed

_PURPOSE = "sealing"


class Unreadable(NotReady):
    """Something sealed cannot be read with the keys at hand."""

    def __init__(self, subject: str = "this message") -> None:
        super().__init__(
            f"{subject} cannot be read with this key: it was sealed under another CLINICBOT_SECRET_KEY, or damaged"
        )


class Sealer:
    """Seals with the newest data key, and reads what any key of this database sealed. Shared by threads."""

    def __init__(self, database: Database, secret: Secret) -> None:
        self._database, self._secret = database, secret
        self._marking = derive(secret, "handoff requests")
        self._keys: Mapping[int, Fernet] = {}
        self._lock = threading.Lock()
        self.refresh()

    def seal(self, plain: Mapping[str, str]) -> bytes:
        """The values, sealed with the newest key, which another process may have made. Raises Unreadable."""
        with self._database.read() as db:
            newest = newest_key(db)
        if newest not in self._keys:
            self.refresh()
        if newest not in self._keys:  # sealed with an older one, it could be lost to whoever holds the newest
            raise Unreadable("the newest data key")
        return sealed_with(newest, self._keys[newest], plain)

    def unseal(self, sealed: bytes) -> Mapping[str, str]:
        """The values again. Raises Unreadable."""
        number = key_of(sealed)
        if number is not None and number not in self._keys:
            self.refresh()
        if number is None or number not in self._keys:
            raise Unreadable
        return unsealed_with(self._keys[number], sealed)

    def mark(self, plain: Mapping[str, str]) -> str:
        """A keyed hash of the values: the same for the same ones, and tells nothing without the signing key."""
        return hmac.new(self._marking, canonical(dict(plain)).encode(), hashlib.sha256).hexdigest()

    def refresh(self) -> None:
        """Read the keys of the database anew."""
        with self._lock, self._database.read() as db:
            self._keys = load_keys(db, self._secret)


def open_sealer(database: Database, secret: Secret, old: Secret = NONE, *, now: datetime | None = None) -> Sealer:
    """The sealer of a database, whose first data key it makes; data keys wrapped under `old` are wrapped anew.

    Raises SettingError when a data key that is in use can be read with neither.
    """
    with database.change() as db:
        hold_keys(db)
        if newest_key(db) == 0:
            add_key(db, secret, now or utc_now())
        if done := rewrap(db, secret, old):
            detail, at = {"keys": done}, now or utc_now()
            audit.record(db, at=at, actor="clinicbot", action="keys.rewrapped", subject="sealing keys", detail=detail)
        lost = _lost_keys(db, secret)
    if lost:
        raise SettingError(
            name="CLINICBOT_SECRET_KEY",
            got="a key with which the messages in this database cannot be read",
            allowed="the key that they were sealed under, or that one as CLINICBOT_SECRET_KEY_OLD beside the new one",
        )
    return Sealer(database, secret)


def wrapped_keys(db: Db) -> tuple[bytes, ...]:
    """The data keys that are in use, as they are stored; none where messages were never taken."""
    if not sa.inspect(db).has_table(sealing_keys.name):
        return ()
    query = sa.select(sealing_keys.c.wrapped).where(sealing_keys.c.retired_at.is_(None))
    return tuple(bytes(each) for each in db.execute(query).scalars())


def opens(secret: Secret, wrapped: bytes) -> bool:
    """Whether the signing key `secret` opens a data key as it is stored."""
    return _opened(wrapped, secret) is not None


def rewrap(db: Db, secret: Secret, old: Secret) -> int:
    """Wrap under `secret` those data keys that only `old` opens; how many there were."""
    if not old:
        return 0
    done = 0
    for row in db.execute(sa.select(sealing_keys)).all():
        if _opened(row.wrapped, secret) is None and (plain := _opened(row.wrapped, old)) is not None:
            values = {"wrapped": _wrapping(secret).encrypt(plain)}
            db.execute(sealing_keys.update().where(sealing_keys.c.key_id == row.key_id).values(values))
            done += 1
    return done


def add_key(db: Db, secret: Secret, at: datetime) -> int:
    """Make a data key, which seals from now on; its number."""
    number = int(db.execute(sa.select(sa.func.coalesce(sa.func.max(sealing_keys.c.key_id), 0))).scalar_one()) + 1
    wrapped = _wrapping(secret).encrypt(Fernet.generate_key())
    db.execute(sealing_keys.insert().values(key_id=number, wrapped=wrapped, made_at=at))
    return number


def hold_keys(db: Db) -> None:
    """Until the transaction ends nobody else adds, retires or wraps keys."""
    if db.dialect.name == "postgresql":  # in SQLite a writing transaction is alone anyway
        db.execute(sa.text("LOCK TABLE sealing_keys IN SHARE ROW EXCLUSIVE MODE"))


def keys_in_use(db: Db) -> tuple[int, ...]:
    """The numbers of the keys that are not retired, in order."""
    query = sa.select(sealing_keys.c.key_id).where(sealing_keys.c.retired_at.is_(None))
    return tuple(db.execute(query.order_by(sealing_keys.c.key_id)).scalars())


def newest_key(db: Db) -> int:
    """The number of the key that seals now; 0 when there is none yet."""
    return max(keys_in_use(db), default=0)


def load_keys(db: Db, secret: Secret) -> Mapping[int, Fernet]:
    """The data keys that `secret` opens, retired ones too, by their numbers."""
    rows = db.execute(sa.select(sealing_keys)).all()
    opened = {row.key_id: _opened(row.wrapped, secret) for row in rows}
    return {number: Fernet(key) for number, key in opened.items() if key is not None}


def sealed_with(number: int, key: Fernet, plain: Mapping[str, str]) -> bytes:
    """The values sealed with that key."""
    return b"%d:" % number + key.encrypt(canonical(dict(plain)).encode())


def unsealed_with(key: Fernet, sealed: bytes) -> Mapping[str, str]:
    """The values of what that key sealed. Raises Unreadable."""
    try:
        return dict(parsed(key.decrypt(sealed.partition(b":")[2]).decode()))
    except InvalidToken as error:
        raise Unreadable from error


def key_of(sealed: bytes) -> int | None:
    """The number of the key that sealed this."""
    number, colon, _ = sealed.partition(b":")
    return int(number) if colon and number.isdigit() else None


def _lost_keys(db: Db, secret: Secret) -> tuple[int, ...]:
    """Keys in use that `secret` does not open."""
    rows = db.execute(sa.select(sealing_keys).where(sealing_keys.c.retired_at.is_(None))).all()
    return tuple(row.key_id for row in rows if _opened(row.wrapped, secret) is None)


def _wrapping(secret: Secret) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive(secret, _PURPOSE)))


def _opened(wrapped: bytes, secret: Secret) -> bytes | None:
    try:
        return _wrapping(secret).decrypt(wrapped)
    except InvalidToken:
        return None
