"""Writes bot/language/data/english.txt: common English words, most frequent first.

Source: the English list of pyspellchecker 0.9.1 (MIT licence). Run with that package installed:
    pip install pyspellchecker==0.9.1 && python scripts/build_english.py
"""

from __future__ import annotations

import re
from pathlib import Path

from spellchecker import SpellChecker

MOST_WORDS = 40_000
_PLAIN = re.compile(r"[a-z]{2,16}")
_BRITISH = (
    (re.compile(r"(col|fav|flav|hum|tum|behavi|neighb|harb|lab|rum|od)or"), r"\1our"),
    (re.compile(r"iz(e|ed|es|ing|er|ers|ation)$"), r"is\1"),
    (re.compile(r"yz(e|ed|es|ing)$"), r"ys\1"),
    (re.compile(r"(cent|lit|fib|met)er(s?)$"), r"\1re\2"),
)
_MISSED = ("diarrhoea", "oestrogen", "haemoglobin", "gynaecologist", "paediatric", "anaemia", "grey", "mum", "mums")
_NOT_WORDS = {"ii", "iii", "th", "nd", "rd", "st", "im", "ive", "dont", "cant", "wont"}


def main() -> None:
    """Write the list and say how many words it holds."""
    counts = SpellChecker(language="en").word_frequency.dictionary
    words = sorted((w for w in counts if _PLAIN.fullmatch(w) and w not in _NOT_WORDS), key=lambda w: (-counts[w], w))
    chosen: dict[str, None] = dict.fromkeys(words[:MOST_WORDS])
    for word in list(chosen):
        for american, british in _BRITISH:
            chosen.setdefault(american.sub(british, word))
    chosen.update(dict.fromkeys(_MISSED))
    path = Path(__file__).parent.parent / "bot" / "language" / "data" / "english.txt"
    path.write_text("\n".join(chosen) + "\n", encoding="utf-8")
    print(f"{path}: {len(chosen)} words")


if __name__ == "__main__":
    main()
