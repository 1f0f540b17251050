"""The editor of one entry: its form beside a preview, saved as one types, sent for review, taken back."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, redirect, request, url_for

from bot.errors import Conflict, InputError, InputErrors
from bot.faq.entry import Entry
from bot.staff import editing, submitting
from bot.staff.accounts import Role
from bot.staff.editing import Saved, Seen
from bot.staff.fields import LABELS
from bot.store.drafts import Draft
from bot.web.editor_page import Opened, editor_page, open_entry, preview_piece
from bot.web.entry_form import Typed, inputs_of, read_form, values_of, values_typed
from bot.web.numbers import require_number
from bot.web.pages import desk
from bot.web.staff_door import requires, room, say, staff
from bot.web.staff_faults import told
from bot.web.wording_checks import refuse_wordings

blueprint = room("editor", "/staff/entries")
_INPUTS = ("question", "topic", "short", "detail", "owner", "review_by", "reason", "retire_reason")


@blueprint.get("/<entry_id>")
@requires(Role.EDITOR)
def edit(entry_id: str) -> Response:
    """The editor's page; with `checked` the ranks of all wordings stand on it, for browsers without scripts."""
    opened = open_entry(entry_id)
    reason = request.args.get("reason", "")[:500]
    return editor_page(opened, values_of(opened.current.entry), checked="checked" in request.args, reason=reason)


@blueprint.post("/<entry_id>")
@requires(Role.EDITOR)
def save(entry_id: str) -> Any:
    """Save the form as the draft, and with `do=submit` send it for review; what was typed stays, whatever happens."""
    opened = open_entry(entry_id)
    typed = _typed(opened)
    saved = _save(typed.entry)
    if saved.outcome == "collided":
        return _to_merge(saved)
    if typed.faults:
        return _again(typed.faults)
    what = request.form.get("do", "save")
    if what == "submit":
        return _submit(saved)
    if saved.outcome == "merged":
        say(f"Saved, together with what {saved.other} changed: {_labels(saved.brought)}.")
    elif what == "save":
        say("Saved as a draft. Patients see nothing of it until it is approved and published.")
    reason = request.form.get("reason") or None  # it was begun: Enter in its line saves as anywhere
    return redirect(_address(entry_id, checked=1 if what == "check" else None, reason=reason), 303)


@blueprint.post("/<entry_id>/draft")
@requires(Role.EDITOR)
def autosave(entry_id: str) -> Response:
    """The same for the page's script: what came of it, and the inputs that others changed meanwhile."""
    typed = _typed(open_entry(entry_id))
    saved = _save(typed.entry)
    current = saved.current
    merge_at = url_for("merging.merge", entry_id=entry_id, aside=saved.aside) if saved.aside else None
    return jsonify(
        outcome=saved.outcome,
        base=current.base,
        version=current.version,
        saved_at=desk().now().isoformat(),
        author=saved.other,
        fields=[LABELS[name] for name in saved.brought or [each.field for each in saved.collisions]],
        changed=inputs_of(values_of(current.entry), saved.brought),
        merge=merge_at,
        faults={fault.field: told(fault) for fault in typed.faults},
    )


@blueprint.post("/<entry_id>/preview")
@requires(Role.EDITOR)
def look(entry_id: str) -> Response:
    """Preview, faults and ranks of what is typed, as a piece of the page; nothing is saved."""
    opened = open_entry(entry_id)
    typed = _typed(opened)
    return preview_piece(opened, typed.entry, {fault.field: told(fault) for fault in typed.faults})


@blueprint.post("/<entry_id>/discard")
@requires(Role.EDITOR)
def discard(entry_id: str) -> Any:
    """End the draft, with undo. What was typed last is saved first, so that undo brings it back too."""
    saved = _save(_typed(open_entry(entry_id)).entry)
    if saved.outcome == "collided":
        return _to_merge(saved)
    draft = editing.discard(
        desk().require_database(), entry_id, version=saved.current.version, user=staff(), now=desk().now()
    )
    say(f"The draft of “{draft.entry.question or entry_id}” was discarded.", undo=_undo(draft, 0))
    return redirect(url_for("entries.entries") if draft.base == 0 else _address(entry_id), 303)


@blueprint.post("/<entry_id>/undo")
@requires(Role.EDITOR)
def undo(entry_id: str) -> Any:
    """A saved text in place of the draft of version `over`, where nobody saved since."""
    base, version, over = (require_number(request.args.get(name, "")) for name in ("base", "version", "over"))
    seen = Seen(base=base, version=version)
    editing.bring_back(desk().require_database(), entry_id, seen, over=over, user=staff(), now=desk().now())
    say("It is as it was before.")
    return redirect(_address(entry_id), 303)


@blueprint.post("/<entry_id>/restore")
@requires(Role.EDITOR)
def restore(entry_id: str) -> Any:
    """An older revision (`number`) or a text that was kept aside (`aside`) as the draft, with undo."""
    number, aside = require_number(request.form.get("number", "0")), require_number(request.form.get("aside", "0"))
    before = open_entry(entry_id).current
    after = editing.restore(
        desk().require_database(), entry_id, number=number, aside=aside, user=staff(), now=desk().now()
    )
    source = f"revision {number}" if number else "what was kept aside"
    say(f"The draft now has the text of {source}.", undo=_undo(before, after.version))
    return redirect(_address(entry_id), 303)


