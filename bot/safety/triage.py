"""All safety layers over a message, its sentences, and windows of a long one: what must be said first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from bot.errors import BrokenRule, PatternError
from bot.faq.release import Level, SafetyRule
from bot.language.ahead import Coming
from bot.language.encoder import Encodes
from bot.language.vocabulary import Vocabulary
from bot.language.words import Word
from bot.safety.findings import Finding, Layer, Triage
from bot.safety.frames import Frames, Reading
from bot.safety.learnt import Learnt
from bot.safety.meaning import Meaning, Meant, Weighed
from bot.safety.pattern_parser import PatternLanguage
from bot.safety.pattern_tree import Message
from bot.safety.patterns import Hit, Pattern, PatternSet
from bot.safety.stretches import FEWEST_MEANT, Span, Statements, clauses, statements, windows
from bot.safety.taught import Floats, Likeness

CLEAR = 1.25
NEARLY = 0.5  # by which odds, as logarithms, may differ and count as equal
MOST_REMEMBERED = 1_000  # stretches whose meaning is kept in memory: the parts of a message are looked at once more
VERBATIM = 0.95  # so near to an example of the rule that no frame or exception can explain it away


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: SafetyRule
    exceptions: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A finding, and all stretches of words that speak for it."""

    finding: Finding
    spans: tuple[Span, ...]


