"""The inbox: the list of messages without what they say, and one message opened, which the audit notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, redirect, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from bot.errors import InputError, NotReady
from bot.faq.clinic import ClinicProfile
from bot.staff import inbox_answering as answering
from bot.staff.accounts import Role
from bot.staff.inbox import FILTERS, MAY_OPEN, Line, Opened, look, open_message
from bot.staff.inbox_texts import load_texts
from bot.store.handoffs import reference_of
from bot.store.inbox import count_waiting
from bot.web.contact import require_counter
from bot.web.inbox_words import EVENTS, due, local, span
from bot.web.numbers import bounded
from bot.web.pages import desk
from bot.web.staff_clock import clinic_now
from bot.web.staff_door import requires, room, staff, staff_page

INBOX = "/staff/inbox"
blueprint = room("staff_inbox", INBOX)

PER_PAGE = 25


@blueprint.app_context_processor
def counted() -> dict[str, object]:
    """`inbox_waiting()` for the navigation: how many messages wait; 0 where nobody can say."""
    return {"inbox_waiting": _count_waiting}


@blueprint.get("")
@requires(Role.EDITOR)
def overview() -> Response:
    """The list. It shows nothing that a patient wrote, so that everybody on the staff may see it."""
    chosen = request.args.get("show", FILTERS[0])
    if chosen not in FILTERS:
        abort(404)
    reference = request.args.get("q", "")[:40]
    page = max(1, request.args.get("page", 1, type=bounded))
    clinic, now = clinic_now(), desk().now()
    with desk().require_database().read() as db:
        found = look(db, chosen, reference, clinic=clinic, user=staff(), now=now, page=page, per=PER_PAGE)
    return staff_page(
        "staff/inbox.html",
        page=found,
        number=page,
        pages=max(1, -(-found.found // PER_PAGE)),
        chosen=chosen,
        filters=FILTERS,
        q=reference,
        may_open=_may_open(),
        **time_words(clinic),
    )


@blueprint.get("/<reference>")
@requires(*MAY_OPEN)
def message(reference: str) -> AnyResponse:
    """One message, unsealed; the audit notes who opened it."""
    if reference_of(reference) != reference:
        return redirect(f"{INBOX}/{reference_of(reference)}" if reference_of(reference) else INBOX, 303)
    return show(reference)


def show(
    reference: str,
    *,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    problem: str = "",
    done: str = "",
    begins_in: str = "",
    status: int = 200,
) -> Response:
    """The message's page, with what was typed on it; `problem` says why something was refused.

    One begins in the first box with a fault, else in the one named.
    """
    opened, clinic = opened_message(reference), clinic_now()
    with desk().require_database().read() as db:
        texts = load_texts(db).texts
    return staff_page(
        "staff/inbox_message.html",
        status,
        opened=opened,
        texts=texts,
        typed=typed or {},
        faults=faults or {},
        problem=problem,
        done=done,
        begins_in=next(iter(faults or ()), begins_in),
        can_mail=can_mail(),
        longest=answering.LONGEST_TEXT,
        held_back_s=int(answering.HELD_BACK.total_seconds()),
        **time_words(clinic),
    )


def opened_message(reference: str) -> Opened:
    """The message unsealed, as the audit notes; "not found" where there is none."""
    try:
        return open_message(
            desk().require_database(),
            require_counter().sealer,
            reference,
            clinic=clinic_now(),
            user=staff(),
            now=desk().now(),
        )
    except InputError:
        abort(404)


def here(reference: str) -> str:
    """The address of a message's page."""
    return f"{INBOX}/{reference}"


def can_mail() -> bool:
    """Whether there is a mail server to send replies by."""
    return desk().settings.delivery.smtp is not None


def time_words(clinic: ClinicProfile | None) -> dict[str, Any]:
    """What templates say times of messages with."""
    now = desk().now()
    return {
        "span": span,
        "due": lambda line: "now" if _is_grave(line) else due(line, clinic, now),
        "local": lambda at: local(at, clinic, now),
        "events": EVENTS,
        "clinic": clinic,
    }


def _is_grave(line: Line) -> bool:
    """Whether it waits and is not for opening hours; one that is late says how late."""
    return line.waits and line.late is None and bool(line.handoff.level)


def _may_open() -> bool:
    return any(staff().may(role) for role in MAY_OPEN)


def _count_waiting() -> int:
    try:
        with desk().require_database().read() as db:
            return count_waiting(db)
    except (SQLAlchemyError, NotReady):  # the page that says so is to be shown all the same
        return 0
