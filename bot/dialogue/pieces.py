"""What is grave only where two messages, or two sentences of one, are read together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.dialogue.context import LONGEST_PIECE, Context
from bot.dialogue.followup import FollowUps
from bot.faq.entry import ENGLISH
from bot.faq.release import Level
from bot.language.segment import segment
from bot.language.vocabulary import Vocabulary
from bot.language.words import Word, plain_stems, stem_of
from bot.reply.courtesy import courtesy_for
from bot.safety.findings import Triage
from bot.safety.triage import Safety

# How likely what is found in joined words must be, where it is no pattern and no example that says so:
ANY = 0.0  # the words name something themselves
LIKELY = 0.7  # they say that it is so of what was asked about
BY_WORDS = 2.0  # they are common ones ("is dry"), of which a few say little: never
_VERBATIM = frozenset({"pattern", "exemplar"})
LONGEST_OWNING_UP = 7  # words of "mine did", "because i think i am"
LONGEST_SUBJECT = 4  # words of "my chest", to which "is tight" belongs
_POSSESSIVE = frozenset(["my", "his", "her", "their", "our", "the", "your"])
_PREDICATE = frozenset(["is", "are", "has", "have", "was", "were", "do", "does"])
_EMPTY = frozenset(["yes", "no", "yeah", "yep", "nope", "nothing", "none", "ok", "okay", "thanks", "please"])
# A question about something is asked with these; what comes after them is what it is about ("can it make you ...").
_ABOUT = frozenset(
    map(stem_of, ["cause", "causing", "causes", "trigger", "give", "lead", "affect", "worry", "worried", "possible"])
)
_SELF = frozenset(["i", "me", "mine", "my", "we", "he", "she", "his", "hers", "they", "it", "its", "that", "same"])
_POINTER = frozenset(["that", "it", "this", "those", "these", "them", "one", "same", "some"])
_OWN = frozenset(["mine", "his", "hers", "it", "its", "they", "that"])  # "mine will not stop" denies nothing
_MEASURE = frozenset(
    map(stem_of, ["minute", "minutes", "min", "mins", "hour", "hours", "now", "today", "late", "mine"])
)
_WELL = frozenset(["fine", "ok", "okay", "good", "healthy", "normal", "well", "gone", "mild", "better", "wondering"])
_NEGATION = frozenset(["not", "never", "no", "none", "without", "cannot"])
_BRIEF = frozenset(["do", "did", "have", "am", "too", "yes", "same", "here", "i", "me", "we", "so"])


@dataclass(frozen=True, slots=True)
class Pieces:
    """Reads what was told in pieces, with the safety and the words of one release. Immutable."""

    vocabulary: Vocabulary
    safety: Safety
    follow_ups: FollowUps

    def across(self, context: Context, words: Sequence[Word], text: str, alone: Triage) -> Triage | None:
        """What is grave in a message read with the one before it; None where that is no graver than it is alone.

        After an alarm only what adds to it does ("my eyelids too"): a new complaint is met for itself.
        """
        if not self._goes_on(context, words, text):
            return None
        before = context.said.rstrip(" .!?,;")
        told = self.follow_ups.only_points(words) or bool(self.follow_ups.naming(words))
        least = ANY if told and not self.follow_ups.is_question(words) else BY_WORDS
        found = self._graver(alone, [f"{before} {text}"], least)
        owned = self._owned(self.vocabulary.read(context.said), words, text, alone)
        return max((each for each in (owned, found) if each), key=_level_of, default=None)

    def within(self, words: Sequence[Word], text: str, alone: Triage) -> Triage:
        """What is grave in one message, where a sentence owns up to what the one before it asked in general."""
        parts = segment(words, text)
        for asked, told in pairwise(parts):
            alone = self._owned(asked.words, told.words, told.text_of(text), alone) or alone
        return alone

    def _goes_on(self, context: Context, words: Sequence[Word], text: str) -> bool:
        """Whether a message tells something and asks nothing, and may go on with a short one before it."""
        plain = [word.text for word in words if word.is_word]
        if not context.said or not 0 < len(plain) <= LONGEST_PIECE:
            return False
        if set(plain) <= _EMPTY or courtesy_for(text, ENGLISH) is not None:
            return False
        if context.raised is not None and context.calm_turns == 0:
            return self.follow_ups.adds(words)
        return not self.follow_ups.is_question(words) or self._is_predicate(context.said, words)

    def _is_predicate(self, before: str, words: Sequence[Word]) -> bool:
        """Whether "are blue" only looks like a question, since "his lips" came before."""
        subject = before.lower().split()
        return (
            len(subject) <= LONGEST_SUBJECT
            and subject[0] in _POSSESSIVE
            and words[0].text in _PREDICATE
            and not any(word.ends_question for word in words)
        )

    def _owned(self, asked: Sequence[Word], told: Sequence[Word], text: str, alone: Triage) -> Triage | None:
        """What is grave where something was asked about in general, and the next words say that it is so ("i am")."""
        if not self.follow_ups.is_question(asked) or not self._owns_up(told):
            return None
        subject = _subject_of(asked)
        if not subject:
            return None
        texts = tuple(_told(subject, [word.text for word in told if word.is_word]))
        found = self._graver(alone, texts, LIKELY)
        if found is None:
            return None
        return replace(found, findings=tuple(replace(each, matched=text.strip(" .?!;\n")) for each in found.findings))

    def _owns_up(self, words: Sequence[Word]) -> bool:
        """Whether words name nothing, and say of somebody that what was spoken of is so."""
        plain = [word.text for word in words if word.is_word]
        if not 0 < len(plain) <= LONGEST_OWNING_UP or self.follow_ups.is_question(words) or _SELF.isdisjoint(plain):
            return False
        if not _WELL.isdisjoint(plain):
            return False
        if not _NEGATION.isdisjoint(plain) and (plain[0] not in _OWN or plain[-1] in _NEGATION):
            return False
        named = {stem for stem in self.follow_ups.naming(words) if not stem.isdigit()} - _MEASURE
        return plain[0] == "mine" or not named

    def _graver(self, alone: Triage, texts: Sequence[str], least: float) -> Triage | None:
        """The gravest triage of these texts, where it is urgent at least and graver than `alone`.

        What only its meaning or its likeness speaks for must reach `least`.
        """
        gravest = None
        reached = max(_level_of(alone), Level.ILLICIT)
        for text in dict.fromkeys(texts):
            triage = _at_least(self.safety.triage(self.vocabulary.read(text), text), least)
            if _level_of(triage) > reached:
                gravest, reached = triage, _level_of(triage)
        return gravest


def _at_least(triage: Triage, least: float) -> Triage:
    kept = tuple(each for each in triage.findings if each.layer in _VERBATIM or each.score >= least)
    return replace(triage, findings=kept)


def _level_of(triage: Triage) -> int:
    return triage.gravest.level if triage.gravest else 0


def _subject_of(asked: Sequence[Word]) -> list[str]:
    """What a question is about: "can it make you hear voices" about "hear voices"."""
    plain = [word for word in asked if word.is_word]
    light = plain_stems() | _ABOUT
    first = next((place for place, word in enumerate(plain) if word.stem not in light), len(plain))
    return [word.text for word in plain[first:]]


def _told(subject: Sequence[str], told: Sequence[str]) -> Iterator[str]:
    """The ways in which both may be meant as one statement, the likeliest first."""
    about, said = " ".join(subject), " ".join(told)
    if told[0] == "mine":
        yield f"my {about} {' '.join(told[1:])}"
    for place, word in enumerate(told):
        if word in _POINTER:
            yield " ".join((*told[:place], about, *told[place + 1 :]))
            break
    if _BRIEF.issuperset(told):
        yield f"i {about}"
        yield f"i have {about}"
    yield f"{said} {about}"
    yield f"{about} {said}"
