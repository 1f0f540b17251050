"""Red flags by what is meant: sentence vectors, held against every rule's examples and all that is harmless.

A kernel ridge on the vectors scores each rule, for wordings that share no word with any example; what the words say
(`exemplars`) is added, for one knows what the other misses. From which score a level fires is set on the release
itself: every text is scored as if it had not been there, and of the harmless ones only the accepted share may reach
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.faq.release import Level, SafetyRule
from bot.safety.nearest import Near, Nearest
from bot.safety.taught import HARMLESS, Arrays, Floats, Ints, Likeness, Taught, as_array, facts_of, rules_of

HEAT = np.float32(2.0)
RIDGE = np.float32(0.3)
MOST_ANCHORS = 2_000
RED_SHARE = 0.65  # of the anchors; the rest are harmless texts
NEAREST_SAY = np.float32(1.5)
ITSELF = np.float32(0.9995)  # the cosine of a text with itself, or with its copy
VERBATIM = np.float32(0.995)  # the same text, whatever its capitals and commas
BLOCK = 1_024
NEAR_THE_BEST = 0.8  # a graver level speaks even when a lesser one scores somewhat higher
ACCEPTED_FALSE_ALARMS = {
    Level.EMERGENCY: 0.006,
    Level.CRISIS: 0.01,
    Level.URGENT: 0.005,
    Level.ILLICIT: 0.008,
    Level.DECISION: 0.01,
}
CLEARLY_HARMLESS = {  # how far "harmless" must lead; the graver, the further. Measured on benchmarks/safety
    Level.EMERGENCY: 1.0,
    Level.CRISIS: 1.0,
    Level.URGENT: 0.5,
    Level.ILLICIT: 1.4,
    Level.DECISION: 0.8,
}
GRAVER_SAY = 0.5  # how much signs of something graver count for "urgent": in doubt between two alarms, one is raised


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a message means: for each stretch the rule, if any; how surely every stretch of it is harmless; and each
    level's score where it is highest. The scores lie about 0 to 2.
    """

    found: tuple[Likeness | None, ...]
    harmless: float
    levels: Mapping[Level, float]

    def speaks_against(self, level: Level) -> bool:
        """Whether it is so clearly harmless that mere words of that level do not count."""
        return self.harmless - self.levels.get(level, 0.0) >= CLEARLY_HARMLESS[level]


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
        self._levels = arrays["levels"]
        self._starts = {Level[name]: start for name, start in facts_of(arrays["facts"])["starts"].items()}

    @classmethod
    def learn(cls, taught: Taught, vectors: Floats, by_words: Floats) -> Meaning:
        """`vectors` are those of the taught texts, shape (n, size); `by_words` what their words score for every rule
        and the harmless last, had they not been there.
        """
        anchors = np.ascontiguousarray(vectors[_anchors(taught.owners)])
        weights, left_out = _ridge(vectors, anchors, taught.targets)
        levels = taught.levels
        order = np.argsort(levels, kind="stable")
        known, starts = np.unique(levels[order], return_index=True)
        by_level = vectors[order]
        harmless = levels == 0
        together = _together(left_out[harmless], by_words[harmless])
        nearest = _nearest_others(vectors[harmless], by_level, starts)
        begins = _calibrated(_level_scores(together, nearest, taught.rules_of, known))
        arrays: Arrays = {
            "anchors": anchors,
            "weights": weights,
            "owners": taught.owners[order],
            "levels": known,
            "facts": as_array({"starts": {level.name: start for level, start in begins.items()}}),
            **Nearest.of(by_level, starts).arrays,
        }
        return cls(taught.rules, arrays)

    @property
    def starts(self) -> Mapping[Level, float]:
        """The score from which each level fires."""
        return dict(self._starts)

    def meant(self, vector: Floats) -> Meant:
        """What the vector of one stretch, shape (size,), is like."""
        # One vector after the other: for so few, a product of matrices costs ten times as much.
        return Meant(_features(vector, self._anchors) @ self._weights, self._nearest.find(vector))

    def weigh(self, meant: Sequence[Meant], by_words: Floats, has_whole: bool) -> Weighed:
        """What the k stretches of one message mean, with what their words score, (k, rules + 1).

        `has_whole` tells that the last stretch is the whole message.
        """
        scores = np.stack([each.scores for each in meant])
        rules = _together(scores, by_words)
        nearest = np.stack([each.near.by_group for each in meant])
        levels = _level_scores(rules, nearest, self._rules_of, self._levels)
        found = list(self._found(rules, levels))
        harmless = float((scores[:, HARMLESS] + by_words[:, HARMLESS]).min())
        known = [int(self._owners[each.near.place]) if each.near.cosine >= VERBATIM else None for each in meant]
        for place, owner in enumerate(known):  # what staff wrote down as it stands is what they said it is
            if owner is not None:
                found[place] = None if owner == HARMLESS else Likeness(owner, "exemplar", 1.0)
        if has_whole and known[-1] == HARMLESS:
            found, harmless = [None] * len(found), np.inf
        return Weighed(
            found=tuple(found),
            harmless=harmless,
            levels={level: float(mine.max()) for level, mine in levels.items()},
        )

    def _found(self, rules: Floats, levels: Mapping[Level, Floats]) -> Iterator[Likeness | None]:
        """For each stretch the rule that it means, of the gravest level that fires; None when none does."""
        evidence = _evidence(levels)
        enough = np.maximum.reduce(list(levels.values())) * NEAR_THE_BEST
        for place in range(len(rules)):
            fires = [
                level
                for level in levels
                if evidence[level][place] >= self._starts[level]
                and _graver(levels, level, np.maximum)[place] >= enough[place]
            ]
            if not fires:
                yield None
                continue
            mine = self._rules_of[max(fires)]
            rule = int(mine[np.argmax(rules[place, mine])])
            yield Likeness(rule, "meaning", float(min(1.0, levels[max(fires)][place])))


