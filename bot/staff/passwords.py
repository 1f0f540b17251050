"""Passwords: which may be chosen, and how they are kept (argon2id)."""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import InputError
from bot.staff.guessing import estimate

SHORTEST, LONGEST = 12, 200
LEAST_GUESSES = 9.0  # logarithm; zxcvbn calls 8 to 10 "moderate protection" even when the stored hash was stolen
UNUSABLE = "!"  # stored in the place of a hash where no password opens the account
_ALLOWED = f"{SHORTEST} to {LONGEST} characters"
_AT_ONCE = threading.BoundedSemaphore(2)  # each check takes 64 MiB; many at once must not fill the memory
_HASHER = PasswordHasher()  # RFC 9106, second recommended option: argon2id, 3 passes, 64 MiB, 4 lanes


def check_password(password: str, about: tuple[str, ...] = ()) -> None:
    """Raises InputError when a password is too short, too long, or easily guessed.

    `about` are words that anybody would try first: the person's name and email, the clinic's name.
    """
    text = _folded(password)
    if len(text) < SHORTEST:
        raise InputError(field="password", got=f"{len(text)} characters", allowed=_ALLOWED)
    if len(text) > LONGEST:
        raise InputError(field="password", got="too many characters", allowed=_ALLOWED)
    found = estimate(text, about)
    if found.guesses < LEAST_GUESSES:
        made_of = " and ".join(dict.fromkeys(found.kinds)) or "too few different characters"
        raise InputError(
            field="password",
            got=f"something easily guessed ({made_of})",
            allowed="four or more unrelated words, or what a password manager makes",
        )


def hash_password(password: str) -> str:
    """What is stored of a password."""
    with _AT_ONCE:
        return _HASHER.hash(_folded(password))


def matches(stored: str, password: str) -> bool:
    """Whether this is the password; takes as long when there is none (`stored` is `UNUSABLE`), so as not to tell."""
    text = _folded(password)
    if len(text) > LONGEST:
        text = ""
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored if stored != UNUSABLE else _dummy(), text) and stored != UNUSABLE
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's, and should be made anew."""
    return stored != UNUSABLE and _HASHER.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _HASHER.hash("nobody has this password")


def _folded(password: str) -> str:
    """The same text however a keyboard composes it (NFKC, as NIST SP 800-63B says)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()
