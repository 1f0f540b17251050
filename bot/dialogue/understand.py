"""From a patient's message to what is to be said: its parts, what they lean on, and a decision for each."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.dialogue.alarms import LEANS, leant_on, said_once_more
from bot.dialogue.considered import Considered, at_most, borne_out, entry_of, is_said, says_all, says_nothing_new
from bot.dialogue.context import Context
from bot.dialogue.decide import decide
from bot.dialogue.followup import MOVES_ON, FollowUps, Lean
from bot.dialogue.pieces import Pieces
from bot.dialogue.rephrased import asked_of, goes_on_with, instead_of
from bot.faq.entry import Entry
from bot.faq.release import Level
from bot.language.segment import Segment, listed, segment
from bot.language.vocabulary import Vocabulary
from bot.language.words import Word
from bot.matching.matcher import NOTHING, Candidate, Matcher, Ranking
from bot.matching.translated import TranslatedMatcher
from bot.reply.types import Decision, Outcome
from bot.safety.findings import Triage
from bot.safety.triage import Safety

LOG = logging.getLogger("clinicbot.dialogue")
SHORT_FROM = 0.4  # the confidence from which "and contact lenses?" may be answered when the words fit one entry only
LONGEST_BARE_PART = 3  # words; a longer part of a message ("and does it come back") is a question of its own
MOST_READ = 12  # of the questions in one message; what comes after them is not looked at one by one
NEVER_SURE = 2.0


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything a message is weighed with; `translated` is there where answers have translations. Immutable."""

    vocabulary: Vocabulary
    safety: Safety
    matcher: Matcher
    follow_ups: FollowUps
    translated: TranslatedMatcher | None = None

    @property
    def _pieces(self) -> Pieces:
        return Pieces(self.vocabulary, self.safety, self.follow_ups)

    def consider(self, text: str, context: Context) -> tuple[Considered, ...]:
        """What is to be said to `text`; emergency and crisis stand alone, in up to two parts of the same words.

        What is decided soon after an alarm has that said once more before it, or in its place: "do I take it tonight?"
        must not be met as if there had been none.
        """
        found = self._considered(text, context)
        if max(each.decision.outcome for each in found) is not Outcome.DECISION:
            return found
        again = tuple(
            replace(found[0], ranking=NOTHING, decision=decision, lean=Lean.WHOLE, leans_on=None)
            for decision in said_once_more(context, self.safety)
        )
        return again if any(each.decision.outcome > Outcome.URGENT for each in again) else (*again, *found)

    def _considered(self, text: str, context: Context) -> tuple[Considered, ...]:
        words = self.vocabulary.read(text)
        triage = self.safety.triage(words, text)
        pieced = self._pieces.across(context, words, text, triage)
        if pieced is not None:
            return self._alone(words, text, pieced)
        triage = self._pieces.within(words, text, triage)
        found = triage.gravest
        if found and found.level >= Level.CRISIS:  # nothing is matched: nothing may be answered beneath
            return self._alone(words, text, triage)
        try:
            if not (found and found.level >= Level.URGENT):
                others = self._instead(words, text, context) or self._apart(words, text, context, triage)
                if others and says_all(others, triage):
                    return others
            return self._as_one(words, text, context, triage)
        except Exception as error:
            if found is None:
                raise
            LOG.error("matching broke (%s); what safety found was said all the same", type(error).__name__)
            return self._alone(words, text, triage)

    def _as_one(self, words: tuple[Word, ...], text: str, context: Context, triage: Triage) -> tuple[Considered, ...]:
        """One question, in the light of what was said before."""
        leant = self._leant_on(words, text, context) if triage.gravest is None else None
        if leant is not None:
            return (Considered(text=text, words=words, triage=triage, ranking=NOTHING, decision=leant, lean=Lean.BARE),)
        ranking, lean, leans_on = self._resolved(words, text, context)
        if triage.gravest is None and context.led_by and not ranking.is_sure:
            triage = self._gone_on(words, context) or triage
        return tuple(
            Considered(
                text=text, words=words, triage=triage, ranking=ranking, decision=decision, lean=lean, leans_on=leans_on
            )
            for decision in decide(triage, ranking)
        )

    def _leant_on(self, words: Sequence[Word], text: str, context: Context) -> Decision | None:
        if context.led_by is None:
            return None
        return leant_on(context, words, self.rank(words, text), self.safety, self.follow_ups)

    def _gone_on(self, words: Sequence[Word], context: Context) -> Triage | None:
        """The decision that "and paracetamol?" asks for after one; None where it asks for none."""
        asked = asked_of(self.vocabulary.read(context.said), goes_on_with(words), self.follow_ups)
        triage = self.safety.triage(self.vocabulary.read(asked), asked) if asked else Triage()
        return triage if triage.gravest and triage.gravest.level < Level.URGENT else None

    def _instead(self, words: Sequence[Word], text: str, context: Context) -> tuple[Considered, ...]:
        """The reply to what was meant, where a message only mends the one before it ("no i meant laser")."""
        named = instead_of(words) if context.said else ()
        if not named:
            return ()
        meant = asked_of(self.vocabulary.read(context.said), named, self.follow_ups)
        anew = Context(raised=context.raised, calm_turns=context.calm_turns, rules=context.rules)
        own = text[named[0].start : named[-1].end]
        tried = [self._considered(each, anew) for each in (meant, own) if each]
        told = [each for each in tried if max(part.decision.outcome for part in each) >= Outcome.ANSWER]
        return (told or tried)[0]

    def stands_alone(self, text: str) -> bool:
        """Whether a message is one question, so that without a context no answer's text has a say in its reply."""
        words = self.vocabulary.read(text)
        return len(segment(words, text)) < 2 and len(self._listed(words, text)) < 2

    def _alone(self, words: tuple[Word, ...], text: str, triage: Triage) -> tuple[Considered, ...]:
        """What safety found, and nothing else."""
        return tuple(
            Considered(text=text, words=words, triage=triage, ranking=NOTHING, decision=decision)
            for decision in decide(triage, NOTHING)
        )

    def rank(self, words: Sequence[Word], text: str) -> Ranking:
        """The whole message's ranking, or that of one sentence in it when that is clearer.

        What is asked in another language is looked for among the translations first.
        """
        foreign = self._translated(words, text)
        english = self._rank(words, text)
        return english if foreign is None or (english.is_sure and not foreign.is_sure) else foreign

    def _translated(self, words: Sequence[Word], text: str) -> Ranking | None:
        """The ranking of these words among the translations; None where they are not in such a language."""
        if self.translated is None or not words:
            return None
        return self.translated.rank(text[words[0].start : words[-1].end])

    def _rank(self, words: Sequence[Word], text: str) -> Ranking:
        whole = self.matcher.rank(words)
        if whole.is_sure:
            return whole
        parts = segment(words, text)
        if len(parts) < 2:
            return whole
        sure = [ranking for ranking in (self.matcher.rank(part.words) for part in parts) if ranking.is_sure]
        return max(sure, key=lambda ranking: ranking.candidates[0].confidence) if sure else whole

    def _apart(self, words: Sequence[Word], text: str, context: Context, whole: Triage) -> tuple[Considered, ...]:
        """Several questions one by one, when at least two have a reply of their own; otherwise nothing."""
        segments = segment(words, text)
        listing = self._listed(words, text) if len(segments) < 2 else ()
        for parts, fewest in ((segments, Outcome.CLARIFY), (listing, Outcome.ANSWER)):
            if len(parts) < 2:
                continue
            found: list[Considered] = []
            left: list[Considered] = []
            leaning = False
            for place, part in enumerate(parts[:MOST_READ]):
                if len(found) + len(parts) - place < 2:
                    break
                if not self.follow_ups.asks(part.words):
                    continue
                each = self._part(part, text, found if parts is segments else (), context, whole)
                leaning = leaning or each.decision.because.startswith(LEANS)
                if each.decision.outcome < fewest and self.follow_ups.is_question(part.words):
                    left.append(each)
                elif each.decision.outcome >= fewest and not is_said(each, found):
                    found.append(each)
            new = [each for each in found if not says_nothing_new(each, found, self.follow_ups.is_question(each.words))]
            if len(new) == 1 and (leaning or len(found) > 1):
                return tuple(new)  # "can i take it? for how long?" has one reply
            found = new
            answered = [each for each in found if each.decision.outcome >= Outcome.ANSWER]
            if answered and len({each.decision.entry_ids for each in found}) > 1:
                return at_most(found, left)  # and which of them have no answer
        return ()

    def _listed(self, words: Sequence[Word], text: str) -> tuple[Segment, ...]:
        """A list of things asked about, when none of them only points ("tattoos and this medicine")."""
        parts = listed(words, text)
        return () if any(self.follow_ups.only_points(part.words) for part in parts) else parts

    def _part(
        self, part: Segment, text: str, before: Sequence[Considered], context: Context, whole: Triage
    ) -> Considered:
        """One part, which may lean on the part before it; but a complete question in a row of them stands alone."""
        said = part.text_of(text)
        triage = borne_out(self.safety.triage(part.words, text), whole)
        within = False
        context = replace(context, led_by=None)  # an alarm of an earlier turn is no part among others
        if before:
            last = before[-1].decision
            follows = next((entry_of(each) for each in reversed(before) if entry_of(each)), None)
            led_by = None if last.entry_ids else last.rule_id
            within = follows is not None and led_by is None
            context = replace(context, entry_id=None if led_by else follows or context.entry_id, led_by=led_by)
        leant = self._leant_on(part.words, text, context) if triage.gravest is None else None
        ranking, lean, leans_on = self._resolved(part.words, text, context, within=within)
        decision = leant or decide(triage, ranking)[0]
        return Considered(
            text=said, words=part.words, triage=triage, ranking=ranking, decision=decision, lean=lean, leans_on=leans_on
        )

    def _resolved(
        self, words: Sequence[Word], text: str, context: Context, *, within: bool = False
    ) -> tuple[Ranking, Lean, str | None]:
        """The ranking of `words`, read in the light of the last answer where they lean on it.

        `within` one message, what is sure alone needs no light.
        """
        alone = self.rank(words, text)
        entry = self.follow_ups.entries.get(context.entry_id or "")
        lean = self.follow_ups.lean_of(words) if entry or context.unanswered else Lean.WHOLE
        if entry is None and lean is Lean.BARE and self.follow_ups.only_points(words):
            return replace(alone, threshold=NEVER_SURE), lean, None  # it points at what had no answer
        if entry is None or lean is Lean.WHOLE:
            return alone, Lean.WHOLE, None
        if self._translated(words, text) is not None:  # how a question leans on an answer is known in English only
            return alone, Lean.WHOLE, None
        if alone.is_sure and (within or lean is Lean.SHORT or alone.candidates[0].confidence >= MOVES_ON):
            return alone, lean, None
        if within and sum(word.is_word for word in words) > LONGEST_BARE_PART:
            return alone, lean, None
        joined = self.matcher.rank((*self.vocabulary.read(entry.question), *words))
        top = joined.top
        if lean is Lean.BARE:
            stays = top is None or not joined.is_sure or top.entry_id == entry.id or top.entry_id not in entry.related
            return (_stayed(joined, alone, entry) if stays else joined), lean, entry.id
        if top is not None and joined.is_sure and self.follow_ups.speaks_of(top.entry_id, words):
            return replace(joined, corrected=alone.corrected), lean, entry.id
        meant = self._meant_alone(alone, words)
        if not meant.is_sure and self.follow_ups.speaks_of(entry.id, words):
            return _stayed(joined, alone, entry), lean, entry.id
        return meant, lean, None

    def _meant_alone(self, alone: Ranking, words: Sequence[Word]) -> Ranking:
        """A short question names its subject only. It is answered if one likely entry, and no other, is asked about
        in those words.
        """
        top = alone.top
        if top is None or top.confidence < SHORT_FROM:
            return alone
        asked = [each for each in alone.candidates[:3] if self.follow_ups.is_asked_of(each.entry_id, words)]
        if [each.entry_id for each in asked] != [top.entry_id]:
            return alone
        return replace(alone, threshold=min(alone.threshold, top.confidence))


def _stayed(joined: Ranking, alone: Ranking, entry: Entry) -> Ranking:
    """The last answer once more: its detail holds what was asked, as far as anything approved does."""
    known = next((each for each in joined.candidates if each.entry_id == entry.id), None)
    confidence = max(joined.threshold, known.confidence if known else 0.0)
    stayed = Candidate(
        entry_id=entry.id,
        confidence=confidence,
        phrasing=known.phrasing if known else entry.question,
        signals=known.signals if known else {},
    )
    others = tuple(each for each in joined.candidates if each.entry_id != entry.id)
    return replace(joined, candidates=(stayed, *others), corrected=alone.corrected)
