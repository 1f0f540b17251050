"""The chat in browsers without scripts: my questions, how it looks, whether it helped. Forms do what scripts do."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, abort, request
from flask_babel import gettext

from bot.errors import Conflict, InputError
from bot.patients.chat import REASONS, Exchange
from bot.web.addresses import channel_of_page, query_of_page
from bot.web.assets import zip_page
from bot.web.languages import asked_locale, language, region_of
from bot.web.mine import code_of, mine_of_form
from bot.web.pages import CHAT, desk, page
from bot.web.previews import public_url
from bot.web.schemas import KEY, TOKEN
from bot.web.security import is_same_origin

blueprint = Blueprint("plain", __name__)
blueprint.after_request(zip_page)


@blueprint.post("/feedback")
def feedback() -> Response:
    """Whether an answer helped; after "No" with the question why. The answer is still there."""
    if not is_same_origin():
        abort(403, "Only the chat's own page may tell this.")
    helpful, reason = request.form.get("helpful", "no") == "yes", request.form.get("reason", "")
    turn_id = request.form.get("turn", "")
    if reason not in REASONS or not re.fullmatch(TOKEN, turn_id):
        abort(400)
    if request.form.get("conversation") and not _token("conversation"):
        raise InputError(field="conversation", got="something else", allowed="a token of 8 to 64 letters and digits")
    if not desk().chat.rate(turn_id, helpful, reason):
        abort(404)
    return _chat(thanks="yes" if helpful or reason else "why", given="yes" if helpful else "no")


@blueprint.post("/my-questions")
def my_questions() -> Response:
    """The chat with the list open; a button may have added a question or taken one away."""
    mine = mine_of_form(desk().live.require().release)
    at = f"{public_url('take-home')}{query_of_page(asked_locale())}"
    return _chat(
        mine_open=True,
        mine=mine,
        code=code_of(mine, at, gettext("A square code that holds your list. Scan it with your phone.")),
    )


@blueprint.post("/display")
def display() -> Response:
    """The chat as the address asks it to look: the answer that was shown, and what was typed, are still there."""
    return _chat()


@blueprint.post("/clear")
def clear() -> Response:
    """The chat anew; the server has forgotten the conversation. The patient's own list stays, as with scripts."""
    desk().live.require()
    if conversation := _token("conversation"):
        desk().chat.forget(conversation)
    return page(CHAT, question="", exchange=None, conversation="", fault=None, cleared=True)


def _chat(**more: Any) -> Response:
    """The chat with what stood on it: the answer, the help that stays in view, and what is typed in the box."""
    desk().live.require()
    exchange = _shown()
    conversation = exchange.conversation if exchange else _token("conversation")
    again = {name: request.form.get(name, "") for name in ("asked", "asked_key", "asked_in")}
    return page(
        CHAT,
        question=_asked(),
        exchange=exchange,
        conversation=conversation,
        fault=None,
        again=again,
        draft=request.form.get("question", "").replace("\r\n", "\n"),
        standing=desk().chat.standing(conversation, region_of(asked_locale())),
        **more,
    )


def _asked() -> str:
    return request.form.get("asked", "").replace("\r\n", "\n")


def _shown() -> Exchange | None:
    """The exchange that stood on the page: the same message under the same key, so that it is not asked twice."""
    key, region, channel = request.form.get("asked_key", ""), region_of(asked_locale()), channel_of_page()
    if not re.fullmatch(KEY, key):
        return None
    try:
        return desk().chat.ask(_asked(), _token("asked_in") or None, region, channel, key, language())
    except (Conflict, InputError):  # another language was chosen since, or it is no message of ours
        return None


def _token(name: str) -> str:
    token = request.form.get(name, "")
    return token if re.fullmatch(TOKEN, token) else ""
