"""Pages for patients: the chat (with and without scripts), topics, answers, privacy."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request
from flask_babel import gettext, lazy_gettext

from bot.config import NONE, Secret, Settings
from bot.dialogue.context import Context
from bot.errors import Conflict, InputError, NotReady
from bot.faq.clinic import HelpLine
from bot.faq.colour import darker, lighter, lightest
from bot.faq.release import Level
from bot.language.normalise import MOST_CHARACTERS
from bot.patients.chat import Chat, Exchange
from bot.patients.live import Live
from bot.patients.messages import CONTROL
from bot.store.database import Database
from bot.web.addresses import channel_of_page, look_of_page, place_of_page, query_of_page
from bot.web.assets import zip_page
from bot.web.languages import asked_locale, language, opening_words, region_of, shown_locale, shown_region, vary
from bot.web.mine import Mine, mine_of_form
from bot.web.schemas import KEY, TOKEN
from bot.web.security import is_same_origin
from bot.web.unsent import unsent_of_form

blueprint = Blueprint("pages", __name__)
blueprint.after_request(zip_page)
blueprint.add_app_template_global(lambda number: HelpLine("clinic", number, "").href, "tel_of")

CHAT = "patient/chat.html"
_ALARMS = (Level.EMERGENCY, Level.CRISIS)

_NOT_ASKED = {
    400: lazy_gettext("That request could not be read."),
    404: lazy_gettext("There is no such page."),
    405: lazy_gettext("That cannot be done here."),
    413: lazy_gettext("That is too long. A question has at most 500 characters."),
    415: lazy_gettext("That kind of content cannot be read."),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with. `key` signs sessions and seals secrets; staff pages need it and the database."""

    live: Live
    chat: Chat
    now: Callable[[], datetime]
    settings: Settings
    database: Database | None = None
    key: Secret = NONE

    def require_database(self) -> Database:
        """The database; raises NotReady where the application runs without one."""
        if self.database is None:
            raise NotReady("there is no database")
        return self.database


def desk() -> Desk:
    """The running application's desk."""
    found: Desk = current_app.extensions["clinicbot"]
    return found


@blueprint.get("/")
def chat() -> Response:
    """The chat page."""
    desk().live.require()
    return page(CHAT, question="", exchange=None, conversation="", fault=None)


@blueprint.post("/")
def chat_without_scripts() -> Response:
    """The same page with one question answered, for browsers without scripts."""
    question, exchange = _asked()
    again = {"asked": question, "asked_key": request.form.get("key", ""), "asked_in": _form()[1] or ""}
    return page(
        CHAT,
        question=question,
        exchange=exchange,
        conversation=exchange.conversation,
        fault=None,
        again=again,
    )


@blueprint.post("/turns")
def turn() -> Response:
    """One exchange as a piece of the page, for the chat's script."""
    if not is_same_origin():
        abort(403, "Only the chat's own page may ask here.")
    question, exchange = _asked()
    return page("patient/turn.html", question=question, exchange=exchange, plain=False)


@blueprint.get("/topics")
def topics() -> Response:
    """All topics with their approved questions."""
    desk().live.require()
    return page("patient/topics.html")


@blueprint.get("/answers/<entry_id>")
def answer(entry_id: str) -> Response:
    """One approved answer: permanent, printable."""
    bot = desk().live.require()
    part = bot.answer(entry_id, region_of(asked_locale()), language())
    if part is None:
        abort(404)
    entry = bot.release.entry(entry_id)
    return page("patient/answer.html", part=part, entry=entry, related=bot.related(entry_id))


@blueprint.get("/take-home")
def take_home() -> Response:
    """A patient's own list of questions, which only the browser knows: it stands behind the # of the address."""
    desk().live.require()
    return page("patient/take-home.html")


@blueprint.get("/privacy")
def privacy() -> Response:
    """What is and is not stored."""
    desk().live.require()
    return page("patient/privacy.html")


@blueprint.get("/theme.css")
def theme() -> Response:
    """The clinic's brand colour for the light and the dark theme, as a style sheet so that no style stands inline."""
    bot = desk().live.bot
    colour = bot.release.clinic.brand_colour if bot else "#1f5f8b"
    themes = {"light": (colour, darker(colour)), "dark": (lighter(colour), lightest(colour))}
    rules = (
        f"@media (prefers-color-scheme: {theme}) {{ :root {{ --brand: {brand}; --brand-strong: {strong}; }} }}\n"
        for theme, (brand, strong) in themes.items()
    )
    response = make_response("".join(rules))
    response.headers["Content-Type"] = "text/css; charset=utf-8"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # as the files in bot.web.assets
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def refused(error: InputError) -> tuple[Response, int]:
    """The page again, with what is wrong beside the box and the typed text still in it; the conversation goes on."""
    typed = request.form.get("question", "").encode("utf-8", "replace").decode()  # all of it: it may be nowhere else
    template = "patient/refused.html" if request.path == "/turns" else CHAT
    token = request.form.get("conversation", "")
    conversation = token if re.fullmatch(TOKEN, token) else ""
    return page(
        template,
        question=typed,
        exchange=None,
        conversation=conversation,
        fault=_fault(error),
        standing=desk().chat.standing(conversation, region_of(asked_locale())),
    ), 422


