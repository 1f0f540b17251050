"""From an answered message to the FAQ: its question without personal details, checked by a person, made a wording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import combining, normalize

from flask import Response, abort, request

from bot.errors import Conflict
from bot.patients.redact import MARKS, redact
from bot.staff.deciding import LONGEST_WORDING, Asked
from bot.staff.inbox import MAY_OPEN, Opened
from bot.staff.inbox_answering import note_taken
from bot.store.handoffs import DONE
from bot.web.pages import desk
from bot.web.staff_door import requires, room, staff, staff_page
from bot.web.staff_inbox import INBOX, here, opened_message
from bot.web.staff_unanswered import chooser

blueprint = room("staff_followup", INBOX)

KINDS = ("phrasing", "entry")
_WORD = re.compile(r"[^\W\d_]+(?![^\[]*\])")  # but not the marks themselves
_SHORTEST_NAME = 3  # two letters of a name are found in too many other words


@blueprint.get("/<reference>/question")
@requires(*MAY_OPEN)
def question(reference: str) -> Response:
    """The question without what tells who wrote it, to be read and put right before anything is kept."""
    opened = _answered(reference)
    return _page(opened, without_details(opened.plain["message"], opened.plain))


@blueprint.post("/<reference>/question")
@requires(*MAY_OPEN)
def go_on(reference: str) -> Response:
    """On to the choice of an entry, or to a new one, with the question as it was checked. Nothing is kept before."""
    opened, kind = _answered(reference), request.form.get("do", "")
    if kind not in KINDS:
        abort(400)
    text = " ".join(request.form.get("wording", "").split())
    clean = without_details(text, opened.plain)
    is_sure = request.form.get("sure") == "yes"
    if _marks_in(text):
        return _page(opened, text, fault="Put plain words in the place of each mark, or take it out.")
    if clean != text and not is_sure:
        fault = "Something that looks personal was taken out once more. Put it right."
        return _page(opened, clean, fault=fault, typed=text)
    if not 1 <= len(text) <= LONGEST_WORDING:
        return _page(opened, text, fault=f"This has {len(text)} characters. Write 1 to {LONGEST_WORDING}.")
    note_taken(desk().require_database(), reference, kind, user=staff(), now=desk().now())
    return chooser(kind, asked=Asked(wordings=(text,), user=staff(), now=desk().now()), back=here(reference))


def without_details(text: str, plain: Mapping[str, str]) -> str:
    """The text in one line, without the sender's own name and contact wherever they stand, nor anybody else's."""
    line = " ".join(text.split())
    contact, mark = plain["contact"], "[email]" if plain["contact_kind"] == "mail" else "[phone]"
    line = re.sub(rf"(?<!\w){re.escape(contact)}(?!\w)", mark, line, flags=re.IGNORECASE)
    own = {_bare(word) for word in _WORD.findall(plain["name"]) if len(word) >= _SHORTEST_NAME}
    line = _WORD.sub(lambda word: "[name]" if _bare(word[0]) in own else word[0], line)
    return redact(re.sub(r"\[name\](?:[ -]\[name\])+", "[name]", line))


def _bare(word: str) -> str:
    """A word as people type it in haste: without accents, in small letters."""
    return "".join(letter for letter in normalize("NFKD", word) if not combining(letter)).casefold()


def _answered(reference: str) -> Opened:
    opened = opened_message(reference)
    if opened.handoff.state not in DONE or opened.handoff.erased:
        raise Conflict(subject=reference, problem="only a message that was answered can become part of the FAQ")
    return opened


def _marks_in(text: str) -> list[str]:
    return [f"[{kind}]" for kind in MARKS if f"[{kind}]" in text]


def _page(opened: Opened, wording: str, *, fault: str = "", typed: str = "") -> Response:
    return staff_page(
        "staff/inbox_question.html",
        422 if fault else 200,
        opened=opened,
        wording=wording,
        fault=fault,
        typed=typed,
        marks=_marks_in(wording),
        longest=LONGEST_WORDING,
    )
