"""Settings from CLINICBOT_* variables and a `.env` file, each checked at the start."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bot.config_delivery import HIDDEN, NAMES, NOWHERE, Delivery, read_delivery
from bot.config_reading import NONE as NONE
from bot.config_reading import Secret as Secret
from bot.config_reading import read_file, require_port, whole, yes_or_no
from bot.errors import SettingError

T = TypeVar("T")

_PACKAGE = Path(__file__).resolve().parent
_KNOWN = (
    "KNOWLEDGE_DIR",
    "DATA_DIR",
    "DATABASE_URL",
    "SECRET_KEY",
    "SECRET_KEY_OLD",
    "RETENTION_DAYS",
    "HANDOFF_RETENTION_DAYS",
    "HOST",
    "PORT",
    "TRUSTED_PROXIES",
    "ALLOWED_HOSTS",
    "THREADS",
    "INDEXING",
    "PUBLIC_URL",
    "LOG_LEVEL",
    *NAMES,
    "METRICS",
    "RATE_LIMIT",
    "REPLICAS",
    "OTLP_URL",
    "SENTRY_DSN",
)
SHORTEST_SECRET, FEWEST_CHARACTERS, _SHORTEST_TOKEN = 32, 8, 16
# Not repeated when they are wrong: they may hold a password.
_HIDDEN = ("DATABASE_URL", "SECRET_KEY", "SECRET_KEY_OLD", "METRICS", "OTLP_URL", "SENTRY_DSN", *HIDDEN)
_LOG_LEVELS = ("debug", "info", "warning", "error")


OPEN_METRICS = Secret("yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process runs. `allowed_hosts` empty means any host name is answered.

    `data_dir` is made when something is first kept there. Without `database_url` the database is a file in it, and
    without `secret_key` the key is made there once. `secret_key_old` is the one before it, until what it sealed is
    sealed anew. `metrics` is empty (none are shown), OPEN_METRICS, or the
    token that their reader must have. `rate_limit` is what one address may ask in a minute; 0 is no limit.
    `replicas` is whether several processes share the database; None leaves that to its kind.
    """

    knowledge_dir: Path
    data_dir: Path
    database_url: Secret = NONE
    secret_key: Secret = NONE
    secret_key_old: Secret = NONE
    retention_days: int = 30
    handoff_retention_days: int = 90
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: int = 0
    allowed_hosts: tuple[str, ...] = ()
    threads: int = 8
    indexing: bool = False
    public_url: str = ""  # where patients reach it, without a slash at the end; empty means as each request says
    log_level: str = "info"
    delivery: Delivery = NOWHERE
    metrics: Secret = NONE
    rate_limit: int = 300
    replicas: bool | None = None
    otlp_url: Secret = NONE  # an OpenTelemetry collector, without a slash at the end; it may hold a password
    sentry_dsn: Secret = NONE

    @property
    def index_dir(self) -> Path:
        """What is built from a release and can be built again."""
        return self.data_dir / "index"

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'clinicbot.db'}"

    @property
    def has_replicas(self) -> bool:
        """Whether other processes may answer the same patients: on PostgreSQL, unless a setting says otherwise."""
        return not self.database.startswith("sqlite") if self.replicas is None else self.replicas

    def has_database(self) -> bool:
        """Whether there is a database to read; one-off commands make none."""
        scheme, _, file = self.database.partition(":///")
        return scheme != "sqlite" or Path(file.partition("?")[0]).is_file()

    def kept_index(self) -> Path | None:
        """`index_dir`, once something has been served from here; one-off commands leave no folder behind."""
        return self.index_dir if self.data_dir.is_dir() else None


