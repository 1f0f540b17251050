"""Errors as RFC 9457 problem+json, each naming the field that has to be mended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app

from bot.errors import InputError


def problem(status: int, title: str, detail: str, errors: Sequence[InputError] = ()) -> dict[str, Any]:
    """The body of a problem; `errors` name field, what was got, and what is allowed."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = [{"field": each.field, "got": each.got, "allowed": each.allowed} for each in errors]
    return body


def as_problem(body: dict[str, Any]) -> tuple[Response, int]:
    """The response of a problem, with its status."""
    text = current_app.json.dumps(body)
    return Response(text, status=body["status"], content_type="application/problem+json"), int(body["status"])
