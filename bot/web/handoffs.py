"""The page on which a patient sends a message to the clinic, with scripts or without; nothing typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from flask import Blueprint, Response, abort, request

from bot.errors import Conflict, InputErrors, NotReady
from bot.faq.release import Level
from bot.patients.alarms import MOST_LOOKED_AT, Alarm
from bot.patients.expecting import expectation_of
from bot.patients.handoffs import Origin
from bot.patients.messages import LONGEST_CONTACT, LONGEST_MESSAGE, LONGEST_NAME, Message, message_of
from bot.web import contact_words as words
from bot.web.addresses import channel_of_page, query_of_locale
from bot.web.assets import zip_page
from bot.web.contact import (
    MOST_CONTACT_BYTES,
    TRY_AGAIN_S,
    SaidFirst,
    TooMany,
    first_to_say,
    require_counter,
    take_in,
)
from bot.web.languages import asked_locale, language, shown_locale, shown_region
from bot.web.pages import desk, page
from bot.web.schemas import TOKEN
from bot.web.security import is_same_origin

LOG = structlog.get_logger("clinicbot.contact")
blueprint = Blueprint("handoffs", __name__)
blueprint.after_request(zip_page)

TRAP = "topic_line"  # a field that people neither see nor hear; programs fill it in
_KEPT = {"name": 2 * LONGEST_NAME, "contact": 2 * LONGEST_CONTACT, "message": MOST_LOOKED_AT}
_SEEN = {level.word: level for level in (Level.CRISIS, Level.EMERGENCY)}


@blueprint.get("/contact")
def begin() -> Response:
    """The empty form. Browsers may keep what is typed into it for the way back."""
    now = desk().now()
    response = _form({}, require_counter().stamps.make(now))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.post("/contact")
def send() -> Response | tuple[Response, int]:
    """With `begin` the form, filled in with a question; with `again` the form as the address asks it to look, in its
    language; else the message is sent."""
    values = _values()
    if not is_same_origin():
        if request.headers.get("Origin") != "null":
            abort(403, "Only our own pages may send this.")
        # Our form in a frame without an origin says the same as a stranger's page: not sent, but nothing is lost.
        anew = require_counter().stamps.make(desk().now())
        return _form(
            values, anew, trouble=words.NOT_FROM_FRAME, own_tab=f"/contact{query_of_locale(asked_locale())}"
        ), 403
    counter, now = require_counter(), desk().now()
    if "begin" in request.form:
        return _form(values, counter.stamps.make(now))
    stamp = counter.stamps.read(request.form.get("stamp", ""))
    if "again" in request.form:
        return _form(values, request.form["stamp"] if stamp else counter.stamps.make(now))
    anew = counter.stamps.make(now, stamp.request_key if stamp else "")
    if stamp is None or request.form.get(TRAP):
        return _form(values, anew, notice=words.UNKNOWN if stamp is None else words.TRAPPED), 422
    same = request.form["stamp"]
    if stamp.is_too_old(now):
        return _form(values, anew, notice=words.TOO_OLD), 422
    try:
        message = _message(values)
    except InputErrors as error:  # also where it came too fast: what is amiss is what helps to know
        return _form(values, same, faults={each.field: words.fault(each) for each in error.faults}), 422
    if stamp.is_too_young(now):
        return _form(values, same, notice=words.TOO_FAST), 422
    return _sent(message, values, same, stamp.request_key, now)


def kept(trouble: object) -> Response:
    """The form with what was typed in it, for a request that is held back before it comes here."""
    values = _values()
    stamp = request.form.get("stamp") or require_counter().stamps.make(desk().now())
    return _shown(values, stamp, trouble=trouble)


def _message(values: Mapping[str, str]) -> Message:
    """What is to be sent. Raises InputErrors with every fault."""
    return message_of(
        name=values["name"],
        contact=values["contact"],
        message=values["message"],
        consent=bool(values["consent"]),
        region=desk().live.require().release.clinic.region,
    )


def _sent(
    message: Message, values: Mapping[str, str], stamp: str, request_key: str, now: datetime
) -> Response | tuple[Response, int]:
    counter, clinic = require_counter(), desk().live.require().release.clinic
    try:
        received, alarm = take_in(
            counter,
            message,
            request_key=request_key,
            origin=Origin(
                channel=channel_of_page(),
                locale=shown_locale(clinic),
                conversation=values["conversation"] or None,
                turn_id=values["turn"] or None,
            ),
            region=shown_region(clinic),
            seen=_SEEN.get(request.form.get("seen", "")),
        )
    except SaidFirst as error:
        return _shown(values, stamp, alarm=error.alarm), 422
    except Conflict as error:
        return _form(values, counter.stamps.make(now), notice=words.sent_before(error.subject)), 409
    except TooMany as error:
        response = _form(values, stamp, trouble=words.too_many(error.wait_s))
        response.headers["Retry-After"] = str(error.wait_s)
        return response, 429
    except NotReady as error:
        LOG.error("a message was not stored", reason=error.reason)
        response = _form(values, stamp, trouble=words.NOT_STORED)
        response.headers["Retry-After"] = str(TRY_AGAIN_S)
        return response, 503
    return page(
        "patient/contact_sent.html",
        received=received,
        contact=values["contact"].strip(),
        parts=alarm.parts if alarm else (),
        standing=alarm.standing if alarm else (),
    )


def _form(values: Mapping[str, str], stamp: str, **told: Any) -> Response:
    """The form with what was typed in it, and before all else what safety says to that, whatever else is amiss."""
    alarm = first_to_say(values.get("message", ""), shown_region(desk().live.require().release.clinic), language())
    return _shown(values, stamp, alarm=alarm, **told)


def _shown(
    values: Mapping[str, str],
    stamp: str,
    *,
    faults: Mapping[str, str] | None = None,
    notice: object = "",
    trouble: object = "",
    alarm: Alarm | None = None,
    own_tab: str = "",
) -> Response:
    """The form with what was typed in it. `notice` is what to do, `trouble` what went wrong on our side.

    `own_tab` is the address of the page in a tab of its own, where that is offered.
    """
    clinic, now = desk().live.require().release.clinic, desk().now()
    shown: dict[str, Any] = {
        "values": values,
        "stamp": stamp,
        "faults": faults or {},
        "notice": notice,
        "trouble": trouble,
        "alarm": alarm,
        "own_tab": own_tab,
        "expect": expectation_of(clinic, now, now),
        "trap": TRAP,
        "longest_message": LONGEST_MESSAGE,
    }
    return page("patient/contact.html", **shown)


def _typed(name: str, most: int) -> str:
    text = request.form.get(name, "").replace("\r\n", "\n")
    return text[:most].encode("utf-8", "replace").decode()


def _values() -> dict[str, str]:
    """What was typed, and the tokens that say where the message comes from; anything else in their place is none."""
    request.max_content_length = MOST_CONTACT_BYTES
    found = {name: request.form.get(name, "") for name in ("conversation", "turn")}
    values = {name: token if re.fullmatch(TOKEN, token) else "" for name, token in found.items()}
    values["consent"] = "yes" if request.form.get("consent") == "yes" else ""
    if "begin" in request.form:
        return values | {"name": "", "contact": "", "message": _typed("question", LONGEST_MESSAGE)}
    return values | {name: _typed(name, most) for name, most in _KEPT.items()}
