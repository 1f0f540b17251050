"""What somebody may ask for about a message they sent: a copy of all of it, or that it is erased for good."""

from __future__ import annotations

from flask import Response, abort, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from bot.errors import InputError
from bot.patients import rights
from bot.staff.inbox import MAY_OPEN
from bot.store.handoffs import reference_of
from bot.web.contact import require_counter
from bot.web.pages import desk
from bot.web.staff_door import requires, room, say, staff
from bot.web.staff_inbox import INBOX, here, show

blueprint = room("staff_inbox_rights", INBOX)


@blueprint.post("/<reference>/export")
@requires(*MAY_OPEN)
def export(reference: str) -> Response:
    """Everything that is kept of the message, as a JSON file to hand to who sent it."""
    sealer = require_counter().sealer
    try:
        opened = rights.export(desk().require_database(), sealer, reference, actor=staff().name, now=desk().now())
    except InputError:
        abort(404)
    response = jsonify(opened.to_dict())
    response.headers["Content-Disposition"] = f'attachment; filename="{opened.handoff.reference}.json"'
    return response


@blueprint.post("/<reference>/erase")
@requires(*MAY_OPEN)
def erase(reference: str) -> AnyResponse:
    """Erase what the message says; its reference must be typed, since this cannot be undone."""
    if reference_of(request.form.get("typed", "")) != reference:
        return show(reference, faults={"typed": f"Type {reference} to erase it."}, status=422)
    try:
        rights.erase(desk().require_database(), reference, actor=staff().name, now=desk().now())
    except InputError:
        abort(404)
    say(f"What {reference} said is erased for good.")
    return redirect(here(reference), 303)
