"""The pages before the door: signing in with both steps, the first person, invitations, new passwords; signing out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Response, make_response, redirect, request, session

from bot.errors import Conflict, InputError
from bot.staff import two_step
from bot.staff.accounts import Role
from bot.staff.attempts import Locked
from bot.staff.links import Joining, accept, open_link
from bot.staff.sessions import Session, sign_out
from bot.staff.signing_in import (
    Entered,
    Entrance,
    NotLetIn,
    begin_two_step,
    enter_code,
    enter_password,
    enter_recovery_code,
)
from bot.store.staff import Link, Purpose
from bot.web.pages import desk
from bot.web.staff_at_kiosk import KIOSK, comes_from_kiosk, empty_cookie, kiosk_of_browser, mark_kiosk
from bot.web.staff_door import (
    HOME,
    SIGN_IN,
    TWO_STEP,
    public,
    requires,
    room,
    safe_next,
    say,
    session_now,
    sign_in_browser,
    staff_page,
)
from bot.web.staff_joining import faults_of, faults_of_joining

LOG = structlog.get_logger("clinicbot.staff")
FEW_CODES = 3
ACCOUNT = "/staff/account"
blueprint = room("staff_way_in")

_WRONG_PASSWORD = "This email and password do not open an account. Check both and try again."
_WRONG_CODE = "This code does not fit, or was used already. Wait for the next one and try again."
_OLD_PICTURE = "This code does not fit any more. Scan the new picture, and type the code that the app shows for it."
_WRONG_RECOVERY_CODE = "This is none of your unused recovery codes. Check it and try again."


def entrance() -> Entrance:
    """What signing in works with, for this request."""
    found = desk()
    database, address = found.require_database(), request.remote_addr or ""
    return Entrance(database=database, key=found.key, address=address, now=found.now())


def clinic_name() -> str:
    """The clinic as it stands in an authenticator app."""
    bot = desk().live.bot
    return bot.release.clinic.name if bot else "Clinic"


def locked_page(error: Locked, template: str, **values: Any) -> Response:
    """The page again, saying how long to wait."""
    minutes = "1 minute" if error.minutes == 1 else f"{error.minutes} minutes"
    problem = f"There were too many failed attempts. Wait {minutes}, then try again."
    LOG.warning("sign-in locked", minutes=error.minutes)
    response = staff_page(template, 429, **{**values, "problem": problem})
    response.headers["Retry-After"] = str(60 * error.minutes)
    return response


@blueprint.get("/sign-in")
@public
def sign_in() -> Response:
    """The first step. On the kiosk's screen whoever stands there is a stranger, whatever was left open."""
    if comes_from_kiosk():
        _end_session()
        mark_kiosk()
    elif (found := session_now()) is not None and found.is_full:
        return _go(safe_next(_next()))
    return staff_page("staff/sign-in.html", email="", next=_next(), problem="")


@blueprint.post("/sign-in")
@public
def check_password() -> Response:
    """Check email and password."""
    email = request.form.get("email", "")[:200]
    typed = {"email": email, "next": _next()}
    before = session_now()
    try:
        entered = enter_password(
            entrance(), email, request.form.get("password", ""), replaces=before.token_hash if before else ""
        )
    except Locked as error:
        return locked_page(error, "staff/sign-in.html", **typed)
    except NotLetIn:
        LOG.warning("sign-in refused", step="password")
        return staff_page("staff/sign-in.html", 422, problem=_WRONG_PASSWORD, **typed)
    sign_in_browser(entered.token)
    return _go(TWO_STEP, next=_next())


@blueprint.get("/two-step")
@public
def second_step() -> Response:
    """The second step, or setting it up the first time."""
    found = session_now()
    if found is None:
        return _go(SIGN_IN, next=_next())
    if found.is_full:
        return _go(safe_next(_next()))
    if found.has_two_step:
        return staff_page("staff/two-step.html", next=_next(), problem="", recovery_problem="")
    return set_up_page(found, "staff/two-step-set-up.html", next=_next())


@blueprint.post("/two-step")
@public
def check_code() -> Response:
    """Check a code, or take up a new app."""
    found = session_now()
    if found is not None and found.is_full and "offer" in request.form:  # the page of the codes was loaded again
        say("Two-step sign-in is set up. Your recovery codes were shown once; new ones are made under your name.")
        return _go(ACCOUNT)
    if found is None or found.is_full:
        return _go(SIGN_IN, next=_next())
    if not found.has_two_step:
        return _set_up(found)
    recovery = request.form.get("recovery_code", "")
    try:
        if recovery:
            entered = enter_recovery_code(entrance(), found, recovery)
        else:
            entered = enter_code(entrance(), found, request.form.get("code", ""))
    except Locked as error:
        return locked_page(error, "staff/two-step.html", next=_next(), recovery_problem="")
    except NotLetIn:
        LOG.warning("sign-in refused", step="recovery code" if recovery else "code")
        problems = ("", _WRONG_RECOVERY_CODE) if recovery else (_WRONG_CODE, "")
        return staff_page("staff/two-step.html", 422, next=_next(), problem=problems[0], recovery_problem=problems[1])
    return _let_in(entered)


