"""A patient's exchange with the live bot: asked, answered, kept redacted for a time, forgotten on request."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.config import NONE, Secret
from bot.dialogue.context import EMPTY, following
from bot.errors import InputError
from bot.faq.clinic import HelpLine
from bot.faq.entry import ENGLISH, Region
from bot.patients.alarms import gravest_piece
from bot.patients.contexts import MOST_CONVERSATIONS, Contexts
from bot.patients.live import Live
from bot.patients.repeats import Repeats
from bot.patients.retention import PUBLIC_SCREEN
from bot.patients.turns import Turns
from bot.reply.types import Reply

REASONS = ("", "not-my-question", "hard-to-read", "too-little", "other")  # why an answer did not help
# Where a conversation that was forgotten is never gone on with: a question that was on its way arrives after its end.
ENDS_FOR_GOOD = (PUBLIC_SCREEN,)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question answered: `conversation` names the exchange, `turn` this question in it."""

    reply: Reply
    conversation: str
    turn: str


class Chat:
    """Asks the live bot and remembers each conversation's context for half an hour.

    `clock` gives seconds; it enters from outside so that forgetting can be tested without waiting. `turns` keeps what
    was asked for staff, without personal details; without it nothing is kept. With `replicas` other processes answer
    the same patients; then all have the same `key`. `listeners` are told of each reply, with its channel and how many
    seconds it took.
    """

    def __init__(
        self,
        live: Live,
        clock: Callable[[], float],
        turns: Turns | None = None,
        *,
        key: Secret = NONE,
        replicas: bool = False,
    ) -> None:
        self._live = live
        self._clock = clock
        self._turns = turns
        self._key = (key or secrets.token_urlsafe(32)).encode()
        look = None if turns is None else lambda token, but: turns.last(live.require().release, token, but)
        self._contexts = Contexts(clock, look, replicas=replicas)
        self._repeats: Repeats[Exchange] = Repeats(clock)
        self._lock = threading.Lock()
        self._forgotten: OrderedDict[str, int] = OrderedDict()  # the latest, each with its number in their order
        self._count = 0
        self.listeners: list[Callable[[Reply, str, float], None]] = []

    def ask(
        self,
        question: str,
        conversation: str | None = None,
        region: Region | None = None,
        channel: str = "web",
        key: str | None = None,
        language: str = ENGLISH,
    ) -> Exchange:
        """The reply to `question`. An unknown or forgotten conversation begins anew. May raise NotReady, and InputError
        for what cannot be a question; but where an alarm is in that, the piece with the gravest is asked in its place.

        Under a `key`, made by whoever sends the message, it is asked once however often it arrives; Conflict where the
        key stands for another message.
        """
        before = 0 if channel in ENDS_FOR_GOOD else self._count
        if key is None:
            names = conversation or secrets.token_urlsafe(18), secrets.token_urlsafe(9)
            exchange = self._ask(question, conversation, names, region, channel, language)
        else:
            said = (question, conversation or "", region or "", channel, language)
            made, turn_id = self._named(key, said)
            names = conversation or made, turn_id
            exchange = self._repeats.once(
                key, said, lambda: self._ask(question, conversation, names, region, channel, language)
            )
        if self._forgotten.get(exchange.conversation, 0) > before:  # while it was asked, so that it was not there to go
            self.forget(exchange.conversation)
        return exchange

    def rate(self, turn: str, helpful: bool, reason: str = "") -> bool:
        """Whether there was such a turn; what the patient thought of its answer is kept."""
        return self._turns is not None and self._turns.rate(turn, helpful, reason)

    def standing(self, conversation: str, region: Region | None = None) -> tuple[HelpLine, ...]:
        """The help that stays in view in a conversation, for a page without a reply. May raise NotReady."""
        return self._live.require().standing(self._contexts.recall(conversation), region)

    def forget(self, conversation: str) -> bool:
        """Whether there was something to forget; it is gone now, from the database as well.

        What is just asked in it is answered, and then forgotten too.
        """
        with self._lock:
            self._count += 1
            self._forgotten[conversation] = self._count
            self._forgotten.move_to_end(conversation)
            if len(self._forgotten) > MOST_CONVERSATIONS:
                self._forgotten.popitem(last=False)
        known = self._contexts.forget(conversation)
        self._repeats.forget(lambda exchange: exchange.conversation == conversation)
        stored = self._turns.forget(conversation) if self._turns is not None else 0
        return known or stored > 0

    def _ask(
        self,
        question: str,
        conversation: str | None,
        names: tuple[str, str],
        region: Region | None,
        channel: str,
        language: str,
    ) -> Exchange:
        bot, (token, turn_id) = self._live.require(), names
        context = self._contexts.recall(conversation, turn_id) if conversation else EMPTY
        began = self._clock()
        try:
            reply = bot.ask(question, context=context, region=region, language=language)
        except InputError:
            grave = gravest_piece(bot, question)
            if grave is None:
                raise
            question = grave
            reply = bot.ask(question, context=context, region=region, language=language)
        took_s = self._clock() - began
        for heard in self.listeners:
            heard(reply, channel, took_s)
        self._contexts.remember(token, following(context, reply), turn_id)
        if self._turns is not None:
            self._turns.note(
                bot,
                reply,
                question=question,
                context=context,
                region=region or bot.release.clinic.region,
                channel=channel,
                conversation=token,
                turn_id=turn_id,
            )
        return Exchange(reply, token, turn_id)

    def _named(self, key: str, said: tuple[str, ...]) -> tuple[str, str]:
        """What a new conversation and the turn are called, the same in every process that the message is sent to."""
        words = "\0".join(("turn", key, *said)).encode("utf-8", "surrogatepass")
        name = base64.urlsafe_b64encode(hmac.new(self._key, words, hashlib.sha256).digest()).decode()
        return name[:24], name[24:36]
