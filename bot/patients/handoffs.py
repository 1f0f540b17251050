"""A message handed to the clinic: sealed, stored with what is promised to leave, and only then acknowledged."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.errors import Conflict, NotReady
from bot.faq.clinic import ClinicProfile
from bot.patients.expecting import Expectation, expectation_of
from bot.patients.messages import Message
from bot.store.database import Database, Db
from bot.store.handoffs import Handoff, NewHandoff, add_handoff, find_request
from bot.store.outbox import enqueue
from bot.store.sealing import Sealer

_ALPHABET = "34679CDFGHJKMNPQRTVWXY"  # without what looks or sounds alike, and without vowels: it spells no word
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a message comes from: the `turn_id` whose card led here, and how its sender reads."""

    channel: str = "web"
    locale: str = "en-GB"
    conversation: str | None = None
    turn_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """That a message is stored for good. `repeated`: it was already, and this was the same request once more."""

    reference: str
    received_at: datetime
    expect: Expectation
    level: str
    repeated: bool = False


def new_reference() -> str:
    """A reference that can be read out on the phone, such as K7QF-3MRD; one of fifty thousand million."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def submit(
    database: Database,
    sealer: Sealer,
    clinic: ClinicProfile,
    message: Message,
    *,
    request_key: str | None,
    origin: Origin,
    level: str,
    targets: Sequence[str],
    now: datetime,
    draw: Callable[[], str] = new_reference,
) -> Received:
    """Store a message, and with it what each target is to be told; it is there for good when this returns.

    The same `request_key` again gives the same receipt, stored once. Raises Conflict when the key came with something
    else before, and NotReady, having stored nothing, when the database cannot be written.
    """
    plain = message.plain()
    request_hash = sealer.mark({**plain, "conversation": origin.conversation or "", "turn": origin.turn_id or ""})
    key = hashlib.sha256(request_key.encode()).hexdigest() if request_key else None
    expect = expectation_of(clinic, now, now)
    try:
        for attempt in range(_TRIES):
            new = NewHandoff(
                reference=draw(),
                request_key=key,
                request_hash=request_hash,
                received_at=now,
                sealed=sealer.seal(plain),
                level=level,
                channel=origin.channel,
                locale=origin.locale,
                conversation=origin.conversation,
                turn_id=origin.turn_id,
                due_at=expect.due_at,
            )
            try:
                with database.change() as db:
                    if key and (known := find_request(db, key)):
                        return _again(known, request_hash, clinic, now)
                    _store(db, new, targets)
                return Received(reference=new.reference, received_at=now, expect=expect, level=level)
            except sa.exc.IntegrityError:  # the same request at the same moment, or a reference that was taken
                if attempt == _TRIES - 1:
                    raise
    except sa.exc.SQLAlchemyError as error:
        raise NotReady(f"a message could not be stored ({type(error).__name__})") from error
    raise NotReady("a message could not be stored")


def _store(db: Db, new: NewHandoff, targets: Sequence[str]) -> None:
    handoff_id = add_handoff(db, new)
    detail = {
        "reference": new.reference,
        "received_at": new.received_at.isoformat(),
        "level": new.level,
        "due_at": new.due_at.isoformat() if new.due_at else None,
    }
    enqueue(db, handoff_id=handoff_id, targets=targets, kind="handoff", detail=detail, at=new.received_at)


def _again(known: Handoff, request_hash: str, clinic: ClinicProfile, now: datetime) -> Received:
    if known.request_hash != request_hash:
        raise Conflict(subject=known.reference, problem="this request was made before with other content")
    expect = expectation_of(clinic, known.received_at, now)
    return Received(
        reference=known.reference, received_at=known.received_at, expect=expect, level=known.level, repeated=True
    )
