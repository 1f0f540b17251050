"""The page about delivery: where messages go on to, what could not be delivered and why; tried again or set aside."""

from __future__ import annotations

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from bot.config_delivery import Delivery
from bot.delivery.resending import send_again, send_all_again, set_aside
from bot.errors import Conflict
from bot.staff.accounts import Role
from bot.store.dead_letters import DeadLetter, count_by_target, list_dead_letters
from bot.web.pages import desk
from bot.web.staff_door import requires, room, say, staff, staff_page

DELIVERY = "/staff/delivery"
blueprint = room("staff_outbox", DELIVERY)

MOST_SHOWN = 100
_TARGETS = {"mail": "Mail", "webhook": "Webhook", "file": "File drop", "fhir": "FHIR server"}


@blueprint.get("")
@requires(Role.CLINICIAN, Role.ADMIN)
def overview() -> Response:
    """Each target with its counts, and the dead letters, oldest first."""
    return _page()


@blueprint.post("/resend")
@requires(Role.CLINICIAN, Role.ADMIN)
def resend_everything() -> AnyResponse:
    """Try every dead letter again."""
    count = send_all_again(desk().require_database(), actor=staff().name, now=desk().now())
    say("Nothing had to be sent again." if not count else f"{_messages(count)} will be tried again within seconds.")
    return redirect(DELIVERY, 303)


@blueprint.post("/<message_id>/resend")
@requires(Role.CLINICIAN, Role.ADMIN)
def resend_one(message_id: str) -> AnyResponse:
    """Try one dead letter again."""
    try:
        send_again(desk().require_database(), message_id, actor=staff().name, now=desk().now())
    except Conflict:  # pressed twice, or by two people: it is under way, which is what was wanted
        say("It is being sent already, or has arrived.")
    else:
        say("It will be tried again within seconds.")
    return redirect(DELIVERY, 303)


@blueprint.post("/<message_id>/set-aside")
@requires(Role.CLINICIAN, Role.ADMIN)
def set_one_aside(message_id: str) -> AnyResponse:
    """Take one dead letter off the list, unsent."""
    try:
        set_aside(desk().require_database(), message_id, actor=staff().name, now=desk().now())
    except Conflict:
        say("It was set aside already, or is being sent.")
    else:
        say("It is set aside and will not be sent. The audit says who did so.")
    return redirect(DELIVERY, 303)


def _page() -> Response:
    with desk().require_database().read() as db:
        counts = count_by_target(db)
        letters = list_dead_letters(db, limit=MOST_SHOWN)
    on = _places(desk().settings.delivery)
    targets = [
        (label, on.get(name, ""), *(counts.get((name, state), 0) for state in ("waiting", "sent", "dead")))
        for name, label in _TARGETS.items()
        if name in on or any(target == name for target, _ in counts)
    ]
    dead = sum(count for (_, state), count in counts.items() if state == "dead")
    return staff_page(
        "staff/outbox.html", targets=targets, letters=letters, dead=dead, labels=_TARGETS, subject_of=_subject
    )


def _places(found: Delivery) -> dict[str, str]:
    """The targets that are on, with what may be shown of where they lead."""
    places = {
        "mail": ", ".join(found.clinic_mail) if found.smtp else "",
        "webhook": "as set up on the server" if found.webhook_url else "",
        "file": "as set up on the server" if found.file_drop_dir else "",
        "fhir": "as set up on the server" if found.fhir_url else "",
    }
    return {name: place for name, place in places.items() if place}


def _subject(letter: DeadLetter) -> str:
    return {"digest": "The day's digest"}.get(letter.kind, letter.reference)


def _messages(count: int) -> str:
    return "One message" if count == 1 else f"{count} messages"
