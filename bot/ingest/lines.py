"""Marks that lines begin with, and whether a line reads as a heading or as a sentence."""

from __future__ import annotations

import re

_MARKS = r"-–—•*·▪◦‣●○■□➢➤►✓✔❖»\uf0b7\uf0a7\uf0d8\u2043\u2219"
BULLET = re.compile(rf"(?:[{_MARKS}]|o(?=\s))\s*$|(?:[{_MARKS}]|o)\s+(?=\S)")
NUMBERED = re.compile(r"(?P<number>\(?(?:\d{1,2}|[a-hA-H]|[ivx]{1,4})[.)])\s+(?=\S)")
DECIMAL = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2})+)\.?\s+(?=\S)")
_ENDS = ".!;,"
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "but",
        "by",
        "for",
        "from",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "nor",
        "of",
        "off",
        "on",
        "or",
        "over",
        "per",
        "so",
        "than",
        "that",
        "the",
        "this",
        "to",
        "up",
        "via",
        "vs",
        "vs.",
        "with",
        "while",
        "your",
        "you",
        "yet",
        "are",
        "be",
        "do",
        "does",
        "can",
        "my",
        "our",
        "their",
        "his",
        "her",
        "i",
        "when",
        "how",
        "what",
        "not",
        "no",
        "about",
        "after",
        "before",
        "during",
    ]
)
MOST_WORDS, MOST_LETTERS = 14, 100


def bullet_of(line: str) -> str | None:
    """What follows a bullet at the beginning of the line ("" for a bullet alone), or None where there is none."""
    found = BULLET.match(line)
    return line[found.end() :].strip() if found else None


def numbered(line: str) -> tuple[str, str] | None:
    """The number at the beginning of a line, as "1." or "a)", and what follows."""
    found = NUMBERED.match(line)
    return (found.group("number"), line[found.end() :].strip()) if found else None


def decimal(line: str) -> tuple[str, str] | None:
    """A number like 2.1 at the beginning of a line, and what follows."""
    found = DECIMAL.match(line)
    return (found.group("number"), line[found.end() :].strip()) if found else None


def is_short(text: str) -> bool:
    """Whether a text is short enough for a heading."""
    return 0 < len(text) <= MOST_LETTERS and len(text.split()) <= MOST_WORDS


def is_bare_heading(text: str) -> bool:
    """Whether a line that stands alone reads as a heading: short, begun large, and no sentence's end."""
    if not is_short(text) or text[-1] in _ENDS or text.endswith((":", "…", "...")):
        return False
    first = text.lstrip("\"'“‘(")[:1]
    if not (first.isupper() or first.isdigit()) or not any(letter.isalpha() for letter in text):
        return False
    return ". " not in text.replace("vs. ", "").replace("Dr. ", "").replace("St. ", "") or bool(numbered(text))


def is_title_case(text: str) -> bool:
    """Whether all words that carry meaning begin large, as in "Common Side Effects"."""
    words = [word.strip("\"'“”‘’()[],:;?!–—/&") for word in text.replace("/", " ").split()]
    telling = [word for word in words if word and word[0].isalpha() and word.lower() not in _SMALL]
    return bool(telling) and all(word[0].isupper() for word in telling)


def is_capitals(text: str) -> bool:
    """Whether every letter is a capital, and there are enough of them to mean it."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= 4 and all(letter.isupper() for letter in letters)


def ends_sentence(text: str) -> bool:
    """Whether a text ends as sentences do."""
    return text.rstrip("\"'”’)]").endswith((".", "!", "?", ":", ";", "…"))
