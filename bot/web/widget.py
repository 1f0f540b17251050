"""The embeddable widget: its script, one file for pages of other sites, and the page in its frame."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import lru_cache
from importlib import resources

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from bot.web.assets import zip_page
from bot.web.languages import LOCALES, own_locale
from bot.web.pages import desk, page

blueprint = Blueprint("widget", __name__)

_PARTS = ("look", "theme", "panel", "launcher")  # joined in one function, so that the page around gets no names of ours
_KEPT_S = 300  # a new colour or a mended script is on every site within minutes
_LOCALES = {name.lower(): name for name in LOCALES}


@blueprint.get("/widget.js")
def script() -> Response:
    """The launcher's script. It holds the clinic's name, colour and emergency number, for when nothing else loads."""
    body, digest = _script(_facts())
    response = Response(body, content_type="text/javascript; charset=utf-8")
    response.set_etag(digest, weak=True)  # the same for both encodings
    response.headers["Cache-Control"] = f"public, max-age={_KEPT_S}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"  # a public file; pages may load it with `crossorigin`
    response.headers["Vary"] = "Accept-Encoding"
    response.make_conditional(request)
    if response.status_code == 200 and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(_zipped(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


@blueprint.get("/widget")
def frame() -> BaseResponse:
    """The chat in the frame. A language as the page around writes it is turned into one that is spoken here."""
    desk().live.require()
    wanted = request.args.get("locale")
    if wanted is not None and wanted not in LOCALES:
        spoken = _spoken(wanted)
        return redirect("/widget?channel=widget" + (f"&locale={spoken}" if spoken else ""))
    response = page("patient/chat.html", question="", exchange=None, conversation="", fault=None)
    return zip_page(response)


def _spoken(wanted: str) -> str | None:
    """The locale for `wanted`: "en-gb" the same, "es-MX" Spanish, "en-AU" the clinic's English.

    None, for a language not spoken here, leaves it to the browser, which is asked only then.
    """
    tag = wanted.lower().replace("_", "-")
    language = tag.partition("-")[0]
    if tag not in _LOCALES and language == "en":
        return own_locale(desk().live.require().release.clinic.region)
    return _LOCALES.get(tag) or _LOCALES.get(language)


def _facts() -> str:
    bot = desk().live.bot
    if bot is None:
        return "{}"
    clinic = bot.release.clinic
    emergency = clinic.line("emergency", clinic.region)
    facts = {
        "name": clinic.name,
        "colour": clinic.brand_colour,
        "emergency": {"number": emergency.number, "href": emergency.href},
    }
    return json.dumps(facts)


@lru_cache(maxsize=4)
def _script(facts: str) -> tuple[bytes, str]:
    folder = resources.files("bot.web").joinpath("static", "js", "widget")
    parts = (folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in _PARTS)
    text = "".join(('(() => {\n"use strict";\nconst CLINIC = ', facts, ";\n", *parts, "})();\n"))
    body = text.encode("utf-8")
    return body, hashlib.sha256(body).hexdigest()[:20]


@lru_cache(maxsize=4)
def _zipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)
