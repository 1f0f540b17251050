"""What was found out about questions before: good for as long as all that the finding rests on is the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from bot.dialogue.shelf import keep
from bot.faq.release import Level
from bot.language.keeping import replacing

_CODE = ("faq", "language", "safety", "matching", "reply", "dialogue", "evaluate")


def as_it_stands(text: str) -> str:
    """The text itself."""
    return text


class Memory:
    """Findings by what was asked of a question and its text, kept in a file; without one, only while it lives.

    What is found is a `Level`, the id of an entry, or None. A file that is damaged is begun anew. What a finding rests
    on is part of the file's name or of `seen`, what is seen of a text.
    """

    def __init__(self, file: Path | None, seen: Callable[[str], str] = as_it_stands) -> None:
        self._file = file
        self._seen = cache(seen)
        self._found: dict[str, Any] = {}
        self._fresh = False
        if file is not None:
            with suppress(OSError, ValueError):
                read = json.loads(file.read_text(encoding="utf-8"))
                self._found = read if isinstance(read, dict) else {}

    def holds(self, ask: Callable[..., object], text: str) -> bool:
        """Whether it is known what `ask` finds."""
        return self._name(ask, text) in self._found

    def recall(self, ask: Callable[..., object], text: str) -> Any:
        """What `ask` found; KeyError when it was not asked."""
        found = self._found[self._name(ask, text)]
        return Level(found) if isinstance(found, int) else found

    def note(self, ask: Callable[..., object], text: str, found: object) -> None:
        """Remember what `ask` found."""
        self._found[self._name(ask, text)] = int(found) if isinstance(found, Level) else found
        self._fresh = True

    def save(self) -> None:
        """Keep what is new. A folder that cannot be written costs the next run time, nothing else."""
        if self._file is None or not self._fresh:
            return
        with suppress(OSError):
            with replacing(self._file) as target:
                target.write(json.dumps(self._found, sort_keys=True).encode())
            keep(self._file)

    def _name(self, ask: Callable[..., object], text: str) -> str:
        asked = f"{ask.__module__}.{ask.__qualname__}\0{text}\0{self._seen(text)}"
        return hashlib.sha256(asked.encode()).hexdigest()[:32]


@cache
def program_key() -> str:
    """The program that finds things out, in one word: a change of its code makes every finding stale."""
    seal = hashlib.sha256()
    for room in _CODE:
        for name, content in sorted(_sources(resources.files("bot").joinpath(room))):
            seal.update(name.encode() + b"\0" + content + b"\0")
    return seal.hexdigest()[:32]


def _sources(folder: Traversable) -> list[tuple[str, bytes]]:
    found = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _sources(item)
        elif item.name.endswith((".py", ".txt", ".onnx")):
            found.append((item.name, item.read_bytes()))
    return found