class Safety:
    """All rules of a release, ready to look at messages. Immutable."""

    def __init__(
        self,
        rules: Sequence[SafetyRule],
        vocabulary: Vocabulary,
        learnt: Learnt | None = None,
        encoder: Encodes | None = None,
    ) -> None:
        """Compile the rules; BrokenRule names the rule and column of a broken pattern.

        `learnt` is what `learn` made of the same rules; with an `encoder` what is meant is looked at as well.
        """
        groups = rules[0].groups if rules else {}
        self._language = PatternLanguage(groups)
        self._disarming = PatternLanguage(groups)  # most messages never need it: apart, they need not be read for it
        patterns = [_compiled(rule, self._language, self._disarming) for rule in rules]
        self._rules = tuple(compiled for compiled, _ in patterns)
        self._patterns = PatternSet([pattern for _, own in patterns for pattern in own])
        self._owners = tuple(compiled for compiled, own in patterns for _ in own)
        self._frames = Frames.of(groups, self._disarming)
        self._vocabulary = vocabulary
        self._exemplars = learnt.exemplars if learnt else None
        self._meaning = learnt.meaning if learnt and encoder else None
        self._meant = _reader(self._meaning, encoder) if self._meaning and encoder else None

    def has_rule(self, rule_id: str) -> bool:
        """Whether there is such a rule."""
        return any(compiled.rule.id == rule_id for compiled in self._rules)

    def triage(self, words: Sequence[Word], text: str, *, by_meaning: bool = True) -> Triage:
        """Every finding in a message: `words` are all its words, `text` is what the patient wrote.

        Without `by_meaning` by words alone, which takes no sentence encoder.
        """
        meant_in = statements(words, text) if by_meaning and self._meaning else Statements()
        meant = self._begun(words, meant_in)  # understood on another processor while the words are looked at
        reading = self._frames.reading(words, text)
        patterns, disarmed = self._by_patterns(reading, text)
        likeness, by_words = self._by_likeness(reading, text, meant_in)
        said = [each.finding for each in patterns]
        likeness = [each for each in likeness if self._outdoes(each.finding, said)]
        sure: list[_Placed] = [*patterns, *likeness]
        doubtful: list[_Placed] = []
        understood: list[Finding] = []
        weighed = self._weighed(meant, by_words, meant_in)
        if weighed is not None:
            against = [each for each in sure if _is_doubtful(each, weighed, meant_in)]
            if not weighed.is_known_harmless:
                against = doubtful = [each for each in against if not self._is_said_apart(each, words, text)]
            sure = [each for each in sure if each not in against]
            understood = [
                self._found(alike, (first, last), words, text)
                for (first, last), alike in zip(meant_in.spans, weighed.found, strict=True)
                if alike is not None
                and (alike.layer == "exemplar" or last - first + 1 >= FEWEST_MEANT)
                and not self._is_taken_back(alike, Hit(first, last), said, disarmed)
                and not self._is_settled(alike, weighed, said)
            ]
        found = [*(each.finding for each in sure), *understood]
        likely = {each.rule_id: each.score for each in (*(each.finding for each in likeness), *understood)}
        found.sort(key=lambda each: (-each.level, each.layer != "pattern", -likely.get(each.rule_id, 0.0)))
        return Triage(tuple(found), tuple(each.finding for each in doubtful))

    def _is_said_apart(self, placed: _Placed, words: Sequence[Word], text: str) -> bool:
        """Whether the clause in which it stands says it, and only what is said beside makes the whole sound harmless
        ("my lips are dry and i feel suicidal").
        """
        if placed.finding.layer == "classifier" or not (self._meant and self._meaning and self._exemplars):
            return False
        level = placed.finding.level
        apart = clauses(words, text, whole=level is not Level.CRISIS)
        if len(apart) < 2:
            return False
        for first, last in apart:
            if not any(first <= start and end <= last for start, end in placed.spans):
                continue
            if placed.finding.layer == "pattern" and last - first + 1 < FEWEST_MEANT:
                return True  # too short to mean anything but its words
            meant = self._meant(self._vocabulary.plain(words[first : last + 1])).result()
            scores = self._exemplars.compare(words, [], [(first, last)]).scores
            if self._meaning.weigh([meant], scores, has_whole=True).bears_out(level):
                return True
        return False

    def _is_settled(self, alike: Likeness, weighed: Weighed, patterns: Sequence[Finding]) -> bool:
        """Where a pattern says "urgent", something graver must be as likely as that by its meaning, to say more."""
        level = self._rules[alike.rule].rule.level
        if not _say_urgent(patterns) or level <= Level.URGENT or alike.layer == "exemplar":
            return False
        return level in weighed.levels and weighed.levels[level] < weighed.levels.get(Level.URGENT, -np.inf) - NEARLY

    def _is_taken_back(
        self, alike: Likeness, stretch: Hit, patterns: Sequence[Finding], disarmed: Sequence[tuple[Level, Hit]]
    ) -> bool:
        """Whether the stretch names such a thing only to deny it, or as long past; meaning alone cannot tell."""
        if alike.layer == "exemplar":
            return False
        level = self._rules[alike.rule].rule.level
        named = any(of == level and stretch.first <= hit.first <= stretch.last for of, hit in disarmed)
        return named and not any(found.level >= level for found in patterns)

    def _begun(self, words: Sequence[Word], meant_in: Statements) -> list[Coming[Meant]]:
        """What each of the stretches means, begun to be found out."""
        if self._meant is None:
            return []
        coming = [self._meant(self._vocabulary.plain(words[first : last + 1])) for first, last in meant_in.spans]
        for each in coming:
            each.begin()
        return coming

    def _weighed(self, meant: Sequence[Coming[Meant]], by_words: Floats | None, meant_in: Statements) -> Weighed | None:
        if self._meaning is None or by_words is None or not meant:
            return None
        return self._meaning.weigh([each.result() for each in meant], by_words, meant_in.has_whole, meant_in.halves)

    def _outdoes(self, found: Finding, patterns: Sequence[Finding]) -> bool:
        """Where a pattern already says "urgent", a mere likeness must be clear to make it an emergency."""
        if found.layer != "classifier" or not _say_urgent(patterns) or self._exemplars is None:
            return True
        return found.level <= Level.URGENT or found.score >= CLEAR * self._exemplars.starts[found.level]

    def _by_patterns(self, reading: Reading, text: str) -> tuple[list[_Placed], list[tuple[Level, Hit]]]:
        """The findings; and where words of a level stand that are denied, long past or told of others."""
        findings: list[_Placed] = []
        disarmed: list[tuple[Level, Hit]] = []
        excepted: dict[str, list[Hit]] = {}
        for number, hits in self._patterns.find(self._language.read(reading.words)):
            compiled = self._owners[number]
            rule = compiled.rule
            if rule.id not in excepted:
                excepted[rule.id] = _spans(compiled.exceptions, reading.message)
            left = [hit for hit in hits if not _is_excepted(hit, excepted[rule.id])]
            armed = [hit for hit in left if not reading.disarms(hit, rule.level)]
            if armed:
                matched = _matched(reading.words[armed[0].first : armed[0].last + 1], text)
                findings.append(
                    _Placed(_finding(rule, matched, "pattern", 1.0), tuple((hit.first, hit.last) for hit in armed))
                )
            else:
                disarmed += [(rule.level, hit) for hit in left if not reading.is_general(hit)]
        return findings, disarmed

    def _by_likeness(self, reading: Reading, text: str, meant_in: Statements) -> tuple[list[_Placed], Floats | None]:
        """What the words are like; and what they score in each of the stretches to be understood."""
        if self._exemplars is None or not reading.words:
            return [], None
        spans = windows(reading.words)
        compared = self._exemplars.compare(reading.words, spans, meant_in.spans)
        found = [
            _Placed(self._found(alike, span, reading.words, text), (span,))
            for span, likenesses in zip(spans, compared.likenesses, strict=True)
            for alike in self._armed(reading, span, likenesses)
        ]
        return found, compared.scores

    def _found(self, alike: Likeness, span: Span, words: Sequence[Word], text: str) -> Finding:
        matched = _matched(words[span[0] : span[1] + 1], text)
        return _finding(self._rules[alike.rule].rule, matched, alike.layer, alike.score)

    def _armed(self, reading: Reading, span: Span, likenesses: Sequence[Likeness]) -> Iterator[Likeness]:
        """Of what a stretch is like that which no frame and no exception explains away."""
        if not likenesses:
            return
        first, last = span
        window = reading.words[first : last + 1]
        fragment = sum(word.is_word for word in window) < FEWEST_MEANT
        message = None
        for alike in likenesses:
            if fragment and alike.layer == "classifier":
                continue
            if alike.layer != "exemplar" or alike.score < VERBATIM:
                compiled = self._rules[alike.rule]
                if reading.disarms_stretch(span, compiled.rule.level):
                    continue
                possible = [pattern for pattern in compiled.exceptions if pattern.may_match(reading.message)]
                if possible:
                    message = message or self._disarming.read(window)
                    if any(pattern.find(message) for pattern in possible):
                        continue
            yield alike


