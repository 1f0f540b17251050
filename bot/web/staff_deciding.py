"""What the reviews of entries and of translations have alike: a decision taken, said, and the next one shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from bot.errors import Conflict, InputError
from bot.web.gate_process import check_ahead
from bot.web.staff_door import say, staff

Decide = Callable[[bool, str], tuple[str, str, str]]


def decided(
    decide: Decide, page: Callable[..., Response], here: int, next_address: str, *, was_last: bool
) -> BaseResponse:
    """Take the decision that the form holds, and go on to `next_address`; back to the page `here` where it cannot be.

    On a clash the page tells what became of it, and the comment stays: nothing else is put under a button that was
    aimed at this. `decide` is told whether it is approved, and the comment; it gives the author, the question, and
    what the next release then does. Once the last that waited is approved, the checks of all that is begin, for
    publishing comes next.
    """
    comment, approved = request.form.get("comment", ""), request.form.get("decision") == "approve"
    try:
        author, question, outcome = decide(approved, comment)
    except InputError as error:
        if error.field != "comment":
            raise
        fault = "Say what has to change." if error.got == "nothing" else f"{error.got}; {error.allowed}."
        return page(here, fault=fault, comment=comment, status=422)
    except Conflict as conflict:
        problem = f"Nothing was decided. {conflict.subject}: {conflict.problem}."
        return page(here, problem=problem, comment=comment, status=409)
    if approved:
        begun = was_last and check_ahead(staff())
        say(f"Approved: {question} {outcome} with the next release{', whose checks have begun' if begun else ''}.")
    else:
        say(f"Returned to {author}: {question}")
    return redirect(next_address, 303)


def following(ids: Sequence[int], decided_id: int) -> int:
    """The one that is shown once this one is decided about; 0 when it was the last."""
    if decided_id not in ids:
        return 0
    place = ids.index(decided_id)
    others = [*ids[place + 1 :], *ids[:place]]
    return others[0] if others else 0
