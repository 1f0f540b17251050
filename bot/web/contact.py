"""Where messages to the clinic are taken in: what the page and the API share between a request and the store."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, request

from bot.config import Settings
from bot.errors import ClinicbotError, NotReady
from bot.faq.entry import Region
from bot.faq.release import Level
from bot.patients.alarms import MOST_LOOKED_AT, Alarm, alarm_of
from bot.patients.handoffs import Origin, Received, submit
from bot.patients.messages import Message
from bot.store.sealing import Sealer
from bot.web.allowances import Allowance, Count, Limiter, counted
from bot.web.languages import language_of
from bot.web.pages import desk
from bot.web.stamps import Stamps

MOST_CONTACT_BYTES = 64 * 1024  # 2,000 characters of any script, in the longest way they can be written

TRY_AGAIN_S = 30

# A clinic, a school or a phone network often has one address for everybody, so the allowance of an address is generous.
EACH = Allowance(30, 30.0)  # 120 an hour and address, and 30 at once
KIOSK = Allowance(6, 120.0)  # one tablet, one visitor at a time, wherever it stands
TOGETHER = Allowance(5_000, 0.1)


class TooMany(ClinicbotError):
    """Too many messages from here, or altogether; the next one may come in `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = max(1, round(wait_s + 0.5))
        super().__init__(f"too many messages; try again in {self.wait_s} seconds")


class SaidFirst(ClinicbotError):
    """There are grave words in the message: what the release says to them comes before it may be sent."""

    def __init__(self, alarm: Alarm) -> None:
        super().__init__("an alarm comes first")
        self.alarm = alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What taking in messages needs besides the desk. `targets` are where messages go on to."""

    sealer: Sealer
    limiter: Limiter
    stamps: Stamps
    targets: tuple[str, ...] = ()


def open_counter(app: Flask, settings: Settings, counter: Counter) -> None:
    """Let `app` take in messages, and its pages tell how long they are kept."""
    app.extensions["clinicbot.contact"] = counter
    app.jinja_env.globals["handoff_days"] = settings.handoff_retention_days


def require_counter() -> Counter:
    """The running application's counter; raises NotReady where it has no database."""
    found: Counter | None = current_app.extensions.get("clinicbot.contact")
    if found is None:
        raise NotReady("there is no database to store a message in")
    return found


def take_in(
    counter: Counter,
    message: Message,
    *,
    request_key: str | None,
    origin: Origin,
    region: Region | None,
    seen: Level | None,
) -> tuple[Received, Alarm | None]:
    """Store a message once safety has looked at it; its receipt, and what is to be said with it.

    `seen` is how grave an alarm the sender was shown before they sent it all the same. Grave words are taken in however
    many messages came before them. Raises TooMany, SaidFirst, Conflict, NotReady.
    """
    bot = desk().live.require()
    wait_s = counter.limiter.take(*_counts(request.remote_addr, origin.channel))
    alarm = alarm_of(bot, message.text, region, language_of(origin.locale))
    if wait_s and not (alarm and alarm.comes_first):
        raise TooMany(wait_s)
    if alarm is not None and alarm.comes_first and (seen is None or alarm.level is None or alarm.level > seen):
        raise SaidFirst(alarm)
    received = submit(
        desk().require_database(),
        counter.sealer,
        bot.release.clinic,
        message,
        request_key=request_key,
        origin=origin,
        level=alarm.level.word if alarm and alarm.level else "",
        targets=counter.targets,
        now=desk().now(),
    )
    return received, alarm


def first_to_say(message: str, region: Region | None, language: str) -> Alarm | None:
    """What has to be shown to whoever wrote this before anything else is asked of them. May raise NotReady."""
    bot = desk().live.require()
    alarm = alarm_of(bot, message[:MOST_LOOKED_AT], region, language) if message.strip() else None
    return alarm if alarm is not None and alarm.comes_first else None


def _counts(address: str | None, channel: str) -> tuple[Count, ...]:
    """One more message from an address, and one more of all."""
    mine = counted("kiosk", address, KIOSK, KIOSK) if channel == "kiosk" else counted("message", address, EACH)
    return (Count("messages", TOGETHER), *mine)
