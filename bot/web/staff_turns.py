"""One turn: exactly what a patient was told, from which release and why; and what another release would say."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request

from bot.dialogue.bot import Bot
from bot.errors import InputError, NotReady
from bot.faq.entry import Region
from bot.faq.release import Release
from bot.patients.chat import Exchange
from bot.reply.types import Reply
from bot.staff.accounts import Role
from bot.staff.assembly import SEEDER
from bot.staff.replaying import ask_again, provenance_of, require_release, said
from bot.store.releases import list_releases, load_release
from bot.store.visits import Turn, find_feedback, find_turn
from bot.web.numbers import number_in
from bot.web.pages import desk
from bot.web.staff_console import LOOKS_AGAIN_S, MOST_RELEASES, WAIT_S, reasons, trials
from bot.web.staff_door import requires, room, staff_page

blueprint = room("turns", "/staff/turns")


@blueprint.get("/<turn_id>")
@requires(Role.EDITOR)
def turn(turn_id: str) -> Response:
    """What was said; with `release` what that one would say, else why, where the turn's release is the live one."""
    with desk().require_database().read() as db:
        found = find_turn(db, turn_id)
        if found is None:
            abort(404)
        content = require_release(db, found.release)
        feedback = find_feedback(db, turn_id)
        provenance = provenance_of(db, found, content)
        numbers = [line.number for line in list_releases(db, limit=MOST_RELEASES)]
    live = desk().live.bot
    number = number_in(request.args.get("release", ""))
    if not number and live is not None and live.release.number == found.release:
        number = found.release
    return staff_page(
        "staff/turn.html",
        turn=found,
        said=_card(found, content, said(found, content)),
        feedback=feedback,
        content=content,
        revision=provenance.revision,
        publication=provenance.publication,
        seeded_by=SEEDER,
        numbers=numbers,
        number=number,
        live_number=live.release.number if live else 0,
        **_again(found, number, live),
    )


def _again(found: Turn, number: int, live: Bot | None) -> dict[str, Any]:
    """What the release would say and why; that it is being made ready; or why it cannot be asked."""
    if not number:
        return {}
    try:
        bot = _bot(number, live)
        if bot is None:
            return {"waits": True, "looks_again_s": LOOKS_AGAIN_S}
        again = ask_again(found, bot)
    except NotReady as error:
        return {"problem": f"Release {number} cannot be opened: {error.reason}"}
    except InputError as error:
        return {"problem": f"This cannot be asked again: {error.got}"}
    card = _card(found, bot.release, again.reply)
    return {"again": card, "why": reasons(bot.release, again.why.to_dict())}


def _bot(number: int, live: Bot | None) -> Bot | None:
    """The bot of a release; None while it is being made ready."""
    if live is not None and live.release.number == number:
        return live
    with desk().require_database().read() as db:
        release = load_release(db, number)
    if release is None:
        abort(404)
    return trials().open(release, None, published=True, wait_s=WAIT_S)


def _card(found: Turn, release: Release, reply: Reply) -> dict[str, Any]:
    """What the patient's own template shows a reply with, on that day."""
    return {
        "exchange": Exchange(reply, "", ""),
        "question": found.redacted,
        "release": release,
        "clinic": release.clinic,
        "open_now": release.clinic.open_now(found.asked_at),
        "locale_query": "?locale=en-US" if Region(found.region) is Region.US else "",
    }
