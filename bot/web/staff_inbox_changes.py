"""What is done about a message from its page: replied, noted, given to somebody, closed, opened again, taken back."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from bot.errors import Conflict, InputError
from bot.staff import inbox_answering as answering
from bot.staff.inbox import MAY_OPEN
from bot.staff.inbox_answering import Change
from bot.staff.inbox_texts import filled, load_texts
from bot.web.contact import require_counter
from bot.web.numbers import bounded
from bot.web.pages import desk
from bot.web.staff_clock import clinic_now
from bot.web.staff_door import requires, room, say, staff
from bot.web.staff_inbox import INBOX, can_mail, here, opened_message, show

blueprint = room("staff_inbox_changes", INBOX)


@blueprint.post("/<reference>/reply")
@requires(*MAY_OPEN)
def reply(reference: str) -> AnyResponse:
    """Put a text into the form, send what is in it by mail, or note that the patient was answered in another way."""
    do = request.form.get("do")
    if do == "put":
        return show(reference, typed={**_typed(), "reply": _with_text(reference)}, begins_in="reply")
    if do == "mail" and can_mail():
        return _changed(reference, _send)
    if do != "other":
        abort(400)
    return _changed(reference, _answered)


@blueprint.post("/<reference>/note")
@requires(*MAY_OPEN)
def note(reference: str) -> AnyResponse:
    """Add an internal note; a reply that was begun stays in its form."""

    def add(change: Change) -> str:
        answering.add_note(desk().require_database(), require_counter().sealer, change, request.form.get("note", ""))
        say("Noted.")
        return here(reference)

    return _changed(reference, add, keeps=("reply",))


@blueprint.post("/<reference>/assign")
@requires(*MAY_OPEN)
def assign(reference: str) -> AnyResponse:
    """Give the message to somebody, or to nobody; a reply or a note that was begun stays in its form."""

    def give(change: Change) -> str:
        assignee_id = request.values.get("assignee", 0, type=bounded) if request.values.get("assignee") else None
        before = request.form.get("assigned", "")
        name = answering.assign(desk().require_database(), require_counter().sealer, change, assignee_id)
        undo = f"{here(reference)}/assign?assignee={before}&version={change.version + 1}"
        undo = undo if "assigned" in request.form else ""  # what was taken back is not offered to be taken back
        say(f"{reference} is given to {name}." if name else f"{reference} is given to nobody.", undo=undo)
        return here(reference)

    return _changed(reference, give, keeps=("reply", "note"))


@blueprint.post("/<reference>/close")
@requires(*MAY_OPEN)
def close(reference: str) -> AnyResponse:
    """Put the message away without an answer; a reply that was begun is kept with it as a note."""

    def put_away(change: Change) -> str:
        begun = request.form.get("reply", "")
        event = answering.close(desk().require_database(), require_counter().sealer, change, begun)
        kept = " What you had written was not sent; it is kept as a note." if event else ""
        say(f"{reference} is closed.{kept}", undo=_reopening(change, event))
        return INBOX

    return _changed(reference, put_away)


@blueprint.post("/<reference>/reopen")
@requires(*MAY_OPEN)
def reopen(reference: str) -> AnyResponse:
    """Let the message wait again; on an undo, with the text that was in its form."""
    event, said = request.values.get("event", 0, type=bounded), ""

    def again(change: Change) -> str:
        nonlocal said
        said = answering.reopen(desk().require_database(), require_counter().sealer, change, event)
        say(f"{reference} waits again.")
        return here(reference)

    answer = _changed(reference, again, keeps=("reply", "note"))
    return show(reference, typed={"reply": said}, begins_in="reply") if said else answer


@blueprint.post("/<reference>/take-back")
@requires(*MAY_OPEN)
def take_back(reference: str) -> AnyResponse:
    """Keep a reply from being sent; its text is in the form again."""
    event = request.values.get("event", 0, type=bounded)
    try:
        text = answering.take_back(desk().require_database(), require_counter().sealer, _change(reference), event)
    except Conflict as conflict:
        return show(reference, problem=_sentence(conflict), status=409)
    except InputError:
        abort(404)
    return show(
        reference,
        typed={"reply": text},
        done="Taken back: it was not sent. Its text is in the form again.",
        begins_in="reply",
    )


def _changed(reference: str, act: Callable[[Change], str], *, keeps: tuple[str, ...] = ()) -> AnyResponse:
    """Do it, and go where it leads; or the page again with all that was typed.

    What was typed into the boxes that it `keeps` stays there; a note in any other way is kept with what is done.
    """
    typed = _typed()
    try:
        goal = act(_change(reference, note="" if keeps else typed["note"]))
    except InputError as error:
        if error.field == "reference":
            abort(404)
        field = "reply" if error.field == "begun" else error.field
        return show(reference, typed=typed, faults={field: _fault(error)}, status=422)
    except Conflict as conflict:
        return show(reference, typed=typed, problem=_sentence(conflict), status=409)
    left = {name: typed[name] for name in keeps if typed[name].strip()}
    if left:
        return show(reference, typed=left)
    return redirect(goal, 303)


def _send(change: Change) -> str:
    text, sealer = request.form.get("reply", ""), require_counter().sealer
    event = answering.reply(desk().require_database(), sealer, change, text)
    seconds = int(answering.HELD_BACK.total_seconds())
    undo = f"{here(change.reference)}/take-back?event={event}&version={change.version + 1}"
    say(f"The reply to {change.reference} is sent in {seconds} seconds.", undo=undo)
    return INBOX


def _answered(change: Change) -> str:
    text, sealer = request.form.get("reply", ""), require_counter().sealer
    event = answering.mark_answered(desk().require_database(), sealer, change, text)
    say(f"{change.reference} is marked as answered.", undo=_reopening(change, event))
    return INBOX


def _with_text(reference: str) -> str:
    """What is typed, and after it the chosen text filled in for this message."""
    opened, clinic = opened_message(reference), clinic_now()
    with desk().require_database().read() as db:
        texts = load_texts(db).texts
    at = request.form.get("text", -1, type=bounded)
    if clinic is None or not 0 <= at < len(texts):
        abort(400)
    own = {"name": opened.plain.get("name", ""), "reference": reference, "staff": staff().name}
    typed = request.form.get("reply", "").strip()
    return "\n\n".join(filter(None, (typed, filled(texts[at].text, clinic, own))))


def _change(reference: str, note: str = "") -> Change:
    version = request.values.get("version", 0, type=bounded)
    return Change(reference=reference, version=version, user=staff(), now=desk().now(), note=note)


def _reopening(change: Change, event: int) -> str:
    return f"{here(change.reference)}/reopen?version={change.version + 1}{f'&event={event}' if event else ''}"


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in ("reply", "note")}


def _fault(error: InputError) -> str:
    if error.got == "nothing":
        return "Write something first."
    if error.got.startswith("{{"):
        return f"“{error.got}” still stands in your text. Write {error.allowed}."
    return f"This has {error.got}; {error.allowed} are allowed."


def _sentence(conflict: Conflict) -> str:
    text = conflict.problem[:1].upper() + conflict.problem[1:]
    return f"{text}. Nothing was changed. What you typed is still here: look at the history."
