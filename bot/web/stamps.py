"""The stamp of a form: what it is known by when it comes back, when it was handed out, and that it was us."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from bot.config import Secret
from bot.store.keys import derive

SOONEST = timedelta(seconds=2)  # nobody reads and fills in a form faster; a program does
LATEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Stamp:
    """`request_key` makes the form one request, however often it is sent."""

    request_key: str
    made_at: datetime

    def is_too_young(self, now: datetime) -> bool:
        """Whether it comes back faster than a person types."""
        return now - self.made_at < SOONEST

    def is_too_old(self, now: datetime) -> bool:
        """Whether it lay about for longer than a form should."""
        return now - self.made_at > LATEST


class Stamps:
    """Makes stamps and reads them again. `draw` gives a new request key."""

    def __init__(self, key: Secret, draw: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> None:
        self._signer = URLSafeSerializer(derive(key, "contact form"), salt="contact form")
        self._draw = draw

    def make(self, now: datetime, request_key: str = "") -> str:
        """A new stamp, of a new request unless one is named."""
        return str(self._signer.dumps([request_key or self._draw(), int(now.timestamp())]))

    def read(self, text: str) -> Stamp | None:
        """The stamp, or None for what is none of ours."""
        try:
            request_key, made_at = self._signer.loads(text[:300])
        except (BadSignature, ValueError, TypeError):
            return None
        return Stamp(request_key, datetime.fromtimestamp(made_at, UTC))
