"""How a release is made ready: what is learnt and found out of it is kept where the servers look for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.config import Settings
from bot.dialogue.bot import Bot
from bot.dialogue.opening import find_encoder
from bot.dialogue.shelf import Shelf
from bot.evaluate.asking import Memories
from bot.evaluate.gates import sure_of
from bot.evaluate.remembering import Memory, program_key
from bot.evaluate.safety_suite import gravest
from bot.faq.release import Release
from bot.language.vectors import ExactVectors
from bot.matching.building import Spread


class Ready(Protocol):
    """Makes a bot of a release; see the Bot for `beside` and `spread`."""

    def __call__(self, release: Release, *, beside: Bot | None = None, spread: Spread = map) -> Bot:
        """Raises NotReady or BrokenKnowledge."""


Recall = Callable[[Bot], "Known"]


def ready_with(settings: Settings) -> Ready:
    """Makes a bot of a release: in a second where what it has learnt is on the shelf, else in ten or more."""

    def ready(release: Release, *, beside: Bot | None = None, spread: Spread = map) -> Bot:
        return Bot(release, store=settings.index_dir, known=(settings.knowledge_dir,), beside=beside, spread=spread)

    return ready


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier gates found out of a bot that rests on the same, and the vectors of what they asked."""

    memories: Memories
    vectors: ExactVectors


def nothing(_bot: Bot) -> Known:
    """When nothing was kept."""
    return Known({}, ExactVectors(None))


def recall_with(settings: Settings) -> Recall:
    """What the gates found out before, kept beside the index."""

    def recall(bot: Bot) -> Known:
        shelf, program = Shelf(settings.index_dir), program_key()
        memories: Memories = {
            sure_of: Memory(shelf.findings_place(bot.matching_key, program)),
            gravest: Memory(shelf.findings_place(bot.taught_key, program), bot.as_read),
        }
        encoder, _ = find_encoder()
        return Known(memories, ExactVectors(shelf.asked_place(encoder) if encoder else None))

    return recall
