"""The learnt layers of a release: taught once, kept in a file, opened at the next start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from bot.errors import NotReady
from bot.faq.release import SafetyRule
from bot.language.keeping import replacing
from bot.language.vectors import EncodeAll
from bot.language.vocabulary import Vocabulary
from bot.safety.exemplars import Exemplars, stems_of
from bot.safety.meaning import Meaning
from bot.safety.taught import Taught

FORMAT = 7  # rises whenever what is learnt, or how, changes


@dataclass(frozen=True, slots=True)
class Learnt:
    """Likeness by words, and by meaning where there is a sentence encoder."""

    exemplars: Exemplars
    meaning: Meaning | None

    @classmethod
    def learn(
        cls,
        rules: Sequence[SafetyRule],
        harmless: Sequence[str],
        vocabulary: Vocabulary,
        encode_all: EncodeAll | None,
    ) -> Learnt:
        """From the rules' examples and hard negatives, and other harmless texts. Cost: some seconds."""
        taught = Taught.of(rules, harmless)
        read = [vocabulary.read(text) for text in taught.texts]
        exemplars, left_out = Exemplars.learn(taught, [stems_of(words) for words in read])
        if encode_all is None:
            return cls(exemplars, None)
        vectors = encode_all([vocabulary.plain(words) for words in read])
        return cls(exemplars, Meaning.learn(taught, vectors, left_out))

    def save(self, file: Path) -> None:
        """Write it, all at once or not at all. May raise OSError."""
        arrays = {f"words_{name}": array for name, array in self.exemplars.arrays.items()}
        if self.meaning is not None:
            arrays |= {f"meaning_{name}": array for name, array in self.meaning.arrays.items()}
        with replacing(file) as fresh:
            np.savez(fresh, allow_pickle=False, **arrays)

    @classmethod
    def open(cls, file: Path, rules: Sequence[SafetyRule]) -> Learnt:
        """What was saved for the same rules. Raises NotReady when there is none, or it is damaged."""
        try:
            with np.load(file, allow_pickle=False) as stored:
                words = {name[6:]: stored[name] for name in stored.files if name.startswith("words_")}
                meaning = {name[8:]: stored[name] for name in stored.files if name.startswith("meaning_")}
            return cls(Exemplars(rules, words), Meaning(rules, meaning) if meaning else None)
        except (OSError, ValueError, KeyError, IndexError, BadZipFile, EOFError) as error:
            raise NotReady(f"the learnt safety data cannot be read: {error}") from error
