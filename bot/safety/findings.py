"""What the safety layers found in a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.faq.release import Level

Layer = Literal["lexicon", "pattern", "exemplar", "classifier", "meaning"]


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
    """The findings, most severe first; within a level, patterns first, and of those the likeliest rule.

    `doubted` are those of words alone, in a message whose meaning is clearly harmless ("collapsed laughing"): they
    do not lead the reply, but where one is grave the help stays in view beside it.
    """

    findings: tuple[Finding, ...] = ()
    doubted: tuple[Finding, ...] = ()

    @property
    def gravest(self) -> Finding | None:
        """The finding that leads the reply, if there is any."""
        return self.findings[0] if self.findings else None
