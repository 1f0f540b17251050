"""From a promise in the outbox to the letter that is sent, with what the patient wrote only where it is needed."""

from __future__ import annotations

from dataclasses import replace

from bot.delivery.letter import Contents, DeliveryError, Letter
from bot.store.database import Db
from bot.store.handoffs import Handoff, events_of, load_handoff
from bot.store.outbox import Promise
from bot.store.sealing import Sealer, Unreadable


def letter_of(db: Db, sealer: Sealer, promise: Promise, *, with_contents: bool) -> Letter | None:
    """The letter; None when what it tells of was erased meanwhile. Raises DeliveryError when it cannot be read."""
    letter = Letter(
        message_id=promise.message_id, kind=promise.kind, created_at=promise.created_at, detail=promise.detail
    )
    if promise.handoff_id is None:
        return letter
    handoff = load_handoff(db, promise.handoff_id)
    if handoff is None or handoff.erased:
        return None
    return replace(
        letter,
        reference=handoff.reference,
        received_at=handoff.received_at,
        due_at=handoff.due_at,
        level=handoff.level,
        channel=handoff.channel,
        locale=handoff.locale,
        contents=_contents(db, sealer, handoff, promise) if with_contents else None,
    )


def _contents(db: Db, sealer: Sealer, handoff: Handoff, promise: Promise) -> Contents:
    try:
        plain = sealer.unseal(handoff.sealed)
        message = plain["message"]
        if promise.kind == "reply":
            message = _reply(db, sealer, handoff, promise)
    except (Unreadable, KeyError) as error:
        raise DeliveryError("the message cannot be unsealed with CLINICBOT_SECRET_KEY") from error
    return Contents(name=plain["name"], contact_kind=plain["contact_kind"], contact=plain["contact"], message=message)


def _reply(db: Db, sealer: Sealer, handoff: Handoff, promise: Promise) -> str:
    """What staff wrote: the reply whose event the promise names."""
    wanted = promise.detail.get("event_id")
    for event in events_of(db, handoff.handoff_id):
        if event.event_id == wanted and event.kind == "reply" and event.sealed:
            return sealer.unseal(event.sealed)["text"]
    raise DeliveryError("the reply is not there any more", permanent=True)
