"""Two texts of one entry side by side: whoever saved later chooses, field by field."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, redirect, request, url_for

from bot.errors import Conflict, InputError
from bot.faq.difference import Change, words_changed
from bot.staff.accounts import Role
from bot.staff.editing import Clash, Seen, find_clash, resolve
from bot.staff.fields import LABELS, changed_fields
from bot.web.numbers import require_number
from bot.web.pages import desk
from bot.web.staff_door import requires, room, say, staff, staff_page

blueprint = room("merging", "/staff/entries")
_MOSTLY = 0.5


@blueprint.get("/<entry_id>/merge/<int:aside>")
@requires(Role.EDITOR)
def merge(entry_id: str, aside: int) -> Response:
    """The text that was kept aside beside the one that stands."""
    return _page(_clash(entry_id, aside))


@blueprint.post("/<entry_id>/merge/<int:aside>")
@requires(Role.EDITOR)
def settle(entry_id: str, aside: int) -> Any:
    """Save both as one, with the chosen text in each field that collided."""
    clash = _clash(entry_id, aside)
    choices = {name: request.form.get(f"choice_{name}", "") for name in LABELS}
    seen = Seen(base=_sent("base"), version=_sent("version"))
    try:
        resolve(
            desk().require_database(),
            entry_id,
            aside,
            seen=seen,
            choices=choices,
            user=staff(),
            now=desk().now(),
        )
    except Conflict as error:
        return _page(_clash(entry_id, aside), 409, trouble=f"Nothing was saved yet: {error.problem}.", chosen=choices)
    except InputError as error:
        return _page(clash, 422, faults={error.field: "Choose one of the two."}, chosen=choices)
    say("Both texts are one draft now. The other wording stays in the list of texts kept aside.")
    return redirect(url_for("editor.edit", entry_id=entry_id), 303)


def _page(
    clash: Clash,
    status: int = 200,
    *,
    trouble: str = "",
    faults: dict[str, str] | None = None,
    chosen: dict[str, str] | None = None,
) -> Response:
    joined = [LABELS[name] for name in changed_fields(clash.current.entry, clash.merged.entry)]
    return staff_page(
        "staff/entry_merge.html",
        status,
        clash=clash,
        labels=LABELS,
        joined=joined,
        trouble=trouble,
        faults=faults or {},
        chosen=chosen or {},
        compared=_compared,
    )


def _compared(old: str, new: str) -> tuple[Change, ...]:
    """What became of a text, word by word; a text that is nearly all new is easier read without marks."""
    changes = words_changed(old, new)
    same = sum(len(change.text) for change in changes if change.kind == "same")
    return changes if same >= _MOSTLY * max(len(old), len(new)) else (Change("same", new),)


def _clash(entry_id: str, aside: int) -> Clash:
    with desk().require_database().read() as db:
        found = find_clash(db, entry_id, aside)
    if found is None:
        abort(404)
    return found


def _sent(name: str) -> int:
    return require_number(request.form.get(name, ""))
