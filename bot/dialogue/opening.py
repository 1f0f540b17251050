"""A release made ready for matching: its words read, its index opened where it was kept, or built and kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from threadpoolctl import threadpool_limits

from bot.dialogue.asked import AskedWords
from bot.dialogue.shelf import Keys, Shelf, keep, safety_key, taught_key
from bot.errors import NotReady
from bot.faq.entry import TRANSLATED_INTO
from bot.faq.release import Release, SafetyRule
from bot.language.domain import Domain
from bot.language.encoder import Encoder, load_encoder
from bot.language.keeping import replacing
from bot.language.normalise import plain_words, tokenise
from bot.language.vectors import EncodeAll
from bot.language.vocabulary import Vocabulary
from bot.language.words import english_ranks
from bot.matching.building import REAL_SAY, Spread, Wording, build_index
from bot.matching.index import Index
from bot.matching.translated import TranslatedMatcher
from bot.safety.learnt import Learnt, Words, words_of
from bot.safety.taught import Taught
from bot.safety.triage import Safety

T = TypeVar("T")

HARMLESS_PER_ENTRY = 16  # wordings of each entry that teach safety what is harmless; more only slows the start
MOST_HARMLESS = 1_000  # wordings of all entries together
OFTEN_ENOUGH = 3  # examples with a word that no dictionary knows, for it to be one
_PATTERN_WORD = re.compile(r"(?<![@\w])[a-z']+(?![\w*])")


@dataclass(frozen=True, slots=True)
class OpenedSafety:
    """Safety, ready; `key` tells what it rests on, `taught` what it has learnt, whatever other words are known."""

    safety: Safety
    key: str
    taught: str


def find_encoder() -> tuple[Encoder | None, str]:
    """The package's sentence encoder, or None and the reason why it cannot be had."""
    try:
        return load_encoder(), ""
    except NotReady as error:
        return None, error.reason


def open_vocabulary(release: Release, keys: Keys, shelf: Shelf) -> Vocabulary:
    """The vocabulary of `release`: its words from the shelf when they were kept there, else read, and kept."""
    domain = _kept(
        shelf.words_place(keys),
        Domain.open,
        lambda: Domain.of(_known_texts(release), release.vocabulary),
        Domain.save,
    )
    return Vocabulary(domain, release.vocabulary)


def open_asked_words(release: Release, keys: Keys, shelf: Shelf) -> AskedWords:
    """The words that the entries of `release` are asked in: from the shelf when they were kept there, else read."""
    return _kept(
        shelf.asked_words_place(keys),
        lambda file: AskedWords.open(file, release.entries),
        lambda: AskedWords.of(release.entries),
        AskedWords.save,
    )


def _kept(
    place: Path | None, opened: Callable[[Path], T], made: Callable[[], T], saved: Callable[[T, Path], None]
) -> T:
    """What is `opened` at `place` when it was kept there, else `made`; and where there is a place, `saved` there.

    A folder that cannot be written costs the next start time, nothing else.
    """
    if place is None:
        return made()
    with suppress(NotReady):
        found = opened(place)
        keep(place)
        return found
    fresh = made()
    with suppress(OSError, NotReady):
        saved(fresh, place)
        keep(place)
        return opened(place)
    return fresh


def _known_texts(release: Release) -> list[str]:
    """What a release knows the words of: its wordings, and its safety rules.

    Examples are written as people type, so that a word of theirs counts when it is met again and again; else one
    misspelling in them would teach the next.
    """
    texts = [wording for entry in release.entries for wording in entry.wordings]
    met: Counter[str] = Counter()
    for rule in release.rules:
        texts += [_words_of_pattern(pattern) for pattern in rule.patterns]
        for example in (*rule.examples, *rule.hard_negatives):
            met.update({token.text for token in tokenise(example) if token.is_word})
    english = english_ranks()
    texts.append(" ".join(word for word, count in met.items() if word in english or count >= OFTEN_ENOUGH))
    if release.rules:
        texts += [_words_of_pattern(group) for group in release.rules[0].groups.values()]
    return texts


def open_index(
    release: Release,
    keys: Keys,
    vocabulary: Vocabulary,
    encoder: Encoder | None,
    shelf: Shelf,
    spread: Spread = map,
) -> Index:
    """The index of `release`: from the shelf when it was kept there, else built, and kept when there is a folder."""
    encode_all = shelf.through(encoder, "vectors") if encoder else None

    def build() -> Index:
        with threadpool_limits(1, user_api="blas"):  # sums over two threads differ in the last digit from those of one
            return _built(release, vocabulary, encoder, encode_all, spread)

    return _kept(shelf.index_place(keys), Index.open, build, Index.save)


def open_translated(release: Release) -> TranslatedMatcher | None:
    """What ranks questions in the language of the translations; None where no answer has one. A moment's work."""
    (language,) = TRANSLATED_INTO
    names = release.vocabulary.brands
    return TranslatedMatcher.of(release.entries, language, names, release.clinic.accepted_error)


