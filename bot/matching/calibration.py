"""From a score to an honest probability, learnt from the release itself without labelled questions.

In scope: each wording scored as if it had not been written. Out of scope: each wording scored as if its
whole entry were missing, and the clinic's own out-of-scope questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

OUT_OF_SCOPE_SHARE = 0.32  # of the questions a clinic's chat receives; the weight of the simulated ones
HARSHNESS = 3.0  # how many times more often a wording without itself is answered wrongly than a real question is:
# measured on validation questions of public intent sets (see benchmarks/README.md)
LEAST_CONFIDENCE = 0.5  # never answer what is more likely wrong than right
LEAD_SAY = 0.25  # the lead tells right from wrong among the FAQ's questions, but not those from strangers: more of it
# raises the precision in scope and lowers the AUROC against out of scope (benchmarks/README.md)
CHEAP_ERROR = 0.01  # of the questions that the cheap evidence decides alone, how many it may get wrong
FEWEST_DECIDED = 30  # questions; fewer say too little about how often it is wrong
PULL = 1e-5  # towards nought, so that there is one best fit
MOST_STEPS, MOST_HALVED, LEAST_STEP = 100, 40, 1e-9
MOST_CHOICES = 3  # are offered
CLARIFY_WORTH = 0.5  # offering choices pays when the right one is among them at least this often


@dataclass(frozen=True, slots=True)
class Logistic:
    """A probability from one number: 1 / (1 + exp(-(slope * number + offset)))."""

    slope: float
    offset: float

    def probability(self, numbers: NDArray[np.floating] | float) -> Floats:
        """For each of the numbers."""
        logits = self.slope * np.asarray(numbers) + self.offset
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -40, 40))), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns scores into confidence, and where answering begins.

    `right` gives the probability that an entry is the right one; `among` that one of the first three is.
    At `answer_from` the expected share of wrong answers is the accepted one; `clarify_from` bounds `among`.
    """

    right: Logistic
    among: Logistic
    answer_from: float
    clarify_from: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return asdict(self)

    @classmethod
    def of_dict(cls, values: Mapping[str, Any]) -> Calibration:
        """From what `to_dict` gave."""
        fits = {name: Logistic(**values[name]) for name in ("right", "among")}
        return cls(**fits, answer_from=values["answer_from"], clarify_from=values["clarify_from"])


@dataclass(frozen=True, slots=True)
class Trials:
    """Questions whose right answer is known. `standing` is that of the best entry that can be answered, `together` what
    speaks for the first three.

    `right` tells whether that entry was the right one, `among` whether the right one was among the first three;
    both are 0 for a question out of scope. `say` is how much each question counts. All of shape (n,).
    """

    standing: Floats
    together: Floats
    right: Floats
    among: Floats
    say: Floats

    @classmethod
    def of(cls, scores: NDArray[np.floating], owners: NDArray[np.int64], say: Floats, real: int) -> Trials:
        """From scores (n, entries), each question's right entry (-1 for none) and the number of real entries."""
        standing, together, right, among = [], [], [], []
        for row, owner in zip(scores, owners, strict=True):
            finite = np.where(np.isfinite(row), row, -1.0)
            order = np.argsort(-finite[:real], kind="stable")[:MOST_CHOICES]
            together.append(together_of(finite[order]))
            standing.append(standing_of(finite)[order[0]])
            right.append(float(order[0] == owner))
            among.append(float(owner in order))
        return cls(np.array(standing), np.array(together), np.array(right), np.array(among), say)

    def __add__(self, other: Trials) -> Trials:
        """Both sets of questions in one."""
        names = ("standing", "together", "right", "among", "say")
        return Trials(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names))


def standing_of(scores: NDArray[np.floating]) -> Floats:
    """What confidence is read from, for every entry: its score, and a little of its lead over the best other one."""
    if len(scores) == 1:
        return np.array(scores, dtype=np.float64)
    first, second = np.partition(scores, -2)[-2:][::-1]
    lead = np.where(scores == first, first - second, scores - first)
    return np.asarray(scores + LEAD_SAY * lead, dtype=np.float64)


