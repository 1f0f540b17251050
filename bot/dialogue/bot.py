"""The Bot: a release made ready to answer. Built once, immutable, safe to share between threads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.dialogue.context import EMPTY, Context
from bot.dialogue.decide import decide
from bot.dialogue.suggest import Suggester
from bot.errors import KnowledgeError
from bot.faq.entry import Region
from bot.faq.files import load_knowledge
from bot.faq.plain import release_of_plain
from bot.faq.release import Level, Release
from bot.language.normalise import check_question
from bot.language.segment import Segment, segment
from bot.language.vocabulary import Vocabulary
from bot.language.words import Word
from bot.matching.calibration import ACCEPTED_ERROR
from bot.matching.matcher import Matcher, Ranking
from bot.reply.compose import Composer
from bot.reply.types import Decision, EntryLink, Outcome, Reply, ReplyPart
from bot.safety.triage import Safety, Triage

MOST_PARTS = 3
HARMLESS_PER_ENTRY = 9  # wordings of each entry that teach safety what is harmless; more only slows the start
_FOLLOW_UP_WORDS = frozenset(
    ["and", "that", "it", "this", "those", "they", "them", "then", "also", "why", "how", "so", "when", "about", "still"]
)
_LONGEST_FOLLOW_UP = 7
_PATTERN_WORD = re.compile(r"(?<![@\w])[a-z']+(?![\w*])")


class Bot:
    """Answers questions from one release. `problems` are the faults of entries that were left out."""

    def __init__(
        self,
        release: Release,
        problems: Sequence[KnowledgeError] = (),
        accepted_error: float = ACCEPTED_ERROR,
    ) -> None:
        self.release = release
        self.problems = tuple(problems)
        self.vocabulary = Vocabulary(_domain_texts(release), release.vocabulary)
        self.safety = Safety(release.rules, _harmless(release), self.vocabulary)
        self.matcher = Matcher(release.entries, self.vocabulary, release.background, accepted_error)
        self._composer = Composer(release)
        self._suggester = Suggester(release.entries, self.vocabulary)

    @classmethod
    def from_knowledge(cls, folder: str | Path) -> Bot:
        """The bot of a knowledge folder, as release 1.

        Raises BrokenKnowledge or NotReady; faults of single entries are kept in `problems`.
        """
        loaded = load_knowledge(Path(folder).resolve(), number=1, published_at=datetime.now(UTC))
        return cls(loaded.release, loaded.problems)

    @classmethod
    def from_faq(cls, faq: Sequence[Mapping[str, Any]]) -> Bot:
        """The bot of a plain FAQ, `[{"id", "question", "answer", "phrasings": […]}]`, without safety rules.

        Raises InputError that names the item and field that cannot be used.
        """
        return cls(release_of_plain(faq, published_at=datetime.now(UTC)))

    def ask(self, question: str, context: Context | None = None, region: Region | None = None) -> Reply:
        """The reply to a patient's question. Raises InputError for what cannot be a question."""
        text = check_question(question)
        context = context or EMPTY
        region = region or self.release.clinic.region
        words = self.vocabulary.read(text)
        triage = self.safety.triage(words, text)
        if triage.gravest and triage.gravest.level >= Level.URGENT:
            decided = [(decision, text) for decision in decide(triage, self._rank(words, context))]
        else:
            decided = self._decide_parts(words, text, triage, context)
        return self._composer.compose(decided, region, context.raised)

    def answer(self, entry_id: str, region: Region | None = None) -> ReplyPart | None:
        """An entry's approved answer, or None where the release has none of that id."""
        if self._composer.link(entry_id) is None:
            return None
        return self._composer.answer(entry_id, region or self.release.clinic.region)

    def related(self, entry_id: str) -> tuple[EntryLink, ...]:
        """The approved questions that people read next."""
        return self._composer.related(entry_id)

    def suggest(self, typed: str, limit: int = 6) -> tuple[EntryLink, ...]:
        """Approved questions that fit what has been typed so far, best first."""
        links = (self._composer.link(entry_id) for entry_id in self._suggester.suggest(typed, limit))
        return tuple(link for link in links if link)

    def rank(self, question: str) -> Ranking:
        """The matcher's ranking of a whole question, whatever safety says; for figures and explanations."""
        return self._best_ranking(self.vocabulary.read(check_question(question)))

    def triage(self, question: str) -> Triage:
        """What safety alone says of a question."""
        text = check_question(question)
        return self.safety.triage(self.vocabulary.read(text), text)

    def _decide_parts(
        self, words: Sequence[Word], text: str, triage: Triage, context: Context
    ) -> list[tuple[Decision, str]]:
        """Several questions are answered one by one when each has its own reply; otherwise the whole is."""
        segments = segment(words)
        if len(segments) > 1:
            apart = self._apart(segments, text)
            if apart:
                return apart
        ranking = self._rank(words, context)
        return [(decision, text) for decision in decide(triage, ranking)]

    def _apart(self, segments: Sequence[Segment], text: str) -> list[tuple[Decision, str]]:
        decided: list[tuple[Decision, str]] = []
        for part in segments:
            ranking = self.matcher.rank(part.words)
            triage = self.safety.triage(part.words, text)
            decision = decide(triage, ranking)[0]
            about = (decision.outcome, decision.entry_ids, decision.rule_id)
            known = [(other.outcome, other.entry_ids, other.rule_id) for other, _ in decided]
            if decision.outcome >= Outcome.ANSWER and about not in known:
                decided.append((decision, part.text_of(text)))
        entries = {decision.entry_ids for decision, _ in decided}
        return decided[:MOST_PARTS] if len(decided) > 1 and len(entries) > 1 else []

    def _rank(self, words: Sequence[Word], context: Context) -> Ranking:
        ranking = self._best_ranking(words)
        if ranking.is_sure or context.entry_id is None or not _is_follow_up(words):
            return ranking
        entry = self.release.entry(context.entry_id)
        if entry is None:
            return ranking
        joined = self.matcher.rank((*self.vocabulary.read(entry.question), *words))
        return replace(joined, corrected=ranking.corrected) if joined.is_sure else ranking

    def _best_ranking(self, words: Sequence[Word]) -> Ranking:
        """The whole message's ranking, or that of one sentence in it when that is clearer."""
        whole = self.matcher.rank(words)
        if whole.is_sure:
            return whole
        parts = [self.matcher.rank(part.words) for part in segment(words)]
        sure = [ranking for ranking in parts if ranking.is_sure and ranking.top]
        return max(sure, key=lambda ranking: ranking.candidates[0].confidence) if sure else whole


def _domain_texts(release: Release) -> list[str]:
    texts = [wording for entry in release.entries for wording in entry.wordings]
    for rule in release.rules:
        texts += [*rule.examples, *rule.hard_negatives]
        texts += [_words_of_pattern(pattern) for pattern in rule.patterns]
    if release.rules:
        texts += [_words_of_pattern(group) for group in release.rules[0].groups.values()]
    return texts


def _words_of_pattern(pattern: str) -> str:
    """A pattern's whole words; beginnings (`swell*`) and group names are no words."""
    return " ".join(_PATTERN_WORD.findall(pattern))


def _harmless(release: Release) -> list[str]:
    texts = list(release.background)
    for entry in release.entries:
        wordings = entry.wordings
        step = max(1, len(wordings) // HARMLESS_PER_ENTRY)
        texts += wordings[::step]
    return texts


def _is_follow_up(words: Sequence[Word]) -> bool:
    """Whether a short question leans on what came before ("and for how long?", "why?")."""
    plain = [word.text for word in words if word.is_word]
    return len(plain) <= _LONGEST_FOLLOW_UP and (len(plain) <= 2 or any(word in _FOLLOW_UP_WORDS for word in plain))
