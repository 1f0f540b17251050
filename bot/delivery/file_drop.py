"""Messages as files in a folder that another system empties: whole or not there, and read by nobody else."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.delivery.letter import DeliveryError, Letter
from bot.delivery.webhook import plain_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDrop:
    """A folder. A message's file is named by its reference and its id, so that a repeat replaces it."""

    folder: Path
    name: str = "file"

    def wants_contents(self, kind: str) -> bool:
        """Always: the file is the message."""
        return True

    def send(self, letter: Letter, at: datetime) -> None:
        """Write the file. Its name appears only once all of it is on the disk."""
        body = json.dumps(plain_of(letter), ensure_ascii=False, sort_keys=True, indent=2).encode() + b"\n"
        file = self.folder / f"{letter.reference or letter.kind}-{letter.message_id}.json"
        unfinished = self.folder / f".{letter.message_id}.part"
        try:
            unfinished.unlink(missing_ok=True)  # of a process that was killed while it wrote
            _write(unfinished, body)
            unfinished.replace(file)
            _settle(self.folder)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise DeliveryError(f"the file cannot be written: {error.strerror}") from error


def _write(file: Path, body: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(handle, "wb") as made:
        made.write(body)
        made.flush()
        os.fsync(made.fileno())


def _settle(folder: Path) -> None:
    """Put the new name on the disk too; without it a power cut could take the file back."""
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