def together_of(scores: NDArray[np.floating]) -> float:
    """What speaks for the right one being among the best three, from their scores: one that few words share between
    three is about as likely to be there as one that has them all.
    """
    return float(np.maximum(scores, 0.0).sum())


def calibrate(trials: Trials, accepted_error: float) -> Calibration:
    """Fit on questions in and out of scope."""
    right = fit_logistic(trials.standing, trials.right, trials.say)
    among = fit_logistic(trials.together, trials.among, trials.say)
    confidence = right.probability(trials.standing)
    answer_from = threshold_for(confidence, trials.say, accepted_error)
    return Calibration(right, among, answer_from, CLARIFY_WORTH)


def as_sure_from(cheap: Floats, cheap_right: Floats, full_right: Floats, say: Floats) -> float:
    """The confidence from which the cheap evidence is wrong no more often than the full, question for question.

    All of shape (n,), over the same questions. 2 (never) when there is no such confidence, or it decides fewer than
    FEWEST_DECIDED of them.
    """
    order = np.argsort(-cheap, kind="stable")
    given = np.cumsum(say[order])
    worse = np.cumsum((say * (full_right - cheap_right))[order])
    wrong = np.cumsum((say * (1 - cheap_right))[order])
    enough = np.arange(1, len(say) + 1) >= FEWEST_DECIDED
    sure = np.flatnonzero((worse <= 0) & (wrong <= CHEAP_ERROR * given) & enough)
    return float(cheap[order[sure[-1]]]) if len(sure) else 2.0


def fit_logistic(numbers: Floats, hits: NDArray[np.floating], weights: Floats) -> Logistic:
    """Weighted logistic regression with slightly softened targets (Platt, 1999), so that it stays finite.

    More evidence never lowers the probability: the slope is not negative, however few the numbers.
    """
    soft = np.clip(hits, 1 / (len(hits) + 2), 1 - 1 / (len(hits) + 2))
    shares = weights / weights.sum()

    design = np.stack([numbers, np.ones(len(numbers))], axis=1, dtype=np.float64)
    slope, offset = _descended(design, soft, shares)
    if slope < 0:
        slope, offset = 0.0, _descended(design[:, 1:], soft, shares)[0]
    return Logistic(float(slope), float(offset))


def _descended(design: Floats, soft: Floats, shares: Floats) -> Floats:
    """The factors of the columns of `design`, by Newton's method; a step is halved while it makes things worse."""

    def loss(at: Floats) -> float:
        logits = design @ at
        return float(shares @ (np.logaddexp(0, logits) - soft * logits) + PULL / 2 * at @ at)

    at = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ at, -40, 40)))
        gradient = design.T @ (shares * (chance - soft)) + PULL * at
        curvature = (design.T * (shares * chance * (1 - chance))) @ design + PULL * np.eye(len(at))
        step = np.linalg.solve(curvature, gradient)
        known = loss(at)
        for _ in range(MOST_HALVED):
            if loss(at - step) <= known:
                break
            step = step / 2
        at = at - step
        if np.abs(step).max() < LEAST_STEP:
            break
    return at


def threshold_for(confidence: Floats, say: Floats, accepted_error: float) -> float:
    """The lowest confidence from which the expected share of wrong answers stays within the accepted one.

    Expected by the confidences themselves, not by which of these questions were wrong: the few wrong ones at the
    top would make the threshold jump from release to release.
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum((say * (1 - confidence))[order])
    within = np.flatnonzero(wrong <= accepted_error * np.cumsum(say[order]))
    return max(LEAST_CONFIDENCE, float(confidence[order[within[-1]]])) if len(within) else 1.0


def in_scope_say(say: Floats, right: Floats, share: float) -> Floats:
    """What left-out wordings count, `share` in all: wrong ones less, since real questions are wrong less often."""
    softened = say * np.where(right > 0, 1.0, 1 / HARSHNESS)
    return np.asarray(softened / softened.sum() * share, dtype=np.float64)


def evenly(count: int, share: float) -> Floats:
    """The say of each of `count` questions that together count `share`."""
    return np.full(count, share / max(count, 1))
