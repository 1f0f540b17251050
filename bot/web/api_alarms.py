"""What safety says to a text that the API cannot take: it must not wait until every field can be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from bot.errors import InputError
from bot.patients.alarms import Alarm
from bot.web.contact import first_to_say
from bot.web.languages import LOCALES, language_of, region_of
from bot.web.problems import as_problem, problem


def refused(
    body: Mapping[str, Any], text_field: str, detail: str, faults: Sequence[InputError]
) -> tuple[Response, int]:
    """The problem of a body with `faults`; with what safety says first to the text in its `text_field`, if anything."""
    text, locale = body.get(text_field), body.get("locale")
    known = locale if isinstance(locale, str) and locale in LOCALES else None
    alarm = first_to_say(text, region_of(known), language_of(known)) if isinstance(text, str) else None
    return as_problem(problem(422, "The input cannot be used", detail, faults) | (spoken(alarm) if alarm else {}))


def spoken(alarm: Alarm | None) -> dict[str, Any]:
    """The fields `safety` and `parts`, as in a reply."""
    parts = [part.to_dict() for part in alarm.parts] if alarm else []
    return {"safety": parts[0]["safety"] if parts else None, "parts": parts}
