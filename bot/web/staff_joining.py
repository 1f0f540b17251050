"""What is wrong with what somebody filled in about themselves: name, email, passwords, codes; all of it at once."""

from __future__ import annotations

from collections.abc import Callable

from flask import request

from bot.errors import InputError
from bot.staff.accounts import checked_email, free_name
from bot.staff.links import Joining
from bot.staff.passwords import check_password
from bot.store.staff import Link
from bot.web.pages import desk

_UNFIT_CODE = "This code does not fit. Wait for the next one that the app shows, and type its six digits."


def faults_of(error: InputError) -> dict[str, str]:
    """What is wrong, under the field's name, in words for people."""
    if error.field == "code":
        return {"code": _UNFIT_CODE}
    if error.got == "nothing":
        return {error.field: f"Please fill this in: {error.allowed}."}
    verb = "has" if error.got.endswith("characters") else "is"
    return {error.field: f"This {verb} {error.got}. Use {error.allowed}."}


def two_passwords() -> str:
    """The new password that was typed twice. Raises InputError when the two differ."""
    password = request.form.get("password", "")
    if password != request.form.get("password_again", ""):
        raise InputError(field="password_again", got="not the same", allowed="the same password in both fields")
    return password


def faults_of_joining(link: Link, typed: Joining, clinic: str) -> dict[str, str]:
    """Everything that is wrong with what was filled in behind a one-time link, not only the first of it."""

    def check_name() -> None:
        with desk().require_database().read() as db:
            free_name(db, typed.name)

    checks: list[Callable[[], object]] = []
    if link.purpose == "setup":
        checks.append(lambda: checked_email(typed.email))
    if link.purpose != "reset":
        checks.append(check_name)
    checks.append(lambda: check_password(typed.password, (typed.name, typed.email, clinic)))
    checks.append(two_passwords)
    faults: dict[str, str] = {}
    for check in checks:
        try:
            check()
        except InputError as error:
            faults |= faults_of(error)
    return faults