def _reader(meaning: Meaning, encoder: Encodes) -> Callable[[str], Coming[Meant]]:
    """What plain words mean, once it is wanted; remembered."""

    def meant(plain: str) -> Meant:
        return meaning.meant(encoder.encode(plain))

    return lru_cache(maxsize=MOST_REMEMBERED)(lambda plain: Coming(partial(meant, plain)))


def _compiled(
    rule: SafetyRule, language: PatternLanguage, disarming: PatternLanguage
) -> tuple[_Compiled, list[Pattern]]:
    try:
        patterns = [language.compile(source) for source in rule.patterns]
        return _Compiled(rule, tuple(disarming.compile(source) for source in rule.exceptions)), patterns
    except PatternError as error:
        raise BrokenRule(rule.id, error) from error


def _say_urgent(patterns: Sequence[Finding]) -> bool:
    """Whether "urgent" is the gravest that patterns found."""
    return max((found.level for found in patterns), default=None) is Level.URGENT


def _is_doubtful(placed: _Placed, weighed: Weighed, meant_in: Statements) -> bool:
    """What meaning speaks against, wherever it stands; and a lesser alarm that only the look of the words raised, for
    meaning weighs that already.
    """
    level = placed.finding.level
    if placed.finding.layer == "classifier" and level < Level.CRISIS:
        return True
    return weighed.speaks_against(level, meant_in.touched(placed.spans))


def _spans(patterns: Iterable[Pattern], message: Message) -> list[Hit]:
    return [hit for pattern in patterns for hit in pattern.find(message)]


def _is_excepted(hit: Hit, exceptions: Sequence[Hit]) -> bool:
    return any(other.first <= hit.last and hit.first <= other.last for other in exceptions)


def _finding(rule: SafetyRule, matched: str, layer: Layer, score: float) -> Finding:
    return Finding(rule_id=rule.id, level=rule.level, matched=matched, layer=layer, score=score)


def _matched(words: Sequence[Word], text: str) -> str:
    return text[words[0].start : words[-1].end].strip(" .?!;\n")
