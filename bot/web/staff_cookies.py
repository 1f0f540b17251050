"""The staff area's one cookie, and the mark in its forms that only our own pages can know."""

from __future__ import annotations

import base64
import secrets

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup

FIELD, HEADER = "csrf_token", "X-CSRFToken"
AREA = "/staff"


def is_staff_address(path: str) -> bool:
    """Whether a path lies in the staff area."""
    return path == AREA or path.startswith(f"{AREA}/")


class StaffCookies(SecureCookieSessionInterface):
    """Signed, for the staff area alone; patients never get a cookie, whatever a view does."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Empty outside the staff area."""
        if is_staff_address(request.path):
            return super().open_session(app, request)
        return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Sent for the staff area only."""
        if is_staff_address(request.path):
            super().save_session(app, session, response)

    def get_cookie_name(self, app: Flask) -> str:
        """Over a secure connection one that browsers take from nowhere else (`__Secure-`, RFC 6265bis)."""
        name = super().get_cookie_name(app)
        return f"__Secure-{name}" if request.is_secure else name

    def get_cookie_secure(self, app: Flask) -> bool:
        """Not over plain connections when the page came over a secure one, be it through a trusted proxy."""
        return request.is_secure


def set_up_cookies(app: Flask, key: bytes) -> None:
    """Sign with `key`, and give templates `csrf()`."""
    app.secret_key = key
    app.session_interface = StaffCookies()
    app.config.update(
        SESSION_COOKIE_NAME="clinicbot_staff",
        SESSION_COOKIE_PATH=AREA,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # a mark lives as long as its session; a long edit must not fail for its age
        WTF_CSRF_FIELD_NAME=FIELD,
    )
    app.jinja_env.globals["csrf"] = csrf


def csrf() -> Markup:
    """The hidden input that every form needs."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, masked(generate_csrf()))


def has_csrf() -> bool:
    """Whether the request brings the mark of its session: in the form, or in the header from scripts."""
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return False
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    try:
        validate_csrf(_unmasked(given))
    except ValueError:  # Flask-WTF's own errors are of this kind too
        return False
    return True


def masked(token: str) -> str:
    """The token under a new random mask, so that how well a page compresses tells nothing of it (BREACH)."""
    plain = token.encode("ascii")
    mask = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(mask + _together(mask, plain)).decode("ascii")


def _unmasked(text: str) -> str:
    both = base64.urlsafe_b64decode(text.encode("ascii"))
    return _together(both[: len(both) // 2], both[len(both) // 2 :]).decode("ascii")


def _together(mask: bytes, text: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(mask, text, strict=True))