def _level_scores(rules: Floats, nearest: Floats, rules_of: Mapping[Level, Ints], levels: Ints) -> dict[Level, Floats]:
    """Each level's rules together, and how much nearer its nearest example is than the nearest harmless text.

    `nearest` (k, levels) has a column for each of `levels`.
    """
    column = {int(level): place for place, level in enumerate(levels)}
    return {
        level: rules[:, places].sum(axis=1)
        + NEAREST_SAY * (nearest[:, column[int(level)]] - (nearest[:, column[0]] if 0 in column else 0))
        for level, places in rules_of.items()
    }


def _nearest_others(vectors: Floats, by_level: Floats, starts: Ints) -> Floats:
    """The cosine of taught texts with the nearest of each level, none of them its own nearest; (k, levels)."""
    found = []
    for start in range(0, len(vectors), BLOCK):
        similar = vectors[start : start + BLOCK] @ by_level.T
        similar[similar > ITSELF] = -1
        found.append(np.maximum.reduceat(similar, starts, axis=1))
    return np.concatenate(found) if found else np.empty((0, len(starts)), dtype=np.float32)


def _calibrated(levels: Mapping[Level, Floats]) -> dict[Level, float]:
    """For each level the score that only the accepted share of the harmless texts, given with theirs, would reach."""
    return {
        level: float(np.quantile(scores, 1 - ACCEPTED_FALSE_ALARMS[level])) if len(scores) else 1.0
        for level, scores in _evidence(levels).items()
    }


def _ridge(vectors: Floats, anchors: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """What each anchor says for each target, (anchors, targets); and what every text would score without itself."""
    system, said = _normal_equations(vectors, anchors, targets)
    inverse = np.linalg.inv(system.astype(np.float64)).astype(np.float32)
    weights = np.asarray(inverse @ said, dtype=np.float32)
    left_out = []
    for start in range(0, len(vectors), BLOCK):  # computed anew, for all features at once are the largest matrix
        features, wanted = _features(vectors[start : start + BLOCK], anchors), targets[start : start + BLOCK]
        own = np.einsum("ij,ij->i", features @ inverse, features)[:, np.newaxis]
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


def _anchors(owners: Ints) -> Ints:
    """Which texts to rest on: evenly taken from the red and from the harmless ones."""
    red, harmless = np.flatnonzero(owners != HARMLESS), np.flatnonzero(owners == HARMLESS)
    of_red = min(len(red), max(int(MOST_ANCHORS * RED_SHARE), MOST_ANCHORS - len(harmless)))
    of_harmless = min(len(harmless), MOST_ANCHORS - of_red)
    return np.concatenate([_evenly(red, of_red), _evenly(harmless, of_harmless)])


def _evenly(places: Ints, count: int) -> Ints:
    return places[np.linspace(0, max(0, len(places) - 1), count).astype(np.int64)] if len(places) else places


def _together(by_meaning: Floats, by_words: Floats) -> Floats:
    """What speaks for each rule, shape (k, rules)."""
    return np.asarray(np.maximum(by_meaning[:, :-1], 0) + np.maximum(by_words[:, :-1], 0), dtype=np.float32)


def _evidence(levels: Mapping[Level, Floats]) -> dict[Level, Floats]:
    """What speaks for each level."""
    found = dict(levels)
    if Level.URGENT in levels:
        own = levels[Level.URGENT]
        found[Level.URGENT] = own + GRAVER_SAY * (_graver(levels, Level.URGENT, np.add) - own)
    return found


def _graver(levels: Mapping[Level, Floats], level: Level, joined: np.ufunc) -> Floats:
    """The scores of `level`; of "urgent", joined with those of all that is graver."""
    those = [scores for other, scores in levels.items() if other == level or (level is Level.URGENT and other > level)]
    return np.asarray(joined.reduce(those), dtype=np.float32)
