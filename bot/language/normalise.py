"""From whatever was typed to plain lower-case words, each knowing where it stood in the original.

Unicode tricks (width, accents, look-alike letters, invisible and direction characters) are undone here;
what needs knowledge of words (misspelling, leetspeak, words run together) is undone in `vocabulary`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from bot.errors import InputError

MOST_CHARACTERS = 500
SENTENCE_END = "."

# Letters that look like Latin ones and survive NFKD. Source: Unicode confusables.txt, the rows whose
# target is a basic Latin letter, for Cyrillic, Greek, Armenian and a few Latin extensions.
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһкмнтвгпиԛԝӏαβγδεζηικμνορτυχωօսոհցեɑɡɩıłøđħſ",
    "aeopcyxijsdhkmhtbrnuqwlabydeznikuvoptyxwounhgeagiilodhs",
)
_EMOJI_WORDS = {
    "\U0001f52a": " knife ",
    "\U0001f48a": " pills ",
    "\U0001f930": " pregnant ",
    "\U0001fa78": " blood ",
    "\U0001f52b": " gun ",
}
_APOSTROPHES = "'\u2019\u2018\u02bc\u00b4`\uff07"
_WORD = re.compile(r"[a-z0-9@$!|+*'_]*[a-z0-9][a-z0-9'_]*\$*|[.?!;\n]+|,")
_UNIT = re.compile(
    r"(\d+(?:[.,]\d+)?)(mgs?|mcg|g|kg|kgs|ml|iu|lbs?|st|wks?|weeks?|mths?|months?|days?|hrs?|hours?|yrs?|yo|x)"
)
_SPACED_OUT = re.compile(r"(?<![a-z0-9'])(?:[a-z0-9@$!|](?:[\s.\-_*~/]+)){2,}[a-z0-9@$](?![a-z0-9'])")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # the category Cc but tab and line ends
_GAP = re.compile(r"[^a-z0-9@$!|]+")
_LEADING_SYMBOLS = re.compile(r"^[!+*_']+|[*_']+$")
_ENDINGS = (("n't", "not"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'d", "would"), ("'m", "am"))

CONTRACTIONS: Mapping[str, str] = {
    "can't": "cannot",
    "cant": "cannot",
    "won't": "will not",
    "wont": "will not",
    "shan't": "shall not",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "werent": "were not",
    "havent": "have not",
    "hasnt": "has not",
    "hadnt": "had not",
    "couldnt": "could not",
    "shouldnt": "should not",
    "wouldnt": "would not",
    "aint": "is not",
    "im": "i am",
    "ive": "i have",
    "youre": "you are",
    "theyre": "they are",
    "whats": "what is",
    "hows": "how is",
    "thats": "that is",
    "theres": "there is",
    "let's": "let us",
    "it's": "it is",
    "he's": "he is",
    "she's": "she is",
    "hes": "he is",
    "shes": "she is",
    "that's": "that is",
    "what's": "what is",
    "how's": "how is",
    "there's": "there is",
    "who's": "who is",
    "where's": "where is",
    "when's": "when is",
    "u": "you",
    "ur": "your",
    "r": "are",
    "wanna": "want to",
    "gonna": "going to",
    "gotta": "have to",
}


class Token(NamedTuple):
    """A normalised word or a sentence end; `start` and `end` are characters in the original."""

    text: str
    start: int
    end: int
    ends_question: bool = False

    @property
    def is_word(self) -> bool:
        """Whether this is a word and no sentence end."""
        return self.text != SENTENCE_END


def check_question(text: str) -> str:
    """`text` as NFC, if it can be a question: 1 to 500 characters with something visible in them.

    Raises InputError that names the field `question` and what was wrong.
    """
    allowed = f"1 to {MOST_CHARACTERS} characters of text"
    if _HALF_CHARACTER.search(text):
        raise InputError(field="question", got="half of a character (a lone surrogate)", allowed=allowed)
    if len(text) > 8 * MOST_CHARACTERS:
        raise InputError(field="question", got=f"{len(text)} characters", allowed=allowed)
    composed = unicodedata.normalize("NFC", text)
    if not any(_is_visible(letter) for letter in composed):
        got = "no text" if not composed.strip() else "only spaces or invisible characters"
        raise InputError(field="question", got=got, allowed=allowed)
    if len(composed) > MOST_CHARACTERS:
        raise InputError(field="question", got=f"{len(composed)} characters", allowed=allowed)
    if _CONTROL.search(composed):
        raise InputError(field="question", got="control characters", allowed=allowed)
    return composed


def tokenise(text: str) -> tuple[Token, ...]:
    """The words of `text`, plain and lower case, contractions written out, with sentence ends between."""
    folded, places = _fold(text)
    folded, places = _closed_up(folded.replace("w/o", "wo "), places)
    tokens: list[Token] = []
    for match in _WORD.finditer(folded):
        first, after = match.span()
        start, end = (first, after) if places is None else (places[first], places[after - 1] + 1)
        raw = match.group()
        if raw[0] in ".?!;\n":
            if tokens and tokens[-1].is_word:
                tokens.append(Token(SENTENCE_END, start, end, "?" in raw))
        elif raw != ",":
            for word in _spelled_out(raw):
                if word == "not" and tokens and tokens[-1].text == "can":
                    tokens[-1] = Token("cannot", tokens[-1].start, end)
                else:
                    tokens.append(Token(word, start, end))
    return tuple(tokens)


def fold(text: str) -> str:
    """`text` as plain lower-case characters, Unicode tricks undone; words stay as they were spelled."""
    return _fold(text)[0]


def plain_words(text: str) -> str:
    """`text` as its normalised words, one space between: two texts that read alike become equal."""
    return " ".join(token.text for token in tokenise(text) if token.is_word)


def _fold(text: str) -> tuple[str, list[int] | None]:
    """The folded characters, and where each stood; None for each at its own place."""
    if text.isascii():
        return text.lower().replace("`", "'"), None
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for folded in _fold_letter(letter):
            letters.append(folded)
            places.append(place)
    return "".join(letters), places


def _closed_up(folded: str, places: list[int] | None) -> tuple[str, list[int] | None]:
    """Letters typed apart ("d i e", "d.i.e") brought together; a wider gap between them parts two words."""
    dropped: set[int] = set()
    for run in _SPACED_OUT.finditer(folded):
        gaps = [gap.span() for gap in _GAP.finditer(folded, run.start(), run.end())]
        narrowest = min(end - start for start, end in gaps)
        for start, end in gaps:
            spaces = [place for place in range(start, end) if folded[place].isspace()]
            kept = spaces[-1:] if end - start > narrowest else []
            dropped.update(place for place in range(start, end) if place not in kept)
    if not dropped:
        return folded, places
    left = [place for place in range(len(folded)) if place not in dropped]
    return "".join(folded[place] for place in left), [places[place] for place in left] if places else left


def _fold_letter(letter: str) -> str:
    if letter in _EMOJI_WORDS:
        return _EMOJI_WORDS[letter]
    if letter.isascii():
        return "'" if letter == "`" else letter.lower()
    if letter in _APOSTROPHES:
        return "'"
    code = ord(letter)
    if 0x1F1E6 <= code <= 0x1F1FF:  # regional indicators, used as letters
        return chr(code - 0x1F1E6 + ord("a"))
    if 0xE0020 <= code <= 0xE007E:  # invisible tag characters
        return ""
    kept = []
    for part in unicodedata.normalize("NFKD", letter):
        category = unicodedata.category(part)
        if category in ("Cf", "Mn", "Me", "Cn", "Co"):
            continue
        if part in _APOSTROPHES:
            kept.append("'")
        elif category.startswith("Z"):
            kept.append(" ")
        else:
            kept.append(part.casefold().translate(_LOOKALIKES))
    return "".join(kept)


@lru_cache(maxsize=20_000)
def _spelled_out(raw: str) -> tuple[str, ...]:
    word = _LEADING_SYMBOLS.sub("", raw)
    if word.rstrip("$").isdigit():  # an amount, not a word in disguise
        word = word.rstrip("$")
    if not word:
        return ()
    if word in CONTRACTIONS:
        return tuple(CONTRACTIONS[word].split())
    measured = _UNIT.fullmatch(word)
    if measured:
        return measured.group(1), measured.group(2)
    if "_" in word:
        return tuple(piece for part in word.split("_") if part for piece in _spelled_out(part))
    for ending, meaning in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return word[: -len(ending)], meaning
    return (word[:-2] if word.endswith("'s") else word.replace("'", ""),)


def _is_visible(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNPS" and letter not in "\u3164\u115f\u1160\uffa0\u2800"
