"""What somebody wrote in a form that could not be taken, so that no page loses it; and the page it was written on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from bot.staff.fields import LABELS
from bot.web.staff_cookies import AREA, FIELD, has_csrf
from bot.web.staff_settings_words import UNSAVED, label_of

_SECRET = re.compile(r"password|code|offer|token")
# By buttons, lists and ticks, or written by the page itself: chosen again in a moment.
# fmt: off
_CHOSEN = frozenset({
    "against", "assigned", "assignee", "back", "base", "candidate", "clinician", "content", "decision", "do",
    "fits", "has_read", "id", "made_of", "new", "next", "number", "old", "origin", "own_approval", "place",
    "region", "release", "roles", "seen", "sure", "topic", "two_step", "version", "width", "without_newer",
})
# fmt: on
_OF_A_CHOICE = re.compile(r"^(choice_.*|draft_.*|topic_.*|.*_kind)$")
_NAMES = {
    "comment": "Comment",
    "entry_id": "Short name",
    "note": "Note",
    "reason": "Reason",
    "reply": "Reply",
    "retire_reason": "Reason to retire it",
    "source": "Source",
    "source_checked": "Looked at on",
    "source_title": "Which authority",
    "step_phone": "Phone, if there is one",
    "step_text": "What to do next, in words",
    "text": "Text",
    "title": "Title",
    "wording": "Wording",
}
_REGIONAL = {"short": "Short answer", "detail": "Detail"} | {name: _NAMES[name] for name in ("step_phone", "step_text")}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """A form as it was sent, to be sent again: where to, and its fields without its mark."""

    address: str
    fields: tuple[tuple[str, str], ...]


def typed_text() -> tuple[tuple[str, str], ...]:
    """What somebody wrote in the form of this request, each under the label that the form shows; no secrets."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return ()  # another site must not put words into a page of ours
    fields = ((name, value.strip()) for name, value in request.form.items(multi=True))
    return tuple((_spoken(name), value) for name, value in fields if value and _is_typed(name, value))


def sent_form() -> SentForm | None:
    """The form of this request; none that was not ours, holds a secret, or a file, which no page can keep."""
    if not request.form or request.files or not has_csrf():
        return None
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name != FIELD)
    if any(_SECRET.search(name) for name, _ in fields):
        return None
    return SentForm(address=request.full_path.rstrip("?"), fields=fields)


def page_behind() -> str:
    """The page that the form of this request stood on: the longest part of its address that can be read."""
    routes = current_app.url_map.bind("", url_scheme="https")
    path = request.path
    while path.startswith(f"{AREA}/"):
        try:
            routes.match(path, "GET")
        except (HTTPException, RequestRedirect):
            path = path.rpartition("/")[0]
        else:
            return path
    return ""


def _is_typed(name: str, value: str) -> bool:
    if name == FIELD or name in _CHOSEN or _SECRET.search(name) or _OF_A_CHOICE.match(name):
        return False
    return not (name == "text" and value.isdigit())  # the place of a text in its list


def _spoken(name: str) -> str:
    """The label that the form shows, or a name made readable."""
    name = name.removeprefix(UNSAVED)
    region, _, part = name.partition("_")
    if region in ("uk", "us") and part in _REGIONAL:
        return f"{_REGIONAL[part]} for {region.upper()} patients"
    known = LABELS.get(name) or _NAMES.get(name) or label_of(name)
    return known or name.replace("_", " ").replace(".", ", ").strip().capitalize()
