"""The door to the staff area: who is signed in, what each role may open, forms that only our own pages can send."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

import structlog
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    session,
)

from bot.errors import Forbidden
from bot.staff.accounts import Role, User
from bot.staff.sessions import Session, find
from bot.store.keys import derive
from bot.web.assets import zip_page
from bot.web.pages import desk
from bot.web.problems import as_problem, problem
from bot.web.staff_at_kiosk import add_way_back, empty_cookie, longest_idle
from bot.web.staff_clock import at_clinic
from bot.web.staff_cookies import AREA, has_csrf, is_staff_address, set_up_cookies
from bot.web.staff_typed import typed_text

LOG = structlog.get_logger("clinicbot.staff")
MOST_FORM_BYTES = 256 * 1024
SIGN_IN, TWO_STEP, HOME = f"{AREA}/sign-in", f"{AREA}/two-step", f"{AREA}/"
_READING = ("GET", "HEAD", "OPTIONS")
_NEEDS = {Role.EDITOR: "staff", Role.CLINICIAN: "a clinician", Role.ADMIN: "an admin"}

View = TypeVar("View", bound=Callable[..., Any])


class Room(Blueprint):
    """Pages behind the door. A view that says not who may open it cannot be added."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """As Flask's; refuses a view that is marked neither with `requires` nor as `public`."""
        if view_func is None or not _is_marked(view_func):
            raise TypeError(
                f"{self.name}: the view of {rule} says not who may open it: @requires(Role.…) below the route"
            )
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def room(name: str, prefix: str = AREA) -> Room:
    """A blueprint of staff pages; `prefix` is where they stand, "/staff/…"."""
    if not is_staff_address(prefix):
        raise ValueError(f"{name}: staff pages stand under {AREA}, not {prefix}")
    made = Room(name, __name__, url_prefix=prefix)
    made.after_request(zip_page)
    return made


blueprint = room("staff")


def requires(*roles: Role) -> Callable[[View], View]:
    """Only people with one of `roles` may open the view; every role includes what an editor may."""

    def mark(view: View) -> View:
        view.requires = roles  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Whoever asks may open the view: only the way in, and links that are secrets themselves."""
    view.public = True  # type: ignore[attr-defined]
    return view


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """The view takes files of so many bytes together; all other pages only take what people type."""

    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def takes_long_forms(most_bytes: int) -> Callable[[View], View]:
    """The view takes forms of so many bytes, all of it typed or ticked."""

    def mark(view: View) -> View:
        view.most_bytes = view.most_form_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def staff() -> User:
    """Who is signed in; only within a view that `requires` a role."""
    user: User = g.staff
    return user


def session_now() -> Session | None:
    """The browser's session, whichever step it is at."""
    found: Session | None = g.get("staff_session")
    return found


def staff_page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the staff area."""
    live = desk().live
    release = live.bot.release if live.bot else None
    return make_response(render_template(template, me=g.get("staff"), release=release, **values), status)


def say(text: str, *, undo: str = "", see: tuple[str, str] | None = None) -> None:
    """Tell on the next page what was done.

    `undo` is the address to post to for taking it back, `see` the words and the address of a link to what came of it.
    """
    words, address = see or ("", "")
    said: Any = {"text": text, "undo": undo, "see": words, "see_at": address}  # whatever the session can hold
    flash(said)


def say_again() -> None:
    """Keep for the next page what this one tells as well: one that soon loads itself anew would swallow it."""
    session["_flashes"] = get_flashed_messages(with_categories=True)


def open_door(app: Flask) -> None:
    """Let staff in; needs the desk with its database and key. Register the rooms as well."""
    key = app.extensions["clinicbot"].key
    set_up_cookies(app, derive(key, "staff cookies"))
    app.extensions["staff door"] = True
    app.add_template_filter(at_clinic)
    app.before_request(_guard)
    app.after_request(_keep_nothing)
    add_way_back(app)


def is_at_door() -> bool:
    """Whether this request is for the staff area of an application that has one."""
    return "staff door" in current_app.extensions and is_staff_address(request.path)


def wants_json() -> bool:
    """Whether a script asks, which can do nothing with a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def safe_next(text: str) -> str:
    """Where to go on after signing in: a path of the staff area, whatever was asked for."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return HOME
    names = unquote(parts.path).split("/")  # as browsers do before they follow dots
    is_winding = "." in names or ".." in names or "" in names[1:-1]
    own = not parts.scheme and not parts.netloc and is_staff_address(parts.path) and not is_winding
    return text if own and not re.search(r"[\\\s\x00-\x1f\x7f]", text) else HOME


def sign_in_browser(token: str) -> None:
    """Give the browser a session's token; nothing of what its cookie held before stays, but that it is a kiosk."""
    empty_cookie()
    session["token"] = token


def _guard() -> Any:
    if not is_at_door():
        return None
    request.max_content_length = request.max_form_memory_size = MOST_FORM_BYTES
    token = session.get("token")
    found = None
    if isinstance(token, str):
        found = find(desk().require_database(), token, desk().now(), idle=longest_idle())
    g.staff_session = found
    g.staff = found.user if found is not None and found.is_full else None
    if request.endpoint is None:  # no such page: Flask says so
        return None
    view = current_app.view_functions[request.endpoint]
    if not _is_marked(view):
        abort(500, "This page says not who may open it.")
    roles: tuple[Role, ...] = getattr(view, "requires", ())
    request.max_content_length = getattr(view, "most_bytes", MOST_FORM_BYTES)
    request.max_form_memory_size = getattr(view, "most_form_bytes", MOST_FORM_BYTES)
    if roles:
        if g.staff is None:
            return _ask_to_sign_in(found)
        if not any(g.staff.may(role) for role in roles):
            LOG.warning("not allowed", user=g.staff.user_id, method=request.method, route=str(request.url_rule))
            raise Forbidden(action="open this page", needs=" or ".join(_NEEDS[role] for role in roles))
    if g.staff is not None and request.path == TWO_STEP and "offer" in request.form:
        return None  # it changes nothing for who is in; reloading the codes' page sends a mark of before
    if request.method not in _READING and not has_csrf():
        user = g.staff.user_id if g.staff else None
        LOG.warning("form not ours", user=user, route=str(request.url_rule))
        abort(400, "This page was open too long, or was not ours. Go back, reload it, and send it again.")
    return None


def _ask_to_sign_in(found: Session | None) -> Any:
    if wants_json():
        return as_problem(problem(401, "Not signed in", "Sign in, and ask again."))
    address = TWO_STEP if found is not None else SIGN_IN
    if typed_text():
        abort(401, "You were signed out, and this was not saved. Copy what you wrote from here, and sign in.")
    here = request.full_path.rstrip("?") if request.method in _READING else ""
    return redirect(f"{address}?next={quote(here)}" if here and here != HOME else address, 303)


def _keep_nothing(response: Response) -> Response:
    if is_at_door():
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_marked(view: Callable[..., Any]) -> bool:
    return hasattr(view, "requires") or getattr(view, "public", False) is True
