"""The page of open questions: decided about with one key or one button each, and taken back with another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Any, cast

from flask import Response, abort, current_app, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.errors import Conflict, InputError
from bot.staff.accounts import Role
from bot.staff.deciding import (
    MOST_WORDINGS,
    Asked,
    Origin,
    add_phrasings,
    make_golden,
    put_out_of_scope,
    set_aside,
    start_entry,
)
from bot.staff.ranking import ranks_of
from bot.staff.starting import propose_id
from bot.staff.unanswered import OpenQuestions, choices_of, nearest_of
from bot.staff.undoing import undo
from bot.store.open_questions import Kind, list_dispositions
from bot.web.numbers import bounded
from bot.web.pages import desk
from bot.web.staff_door import requires, room, safe_next, say, staff, staff_page
from bot.web.staff_faults import require_question, told

blueprint = room("staff_unanswered", "/staff/unanswered")

PER_PAGE = 15
DECIDED_PER_PAGE = 50
LIST = "/staff/unanswered"
_INTO = ("phrasing", "golden", "entry")  # decisions that need to know into what


def open_questions() -> OpenQuestions:
    """The application's open questions, with the groups that were made of them last."""
    made = current_app.extensions.get("open questions")
    if made is None:
        retention = timedelta(days=desk().settings.retention_days)
        made = current_app.extensions.setdefault("open questions", OpenQuestions(desk().require_database(), retention))
    return cast(OpenQuestions, made)


