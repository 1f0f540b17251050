"""The language of patients' pages: which one a request asks for, and the clinic's facts worded in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from importlib import resources

from babel.dates import format_date as date_in
from babel.dates import format_time as time_in
from flask import Flask, Response, request
from flask_babel import Babel, get_locale, gettext
from markupsafe import Markup, escape

from bot.faq.clinic import ClinicProfile, HelpLine
from bot.faq.entry import ENGLISH, Entry, Region
from bot.patients.live import Live
from bot.reply.types import EntryLink, ReplyPart
from bot.web.addresses import query_of_page

SPANISH = "es"
# A locale chooses wording and numbers of its region; Spanish leaves the region to the clinic.
LOCALES: Mapping[str, Region | None] = {"en-GB": Region.UK, "en-US": Region.US, SPANISH: None}
LANGUAGES = (("en-GB", "English (UK)"), ("en-US", "English (US)"), (SPANISH, "Español"))
_OF_REGION = {region: locale for locale, region in LOCALES.items() if region}
_LINK = re.compile(r'href="/answers/[a-z0-9-]+(?=")')
_NUMBER = re.compile(r"\+?\d[\d()]*(?:[ -][\d()]+)+")  # a telephone number that could break over two lines
_DAYS = {"en_GB": "EEEE d MMMM", "en_US": "EEEE, MMMM d", SPANISH: "EEEE d 'de' MMMM"}
_WITHOUT_CHOICE = ("/staff", "/api/")


def add_languages(app: Flask, live: Live) -> None:
    """Let templates say `_("…")`, and give them clinic facts in the page's language.

    Nothing is remembered: the language stands in the address, or else follows what the browser prefers.
    """
    folder = resources.files("bot.web").joinpath("translations")

    def chosen() -> str:
        bot = live.bot
        return shown_locale(bot.release.clinic if bot else None).replace("-", "_")

    Babel(app, locale_selector=chosen, default_translation_directories=str(folder))
    app.jinja_env.globals.update(
        english=english,
        english_if=english_if,
        lang_of=lang_of,
        question_of=question_of,
        lang_of_question=lang_of_question,
        said=said,
        label_of=label_of,
        unbroken=unbroken,
        date_of=date_of,
        weekday_of=weekday_of,
        carried=carried,
        other_language=other_language,
        LANGUAGES=LANGUAGES,
    )


def asked_locale() -> str | None:
    """The locale that the address names; None where it names none of ours."""
    locale = request.args.get("locale")
    return locale if locale in LOCALES else None


def region_of(locale: str | None) -> Region | None:
    """The region of a locale; None means the clinic's own."""
    return LOCALES[locale] if locale else None


def own_locale(region: Region) -> str:
    """The locale in which the answers of a region are written."""
    return _OF_REGION[region]


def locale_in(language: str, region: Region) -> str:
    """The locale of what is shown in a language: English as the region writes it."""
    return own_locale(region) if language == ENGLISH else language


def shown_region(clinic: ClinicProfile) -> Region:
    """Whose numbers and wording this request is shown."""
    return region_of(asked_locale()) or clinic.region


def shown_locale(clinic: ClinicProfile | None) -> str:
    """The locale of this request's page: as asked, or Spanish where the browser prefers that, or the region's own.

    The browser's wish chooses the language only: a browser set to American English in London still gets 999.
    """
    own = _OF_REGION[clinic.region] if clinic else "en-GB"
    if request.path.startswith(_WITHOUT_CHOICE):
        return own
    return asked_locale() or (SPANISH if _prefers_spanish() else own)


def is_spanish() -> bool:
    """Whether this request's page is in Spanish."""
    locale = get_locale()
    return locale is not None and locale.language == SPANISH


def language_of(locale: str | None) -> str:
    """The language of a locale; None means English."""
    return SPANISH if locale == SPANISH else ENGLISH


def other_language(clinic: ClinicProfile) -> tuple[str, str]:
    """The locale of the language that this request's page is not in, and its name as those who speak it say it."""
    return (own_locale(clinic.region), "English") if is_spanish() else (SPANISH, "Español")


