"""The page of the texts that replies begin with: each with a title, filled in for a message when it is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from bot.errors import Conflict, InputError
from bot.staff.inbox import MAY_OPEN
from bot.staff.inbox_texts import LONGEST_TITLE, MOST_TEXTS, OWN, ReplyText, load_texts, save_texts
from bot.web.numbers import bounded
from bot.web.pages import desk
from bot.web.staff_clock import clinic_now
from bot.web.staff_door import requires, room, say, staff, staff_page
from bot.web.staff_faults import told
from bot.web.staff_inbox import INBOX

TEXTS = f"{INBOX}/texts"
blueprint = room("staff_inbox_texts", TEXTS)


@blueprint.get("")
@requires(*MAY_OPEN)
def texts() -> Response:
    """All texts, and an empty one to add."""
    with desk().require_database().read() as db:
        found = load_texts(db)
    return _page(found.texts, found.version)


@blueprint.post("")
@requires(*MAY_OPEN)
def save() -> AnyResponse:
    """Keep them as typed; a text whose title and words were emptied is gone."""
    titles, bodies = request.form.getlist("title")[: MOST_TEXTS + 1], request.form.getlist("text")
    typed = tuple(ReplyText(title, body) for title, body in zip(titles, bodies, strict=False))
    version = request.form.get("version", 0, type=bounded)
    try:
        save_texts(desk().require_database(), typed, _known(), seen=version, user=staff(), now=desk().now())
    except InputError as error:
        return _page(typed, version, faults={error.field: _told(error)})
    except Conflict:
        with desk().require_database().read() as db:
            newer = load_texts(db).version
        problem = (
            "Somebody else saved these texts meanwhile. What you typed is still here; saving again replaces theirs."
        )
        return _page(typed, newer, problem=problem, status=409)
    say("Saved.")
    return redirect(TEXTS, 303)


def _page(
    found: tuple[ReplyText, ...],
    version: int,
    *,
    faults: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    spare = (
        ()
        if len(found) >= MOST_TEXTS or (found and not found[-1].title and not found[-1].text)
        else (ReplyText("", ""),)
    )
    return staff_page(
        "staff/inbox_texts.html",
        422 if faults else status,
        texts=(*found, *spare),
        version=version,
        faults=faults or {},
        problem=problem,
        placeholders=[*OWN, *(f"clinic.{name}" for name in sorted(_known()))],
        longest_title=LONGEST_TITLE,
    )


def _told(error: InputError) -> str:
    if error.got.startswith("{{"):
        return f"“{error.got}” is nothing that can be filled in. What can be stands above, under “What is filled in”."
    return told(error)


def _known() -> frozenset[str]:
    clinic = clinic_now()
    return clinic.placeholder_names() if clinic else frozenset()