@blueprint.get("")
@requires(Role.EDITOR)
def overview() -> Response:
    """The clusters of one page, most asked first, each with the entries that the live bot finds nearest."""
    bot = desk().live.bot
    found = open_questions().overview(bot, desk().now())
    last_page = max(1, -(-len(found.clusters) // PER_PAGE))
    page = min(max(1, _number("page", 1)), last_page)
    shown = found.clusters[(page - 1) * PER_PAGE : page * PER_PAGE]
    return staff_page(
        "staff/unanswered.html",
        overview=found,
        clusters=[(each, nearest_of(bot, each.leading.wording) if bot else ()) for each in shown],
        page=page,
        last_page=last_page,
        at=min(_number("at", 0), len(shown)),
        most_wordings=MOST_WORDINGS,
        retention_days=desk().settings.retention_days,
    )


@blueprint.post("/decide")
@requires(Role.EDITOR)
def decide() -> AnyResponse:
    """Decide about the wordings of the form; the button says what: "set_aside", or "phrasing:dry-lips"."""
    kind, _, entry_id = request.form.get("do", "").partition(":")
    if kind in _INTO and not entry_id:
        return chooser(kind)
    if kind not in _DECISIONS:
        abort(400)
    asked = _asked()
    number = _DECISIONS[kind](asked, entry_id)
    see = _draft(entry_id) if kind in ("phrasing", "golden") else None
    say(_said(kind, entry_id, asked), undo=url_for("staff_unanswered.take_back", number=number, back=_back()), see=see)
    return redirect(_back(), 303)


@blueprint.post("/entry")
@requires(Role.EDITOR)
def new_entry() -> AnyResponse:
    """Begin the draft of a new entry with the wordings of the form."""
    asked = _asked()
    entry_id, question = request.form.get("entry_id", "").strip(), request.form.get("question", "")
    topic = request.form.get("topic", "")
    try:
        require_question(question)
        number = start_entry(desk().require_database(), asked, entry_id, question, topic)
    except InputError as error:
        return chooser("entry", {error.field: told(error)}, 422)
    except Conflict as error:
        if error.subject != entry_id:
            raise
        return chooser("entry", {"entry_id": "There is an entry of that name already. Choose another one."}, 409)
    address = url_for("staff_unanswered.take_back", number=number, back=_back())
    say(f"A draft was begun: “{question}”.", undo=address, see=_draft(entry_id))
    return redirect(_back(), 303)


@blueprint.post("/undo/<int:number>")
@requires(Role.EDITOR)
def take_back(number: int) -> AnyResponse:
    """Take a decision back."""
    undone = undo(desk().require_database(), number, user=staff(), now=desk().now())
    say(_LEFT[undone.left].format(_question_of(undone.decision.entry_id or "")))
    return redirect(safe_next(request.args.get("back", LIST)), 303)


@blueprint.get("/decided")
@requires(Role.EDITOR)
def decided() -> Response:
    """What was decided, newest first, each to be taken back."""
    before = _number("before", 0)
    with desk().require_database().read() as db:
        found = list_dispositions(db, before=before or None, limit=DECIDED_PER_PAGE + 1)
    shown = found[:DECIDED_PER_PAGE]
    return staff_page(
        "staff/decided.html",
        decided=[(each, _question_of(each.entry_id or "")) for each in shown],
        names=_NAMES,
        before=before,
        more=shown[-1].disposition_id if len(found) > len(shown) else 0,
    )


@blueprint.get("/choices")
@requires(Role.EDITOR)
def choices() -> Response:
    """Entries to choose from, as JSON, each with the rank that the wording would have in it."""
    return jsonify(choices=_choices(request.args.get("wording", "")[:500], request.args.get("q", "")[:200]))


def chooser(
    kind: str,
    faults: dict[str, str] | None = None,
    status: int = 200,
    *,
    asked: Asked | None = None,
    back: str = "",
) -> Response:
    """The page on which is chosen into which entry, or into what new one, the wordings go: the form's, unless given."""
    asked = asked or _asked()
    bot = desk().live.bot
    typed = request.form.get("typed", "")[:200]
    lead = asked.wordings[0]
    near = nearest_of(bot, lead) if bot else ()
    with desk().require_database().read() as db:
        proposed = propose_id(db, lead)
    return staff_page(
        "staff/choose.html",
        status,
        kind=kind,
        asked=asked,
        back=back or _back(),
        typed=typed,
        faults=faults or {},
        choices=_choices(lead, typed) if kind != "entry" else (),
        entry_id=request.form.get("entry_id", "") or proposed,
        question=request.form.get("question", "") or lead[:1].upper() + lead[1:],
        topic=request.form.get("topic", "") or (near[0].topic if near else ""),
        topics=[(each.id, each.title) for each in bot.release.topics] if bot else (),
    )


def _choices(wording: str, typed: str) -> list[dict[str, Any]]:
    bot = desk().live.bot
    if bot is None:
        return []
    with desk().require_database().read() as db:
        found = choices_of(db, bot, wording, typed)
    ranks = [next(iter(ranks_of(bot, each.entry_id, [wording])), None) for each in found]
    return [
        {
            "id": each.entry_id,
            "question": each.question,
            "place": rank.place if rank else None,
            "confidence": round(rank.confidence if rank else each.confidence, 4),
            "rival": rank.rival_question if rank else "",
            "rival_confidence": round(rank.rival_confidence, 4) if rank else 0,
            "alarm": rank.alarm if rank else "",
        }
        for each, rank in zip(found, ranks, strict=True)
    ]


def _asked() -> Asked:
    wordings = tuple(islice((text for text in request.form.getlist("wording") if text.strip()), MOST_WORDINGS + 1))
    if not wordings:
        raise InputError(field="wordings", got="none", allowed="at least one wording; tick those that are meant")
    seen = request.form.get("seen", type=bounded)
    return Asked(wordings=wordings, user=staff(), now=desk().now(), seen=seen)


def _origin() -> Origin:
    """Where the wordings come from: what staff typed into the test console is no patient's."""
    return "written" if request.form.get("origin") == "written" else "patient"


def _phrasing(asked: Asked, entry_id: str) -> int:
    return add_phrasings(desk().require_database(), asked, entry_id, _origin())


def _golden(asked: Asked, entry_id: str) -> int:
    return make_golden(desk().require_database(), asked, entry_id)


def _out_of_scope(asked: Asked, _entry_id: str) -> int:
    return put_out_of_scope(desk().require_database(), asked)


def _set_aside(asked: Asked, _entry_id: str) -> int:
    return set_aside(desk().require_database(), asked)


_DECISIONS: dict[str, Callable[[Asked, str], int]] = {
    "phrasing": _phrasing,
    "golden": _golden,
    "out_of_scope": _out_of_scope,
    "set_aside": _set_aside,
}
_NAMES: dict[Kind, str] = {
    "phrasing": "Phrasing of",
    "golden": "Golden question of",
    "entry": "New entry",
    "out_of_scope": "Out of scope",
    "set_aside": "Set aside",
}
_LEFT = {
    "nothing": "Taken back. The question is on the list again.",
    "edited": "Taken back. The draft of “{}” was changed since; only these words were taken out of it.",
    "kept": "The question is on the list again. The draft of “{}” was worked on since, so it stays.",
    "submitted": "The question is on the list again. “{}” was sent for review meanwhile, where the words still stand.",
}


def _said(kind: str, entry_id: str, asked: Asked) -> str:
    """What was done, in a sentence; for a phrasing also what stands in its way today."""
    count = len(asked.wordings)
    words = "One wording" if count == 1 else f"{count} wordings"
    match kind:
        case "phrasing":
            return f"{words} added to the draft of “{_question_of(entry_id)}”.{_rival(entry_id, asked.wordings[0])}"
        case "golden":
            return f"{words} made golden in the draft of “{_question_of(entry_id)}”."
        case "out_of_scope":
            return f"{words} put out of scope. The bot learns it with the next release."
        case _:
            return f"{words} set aside."


def _draft(entry_id: str) -> tuple[str, str]:
    return "See the draft", url_for("editor.edit", entry_id=entry_id)


def _rival(entry_id: str, wording: str) -> str:
    bot = desk().live.bot
    rank = next(iter(ranks_of(bot, entry_id, [wording])), None) if bot else None
    if rank is None or not rank.rival or rank.rival_confidence <= rank.confidence:
        return ""
    return f" Today the bot finds “{rank.rival_question}” nearer ({rank.rival_confidence:.0%})."


def _question_of(entry_id: str) -> str:
    bot = desk().live.bot
    entry = bot.release.entry(entry_id) if bot else None
    return entry.question if entry else entry_id


def _back() -> str:
    return safe_next(request.form.get("back", LIST))


def _number(name: str, default: int) -> int:
    return request.args.get(name, default, type=bounded)
