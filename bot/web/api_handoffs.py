"""The API's way to the clinic: a message in, a reference out once it is stored for good."""

from __future__ import annotations

import re

import structlog
from flask import Blueprint, Response, jsonify, request
from pydantic import ValidationError

from bot.errors import Conflict, InputError, InputErrors, NotReady
from bot.faq.release import Level
from bot.patients.alarms import Alarm
from bot.patients.handoffs import Origin
from bot.patients.messages import message_of
from bot.web.api_alarms import refused, spoken
from bot.web.api_reading import faults_of, json_body
from bot.web.contact import (
    MOST_CONTACT_BYTES,
    TRY_AGAIN_S,
    SaidFirst,
    TooMany,
    require_counter,
    take_in,
)
from bot.web.languages import own_locale, region_of
from bot.web.pages import desk
from bot.web.problems import as_problem, problem
from bot.web.schemas_handoffs import REQUEST_KEY, HandoffIn

blueprint = Blueprint("api_handoffs", __name__, url_prefix="/api/v1")

LOG = structlog.get_logger("clinicbot.contact")
_FIELDS = "name, contact, message, consent, conversation, turn, locale, channel, urgent_seen"


@blueprint.post("/handoffs")
def handoff() -> tuple[Response, int]:
    """Send a message to the clinic."""
    request.max_content_length = MOST_CONTACT_BYTES
    body, clinic = json_body("a message"), desk().live.require().release.clinic
    try:
        sent = HandoffIn.model_validate(body)
    except ValidationError as error:
        return refused(body, "message", *faults_of(error, _FIELDS))
    try:
        message = message_of(
            name=sent.name, contact=sent.contact, message=sent.message, consent=sent.consent, region=clinic.region
        )
    except InputErrors as error:
        detail = "; ".join(str(fault) for fault in error.faults)
        return refused(body, "message", detail, error.faults)
    region = region_of(sent.locale) or clinic.region
    origin = Origin(
        channel=sent.channel or "api",
        locale=sent.locale or own_locale(region),
        conversation=sent.conversation,
        turn_id=sent.turn,
    )
    key = _request_key()
    try:
        received, alarm = take_in(
            require_counter(),
            message,
            request_key=key,
            origin=origin,
            region=region,
            seen=Level.EMERGENCY if sent.urgent_seen else None,
        )
    except TooMany as error:
        detail = f"Try again in {error.wait_s} seconds, or call the clinic on {clinic.phone}."
        response, status = as_problem(problem(429, "Too many messages at once", detail))
        response.headers["Retry-After"] = str(error.wait_s)
        return response, status
    except SaidFirst as error:
        return _said_first(error.alarm)
    except Conflict:
        fault = InputError(field="Idempotency-Key", got="one that came with another message", allowed="a new one")
        return as_problem(problem(409, "That key was used for another message", str(fault), [fault]))
    except NotReady as error:
        LOG.error("a message was not stored", reason=error.reason)
        detail = f"Nothing was stored. Try again in a moment, or call the clinic on {clinic.phone}."
        response, status = as_problem(problem(503, "The message could not be stored", detail))
        response.headers["Retry-After"] = str(TRY_AGAIN_S)
        return response, status
    body = {
        "reference": received.reference,
        "received_at": received.received_at.isoformat(),
        "expect": received.expect.text,
        "answer_by": received.expect.answer_by.isoformat() if received.expect.answer_by else None,
        **spoken(alarm),
    }
    return jsonify(body), 201


def _said_first(alarm: Alarm) -> tuple[Response, int]:
    """Nothing is stored: the sender has to see what safety says, and may then send it all the same."""
    allowed = "true, once the sender was shown `parts` and still wants to send the message"
    fault = InputError(field="urgent_seen", got="not true", allowed=allowed)
    title = "Something has to be shown to the sender first"
    return as_problem(problem(422, title, str(fault), [fault]) | spoken(alarm))


def _request_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch(REQUEST_KEY, key):
        allowed = "8 to 255 letters, digits and signs, without spaces"
        raise InputError(field="Idempotency-Key", got="something else", allowed=allowed)
    return key
