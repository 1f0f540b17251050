"""Red flags by what is meant: sentence vectors, held against every rule's examples and all that is harmless.

A kernel ridge on the vectors scores each rule, for wordings that share no word with any example; what the words say
(`exemplars`) and how near the nearest texts are is weighed with it (`odds`), for one knows what the other misses. How,
and from which odds a level fires, is set on the release itself: every text is scored as if it had not been there, and
of the harmless ones only the accepted share may reach it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg
from scipy.linalg import blas

from bot.faq.release import Level, SafetyRule
from bot.language.arrays import Arrays
from bot.safety.nearest import Near, Nearest
from bot.safety.odds import Odds
from bot.safety.taught import HARMLESS, Floats, Ints, Likeness, Taught, as_array, facts_of, rules_of

HEAT = np.float32(2.0)
RIDGE = np.float32(0.3)
MOST_ANCHORS = 2_000
ITSELF = np.float32(0.9995)  # the cosine of a text with itself, or with its copy
VERBATIM = np.float32(0.995)  # the same text, whatever its capitals and commas
BLOCK = 1_024
NEAR_THE_BEST = 1.0  # a graver level speaks even when a lesser one is somewhat likelier; the odds, as logarithms
OUT_OF_PLACE = 1.5  # by which the odds of a sentence must be higher where the whole message does not bear it out
AMONG_MANY = 0.55  # by which they must be higher where there is no whole: of many, one is soon a little like it
HALF_SAID = 2.0  # by which they must be higher in half a sentence
ACCEPTED_FALSE_ALARMS = {
    Level.EMERGENCY: 0.003,
    Level.CRISIS: 0.008,
    Level.URGENT: 0.0058,
    Level.ILLICIT: 0.0135,
    Level.DECISION: 0.0115,
}
CLEARLY_HARMLESS = {  # odds as logarithms; the graver, the higher. Measured on benchmarks/safety
    Level.EMERGENCY: 3.0,
    Level.CRISIS: 1.25,
    Level.URGENT: 0.75,
    Level.ILLICIT: 2.5,
    Level.DECISION: 1.0,
}

BORNE_OUT = 0.0  # the odds, as logarithms, from which a clause says of itself what the whole message seems not to
FEWEST_TO_DOUBT = 1_000  # texts; who was taught fewer does not know enough to doubt what the words of a pattern say


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a message means: for each of k stretches the rule, if any; and the odds, as logarithms, of each level
    against "harmless": of `levels` themselves where they are highest, and in each stretch, shape (k,), of something
    `at_least` as grave.
    """

    found: tuple[Likeness | None, ...]
    levels: Mapping[Level, float]
    at_least: Mapping[Level, Floats]
    may_doubt: bool = True

    def speaks_against(self, level: Level, stretches: Sequence[int]) -> bool:
        """Whether each of these stretches is so clearly harmless that mere words of that level in them do not count.

        Words that stand in no stretch, for their sentence is too short to mean much, are taken as they are.
        """
        if not self.may_doubt or not stretches:
            return False
        return level not in self.at_least or -self.at_least[level][stretches].max() >= CLEARLY_HARMLESS[level]

    @property
    def is_known_harmless(self) -> bool:
        """Whether staff wrote the whole message down as harmless, word for word."""
        return not self.levels

    def bears_out(self, level: Level) -> bool:
        """Whether the first stretch rather says something as grave as that than something harmless."""
        if self.found[0] is not None and self.found[0].layer == "exemplar":
            return True
        return level in self.at_least and float(self.at_least[level][0]) >= BORNE_OUT


@dataclass(frozen=True, slots=True)
class Meant:
    """What one stretch's meaning alone says: for every rule and the harmless last, and which taught text is nearest."""

    scores: Floats
    near: Near


