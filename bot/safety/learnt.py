"""The learnt layers of a release: taught once, kept in a folder, opened at the next start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.errors import NotReady
from bot.faq.release import SafetyRule
from bot.language.arrays import Array, Arrays, open_arrays, save_arrays
from bot.language.vectors import EncodeAll
from bot.language.vocabulary import Vocabulary
from bot.language.words import Word
from bot.safety.exemplars import Exemplars, stems_of
from bot.safety.meaning import Meaning
from bot.safety.stretches import MOST_MEANT, statements
from bot.safety.taught import Taught

FORMAT = 14  # rises whenever what is learnt, or how, changes
Words = tuple[Word, ...]

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
        is_new: Callable[[str], bool] = lambda _: True,
        read: Sequence[Words] | None = None,
    ) -> Learnt:
        """From the rules' examples and hard negatives, and other harmless texts. Cost: some seconds.

        `read` is what the vocabulary makes of all of them (`words_of`), where that is at hand.

        A long harmless text teaches that its parts are harmless too, for that is how a long message is looked at.
        Where a level begins, those tell that are `is_new` to the encoder: it was not tuned with them.
        """
        whole = Taught.of(rules, harmless)
        read = list(read or words_of(whole, vocabulary))
        parts = _parts(whole.texts[-len(harmless) :], read[-len(harmless) :]) if harmless else []
        read += parts
        taught = whole.and_harmless([_text_of(words) for words in parts])
        stems = [stems_of(words) for words in read]
        if encode_all is None:
            return cls(Exemplars.learn(taught, stems, np.arange(0))[0], None)
        told_by = taught.telling(np.array([is_new(text) for text in taught.texts]))
        exemplars, left_out = Exemplars.learn(taught, stems, told_by)
        vectors = encode_all([vocabulary.plain(words) for words in read])
        return cls(exemplars, Meaning.learn(taught, vectors, left_out, told_by))

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


def words_of(taught: Taught, vocabulary: Vocabulary) -> list[Words]:
    """The words of each text, as they are read in a question. Cost: 0.1 ms a text."""
    return [vocabulary.read(text) for text in taught.texts]


def _parts(texts: Sequence[str], read: Sequence[Words]) -> list[Words]:
    """The words of the parts in which triage would look at the long ones of these texts, each once."""
    found: dict[str, Words] = {}
    for text, words in zip(texts, read, strict=True):
        if sum(word.is_word for word in words) > MOST_MEANT:
            parts = (words[first : last + 1] for first, last in statements(words, text).parts)
            found |= {_text_of(part): part for part in parts}
    return list(found.values())


def _text_of(words: Words) -> str:
    return " ".join(word.text for word in words)


def _those(arrays: Arrays, prefix: str) -> dict[str, Array]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
