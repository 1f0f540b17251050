"""The words that entries are asked in: read from all wordings of a release once, kept in a file for later starts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sys import intern

from bot.errors import NotReady
from bot.faq.entry import Entry
from bot.language.keeping import replacing
from bot.language.normalise import tokenise

FORMAT = 1  # rises whenever texts are read as other words


@dataclass(frozen=True, slots=True)
class AskedWords:
    """By the entries' ids the words of each `question`, in order, and the different words of all its `wordings`."""

    question: Mapping[str, tuple[str, ...]]
    wordings: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> AskedWords:
        """As the entries are asked in English."""
        return cls(
            {entry.id: words_in(entry.question) for entry in entries},
            {entry.id: all_words_in(entry.wordings) for entry in entries},
        )

    def save(self, file: Path) -> None:
        """Write it, all at once or not at all. May raise OSError."""
        with replacing(file) as fresh:
            fresh.write(json.dumps({"question": self.question, "wordings": self.wordings}).encode())

    @classmethod
    def open(cls, file: Path, entries: Sequence[Entry]) -> AskedWords:
        """What was saved of the same entries. Raises NotReady when it is not there, or damaged."""
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            return cls(
                *({each.id: _shared(kept[name][each.id]) for each in entries} for name in ("question", "wordings"))
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotReady(f"the words of the wordings cannot be read: {error}") from error


def words_in(text: str) -> tuple[str, ...]:
    """The plain words of a text, in order."""
    return _shared([token.text for token in tokenise(text) if token.is_word])


def all_words_in(texts: Sequence[str]) -> tuple[str, ...]:
    """The different words of many texts."""
    return tuple(dict.fromkeys(word for text in texts for word in words_in(text)))


def _shared(words: Sequence[str]) -> tuple[str, ...]:
    """The words, each of them once in memory: the same are met again and again."""
    return tuple(map(intern, words))
