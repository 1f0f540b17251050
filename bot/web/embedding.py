"""Which other sites may show the chat in a frame, and which may ask the API: those that staff listed, no others."""

from __future__ import annotations

from flask import Flask, Response, request

from bot.faq.clinic_checks import is_site
from bot.web.addresses import channel_of_page
from bot.web.pages import desk
from bot.web.security import policy

_API = "/api/"
_FRAMED = ("pages", "plain", "widget", "handoffs")  # the kiosk and the staff area have policies of their own
_METHODS = "GET, POST, DELETE"
_ASKED_AGAIN_AFTER_S = "600"


def embedding_sites() -> tuple[str, ...]:
    """The origins that the live release lists; none while there is no release."""
    bot = desk().live.bot
    # Checked once more on the way into a header: what is no origin could widen the policy it stands in.
    return tuple(site for site in bot.release.clinic.embedding_sites if is_site(site)) if bot else ()


def allow_listed_sites(app: Flask) -> None:
    """Give patients' pages and the API the headers by which browsers let listed sites in."""
    app.jinja_env.globals["embedding_sites"] = embedding_sites

    @app.after_request
    def let_in(response: Response) -> Response:
        if request.path.startswith(_API):
            _answer_origin(response)
        elif _is_framed():
            response.headers["Content-Security-Policy"] = policy(embedding_sites())
            # A page that is isolated itself (COEP) shows only frames that say both.
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
            response.headers["X-Robots-Tag"] = "noindex"
        return response


def _is_framed() -> bool:
    """Whether this is a page of the widget; no other is ever framed, whatever its address says."""
    return request.blueprint in _FRAMED and channel_of_page() == "widget"


def _answer_origin(response: Response) -> None:
    """CORS: the origin that asks, when it is listed. No cookies are ever meant."""
    response.headers.add("Vary", "Origin")
    origin = request.headers.get("Origin")
    if origin not in embedding_sites():
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = _METHODS
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
        response.headers["Access-Control-Max-Age"] = _ASKED_AGAIN_AFTER_S
