"""The door to the staff area: who is signed in, what each role may open, forms that only our own pages can send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, flash, g, make_response, render_template

from bot.staff.accounts import Role, User
from bot.web.assets import zip_page
from bot.web.pages import desk

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
blueprint.after_request(zip_page)

View = TypeVar("View", bound=Callable[..., Any])


def requires(role: Role) -> Callable[[View], View]:
    """Only people with `role` may open the view; every role includes what an editor may."""

    def mark(view: View) -> View:
        view.requires = role  # type: ignore[attr-defined]
        return view

    return mark


def staff() -> User:
    """Who is signed in; only within a view that `requires` a role."""
    user: User = g.staff
    return user


def staff_page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the staff area."""
    live = desk().live
    release = live.bot.release if live.bot else None
    return make_response(render_template(template, me=g.get("staff"), release=release, **values), status)


def say(text: str, *, undo: str = "") -> None:
    """Tell on the next page what was done; `undo` is the address to post to for taking it back."""
    flash(text, f"undo {undo}" if undo else "done")
