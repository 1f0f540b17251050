"""How one setting is read: its text parsed, a wrong one named with what is allowed, a secret one never shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Secret(str):
    """A text that must not be shown: it prints as stars."""

    def __repr__(self) -> str:
        return "'********'"


NONE = Secret("")


class Read(Protocol):
    """Gives the setting of that name, parsed, or `default` where it is not set.

    `parse` raises ValueError for what it cannot use; SettingError then says the name and what is `allowed`.
    """

    def __call__(self, name: str, parse: Callable[[str], T], allowed: str, default: T) -> T:
        """The setting's value."""
        ...


def yes_or_no(text: str) -> bool:
    """Whether the text says yes. Raises ValueError when it says neither."""
    if text.lower() not in ("yes", "true", "1", "no", "false", "0"):
        raise ValueError(text)
    return text.lower() in ("yes", "true", "1")
