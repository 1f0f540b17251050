"""One's own account: name, password, two-step sign-in, recovery codes, and signing out everywhere."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, request

from bot.errors import InputError
from bot.staff.accounts import Role, change_name
from bot.staff.attempts import Locked
from bot.staff.passwords import check_password
from bot.staff.sessions import Session, sign_out_everywhere
from bot.staff.signing_in import NotLetIn, begin_two_step, change_password, codes_left, confirm_password, renew_codes
from bot.web.pages import desk
from bot.web.staff_at_kiosk import empty_cookie
from bot.web.staff_door import SIGN_IN, requires, room, say, session_now, sign_in_browser, staff, staff_page
from bot.web.staff_joining import faults_of, two_passwords
from bot.web.staff_way_in import (
    ACCOUNT,
    FEW_CODES,
    clinic_name,
    codes_page,
    entrance,
    locked_page,
    set_up_page,
)

blueprint = room("staff_account", ACCOUNT)


@blueprint.get("")
@requires(Role.EDITOR)
def account() -> Response:
    """One's own account."""
    return staff_page("staff/account.html", **_shown())


@blueprint.post("/name")
@requires(Role.EDITOR)
def rename() -> Response:
    """Take another name."""
    name = request.form.get("name", "")[:200]
    try:
        change_name(desk().require_database(), staff(), name, desk().now())
    except InputError as error:
        return staff_page("staff/account.html", 422, **_shown(name=name, faults=faults_of(error)))
    say("Your name is changed. What you did before keeps the old one.")
    return _back()


@blueprint.post("/password")
@requires(Role.EDITOR)
def new_password() -> Response:
    """Take another password; all other sessions end."""
    user = staff()
    try:
        password = two_passwords()
        check_password(password, (user.name, user.email, clinic_name()))
        confirm_password(entrance(), user, request.form.get("current_password", ""))
        entered = change_password(entrance(), _session(), password)
    except InputError as error:
        return staff_page("staff/account.html", 422, **_shown(part="password", faults=faults_of(error)))
    except Locked as error:
        return locked_page(error, "staff/account.html", **_shown(part="password"))
    sign_in_browser(entered.token)
    say("Your password is changed. You are signed out everywhere else.")
    return _back()


@blueprint.get("/two-step")
@requires(Role.EDITOR)
def other_app() -> Response:
    """Set two-step sign-in up with another app."""
    return set_up_page(_session(), "staff/account-two-step.html")


@blueprint.post("/two-step")
@requires(Role.EDITOR)
def take_other_app() -> Response:
    """Take up another app; the old one and its recovery codes open nothing any more."""
    found = _session()
    try:
        confirm_password(entrance(), found.user, request.form.get("current_password", ""))
        begun = begin_two_step(entrance(), found, request.form.get("offer", ""), request.form.get("code", ""))
    except InputError as error:
        return set_up_page(found, "staff/account-two-step.html", status=422, faults=faults_of(error))
    except Locked as error:
        return locked_page(error, "staff/account.html", **_shown())
    except NotLetIn:
        return make_response(redirect(SIGN_IN, 303))
    sign_in_browser(begun.token)
    return codes_page(begun.codes, next=ACCOUNT)


@blueprint.post("/codes")
@requires(Role.EDITOR)
def new_codes() -> Response:
    """Make new recovery codes."""
    user = staff()
    try:
        confirm_password(entrance(), user, request.form.get("current_password", ""))
    except InputError as error:
        return staff_page("staff/account.html", 422, **_shown(part="codes", faults=faults_of(error)))
    except Locked as error:
        return locked_page(error, "staff/account.html", **_shown(part="codes"))
    return codes_page(renew_codes(entrance(), user), next=ACCOUNT)


@blueprint.post("/sign-out-everywhere")
@requires(Role.EDITOR)
def leave_everywhere() -> Response:
    """End all sessions of one's own."""
    sign_out_everywhere(desk().require_database(), staff(), desk().now())
    empty_cookie()
    say("You are signed out everywhere.")
    return make_response(redirect(SIGN_IN, 303))


def _shown(*, name: str | None = None, part: str = "", faults: dict[str, str] | None = None) -> dict[str, Any]:
    """What the page shows; `part` is the form that was sent, whose faults these are."""
    user = staff()
    left = codes_left(desk().require_database(), user)
    return {
        "name": user.name if name is None else name,
        "part": part,
        "faults": faults or {},
        "problem": "",
        "codes_left": left,
        "few": left <= FEW_CODES,
    }


def _session() -> Session:
    found = session_now()
    if found is None:
        raise NotLetIn
    return found


def _back() -> Response:
    return make_response(redirect(ACCOUNT, 303))
