"""Who may sign in: invitations, roles, new passwords, and letting somebody in no more. For admins."""

from __future__ import annotations

from flask import Response, abort, make_response, redirect, request

from bot.errors import Conflict, InputError
from bot.staff.accounts import Person, Role, change_roles, disable, enable, list_people
from bot.staff.links import invite, invited, reset_link, take_back
from bot.web.pages import desk
from bot.web.previews import public_url
from bot.web.staff_door import requires, room, say, staff, staff_page
from bot.web.staff_joining import faults_of

USERS = "/staff/settings/users"
blueprint = room("staff_users", USERS)

ROLES = (
    (Role.EDITOR, "Editor", "writes and mends answers"),
    (Role.CLINICIAN, "Clinician", "also approves them for patients, publishes, and answers patients' messages"),
    (Role.ADMIN, "Admin", "also manages people and settings, publishes, and answers patients' messages"),
)


@blueprint.get("")
@requires(Role.ADMIN)
def users() -> Response:
    """Everybody with an account, and who is invited."""
    return _page()


@blueprint.post("")
@requires(Role.ADMIN)
def invite_somebody() -> Response:
    """Make an invitation, and show its link this once."""
    email, name = request.form.get("email", "")[:200], request.form.get("name", "")[:200]
    roles = _roles()
    database, now = desk().require_database(), desk().now()
    try:
        path = invite(database, email=email, name=name, roles=roles, by=staff(), now=now)
    except InputError as error:
        return _page(422, email=email, name=name, roles=roles, faults=faults_of(error))
    return _page(link=_address(path), link_for=name, lasts="three days")


@blueprint.post("/take-back")
@requires(Role.ADMIN)
def take_invitation_back() -> Response:
    """End an invitation."""
    take_back(desk().require_database(), request.form.get("email", ""), by=staff(), now=desk().now())
    say("The invitation is taken back; its link does not work any more.")
    return _back()


@blueprint.post("/<int:user_id>/roles")
@requires(Role.ADMIN)
def set_roles(user_id: int) -> Response:
    """Change what somebody may do."""
    person = _person(user_id)
    try:
        change_roles(desk().require_database(), user_id, _roles(), by=staff(), now=desk().now())
    except InputError:
        return _page(422, problem=f"{person.user.name} needs at least one role.")
    except Conflict as error:
        return _page(409, problem=f"{error}.")
    say(f"What {person.user.name} may do is changed.")
    return _back()


@blueprint.post("/<int:user_id>/reset")
@requires(Role.ADMIN)
def reset(user_id: int) -> Response:
    """Make a link to a new password, and show it this once."""
    user = _person(user_id).user
    database, now, two_step = desk().require_database(), desk().now(), "two_step" in request.form
    try:
        path = reset_link(database, email=user.email, two_step=two_step, by=staff(), now=now)
    except Conflict as error:
        return _page(409, problem=f"{error}.")
    return _page(link=_address(path), link_for=user.name, lasts="one hour")


@blueprint.post("/<int:user_id>/disable")
@requires(Role.ADMIN)
def let_in_no_more(user_id: int) -> Response:
    """End somebody's sessions, and let them in no more."""
    person = _person(user_id)
    try:
        disable(desk().require_database(), user_id, by=staff(), now=desk().now())
    except Conflict as error:
        return _page(409, problem=f"{error}.")
    say(f"{person.user.name} cannot sign in any more.", undo=f"{USERS}/{user_id}/enable")
    return _back()


@blueprint.post("/<int:user_id>/enable")
@requires(Role.ADMIN)
def let_in_again(user_id: int) -> Response:
    """Let somebody sign in again."""
    person = _person(user_id)
    enable(desk().require_database(), user_id, by=staff(), now=desk().now())
    say(f"{person.user.name} can sign in again.", undo=f"{USERS}/{user_id}/disable")
    return _back()


def _page(status: int = 200, **values: object) -> Response:
    database = desk().require_database()
    shown: dict[str, object] = {
        "problem": "", "link": "", "link_for": "", "lasts": "", "email": "", "name": "", "faults": {},
        "roles": frozenset({Role.EDITOR}),
    }  # fmt: skip
    shown.update(values)
    people, waiting = list_people(database), invited(database, desk().now())
    return staff_page("staff/users.html", status, people=people, waiting=waiting, all_roles=ROLES, **shown)


def _roles() -> frozenset[Role]:
    known = {role.value for role in Role}
    return frozenset(Role(word) for word in request.form.getlist("roles") if word in known)


def _person(user_id: int) -> Person:
    people = {person.user.user_id: person for person in list_people(desk().require_database())}
    return people[user_id] if user_id in people else abort(404)


def _address(path: str) -> str:
    return public_url(path.removeprefix("/"))


def _back() -> Response:
    return make_response(redirect(USERS, 303))
