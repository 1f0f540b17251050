"""What is held back so that everybody is served: too much from one address, and more work than can be done in time."""

from __future__ import annotations

import json
import math
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, g, request

from bot.config import Settings
from bot.faq.release import Level
from bot.patients.alarms import looked_at
from bot.patients.messages import LONGEST_MESSAGE
from bot.safety.findings import Triage
from bot.web import contact_words, handoffs, pages
from bot.web.allowances import Allowance, Limiter, counted
from bot.web.contact import MOST_CONTACT_BYTES
from bot.web.languages import shown_region
from bot.web.pages import desk
from bot.web.problems import as_problem, problem
from bot.web.senders import sender_of

MOST_WAITING = 64  # requests beside those at work; half a second's work, so that whoever waits is served in time
MOST_STORING, MOST_STORING_WAIT, STORING_SHARE = 4, 12, 2
MOST_HELD = MOST_WAITING + MOST_STORING + MOST_STORING_WAIT  # threads beside those that answer questions
PATIENCE_S = 5.0
RETRY_AFTER_S = 5
_SUGGESTING = "api.suggest"  # reading that makes the bot work a little
TOLD_A_QUESTION = 4
SUGGESTIONS_A_QUESTION = 10  # one who types is suggested to several times before they ask
_TELLING = (
    "api.forget",
    "plain.clear",
    "plain.feedback",
    "api.feedback",
)  # a patient's right, or a word about an answer
_ASKED_IN_FORMS = ("pages.chat_without_scripts", "pages.turn", "kiosk.turn")
_ASKED_IN_JSON = "api.ask"
_WRITING = "handoffs.send"  # a form with a message in it, which must not be lost
_WRITING_IN_JSON = "api_handoffs.handoff"
_IN_PLAIN_FORMS = (
    "plain.feedback",
    "plain.my_questions",
    "plain.display",
    "plain.clear",
)  # with what stands in the box
# What may bring a text that is too long: it is read all the same, so that grave words in it are found and none is lost.
_TYPED_IN = (*_ASKED_IN_FORMS, _WRITING, _WRITING_IN_JSON, *_IN_PLAIN_FORMS)


class Admission:
    """Lets `at_work` requests work at a time; `waiting` more wait for their turn, each for `patience_s` at most.

    With a `share` one sender has at most so many of the places to work at, and as many of those to wait in.
    """

    def __init__(
        self, at_work: int, waiting: int = MOST_WAITING, patience_s: float = PATIENCE_S, share: int | None = None
    ) -> None:
        self._most, self._most_waiting, self._patience_s, self._share = at_work, waiting, patience_s, share
        self._free = threading.Condition()
        self._held: Counter[str | None] = Counter()  # places to work at, by sender
        self._awaited: Counter[str | None] = Counter()  # and those to wait in

    @property
    def at_work(self) -> int:
        """How many requests work now."""
        return self._held.total()

    @property
    def waiting(self) -> int:
        """How many wait for their turn now."""
        return self._awaited.total()

    def enter(self, sender: str | None = None) -> bool:
        """Whether this request may work; who was let in must `leave`. Refused at once when too many wait already."""
        with self._free:
            if not self._has_room(sender):
                if self.waiting >= self._most_waiting or self._is_over(self._awaited, sender):
                    return False
                self._awaited[sender] += 1
                try:
                    if not self._free.wait_for(lambda: self._has_room(sender), self._patience_s):
                        return False
                finally:
                    _one_less(self._awaited, sender)
            self._held[sender] += 1
            return True

    def leave(self, sender: str | None = None) -> None:
        """Make room for the next one."""
        with self._free:
            _one_less(self._held, sender)
            if self._share is None:
                self._free.notify()
            else:  # the one that is woken first may have its share already
                self._free.notify_all()

    def _has_room(self, sender: str | None) -> bool:
        return self.at_work < self._most and not self._is_over(self._held, sender)

    def _is_over(self, places: Counter[str | None], sender: str | None) -> bool:
        return self._share is not None and sender is not None and places[sender] >= self._share


def _one_less(places: Counter[str | None], sender: str | None) -> None:
    places[sender] -= 1
    if not places[sender]:  # else every address that ever came would stay in memory
        del places[sender]


