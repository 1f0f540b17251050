"""The chat in browsers without scripts: my questions, text size and contrast, clearing. Forms do what scripts do."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext

from bot.errors import Conflict, InputError
from bot.language.normalise import MOST_CHARACTERS
from bot.patients.chat import Exchange
from bot.web.addresses import channel_of_page, query_of_page
from bot.web.assets import zip_page
from bot.web.languages import asked_locale, language, region_of
from bot.web.mine import code_of, mine_of_form
from bot.web.pages import CHAT, desk, page
from bot.web.previews import public_url
from bot.web.schemas import KEY, TOKEN

blueprint = Blueprint("plain", __name__)
blueprint.after_request(zip_page)


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
    return _chat(draft=request.form.get("question", "").replace("\r\n", "\n")[: 4 * MOST_CHARACTERS])


@blueprint.post("/clear")
def clear() -> Response:
    """The chat anew; the server has forgotten the conversation. The patient's own list stays, as with scripts."""
    desk().live.require()
    if conversation := _token("conversation"):
        desk().chat.forget(conversation)
    return page(CHAT, question="", exchange=None, conversation="", fault=None, cleared=True)


def _chat(**more: Any) -> Response:
    desk().live.require()
    exchange = _shown()
    again = {name: request.form.get(name, "") for name in ("asked", "asked_key", "asked_in")}
    return page(
        CHAT,
        question=_asked(),
        exchange=exchange,
        conversation=exchange.conversation if exchange else _token("conversation"),
        fault=None,
        again=again,
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
