"""Messages as JSON to the clinic's own system, signed so that it can tell them from anybody else's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.delivery.letter import Letter, printable, required_contents, utc_text
from bot.delivery.posting import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that messages are posted to. `keys`: what they are signed with; two while a secret is changed."""

    url: str
    keys: tuple[bytes, ...]
    post: Post
    name: str = "webhook"

    def wants_contents(self, kind: str) -> bool:
        """Always: the other system is to work with the message."""
        return True

    def send(self, letter: Letter, at: datetime) -> None:
        """Post the letter, signed for this moment."""
        body = json.dumps(plain_of(letter), ensure_ascii=False, sort_keys=True).encode()
        signed = sign(self.keys, message_id=letter.message_id, at=at, body=body)
        self.post(self.url, body, {"Content-Type": "application/json", **signed})


def plain_of(letter: Letter) -> Mapping[str, object]:
    """A letter as webhooks and files carry it, JSON-ready."""
    contents = required_contents(letter)
    return {
        "message_id": letter.message_id,
        "type": f"{letter.kind}.received",
        "reference": letter.reference,
        "received_at": utc_text(letter.received_at),
        "due_at": utc_text(letter.due_at),
        "urgency": letter.level or "routine",
        "channel": letter.channel,
        "locale": letter.locale,
        "name": printable(contents.name),
        "contact_kind": contents.contact_kind,
        "contact": printable(contents.contact),
        "message": printable(contents.message),
    }


def sign(keys: Sequence[bytes], *, message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """The headers by which a receiver knows that the body is ours and new.

    Source: the Standard Webhooks specification, symmetric signatures.
    """
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    marks = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii") for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }
