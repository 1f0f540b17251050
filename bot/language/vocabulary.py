"""What a word is: misspelling, leetspeak, drawn-out and run-together words led back to known words.

Known are the words of the release, its names, and general English. A known word is never touched,
nor a number, nor a name; so "rash" cannot become "crash".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import log

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.faq.release import NO_WORDS, WordLists
from bot.language.disguise import all_readings, undrawn, unleet
from bot.language.domain import Domain
from bot.language.folds import Folds
from bot.language.normalise import CONTRACTIONS, SENTENCE_END, Token, tokenise
from bot.language.words import MOST_WORDS, Word, english_ranks, stem_of

_PLAIN_WORD = re.compile(r"[a-z]+")
_DOUBLED = re.compile(r"(.)\1")
_ONLY_DOUBLED = 0.2  # by which a word is nearer where only a letter was doubled, or not: "fiting" is seldom "firing"
_TWO_LETTER_WORDS = frozenset(
    [
        "am",
        "an",
        "as",
        "at",
        "be",
        "by",
        "do",
        "go",
        "he",
        "if",
        "in",
        "is",
        "it",
        "me",
        "my",
        "no",
        "of",
        "on",
        "or",
        "so",
        "to",
        "up",
        "us",
        "we",
    ]
)
_DOMAIN_RANK = 1500
FEWEST_DISGUISED = 2  # words spelled with digits, for the numbers beside them to be read as words
_SPLIT_COST_A_LETTER = 2.05


class Vocabulary:
    """The words that a release knows. Immutable; `read` is the way in."""

    def __init__(self, domain: Domain, words: WordLists = NO_WORDS) -> None:
        """From the words of a release and its lists."""
        self._english = english_ranks()
        self._chat = {key: tuple(value.split()) for key, value in words.chat.items()}
        self._protected = words.protected
        self._domain, self._domain_stems = domain.words, domain.stems
        self._buckets = _bucket(self._domain, self._english)
        self._domain_by_length = _by_length(self._domain)
        self._folds = Folds({**words.synonyms, **words.brands})
        self._names = Folds(words.brands)
        self._meaning = lru_cache(maxsize=MOST_WORDS)(self._meaning_uncached)
        self._lists = words

    def key(self) -> str:
        """All that reading rests on, in one word: two releases with the same one read every text alike."""
        lists = self._lists
        folds = [sorted(each.items()) for each in (lists.synonyms, lists.brands, lists.chat)]
        known = [sorted(self._domain), sorted(self._domain_stems), sorted(lists.protected), folds]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()

    def read(self, text: str) -> tuple[Word, ...]:
        """The words of `text`, corrected where neither the release nor English knows them."""
        return self.read_tokens(tokenise(text))

    def read_tokens(self, tokens: Sequence[Token]) -> tuple[Word, ...]:
        """The same for tokens already parted."""
        words, strange = self._words(tokens)
        if strange:
            disguised = sum(word.typed != word.text and not word.typed.isalpha() for word in words)
            if disguised:
                words = [_as_letter(word) for word in words]
            if disguised >= FEWEST_DISGUISED and 3 * disguised >= len(words):
                words = [self._as_word(word) for word in words]
        return tuple(self._joined(words) if strange else words)

    def _as_word(self, word: Word) -> Word:
        """A number is a word among many that are spelled with digits, when it can be read as one ("700")."""
        if word.typed.isalpha() or word.text != word.typed or not 2 <= len(word.typed) <= 6:
            return word
        read = next((guess for guess in all_readings(word.typed) if guess in self._english), None)
        return word._replace(text=read, stem=stem_of(read)) if read else word

    def knows(self, word: str) -> bool:
        """Whether a word needs no correction."""
        return (
            word in self._english
            or word in self._domain
            or word in self._protected
            or word in self._chat
            or word.isdigit()
            or (len(word) > 4 and stem_of(word) in self._domain_stems)
        )

    def terms(self, words: Sequence[Word]) -> tuple[str, ...]:
        """Stems for matching: synonyms and brand names folded to one term, sentence ends left out."""
        return self._folds.apply(words)

    def plain(self, words: Sequence[Word]) -> str:
        """The corrected words in one line for the sentence encoder: brand names folded, synonyms as they are."""
        return self._names.reword(words)

    def folded(self, words: Sequence[Word]) -> Mapping[str, str]:
        """The synonyms and brand names among the words, and the terms that they are read as."""
        return self._folds.found(words)

    def _words(self, tokens: Sequence[Token]) -> tuple[list[Word], bool]:
        """The words one by one, and whether any was typed as no known word is."""
        words: list[Word] = []
        strange = False
        for text, start, end, ends_question in tokens:
            if text == SENTENCE_END:
                words.append(Word(text, text, start, end, text, ends_question=ends_question))
                continue
            pieces, others, known = self._meaning(text)
            strange = strange or not known
            for piece, stem in pieces:
                words.append(Word(piece, stem, start, end, text, others))
        return words, strange

    def _meaning_uncached(self, typed: str) -> tuple[tuple[tuple[str, str], ...], frozenset[str], bool]:
        """What a typed word stands for, each piece with its stem; the stems that it may stand for instead; and
        whether it is known as it was typed.
        """
        resolved = self._resolve(typed)
        known = self.knows(typed)
        corrected = resolved != (typed,) and typed not in self._chat
        doubtful = len(resolved) == 1 and (corrected or not known)
        others: frozenset[str] = self._alternatives(typed) if doubtful else frozenset()
        return tuple((piece, stem_of(piece)) for piece in resolved), others, known

    def _joined(self, words: list[Word]) -> list[Word]:
        """Two pieces that only together make a word ("sui cide") become that word."""
        joined: list[Word] = []
        for word in words:
            last = joined[-1] if joined else None
            if last and last.is_word and word.is_word and self._belong_together(last, word):
                whole = last.typed + word.typed
                joined[-1] = Word(whole, stem_of(whole), last.start, word.end, whole)
            else:
                joined.append(word)
        return joined

    def _belong_together(self, left: Word, right: Word) -> bool:
        whole = left.typed + right.typed
        strange = not (self.knows(left.typed) and self.knows(right.typed))
        return strange and len(whole) >= 6 and whole in self._domain

    def _resolve(self, word: str) -> tuple[str, ...]:
        if word in self._chat:
            return self._chat[word]
        if self.knows(word) or (len(word) < 3 and word.isalpha()):
            return (word,)
        for guess in (*undrawn(word), *unleet(word)):
            if guess in self._chat:
                return self._chat[guess]
            if guess != word and self.knows(guess) and not guess.isdigit():
                return (guess,)
        if not _PLAIN_WORD.fullmatch(word):
            plain = [guess for guess in unleet(word) if _PLAIN_WORD.fullmatch(guess)]
            if not plain or sum(letter.isdigit() for letter in word) * 2 > len(word):
                return (word,)
            word = plain[0]
        nearest = self._nearest(word)
        if nearest and OSA.distance(nearest, word) == 1:
            return (nearest,)
        parts = self._split(word)
        if parts:
            return parts
        return (nearest or word,)

    def _nearest(self, word: str) -> str | None:
        """The nearest known word: one edit, or two in a release's word of 8 letters or more."""
        if len(word) < 3:
            return None
        best = min(self._near(word, self._buckets.get((word[0], len(word)), ()), 0), default=None)
        if best is None or best[0] > 1.5:
            other = [
                known
                for length in range(len(word) - 1, len(word) + 2)
                for known in self._domain_by_length.get(length, ())
                if known[0] != word[0]
            ]
            best = min([*self._near(word, other, 1), *([best] if best else [])], default=None)
        return best[2] if best else None

    def _near(self, word: str, choices: Sequence[str], penalty: int) -> Iterator[tuple[float, int, str]]:
        """The choices within the limit: what each costs, how rare it is, and itself."""
        halved = _halved(word)
        for known, distance, _ in process.extract(word, choices, scorer=OSA.distance, score_cutoff=2, limit=None):
            in_domain = known in self._domain
            if len(word) == 3 and not (in_domain and len(known) == 4):
                continue
            if distance <= (2 if in_domain and len(word) >= 8 and not penalty else 1):
                cost = distance + 0.5 * penalty - (0.6 if in_domain else 0.0)
                if _halved(known) == halved:
                    cost -= _ONLY_DOUBLED
                yield cost, self._english.get(known, len(self._english)), known

    def _alternatives(self, word: str) -> frozenset[str]:
        """Stems of all the release's words that a misspelt `word` may stand for."""
        plain = unleet(word)
        base = plain[0] if plain else word
        if len(base) < 4 or not _PLAIN_WORD.fullmatch(base):
            return frozenset()
        limit = 1 if len(base) < 8 else 2
        lengths = range(len(base) - limit, len(base) + limit + 1)
        choices = [known for length in lengths for known in self._domain_by_length.get(length, ())]
        near = process.extract(base, choices, scorer=OSA.distance, score_cutoff=limit, limit=None)
        return frozenset(stem_of(known) for known, _, _ in near)

    def _split(self, word: str) -> tuple[str, ...] | None:
        """Words run together ("icantbreathe") parted, when that reads as plain English; None otherwise."""
        if len(word) < 6:
            return None
        best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ())] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 16), end):
                before = best[start]
                cost = self._piece_cost(word[start:end])
                if before is None or cost is None:
                    continue
                candidate = (before[0] + cost, (*before[1], word[start:end]))
                current = best[end]
                if current is None or candidate[0] < current[0]:
                    best[end] = candidate
        whole = best[len(word)]
        if whole is None or len(whole[1]) < 2 or whole[0] > _SPLIT_COST_A_LETTER * len(word):
            return None
        return tuple(meant for piece in whole[1] for meant in self._meant(piece))

    def _meant(self, piece: str) -> tuple[str, ...]:
        if piece in CONTRACTIONS:
            return tuple(CONTRACTIONS[piece].split())
        return self._chat.get(piece, (piece,))

    def _piece_cost(self, piece: str) -> float | None:
        if len(piece) == 1:
            return log(8) if piece in "ia" else None
        if len(piece) == 2:
            return log(60) if piece in _TWO_LETTER_WORDS or piece == "im" else None
        rank = self._english.get(piece)
        if piece in self._domain or piece in CONTRACTIONS or piece in self._chat:
            rank = min(rank if rank is not None else _DOMAIN_RANK, _DOMAIN_RANK)
        return None if rank is None else log(rank + 20)


def _halved(word: str) -> str:
    """The word with one letter for each two that are the same."""
    return _DOUBLED.sub(r"\1", word)


def _as_letter(word: Word) -> Word:
    """A lone 1 is an "i" among words that are spelled with digits."""
    return word._replace(text="i", stem="i") if word.text == "1" else word


def _bucket(domain: frozenset[str], english: Mapping[str, int]) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """Known words by first letter and by each length that a word one or two edits away may have."""
    buckets: dict[tuple[str, int], list[str]] = {}
    for word in {*domain, *english}:
        reach = 2 if word in domain and len(word) >= 7 else 1
        for length in range(len(word) - reach, len(word) + reach + 1):
            buckets.setdefault((word[0], length), []).append(word)
    return {key: tuple(sorted(words)) for key, words in buckets.items()}


def _by_length(words: frozenset[str]) -> Mapping[int, tuple[str, ...]]:
    lengths: dict[int, list[str]] = {}
    for word in sorted(words):
        lengths.setdefault(len(word), []).append(word)
    return {length: tuple(group) for length, group in lengths.items()}
