"""Documents and other FAQs' files, read in a process of its own with limits: no file can harm the one that asks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from bot.errors import InputError
from bot.faq.json_form import from_plain
from bot.ingest.claims import Checked
from bot.ingest.ending import OUT_OF_MEMORY, REFUSED, TOO_DEEP
from bot.ingest.foreign import ForeignFaq
from bot.ingest.importers import Format

Tell = Callable[[int, int], None]
WORKPLACE = "clinicbot-reading-"  # what the folders are called in which documents are read
_MOST_OUTPUT = 64 * 1024 * 1024
_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the reading of one document may use."""

    file_mb: int = 50
    memory_mb: int = 480
    cpu_s: int = 100
    wall_s: float = 150.0


def silent(_done: int, _total: int) -> None:
    """Nobody wants to know how far it is."""


def read_document(path: Path, name: str = "", limits: Limits | None = None, tell: Tell = silent) -> Checked:
    """What stands in a file, and the claims in it; `tell` hears how much is done, and of how much.

    Raises InputError, whose field is the file's name, with the reason why it is not read.
    """
    limits = limits or Limits()
    name = (name or path.name)[-_NAME:]
    try:
        _refuse_large(path, limits)
        output = _run("reading_process", [str(path.resolve()), name.replace("\0", "")], limits, tell)
        return from_plain(Checked, json.loads(output))
    except InputError as error:
        raise InputError(field=name, got=error.got, allowed=error.allowed) from error


def read_faq(files: Sequence[Path], form: Format, limits: Limits | None = None) -> ForeignFaq:
    """What `read_foreign` reads of the files, with its InputErrors; and one for files that ask for too much."""
    limits = limits or Limits()
    try:
        output = _run("import_process", [form.value, *(str(file.resolve()) for file in files)], limits, silent)
    except InputError as error:
        if error.field != "file":
            raise
        names = ", ".join(file.name for file in files)
        raise InputError(field=names, got=error.got, allowed=error.allowed) from error
    return from_plain(ForeignFaq, json.loads(output))


def _refuse_large(path: Path, limits: Limits) -> None:
    try:
        if not path.is_file():
            raise InputError(field="file", got="no file", allowed="the name of a file")
        size = path.stat().st_size
    except OSError as error:
        raise InputError(field="file", got=error.strerror or "no file", allowed="a file that can be read") from error
    if size > limits.file_mb * 1024 * 1024:
        got = f"{size / 1024 / 1024:.0f} MB"
        raise InputError(field="file", got=got, allowed=f"at most {limits.file_mb} MB")


def _run(module: str, arguments: Sequence[str], limits: Limits, tell: Tell) -> bytes:
    # -P: Python is not to look for modules in the folder where it starts, and that folder is nobody else's.
    command = [sys.executable, "-P", "-m", f"bot.ingest.{module}", str(limits.memory_mb), str(limits.cpu_s)]
    overdue = threading.Event()
    with (
        TemporaryDirectory(prefix=WORKPLACE) as folder,
        subprocess.Popen(  # noqa: S603 - a list, no shell; names go as they are
            [*command, *arguments],
            env=_environment(),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
    ):

        def stop() -> None:
            overdue.set()
            process.kill()

        timer = threading.Timer(limits.wall_s, stop)
        listener = threading.Thread(target=_listen, args=(process.stderr, tell), daemon=True)
        timer.start()
        listener.start()
        try:
            output = process.stdout.read(_MOST_OUTPUT + 1) if process.stdout else b""
            if len(output) > _MOST_OUTPUT:
                process.kill()
            process.wait()
        finally:
            timer.cancel()
            process.kill()
            listener.join()
    if len(output) > _MOST_OUTPUT:
        raise InputError(field="file", got="more text than can be kept", allowed="a shorter document")
    if process.returncode:
        raise _reason(process.returncode, output, limits, overdue=overdue.is_set())
    return output


def _listen(stream: IO[bytes] | None, tell: Tell) -> None:
    """Pass on how far the other process is; whatever else it says there is of no use to anybody."""
    for line in stream or ():
        parts = line.split()
        if len(parts) == 2 and all(part.isdigit() and len(part) < 9 for part in parts):
            tell(int(parts[0]), int(parts[1]))


def _reason(code: int, output: bytes, limits: Limits, *, overdue: bool) -> InputError:
    if code == REFUSED:
        told = json.loads(output)
        return InputError(field=told["field"], got=told["got"], allowed=told["allowed"])
    if overdue or code in (-signal.SIGXCPU, -signal.SIGKILL):
        got, allowed = "one that takes too long to read", f"what can be read in {limits.wall_s:.0f} seconds"
    elif code == OUT_OF_MEMORY:
        got, allowed = "one that needs too much memory", f"what can be read in {limits.memory_mb} MB"
    elif code == TOO_DEEP:
        got, allowed = "one with parts within parts beyond measure", "an ordinary document"
    else:
        got, allowed = "a damaged file on which its reader breaks down", "a whole document; try to save it anew"
    return InputError(field="file", got=got, allowed=allowed)


def _environment() -> dict[str, str]:
    """Nothing of our own settings and secrets; only what Python needs to find this package."""
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "SYSTEMROOT") if name in os.environ
    }
    here = str(Path(__file__).resolve().parents[2])
    return {**kept, "PYTHONPATH": here}
