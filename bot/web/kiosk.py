"""The kiosk in the waiting room: one page with all approved answers in it, asks from there, and its installation."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request
from flask_babel import force_locale
from werkzeug.wrappers import Response as BaseResponse

from bot.errors import InputError
from bot.faq.entry import Region
from bot.faq.release import Release
from bot.web.assets import zip_page
from bot.web.kiosk_edition import Edition, asset_url, code_of, edition_of, query_of, root_of
from bot.web.languages import asked_locale, language_of, locale_in, opening_words
from bot.web.pages import desk, typed_question
from bot.web.schemas import TOKEN
from bot.web.security import is_same_origin

blueprint = Blueprint("kiosk", __name__, url_prefix="/kiosk")
blueprint.after_request(zip_page)

CHANNEL = "kiosk"
CLOSED_LOOKS_AGAIN_S = 20

# Stricter than the other pages in all but two things: it has a service worker and a manifest.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


@blueprint.get("")
def page() -> tuple[Response, int] | Response:
    """The whole kiosk. When nothing can be answered: where help is, until it can."""
    bot = desk().live.bot
    if bot is None:
        locale = locale_in(_language(), Region.UK)  # without a release nobody knows where the clinic is
        with force_locale(locale.replace("-", "_")):
            closed = _with_policy(make_response(render_template("patient/kiosk_closed.html", locale=locale)))
        closed.headers["Refresh"] = str(CLOSED_LOOKS_AGAIN_S)
        return closed, 503
    edition = _edition()
    response = _with_policy(make_response(edition.pages[_language()]))
    response.headers["ETag"] = f'"{edition.version}"'
    return response


@blueprint.get("/")
def page_by_another_name() -> BaseResponse:
    """What people type."""
    return redirect("/kiosk", 308)


@blueprint.get("/state")
def state() -> tuple[Response, int] | Response:
    """Whether questions can be answered, which edition is current, and the files it is made of."""
    if desk().live.bot is None:
        return jsonify(status="closed"), 503
    edition = _edition()
    return jsonify(status="open", version=edition.version, release=edition.release, files=edition.files)


@blueprint.post("/turns")
def turn() -> tuple[Response, int] | Response:
    """One question answered, as a piece of the page. Nothing of it is cached anywhere."""
    if not is_same_origin():
        abort(403, "Only the kiosk's own page may ask here.")
    conversation = request.form.get("conversation", "")
    question = typed_question()
    bot = desk().live.require()
    if not re.fullmatch(TOKEN, conversation):
        return _piece(bot.release, "patient/kiosk_refused.html"), 422
    try:
        exchange = desk().chat.ask(question, conversation, channel=CHANNEL, language=_language())
    except InputError:
        return _piece(bot.release, "patient/kiosk_refused.html"), 422
    return _piece(bot.release, "patient/kiosk_turn.html", question=question, exchange=exchange)


@blueprint.get("/codes/<entry_id>.svg")
def code(entry_id: str) -> Response:
    """An answer's take-home code. An image of its own, since only it depends on the name the kiosk was reached by."""
    if desk().live.require().release.entry(entry_id) is None:
        abort(404)
    response = make_response(code_of(root_of(desk().settings, request.host_url), entry_id, query_of(_language())))
    response.headers["Content-Type"] = "image/svg+xml"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/worker.js")
def worker() -> Response:
    """The service worker; it may look after the whole of /kiosk, which is one level above its own address."""
    text = resources.files("bot.web").joinpath("static/js/kiosk_worker.js").read_text(encoding="utf-8")
    response = make_response(text)
    response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["Service-Worker-Allowed"] = "/kiosk"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a tablet needs to install the kiosk."""
    bot = desk().live.bot
    clinic = bot.release.clinic if bot else None
    pictures = ((192, "any"), (512, "any"), (512, "maskable"))
    response = jsonify(
        id="/kiosk",
        name=f"Questions – {clinic.name}" if clinic else "Questions",
        short_name="Questions",
        description="Answers to questions about isotretinoin, for the waiting room.",
        lang=locale_in(_language(), clinic.region if clinic else Region.UK),
        start_url=f"/kiosk{query_of(_language())}",
        scope="/kiosk",
        display="fullscreen",
        display_override=["fullscreen", "standalone"],
        orientation="any",
        background_color="#fbfaf7",
        theme_color=clinic.brand_colour if clinic else "#1f5f8b",
        icons=[
            {"src": asset_url("icons/kiosk.svg"), "type": "image/svg+xml", "sizes": "any"},
            *(
                {"src": asset_url(f"icons/kiosk-{px}.png"), "type": "image/png", "sizes": f"{px}x{px}", "purpose": use}
                for px, use in pictures
            ),
        ],
    )
    response.headers["Content-Type"] = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _edition() -> Edition:
    return edition_of(desk().live.require(), staffed=bool(desk().key))


def _language() -> str:
    """The language that this screen was set up in, or that its visitor chose on it.

    A browser's own wish says nothing about who stands before it.
    """
    return language_of(asked_locale())


def _piece(release: Release, template: str, **values: Any) -> Response:
    clinic = release.clinic
    with force_locale(locale_in(_language(), clinic.region).replace("-", "_")):
        now = desk().now()
        return make_response(
            render_template(
                template,
                release=release,
                clinic=clinic,
                open_now=opening_words(clinic, now),
                is_closed=clinic.opening(now).closes is None,
                query=query_of(_language()),
                **values,
            )
        )


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    return response
