"""Documents: uploaded and read, their sections made drafts; versions compared, and what rests on what."""

from __future__ import annotations

import os
import threading
from pathlib import PurePath
from typing import Any

from flask import Response, abort, jsonify, redirect, request, url_for
from werkzeug.datastructures import FileStorage

from bot.errors import Conflict, InputError
from bot.faq.json_form import from_plain
from bot.ingest.alignment import align
from bot.ingest.blocks import Reading
from bot.ingest.coverage import Coverage, coverage_of
from bot.ingest.sections import sections_of
from bot.staff.accounts import Role
from bot.staff.documents import known_sections, load_documents, save_document
from bot.staff.listing import State, list_lines
from bot.staff.uploads import begin_upload, discard_upload, is_lost, place_for_upload, read_upload
from bot.store import audit
from bot.store.database import Db
from bot.store.documents import Upload, clear_flags, find_upload, find_version, list_flags, list_uploads, list_versions
from bot.store.standings import load_standings
from bot.web.document_page import decided, upload_values
from bot.web.pages import desk
from bot.web.security import MOST_UPLOAD_BYTES
from bot.web.staff_door import requires, room, say, staff, staff_page, takes_files, takes_long_forms
from bot.web.staff_faults import told

blueprint = room("documents", "/staff/documents")

MOST_FILES = 10
MOST_DECIDED_BYTES = 2 * 1024 * 1024  # the questions and topics of as many sections as a document may have
AT_ONCE = 2  # files read at the same time; others wait
_TURNS = threading.BoundedSemaphore(AT_ONCE)


@blueprint.get("")
@requires(Role.EDITOR)
def overview() -> Response:
    """Every document, what is on its way in, and the entries to look at again."""
    return _overview()


@blueprint.post("")
@requires(Role.EDITOR)
@takes_files(MOST_UPLOAD_BYTES)
def upload() -> Any:
    """Take files in and begin to read them."""
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files or len(files) > MOST_FILES:
        return _overview(422, "Choose a file first." if not files else f"At most {MOST_FILES} files at once.")
    numbers = [_take(file) for file in files]
    if len(numbers) == 1:
        return redirect(url_for("documents.read", upload_id=numbers[0]), 303)
    say(f"{len(numbers)} files are being read.")
    return redirect(url_for("documents.overview"), 303)


@blueprint.get("/uploads/<int:upload_id>")
@requires(Role.EDITOR)
def read(upload_id: int) -> Any:
    """How far the reading is; then what was found, beside what was known."""
    found = _upload(upload_id)
    if found.state == "saved":
        return redirect(url_for("documents.document", document_id=found.document_id), 303)
    if found.state == "discarded":
        abort(404)
    return _read_page(found)


@blueprint.get("/uploads/<int:upload_id>/progress")
@requires(Role.EDITOR)
def progress(upload_id: int) -> Response:
    """How far it is, for the page's script."""
    found = _upload(upload_id)
    comparing = bool(found.total) and found.done == found.total
    stage = "comparing it with your entries" if comparing else "reading"
    state = "lost" if is_lost(found, desk().now()) else found.state
    return jsonify(state=state, stage=stage, done=found.done, total=0 if comparing else found.total)


@blueprint.post("/uploads/<int:upload_id>/compare")
@requires(Role.EDITOR)
@takes_long_forms(MOST_DECIDED_BYTES)
def compare(upload_id: int) -> Response:
    """The sections beside those of the document that was chosen; nothing is kept, and what was typed stays."""
    found = _upload(upload_id)
    if found.state != "read":
        abort(409, "This document was saved or discarded already.")
    return _read_page(found)


@blueprint.post("/uploads/<int:upload_id>/save")
@requires(Role.EDITOR)
@takes_long_forms(MOST_DECIDED_BYTES)
def save(upload_id: int) -> Any:
    """Keep the document, and begin the drafts that are ticked."""
    found = _upload(upload_id)
    decision = decided(found, request.form)
    try:
        saved = save_document(
            desk().require_database(),
            decision.reading,
            file_name=found.file_name,
            document_id=decision.document_id,
            title=decision.title,
            wanted=decision.wanted,
            upload_id=upload_id,
            user=staff(),
            now=desk().now(),
        )
    except InputError as error:
        return _read_page(found, 422, {error.field: told(error)})
    except Conflict as error:
        if error.subject == "upload":
            raise
        return _read_page(found, 409, {"document_id": f"{error.problem}."})
    drafts = "one draft" if len(saved.drafts) == 1 else f"{len(saved.drafts)} drafts"
    flagged = f" {len(saved.flagged)} entries rest on what changed: look at them below." if saved.flagged else ""
    say(f"Kept as version {saved.number}; {drafts} begun. Patients see nothing of it.{flagged}")
    return redirect(url_for("documents.document", document_id=saved.document_id), 303)


