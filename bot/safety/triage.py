"""All safety layers over a message, its sentences, and windows of a long one: what must be said first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.errors import NotReady, PatternError
from bot.faq.release import Level, SafetyRule
from bot.language.vocabulary import Vocabulary
from bot.language.words import Word
from bot.safety.exemplars import Exemplars
from bot.safety.frames import Frames, Reading
from bot.safety.pattern_parser import compile_pattern
from bot.safety.patterns import Hit, Pattern

Layer = Literal["lexicon", "pattern", "exemplar", "classifier"]

WINDOW = 14
STEP = 7
CLEAR = 1.25
VERBATIM = 0.95  # so near to an example of the rule that no frame or exception can explain it away
_FRAMED = frozenset({Level.EMERGENCY, Level.CRISIS, Level.URGENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One safety layer's reason to speak up."""

    rule_id: str
    level: Level
    matched: str  # as the patient wrote it
    layer: Layer
    score: float  # 0 to 1; 1 for an exact pattern


@dataclass(frozen=True, slots=True)
class Triage:
    """The findings, most severe first; within a level, patterns first, and of those the likeliest rule."""

    findings: tuple[Finding, ...] = ()

    @property
    def gravest(self) -> Finding | None:
        """The finding that leads the reply, if there is any."""
        return self.findings[0] if self.findings else None


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: SafetyRule
    patterns: tuple[Pattern, ...]
    exceptions: tuple[Pattern, ...]


class Safety:
    """All rules of a release, ready to look at messages. Immutable."""

    def __init__(self, rules: Sequence[SafetyRule], harmless: Sequence[str], vocabulary: Vocabulary) -> None:
        """Compile the rules; NotReady names the rule and column of a pattern that cannot be read."""
        self._rules = tuple(_compiled(rule) for rule in rules)
        self._frames = Frames.of(rules[0].groups if rules else {})
        self._by_stem, self._by_prefix, self._always = _index_needs(self._rules)
        self._exemplars = Exemplars(rules, harmless, vocabulary) if rules else None

    @property
    def exemplars(self) -> Exemplars | None:
        """The layers of likeness, for explanations; None without rules."""
        return self._exemplars

    def triage(self, words: Sequence[Word], text: str) -> Triage:
        """Every finding in a message: `words` are all its words, `text` is what the patient wrote."""
        patterns = list(self._by_patterns(words, text))
        likeness = [found for found in self._by_likeness(words, text) if self._outdoes(found, patterns)]
        alike = {found.rule_id: found.score for found in likeness}
        findings = [*patterns, *likeness]
        findings.sort(key=lambda found: (-found.level, found.layer != "pattern", -alike.get(found.rule_id, 0.0)))
        return Triage(tuple(findings))

    def _outdoes(self, found: Finding, patterns: Sequence[Finding]) -> bool:
        """Where a pattern already says "urgent", a mere likeness must be clear to make it an emergency."""
        settled = max((each.level for each in patterns), default=None)
        if found.layer != "classifier" or settled is not Level.URGENT or self._exemplars is None:
            return True
        return found.level <= settled or found.score >= CLEAR * self._exemplars.starts[found.level]

    def _by_patterns(self, words: Sequence[Word], text: str) -> Iterator[Finding]:
        reading: Reading | None = None
        for place, number in self._candidates(words):
            compiled = self._rules[place]
            hits = compiled.patterns[number].find(words)
            if not hits:
                continue
            reading = reading or self._frames.reading(words)
            excepted = _spans(compiled.exceptions, words)
            for hit in hits:
                if not _is_excepted(hit, excepted) and not _is_disarmed(hit, compiled.rule.level, reading):
                    yield _finding(compiled.rule, _matched(words[hit.first : hit.last + 1], text), "pattern", 1.0)
                    break

    def _by_likeness(self, words: Sequence[Word], text: str) -> Iterator[Finding]:
        if self._exemplars is None:
            return
        reading: Reading | None = None
        for first, last in _windows(words):
            window = words[first : last + 1]
            for alike in self._exemplars.alike(window):
                compiled = self._rules[alike.rule]
                hit = Hit(first, last)
                reading = reading or self._frames.reading(words)
                disarmed = any(
                    _is_disarmed(Hit(place, place), compiled.rule.level, reading) for place in range(first, last + 1)
                )
                verbatim = alike.layer == "exemplar" and alike.score >= VERBATIM
                if not verbatim and (disarmed or _spans(compiled.exceptions, window)):
                    continue
                layer: Layer = "exemplar" if alike.layer == "exemplar" else "classifier"
                yield _finding(compiled.rule, _matched(words[hit.first : hit.last + 1], text), layer, alike.score)

    def _candidates(self, words: Sequence[Word]) -> list[tuple[int, int]]:
        """Rule and pattern places whose needed words occur, in rule order."""
        found: set[tuple[int, int]] = set(self._always)
        for word in words:
            for stem in (word.stem, *word.alternatives):
                found.update(self._by_stem.get(stem, ()))
            for length in range(2, len(word.text) + 1):
                found.update(self._by_prefix.get(word.text[:length], ()))
        return sorted(found)


