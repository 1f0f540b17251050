"""The key that signs sessions and seals secrets: a setting, or a file in the data folder, made once."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.config import SHORTEST_SECRET, Secret, Settings
from bot.errors import SettingError

SECRET_FILE = "secret.key"  # in the data folder
_KEY, _LONG = "CLINICBOT_SECRET_KEY", f"at least {SHORTEST_SECRET} characters"


def has_key(settings: Settings) -> bool:
    """Whether there is a signing key already."""
    return bool(settings.secret_key) or (settings.data_dir / SECRET_FILE).is_file()


def make_key(settings: Settings) -> Secret:
    """The signing key; where there is none yet it is made in the data folder.

    Whoever calls this knows that nothing is sealed with a key that is missing. Raises SettingError as `signing_key`.
    """
    file = settings.data_dir / SECRET_FILE
    if not has_key(settings):
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                _make_key(file)
        except OSError as error:
            got = f"none, and {file.name} cannot be made in {settings.data_dir}: {error.strerror}"
            raise SettingError(name=_KEY, got=got, allowed=_LONG) from error
    return signing_key(settings)


def signing_key(settings: Settings) -> Secret:
    """The key that signs sessions and seals secrets: the setting, else what stands in the data folder.

    Raises SettingError when there is none, or none that can be read.
    """
    if settings.secret_key:
        return settings.secret_key
    file = settings.data_dir / SECRET_FILE
    try:
        key = file.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        got = f"none, and no {file.name} in {settings.data_dir}"
        raise SettingError(name=_KEY, got=got, allowed=f"{_LONG}; put back {file.name}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            name=_KEY, got=f"none, and {file.name} in the data folder cannot be used", allowed=_LONG
        ) from error
    if len(key) < SHORTEST_SECRET:
        raise SettingError(name=_KEY, got=f"none, and {file.name} in the data folder is too short", allowed=_LONG)
    return Secret(key)


def _make_key(file: Path) -> None:
    """Under its name only once it is written: whoever starts at the same moment must not read half of it."""
    handle, name = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)  # only its owner may read it
    try:
        with os.fdopen(handle, "w", encoding="ascii") as made:
            made.write(secrets.token_urlsafe(48))
            made.flush()
            os.fsync(made.fileno())
        with suppress(FileExistsError):  # another process was first: its key is everybody's
            os.link(name, file)
    finally:
        Path(name).unlink()