@blueprint.get("/<any(setup, invite, reset):purpose>/<token>")
@public
def link(purpose: Purpose, token: str) -> Response:
    """What a one-time link asks for."""
    found = open_link(desk().require_database(), purpose, token, desk().now())
    if found is None:
        return _spent()
    return _link_page(found, Joining(name=found.name, email=found.email, password=""))


@blueprint.post("/<any(setup, invite, reset):purpose>/<token>")
@public
def use_link(purpose: Purpose, token: str) -> Response:
    """Use a one-time link up."""
    now, database = desk().now(), desk().require_database()
    found = open_link(database, purpose, token, now)
    if found is None:
        return _spent()
    typed = Joining(
        name=request.form.get("name", "")[:200],
        email=request.form.get("email", "")[:200] if purpose == "setup" else found.email,
        password=request.form.get("password", ""),
        clinician="clinician" in request.form,
    )
    try:
        if faults := faults_of_joining(found, typed, clinic_name()):
            return _link_page(found, typed, status=422, faults=faults)
        entered = accept(database, purpose, token, typed, clinic=clinic_name(), now=now, key=desk().key)
    except InputError as error:
        return _link_page(found, typed, status=422, faults=faults_of(error))
    except Conflict:
        return _spent()
    sign_in_browser(entered)
    return _go(TWO_STEP)


@blueprint.post("/sign-out")
@requires(Role.EDITOR)
def leave() -> Response:
    """End this session."""
    _end_session()
    if kiosk := kiosk_of_browser():
        return _go(kiosk)
    say("You are signed out.")
    return _go(SIGN_IN)


@blueprint.get("/kiosk")
@public
def back_to_kiosk() -> Response:
    """What a staff page on the kiosk's screen becomes when it is left; elsewhere it ends nothing."""
    kiosk = kiosk_of_browser()
    if kiosk:
        _end_session()
    return _go(kiosk or KIOSK)


def _end_session() -> None:
    if (found := session_now()) is not None:
        sign_out(desk().require_database(), found, desk().now())
    empty_cookie()


def set_up_page(
    found: Session, template: str, *, status: int = 200, next: str = "", faults: dict[str, str] | None = None
) -> Response:
    """A secret to take up with an app: the one that was offered before, by the form or the page before, else a new one.

    Reloading the page must not draw another, as the app that scanned the first would never fit.
    """
    key, user = desk().key, found.user
    kept = two_step.offered(key, user.user_id, request.form.get("offer", ""))
    kept = kept or two_step.offered(key, user.user_id, session.get("offer", ""))
    secret = kept or two_step.new_secret()
    if faults and not kept:
        faults = {**faults, "code": _OLD_PICTURE}
    session["offer"] = offer = two_step.offer(key, user.user_id, secret)  # sealed: who reads the cookie learns nothing
    return staff_page(
        template,
        status,
        next=next,
        faults=faults or {},
        offer=offer,
        picture=two_step.picture(secret, user.email, clinic_name()),
        secret=two_step.spaced(secret),
    )


def codes_page(codes: tuple[str, ...], *, next: str = HOME, first: bool = False) -> Response:
    """The recovery codes, this once."""
    return staff_page("staff/recovery-codes.html", codes=codes, next=next, first=first)


def _set_up(found: Session) -> Response:
    try:
        begun = begin_two_step(entrance(), found, request.form.get("offer", ""), request.form.get("code", ""))
    except InputError as error:
        return set_up_page(found, "staff/two-step-set-up.html", status=422, next=_next(), faults=faults_of(error))
    except NotLetIn:
        return _go(SIGN_IN)
    sign_in_browser(begun.token)
    return codes_page(begun.codes, next=safe_next(_next()), first=True)


def _let_in(entered: Entered) -> Response:
    sign_in_browser(entered.token)
    if entered.codes_left is not None:
        advice = " Make new ones under your name." if entered.codes_left <= FEW_CODES else ""
        say(f"That recovery code is used up; you have {entered.codes_left} left.{advice}")
    return _go(safe_next(_next()))


def _link_page(found: Link, typed: Joining, *, status: int = 200, faults: dict[str, str] | None = None) -> Response:
    return staff_page("staff/link.html", status, link=found, typed=typed, faults=faults or {})


def _spent() -> Response:
    """One page for links that were used, are too old, or never were."""
    title = "This link does not work any more"
    message = "It was used already, or is too old. Ask an admin of your clinic for a new one."
    return staff_page("staff/error.html", 404, title=title, message=message)


def _next() -> str:
    wanted = safe_next(request.values.get("next", ""))
    return "" if wanted == HOME else wanted


def _go(address: str, *, next: str = "") -> Response:
    if next:
        return make_response(redirect(f"{address}?{urlencode({'next': next})}", 303))
    return make_response(redirect(address, 303))
