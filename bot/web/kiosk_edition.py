"""The kiosk's page made once a release: all approved answers, the version that names it, and take-home codes."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale

from bot.config import Settings
from bot.dialogue.bot import Bot
from bot.faq.entry import ENGLISH, Entry
from bot.language.normalise import tokenise
from bot.web.addresses import query_of_locale
from bot.web.languages import locale_in
from bot.web.qr import svg_of

MOST_EDITIONS = 4  # two languages while a release changes
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


def edition_of(bot: Bot, *, staffed: bool, language: str = ENGLISH) -> Edition:
    """The edition of a bot's release in a language. Made on first use, and the same by whatever name it was reached."""
    editions: OrderedDict[tuple[int, str, str], Edition] = current_app.extensions.setdefault(
        "clinicbot.kiosk", OrderedDict()
    )
    key = (bot.release.number, bot.release.content_hash, language)
    with _LOCK:
        if key not in editions:
            editions[key] = _edition(bot, staffed, language)
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


def _edition(bot: Bot, staffed: bool, language: str) -> Edition:
    release, clinic = bot.release, bot.release.clinic
    query, locale = query_of(language), locale_in(language, clinic.region)
    files = (
        f"/kiosk{query}",
        "/theme.css",
        f"/kiosk/manifest.webmanifest{query}",
        *(asset_url(name) for name in (*STYLES, *ICONS, *SCRIPTS, "css/print.css", "js/speech.js")),
        *(f"/kiosk/codes/{entry.id}.svg" for entry in release.entries),
    )

    def page(version: str) -> str:
        with force_locale(locale.replace("-", "_")):
            return rendered(version)

    def rendered(version: str) -> str:
        return render_template(
            "patient/kiosk.html",
            release=release,
            clinic=clinic,
            locale=locale,
            query=query,
            version=version,
            styles=STYLES,
            staffed=staffed,
            help_lines=[clinic.line(kind, clinic.region) for kind in _HELP],
            answer_of=partial(bot.answer, language=language),
            related_to=bot.related,
            words_of=partial(_words_of, language=language),
        )

    parts = (page(""), *files, asset_url("js/kiosk_worker.js"), clinic.brand_colour)
    version = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return Edition(version=version, release=release.number, page=page(version), files=files)


def query_of(language: str) -> str:
    """What the addresses of a kiosk in that language end with."""
    return query_of_locale(None if language == ENGLISH else language)


def _words_of(entry: Entry, language: str) -> str:
    """The words by which an entry is found, besides those of its question."""
    translated = entry.served_translation(language)
    shown = translated.question if translated else entry.question
    own = {token.text for token in tokenise(shown)}
    wordings = (*entry.wordings, *(translated.wordings if translated else ()))
    words = {token.text for text in wordings for token in tokenise(text) if token.is_word}
    return " ".join(sorted(words - own))
