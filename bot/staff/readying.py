"""How a release is made ready: what is learnt and found out of it is kept where the servers look for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.clock import utc_now
from bot.config import Settings, shipped
from bot.dialogue.bot import Bot
from bot.dialogue.opening import find_encoder
from bot.dialogue.shelf import Shelf
from bot.errors import BrokenKnowledge, BrokenRule
from bot.evaluate.asking import Memories
from bot.evaluate.gates import sure_of
from bot.evaluate.remembering import Memory, program_key
from bot.evaluate.safety_suite import gravest
from bot.faq.files import load_knowledge
from bot.faq.release import Release
from bot.faq.rule_files import pattern_fault
from bot.language.vectors import ExactVectors
from bot.matching.building import Spread


class Ready(Protocol):
    """Makes a bot of a release; see the Bot for `beside` and `spread`."""

    def __call__(self, release: Release, *, beside: Bot | None = None, spread: Spread = map) -> Bot:
        """Raises NotReady or BrokenKnowledge."""


def folders_bot(settings: Settings) -> Bot:
    """The bot of the configured knowledge folder, as `Bot.from_knowledge`. Raises BrokenKnowledge or NotReady."""
    place, store = settings.knowledge_dir.resolve(), settings.kept_index()
    loaded = load_knowledge(place, number=1, published_at=utc_now())
    try:
        return Bot(loaded.release, loaded.problems, store=store, known=vectors_known(settings))
    except BrokenRule as error:
        raise BrokenKnowledge((pattern_fault(place, error),)) from error


Recall = Callable[[Bot], "Known"]


def vectors_known(settings: Settings) -> tuple[Path, ...]:
    """Folders in which vectors of texts may stand: the knowledge folder, and the one that comes with the program.

    A clinic's own folder, exported once, has none; yet most of its texts are those that come with the program.
    """
    return tuple(dict.fromkeys((settings.knowledge_dir, shipped("knowledge"))))


def ready_with(settings: Settings) -> Ready:
    """Makes a bot of a release: in a second where what it has learnt is on the shelf, else in ten or more."""

    def ready(release: Release, *, beside: Bot | None = None, spread: Spread = map) -> Bot:
        known = vectors_known(settings)
        return Bot(release, store=settings.index_dir, known=known, beside=beside, spread=spread)

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
