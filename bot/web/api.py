"""The JSON API; its document is at /api/v1/openapi.json."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, jsonify, request
from pydantic import ValidationError

from bot.errors import InputError
from bot.faq.entry import ENGLISH, Entry
from bot.language.normalise import check_question
from bot.web.api_alarms import refused
from bot.web.api_reading import faults_of, json_body
from bot.web.languages import LOCALES, language_of, region_of
from bot.web.pages import desk
from bot.web.problems import as_problem, problem
from bot.web.schemas import KEY, TOKEN, AskIn, FeedbackIn, openapi_document
from bot.web.schemas_handoffs import MODELS, paths

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.post("/ask")
def ask() -> tuple[Response, int] | Response:
    """Answer a question; once, however often it arrives under the same Idempotency-Key."""
    body = json_body()
    try:
        if isinstance(body.get("question"), str):
            body["question"] = check_question(body["question"])
        asked = AskIn.model_validate(body)
    except InputError as error:
        return refused(body, "question", str(error), [error])
    except ValidationError as error:
        return refused(body, "question", *faults_of(error))
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
        given = FeedbackIn.model_validate(json_body())
    except ValidationError as error:
        return as_problem(problem(422, "The input cannot be used", *faults_of(error, "turn, helpful, reason")))
    if not desk().chat.rate(given.turn, given.helpful, given.reason or ""):
        abort(404, "There is no turn of that id.")
    return "", 204


@blueprint.get("/topics")
def topics() -> Response:
    """All topics with their approved questions, each in the language wished for where that is approved."""
    wished = language_of(_locale())
    release = desk().live.require().release
    shown = [
        {
            "id": topic.id,
            "title": topic.title,
            "description": topic.description,
            "entries": [
                {"id": entry.id, "question": text, "topic": entry.topic, "language": written}
                for entry in release.entries_of(topic.id)
                for text, written in (_worded(entry, wished),)
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


def _worded(entry: Entry, wished: str) -> tuple[str, str]:
    """The question of an entry in the language `wished` for where that is approved, and in which it is."""
    translated = entry.served_translation(wished)
    return (translated.question, wished) if translated else (entry.question, ENGLISH)


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
