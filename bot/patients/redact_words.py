"""Whether a word is somebody's name or an ordinary word, told by lists of English and Spanish words."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from bot.language.disguise import undrawn
from bot.language.normalise import CONTRACTIONS
from bot.language.words import MOST_WORDS, english_ranks

NO_WORD = 1_000_000  # the rank of what is no English word
_FREQUENT = 3_000  # a word this close to one of these is a misspelling of it
_CONTRACTED = frozenset({"t", "d", "m", "ve", "ll", "re"})
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = "aeiou"
_SLIPS = {
    letter: set(row[max(0, place - 1) : place + 2])
    | set(_VOWELS if letter in _VOWELS else "")
    | set("iey" * (letter in "iey"))
    for row in _KEYS
    for place, letter in enumerate(row)
}
_LONGEST = 20  # letters; no name that is looked for has more
_ENDINGS = (
    "ing",
    "ed",
    "ly",
    "ness",
    "less",
    "ful",
    "ous",
    "able",
    "ive",
    "itis",
    "ish",
    "aemic",
    "emic",
    "azole",
    "cillin",
)
_SPANISH_ENDINGS = ("mente", "iendo", "ieron", "aciones", "idades")
_PREFIXES = ("un", "non", "pre", "post", "over", "under", "hyper", "hypo", "anti", "re", "semi", "multi", "dehydr")


class _Lists(NamedTuple):
    """What the English word list cannot tell.

    `first_names` are those that stand in it, and are hardly ever another word; names that it lacks need no list. They
    and the surnames come from the 1990 census of the United States, in the public domain, with more of other cultures.
    `names_and_words` are such as "rose" and "will": after "my name is" they are names, after "I'm" where a capital or
    the end of the phrase makes them one. `surnames` stand in the English list and are no other word,
    `surnames_and_words` are, as "hill": both are looked for after a first name or a title only. `not_names` are words
    of patients that the English list lacks: of medicine and of chat. `never_names` are what grammar needs too much.
    `spanish_words` are frequent ones, with the forms of frequent verbs, without accents.
    """

    first_names: frozenset[str]
    names_and_words: frozenset[str]
    surnames: frozenset[str]
    surnames_and_words: frozenset[str]
    not_names: frozenset[str]
    never_names: frozenset[str]
    spanish_words: frozenset[str]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    return _Lists(*(words_of(name) for name in _Lists._fields))


def words_of(name: str) -> frozenset[str]:
    """A list of words that is shipped in `data`."""
    text = resources.files("bot.patients").joinpath(f"data/{name}.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def is_first_name(word: str) -> bool:
    """Whether the word is hardly ever anything but a first name."""
    return bare(word) in _lists().first_names


def is_name_and_word(word: str) -> bool:
    """Whether the word is a first name as well as an ordinary word, such as "rose"."""
    return bare(word) in _lists().names_and_words


def is_surname(word: str) -> bool:
    """Whether the word can be a surname, and is no word of everyday."""
    parts = bare(word).split("-")
    if len(parts) > 1:
        return all(is_surname(part) or is_surname_and_word(part) for part in parts)
    return parts[0] in _lists().surnames or could_be_name(parts[0])


def is_surname_and_word(word: str) -> bool:
    """Whether the word is a frequent surname as well as an ordinary word, such as "hill"."""
    return bare(word) in _lists().surnames_and_words


def is_never_name(word: str) -> bool:
    """Whether grammar needs the word too much for it to be a name."""
    plain = bare(word)
    if plain in _lists().never_names or plain in CONTRACTIONS:
        return True
    return "'" in plain and plain.rpartition("'")[2] in _CONTRACTED


def rank(word: str) -> int:
    """The word's rank in English, from 0; a high one if it is none."""
    return english_ranks().get(bare(word), NO_WORD)


def is_plain_word(word: str) -> bool:
    """Whether the word is one of English, Spanish, medicine or chat and no first name before all else."""
    plain = bare(word)
    if plain in _lists().first_names:
        return False
    if plain in english_ranks() or plain in _lists().not_names or plain.replace("'", "") in _lists().not_names:
        return True
    return plain in _lists().spanish_words or (len(plain) > 7 and plain.endswith(_SPANISH_ENDINGS))


@lru_cache(maxsize=MOST_WORDS)
def could_be_name(word: str) -> bool:
    """Whether a word without a capital is a name: a first name, or no word, no form of a word, no misspelt word."""
    plain = bare(word)
    if plain in _lists().first_names:
        return True
    if (
        not 3 <= len(plain) <= _LONGEST
        or not set(plain) & set("aeiouy")
        or is_never_name(plain)
        or is_plain_word(plain)
    ):
        return False
    if "-" in plain:
        return is_surname(plain)
    return not _is_form_of_word(plain) and not (plain.isascii() and _is_misspelling(plain))


def could_be_capital_name(word: str) -> bool:
    """Whether a word with a capital is a name: one that English lacks."""
    plain = bare(word)
    if plain in _lists().first_names:
        return True
    if len(plain) < 2 or len(plain) > 2 * _LONGEST or is_never_name(plain) or is_plain_word(plain):
        return False
    if word.isupper() and len(word) <= 5:  # HIV, PCOS
        return False
    if "-" in plain:
        return not all(is_plain_word(part) for part in plain.split("-"))
    return bool(set(plain) & set("aeiouy")) or not plain.isascii()


def bare(word: str) -> str:
    """The word in small letters without a possessive ending."""
    plain = word.lower()
    return plain[:-2] if plain.endswith("'s") else plain.rstrip("'")


def _is_form_of_word(word: str) -> bool:
    ranks, plain = english_ranks(), _lists().not_names

    def known(stem: str) -> bool:
        return (
            len(stem) >= 4 and stem not in _lists().first_names and (ranks.get(stem, 99_999) < 20_000 or stem in plain)
        )

    if any(word.endswith(ending) and len(word) > len(ending) + 3 for ending in _ENDINGS) and len(word) >= 7:
        return True
    if any(word.startswith(prefix) and known(word[len(prefix) :]) for prefix in _PREFIXES):
        return True
    if word.endswith("s") and (known(word[:-1]) or (word.endswith("es") and known(word[:-2]))):
        return True
    if word.endswith(("ing", "in", "ed", "er", "ly", "y")):
        stem = word[: -3 if word.endswith("ing") else -1 if word.endswith("y") else -2]
        if (known(stem) and (len(stem) > 4 or not word.endswith(("er", "y")))) or (
            known(stem + "e") and not word.endswith("y")
        ):
            return True
    return any(known(guess) or guess in ranks for guess in undrawn(word) if guess != word)


def _is_misspelling(word: str) -> bool:
    """Whether one letter makes it a frequent word, or one of medicine: "pregant", "worryed"."""
    if len(word) < 5:
        return False
    ranks, lists = english_ranks(), _lists()
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    near = [one + two[1:] for one, two in splits if two]
    near += [one + two[1] + two[0] + two[2:] for one, two in splits if len(two) > 1]
    near += [one + letter + two for one, two in splits for letter in _LETTERS]
    # Another letter is a slip only where it lies beside the right one, or sounds like it.
    near += [one + letter + two[1:] for one, two in splits if two for letter in _SLIPS.get(two[0], "")]
    names = lists.first_names | lists.surnames | lists.surnames_and_words
    return any(
        len(other) >= 5 and (ranks.get(other, 99_999) < _FREQUENT or (other in lists.not_names and len(other) > 5))
        for other in near
        if other not in names
    )
