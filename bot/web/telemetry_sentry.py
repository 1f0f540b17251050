"""Faults for Sentry (extra `sentry`): the kind of an error and where in the code it was, and nothing that it was about.

The texts of errors, variables, requests, users and log lines may hold a patient's words, so no event is made by the
library: it is given events made here, and switched off besides.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

from flask import g, request
from sentry_sdk import Client
from sentry_sdk.transport import Transport


class Faults:
    """Tells of each request that broke; `transport` is where events go, Sentry's own unless a test says otherwise."""

    def __init__(self, dsn: str, version: str, transport: Transport | None = None) -> None:
        self._client = Client(
            dsn=dsn,
            transport=transport,
            release=f"clinicbot@{version}",
            server_name="clinicbot",
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            send_client_reports=False,
            auto_session_tracking=False,
        )

    def close(self) -> None:
        """Send what waits, and end."""
        self._client.close()

    def tell(self, error: BaseException) -> None:
        """Tell of what broke the request at hand."""
        route = str(request.url_rule or "-")
        self._client.capture_event(
            {
                "level": "error",
                "transaction": route,
                "tags": {"method": request.method, "request_id": g.get("request_id", "")},
                "exception": {"values": [_told(each) for each in _chain(error)]},
            }
        )


def _told(error: BaseException) -> dict[str, Any]:
    frames = [
        {"filename": frame.f_code.co_filename, "module": frame.f_globals.get("__name__"), "lineno": line}
        | {"function": frame.f_code.co_name, "in_app": str(frame.f_globals.get("__name__")).startswith("bot.")}
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return {"type": type(error).__name__, "module": type(error).__module__, "stacktrace": {"frames": frames}}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, after what caused it, as Sentry wants them."""
    if error is not None:
        yield from _chain(error.__cause__)
        yield error
