"""How a release is made ready: what is learnt and found out of it is kept where the servers look for it."""

from __future__ import annotations

from collections.abc import Callable

from bot.config import Settings
from bot.dialogue.bot import Bot
from bot.dialogue.opening import find_encoder
from bot.dialogue.shelf import Shelf
from bot.evaluate.remembering import Memory, program_key
from bot.faq.release import Release

Ready = Callable[[Release], Bot]
Recall = Callable[[Release], Memory]


def ready_with(settings: Settings) -> Ready:
    """Makes a bot of a release: in a second where what it has learnt is on the shelf, else in ten or more."""

    def ready(release: Release) -> Bot:
        return Bot(release, store=settings.index_dir, known=(settings.knowledge_dir,))

    return ready


def recall_with(settings: Settings) -> Recall:
    """What the gates found out before, kept beside the index: a release that only words answers anew is quick."""

    def recall(release: Release) -> Memory:
        encoder, _ = find_encoder()
        return Memory(Shelf(settings.index_dir).findings_place(release, encoder, program_key()))

    return recall
