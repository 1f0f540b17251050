"""What is held back so that everybody is served: too much from one address, and more work than can be done in time."""

from __future__ import annotations

import ipaddress
import json
import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, g, request

from bot.config import Settings
from bot.errors import InputError
from bot.faq.release import Level
from bot.web import contact_words, handoffs, pages
from bot.web.languages import shown_region
from bot.web.pages import desk
from bot.web.problems import as_problem, problem
from bot.web.senders import subject_of

MOST_WAITING = 64  # requests beside those at work; half a second's work, so that whoever waits is served in time
PATIENCE_S = 5.0
RETRY_AFTER_S = 5
MOST_ADDRESSES = 10_000
_SUGGESTING = "api.suggest"  # reading that makes the bot work a little
SUGGESTIONS_A_QUESTION = 10  # one who types is suggested to several times before they ask
_ASKED_IN_FORMS = ("pages.chat_without_scripts", "pages.turn", "kiosk.turn")
_ASKED_IN_JSON = "api.ask"
_WRITING = "handoffs.send"  # a form with a message in it, which must not be lost


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, and then `per_s` a second."""

    burst: float
    per_s: float


class Buckets:
    """A bucket of tokens for each address, and one for all of them together; each thing done takes a token of both.

    `clock` gives seconds. Buckets that are full are forgotten; at most MOST_ADDRESSES are kept.
    """

    def __init__(self, each: Rate, everybody: Rate | None, clock: Callable[[], float]) -> None:
        self._each, self._everybody, self._clock = each, everybody, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # the one used longest ago stands first
        self._all = (everybody.burst if everybody else 0.0, clock())
        self._lock = threading.Lock()

    def take(self, address: str) -> float:
        """Take a token: 0, or in how many seconds there will be one; then none is taken."""
        subject, now = subject_of(address), self._clock()
        with self._lock:
            mine = _filled(self._left.get(subject, (self._each.burst, now)), self._each, now)
            wait_s = _missing(mine, self._each)
            if self._everybody:
                everything = _filled(self._all, self._everybody, now)
                wait_s = max(wait_s, _missing(everything, self._everybody))
                self._all = (everything - (wait_s == 0), now)
            self._left[subject] = (mine - (wait_s == 0), now)
            self._left.move_to_end(subject)
            while len(self._left) > MOST_ADDRESSES:
                self._left.popitem(last=False)
            return wait_s


class Admission:
    """Lets `at_work` requests work at a time; `waiting` more wait for their turn, each for `patience_s` at most."""

    def __init__(self, at_work: int, waiting: int = MOST_WAITING, patience_s: float = PATIENCE_S) -> None:
        self._most, self._most_waiting, self._patience_s = at_work, waiting, patience_s
        self._free = threading.Condition()
        self.at_work = self.waiting = 0

    def enter(self) -> bool:
        """Whether this request may work; who was let in must `leave`. Refused at once when too many wait already."""
        with self._free:
            if self.at_work >= self._most:
                if self.waiting >= self._most_waiting:
                    return False
                self.waiting += 1
                try:
                    if not self._free.wait_for(lambda: self.at_work < self._most, self._patience_s):
                        return False
                finally:
                    self.waiting -= 1
            self.at_work += 1
            return True

    def leave(self) -> None:
        """Make room for the next one."""
        with self._free:
            self.at_work -= 1
            self._free.notify()


def limit(app: Flask, settings: Settings, clock: Callable[[], float], held_back: Callable[[str], None]) -> Admission:
    """Hold patients' requests to the limits; `held_back` is told why, each time one is not served.

    Reading pages is never held back, so that the numbers for an emergency and the approved answers are there always;
    who is refused is shown them, too. Words that raise an alarm are answered at any rate.
    """
    admission = Admission(settings.threads)
    a_minute = settings.rate_limit
    # Suggestions have a bucket of their own: who types must not use up what others behind the address may ask.
    asking, suggesting = (
        Buckets(Rate(each / 2, each / 60), None, clock) for each in (a_minute, a_minute * SUGGESTIONS_A_QUESTION)
    )

    @app.before_request
    def hold_back() -> Response | None:
        if not _is_patients_work():
            return None
        address = request.remote_addr or ""
        buckets = suggesting if request.endpoint == _SUGGESTING else asking
        wait_s = buckets.take(address) if a_minute and not is_this_machine(address) else 0.0
        if wait_s and not _raises_alarm():
            held_back("rate")
            return _too_many(math.ceil(wait_s))
        g.admitted = admission.enter()
        if not g.admitted:
            held_back("overload")
            return _overloaded()
        return None

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        if g.pop("admitted", False):
            admission.leave()

    return admission


def is_this_machine(address: str) -> bool:
    """Whether a request comes from this very machine: a tool of its operator's, or a proxy that is not told of."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_patients_work() -> bool:
    if request.path.startswith("/staff"):  # has limits of its own, see bot.staff.attempts
        return False
    return request.method in ("POST", "DELETE") or request.endpoint == _SUGGESTING


def _raises_alarm() -> bool:
    """Whether this asks something with grave words in it; by words alone, which is quick."""
    bot, question = desk().live.bot, _asked()
    if bot is None or not question:
        return False
    try:
        triage = bot.triage(question, by_meaning=False)
    except InputError:
        return False
    return triage.gravest is not None and triage.gravest.level >= Level.CRISIS


def _asked() -> str:
    """The question of this request as it was sent; nothing where there is none to be read."""
    if request.endpoint in _ASKED_IN_FORMS:
        return request.form.get("question", "").replace("\r\n", "\n")
    if request.endpoint != _ASKED_IN_JSON:
        return ""
    try:
        sent = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return ""
    question = sent.get("question") if isinstance(sent, dict) else None
    return question if isinstance(question, str) else ""


def _emergency() -> str:
    """Whom to call when there is no time to wait."""
    bot = desk().live.bot
    clinic = bot.release.clinic if bot else None
    number = clinic.line("emergency", shown_region(clinic)).number if clinic else "your local emergency number"
    return f"In an emergency call {number}."


def _too_many(wait_s: int) -> Response:
    if request.path.startswith("/api/"):
        response, _ = as_problem(problem(429, "Too many requests", f"Try again in {wait_s} s. {_emergency()}"))
    elif request.endpoint == _WRITING:
        response = handoffs.kept(contact_words.too_many(wait_s))
    else:
        response, _ = pages.held_back()
    response.status_code = 429
    response.headers["Retry-After"] = str(wait_s)
    return response


def _overloaded() -> Response:
    if request.path.startswith("/api/"):
        detail = f"Try again in a moment. {_emergency()}"
        response, _ = as_problem(problem(503, "Too many questions are being asked now", detail))
    elif request.endpoint == _WRITING:
        response = handoffs.kept(contact_words.NOT_STORED)
        response.status_code = 503
    else:
        response, status = pages.fail_safe()
        response.status_code = status
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _filled(left: tuple[float, float], rate: Rate, now: float) -> float:
    tokens, at = left
    return min(rate.burst, tokens + (now - at) * rate.per_s)


def _missing(tokens: float, rate: Rate) -> float:
    return 0.0 if tokens >= 1 else (1 - tokens) / rate.per_s
