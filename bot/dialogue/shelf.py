"""Where what was learnt of a release is kept: under a name that tells what it rests on, the last few of each kind."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.asked import FORMAT as ASKED_FORMAT
from bot.faq.entry import TRANSLATED_INTO
from bot.faq.release import Release, SafetyRule, plain
from bot.language.domain import FORMAT as WORDS_FORMAT
from bot.language.encoder import Encoder
from bot.language.vectors import EncodeAll, VectorCache
from bot.language.vocabulary import Vocabulary
from bot.matching.index import FORMAT
from bot.matching.translated import FORMAT as TRANSLATED_FORMAT
from bot.safety.exemplars import stems_of
from bot.safety.learnt import FORMAT as SAFETY_FORMAT
from bot.safety.learnt import Words

MOST_KEPT = 8  # of each kind: the live release, a candidate, and those before that one could go back to


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where what was once made is kept: `store` (a folder, or none) and `known` vectors that are only read."""

    store: Path | None = None
    known: tuple[Path, ...] = ()

    def through(self, encoder: Encoder, name: str) -> EncodeAll:
        """The encoder, asked only for texts whose vectors are not at hand; new ones are kept under `name`."""
        return VectorCache(encoder.key, self.store, name, self.known).through(encoder.encode_all)

    def index_place(self, keys: Keys) -> Path | None:
        """The folder of a release's index."""
        return self.store / keys.index if self.store else None

    def words_place(self, keys: Keys) -> Path | None:
        """The file of the words that a release knows."""
        return self.store / f"words-{keys.words}.json" if self.store else None

    def asked_words_place(self, keys: Keys) -> Path | None:
        """The file of the words that its entries are asked in."""
        return self.store / f"wordings-{_sealed([keys.words], None, ASKED_FORMAT)}.json" if self.store else None

    def safety_place(self, key: str) -> Path | None:
        """The folder of what safety has learnt; `key` is that of `taught_key`."""
        return self.store / f"safety-{key}.learnt" if self.store else None

    def taught_key_place(self, key: str) -> Path | None:
        """The file of a `taught_key`, which takes a while to work out; `key` is that of `safety_key`."""
        return self.store / f"taught-{key}.txt" if self.store else None

    def asked_place(self, encoder: Encoder) -> Path | None:
        """The file of the vectors of what the gates ask each time."""
        return self.store / f"asked-{encoder.key}.npy" if self.store else None

    def findings_place(self, key: str, program: str) -> Path | None:
        """The file of what was found out by asking; `key` tells what the finding rests on beside the `program`."""
        return self.store / f"findings-{_sealed([key, program], None, 1)}.json" if self.store else None


@dataclass(frozen=True, slots=True)
class Keys:
    """What of a release is learnt, each in one word that tells what it rests on; no answer is among that.

    `words`: every wording, the rules and the word lists. `index`: the same, the corrections, the accepted error and the
    encoder. `matching`: the index, and beside it the wordings of the translations that are served.
    """

    words: str
    index: str
    matching: str

    @classmethod
    def of(cls, release: Release, encoder: Encoder | None) -> Keys:
        """Those of a release and the encoder that it is learnt with."""
        wordings = _wordings(release)
        index = _sealed([*wordings, plain(release.corrections), release.clinic.accepted_error], encoder, FORMAT)
        served: list[object] = [
            [entry.id, language, found.wordings]
            for entry in release.entries
            for language in TRANSLATED_INTO
            if (found := entry.served_translation(language))
        ]
        matching = f"{index} {_sealed(served, None, TRANSLATED_FORMAT)}" if served else index
        return cls(_sealed(wordings, None, WORDS_FORMAT), index, matching)


def safety_key(
    rules: Sequence[SafetyRule], harmless: Sequence[str], vocabulary: Vocabulary, encoder: Encoder | None
) -> str:
    """What safety rests on: the rules without their replies, the other texts that it is taught, and how texts are read.

    Two releases with the same one find the same in every message. Taking it costs a moment, `taught_key` a second.
    """
    return _sealed([_rules(rules), harmless, vocabulary.key()], encoder, SAFETY_FORMAT)


def taught_key(
    rules: Sequence[SafetyRule],
    harmless: Sequence[str],
    read: Sequence[Words],
    vocabulary: Vocabulary,
    encoder: Encoder | None,
) -> str:
    """What safety learns from: the same texts as they are read (`words_of`), whatever else the vocabulary knows."""
    as_read = [[stems_of(words), vocabulary.plain(words)] for words in read]
    return _sealed([_rules(rules), harmless, as_read], encoder, SAFETY_FORMAT)


def keep(place: Path) -> None:
    """Note that `place` is in use, and let go of all but the last few of its kind."""
    with suppress(OSError):  # a folder that cannot be written costs time or space, nothing else
        os.utime(place)
        for old in sorted(_kin(place), key=lambda each: each.stat().st_mtime, reverse=True)[MOST_KEPT:]:
            if old.is_dir():
                shutil.rmtree(old, ignore_errors=True)  # who has it mapped keeps it
            else:
                old.unlink(missing_ok=True)


def _kin(place: Path) -> Iterator[Path]:
    """What lies beside `place` and is of its kind: folders named by a key, or names such as `words-<key>.json`."""
    kind, dash, _ = place.name.partition("-")
    for other in place.parent.iterdir():
        of_kind = dash != "" and other.match(f"{kind}-*{place.suffix}")
        if of_kind or (not dash and other.is_dir() and len(other.name) == len(place.name)):
            yield other


def _wordings(release: Release) -> list[object]:
    entries = [[entry.id, entry.question, plain(entry.phrasings)] for entry in release.entries]
    return [entries, _rules(release.rules), plain(release.vocabulary), release.background]


def _rules(rules: Sequence[SafetyRule]) -> list[object]:
    found: list[object] = [
        [rule.id, int(rule.level), rule.patterns, rule.exceptions, rule.examples, rule.hard_negatives] for rule in rules
    ]
    return [*found, dict(rules[0].groups) if rules else {}]


def _sealed(parts: list[object], encoder: Encoder | None, form: int) -> str:
    text = json.dumps([*parts, encoder.key if encoder else "", form], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