@blueprint.post("/<entry_id>/withdraw")
@requires(Role.EDITOR)
def withdraw(entry_id: str) -> Any:
    """Take one's own revision out of review; what was typed meanwhile is saved first."""
    if (late := _save_first(entry_id)) is not None:
        return late
    revision = submitting.withdraw(desk().require_database(), entry_id, user=staff(), now=desk().now())
    say(f"Revision {revision.number} was withdrawn from review{'' if revision.retired else ' and is a draft again'}.")
    return redirect(_address(entry_id), 303)


@blueprint.post("/<entry_id>/retire")
@requires(Role.EDITOR)
def retire(entry_id: str) -> Any:
    """Ask for the entry to be taken away from patients; what was typed meanwhile is saved first."""
    if (late := _save_first(entry_id)) is not None:
        return late
    reason = request.form.get("retire_reason", "")
    try:
        submitting.retire(desk().require_database(), entry_id, reason=reason, user=staff(), now=desk().now())
    except InputError as error:
        return _again((InputError(field="retire_reason", got=error.got, allowed=error.allowed),))
    say("Sent for review: once approved and published, patients do not get this answer any more.")
    return redirect(_address(entry_id), 303)


def _save_first(entry_id: str) -> Any:
    """Save what the form holds, where it was sent with one; the way to both texts when they collide, else None."""
    if "question" not in request.form:
        return None
    saved = _save(_typed(open_entry(entry_id)).entry)
    return _to_merge(saved) if saved.outcome == "collided" else None


def _typed(opened: Opened) -> Typed:
    """The form as an entry, read over the text that its page was made of."""
    if "question" not in request.form:
        abort(400)
    with desk().require_database().read() as db:
        before = editing.text_seen(db, opened.current.entry_id, _seen()) if _seen() != Seen(base=0, version=0) else None
    return read_form(request.form, before or opened.current.entry, opened.around.documents)


def _seen() -> Seen:
    return Seen(
        base=require_number(request.form.get("base", "")), version=require_number(request.form.get("version", ""))
    )


def _save(entry: Entry) -> Saved:
    return editing.save_draft(desk().require_database(), _seen(), entry, user=staff(), now=desk().now())


def _submit(saved: Saved) -> Any:
    current = saved.current
    seen = Seen(base=current.base, version=current.version)
    reason = request.form.get("reason", "")
    try:
        refuse_wordings(desk().live.bot, current.entry)
        submitting.submit(
            desk().require_database(), current.entry_id, seen=seen, reason=reason, user=staff(), now=desk().now()
        )
    except InputErrors as error:
        return _again(error.faults)
    except InputError as error:
        return _again((error,))
    except Conflict as error:
        return _again((), f"It was saved, but not sent: {error.problem}.", 409)
    say(f"Sent for review: “{current.entry.question}”.")
    return redirect(_address(current.entry_id), 303)


def _again(faults: tuple[InputError, ...], trouble: str = "", status: int = 422) -> Response:
    """The page as it was saved, with what is wrong beside each field; inputs that could not be read stay as typed."""
    opened = open_entry(str((request.view_args or {})["entry_id"]))
    told = {fault.field: _told(fault) for fault in reversed(faults)}  # of several the first counts
    unread = [name for name in ("review_by", "sources") if name in told]
    return editor_page(
        opened,
        {**values_of(opened.current.entry), **inputs_of(values_typed(request.form), unread)},
        told,
        status=status,
        trouble=trouble or "What you typed is saved as a draft. To be mended first:",
        to_mend={} if trouble else {_place(name): LABELS.get(name, "Reason").lower() for name in reversed(told)},
        reason=request.form.get("reason", ""),
        retire_reason=request.form.get("retire_reason", ""),
        checked=True,
    )


def _told(fault: InputError) -> str:
    if fault.field.endswith("reason"):
        return f"Write {fault.allowed}." if fault.got == "nothing" else f"It has {fault.got}; {fault.allowed}."
    return fault.allowed if fault.got == "what cannot be served" else told(fault)


def _labels(fields: Any) -> str:
    return ", ".join(LABELS.get(name, "Reason").lower() for name in fields)


def _place(name: str) -> str:
    """The id of the input that a fault of that field is mended in; of its notes where there are several inputs."""
    return name if name in _INPUTS else f"{name}-notes"


def _to_merge(saved: Saved) -> Any:
    return redirect(url_for("merging.merge", entry_id=saved.current.entry_id, aside=saved.aside), 303)


def _undo(before: Draft, over: int) -> str:
    """Where to put `before` back in place of what stands as version `over`."""
    return url_for("editor.undo", entry_id=before.entry_id, base=before.base, version=before.version, over=over)


def _address(entry_id: str, **query: Any) -> str:
    return url_for("editor.edit", entry_id=entry_id, **query)
