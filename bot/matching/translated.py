"""A question in another language: ranked among the entries that have an approved translation, by its words.

Kept apart from English on purpose. Words of another language among the known ones would change what a slip of the
pen in English is taken for, and with it what safety finds. The sentence encoder knows English only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.faq.entry import Entry
from bot.language.normalise import SENTENCE_END
from bot.language.spanish import SpanishWords
from bot.language.words import Word
from bot.matching.building import Wording, build_index
from bot.matching.matcher import Matcher, Ranking

NEVER = 2.0  # a threshold that no confidence reaches
FEWEST_SURE = 0.5  # more than this share of the telling words must be known of the entry that is answered
FEWEST_OFFERED = 0.3  # and at least this for it to be offered
# Choices are offered when the first candidate is this likely: the calibration has seen no question in this language
# but the FAQ's own, so that it takes those about anything else for likelier than they are (`tests/cases/spanish.csv`).
SURE_OFFER = 0.7
FORMAT = 2  # rises whenever the same translations are ranked in another way


class TranslatedMatcher:
    """Ranks the entries that are served in Spanish. Immutable; safe to share between threads."""

    def __init__(
        self, entries: Sequence[Entry], language: str, names: Mapping[str, str], accepted_error: float
    ) -> None:
        """`entries` have a translation in `language` that is served; `names` are brand names and their terms."""
        texts = [(text, place) for place, each in enumerate(entries) for text in each.translations[language].wordings]
        self._words = SpanishWords([text for text, _ in texts], names)
        wordings = [self._wording(text, place) for text, place in texts]
        index = build_index([entry.id for entry in entries], wordings, None, accepted_error)
        self._matcher = Matcher(index, self._words, None)
        self._exactly = {each.plain: entries[each.entry].id for each in reversed(wordings)}
        stems: dict[str, set[str]] = {entry.id: set() for entry in entries}
        for wording in wordings:
            stems[entries[wording.entry].id].update(wording.terms)
        self._stems = {entry_id: frozenset(found) for entry_id, found in stems.items()}

    @classmethod
    def of(
        cls, entries: Sequence[Entry], language: str, names: Mapping[str, str], accepted_error: float
    ) -> TranslatedMatcher | None:
        """From a release's entries; None where none of them is served in `language`."""
        served = [entry for entry in entries if entry.served_translation(language)]
        return cls(served, language, names, accepted_error) if served else None

    def rank(self, text: str) -> Ranking | None:
        """The entries that `text` may ask for, or a sentence of it that is clearer; None for what is not Spanish."""
        words = self._words.read(text)
        if not self._words.is_spanish(words):
            return None
        whole = self._rank(words)
        sentences = list(_sentences(words))
        if whole.is_sure or len(sentences) < 2:
            return whole
        sure = [ranking for ranking in map(self._rank, sentences) if ranking.is_sure]
        return max(sure, key=lambda ranking: ranking.candidates[0].confidence) if sure else whole

    def _rank(self, words: Sequence[Word]) -> Ranking:
        """By the index. What is asked just as it is approved is answered; but no entry is answered, nor offered, that
        knows too little of what was asked: with few translations a question about something else has a nearest too.
        """
        ranking = self._matcher.rank(words)
        if ranking.top and self._exactly.get(self._words.plain(words)) == ranking.top.entry_id:
            return replace(ranking, threshold=min(ranking.threshold, ranking.top.confidence))
        shares = {
            each.entry_id: self._words.known_share(words, self._stems[each.entry_id]) for each in ranking.candidates
        }
        kept = tuple(each for each in ranking.candidates if shares[each.entry_id] >= FEWEST_OFFERED)
        if not kept:
            return replace(ranking, threshold=NEVER, clarify_from=NEVER)
        is_first = kept[0] is ranking.candidates[0] and shares[kept[0].entry_id] > FEWEST_SURE
        offered = ranking.clarify_from if ranking.candidates[0].confidence >= SURE_OFFER else NEVER
        return replace(
            ranking, candidates=kept, threshold=ranking.threshold if is_first else NEVER, clarify_from=offered
        )

    def _wording(self, text: str, entry: int) -> Wording:
        words = self._words.read(text)
        return Wording(text=text, plain=self._words.plain(words), terms=self._words.terms(words), entry=entry)


def _sentences(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    found: list[Word] = []
    for word in words:
        if word.text != SENTENCE_END:
            found.append(word)
        elif found:
            yield found
            found = []
    if found:
        yield found
