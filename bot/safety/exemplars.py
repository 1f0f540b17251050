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
from scipy import sparse

from bot.faq.release import Level, SafetyRule
from bot.language.arrays import Array, Arrays
from bot.language.ngrams import NgramSpace, SpanReader
from bot.language.ridge import fit_ridge
from bot.language.words import Word, english_ranks, stem_of
from bot.safety.stretches import Span
from bot.safety.taught import HARMLESS, Floats, Ints, Likeness, Taught, as_array, facts_of, rules_of

ACCEPTED_FALSE_ALARMS = {
    Level.EMERGENCY: 0.002,
    Level.CRISIS: 0.002,
    Level.URGENT: 0.006,
    Level.ILLICIT: 0.006,
    Level.DECISION: 0.02,
}
TELLING_RATIO = 3.0
MOST_COMPARED = 6_000
WORD_ORDERS = (1, 2, 3)
CHARACTER_ORDERS = (3, 4)
MANNER_WORDS = 200  # the most frequent English words say how something is said, not what
FEW = 12
BLOCK = 128
MOST_WITH_A_RARE_ONE = 40  # texts; an n-gram in more of them is a common one


@dataclass(frozen=True, slots=True)
class Compared:
    """For each of some stretches the rules that it is like enough to, at most one a level and layer; and for each of
    some others the `scores` of every rule and of the harmless last, shape (others, rules + 1).
    """

    likenesses: tuple[tuple[Likeness, ...], ...]
    scores: Floats


