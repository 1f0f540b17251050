"""The Bot that patients are answered from now: swapped whole when another release becomes live."""

from __future__ import annotations

from bot.dialogue.bot import Bot
from bot.errors import NotReady
from bot.evaluate.safety_suite import self_test


class Live:
    """What patients are answered from, or why they cannot be answered now.

    Shared by all threads: who has taken the bot keeps it to the end of the request. `trouble` says why a newer release
    is not served although it should be; the one before it still is.
    """

    def __init__(self, bot: Bot | None, reason: str = "") -> None:
        self._now = (bot, reason)
        self.trouble = ""

    @property
    def bot(self) -> Bot | None:
        """The bot, if there is one."""
        return self._now[0]

    @property
    def reason(self) -> str:
        """Why there is no bot."""
        return self._now[1]

    def require(self) -> Bot:
        """The bot; raises NotReady with the reason when there is none."""
        bot, reason = self._now
        if bot is None:
            raise NotReady(reason)
        return bot

    def swap(self, bot: Bot) -> None:
        """Answer from `bot` from now on."""
        self._now = (bot, "")
        self.trouble = ""

    def settle(self) -> None:
        """What is served is what should be."""
        self.trouble = ""

    def fail(self, reason: str) -> None:
        """Say why a release cannot be served. What is served goes on being served; nothing else takes its place."""
        bot, _ = self._now
        self.trouble = reason
        if bot is None:
            self._now = (None, reason)


def tested(bot: Bot) -> Bot:
    """The bot, once its safety rules have found their own examples. Raises NotReady when they do not."""
    faults = self_test(bot)
    if faults:
        raise NotReady("\n".join(("the safety rules fail their own test", *faults)))
    return bot
