"""Headers, host and proxy trust, body limits: what every response and request must keep to."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from flask import Flask, Response, abort, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from bot.config import Settings

LOG = structlog.get_logger("clinicbot.request")
MOST_BODY_BYTES = 16 * 1024
MOST_UPLOAD_BYTES = 64 * 1024 * 1024  # read from the network at all: staff's documents; see `bot.web.bodies`
_PROBES = ("/healthz", "/readyz", "/metrics")  # asked by address, by what watches over this process

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
)


def policy(ancestors: Sequence[str] = ()) -> str:
    """The content security policy of a page that only pages of the origins `ancestors` may show in a frame."""
    return "; ".join((*_POLICY, "frame-ancestors " + (" ".join(ancestors) or "'none'")))


_FILES = ("/static/", "/theme.css")
_HEADERS = {  # of every response that does not say otherwise
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Cache-Control": "no-store",
}


def secure(app: Flask, settings: Settings) -> None:
    """Apply the policies to every request and response of `app`."""
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        inside = _with_known_scheme(app.wsgi_app)
        app.wsgi_app = ProxyFix(inside, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    @app.before_request
    def check_host() -> None:
        g.request_id = secrets.token_hex(8)
        g.began = time.perf_counter()
        known = settings.allowed_hosts
        if known and name_of(request.host) not in known and request.path not in _PROBES:
            abort(400, "This host name is not served here.")

    @app.after_request
    def finish(response: Response) -> Response:
        # One look at what is there for all of them: asked for one by one they took a fifth of a short answer's time.
        there = {name.lower() for name, _ in response.headers}
        for name, value in _HEADERS.items():
            if name.lower() not in there:
                response.headers.add(name, value)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        # A page's own files say nothing that the page did not, and would hide what is worth reading.
        is_file = request.path.startswith(_FILES) and response.status_code < HTTPStatus.BAD_REQUEST
        say = LOG.debug if is_file else LOG.info
        say(
            "request",
            id=g.get("request_id"),
            method=request.method,
            route=str(request.url_rule or "-"),
            status=response.status_code,
            duration_ms=round(1000 * (time.perf_counter() - g.get("began", time.perf_counter())), 1),
        )
        return response


def _with_known_scheme(inside: WSGIApplication) -> WSGIApplication:
    """The application, which hears no scheme but those of the web: links would begin with whatever else was said."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["wsgi.url_scheme"] not in ("http", "https"):
            environ["wsgi.url_scheme"] = environ["werkzeug.proxy_fix.orig"]["wsgi.url_scheme"]
        return inside(environ, start_response)

    return serve


def name_of(host: str) -> str:
    """A host's name or address without its port, as settings name it; an IPv6 address is in brackets."""
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return name.lower().removesuffix(".")


def is_same_origin() -> bool:
    """Whether the browser says that one of our own pages sent this; old browsers say nothing and pass.

    Some of them say only "null", because our pages tell nobody where they are (Referrer-Policy).
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin in (None, "null") or origin == request.host_url.rstrip("/")