class Exemplars:
    """Compares words with the examples of all rules. Learnt once a release, immutable; `arrays` is all of it."""

    def __init__(self, rules: Sequence[SafetyRule], arrays: Arrays) -> None:
        """From what `learn` made of the same rules."""
        self.arrays = arrays
        facts = facts_of(arrays["facts"])
        self._rules_of = rules_of(rules)
        self._space = NgramSpace(
            arrays["hashes"], arrays["idf"], facts["total"], word_orders=WORD_ORDERS, character_orders=CHARACTER_ORDERS
        )
        self._spans = SpanReader(self._space)
        self._weights = arrays["weights"]
        self._owners = arrays["owners"]
        red = int((self._owners != HARMLESS).sum())
        self._columns = sparse.csc_array(_parts(arrays, "all"), shape=(len(self._owners), self._space.size))
        self._red = sparse.csr_array(_parts(arrays, "red"), shape=(red, self._space.size))
        self._rare = sparse.csc_array(_parts(arrays, "rare"), shape=(red, self._space.size))
        self._is_common, self._common_lengths = arrays["is_common"], arrays["common_lengths"]
        self._starts = {Level[name]: start for name, start in facts["starts"].items()}
        self._telling = {Level[name]: frozenset(stems) for name, stems in facts["telling"].items()}
        self._nearest_start: float = facts["nearest_start"]
        self._level_of_column = tuple(self._starts)
        self._start_of_column = np.array(list(self._starts.values()))
        levels = np.array([rule.level for rule in rules])
        self._levels_of_rules = np.stack([levels == level for level in self._starts], axis=1).astype(np.float32)

    @classmethod
    def learn(
        cls, all_taught: Taught, all_stems: Sequence[Sequence[str]], asked: Ints | None = None
    ) -> tuple[Exemplars, Floats]:
        """From texts and their stems; and what each text, or those at the places `asked`, would have scored for every
        rule and the harmless last, had it not been there.

        Compares with at most MOST_COMPARED of the texts: the cost of learning grows with their cube.
        """
        places = all_taught.some(MOST_COMPARED)
        taught, stems = all_taught.at(places), [all_stems[place] for place in places.tolist()]
        space = NgramSpace.of(stems, word_orders=WORD_ORDERS, character_orders=CHARACTER_ORDERS)
        rows = space.matrix(stems)
        kernel = _likenesses(rows)
        nearest_start = _nearest_start(taught, kernel)
        ridge = fit_ridge(kernel, taught.targets, ridge=0.7)
        of_compared = ridge.leave_one_out()
        weights = np.ascontiguousarray(rows.T @ ridge.alpha, dtype=np.float32)
        del kernel, ridge
        asked = np.arange(len(all_stems)) if asked is None else asked
        left_out = np.asarray(space.matrix([all_stems[place] for place in asked.tolist()]) @ weights)
        _, rows_asked, rows_compared = np.intersect1d(asked, places, assume_unique=True, return_indices=True)
        left_out[rows_asked] = of_compared[rows_compared]
        red = rows[np.flatnonzero(taught.owners != HARMLESS)]
        rare, is_common = _parted(sparse.csc_array(red))
        facts = {
            "total": space.total,
            "starts": _starts(taught, of_compared),
            "telling": _telling_stems(taught, stems),
            "nearest_start": nearest_start,
        }
        arrays: dict[str, Array] = {
            "hashes": space.hashes,
            "idf": space.idf,
            "weights": weights,
            "owners": taught.owners,
            **_as_parts("all", sparse.csc_array(rows)),
            **_as_parts("red", red),
            **_as_parts("rare", rare),
            "is_common": is_common,
            "common_lengths": np.sqrt(red.power(2) @ is_common),
            "facts": as_array(facts),
        }
        return cls(taught.rules, arrays), left_out

    def compare(self, words: Sequence[Word], spans: Sequence[Span], others: Sequence[Span]) -> Compared:
        """The words of `spans`, all different, and of `others`: stretches of one message, each looked up once."""
        row_of = {span: row for row, span in enumerate(dict.fromkeys((*spans, *others)))}
        places, weights = self._vectors(words, list(row_of))
        scores = np.asarray(weights @ self._weights[places], dtype=np.float32)
        learnt = self._learnt(scores[: len(spans)], words, spans)
        near = self._nearest(places, weights[: len(spans)])
        likenesses = tuple((*learnt.get(row, ()), *near.get(row, ())) for row in range(len(spans)))
        return Compared(likenesses, scores[[row_of[span] for span in others]])

    def _vectors(self, words: Sequence[Word], spans: Sequence[Span]) -> tuple[Ints, Floats]:
        before = np.cumsum([0, *(word.is_word for word in words)])  # sentence ends are no stems
        stretches = [(int(before[first]), int(before[last + 1]) - 1) for first, last in spans]
        return self._spans.vectors(stems_of(words), stretches)

    def _learnt(self, learnt: Floats, words: Sequence[Word], spans: Sequence[Span]) -> dict[int, list[Likeness]]:
        scores = self._level_scores(learnt)
        enough = np.maximum(np.maximum(scores.max(axis=1), learnt[:, HARMLESS])[:, np.newaxis], self._start_of_column)
        found: dict[int, list[Likeness]] = {}
        for row, column in np.argwhere(scores >= enough).tolist():
            level, (first, last) = self._level_of_column[column], spans[row]
            if any(word.stem in self._telling[level] for word in words[first : last + 1]):
                mine = self._rules_of[level]
                rule = int(mine[np.argmax(learnt[row, mine])])
                found.setdefault(row, []).append(Likeness(rule, "classifier", min(1.0, float(scores[row, column]))))
        return found

    def _level_scores(self, learnt: Floats) -> Floats:
        """Each level's rules together, a column a level; `learnt` has one score a rule and the harmless one last."""
        return np.asarray(np.maximum(learnt[:, :-1], 0) @ self._levels_of_rules, dtype=np.float32)

    @property
    def starts(self) -> dict[Level, float]:
        """The score from which each level's classifier fires."""
        return dict(self._starts)

    def _nearest(self, places: Ints, weights: Floats) -> dict[int, list[Likeness]]:
        """The stretches that are nearest to a rule's example, and near enough.

        Only the rare n-grams are looked up; the common ones can add no more than the product of their lengths, so
        most stretches are done with after few steps, and the rest is exact.
        """
        common = np.sqrt(weights**2 @ self._is_common[places])
        at_most = self._rare[:, places] @ weights.T
        at_most += self._common_lengths[:, np.newaxis] * common
        reds, stretches = np.divmod(np.flatnonzero(at_most.ravel() >= self._nearest_start), len(weights))
        found: dict[int, list[Likeness]] = {}
        of_all = None
        for stretch in sorted(set(stretches.tolist())):
            if not self._is_near(reds[stretches == stretch], places, weights[stretch]):
                continue
            of_all = self._columns[:, places] if of_all is None else of_all
            similar = of_all @ weights[stretch]
            best = int(similar.argmax())
            if self._owners[best] != HARMLESS:
                found[stretch] = [Likeness(int(self._owners[best]), "exemplar", float(similar[best]))]
        return found

    def _is_near(self, reds: Ints, places: Ints, weights: Floats) -> bool:
        """Whether a vector is near enough to one of these red examples, none of which is empty."""
        dense = np.zeros(self._space.size, dtype=np.float32)
        dense[places] = weights
        data, indices, indptr = self._red.data, self._red.indices, self._red.indptr
        if len(reds) <= FEW:  # one by one, for whole-array steps cost more than they save
            its = [slice(indptr[red], indptr[red + 1]) for red in reds.tolist()]
            return any(data[each] @ dense[indices[each]] >= self._nearest_start for each in its)
        lengths = indptr[reds + 1] - indptr[reds]
        ends = lengths.cumsum()
        all_its = np.repeat(indptr[reds + 1] - ends, lengths) + np.arange(ends[-1])
        shared = data[all_its] * dense[indices[all_its]]
        return bool((np.add.reduceat(shared, ends - lengths) >= self._nearest_start).any())


