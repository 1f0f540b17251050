"""The reason that goes with what is sent for review."""

from __future__ import annotations

from bot.errors import InputError

LONGEST_REASON = 500


def checked_reason(reason: str) -> str:
    """The reason on one line. Raises InputError for none, and for one that is too long."""
    text = " ".join(reason.split())
    if not text:
        raise InputError(field="reason", got="nothing", allowed="why it is changed, for who reviews it")
    if len(text) > LONGEST_REASON:
        raise InputError(field="reason", got=f"{len(text)} characters", allowed=f"at most {LONGEST_REASON}")
    return text