class Meaning:
    """Scores vectors against what it was taught. Learnt once a release, immutable; `arrays` is all of it.

    The ridge rests on anchors, a part of the texts (Nyström's method), so that its cost grows with their number only.
    Source: Williams and Seeger, "Using the Nyström method to speed up kernel machines", 2001.
    """

    def __init__(self, rules: Sequence[SafetyRule], arrays: Arrays) -> None:
        """From what `learn` made of the same rules."""
        self.arrays = arrays
        self._rules_of = rules_of(rules)
        self._anchors = arrays["anchors"]
        self._weights = arrays["weights"]
        self._nearest = Nearest.from_arrays(arrays)
        self._owners = arrays["owners"]
        self._odds = Odds(arrays["odds"])
        self._starts: dict[Level, float] = {
            Level[name]: start for name, start in facts_of(arrays["facts"])["starts"].items()
        }

    @classmethod
    def learn(cls, taught: Taught, vectors: Floats, by_words: Floats, told_by: Ints) -> Meaning:
        """`vectors` are those of the taught texts, shape (n, size). The odds rest on k of them, which stand at the
        places `told_by` (see `Taught.telling`): `by_words`, (k, rules + 1), is what their words score for every rule
        and the harmless last, had they not been there.
        """
        anchors = np.ascontiguousarray(vectors[taught.some(MOST_ANCHORS)])
        weights, left_out = _ridge(vectors, anchors, taught.targets, told_by)
        levels, rules_of = taught.levels, taught.rules_of
        order = np.argsort(levels, kind="stable")
        _, starts = np.unique(levels[order], return_index=True)
        by_level = vectors[order]
        features = _evidence(left_out, by_words, _nearest_others(vectors[told_by], by_level, starts), rules_of)
        classes = np.searchsorted([0, *rules_of], levels[told_by])
        odds = Odds.fit(features, classes, len(rules_of) + 1)
        begins = _calibrated(_against_harmless(odds.logs(features[classes == 0]), rules_of))
        arrays: Arrays = {
            "anchors": anchors,
            "weights": weights,
            "owners": taught.owners[order],
            "odds": odds.weights,
            "facts": as_array({"starts": {level.name: start for level, start in begins.items()}}),
            **Nearest.of(by_level, starts).arrays,
        }
        return cls(taught.rules, arrays)

    @property
    def starts(self) -> Mapping[Level, float]:
        """The odds against "harmless", as logarithms, from which each level fires."""
        return dict(self._starts)

    def meant(self, vector: Floats) -> Meant:
        """What the vector of one stretch, shape (size,), is like."""
        # One vector after the other: for so few, a product of matrices costs ten times as much.
        return Meant(_features(vector, self._anchors) @ self._weights, self._nearest.find(vector))

    def weigh(self, meant: Sequence[Meant], by_words: Floats, has_whole: bool, halves: Collection[int] = ()) -> Weighed:
        """What the k stretches of one message mean, with what their words score, (k, rules + 1).

        `has_whole` tells that the last stretch is the whole message, `halves` are the places of halves of a sentence.
        """
        scores = np.stack([each.scores for each in meant])
        nearest = np.stack([each.near.by_group for each in meant])
        logs = self._odds.logs(_evidence(scores, by_words, nearest, self._rules_of))
        levels = _against_harmless(logs, self._rules_of)
        found = list(self._found(_together(scores, by_words), logs, levels, has_whole, halves))
        known = [int(self._owners[each.near.place]) if each.near.cosine >= VERBATIM else None for each in meant]
        for place, owner in enumerate(known):  # what staff wrote down as it stands is what they said it is
            if owner is not None:
                found[place] = None if owner == HARMLESS else Likeness(owner, "exemplar", 1.0)
        if has_whole and known[-1] == HARMLESS:
            return Weighed((None,) * len(found), {}, {})
        full = [place for place in range(len(found)) if place not in halves]
        at_least = {level: np.logaddexp.reduce([levels[each] for each in levels if each >= level]) for level in levels}
        return Weighed(
            found=tuple(found),
            levels={level: float(mine[full].max()) for level, mine in levels.items()},
            at_least=at_least,
            may_doubt=len(self._owners) >= FEWEST_TO_DOUBT,
        )

    def _found(
        self, rules: Floats, logs: Floats, levels: Mapping[Level, Floats], has_whole: bool, halves: Collection[int]
    ) -> Iterator[Likeness | None]:
        """For each stretch the rule that it means, of the gravest level that fires; None when none does."""
        enough = np.maximum.reduce(list(levels.values())) - NEAR_THE_BEST
        for place in range(len(rules)):
            is_part = has_whole and place < len(rules) - 1
            more = HALF_SAID if place in halves else AMONG_MANY if not has_whole and len(rules) > 1 else 0.0
            fires = [
                level
                for level, mine in levels.items()
                if mine[place] >= max(self._start_of(level, mine[-1] if is_part else np.inf) + more, enough[place])
            ]
            if not fires:
                yield None
                continue
            mine = self._rules_of[max(fires)]
            rule = int(mine[np.argmax(rules[place, mine])])
            likely = np.exp(logs[place, 1 + list(levels).index(max(fires))])
            yield Likeness(rule, "meaning", float(likely))

    def _start_of(self, level: Level, of_whole: float) -> float:
        """From which odds a stretch raises `level`: from higher ones, where the whole message does not bear it out."""
        start = self._starts[level]
        return start if of_whole >= start else start + OUT_OF_PLACE


