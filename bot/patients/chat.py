"""A patient's exchange with the live bot: asked, answered, kept redacted for a time, forgotten on request."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogue.context import EMPTY, Context, following
from bot.faq.clinic import HelpLine
from bot.faq.entry import ENGLISH, Region
from bot.patients.live import Live
from bot.patients.repeats import Repeats
from bot.patients.turns import Turns
from bot.reply.types import Reply

MOST_CONVERSATIONS = 10_000
FORGOTTEN_AFTER_S = 30 * 60
REASONS = ("", "not-my-question", "hard-to-read", "too-little", "other")  # why an answer did not help


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question answered: `conversation` names the exchange, `turn` this question in it."""

    reply: Reply
    conversation: str
    turn: str


class Chat:
    """Asks the live bot and remembers each conversation's context for half an hour.

    `clock` gives seconds; it enters from outside so that forgetting can be tested without waiting. `turns` keeps what
    was asked for staff, without personal details; without it nothing is kept. `heard` is told of each reply, with its
    channel and how many seconds it took.
    """

    def __init__(self, live: Live, clock: Callable[[], float], turns: Turns | None = None) -> None:
        self._live = live
        self._clock = clock
        self._turns = turns
        self._contexts: OrderedDict[str, tuple[float, Context]] = OrderedDict()
        self._repeats: Repeats[Exchange] = Repeats(clock)
        self._lock = threading.Lock()
        self.heard: Callable[[Reply, str, float], None] = _nobody

    def ask(
        self,
        question: str,
        conversation: str | None = None,
        region: Region | None = None,
        channel: str = "web",
        key: str | None = None,
        language: str = ENGLISH,
    ) -> Exchange:
        """The reply to `question`. An unknown or forgotten conversation begins anew. May raise NotReady.

        Under a `key`, made by whoever sends the message, it is asked once however often it arrives; Conflict where the
        key stands for another message.
        """
        if key is None:
            return self._ask(question, conversation, region, channel, language)
        said = (question, conversation or "", region or "", channel, language)
        return self._repeats.once(key, said, lambda: self._ask(question, conversation, region, channel, language))

    def rate(self, turn: str, helpful: bool, reason: str = "") -> bool:
        """Whether there was such a turn; what the patient thought of its answer is kept."""
        return self._turns is not None and self._turns.rate(turn, helpful, reason)

    def standing(self, conversation: str, region: Region | None = None) -> tuple[HelpLine, ...]:
        """The help that stays in view in a conversation, for a page without a reply. May raise NotReady."""
        return self._live.require().standing(self._recall(conversation), region)

    def forget(self, conversation: str) -> bool:
        """Whether there was something to forget; it is gone now, from the database as well."""
        with self._lock:
            known = self._contexts.pop(conversation, None) is not None
        self._repeats.forget(lambda exchange: exchange.conversation == conversation)
        stored = self._turns.forget(conversation) if self._turns is not None else 0
        return known or stored > 0

    def _ask(
        self, question: str, conversation: str | None, region: Region | None, channel: str, language: str
    ) -> Exchange:
        bot = self._live.require()
        token = conversation or secrets.token_urlsafe(18)
        context = self._recall(token)
        began = self._clock()
        reply = bot.ask(question, context=context, region=region, language=language)
        self.heard(reply, channel, self._clock() - began)
        self._remember(token, following(context, reply))
        exchange = Exchange(reply, token, secrets.token_urlsafe(9))
        if self._turns is not None:
            self._turns.note(
                bot,
                reply,
                question=question,
                context=context,
                region=region or bot.release.clinic.region,
                channel=channel,
                conversation=token,
                turn_id=exchange.turn,
            )
        return exchange

    def _recall(self, token: str) -> Context:
        with self._lock:
            at, context = self._contexts.get(token, (0.0, EMPTY))
            return context if self._clock() - at < FORGOTTEN_AFTER_S else EMPTY

    def _remember(self, token: str, context: Context) -> None:
        now = self._clock()
        with self._lock:
            self._contexts[token] = (now, context)
            self._contexts.move_to_end(token)
            while self._contexts and self._is_stale(now):
                self._contexts.popitem(last=False)

    def _is_stale(self, now: float) -> bool:
        oldest, _ = next(iter(self._contexts.values()))
        return len(self._contexts) > MOST_CONVERSATIONS or now - oldest >= FORGOTTEN_AFTER_S


def _nobody(_reply: Reply, _channel: str, _took_s: float) -> None:
    """Nobody counts replies."""
