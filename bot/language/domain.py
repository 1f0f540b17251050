"""The words that a release knows and their stems: read from all of its texts once, kept in a file for later starts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.errors import NotReady
from bot.faq.release import NO_WORDS, WordLists
from bot.language.keeping import replacing
from bot.language.normalise import tokenise
from bot.language.words import english_ranks, stem_of

FORMAT = 2  # rises whenever texts are read as other words, or words have other stems

_PLAIN_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Domain:
    """A release's own words, and the stems of those."""

    words: frozenset[str]
    stems: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str], lists: WordLists = NO_WORDS) -> Domain:
        """The words of `texts`, and those of synonyms and brands; chat spellings only when they are English as well."""
        seen: set[str] = set()
        for text in texts:
            seen.update(token.text for token in tokenise(text) if _PLAIN_WORD.fullmatch(token.text))
        for phrase in (*lists.synonyms, *lists.synonyms.values(), *lists.brands, *lists.brands.values()):
            seen.update(token.text for token in tokenise(phrase))
        words = frozenset(word for word in seen if word not in lists.chat or word in english_ranks())
        return cls(words, frozenset(stem_of(word) for word in words))

    def save(self, file: Path) -> None:
        """Write it, all at once or not at all. May raise OSError."""
        facts = {"words": sorted(self.words), "stems": sorted(self.stems)}
        with replacing(file) as fresh:
            fresh.write(json.dumps(facts).encode())

    @classmethod
    def open(cls, file: Path) -> Domain:
        """What was saved. Raises NotReady when there is none, or it is damaged."""
        try:
            facts = json.loads(file.read_text(encoding="utf-8"))
            return cls(frozenset(map(str, facts["words"])), frozenset(map(str, facts["stems"])))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotReady(f"the words of the release cannot be read: {error}") from error
