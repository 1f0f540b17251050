"""What is carried to a target, and how a target says that it did not arrive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.errors import ClinicbotError

# What no mail, file or form of ours holds, and no XML can: controls but for tab and line ends.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a patient wrote, and how to reach them: only for targets that need it, never for a log."""

    name: str
    contact_kind: str
    contact: str
    message: str

    def __repr__(self) -> str:
        return "Contents(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One promise with what is needed to keep it. `message_id` stays the same however often it is sent.

    `level` is the gravest finding of the safety rules in the message, "" for none. `contents` is None for targets that
    go without personal details.
    """

    message_id: str
    kind: str
    created_at: datetime
    detail: Mapping[str, object] = field(default_factory=dict)
    reference: str = ""
    received_at: datetime | None = None
    due_at: datetime | None = None
    level: str = ""
    channel: str = ""
    locale: str = ""
    contents: Contents | None = None


class Target(Protocol):
    """Somewhere that letters go on to."""

    @property
    def name(self) -> str:
        """The target's name in the outbox."""
        ...

    def wants_contents(self, kind: str) -> bool:
        """Whether letters of that kind need what the patient wrote."""
        ...

    def send(self, letter: Letter, at: datetime) -> None:
        """Hand the letter over, for the first time or again; back only once the other side has it.

        Raises DeliveryError.
        """
        ...


class DeliveryError(ClinicbotError):
    """A letter did not arrive. `permanent`: trying again would not help before somebody has mended something.

    `reason` is for staff and logs, and repeats nothing of the letter. `after_s`: how long the other side asked us to
    wait, 0 for nothing asked.
    """

    def __init__(self, reason: str, *, permanent: bool = False, after_s: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.after_s = after_s


def required_contents(letter: Letter) -> Contents:
    """What the patient wrote. Raises DeliveryError where the letter came without it."""
    if letter.contents is None:
        raise DeliveryError("the message cannot be unsealed", permanent=True)
    return letter.contents


def printable(text: str) -> str:
    """The text without control characters, which neither XML nor a terminal should meet."""
    return _CONTROLS.sub("", text)


def utc_text(at: datetime | None) -> str | None:
    """A moment as ISO 8601 in UTC, to the second; None for none."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else None
