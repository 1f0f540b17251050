"""Staff pages on the kiosk's public screen: which browser is one, how short a session is there, and the way back."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, request, session

from bot.staff.sessions import IDLE
from bot.web.addresses import query_of_locale
from bot.web.languages import asked_locale
from bot.web.security import is_same_origin
from bot.web.staff_cookies import AREA, is_staff_address

KIOSK = "/kiosk"
BACK = f"{AREA}/kiosk"  # ends the session on its way to the kiosk, which stands where the cookie is not sent
LEFT_ALONE = timedelta(seconds=120)
_MARK, _FROM = "kiosk", "from"


def add_way_back(app: Flask) -> None:
    """Give a staff page that is left alone on the kiosk's screen back to visitors, and tell templates the way."""
    app.after_request(_give_the_screen_back)
    app.context_processor(lambda: {"way_back": _way_back()} if is_staff_address(request.path) else {})


def comes_from_kiosk() -> bool:
    """Whether this request opens the staff area from the kiosk; a link on another site cannot end sessions with it."""
    return request.args.get(_FROM) == "kiosk" and is_same_origin()


def mark_kiosk() -> None:
    """Remember that this browser is a kiosk, in the screen's own language, until it is closed.

    Signing out must not take the mark away: a visitor who finds the way back to a staff page would be left there.
    """
    session[_MARK] = f"{KIOSK}{query_of_locale(asked_locale())}"


def kiosk_of_browser() -> str:
    """The address of the kiosk that this browser is; empty for all others."""
    found = session.get(_MARK, "")
    return found if isinstance(found, str) else ""


def longest_idle() -> timedelta:
    """How long a session of this browser lasts while nothing is done."""
    return LEFT_ALONE if kiosk_of_browser() else IDLE


def empty_cookie() -> None:
    """Take everything out of the browser's cookie, but that it is a kiosk."""
    kiosk = kiosk_of_browser()
    session.clear()
    if kiosk:
        session[_MARK] = kiosk


def _way_back() -> str:
    """Where a staff page of this browser leads back to the kiosk; empty where it is none.

    Without a session straight to the kiosk, which a browser finds even while there is no network.
    """
    if "token" in session:
        return BACK if kiosk_of_browser() else ""
    return kiosk_of_browser() or (KIOSK if request.args.get(_FROM) == "kiosk" else "")


def _give_the_screen_back(response: Response) -> Response:
    is_page = is_staff_address(request.path) and response.mimetype == "text/html" and not response.location
    if is_page and (way := _way_back()):
        response.headers["Refresh"] = f"{LEFT_ALONE.seconds}; url={way}"
    return response
