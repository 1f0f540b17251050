"""The test console: what a release says to a question, and why; releases that are not live are made ready beside it."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from bot.dialogue.bot import Bot
from bot.dialogue.context import Context, following
from bot.errors import Conflict, InputError, NotReady
from bot.faq.entry import Entry, Region
from bot.faq.release import Release
from bot.reply.types import Reply
from bot.staff.assembly import assemble, release_with, with_drafted_translations
from bot.store.database import Db
from bot.store.releases import load_release
from bot.store.standings import Standing, load_standings

LOG = logging.getLogger("clinicbot.console")
MOST_OPEN = 2  # bots beside the live one; each holds some dozens of megabytes
Prepare = Callable[[Release, Bot | None, bool], Bot]
Kind = Literal["live", "drafts", "approved", "release"]


@dataclass(frozen=True, slots=True)
class Target:
    """What answers: the live release, all drafts as if approved, what is approved now, or the release of `number`."""

    kind: Kind
    number: int = 0

    @classmethod
    def of(cls, text: str) -> Target:
        """From its form in addresses: live, drafts, approved, or release-3."""
        match text.split("-"):
            case ["live" | "drafts" | "approved" as kind]:
                return cls(kind)
            case ["release", number] if number.isascii() and number.isdigit() and len(number) < 10:
                return cls("release", int(number))
        raise InputError(field="against", got=repr(text)[:40], allowed="live, drafts, approved, or release-3")

    def __str__(self) -> str:
        return f"release-{self.number}" if self.kind == "release" else self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A reply, why it was given (see `Explanation.to_dict`), and the context for the next question."""

    reply: Reply
    because: dict[str, Any]
    context: Context


@dataclass(slots=True)
class Making:
    """A bot that is being made ready. `fault` says why that did not work."""

    key: str
    done: threading.Event = field(default_factory=threading.Event)
    bot: Bot | None = None
    fault: str = ""


def release_of(db: Db, target: Target, now: datetime) -> Release:
    """The release that is meant; not for the live one. Raises InputError for a number that is none."""
    match target.kind:
        case "drafts":
            entries = [entry for entry in map(_drafted, load_standings(db).values()) if entry is not None]
            return with_drafted_translations(db, release_with(db, entries, now))
        case "approved":
            return assemble(db, now)
    release = load_release(db, target.number)
    if release is None:
        raise InputError(field="against", got=str(target), allowed="a release that was published")
    return release


def ready_in(folder: Path, known: tuple[Path, ...]) -> Prepare:
    """How releases are made ready: a published one from the shelf in `folder`, exactly as it is or was served.

    Of drafts nothing is kept; they take over the safety of the live bot where its rules are the same.
    """

    def prepare(release: Release, live: Bot | None, published: bool) -> Bot:
        # What is no longer on the shelf is learnt anew, which takes longest: some ten seconds.
        if published:
            return Bot(release, store=folder, known=known)
        return Bot(release, known=(folder, *known), like=live)

    return prepare


class Trials:
    """Bots of releases that are not live, each made once in the background; the last two stay open."""

    def __init__(self, prepare: Prepare) -> None:
        self._prepare = prepare
        self._made: OrderedDict[str, Making] = OrderedDict()
        self._lock = threading.Lock()
        self._at_work = threading.Lock()

    def open(self, release: Release, live: Bot | None, *, published: bool, wait_s: float) -> Bot | None:
        """The bot of `release`, or None when it is not ready within `wait_s`. Raises NotReady when it cannot be made.

        Where nothing differs from the live release that one's bot is given.
        """
        if live is not None and live.release.content_hash == release.content_hash:
            return live
        making = self._find_or_begin(release, live, published)
        making.done.wait(wait_s)
        if making.fault:
            with self._lock:
                self._made.pop(making.key, None)  # whoever asks again tries again
            raise NotReady(making.fault)
        return making.bot

    def _find_or_begin(self, release: Release, live: Bot | None, published: bool) -> Making:
        key = release.content_hash
        with self._lock:
            making = self._made.get(key)
            if making is None:
                making = self._made[key] = Making(key)
                work = (making, release, live, published)
                threading.Thread(target=self._make, args=work, name="console", daemon=True).start()
            self._made.move_to_end(key)
            ready = [each for each, other in self._made.items() if other.done.is_set()]
            for old in ready[: max(0, len(self._made) - MOST_OPEN)]:
                del self._made[old]
            return making

    def _make(self, making: Making, release: Release, live: Bot | None, published: bool) -> None:
        try:
            with self._at_work:  # one at a time: patients' questions need the processor as well
                making.bot = self._prepare(release, live, published)
        except NotReady as error:
            making.fault = error.reason
        except Exception as error:  # noqa: BLE001 - the outermost edge of this thread; the page says that it failed
            LOG.error("a release for the console could not be made ready: %s", type(error).__name__)
            making.fault = "this release could not be made ready; the log says why"
        finally:
            making.done.set()


def ask(bot: Bot, question: str, context: Context, region: Region | None) -> Tried:
    """The reply of `bot`, with the reasons. Nothing is stored. Raises InputError for what cannot be a question."""
    because = bot.explain(question, context).to_dict()
    try:
        reply = bot.ask(question, context, region)
    except KeyError as error:  # only drafts: what is approved was checked
        problem = f"an answer names {error.args[0]!r}, which the clinic's settings do not have"
        raise Conflict(subject="the drafts", problem=problem) from error
    return Tried(reply=reply, because=because, context=following(context, reply))


def _drafted(standing: Standing) -> Entry | None:
    """The entry as it would be if all that is written were approved; None for what is retired or was discarded."""
    retired = standing.newest is not None and standing.newest.retired and standing.draft is None
    return None if retired else standing.entry
