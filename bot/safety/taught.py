"""The texts that the learnt layers are taught with, and how a score becomes a finding."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.faq.release import Level, SafetyRule
from bot.language.arrays import Array

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

HARMLESS = -1
FEWEST_NEW = 50  # texts of each level, and harmless ones, that the encoder was not tuned with
RED_SHARE = 0.65  # of the texts that stand for all, where there are too many: a red flag is rarer, and dearer


@dataclass(frozen=True, slots=True)
class Likeness:
    """A rule that the words are like; `score` lies in 0 to 1."""

    rule: int
    layer: Literal["exemplar", "classifier", "meaning"]
    score: float


@dataclass(frozen=True, slots=True)
class Taught:
    """Texts, and for each the place of the rule that it is an example of, or HARMLESS; `owners` of shape (n,)."""

    rules: tuple[SafetyRule, ...]
    texts: tuple[str, ...]
    owners: Ints

    @classmethod
    def of(cls, rules: Sequence[SafetyRule], harmless: Sequence[str]) -> Taught:
        """All examples and hard negatives of the rules, and other harmless texts."""
        texts: list[str] = []
        owners: list[int] = []
        for place, rule in enumerate(rules):
            texts += [*rule.examples, *rule.hard_negatives]
            owners += [place] * len(rule.examples) + [HARMLESS] * len(rule.hard_negatives)
        return cls(tuple(rules), (*texts, *harmless), np.array([*owners, *[HARMLESS] * len(harmless)], dtype=np.int64))

    def and_harmless(self, texts: Sequence[str]) -> Taught:
        """These harmless texts as well."""
        owners = np.full(len(texts), HARMLESS, dtype=np.int64)
        return Taught(self.rules, (*self.texts, *texts), np.concatenate([self.owners, owners]))

    def at(self, places: Ints) -> Taught:
        """The texts at these places."""
        return Taught(self.rules, tuple(self.texts[place] for place in places.tolist()), self.owners[places])

    def some(self, most: int, red_share: float = RED_SHARE) -> Ints:
        """The places of at most so many texts, evenly taken from all rules and from the harmless ones: of the red so
        large a share, or more where there are few harmless ones. One text more, or less, changes few of them.
        """
        turns = self._turns()
        red, harmless = np.flatnonzero(self.owners != HARMLESS), np.flatnonzero(self.owners == HARMLESS)
        of_red = min(len(red), max(int(most * red_share), most - len(harmless)))
        of_harmless = min(len(harmless), most - of_red)
        return np.concatenate([_first(red, turns, of_red), _first(harmless, turns, of_harmless)])

    def _turns(self) -> Floats:
        """For each text, (n,), where in its rule it stands, from 0 to 1, when each rule's are drawn one by one."""
        drawn = np.array([crc32(text.encode()) for text in self.texts], dtype=np.int64)
        order = np.lexsort((drawn, self.owners))
        _, starts, counts = np.unique(self.owners[order], return_index=True, return_counts=True)
        turns = np.empty(len(order), dtype=np.float32)
        turns[order] = (np.arange(len(order)) - np.repeat(starts, counts) + 0.5) / np.repeat(counts, counts)
        return turns

    def telling(self, is_new: NDArray[np.bool_]) -> Ints:
        """The places of the texts that tell how unforeseen ones would fare: those that are new to the encoder, (n,);
        of all, where too few of them are.
        """
        levels = self.levels
        enough = all((is_new & (levels == level)).sum() >= FEWEST_NEW for level in (0, *self.rules_of))
        return np.flatnonzero(is_new) if enough else np.arange(len(self.texts))

    @property
    def targets(self) -> Floats:
        """One row a text: 1 in the column of its rule; the last column is the harmless one."""
        targets = np.zeros((len(self.texts), len(self.rules) + 1), dtype=np.float32)
        targets[np.arange(len(self.texts)), self.owners] = 1.0
        return targets

    @property
    def levels(self) -> Ints:
        """Each text's level, 0 for the harmless."""
        of_rules = np.array([*(int(rule.level) for rule in self.rules), 0])
        return np.asarray(of_rules[self.owners])

    @property
    def rules_of(self) -> Mapping[Level, Ints]:
        """The places of each level's rules, for the levels that have any."""
        return rules_of(self.rules)


def rules_of(rules: Sequence[SafetyRule]) -> Mapping[Level, Ints]:
    """The places of each level's rules, for the levels that have any."""
    levels = np.array([rule.level for rule in rules])
    found = {level: np.flatnonzero(levels == level) for level in Level}
    return {level: places for level, places in found.items() if len(places)}


def _first(places: Ints, turns: Floats, count: int) -> Ints:
    """Of these places the `count` whose turn comes first, in their order."""
    return np.sort(places[np.argsort(turns[places], kind="stable")[:count]])


def as_array(facts: Mapping[str, Any]) -> Array:
    """Facts that are no arrays, kept as one."""
    return np.frombuffer(json.dumps(facts, sort_keys=True).encode(), dtype=np.uint8)


def facts_of(array: Array) -> dict[str, Any]:
    """The facts of `as_array`."""
    found: dict[str, Any] = json.loads(array.tobytes())
    return found
