"""The learnt layers of a release: taught once, kept in a folder, opened at the next start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import NotReady
from bot.faq.release import SafetyRule
from bot.language.arrays import Array, Arrays, open_arrays, save_arrays
from bot.language.vectors import EncodeAll
from bot.language.vocabulary import Vocabulary
from bot.safety.exemplars import Exemplars, stems_of
from bot.safety.meaning import Meaning
from bot.safety.taught import Taught

FORMAT = 8  # rises whenever what is learnt, or how, changes
_WORDS, _MEANING = "words_", "meaning_"


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

    def save(self, folder: Path) -> None:
        """Write it, all at once or not at all. May raise OSError."""
        arrays = {f"{_WORDS}{name}": array for name, array in self.exemplars.arrays.items()}
        if self.meaning is not None:
            arrays |= {f"{_MEANING}{name}": array for name, array in self.meaning.arrays.items()}
        save_arrays(folder, arrays, {})

    @classmethod
    def open(cls, folder: Path, rules: Sequence[SafetyRule]) -> Learnt:
        """What was saved for the same rules, mapped into memory. Raises NotReady when it is not there, or damaged."""
        arrays, _ = open_arrays(folder)
        words, meaning = _those(arrays, _WORDS), _those(arrays, _MEANING)
        try:
            return cls(Exemplars(rules, words), Meaning(rules, meaning) if meaning else None)
        except (ValueError, KeyError, IndexError) as error:
            raise NotReady(f"the learnt safety data cannot be read: {error}") from error


def _those(arrays: Arrays, prefix: str) -> dict[str, Array]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