def held_back() -> tuple[Response, int]:
    """The page again with what was typed, when too much came from one address."""
    return refused(InputError(field="pace", got="too many at once", allowed="some in a minute"))


def error_page(status: int) -> tuple[Response, int]:
    """A plain page for an HTTP error, with the way on."""
    if desk().live.bot is None:
        return fail_safe()
    return page(
        "patient/error.html", status=status, message=_NOT_ASKED.get(status) or gettext("That did not work.")
    ), status


def fail_safe() -> tuple[Response, int]:
    """Where help is, when nothing can be answered. It rests on no release and no other template.

    What was typed is still on it, to be sent once more.
    """
    bot = desk().live.bot
    clinic = bot.release.clinic if bot else None
    lines = (
        [clinic.line(kind, shown_region(clinic)) for kind in ("emergency", "urgent", "crisis_call")] if clinic else []
    )
    query = query_of_page(asked_locale())  # with it the page may stand in a frame, and keeps its language
    address = f"{place_of_page()}{query}"
    shown = render_template(
        "patient/fail_safe.html", clinic=clinic, lines=lines, address=address, unsent=unsent_of_form()
    )
    return make_response(shown), 503


def page(template: str, **values: Any) -> Response:
    """A patients' page with what all of them show, in the language and region that the request asks for."""
    bot = desk().live.require()
    clinic = bot.release.clinic
    region = shown_region(clinic)
    shown: dict[str, Any] = {
        "release": bot.release,
        "clinic": clinic,
        "region": region,
        "locale": shown_locale(clinic),
        "locale_query": query_of_page(asked_locale()),
        "query_of_page": query_of_page,
        "asked_locale": asked_locale(),
        "place": place_of_page(),
        "look": look_of_page(),
        "plain": True,
        "mine": mine_of_form(bot.release) if template == CHAT else Mine(),
        "channel": channel_of_page(),
        "emergency": clinic.line("emergency", region),
        "help_after": {level.word: bot.standing(Context(raised=level), region) for level in _ALARMS},
        "open_now": opening_words(clinic, desk().now()),
        "today": clinic.today(desk().now()),
        "is_closed": clinic.opening(desk().now()).closes is None,
        "longest": MOST_CHARACTERS,
        "indexing": desk().settings.indexing,
        "rateable": desk().database is not None,
        "can_send": "handoffs.begin" in current_app.view_functions,
        "key": secrets.token_urlsafe(18),
        "retention_days": desk().settings.retention_days,
    }
    return vary(make_response(render_template(template, **{**shown, **values})))


def _form() -> tuple[str, str | None]:
    conversation = request.form.get("conversation", "")
    if conversation and not re.fullmatch(TOKEN, conversation):
        raise InputError(field="conversation", got="something else", allowed="a token of 8 to 64 letters and digits")
    return typed_question(), conversation or None


def typed_question() -> str:
    """What stands in the form's box. Control characters, as some programs copy them along, are spaces there."""
    return CONTROL.sub(" ", request.form.get("question", "").replace("\r\n", "\n"))


def _asked() -> tuple[str, Exchange]:
    """The question of the form and its exchange; one that was sent twice is asked once."""
    question, conversation = _form()
    key = request.form.get("key", "")
    region = region_of(asked_locale())
    if re.fullmatch(KEY, key):
        try:
            return question, desk().chat.ask(question, conversation, region, channel_of_page(), key, language())
        except Conflict:  # the page was gone back to and another question typed: that is no repeat
            pass
    return question, desk().chat.ask(question, conversation, region, channel_of_page(), language=language())


def _fault(error: InputError) -> str:
    if error.field == "pace":
        clinic = desk().live.require().release.clinic
        return str(
            gettext(
                "Many questions came from your network just now. Please wait a moment, then send yours again. "
                "In an emergency call %(number)s.",
                number=clinic.line("emergency", shown_region(clinic)).number,
            )
        )
    if error.field != "question":
        return str(gettext("Something in the form was not as it should be. Reload the page and try again."))
    if error.got.endswith(" characters") and error.got[0].isdigit():
        count = error.got.removesuffix(" characters")
        return str(
            gettext(
                "Your question has %(count)s characters. Please keep it to %(most)s.", count=count, most=MOST_CHARACTERS
            )
        )
    if error.got.startswith(("no text", "only spaces")):
        return str(gettext("Please type a question first."))
    return str(gettext("Your question holds something that cannot be read. Please type it again."))
