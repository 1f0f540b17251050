"""The translation of an entry: its form beside the English, saved as one types, sent for review, taken back."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, redirect, request, url_for

from bot.errors import Conflict, InputError, InputErrors
from bot.faq.entry import TRANSLATED_INTO, Translation
from bot.staff import translating
from bot.staff.accounts import Role
from bot.staff.comparing import LANGUAGE_WORDS
from bot.staff.ranking import ranks_of
from bot.staff.translation_checks import LABELS
from bot.staff.translations import require_standing
from bot.store.translations import Key, WorkingCopy
from bot.web.language_page import as_kept, open_translation, translation_page, translation_piece, typed_translation
from bot.web.numbers import require_number
from bot.web.pages import desk
from bot.web.staff_door import requires, room, say, staff
from bot.web.wording_checks import refuse_alarmed

blueprint = room("languages", "/staff/entries/<entry_id>/languages")


@blueprint.get("/")
@requires(Role.EDITOR)
def languages(entry_id: str) -> Any:
    """To the only language there is."""
    return redirect(_address((entry_id, TRANSLATED_INTO[0])), 303)


@blueprint.get("/<language>")
@requires(Role.EDITOR)
def edit(entry_id: str, language: str) -> Response:
    """The page as it stands."""
    with desk().require_database().read() as db:
        return translation_page(db, open_translation(db, entry_id, language))


@blueprint.post("/<language>")
@requires(Role.EDITOR)
def save(entry_id: str, language: str) -> Any:
    """Save the form as the draft, and with `do=submit` send it for review; what was typed stays, whatever happens."""
    key, what = (entry_id, language), request.form.get("do", "save")
    try:
        copy = _save(key)
        if what == "submit":
            return _submit(key, copy)
    except Conflict as error:
        return _again(key, trouble=f"Not saved: {error.problem}.", status=409, text=_typed(key))
    if what == "save":
        say("Saved as a draft. Patients see nothing of it until it is approved and published.")
    return redirect(_address(key), 303)


@blueprint.post("/<language>/draft")
@requires(Role.EDITOR)
def autosave(entry_id: str, language: str) -> Response:
    """The same for the page's script."""
    key = entry_id, language
    outcome, version, author = "saved", _version(), ""
    try:
        copy = _save(key)
        version = copy.version if copy else version
    except Conflict:
        with desk().require_database().read() as db:
            draft = require_standing(db, key).draft
        outcome, author = "collided", draft.author if draft else "Somebody"
    return jsonify(
        outcome=outcome,
        base=0,
        version=version,
        saved_at=desk().now().isoformat(),
        author=author,
        fields=["translation"],
        changed={},
        merge=None,
        faults={},
    )


@blueprint.post("/<language>/preview")
@requires(Role.EDITOR)
def look(entry_id: str, language: str) -> Response:
    """Preview, faults and ranks of what is typed, as a piece of the page; nothing is saved."""
    with desk().require_database().read() as db:
        standing = open_translation(db, entry_id, language).standing
        return translation_piece(db, standing, as_kept(typed_translation(request.form), standing.text))


@blueprint.post("/<language>/discard")
@requires(Role.EDITOR)
def discard(entry_id: str, language: str) -> Any:
    """End the draft, with undo. What was typed last is saved first, so that undo brings it back too."""
    key = entry_id, language
    copy = _save(key)
    seen = copy.version if copy else 0
    translating.discard_translation(desk().require_database(), key, seen=seen, user=staff(), now=desk().now())
    undo = url_for("languages.undo", entry_id=entry_id, language=language, version=seen)
    say(f"The draft of the {LANGUAGE_WORDS[language]} translation was discarded.", undo=undo)
    return redirect(_address(key), 303)