def _likenesses(rows: sparse.csr_array) -> Floats:
    """Of each text with every one, (n, n); block by block, for as a sparse product it would take four times as much,
    and each pair once.
    """
    kernel = np.empty((rows.shape[0], rows.shape[0]), dtype=np.float32)
    for start in range(0, len(kernel), BLOCK):
        end = min(start + BLOCK, len(kernel))
        kernel[start:end, :end] = (rows[start:end] @ rows[:end].T).toarray()
        kernel[:start, start:end] = kernel[start:end, :start].T
    return kernel


def _telling_stems(taught: Taught, texts: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """For each level the stems met far more often in its examples than in harmless texts.

    Without one of them ("I want to …" alone) likeness is only a manner of speaking.
    """
    levels = taught.levels.tolist()
    manner = {"i", "a", *(stem_of(word) for word, rank in english_ranks().items() if rank < MANNER_WORDS)}
    quiet = [text for text, level in zip(texts, levels, strict=True) if not level]
    harmless = Counter(stem for text in quiet for stem in set(text))
    total = max(1, len(quiet))
    telling = {}
    for level in taught.rules_of:
        mine = [text for text, own in zip(texts, levels, strict=True) if own == level]
        seen = Counter(stem for text in mine for stem in set(text))
        telling[level.name] = sorted(
            stem
            for stem, count in seen.items()
            if count / len(mine) > TELLING_RATIO * (harmless[stem] + 1) / total and stem not in manner
        )
    return telling


def _starts(taught: Taught, left_out: Floats) -> dict[str, float]:
    """For each level the score that only the accepted share of other texts would reach."""
    starts = {}
    for level, mine in taught.rules_of.items():
        scores = np.maximum(left_out[:, mine], 0).sum(axis=1)
        below = scores[taught.levels < level]
        starts[level.name] = float(np.quantile(below, 1 - ACCEPTED_FALSE_ALARMS[level])) if len(below) else 0.5
    return starts


def _nearest_start(taught: Taught, kernel: Floats) -> float:
    """The likeness that harmless texts reach to an example no more often than accepted, and never under 0.6."""
    red = taught.owners != HARMLESS
    if not red.any() or red.all():
        return 0.6
    to_red = kernel[np.ix_(~red, red)].max(axis=1)
    return max(0.6, float(np.quantile(to_red, 1 - ACCEPTED_FALSE_ALARMS[Level.EMERGENCY])))


def _parted(by_gram: sparse.csc_array) -> tuple[sparse.csc_array, Floats]:
    """The texts by their rare n-grams, a column each; and 1 for each n-gram that is common, else 0."""
    common = (np.diff(by_gram.indptr) > MOST_WITH_A_RARE_ONE).astype(np.float32)
    rare = sparse.csc_array(by_gram @ sparse.diags_array(1 - common))
    rare.eliminate_zeros()
    return rare, common


def _as_parts(name: str, matrix: sparse.csr_array | sparse.csc_array) -> dict[str, Array]:
    return {f"{name}_data": matrix.data, f"{name}_indices": matrix.indices, f"{name}_indptr": matrix.indptr}


def _parts(arrays: Arrays, name: str) -> tuple[Array, Array, Array]:
    """What a sparse matrix is made of."""
    return arrays[f"{name}_data"], arrays[f"{name}_indices"], arrays[f"{name}_indptr"]


def stems_of(words: Sequence[Word]) -> tuple[str, ...]:
    """The stems of the words, pronouns and all: "I" and "should" matter here."""
    return tuple(word.stem for word in words if word.is_word)
