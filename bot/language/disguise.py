"""Words in disguise: letters drawn out, and digits or signs in their place."""

from __future__ import annotations

from itertools import groupby, product

_LEET = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "il", "|": "l", "+": "t", "*": "",
}  # fmt: skip


def undrawn(word: str) -> list[str]:
    """Drawn-out letters shortened: runs of three or more to two and to one, then all runs to one."""
    runs = [(letter, len(list(group))) for letter, group in groupby(word)]
    long_runs = [place for place, (_, length) in enumerate(runs) if length >= 3]
    guesses = []
    if long_runs and len(long_runs) <= 6:
        for lengths in product((1, 2), repeat=len(long_runs)):
            chosen = dict(zip(long_runs, lengths, strict=True))
            guesses.append("".join(letter * chosen.get(p, n) for p, (letter, n) in enumerate(runs)))
    if sum(length >= 2 for _, length in runs) >= 2 or long_runs:
        guesses.append("".join(letter for letter, _ in runs))
    return guesses


def unleet(word: str) -> list[str]:
    """Readings of a word with digits or signs for letters; empty when it has none, or is a number."""
    signs = sum(letter in _LEET for letter in word)
    if not signs or signs == len(word) or signs > 6:
        return [] if signs else [word]
    return all_readings(word)


def all_readings(word: str) -> list[str]:
    """Readings of a word with digits or signs for letters, even when it has nothing else ("700" for "too")."""
    choices = [tuple(_LEET[letter]) or ("",) if letter in _LEET else (letter,) for letter in word]
    return ["".join(reading) for reading in product(*choices)][:16]