@blueprint.post("/<language>/undo/<int:version>")
@requires(Role.EDITOR)
def undo(entry_id: str, language: str, version: int) -> Any:
    """The discarded draft again, where nobody saved since."""
    key = entry_id, language
    translating.bring_back_translation(desk().require_database(), key, version=version, user=staff(), now=desk().now())
    say("It is as it was before.")
    return redirect(_address(key), 303)


@blueprint.post("/<language>/withdraw")
@requires(Role.EDITOR)
def withdraw(entry_id: str, language: str) -> Any:
    """Take one's own version out of review."""
    key = entry_id, language
    version = translating.withdraw_translation(desk().require_database(), key, user=staff(), now=desk().now())
    say(f"Version {version.number} was withdrawn from review{'' if version.retired else ' and is a draft again'}.")
    return redirect(_address(key), 303)


@blueprint.post("/<language>/retire")
@requires(Role.EDITOR)
def retire(entry_id: str, language: str) -> Any:
    """Ask for the translation to be taken away from patients."""
    key, reason = (entry_id, language), request.form.get("retire_reason", "")
    database = desk().require_database()
    try:
        translating.retire_translation(database, key, reason=reason, user=staff(), now=desk().now())
    except InputError as error:
        return _again(key, {"retire_reason": f"Write {error.allowed}."}, trouble="It was not sent: say why.")
    say("Sent for review: once approved and published, patients read the English.")
    return redirect(_address(key), 303)


def _save(key: Key) -> WorkingCopy | None:
    _require(key)
    database = desk().require_database()
    return translating.save_translation(database, key, _version(), _typed(key), user=staff(), now=desk().now())


def _typed(key: Key) -> Translation:
    if "question" not in request.form:
        abort(400)
    with desk().require_database().read() as db:
        return as_kept(typed_translation(request.form), open_translation(db, *key).standing.text)


def _submit(key: Key, copy: WorkingCopy | None) -> Any:
    reason, database = request.form.get("reason", ""), desk().require_database()
    seen = copy.version if copy else 0
    try:
        _refuse_alarms(key)
        version = translating.submit_translation(
            database, key, seen=seen, reason=reason, user=staff(), now=desk().now()
        )
    except InputErrors as error:
        told = {fault.field: _told(fault) for fault in reversed(error.faults)}
        fields = ", ".join(LABELS.get(name, "Reason").lower() for name in told)
        trouble = f"What you typed is saved as a draft. To be mended first: {fields}."
        return _again(key, told, trouble=trouble, reason=reason)
    except Conflict as error:
        return _again(key, trouble=f"It was saved, but not sent: {error.problem}.", status=409)
    say(f"Sent for review: “{version.translation.question}”.")
    return redirect(_address(key), 303)


def _refuse_alarms(key: Key) -> None:
    """Raise InputErrors where a wording of what stands is met with an alarm today: it would keep each release away."""
    with desk().require_database().read() as db:
        text = require_standing(db, key).text
    bot = desk().live.bot
    ranks = ranks_of(bot, key[0], text.wordings) if bot else ()
    refuse_alarmed(text.question, [(rank.wording, rank.alarm) for rank in ranks if rank.alarm])


def _again(
    key: Key,
    told: dict[str, str] | None = None,
    *,
    trouble: str,
    status: int = 422,
    reason: str = "",
    text: Translation | None = None,
) -> Response:
    with desk().require_database().read() as db:
        opened = open_translation(db, *key)
        return translation_page(db, opened, text=text, told=told, status=status, trouble=trouble, reason=reason)


def _told(fault: InputError) -> str:
    if fault.field == "reason":
        return f"Write {fault.allowed}." if fault.got == "nothing" else f"It has {fault.got}; {fault.allowed}."
    return fault.allowed


def _require(key: Key) -> None:
    with desk().require_database().read() as db:
        open_translation(db, *key)


def _version() -> int:
    return require_number(request.form.get("version", ""))


def _address(key: Key) -> str:
    return url_for("languages.edit", entry_id=key[0], language=key[1])