@dataclass(frozen=True, slots=True)
class Places:
    """Where patients' requests work: questions, and apart from them what waits for the database.

    While another program holds the database each of the latter keeps its place for as long as a writer waits; none of
    that may be a place in which an emergency could be answered.
    """

    asking: Admission
    storing: Admission

    @property
    def at_work(self) -> int:
        """How many requests work now."""
        return self.asking.at_work + self.storing.at_work

    @property
    def waiting(self) -> int:
        """How many wait for their turn now."""
        return self.asking.waiting + self.storing.waiting


def limit(app: Flask, settings: Settings, limiter: Limiter, held_back: Callable[[str], None]) -> Places:
    """Hold patients' requests to the limits; `held_back` is told why, each time one is not served.

    Reading pages is never held back, so that the numbers for an emergency and the approved answers are there always;
    who is refused is shown them, too. Words that raise an alarm are answered at any rate.
    """
    places = Places(
        Admission(settings.threads), Admission(MOST_STORING, waiting=MOST_STORING_WAIT, share=STORING_SHARE)
    )
    a_minute = settings.rate_limit
    asking = Allowance(max(1, a_minute / 2), 60 / a_minute) if a_minute else None

    @app.before_request
    def hold_back() -> Response | None:
        if not _is_patients_work():
            return None
        if request.endpoint in _TYPED_IN:
            request.max_content_length = MOST_CONTACT_BYTES
        wait_s = 0.0
        if asking and request.endpoint == _SUGGESTING:  # counted apart: typing must not use up what others may ask
            wait_s = limiter.take(*counted("suggest", request.remote_addr, asking.times(SUGGESTIONS_A_QUESTION)))
        elif asking and request.endpoint in _TELLING:  # counted apart: who may ask no more may still have it forgotten
            wait_s = limiter.take(*counted("tell", request.remote_addr, asking.times(TOLD_A_QUESTION)))
        elif asking:
            wait_s = limiter.take(*counted("ask", request.remote_addr, asking))
        if wait_s and not _raises_alarm():
            held_back("rate")
            return _too_many(math.ceil(wait_s))
        admission, sender = (places.asking, None) if _is_asking() else (places.storing, _sender())
        if not admission.enter(sender):
            held_back("overload")
            return _overloaded()
        g.admitted = (admission, sender)
        return None

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        if (admitted := g.pop("admitted", None)) is not None:
            admission, sender = admitted
            admission.leave(sender)

    return places


def _is_patients_work() -> bool:
    if request.path.startswith("/staff"):  # has limits of its own, see bot.staff.attempts
        return False
    return request.method in ("POST", "DELETE") or request.endpoint == _SUGGESTING


def _is_asking() -> bool:
    """Whether this is answered without the database, which may keep all else waiting."""
    return request.endpoint in (_SUGGESTING, _ASKED_IN_JSON, *_ASKED_IN_FORMS)


def _sender() -> str | None:
    """Whose share of the places this takes; nobody's for this machine and for an address that may be many."""
    sender = sender_of(request.remote_addr)
    return sender.subject if sender is not None and not sender.may_be_many else None


def _raises_alarm() -> bool:
    """Whether this asks or writes something with grave words in it; by words alone, which is quick."""
    bot = desk().live.bot
    return bot is not None and any(_is_grave(triage) for _, triage in looked_at(bot, _said(), by_meaning=False))


def _is_grave(triage: Triage) -> bool:
    return triage.gravest is not None and triage.gravest.level >= Level.CRISIS


def _said() -> str:
    """The question or message of this request as it was sent; nothing where there is none to be read."""
    name = "message" if request.endpoint in (_WRITING, _WRITING_IN_JSON) else "question"
    if request.endpoint in (_WRITING, *_ASKED_IN_FORMS):
        name = "question" if "begin" in request.form else name
        return request.form.get(name, "").replace("\r\n", "\n")[:LONGEST_MESSAGE]
    if request.endpoint not in (_ASKED_IN_JSON, _WRITING_IN_JSON):
        return ""
    try:
        sent = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return ""
    said = sent.get(name) if isinstance(sent, dict) else None
    return said[:LONGEST_MESSAGE] if isinstance(said, str) else ""


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
