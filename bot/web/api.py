"""The JSON API; its document is at /api/v1/openapi.json."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from bot.errors import InputError
from bot.language.normalise import check_question
from bot.web.languages import LOCALES, language_of, region_of
from bot.web.pages import desk
from bot.web.problems import as_problem, problem
from bot.web.schemas import KEY, TOKEN, AskIn, FeedbackIn, openapi_document
from bot.web.schemas_handoffs import MODELS, paths

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@blueprint.post("/ask")
def ask() -> tuple[Response, int] | Response:
    """Answer a question; once, however often it arrives under the same Idempotency-Key."""
    try:
        asked = AskIn.model_validate(_body())
    except ValidationError as error:
        return as_problem(problem(422, "The input cannot be used", *_faults(error)))
    exchange = desk().chat.ask(
        asked.question,
        asked.conversation,
        region_of(asked.locale),
        asked.channel or "api",
        key=_key(),
        language=language_of(asked.locale),
    )
    return jsonify(exchange.reply.to_dict() | {"conversation": exchange.conversation, "turn": exchange.turn})


@blueprint.post("/feedback")
def feedback() -> tuple[Response, int] | tuple[str, int]:
    """Say whether an answer helped."""
    try:
        given = FeedbackIn.model_validate(_body())
    except ValidationError as error:
        return as_problem(problem(422, "The input cannot be used", *_faults(error, "turn, helpful, reason")))
    if not desk().chat.rate(given.turn, given.helpful, given.reason or ""):
        abort(404, "There is no turn of that id.")
    return "", 204


@blueprint.get("/topics")
def topics() -> Response:
    """All topics with their approved questions."""
    release = desk().live.require().release
    shown = [
        {
            "id": topic.id,
            "title": topic.title,
            "description": topic.description,
            "entries": [
                {"id": entry.id, "question": entry.question, "topic": entry.topic}
                for entry in release.entries_of(topic.id)
            ],
        }
        for topic in release.topics
    ]
    return jsonify(topics=shown, release=release.number)


@blueprint.get("/entries/<path:entry_id>")
def entry(entry_id: str) -> Response:
    """One approved answer."""
    bot = desk().live.require()
    region = region_of(_locale())
    part = bot.answer(entry_id, region, language_of(_locale()))
    if part is None or part.entry is None:
        abort(404, "There is no entry of that id.")
    shown = part.to_dict()
    return jsonify(
        **part.entry.to_dict(),
        answer_html=shown["answer_html"],
        answer_text=shown["answer_text"],
        next_step=shown["next_step"],
        sources=shown["sources"],
        related=[{"id": link.id, "question": link.question} for link in bot.related(entry_id)],
        release=bot.release.number,
    )


@blueprint.get("/suggest")
def suggest() -> Response:
    """Approved questions that fit what has been typed so far."""
    typed = request.args.get("q", "")
    if not 1 <= len(typed) <= 200:
        raise InputError(field="q", got=f"{len(typed)} characters", allowed="1 to 200 characters")
    wished = language_of(_locale())
    links = desk().live.require().suggest(typed, language=wished)
    worded = [(link.id, *link.worded_in(wished)) for link in links]
    return jsonify(suggestions=[{"id": id_, "question": text, "language": written} for id_, text, written in worded])


@blueprint.delete("/conversations/<conversation>")
def forget(conversation: str) -> tuple[str, int]:
    """End a conversation: nothing of it is remembered."""
    if not re.fullmatch(TOKEN, conversation):
        raise InputError(field="conversation", got="something else", allowed="a token of 8 to 64 letters and digits")
    desk().chat.forget(conversation)
    return "", 204


@blueprint.get("/openapi.json")
def document() -> Response:
    """This API, described."""
    return jsonify(openapi_document(MODELS, paths()))


def _locale() -> str | None:
    locale = request.args.get("locale")
    if locale is not None and locale not in LOCALES:
        raise InputError(field="locale", got="something else", allowed=", ".join(LOCALES))
    return locale


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch(KEY, key):
        raise InputError(field="Idempotency-Key", got="something else", allowed="16 to 64 letters, digits, - and _")
    return key


def _body(what: str = "a question") -> Any:
    """The JSON that was sent, which holds `what`; every way in which it can be broken has its own message."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send the body as Content-Type: application/json.")
    raw = request.get_data(cache=False)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8 text (byte {error.start}).") from error
    if not text.strip():
        raise BadRequest(f"The body is empty; send a JSON object with {what}.")
    try:
        return _unfrozen(json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant), what)
    except RecursionError as error:
        raise BadRequest("The JSON is nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except ValueError as error:  # Python converts no number of more than some thousand digits
        raise BadRequest("The body holds a number that is too long.") from error


def _unfrozen(value: Any, what: str) -> Any:
    if not isinstance(value, dict):
        kind = {list: "an array", str: "a string", bool: "true or false", type(None): "null"}.get(
            type(value), "a number"
        )
        raise InputError(field="(body)", got=kind, allowed=f"a JSON object with {what}")
    question = value.get("question")
    if isinstance(question, str):
        value["question"] = check_question(question)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise BadRequest("The JSON names a field twice.")
    return fields


def _no_constant(name: str) -> Any:
    raise BadRequest(f"The body is not JSON: {name} is no JSON value.")


def _faults(
    error: ValidationError, known: str = "question, conversation, locale, channel"
) -> tuple[str, list[InputError]]:
    faults = []
    for each in error.errors(include_url=False, include_context=False):
        field = ".".join(_printable(str(place)) for place in each["loc"]) or "(body)"
        got = "an unknown field" if each["type"] == "extra_forbidden" else type(each["input"]).__name__
        allowed = known if each["type"] == "extra_forbidden" else each["msg"]
        if each["type"] == "missing":
            got, allowed = "nothing", "a value"
        faults.append(InputError(field=field, got=got, allowed=allowed))
    return "; ".join(str(fault) for fault in faults), faults


def _printable(text: str) -> str:
    """A field name as sent, safe to send back: no control characters, no lone surrogates, not too long."""
    return _CONTROL.sub("?", text.encode("utf-8", "replace").decode("utf-8"))[:60]
