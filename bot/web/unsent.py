"""What a form brought that could not be worked on, so that the page which says so can send it once more."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import HTTPException

from bot.web.security import is_same_origin

_ASKING = ("conversation", "key", "mine")  # what goes along with a question
_IN_PIECES = "pages.turn"  # a script asks there, which has what was typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A text in the field `name`, and the `hidden` fields, with their values, that go along with it."""

    name: str
    text: str
    hidden: tuple[tuple[str, str], ...]


def unsent_of_form() -> Unsent | None:
    """What this request's form holds; None for other requests, and for a message that another site's page sent."""
    if request.method != "POST" or request.endpoint == _IN_PIECES:
        return None
    try:
        sent = tuple((name, _shown(value)) for name, value in request.form.items(multi=True))
    except HTTPException:  # too much to be read
        return None
    if request.blueprint in ("pages", "plain"):
        name, hidden = "question", tuple(each for each in sent if each[0] in _ASKING)
    elif request.blueprint == "handoffs" and is_same_origin():
        name = "question" if "begin" in request.form else "message"
        hidden = tuple(each for each in sent if each[0] != name)
    else:
        return None
    return Unsent(name=name, text=_shown(request.form.get(name, "")), hidden=hidden)


def _shown(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
