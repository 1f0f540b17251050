"""A webhook's body and its signature, checked as a receiver would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from receiving import NOON, Receiver, a_letter

from bot.config_delivery import webhook_keys
from bot.delivery.letter import DeliveryError
from bot.delivery.posting import Post
from bot.delivery.webhook import Webhook, sign

KEY = b"k" * 32


def hook(receiver: Receiver, *keys: bytes) -> Webhook:
    return Webhook(url=receiver.url(), keys=keys or (KEY,), post=Post(allowed=("127.0.0.1",)))


def test_the_body_says_everything_that_is_needed_to_answer(receiver: Receiver) -> None:
    hook(receiver).send(a_letter(), NOON)

    body = json.loads(receiver.taken[0][2])
    assert body == {
        "message_id": "0b0e6c9e-1111-4222-8333-444455556666",
        "type": "handoff.received",
        "reference": "K7QF-3MRD",
        "received_at": "2026-11-24T12:00:00Z",
        "due_at": "2026-11-25T12:00:00Z",
        "urgency": "urgent",
        "channel": "web",
        "locale": "en-GB",
        "name": "Zoë Patient",
        "contact_kind": "phone",
        "contact": "+44 20 7946 0018",
        "message": "My lips bleed.",
    }


def test_a_receiver_can_check_who_sent_it_and_when(receiver: Receiver) -> None:
    hook(receiver, KEY, b"o" * 32).send(a_letter(), NOON)

    _, headers, body = receiver.taken[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    marks = [
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in (KEY, b"o" * 32)
    ]
    assert headers["webhook-signature"].split() == marks
    assert int(headers["webhook-timestamp"]) == NOON.timestamp()


def test_a_repeat_has_the_same_id_and_a_time_of_its_own(receiver: Receiver) -> None:
    target = hook(receiver)
    target.send(a_letter(), NOON)
    target.send(a_letter(), NOON + timedelta(hours=1))

    (_, first, one), (_, second, other) = receiver.taken
    assert first["webhook-id"] == second["webhook-id"]
    assert one == other
    assert first["webhook-signature"] != second["webhook-signature"]


def test_the_signature_is_that_of_the_standard() -> None:
    # The worked example of the specification's own test suite.
    (key,) = webhook_keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = NOON.fromtimestamp(1614265330, NOON.tzinfo)
    headers = sign((key,), message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=b'{"test": 2432232314}')

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_letter_without_its_contents_is_a_dead_letter(receiver: Receiver) -> None:
    with pytest.raises(DeliveryError) as caught:
        hook(receiver).send(a_letter(contents=None), NOON)

    assert caught.value.permanent
    assert receiver.taken == []
