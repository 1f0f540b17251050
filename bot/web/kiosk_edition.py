"""The kiosk's pages made once a release: all approved answers, the version that names them, and take-home codes."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale

from bot.config import Settings
from bot.dialogue.bot import Bot
from bot.dialogue.context import Context
from bot.faq.entry import ENGLISH, Entry
from bot.faq.release import Level
from bot.language.normalise import tokenise
from bot.reply.types import Decision, Outcome, ReplyPart
from bot.web.addresses import query_of_locale
from bot.web.languages import SPANISH, locale_in
from bot.web.qr import svg_of

MOST_EDITIONS = 2  # while a release changes
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", SPANISH: "Español"}  # as those who speak them call them
STYLES = ("css/tokens.css", "css/base.css", "css/cards.css", "css/kiosk.css", "css/kiosk_keys.css")
SCRIPTS = (
    "js/kiosk.js",
    "js/kiosk_asking.js",
    "js/kiosk_clock.js",
    "js/kiosk_down.js",
    "js/kiosk_exit.js",
    "js/kiosk_finding.js",
    "js/kiosk_help.js",
    "js/kiosk_idle.js",
    "js/kiosk_keys.js",
    "js/kiosk_language.js",
    "js/kiosk_link.js",
    "js/kiosk_paper.js",
    "js/kiosk_pieces.js",
    "js/kiosk_views.js",
    "js/kiosk_visit.js",
    "js/waiting.js",
)
ICONS = ("icons/kiosk.svg", "icons/kiosk-192.png", "icons/kiosk-512.png")
_NO_VERSION = 'data-version=""'  # in the page as it is rendered: the version follows from all that is in it
_HELP = ("emergency", "urgent", "crisis_call", "crisis_text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One release as the kiosk shows it, a page a language.

    `version` differs when anything in it differs; `files` are all it needs.
    """

    version: str
    release: int
    pages: Mapping[str, str]
    files: tuple[str, ...]


_LOCK = threading.Lock()


def edition_of(bot: Bot, *, staffed: bool) -> Edition:
    """The edition of a bot's release. Made on first use, and the same by whatever name it was reached."""
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


def code_of(root: str, entry_id: str, query: str) -> str:
    """The take-home code of an entry as an SVG image, leading to where phones find it in the language that was read."""
    return svg_of(f"{root}answers/{entry_id}{query}", "A code for your phone's camera")


def asset_url(name: str) -> str:
    """The hashed address of a static file."""
    address: Any = current_app.jinja_env.globals["asset"]
    return str(address(name))


def _edition(bot: Bot, staffed: bool) -> Edition:
    queries = [query_of(language) for language in LANGUAGES]
    files = (
        *(f"/kiosk{query}" for query in queries),
        "/theme.css",
        *(f"/kiosk/manifest.webmanifest{query}" for query in queries),
        *(asset_url(name) for name in (*STYLES, *ICONS, *SCRIPTS, "css/print.css", "js/speech.js")),
        *(f"/kiosk/codes/{entry.id}.svg{query}" for query in queries for entry in bot.release.entries),
    )

    unnamed = {language: _page(bot, staffed, language) for language in LANGUAGES}
    parts = (*unnamed.values(), *files, asset_url("js/kiosk_worker.js"), bot.release.clinic.brand_colour)
    version = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    pages = {language: page.replace(_NO_VERSION, f'data-version="{version}"', 1) for language, page in unnamed.items()}
    return Edition(version=version, release=bot.release.number, pages=pages, files=files)


def _page(bot: Bot, staffed: bool, language: str) -> str:
    release, clinic = bot.release, bot.release.clinic
    locale = locale_in(language, clinic.region)
    with force_locale(locale.replace("-", "_")):
        return render_template(
            "patient/kiosk.html",
            release=release,
            clinic=clinic,
            locale=locale,
            query=query_of(language),
            others=[(other, name, query_of(other)) for other, name in LANGUAGES.items() if other != language],
            styles=STYLES,
            staffed=staffed,
            help_lines=[clinic.line(kind, clinic.region) for kind in _HELP],
            standing=[(level.word, bot.standing(Context(raised=level))) for level in (Level.EMERGENCY, Level.CRISIS)],
            alarms=_alarms(bot, language),
            answer_of=partial(bot.answer, language=language),
            related_to=bot.related,
            words_of=partial(_words_of, language=language),
        )


def _alarms(bot: Bot, language: str) -> list[ReplyPart]:
    """The cards of all alarms, for a visitor who changes the language while one is shown."""
    rules = [rule for rule in bot.release.rules if rule.level >= Level.URGENT and rule.replies]
    decided = [(Decision(outcome=Outcome.of_level(rule.level), rule_id=rule.id), "") for rule in rules]
    return [bot.say_again([each], language=language).leading for each in decided]


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
