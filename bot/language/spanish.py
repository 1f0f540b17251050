"""Spanish as patients type it: its words without accents and in their short spellings, their stems, and how to tell it.

Only questions are read so, to find the entry that is meant; what safety looks at is never read through here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from bot.language.normalise import tokenise
from bot.language.stemming import Stemmer
from bot.language.words import MOST_WORDS, Word, english_ranks

_stemmer = Stemmer("spanish")
_FREQUENT_ENGLISH = 3_000  # ranks; further down the list stand words of other languages too
_LITTLE = frozenset(
    [
        *("a", "al", "algo", "algun", "alguna", "ante", "antes", "asi", "aun", "aunque", "cada", "como", "con", "cual"),
        *(
            "cuales",
            "cuando",
            "cuanta",
            "cuantas",
            "cuanto",
            "cuantos",
            "de",
            "del",
            "desde",
            "despues",
            "donde",
            "dos",
        ),
        *("durante", "e", "el", "ella", "en", "entre", "era", "es", "esa", "ese", "eso", "esta", "estan", "estar"),
        *("este", "esto", "estoy", "fue", "ha", "hace", "hacer", "hacerme", "hago", "han", "hasta", "hay", "he", "la"),
        *("las", "le", "les", "lo", "los", "mas", "me", "mi", "mientras", "mis", "mucha", "mucho", "muchos", "muy"),
        *("nada", "ni", "no", "nos", "o", "otra", "otro", "para", "pasa", "pero", "por", "porque", "puede", "puedo"),
        *("que", "quien", "quiero", "se", "ser", "si", "sin", "sobre", "solo", "son", "soy", "su", "sus", "tal"),
        *("tambien", "tan", "tanto", "te", "tengo", "tiene", "todo", "todos", "tu", "tus", "un", "una", "unas", "uno"),
        *("unos", "va", "voy", "y", "ya", "yo"),
    ]
)
# Little words that tell what is asked all the same: how long, when, where, before, after.
_ASKING = frozenset(
    [
        *("antes", "cada", "como", "cuando", "cuanta", "cuantas", "cuanto", "cuantos", "desde", "despues", "donde"),
        *("dos", "durante", "hasta", "mientras", "porque", "quien"),
    ]
)
_SHORT: Mapping[str, str] = {
    "d": "de",
    "k": "que",
    "pa": "para",
    "porq": "porque",
    "pq": "porque",
    "q": "que",
    "ke": "que",
    "tb": "tambien",
    "tmb": "tambien",
    "x": "por",
    "xq": "porque",
}


class SpanishWords:
    """Reads Spanish questions, by the words that the FAQ has in Spanish."""

    def __init__(self, texts: Sequence[str], names: Mapping[str, str]) -> None:
        """From the FAQ's `texts`; `names`, of brands say, are folded to one term each."""
        self._names = {name: term for name, term in names.items() if " " not in name}
        self._terms = frozenset(self._names.values())
        self._known = frozenset(stem for text in texts for stem in self.terms(self.read(text)))

    def read(self, text: str) -> tuple[Word, ...]:
        """The words of `text`, short spellings written out, with their stems."""
        words = []
        for token in tokenise(text):
            plain = _SHORT.get(token.text, token.text)
            meant = self._meant(plain)
            stem = meant if meant in self._terms or not token.is_word else spanish_stem(plain)
            words.append(Word(plain, stem, token.start, token.end, token.text, ends_question=token.ends_question))
        return tuple(words)

    def _meant(self, plain: str) -> str:
        """The term of a name, which in Spanish may end in an a ("isotretinoína")."""
        return plain[:-1] if plain[:-1] in self._terms else self._names.get(plain, plain)

    def terms(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The stems to match by: little words tell nothing, unless there are no others."""
        stems = tuple(word.stem for word in words if word.is_word)
        telling = tuple(
            word.stem for word in words if word.is_word and (word.text not in _LITTLE or word.text in _ASKING)
        )
        return telling or stems

    def plain(self, words: Sequence[Word]) -> str:
        """The words in one line."""
        return " ".join(word.text for word in words if word.is_word)

    def knows(self, word: str) -> bool:
        """Whether the FAQ has such a word in Spanish."""
        return spanish_stem(word) in self._known

    def known_share(self, words: Sequence[Word], known: Collection[str]) -> float:
        """The share of the telling words whose stems are among `known`, 0 to 1; 1 where none is telling."""
        telling = {word.stem for word in words if word.is_word and word.text not in _LITTLE}
        return sum(stem in known for stem in telling) / len(telling) if telling else 1.0

    def is_spanish(self, words: Sequence[Word]) -> bool:
        """Whether more of the words are Spanish than frequent in English; names and single letters are of none.

        Spanish are its little words, and what the FAQ has in Spanish and English does not know.
        """
        ranks = english_ranks()
        spanish = english = 0
        for word in words:
            if len(word.text) > 1 and word.is_word and word.stem not in self._terms:
                spanish += word.text in _LITTLE or (word.stem in self._known and word.text not in ranks)
                english += ranks.get(word.text, _FREQUENT_ENGLISH) < _FREQUENT_ENGLISH
        return spanish > english


@lru_cache(maxsize=MOST_WORDS)
def spanish_stem(word: str) -> str:
    """The Snowball (Spanish) stem of a lower-case word without accents."""
    return _stemmer.stem(word)