def open_safety(
    release: Release,
    vocabulary: Vocabulary,
    encoder: Encoder | None,
    shelf: Shelf,
    at_hand: OpenedSafety | None = None,
) -> OpenedSafety:
    """The safety of `release`, taught by its rules and by what its entries ask; the one `at_hand` if it is the same.

    A new word in an answer's wordings makes it another safety, but it has learnt the same as long as what it is taught
    is read as before. May raise NotReady.
    """
    rules, harmless = release.rules, _harmless(release)
    key = safety_key(rules, harmless, vocabulary, encoder)
    if at_hand is not None and at_hand.key == key:
        return at_hand
    read = cache(lambda: words_of(Taught.of(rules, harmless), vocabulary))  # perhaps nobody needs them
    place = shelf.taught_key_place(key)
    taught = _taught_key(place, lambda: taught_key(rules, harmless, read(), vocabulary, encoder)) or key
    learnt = _learnt(rules, harmless, read, vocabulary, encoder, shelf, taught) if rules else None
    return OpenedSafety(Safety(rules, vocabulary, learnt, encoder), key, taught)


def _taught_key(place: Path | None, made: Callable[[], str]) -> str:
    """The key of what is learnt; "" where nothing is kept, for then it is not worth its second."""
    if place is None:
        return ""

    def opened(file: Path) -> str:
        try:
            return file.read_text(encoding="ascii")
        except (OSError, ValueError) as error:
            raise NotReady(f"the key of what safety has learnt cannot be read: {error}") from error

    def saved(key: str, file: Path) -> None:
        with replacing(file) as fresh:
            fresh.write(key.encode("ascii"))

    return _kept(place, opened, made, saved)


def _learnt(
    rules: Sequence[SafetyRule],
    harmless: Sequence[str],
    read: Callable[[], list[Words]],
    vocabulary: Vocabulary,
    encoder: Encoder | None,
    shelf: Shelf,
    taught: str,
) -> Learnt:
    """From the shelf when it was kept there, else learnt, and kept when there is a folder."""
    encode_all = shelf.through(encoder, "safety-vectors") if encoder else None
    return _kept(
        shelf.safety_place(taught),
        lambda folder: Learnt.open(folder, rules),
        lambda: Learnt.learn(rules, harmless, vocabulary, encode_all, _newness(encoder), read()),
        Learnt.save,
    )


def _harmless(release: Release) -> list[str]:
    """What nobody should be alarmed by. However many entries there are, they do not drown out the red flags: of each
    so many wordings are taken, its question first, that one more wording of an entry changes nothing for the others.
    """
    texts = [*release.background, *release.harmless]
    most = min(HARMLESS_PER_ENTRY, max(1, MOST_HARMLESS // max(1, len(release.entries))))
    few = most < HARMLESS_PER_ENTRY
    for entry in release.entries:
        wordings = entry.wordings
        step = max(1, len(wordings) // most)
        texts += wordings[::step][:most] if few else wordings[::step]
    return texts


def _built(
    release: Release, vocabulary: Vocabulary, encoder: Encoder | None, encode_all: EncodeAll | None, spread: Spread
) -> Index:
    ids = [entry.id for entry in release.entries]
    wordings = _wordings(release, vocabulary, encoder)
    return build_index(ids, wordings, encode_all, release.clinic.accepted_error, spread)


def _wordings(release: Release, vocabulary: Vocabulary, encoder: Encoder | None) -> list[Wording]:
    place_of = {entry.id: place for place, entry in enumerate(release.entries)}
    unanswered, is_new = len(place_of), _newness(encoder)
    wordings = []

    def add(text: str, entry: int, say: float = 1.0, refused: int | None = None) -> None:
        words = vocabulary.read(text)
        plain, terms = vocabulary.plain(words), vocabulary.terms(words)
        wordings.append(
            Wording(text=text, plain=plain, terms=terms, entry=entry, refused=refused, say=say, is_new=is_new(text))
        )

    for place, entry in enumerate(release.entries):
        add(entry.question, place)
        for phrasing in entry.phrasings:
            add(phrasing.text, place, REAL_SAY if phrasing.origin == "patient" else 1.0)
    for text in release.background:
        add(text, unanswered)
    for correction in release.corrections:
        right = place_of.get(correction.right or "", unanswered)
        add(correction.question, right, REAL_SAY, place_of.get(correction.wrong))
    return wordings


def _newness(encoder: Encoder | None) -> Callable[[str], bool]:
    """What tells of a text whether the encoder, if there is one, was not tuned with it."""
    return lambda text: encoder is None or not encoder.has_met(plain_words(text))


def _words_of_pattern(pattern: str) -> str:
    """A pattern's whole words; beginnings (`swell*`) and group names are no words."""
    return " ".join(_PATTERN_WORD.findall(pattern))
