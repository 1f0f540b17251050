"""How one setting is read: its text parsed, a wrong one named with what is allowed, a secret one never shown."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import SplitResult

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.errors import SettingError

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


def read_file(file: Path) -> dict[str, str]:
    """What a `.env` file sets; nothing where there is none. Raises SettingError for a line that sets nothing."""
    if not file.is_file():
        return {}
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingError(name=str(file), got=str(error.strerror), allowed="a file that can be read") from error
    except UnicodeDecodeError as error:
        raise SettingError(name=str(file), got=f"no UTF-8 at byte {error.start}", allowed="UTF-8 text") from error
    for binding in parse_stream(StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            written = binding.original.string
            line = binding.original.line + written[: len(written) - len(written.lstrip())].count("\n")
            # What stands there is not repeated: it may hold a password.
            raise SettingError(name=f"{file}:{line}", got="a line without =", allowed="NAME=VALUE, or # and a comment")
    return {key: value for key, value in dotenv_values(stream=StringIO(text)).items() if value is not None}


def whole(text: str) -> int:
    """The number that plain digits write. Raises ValueError for anything else that Python would take for one."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def require_port(parts: SplitResult) -> None:
    """Raises ValueError for an address with a port that there is not."""
    if parts.port == 0:  # and one that is too large, or no number, by being looked at
        raise ValueError("no port")


def yes_or_no(text: str) -> bool:
    """Whether the text says yes. Raises ValueError when it says neither."""
    if text.lower() not in ("yes", "true", "1", "no", "false", "0"):
        raise ValueError(text)
    return text.lower() in ("yes", "true", "1")
