"""The Bot: a release made ready to answer. Built once, immutable, safe to share between threads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from bot.dialogue.context import EMPTY, Context, most_help
from bot.dialogue.explain import Explanation, explained
from bot.dialogue.followup import FollowUps
from bot.dialogue.opening import (
    OpenedSafety,
    find_encoder,
    open_asked_words,
    open_index,
    open_safety,
    open_translated,
    open_vocabulary,
)
from bot.dialogue.shelf import Keys, Shelf
from bot.dialogue.suggest import Suggester
from bot.dialogue.understand import Understanding
from bot.errors import BrokenKnowledge, BrokenRule, KnowledgeError
from bot.faq.clinic import HelpLine
from bot.faq.entry import ENGLISH, TRANSLATED_INTO, Region
from bot.faq.files import load_knowledge
from bot.faq.plain import release_of_plain
from bot.faq.release import Level, Release
from bot.faq.rule_files import pattern_fault
from bot.language.encoder import Floats
from bot.language.normalise import check_question
from bot.language.vocabulary import Vocabulary
from bot.matching.building import Spread
from bot.matching.matcher import Matcher, Ranking
from bot.reply.compose import Composer
from bot.reply.types import Decision, EntryLink, Reply, ReplyPart
from bot.safety.findings import Triage
from bot.safety.triage import Safety

MOST_REMEMBERED = 4_000  # replies kept in memory: what many people ask is answered at once


class Bot:
    """Answers questions from one release. `problems` are the faults of entries that were left out."""

    def __init__(
        self,
        release: Release,
        problems: Sequence[KnowledgeError] = (),
        *,
        meaning: bool = True,
        store: Path | None = None,
        known: tuple[Path, ...] = (),
        like: Bot | None = None,
        beside: Bot | None = None,
        spread: Spread = map,
    ) -> None:
        """Make `release` ready. Without `meaning` it is matched by its words alone.

        `store` is a folder where its index is kept for the next start, and found again; in the folders `known` there
        may be sentence vectors of its texts. `like` is a bot with the same rules whose safety is taken over, so that a
        draft can be tried at once; what patients are answered from learns its own. `beside` is another bot in this
        process: what both would learn alike, they share. `spread` does what `map` does where much is learnt, perhaps
        in several processes. Once it is ready, linear algebra in this process runs on one thread. `without_meaning`
        says why the encoder is not there, when it should be; `safety_key` and `matching_key` tell what safety and
        matching rest on: bots with the same one find the same. `taught_key` tells what safety has learnt and how it
        names brands: bots with the same one find the same in what they read alike (`as_read`).
        """
        self.release = release
        self.problems = tuple(problems)
        shelf = Shelf(store, known)
        encoder, self.without_meaning = find_encoder() if meaning else (None, "")
        keys = Keys.of(release, encoder)
        self.matching_key = keys.matching
        twin = beside if beside is not None and beside.matching_key == self.matching_key else None
        self.vocabulary: Vocabulary = twin.vocabulary if twin else open_vocabulary(release, keys, shelf)
        if like is not None and like.release.rules == release.rules:
            own = f"{like.safety_key} {self.vocabulary.key()}"
            self._opened = OpenedSafety(like.safety, own, own)
        else:
            at_hand = beside._opened if beside is not None else None
            self._opened = open_safety(release, self.vocabulary, encoder, shelf, at_hand)
        self.safety: Safety = self._opened.safety
        self.safety_key: str = self._opened.key
        self.taught_key = f"{self._opened.taught} {sorted(release.vocabulary.brands.items())}"
        self.matcher: Matcher
        if twin:
            self.matcher = twin.matcher
        else:
            self.matcher = Matcher(
                open_index(release, keys, self.vocabulary, encoder, shelf, spread), self.vocabulary, encoder
            )
        asked = open_asked_words(release, keys, shelf)
        follow_ups = FollowUps.of(release.entries, asked)
        translated = open_translated(release)
        self._understanding = Understanding(self.vocabulary, self.safety, self.matcher, follow_ups, translated)
        self._composer = Composer(release)
        words, entries = self.vocabulary, release.entries
        self._suggester: Suggester = twin._suggester if twin else Suggester.of(entries, asked, words)
        self._translated = {name: Suggester.translated(release.entries, name) for name in TRANSLATED_INTO}
        self._replies = lru_cache(maxsize=MOST_REMEMBERED)(self._reply)
        threadpool_limits(1, user_api="blas")  # a question's sums are tiny: threads would only get in each other's way

    @classmethod
    def from_knowledge(cls, folder: str | Path, *, meaning: bool = True, store: Path | None = None) -> Bot:
        """The bot of a knowledge folder, as release 1; see the constructor.

        Raises BrokenKnowledge or NotReady; faults of single entries are kept in `problems`.
        """
        place = Path(folder).resolve()
        loaded = load_knowledge(place, number=1, published_at=datetime.now(UTC))
        try:
            return cls(loaded.release, loaded.problems, meaning=meaning, store=store, known=(place,))
        except BrokenRule as error:
            raise BrokenKnowledge((pattern_fault(place, error),)) from error

    @classmethod
    def from_faq(cls, faq: Sequence[Mapping[str, Any]], *, meaning: bool = True, store: Path | None = None) -> Bot:
        """The bot of a plain FAQ, `[{"id", "question", "answer", "phrasings": […]}]`, without safety rules.

        Raises InputError that names the item and field that cannot be used.
        """
        return cls(release_of_plain(faq, published_at=datetime.now(UTC)), meaning=meaning, store=store)

    def ask(
        self,
        question: str,
        context: Context | None = None,
        region: Region | None = None,
        language: str = ENGLISH,
    ) -> Reply:
        """The reply to a patient's question; answers in `language` where that wording is approved, else in English.

        Raises InputError for what cannot be a question.
        """
        return self._replies(check_question(question), context or EMPTY, region or self.release.clinic.region, language)

    def _reply(self, text: str, context: Context, region: Region, language: str) -> Reply:
        considered = self._understanding.consider(text, context)
        doubted = [found.level for each in considered for found in each.triage.doubted if found.level >= Level.CRISIS]
        in_view = most_help(*doubted, context.raised)
        return self._composer.compose([(each.decision, each.text) for each in considered], region, in_view, language)

    def decides_as(self, other: Bot, question: str) -> bool:
        """Whether the other bot is sure to decide the same of a question without context, for it rests on the same."""
        keys = (self.matching_key, self.safety_key) == (other.matching_key, other.safety_key)
        return keys and self._understanding.stands_alone(check_question(question))

    def say_again(
        self,
        decided: Sequence[tuple[Decision, str]],
        region: Region | None = None,
        in_view: Level | None = None,
        language: str = ENGLISH,
    ) -> Reply:
        """The reply to what was decided before (see `bot.dialogue.record`), word for word as this release says it.

        Raises KeyError or NotReady for an entry or rule that the release does not have.
        """
        return self._composer.compose(decided, region or self.release.clinic.region, in_view, language)

    def vector(self, question: str) -> Floats | None:
        """The sentence vector of a question, length 1, shape (size,); None where words alone decide."""
        return self.matcher.vector(self.vocabulary.read(check_question(question)))

    def explain(self, question: str, context: Context | None = None) -> Explanation:
        """Why `ask` replies as it does: corrected spelling, folded words, candidates with each signal's
        contribution, findings, and what decided. Raises InputError as `ask` does.
        """
        text = check_question(question)
        considered = self._understanding.consider(text, context or EMPTY)
        return Explanation(
            question=text,
            release=self.release.number,
            content_hash=self.release.content_hash,
            parts=explained(considered, self.vocabulary),
        )

    def answer(self, entry_id: str, region: Region | None = None, language: str = ENGLISH) -> ReplyPart | None:
        """An entry's approved answer, or None where the release has none of that id."""
        if self._composer.link(entry_id) is None:
            return None
        return self._composer.answer(entry_id, region or self.release.clinic.region, language=language)

    def standing(self, context: Context, region: Region | None = None) -> tuple[HelpLine, ...]:
        """The help that stays in view in a conversation, whatever is asked next."""
        return self._composer.standing(context.raised, region or self.release.clinic.region)

    def related(self, entry_id: str) -> tuple[EntryLink, ...]:
        """The approved questions that people read next."""
        return self._composer.related(entry_id)

    def suggest(self, typed: str, limit: int = 6, language: str = ENGLISH) -> tuple[EntryLink, ...]:
        """Approved questions that fit what was typed so far, best first; those known in `language` before others."""
        own = self._translated.get(language)
        found = own.suggest(typed, limit) if own else ()
        ids = dict.fromkeys((*found, *self._suggester.suggest(typed, limit)))
        links = (self._composer.link(entry_id) for entry_id in ids)
        return tuple(link for link in links if link)[:limit]

    def rank(self, question: str) -> Ranking:
        """The matcher's ranking of a whole question, whatever safety says; for figures and explanations."""
        text = check_question(question)
        return self._understanding.rank(self.vocabulary.read(text), text)

    def as_read(self, question: str) -> str:
        """All that this release's words make of a question, in one line: two that agree in it read it alike."""
        words = self.vocabulary.read(check_question(question))
        return repr([(*word._replace(alternatives=frozenset()), sorted(word.alternatives)) for word in words])

    def triage(self, question: str, *, by_meaning: bool = True) -> Triage:
        """What safety alone says of a question; without `by_meaning` by its words alone."""
        text = check_question(question)
        return self.safety.triage(self.vocabulary.read(text), text, by_meaning=by_meaning)
