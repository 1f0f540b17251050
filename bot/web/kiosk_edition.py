"""The kiosk's page made once a release: all approved answers, the version that names it, and take-home codes."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template

from bot.config import Settings
from bot.dialogue.bot import Bot
from bot.faq.entry import Entry
from bot.language.normalise import tokenise
from bot.web.languages import own_locale
from bot.web.qr import svg_of

MOST_EDITIONS = 2  # while a release changes
STYLES = ("css/tokens.css", "css/base.css", "css/cards.css", "css/kiosk.css", "css/kiosk_keys.css")
SCRIPTS = (
    "js/kiosk.js",
    "js/kiosk_asking.js",
    "js/kiosk_clock.js",
    "js/kiosk_down.js",
    "js/kiosk_exit.js",
    "js/kiosk_finding.js",
    "js/kiosk_idle.js",
    "js/kiosk_keys.js",
    "js/kiosk_link.js",
    "js/kiosk_pieces.js",
    "js/kiosk_views.js",
    "js/kiosk_visit.js",
    "js/waiting.js",
)
ICONS = ("icons/kiosk.svg", "icons/kiosk-192.png", "icons/kiosk-512.png")
_HELP = ("emergency", "urgent", "crisis_call", "crisis_text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One release as the kiosk shows it. `version` differs when anything in it differs; `files` are all it needs."""

    version: str
    release: int
    page: str
    files: tuple[str, ...]


_LOCK = threading.Lock()


def edition_of(bot: Bot, *, staffed: bool) -> Edition:
    """The edition of a bot's release. Made on first use, and the same whatever name the kiosk was reached by."""
    editions: OrderedDict[tuple[int, str], Edition] = current_app.extensions.setdefault(
        "clinicbot.kiosk", OrderedDict()
    )
    key = (bot.release.number, bot.release.content_hash)
    with _LOCK:
        if key not in editions:
            editions[key] = _edition(bot, staffed)
        while len(editions) > MOST_EDITIONS:
            editions.popitem(last=False)
        return editions[key]


def root_of(settings: Settings, host_url: str) -> str:
    """Where phones find the clinic's answers, with a slash at the end: the public address, else where we were asked."""
    return (settings.public_url or host_url).rstrip("/") + "/"


def code_of(root: str, entry_id: str) -> str:
    """The take-home code of an entry as an SVG image, leading to where phones find it."""
    return svg_of(f"{root}answers/{entry_id}", "A code for your phone's camera")


def asset_url(name: str) -> str:
    """The hashed address of a static file."""
    address: Any = current_app.jinja_env.globals["asset"]
    return str(address(name))


def _edition(bot: Bot, staffed: bool) -> Edition:
    release, clinic = bot.release, bot.release.clinic
    files = (
        "/kiosk",
        "/theme.css",
        "/kiosk/manifest.webmanifest",
        *(asset_url(name) for name in (*STYLES, *ICONS, *SCRIPTS, "css/print.css", "js/speech.js")),
        *(f"/kiosk/codes/{entry.id}.svg" for entry in release.entries),
    )

    def page(version: str) -> str:
        return render_template(
            "patient/kiosk.html",
            release=release,
            clinic=clinic,
            locale=own_locale(clinic.region),
            version=version,
            styles=STYLES,
            staffed=staffed,
            help_lines=[clinic.line(kind, clinic.region) for kind in _HELP],
            answer_of=bot.answer,
            related_to=bot.related,
            words_of=_words_of,
        )

    parts = (page(""), *files, asset_url("js/kiosk_worker.js"), clinic.brand_colour)
    version = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return Edition(version=version, release=release.number, page=page(version), files=files)


def _words_of(entry: Entry) -> str:
    """The words by which an entry is found, besides those of its question."""
    own = {token.text for token in tokenise(entry.question)}
    words = {token.text for text in entry.wordings for token in tokenise(text) if token.is_word}
    return " ".join(sorted(words - own))