def _compiled(rule: SafetyRule) -> _Compiled:
    try:
        return _Compiled(
            rule,
            tuple(compile_pattern(source, rule.groups) for source in rule.patterns),
            tuple(compile_pattern(source, rule.groups) for source in rule.exceptions),
        )
    except PatternError as error:
        raise NotReady(f"safety rule {rule.id}: {error}") from error


_Places = Mapping[str, tuple[tuple[int, int], ...]]


def _index_needs(rules: Sequence[_Compiled]) -> tuple[_Places, _Places, tuple[tuple[int, int], ...]]:
    """Which patterns to try when a stem or a beginning occurs, and which to try always."""
    by_stem: dict[str, list[tuple[int, int]]] = {}
    by_prefix: dict[str, list[tuple[int, int]]] = {}
    always: list[tuple[int, int]] = []
    for place, compiled in enumerate(rules):
        for number, pattern in enumerate(compiled.patterns):
            needs = pattern.wanted[0].needs
            if not needs:
                always.append((place, number))
                continue
            for stem in needs[0].stems:
                by_stem.setdefault(stem, []).append((place, number))
            for prefix in needs[0].prefixes:
                by_prefix.setdefault(prefix, []).append((place, number))
    return (
        {stem: tuple(places) for stem, places in by_stem.items()},
        {prefix: tuple(places) for prefix, places in by_prefix.items()},
        tuple(always),
    )


def _windows(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """First and last word of the whole message, of each sentence, and of overlapping stretches."""
    seen = set()
    count = len(words)
    spans = [(0, count - 1)] if count else []
    first = 0
    for place, word in enumerate(words):
        if not word.is_word:
            spans.append((first, place))
            first = place + 1
    spans.append((first, count - 1))
    for start, end in list(spans):
        if end - start + 1 > WINDOW + STEP:
            spans.extend((at, min(at + WINDOW - 1, end)) for at in range(start, end - STEP + 1, STEP))
    for span in spans:
        if span[0] <= span[1] and span not in seen:
            seen.add(span)
            yield span


def _spans(patterns: Iterable[Pattern], words: Sequence[Word]) -> list[Hit]:
    return [hit for pattern in patterns for hit in pattern.find(words)]


def _is_excepted(hit: Hit, exceptions: Sequence[Hit]) -> bool:
    return any(other.first <= hit.last and hit.first <= other.last for other in exceptions)


def _is_disarmed(hit: Hit, level: Level, reading: Reading) -> bool:
    """Denied, long past or asked in general; personal decisions and illicit wishes are never disarmed so."""
    if level not in _FRAMED:
        return False
    if reading.is_negated(hit) or reading.is_past(hit):
        return True
    return reading.is_general(hit) and not (level is Level.CRISIS and reading.is_about_self(hit))


def _finding(rule: SafetyRule, matched: str, layer: Layer, score: float) -> Finding:
    return Finding(rule_id=rule.id, level=rule.level, matched=matched, layer=layer, score=score)


def _matched(words: Sequence[Word], text: str) -> str:
    return text[words[0].start : words[-1].end].strip(" .?!;\n")
