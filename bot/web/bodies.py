"""How much of a request is read from the network at all, by where it goes and who sends it: before anybody looks."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from flask import Flask
from itsdangerous import BadSignature
from werkzeug.exceptions import HTTPException

from bot.web.contact import MOST_CONTACT_BYTES
from bot.web.staff_cookies import StaffCookies, is_staff_address
from bot.web.staff_door import MOST_FORM_BYTES

LARGEST_BYTES = max(MOST_CONTACT_BYTES, MOST_FORM_BYTES)  # of what a stranger may send


def most_bytes(app: Flask, method: str, path: str, cookies: str) -> int:
    """The largest body that such a request may have; a view's own, beyond the usual, for who has a session alone.

    Whether that session still goes on is asked once the body is there; it was ours, and nobody else can make one.
    """
    if not is_staff_address(path):
        return MOST_CONTACT_BYTES
    if not _had_session(app, cookies):
        return MOST_FORM_BYTES
    try:
        endpoint, _ = app.url_map.bind("").match(path, method)
    except HTTPException:
        return MOST_FORM_BYTES
    return int(getattr(app.view_functions.get(endpoint), "most_bytes", MOST_FORM_BYTES))


def _had_session(app: Flask, cookies: str) -> bool:
    interface, name = app.session_interface, app.config["SESSION_COOKIE_NAME"]
    signer = interface.get_signing_serializer(app) if isinstance(interface, StaffCookies) else None
    if signer is None:
        return False
    try:
        sent = SimpleCookie(cookies)
    except CookieError:
        return False
    for each in (sent[key] for key in (name, f"__Secure-{name}") if key in sent):
        try:
            if "token" in signer.loads(each.value):
                return True
        except BadSignature:
            continue
    return False
