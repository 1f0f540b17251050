"""Red flags by likeness: to the rules' own examples, held against their hard negatives and harmless wording.

Two layers on the same vectors. `exemplar`: the nearest example is very near, and nearer than anything
harmless. `classifier`: a ridge over all examples. Where each begins to fire is set on the release itself, by
scoring every text as if it had not been there, so that harmless texts stay under the accepted rate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.faq.release import Level, SafetyRule
from bot.language.ngrams import NgramSpace
from bot.language.ridge import fit_ridge
from bot.language.vocabulary import Vocabulary, english_ranks
from bot.language.words import Word, stem_of

Floats = NDArray[np.float32]

ACCEPTED_FALSE_ALARMS = {
    Level.EMERGENCY: 0.002,
    Level.CRISIS: 0.002,
    Level.URGENT: 0.006,
    Level.ILLICIT: 0.006,
    Level.DECISION: 0.02,
}
TELLING_RATIO = 3.0
MANNER_WORDS = 200  # the most frequent English words say how something is said, not what
_HARMLESS = -1


@dataclass(frozen=True, slots=True)
class Likeness:
    """A rule that the words are like: `layer` is exemplar or classifier, `score` lies in 0 to 1."""

    rule: int
    layer: str
    score: float


class Exemplars:
    """Compares words with the examples of all rules. Built once a release, immutable."""

    def __init__(self, rules: Sequence[SafetyRule], harmless: Sequence[str], vocabulary: Vocabulary) -> None:
        texts: list[str] = []
        owners: list[int] = []
        for place, rule in enumerate(rules):
            texts += [*rule.examples, *rule.hard_negatives]
            owners += [place] * len(rule.examples) + [_HARMLESS] * len(rule.hard_negatives)
        texts += harmless
        owners += [_HARMLESS] * len(harmless)
        self._rules = tuple(rules)
        stems = [stems_of(vocabulary.read(text)) for text in texts]
        self._space = NgramSpace.of(stems, word_orders=(1, 2, 3), character_orders=(3, 4))
        rows = self._space.matrix(stems)
        kernel = (rows @ rows.T).toarray().astype(np.float32)
        self._owners = np.array(owners)
        targets = np.zeros((len(texts), len(rules) + 1), dtype=np.float32)
        targets[np.arange(len(texts)), self._owners] = 1.0  # the last column is the harmless one
        ridge = fit_ridge(kernel, targets, ridge=0.7)
        self._weights = np.ascontiguousarray(rows.T @ ridge.alpha, dtype=np.float32)
        self._rows = rows
        self._levels = np.array([rule.level for rule in rules])
        self._starts = self._calibrated(ridge.leave_one_out())
        self._telling = self._telling_stems(stems)
        self._nearest_start = self._calibrated_nearest(kernel)

    def alike(self, words: Sequence[Word]) -> list[Likeness]:
        """The rules that the words are like enough to, at most one a level and layer."""
        vector = self._space.vector(stems_of(words))
        if not len(vector.places):
            return []
        learnt = vector.weights @ self._weights[vector.places]
        scores = self._level_scores(learnt)
        surest = max(scores.values())
        found = []
        for level, start in self._starts.items():
            enough = max(start, float(learnt[_HARMLESS]), surest)
            if scores[level] >= enough and any(word.stem in self._telling[level] for word in words):
                mine = np.flatnonzero(self._levels == level)
                rule = int(mine[np.argmax(learnt[mine])])
                found.append(Likeness(rule, "classifier", min(1.0, scores[level])))
        nearest = self._nearest(vector.places, vector.weights)
        return [*found, nearest] if nearest else found

    def level_scores(self, words: Sequence[Word]) -> dict[Level, float]:
        """The classifier's score for each level, for explanations."""
        vector = self._space.vector(stems_of(words))
        return self._level_scores(vector.weights @ self._weights[vector.places])

    def _level_scores(self, learnt: Floats) -> dict[Level, float]:
        """Each level's rules together; `learnt` has one score a rule and the harmless one last."""
        positive = np.maximum(learnt[:-1], 0)
        return {level: float(positive[self._levels == level].sum()) for level in self._starts}

    @property
    def starts(self) -> dict[Level, float]:
        """The score from which each level's classifier fires."""
        return dict(self._starts)

    def _nearest(self, places: NDArray[np.int64], weights: Floats) -> Likeness | None:
        dense = np.zeros(self._space.size, dtype=np.float32)
        dense[places] = weights
        similar = self._rows @ dense
        best = int(np.argmax(similar))
        if self._owners[best] == _HARMLESS or similar[best] < self._nearest_start:
            return None
        return Likeness(int(self._owners[best]), "exemplar", float(similar[best]))

    def _telling_stems(self, texts: Sequence[Sequence[str]]) -> dict[Level, frozenset[str]]:
        """For each level the stems met far more often in its examples than in harmless texts.

        Without one of them ("I want to …" alone) likeness is only a manner of speaking.
        """
        owners = [int(owner) for owner in self._owners]
        manner = {"i", "a", *(stem_of(word) for word, rank in english_ranks().items() if rank < MANNER_WORDS)}
        quiet = [text for text, owner in zip(texts, owners, strict=True) if owner == _HARMLESS]
        harmless = Counter(stem for text in quiet for stem in set(text))
        total = max(1, len(quiet))
        telling = {}
        for level in self._starts:
            mine = [
                text
                for text, owner in zip(texts, owners, strict=True)
                if owner != _HARMLESS and self._rules[owner].level is level
            ]
            seen = Counter(stem for text in mine for stem in set(text))
            telling[level] = frozenset(
                stem
                for stem, count in seen.items()
                if count / len(mine) > TELLING_RATIO * (harmless[stem] + 1) / total and stem not in manner
            )
        return telling

    def _calibrated(self, left_out: Floats) -> dict[Level, float]:
        """For each level the score that only the accepted share of other texts would reach."""
        starts = {}
        for level in Level:
            mine = np.flatnonzero(self._levels == level)
            if not len(mine):
                continue
            scores = np.maximum(left_out[:, mine], 0).sum(axis=1)
            owner_levels = np.where(self._owners == _HARMLESS, 0, self._levels[self._owners])
            below = scores[owner_levels < level]
            starts[level] = float(np.quantile(below, 1 - ACCEPTED_FALSE_ALARMS[level])) if len(below) else 0.5
        return starts

    def _calibrated_nearest(self, kernel: Floats) -> float:
        """The likeness that harmless texts reach to an example no more often than accepted, and never under 0.6."""
        red = self._owners != _HARMLESS
        if not red.any() or red.all():
            return 0.6
        to_red = kernel[np.ix_(~red, red)].max(axis=1)
        return max(0.6, float(np.quantile(to_red, 1 - ACCEPTED_FALSE_ALARMS[Level.EMERGENCY])))


def stems_of(words: Sequence[Word]) -> tuple[str, ...]:
    """The stems of the words, pronouns and all: "I" and "should" matter here."""
    return tuple(word.stem for word in words if word.is_word)
