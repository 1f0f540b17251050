"""The Bot of the live release: the knowledge folder, until releases are published from a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.bot import Bot
from bot.errors import BrokenKnowledge, NotReady
from bot.evaluate.safety_suite import self_test


@dataclass(frozen=True, slots=True)
class Live:
    """What patients are answered from, or why they cannot be answered now."""

    bot: Bot | None
    reason: str = ""

    def require(self) -> Bot:
        """The bot; raises NotReady with the reason when there is none."""
        if self.bot is None:
            raise NotReady(self.reason)
        return self.bot


def open_live(knowledge_dir: Path, store: Path | None = None) -> Live:
    """The bot of the folder, its index kept in `store`.

    Broken knowledge, or rules that do not find their own examples, give no bot but the reason: patients get the
    fail-safe card.
    """
    try:
        bot = Bot.from_knowledge(knowledge_dir, store=store)
    except (BrokenKnowledge, NotReady) as error:
        return Live(None, str(error))
    faults = self_test(bot)
    return Live(None, "\n".join(("the safety rules fail their own test", *faults))) if faults else Live(bot)
