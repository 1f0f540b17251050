"""What is sent to the API, read: the JSON of a body, and what is wrong with its fields."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import request
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from bot.errors import InputError

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def json_body(what: str = "a question") -> dict[str, Any]:
    """The JSON object that was sent, which holds `what`; every way in which it can be broken has its own message."""
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
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError as error:
        raise BadRequest("The JSON is nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except ValueError as error:  # Python converts no number of more than some thousand digits
        raise BadRequest("The body holds a number that is too long.") from error
    if not isinstance(value, dict):
        kind = {list: "an array", str: "a string", bool: "true or false", type(None): "null"}.get(
            type(value), "a number"
        )
        raise InputError(field="(body)", got=kind, allowed=f"a JSON object with {what}")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise BadRequest("The JSON names a field twice.")
    return fields


def _no_constant(name: str) -> Any:
    raise BadRequest(f"The body is not JSON: {name} is no JSON value.")


def faults_of(
    error: ValidationError, known: str = "question, conversation, locale, channel"
) -> tuple[str, list[InputError]]:
    """Every fault in one line, and each by itself; `known` are the fields that there are."""
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
