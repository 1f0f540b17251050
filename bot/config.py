"""Settings from CLINICBOT_* variables and a `.env` file, each checked at the start."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dotenv import dotenv_values

from bot.errors import SettingError

T = TypeVar("T")

_PACKAGE = Path(__file__).resolve().parent
_KNOWN = (
    "KNOWLEDGE_DIR",
    "DATA_DIR",
    "HOST",
    "PORT",
    "TRUSTED_PROXIES",
    "ALLOWED_HOSTS",
    "THREADS",
    "INDEXING",
    "LOG_LEVEL",
)
_LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process runs. `allowed_hosts` empty means any host name is answered.

    `data_dir` is made when something is first kept there.
    """

    knowledge_dir: Path
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: int = 0
    allowed_hosts: tuple[str, ...] = ()
    threads: int = 8
    indexing: bool = False
    log_level: str = "info"

    @property
    def index_dir(self) -> Path:
        """What is built from a release and can be built again."""
        return self.data_dir / "index"

    def kept_index(self) -> Path | None:
        """`index_dir`, once something has been served from here; one-off commands leave no folder behind."""
        return self.index_dir if self.data_dir.is_dir() else None


def read_settings(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Settings from the environment over `.env` in `folder` (default: the working folder).

    Raises SettingError with the name and what is allowed.
    """
    file_values = dotenv_values((folder or Path.cwd()) / ".env")
    values = {key: value for key, value in file_values.items() if value is not None}
    values.update(os.environ if environ is None else environ)
    reader = _Reader({key: value for key, value in values.items() if key.startswith("CLINICBOT_")})
    settings = Settings(
        knowledge_dir=reader.read(
            "KNOWLEDGE_DIR", _knowledge_folder, "a folder with clinic.yaml", shipped("knowledge")
        ),
        data_dir=reader.read(
            "DATA_DIR",
            _folder_or_none_yet,
            "a folder, or a place where one can be made",
            (folder or Path.cwd()) / "data",
        ),
        host=reader.read("HOST", _no_spaces, "a host name or address", "127.0.0.1"),
        port=reader.read("PORT", _between(1, 65535), "a number from 1 to 65535", 8000),
        trusted_proxies=reader.read("TRUSTED_PROXIES", _between(0, 10), "a number from 0 to 10", 0),
        allowed_hosts=reader.read("ALLOWED_HOSTS", _names, "host names parted by commas", ()),
        threads=reader.read("THREADS", _between(1, 64), "a number from 1 to 64", 8),
        indexing=reader.read("INDEXING", _yes_or_no, "yes or no", False),
        log_level=reader.read("LOG_LEVEL", _log_level, "one of " + ", ".join(_LOG_LEVELS), "info"),
    )
    reader.refuse_unknown()
    return settings


def shipped(name: str) -> Path:
    """The folder `knowledge` or `templates`: inside the installed package, or beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


class _Reader:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def read(self, name: str, parse: Callable[[str], T], allowed: str, default: T) -> T:
        raw = self._values.get(f"CLINICBOT_{name}", "").strip()
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError as error:
            raise SettingError(name=f"CLINICBOT_{name}", got=raw, allowed=allowed) from error

    def refuse_unknown(self) -> None:
        """A misspelt name must not be lost in silence."""
        unknown = sorted(set(self._values) - {f"CLINICBOT_{name}" for name in _KNOWN} - {"CLINICBOT_REQUIRE_ALL"})
        if unknown:
            allowed = ", ".join(f"CLINICBOT_{name}" for name in _KNOWN)
            raise SettingError(name=unknown[0], got="an unknown setting", allowed=allowed)


def _between(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return parse


def _knowledge_folder(text: str) -> Path:
    folder = Path(text).expanduser()
    if not (folder / "clinic.yaml").is_file():
        raise ValueError(text)
    return folder


def _folder_or_none_yet(text: str) -> Path:
    folder = Path(text).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise ValueError(text)
    return folder


def _no_spaces(text: str) -> str:
    if len(text.split()) != 1:
        raise ValueError(text)
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(_no_spaces(name.strip()) for name in text.split(","))


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "true", "1", "no", "false", "0"):
        raise ValueError(text)
    return text.lower() in ("yes", "true", "1")


def _log_level(text: str) -> str:
    if text.lower() not in _LOG_LEVELS:
        raise ValueError(text)
    return text.lower()