def _evidence(by_meaning: Floats, by_words: Floats, nearest: Floats, rules_of: Mapping[Level, Ints]) -> Floats:
    """What speaks for each level and for the harmless, (k, features): by meaning, by words, and by the nearest text.

    The first two are (k, rules + 1), with the harmless last; `nearest` has a column a level that is known.
    """
    columns = [
        column
        for scores in (by_meaning, by_words)
        for column in (
            scores[:, HARMLESS],
            *(np.maximum(scores[:, places], 0).sum(axis=1) for places in rules_of.values()),
        )
    ]
    return np.column_stack([*columns, nearest])


def _against_harmless(logs: Floats, rules_of: Mapping[Level, Ints]) -> dict[Level, Floats]:
    """The odds of each level against "harmless", as logarithms; in `logs` the harmless stands first."""
    return {level: logs[:, place] - logs[:, 0] for place, level in enumerate(rules_of, start=1)}


def _nearest_others(vectors: Floats, by_level: Floats, starts: Ints) -> Floats:
    """The cosine of taught texts with the nearest of each level, none of them its own nearest; (k, levels)."""
    found = []
    for start in range(0, len(vectors), BLOCK):
        similar = vectors[start : start + BLOCK] @ by_level.T
        similar[similar > ITSELF] = -1
        found.append(np.maximum.reduceat(similar, starts, axis=1))
    return np.concatenate(found) if found else np.empty((0, len(starts)), dtype=np.float32)


def _calibrated(levels: Mapping[Level, Floats]) -> dict[Level, float]:
    """For each level the odds that only the accepted share of the harmless texts, given with theirs, would reach."""
    return {
        level: float(np.quantile(odds, 1 - ACCEPTED_FALSE_ALARMS[level])) if len(odds) else 0.0
        for level, odds in levels.items()
    }


def _ridge(vectors: Floats, anchors: Floats, targets: Floats, asked: Ints) -> tuple[Floats, Floats]:
    """What each anchor says for each target, (anchors, targets); and what the texts at the places `asked` would score
    without themselves.
    """
    system, said = _normal_equations(vectors, anchors, targets)
    factor = linalg.cholesky(system.astype(np.float64), lower=True, overwrite_a=True, check_finite=False)
    weights = linalg.cho_solve((factor, True), said, check_finite=False).astype(np.float32)
    roots = np.asfortranarray(factor, dtype=np.float32)
    left_out = []
    for start in range(0, len(asked), BLOCK):  # computed anew, for all features at once are the largest matrix
        places = asked[start : start + BLOCK]
        features, wanted = _features(vectors[places], anchors), targets[places]
        parts = blas.strsm(1.0, roots, features.T, lower=1)
        own = np.einsum("ij,ij->j", parts, parts)[:, np.newaxis]
        left_out.append((features @ weights - own * wanted) / np.maximum(1 - own, np.float32(1e-3)))
    return weights, np.concatenate(left_out)


def _normal_equations(vectors: Floats, anchors: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """The two sides of the ridge's equations, (anchors, anchors) and (anchors, targets)."""
    features = _features(vectors, anchors)
    system = features.T @ features + RIDGE * _features(anchors, anchors)
    system.flat[:: len(system) + 1] += np.float32(1e-3)
    return system, features.T @ targets


def _features(vectors: Floats, anchors: Floats) -> Floats:
    """What the ridge sees of `vectors` (n, size), as (n, anchors); of one vector (size,), as (anchors,)."""
    features = np.asarray(vectors @ anchors.T, dtype=np.float32)
    features -= 1  # in place: when a release is learnt, this is its largest matrix
    features *= HEAT
    return np.exp(features, out=features)


def _together(by_meaning: Floats, by_words: Floats) -> Floats:
    """What speaks for each rule, shape (k, rules)."""
    return np.asarray(np.maximum(by_meaning[:, :-1], 0) + np.maximum(by_words[:, :-1], 0), dtype=np.float32)