def read_settings(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Settings from the environment over `.env` in `folder` (default: the working folder).

    Raises SettingError with the name and what is allowed.
    """
    values = read_file((folder or Path.cwd()) / ".env")
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
        database_url=reader.read("DATABASE_URL", _database, "sqlite:///FILE or postgresql://…", NONE),
        secret_key=reader.read(
            "SECRET_KEY", _new_secret, "at least 32 characters, and not the same few over and over", NONE
        ),
        secret_key_old=reader.read("SECRET_KEY_OLD", _secret, "at least 32 characters", NONE),
        handoff_retention_days=reader.read("HANDOFF_RETENTION_DAYS", _between(1, 3650), "a number from 1 to 3650", 90),
        retention_days=reader.read("RETENTION_DAYS", _between(1, 3650), "a number from 1 to 3650", 30),
        host=reader.read("HOST", _no_spaces, "a host name or address", "127.0.0.1"),
        port=reader.read("PORT", _between(1, 65535), "a number from 1 to 65535", 8000),
        trusted_proxies=reader.read("TRUSTED_PROXIES", _between(0, 10), "a number from 0 to 10", 0),
        allowed_hosts=reader.read("ALLOWED_HOSTS", _names, "host names without ports, parted by commas", ()),
        threads=reader.read("THREADS", _between(1, 64), "a number from 1 to 64", 8),
        indexing=reader.read("INDEXING", yes_or_no, "yes or no", False),
        public_url=reader.read("PUBLIC_URL", _origin, "an address such as https://chat.clinic.example", ""),
        log_level=reader.read("LOG_LEVEL", _log_level, "one of " + ", ".join(_LOG_LEVELS), "info"),
        delivery=read_delivery(reader.read),
        metrics=reader.read("METRICS", _metrics, "yes, no, or a token of 16 characters or more", NONE),
        rate_limit=reader.read("RATE_LIMIT", _between(0, 100_000), "a number from 0 (no limit) to 100000", 300),
        replicas=reader.read("REPLICAS", yes_or_no, "yes or no", None),
        otlp_url=reader.read("OTLP_URL", _url, "an address such as http://127.0.0.1:4318", NONE),
        sentry_dsn=reader.read("SENTRY_DSN", _dsn, "a DSN such as https://key@host/1", NONE),
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
            got = "something else" if name in _HIDDEN else raw
            raise SettingError(name=f"CLINICBOT_{name}", got=got, allowed=allowed) from error

    def refuse_unknown(self) -> None:
        """A misspelt name must not be lost in silence."""
        unknown = sorted(set(self._values) - {f"CLINICBOT_{name}" for name in _KNOWN})
        if unknown:
            allowed = ", ".join(f"CLINICBOT_{name}" for name in _KNOWN)
            raise SettingError(name=unknown[0], got="an unknown setting", allowed=allowed)


def _between(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = whole(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return parse


def _database(text: str) -> Secret:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError(text)
    name = text.partition(":///")[2].partition("?")[0]
    if text.startswith("sqlite") and (name in ("", ":memory:") or name.startswith("file:")):
        raise ValueError("nowhere that a second process, or a later one, would find it")
    return Secret(text)


def _secret(text: str) -> Secret:
    if len(text) < SHORTEST_SECRET:
        raise ValueError(text)
    return Secret(text)


def _new_secret(text: str) -> Secret:
    if len(set(text)) < FEWEST_CHARACTERS:
        raise ValueError("anybody would guess it")
    return _secret(text)


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


def _origin(text: str) -> str:
    if not re.fullmatch(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?/?", text.lower()):
        raise ValueError(text)
    require_port(urlsplit(text))
    return text.lower().rstrip("/")


def _url(text: str) -> Secret:
    found = urlsplit(text)
    if found.scheme not in ("http", "https") or not found.hostname or found.query or found.fragment:
        raise ValueError(text)
    require_port(found)
    return Secret(text.rstrip("/"))


def _dsn(text: str) -> Secret:
    found = urlsplit(text)
    if not found.username or not found.path.rpartition("/")[2].isdigit():
        raise ValueError(text)
    return _url(text)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower().removesuffix(".") for name in text.split(","))
    if not all(re.fullmatch(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]", name) for name in names):
        raise ValueError(text)
    return names


def _log_level(text: str) -> str:
    if text.lower() not in _LOG_LEVELS:
        raise ValueError(text)
    return text.lower()


def _metrics(text: str) -> Secret:
    if len(text) >= _SHORTEST_TOKEN and len(text.split()) == 1:
        return Secret(text)
    return OPEN_METRICS if yes_or_no(text) else NONE