@blueprint.post("/uploads/<int:upload_id>/discard")
@requires(Role.EDITOR)
@takes_long_forms(MOST_DECIDED_BYTES)
def discard(upload_id: int) -> Any:
    """Keep nothing of an upload."""
    gone = discard_upload(desk().require_database(), upload_id, user=staff(), now=desk().now())
    say(f"Nothing of {gone.file_name} was kept.")
    return redirect(url_for("documents.overview"), 303)


@blueprint.get("/coverage")
@requires(Role.EDITOR)
def coverage() -> Response:
    """All documents against all entries."""
    with desk().require_database().read() as db:
        return staff_page("staff/documents_coverage.html", coverage=_coverage(db))


@blueprint.get("/of/<document_id>")
@requires(Role.EDITOR)
def document(document_id: str) -> Response:
    """A document: its sections and the entries on each, its versions, and what changed in one of them."""
    wanted = request.args.get("version", "")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else None
    with desk().require_database().read() as db:
        covered = next((each for each in _coverage(db).documents if each.document.id == document_id), None)
        if covered is None:
            abort(404)
        version = find_version(db, document_id, number)
        before = known_sections(db, document_id, version.number - 1) if version and version.number > 1 else ()
        flags = [flag for flag in list_flags(db) if flag.document_id == document_id]
        versions = list_versions(db, document_id)
        questions = _questions(db)
    now = sections_of(from_plain(Reading, version.reading).blocks) if version else ()
    return staff_page(
        "staff/document.html",
        covered=covered,
        version=version,
        versions=versions,
        changes=align(before, now) if before else (),
        flags=flags,
        questions=questions,
    )


@blueprint.post("/looked/<entry_id>")
@requires(Role.EDITOR)
def looked(entry_id: str) -> Any:
    """Somebody read the entry beside its changed source, and it is right as it stands."""
    with desk().require_database().change() as db:
        if not clear_flags(db, entry_id, by=staff().name, at=desk().now()):
            raise Conflict(subject=entry_id, problem="somebody looked at it already")
        audit.record(db, at=desk().now(), actor=staff().name, action="entry.still-right", subject=entry_id)
    say("Noted: it is right as it stands.")
    return redirect(url_for("documents.overview") + "#flags", 303)


def _overview(status: int = 200, fault: str = "") -> Response:
    with desk().require_database().read() as db:
        found = _coverage(db)
        newest = {version.document_id: version for version in reversed(list_versions(db))}
        uploads, flags, questions = list_uploads(db), list_flags(db), _questions(db)
    lost = {each.upload_id for each in uploads if is_lost(each, desk().now())}
    return staff_page(
        "staff/documents.html",
        status,
        coverage=found,
        newest=newest,
        uploads=uploads,
        lost=lost,
        flags=flags,
        questions=questions,
        fault=fault,
        most_files=MOST_FILES,
        most_mb=MOST_UPLOAD_BYTES // 1024 // 1024,
    )


def _read_page(found: Upload, status: int = 200, faults: dict[str, str] | None = None) -> Response:
    values: dict[str, Any] = {"lost": is_lost(found, desk().now()), "faults": faults or {}}
    if found.state == "read":
        with desk().require_database().read() as db:
            values |= upload_values(db, found, request.form)
    return staff_page("staff/document_upload.html", status, upload=found, **values)


def _upload(upload_id: int) -> Upload:
    with desk().require_database().read() as db:
        found = find_upload(db, upload_id)
    if found is None:
        abort(404)
    return found


def _take(file: FileStorage) -> int:
    """Keep the file for as long as it is read, and begin to read it in a thread of its own."""
    database, now, bot = desk().require_database(), desk().now, desk().live.bot
    name = PurePath((file.filename or "").replace("\\", "/")).name.replace("\0", "")[-200:] or "file"
    handle, place = place_for_upload()
    with os.fdopen(handle, "wb") as kept:
        file.save(kept)
    number = begin_upload(database, name, user=staff(), now=now())

    def run() -> None:
        with _TURNS:
            read_upload(database, number, place, name, bot=bot, now=now)

    threading.Thread(target=run, name=f"reading {number}", daemon=True).start()
    return number


def _coverage(db: Db) -> Coverage:
    entries = [line.entry for line in list_lines(load_standings(db), None, {}) if line.state is not State.RETIRED]
    return coverage_of(load_documents(db), entries)


def _questions(db: Db) -> dict[str, str]:
    return {line.entry_id: line.entry.question for line in list_lines(load_standings(db), None, {})}
