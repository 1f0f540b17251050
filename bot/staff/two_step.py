"""The second step of signing in: codes of an authenticator app (RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

from bot.config import Secret
from bot.store.keys import derive, keyed_hash

RECOVERY_CODES = 10
_STEP_S = 30
_DRIFT = 1  # steps that a phone's clock may be wrong
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike
_OFFER_LASTS_S = 20 * 60


def new_secret() -> str:
    """A secret for an authenticator app: 160 bits, as base32."""
    return pyotp.random_base32()


def seal(key: Secret, secret: str) -> bytes:
    """The secret as it is stored."""
    return _box(key, "two-step secrets").encrypt(secret.encode("ascii"))


def unseal(key: Secret, sealed: bytes | None) -> str:
    """The secret, or "" where it was sealed with another key: then no code fits, and an admin must reset it."""
    try:
        return _box(key, "two-step secrets").decrypt(sealed or b"").decode("ascii")
    except InvalidToken:
        return ""


def offer(key: Secret, user_id: int, secret: str) -> str:
    """A new secret in a form that its page can carry until the first code proves that the app has it."""
    return _box(key, "two-step offers").encrypt(f"{user_id} {secret}".encode("ascii")).decode("ascii")


def offered(key: Secret, user_id: int, text: str) -> str:
    """The secret of an offer to this person, or "" when it is not that, or is too old."""
    try:
        plain = (
            _box(key, "two-step offers").decrypt(text.encode("ascii", "replace"), ttl=_OFFER_LASTS_S).decode("ascii")
        )
    except InvalidToken:
        return ""
    owner, _, secret = plain.partition(" ")
    return secret if owner == str(user_id) else ""


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, or None. Who signs in must also check that the step was not used before."""
    digits = "".join(code.split()).encode("utf-8", "replace")
    current = int(now.timestamp()) // _STEP_S
    found = None
    for step in range(current - _DRIFT, current + _DRIFT + 1):  # all of them: how long it takes must tell nothing
        expected = pyotp.TOTP(secret).at(step * _STEP_S) if secret else ""
        if hmac.compare_digest(expected.encode("ascii"), digits) and secret:
            found = step
    return found


def new_codes() -> tuple[str, ...]:
    """Ten recovery codes of about 50 bits each, in two groups of five."""

    def group() -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(5))

    return tuple(f"{group()}-{group()}" for _ in range(RECOVERY_CODES))


def code_hash(key: Secret, user_id: int, code: str) -> str:
    """What is stored of a recovery code, however it is typed."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return keyed_hash(key, "recovery codes", f"{user_id} {plain}")


def picture(secret: str, email: str, clinic: str) -> str:
    """The secret as a QR code for an authenticator app: the address of an SVG image."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=clinic)
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff"))


def spaced(secret: str) -> str:
    """The secret for typing, in groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _box(key: Secret, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive(key, purpose)))
