"""Keys for one purpose each, derived from the signing key; and the hashes under which tokens are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.config import Secret

_LENGTH = 32


def derive(key: Secret, purpose: str) -> bytes:
    """32 bytes for one purpose; they tell nothing of the key, or of those for other purposes (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=_LENGTH, salt=None, info=f"clinicbot {purpose}".encode()).derive(
        key.encode()
    )


def new_token() -> str:
    """A random token of 256 bits, for a link or a session."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token. A plain hash is enough: a random token of 256 bits cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def keyed_hash(key: Secret, purpose: str, text: str) -> str:
    """What is stored of a short text that could be guessed from a plain hash."""
    return hmac.new(derive(key, purpose), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
