"""How a release is made ready: what is learnt and found out of it is kept where the servers look for it."""

from __future__ import annotations

from collections.abc import Callable

from bot.config import Settings
from bot.dialogue.bot import Bot
from bot.dialogue.shelf import Shelf
from bot.evaluate.asking import Memories
from bot.evaluate.gates import sure_of
from bot.evaluate.remembering import Memory, program_key
from bot.evaluate.safety_suite import gravest
from bot.faq.release import Release

Ready = Callable[[Release], Bot]
Recall = Callable[[Bot], Memories]


def ready_with(settings: Settings) -> Ready:
    """Makes a bot of a release: in a second where what it has learnt is on the shelf, else in ten or more."""

    def ready(release: Release) -> Bot:
        return Bot(release, store=settings.index_dir, known=(settings.knowledge_dir,))

    return ready


def recall_with(settings: Settings) -> Recall:
    """What the gates found out before, kept beside the index; good for each bot that rests on the same."""

    def recall(bot: Bot) -> Memories:
        shelf, program = Shelf(settings.index_dir), program_key()
        return {
            sure_of: Memory(shelf.findings_place(bot.matching_key, program)),
            gravest: Memory(shelf.findings_place(bot.safety_key, program)),
        }

    return recall