def language() -> str:
    """The language in which answers are wished for; they are given in it where that wording is approved."""
    return SPANISH if is_spanish() else ENGLISH


def vary(response: Response) -> Response:
    """Tell caches that the language may follow the browser."""
    response.vary.add("Accept-Language")
    return response


def english() -> Markup:
    """The attribute that marks approved English wording on a page in another language."""
    return Markup(' lang="en"') if is_spanish() else Markup("")


def lang_of(part: ReplyPart) -> Markup:
    """The same for approved wording that may be translated."""
    return english() if part.language == ENGLISH else Markup("")


def question_of(asked: EntryLink | Entry) -> str:
    """An approved question in the page's language where it has a translation, else in English."""
    return _translated(asked) or asked.question


def lang_of_question(asked: EntryLink | Entry) -> Markup:
    """The attribute that marks such a question where it is in English on a page in another language."""
    return Markup("") if _translated(asked) else english()


def _translated(asked: EntryLink | Entry) -> str:
    if isinstance(asked, Entry):
        found = asked.served_translation(language())
        return found.question if found else ""
    return asked.translations.get(language(), "")


def english_if(text: str) -> Markup:
    """The same for a sentence that comes from below and may have no translation."""
    return english() if said(text) == text else Markup("")


def said(text: str) -> str:
    """A sentence of ours that comes from below, translated where the catalogue has it."""
    return str(gettext(text)) if is_spanish() and text else text


def label_of(line: HelpLine) -> str:
    """What stands on a help line's button."""
    if not is_spanish():
        return line.label
    if line.kind == "clinic":
        return str(gettext("Call the clinic, %(phone)s", phone=line.number))
    if (translated := said(line.label)) != line.label:
        return translated
    if line.action == "call":
        return str(gettext("Call %(number)s", number=line.number))
    return str(gettext("Text %(number)s", number=line.number))


def unbroken(text: str) -> Markup:
    """The text as one piece of HTML in which no telephone number breaks over two lines, where it would be misread."""
    whole = _NUMBER.sub(r'<span class="tel">\g<0></span>', str(escape(text)))
    return Markup(f"<span>{whole}</span>")  # noqa: S704 - escaped above  # nosec B704


def carried(html: Markup) -> Markup:
    """Approved wording whose links to other answers carry on what the page's own links do."""
    query = escape(query_of_page(asked_locale()))
    # As a plain text: a regular expression would join what is Markup with its quotes escaped once more.
    return Markup(_LINK.sub(rf"\g<0>{query}", str(html)))  # noqa: S704 - it was safe before  # nosec B704


def date_of(day: date) -> str:
    """A date in full, as the page's language writes it."""
    return date_in(day, "long", locale=get_locale() or "en_GB")


def opening_words(clinic: ClinicProfile, now: datetime) -> str:
    """Today's opening in a phrase: open until, opens at, or when next."""
    found = clinic.opening(now)
    if found.closes:
        return str(gettext("Open today until %(time)s", time=_clock(found.closes)))
    if found.opens is None:
        return str(gettext("Closed now"))
    opens = _clock(found.opens)
    if found.days_ahead == 0:
        return str(gettext("Opens today at %(time)s", time=opens))
    if found.days_ahead == 1:
        return str(gettext("Closed now. Opens tomorrow at %(time)s", time=opens))
    return str(gettext("Closed now. Opens on %(day)s at %(time)s", day=weekday_of(found.day), time=opens))


def weekday_of(day: date) -> str:
    """A day of the next weeks with its weekday, as the page's language writes it."""
    locale = get_locale() or "en_GB"
    return date_in(day, _DAYS.get(str(locale), _DAYS["en_GB"]), locale=locale)


def _clock(at: time) -> str:
    return time_in(at, "short", locale=get_locale() or "en_GB")


def _prefers_spanish() -> bool:
    return request.accept_languages.best_match(("en", SPANISH), default="en") == SPANISH
