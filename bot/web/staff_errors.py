"""What went wrong in the staff area, as a page in its look or as problem+json for scripts."""

from __future__ import annotations

from flask import Response
from werkzeug.exceptions import HTTPException, InternalServerError

from bot.errors import Conflict, Forbidden, InputError, NotReady
from bot.staff.checking import sentence
from bot.web.problems import as_problem, problem
from bot.web.staff_door import staff_page, wants_json
from bot.web.staff_typed import page_behind, sent_form, typed_text

_TITLES = {
    400: "That could not be accepted",
    401: "You were signed out",
    403: "This is not open to you",
    404: "There is no such page",
    405: "That cannot be done here",
    409: "That does not fit any more",
    413: "That is too long",
    415: "That cannot be read",
    422: "That cannot be used",
    503: "This cannot be done now",
}
_UNSENT = (400, 401, 403, 404, 409, 422, 500, 503)  # what was typed is in the request and nowhere else
_AGAIN = (500, 503)  # the same form may be taken in a moment
_WAYS_ON = {
    404: "It may have been moved, or the address was mistyped.",
    405: "Go back and use the page's own buttons.",
    413: "Shorten it, and send it again.",
}


def answer(error: Exception) -> tuple[Response, int]:
    """The response to an error that no view has handled."""
    status, detail = _said(error)
    title = _TITLES.get(status, "Something went wrong on our side" if status >= 500 else "That did not work")
    if wants_json():
        errors = [error] if isinstance(error, InputError) else []
        response, _ = as_problem(problem(status, title, detail, errors))
    else:
        typed = typed_text() if status in _UNSENT else ()
        behind = page_behind() if status == 401 else ""
        again = sent_form() if status in _AGAIN else None
        response = staff_page(
            "staff/error.html", status, title=title, message=detail, typed=typed, behind=behind, again=again
        )
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
    return response, status


def _said(error: Exception) -> tuple[int, str]:
    match error:
        case InputError():
            return 422, f"“{error.field}” is {error.got}. Allowed: {error.allowed}."
        case Conflict():
            return 409, f"{error.subject}: {error.problem}."
        case Forbidden():
            return 403, f"Only {error.needs} may do this. Ask an admin of your clinic if you should."
        case NotReady():
            return 503, f"{sentence(error.reason)} Try again in a moment."
        case InternalServerError():
            return 500, "It was noted in the log. Try again in a moment."
        case HTTPException():
            status = error.code or 500
            return status, _WAYS_ON.get(status, error.description or error.name)
        case _:
            return 500, "It was noted in the log. Try again in a moment."
