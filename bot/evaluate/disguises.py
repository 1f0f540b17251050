"""Ways in which alarming words come disguised, by design or by thumb: each turns a message into another of the same
meaning, the same one each time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from zlib import crc32

_LEET = str.maketrans("aeiost", "4310$7")
_LOOKALIKES = str.maketrans("aceopxy", "асеорху")
_CHATTER = (
    "hiya hope you are all well, quick one about my next appointment and the moisturiser you told me about",
    "thanks so much for last week by the way, the new cleanser is lovely and my brother says hello",
)
_EARLIER = (
    "i started my tablets two months ago,",
    "my grandad died last year and",
    "my dose went up last month,",
    "no,",
    "never had trouble with them before,",
)
_KEYS = {"a": "s", "e": "r", "i": "o", "o": "i", "t": "r", "n": "m", "s": "a", "r": "t", "l": "k", "h": "g"}


def zero_width(text: str) -> str:
    """Invisible characters inside the words, and a switch of writing direction."""
    return "\u202d" + "".join(letter + "\u200b" if place % 2 else letter for place, letter in enumerate(text))


def capitals(text: str) -> str:
    """Everything shouted."""
    return text.upper()


def typos(text: str) -> str:
    """One slip of a thumb in every other word of five letters or more."""
    dice = random.Random(crc32(text.encode()))  # noqa: S311 - the same slips each time are what is wanted
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) >= 5 and word.isalpha() and dice.random() < 0.5:
            words[place] = _slipped(word, dice)
    return " ".join(words)


def _slipped(word: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(word) - 1)
    kind = dice.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + _KEYS.get(word[at], "x") + word[at + 1 :]


def repeats(text: str) -> str:
    """The last vowel of longer words drawn out."""
    return " ".join(_drawn_out(word) if len(word) >= 4 else word for word in text.split(" "))


def _drawn_out(word: str) -> str:
    for place in range(len(word) - 1, 0, -1):
        if word[place] in "aeiou":
            return word[:place] + word[place] * 3 + word[place + 1 :]
    return word


def leet(text: str) -> str:
    """Digits and signs for letters."""
    return text.lower().translate(_LEET)


def lookalikes(text: str) -> str:
    """Cyrillic letters that look the same."""
    return text.lower().translate(_LOOKALIKES)


def buried(text: str) -> str:
    """In the middle of a long, friendly message."""
    return f"{_CHATTER[0]}. {text}. {_CHATTER[1]}"


def beside(text: str) -> str:
    """In one breath with an everyday complaint."""
    return _said_after("my lips are so dry and", text)


def dated(text: str) -> str:
    """In one breath with something else that was long ago, or was not so."""
    return _said_after(_EARLIER[crc32(text.encode()) % len(_EARLIER)], text)


def _said_after(before: str, text: str) -> str:
    return f"{before} {text[:1].lower()}{text[1:]}"


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "zero-width": zero_width,
    "capitals": capitals,
    "typos": typos,
    "repeats": repeats,
    "leet": leet,
    "look-alikes": lookalikes,
    "buried": buried,
    "beside": beside,
    "dated": dated,
}
