"""Settings about where messages to the clinic go on to: mail, webhook, file drop, FHIR; and who carries them there."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from bot.config_reading import NONE, Read, Secret, require_port, whole, yes_or_no
from bot.errors import SettingError

NAMES = (
    "SMTP_URL",
    "MAIL_FROM",
    "CLINIC_MAIL",
    "WEBHOOK_URL",
    "WEBHOOK_SECRET",
    "FILE_DROP_DIR",
    "FHIR_URL",
    "FHIR_TOKEN",
    "ALLOWED_TARGET_HOSTS",
    "WORKER",
    "DIGEST_HOUR",
)
HIDDEN = ("SMTP_URL", "WEBHOOK_URL", "WEBHOOK_SECRET", "FHIR_URL", "FHIR_TOKEN")  # they hold passwords and tokens
SHORTEST_SECRET_BYTES = 24  # the least that the Standard Webhooks specification allows

_SMTP_SCHEMES = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
_SMTP = "smtp://user:password@host:587 (STARTTLS), smtps://… (TLS) or smtp+plain://host:25 (no TLS, no password)"
_URL = "https://host/path without a password, or http:// for a host that CLINICBOT_ALLOWED_TARGET_HOSTS names"
_SECRET = "one or two secrets parted by a comma, each whsec_ and base64 or plain text, of at least 24 bytes"
_FOLDER = "a folder that is there and can be written to"
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
# Deliberately narrow: what a clinic's own mailboxes look like, and nothing that could break out of a header.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """A mail server. `tls`: from the first byte ("at once"), by STARTTLS ("upgrade"), or "none"."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: Secret = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where messages go on to. With nothing set, the staff's inbox is where they arrive.

    `digest_hour` is the clinic's local hour of the daily mail, None for no such mail. `worker`: whether `serve` carries
    messages itself.
    """

    smtp: SmtpServer | None = None
    mail_from: str = ""
    clinic_mail: tuple[str, ...] = ()
    webhook_url: Secret = NONE
    webhook_secret: Secret = NONE
    file_drop_dir: Path | None = None
    fhir_url: Secret = NONE
    fhir_token: Secret = NONE
    allowed_target_hosts: tuple[str, ...] = ()
    worker: bool = True
    digest_hour: int | None = 7


NOWHERE = Delivery()


def read_delivery(read: Read) -> Delivery:
    """The settings about delivery. Raises SettingError for one that is wrong, or that lacks another it needs."""
    nothing: tuple[str, ...] = ()
    hosts: tuple[str, ...] = read("ALLOWED_TARGET_HOSTS", _hosts, "host names or addresses parted by commas", nothing)
    always: int | None = NOWHERE.digest_hour
    found = Delivery(
        smtp=read("SMTP_URL", _smtp, _SMTP, None),
        mail_from=read("MAIL_FROM", _address, "one mail address", ""),
        clinic_mail=read("CLINIC_MAIL", _addresses, "mail addresses parted by commas", nothing),
        webhook_url=read("WEBHOOK_URL", _url(hosts), _URL, NONE),
        webhook_secret=read("WEBHOOK_SECRET", _webhook_secret, _SECRET, NONE),
        file_drop_dir=read("FILE_DROP_DIR", _folder, _FOLDER, None),
        fhir_url=read("FHIR_URL", _url(hosts), _URL, NONE),
        fhir_token=read("FHIR_TOKEN", _token, "a token without spaces", NONE),
        allowed_target_hosts=hosts,
        worker=read("WORKER", yes_or_no, "yes or no", True),
        digest_hour=read("DIGEST_HOUR", _hour, "an hour from 0 to 23, or no", always),
    )
    _refuse_halves(found)
    return found


def webhook_keys(secret: str) -> tuple[bytes, ...]:
    """The keys that a webhook is signed with, the newest first. Raises ValueError when one cannot be used."""
    keys = tuple(_webhook_key(part.strip()) for part in secret.split(","))
    if not 1 <= len(keys) <= 2 or any(len(key) < SHORTEST_SECRET_BYTES for key in keys):
        raise ValueError("too many secrets, or one that is too short")
    return keys


def _refuse_halves(found: Delivery) -> None:
    """A target that is set up in half would look as if it worked."""
    if found.smtp is not None:
        _need(bool(found.mail_from), "MAIL_FROM", "a mail address, because CLINICBOT_SMTP_URL is set")
        _need(bool(found.clinic_mail), "CLINIC_MAIL", "mail addresses, because CLINICBOT_SMTP_URL is set")
    elif found.clinic_mail or found.mail_from:
        name = "CLINIC_MAIL" if found.clinic_mail else "MAIL_FROM"
        _need(False, "SMTP_URL", f"{_SMTP}, because CLINICBOT_{name} is set")
    if found.webhook_url:
        _need(bool(found.webhook_secret), "WEBHOOK_SECRET", f"{_SECRET}, because CLINICBOT_WEBHOOK_URL is set")
    elif found.webhook_secret:
        _need(False, "WEBHOOK_URL", f"{_URL}, because CLINICBOT_WEBHOOK_SECRET is set")
    if found.fhir_token:
        _need(bool(found.fhir_url), "FHIR_URL", f"{_URL}, because CLINICBOT_FHIR_TOKEN is set")


def _need(there: bool, name: str, allowed: str) -> None:
    if not there:
        raise SettingError(name=f"CLINICBOT_{name}", got="nothing", allowed=allowed)


def _smtp(text: str) -> SmtpServer | None:
    parts = urlsplit(text)
    host, port = parts.hostname or "", parts.port or _SMTP_SCHEMES[_known(parts.scheme)]
    user, password = unquote(parts.username or ""), Secret(unquote(parts.password or ""))
    tls = {"smtps": "at once", "smtp": "upgrade", "smtp+plain": "none"}[parts.scheme]
    extra = parts.path not in ("", "/") or parts.query or parts.fragment
    # A password over a line that anybody can read would be everybody's, so there it is not even accepted.
    if not _HOST.fullmatch(host) or extra or bool(user) != bool(password) or (user and tls == "none"):
        raise ValueError("not a mail server")
    return SmtpServer(host=host, port=port, tls=tls, user=user, password=password)


def _known(scheme: str) -> str:
    if scheme not in _SMTP_SCHEMES:
        raise ValueError(scheme)
    return scheme


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text) or len(text) > 254:
        raise ValueError(text)
    return text


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(_address(each.strip()) for each in text.split(","))


def _url(hosts: tuple[str, ...]) -> Callable[[str], Secret]:
    def parse(text: str) -> Secret:
        parts = urlsplit(text)
        if not _is_web_address(parts, text) or (parts.scheme == "http" and (parts.hostname or "") not in hosts):
            raise ValueError("not an address that can be posted to")
        return Secret(text)

    return parse


def _is_web_address(parts: SplitResult, text: str) -> bool:
    require_port(parts)
    plain = text.isascii() and text.isprintable() and " " not in text
    bare = parts.username is None and parts.password is None and not parts.fragment
    return plain and bare and parts.scheme in ("http", "https") and bool(_HOST.fullmatch(parts.hostname or ""))


def _webhook_secret(text: str) -> Secret:
    webhook_keys(text)
    return Secret(text)


def _webhook_key(text: str) -> bytes:
    if text.startswith("whsec_"):
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    return text.encode()


def _folder(text: str) -> Path | None:
    folder = Path(text).expanduser().absolute()
    # Not made here: a misspelt folder, or one that is not mounted, must not take in messages that nobody fetches.
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise ValueError(text)
    return folder


def _token(text: str) -> Secret:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("not a token")
    return Secret(text)


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(each.strip().strip("[]").lower() for each in text.split(","))
    if not all(_HOST.fullmatch(host) for host in hosts):
        raise ValueError(text)
    return hosts


def _hour(text: str) -> int | None:
    if text.lower() in ("no", "none"):
        return None
    hour = whole(text)
    if not 0 <= hour <= 23:
        raise ValueError(text)
    return hour
