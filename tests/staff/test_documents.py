"""Documents in the review flow: drafts that patients never see, versions, flags on entries that rest on what changed."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from curating import ED, NOON
from documents import FOLDER, markdown, pdf, read_content

from bot.errors import Conflict, InputError
from bot.faq.files import Loaded
from bot.ingest.blocks import Reading
from bot.ingest.claims import checked
from bot.ingest.coverage import coverage_of
from bot.ingest.readers import read_bytes
from bot.ingest.sandbox import WORKPLACE, silent
from bot.staff.around import load_around
from bot.staff.assembly import assemble
from bot.staff.checking import check, must_mend
from bot.staff.documents import (
    SavedDocument,
    Wanted,
    compared,
    load_documents,
    propose_document,
    save_document,
)
from bot.staff.quoting import holds_source
from bot.staff.seeding import seed_if_empty
from bot.staff.uploads import (
    LEFT_OVER,
    begin_upload,
    discard_upload,
    is_lost,
    place_for_upload,
    prepared,
    read_upload,
    sweep_left_over,
)
from bot.store.content import find_revision, list_in_review
from bot.store.database import Database
from bot.store.documents import clear_flags, find_upload, find_version, list_flags, list_uploads
from bot.store.drafts import find_draft, load_drafts

CONTENT = read_content(FOLDER / "warts.md")
ALCOHOL = b"# Isotretinoin\n\n## Drinking\n\nLess is safer for your liver.\n"


@pytest.fixture
def seeded(database: Database, small: Loaded) -> Database:
    seed_if_empty(database, small, NOON)
    return database


def reading(data: bytes = b"", name: str = "warts.md") -> Reading:
    return read_bytes(name, data or markdown(CONTENT), silent)


def save(
    database: Database, found: Reading, *wanted: Wanted, hours: int = 0, document_id: str = "warts"
) -> SavedDocument:
    return save_document(
        database, found, file_name="warts.md", document_id=document_id, title="Warts", wanted=wanted, user=ED,
        now=NOON + timedelta(hours=hours),
    )  # fmt: skip


FREEZING = Wanted(section=3, question="How does freezing work?", topic="clinic", phrasings=("does freezing hurt",))


def test_a_draft_quotes_and_cites_its_section_and_cannot_be_sent_as_it_is(seeded: Database) -> None:
    saved = save(seeded, reading(), FREEZING)

    with seeded.read() as db:
        draft = find_draft(db, saved.drafts[0])
        assert draft is not None
        faults = must_mend(check(draft.entry, load_around(db, draft.entry_id), NOON.date()))
    assert draft.entry.question == "How does freezing work?"
    assert draft.entry.answer.short == ""
    assert "Liquid nitrogen is very cold." in draft.entry.answer.detail
    assert holds_source(draft.entry.answer.detail)
    assert [(each.document, each.section) for each in draft.entry.citations] == [("warts", "How freezing works")]
    assert {"short", "detail"} <= {fault.field for fault in faults}


def test_nothing_of_a_document_is_in_the_next_release_or_waits_for_review(seeded: Database) -> None:
    with seeded.read() as db:
        before = assemble(db, NOON).content_hash
    saved = save(seeded, reading(), FREEZING)

    with seeded.read() as db:
        assert assemble(db, NOON).content_hash == before
        assert list_in_review(db) == ()
        assert find_revision(db, saved.drafts[0]) is None


def test_its_sections_can_be_cited_from_then_on(seeded: Database) -> None:
    save(seeded, reading())

    with seeded.read() as db:
        document = next(each for each in load_documents(db) if each.id == "warts")
    assert "How freezing works" in document.headings
    assert (document.title, document.kind) == ("Warts", "document, md")


def test_saving_the_same_again_is_refused(seeded: Database) -> None:
    save(seeded, reading())

    with pytest.raises(Conflict, match="nothing differs from version 1"):
        save(seeded, reading(pdf(CONTENT), "warts.pdf"))


def test_entries_that_rest_on_a_changed_section_are_flagged_until_somebody_looked(
    database: Database, loaded: Loaded
) -> None:
    seed_if_empty(database, loaded, NOON)
    seeded = database
    with seeded.read() as db:
        cited = next(
            (revision.entry_id, each.document, each.section)
            for revision in (find_revision(db, entry.id) for entry in assemble(db, NOON).entries)
            if revision
            for each in revision.entry.citations
            if each.document and each.section
        )
    entry_id, document_id, heading = cited
    text = f"# {heading}\n\nSomething else altogether stands here now.\n".encode()

    saved = save(seeded, reading(text, "new.md"), document_id=document_id or "", hours=1)

    assert entry_id in saved.flagged
    with seeded.read() as db:
        flags = [flag for flag in list_flags(db) if flag.entry_id == entry_id]
    assert flags[0].change in ("changed", "removed")
    with seeded.change() as db:
        assert clear_flags(db, entry_id, by=ED.name, at=NOON) >= 1
        assert all(flag.entry_id != entry_id for flag in list_flags(db))


def test_a_file_finds_the_document_that_it_is_a_new_version_of(seeded: Database) -> None:
    save(seeded, reading())
    changed = markdown(CONTENT).replace(b"Freezing a wart", b"Warts and cold")

    with seeded.read() as db:
        assert propose_document(db, reading(changed, "x.md"), "x.md") == "warts"
        assert propose_document(db, reading(ALCOHOL, "y.md"), "y.md") == ""
        fates = [each.fate for each in compared(db, "warts", reading(changed.replace(b"very cold", b"icy"), "x.md"))]
    assert fates.count("changed") >= 1


def test_coverage_tells_what_nothing_rests_on(seeded: Database) -> None:
    save(seeded, reading(), FREEZING)

    with seeded.read() as db:
        entries = [draft.entry for draft in load_drafts(db).values()]
        coverage = coverage_of(load_documents(db), entries)
    warts = next(each for each in coverage.documents if each.document.id == "warts")
    assert "How freezing works" not in [section.heading for section in warts.uncovered]
    assert "How many times" in [section.heading for section in warts.uncovered]


@pytest.mark.parametrize("document_id", ["", "Warts", "a b", "x" * 90, "../etc"])
def test_an_id_that_cannot_be_is_refused_and_nothing_is_kept(seeded: Database, document_id: str) -> None:
    with pytest.raises(InputError):
        save(seeded, reading(), FREEZING, document_id=document_id)

    with seeded.read() as db:
        assert load_drafts(db) == {}
        assert find_version(db, document_id) is None


def test_a_draft_that_cannot_be_begun_leaves_nothing_half_saved(seeded: Database) -> None:
    with pytest.raises(InputError):
        save(seeded, reading(), FREEZING, Wanted(section=2, question="  ", topic="clinic"))

    with seeded.read() as db:
        assert load_drafts(db) == {}
        assert find_version(db, "warts") is None


def test_an_upload_is_read_kept_and_its_file_is_gone(seeded: Database, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(pdf(CONTENT))
    number = begin_upload(seeded, "warts.pdf", user=ED, now=NOON)

    read_upload(seeded, number, path, "warts.pdf", bot=None, now=lambda: NOON)

    with seeded.read() as db:
        upload = find_upload(db, number)
    assert upload is not None
    assert upload.state == "read"
    found = prepared(upload)
    assert found.reading.title == "Freezing a wart"
    assert found.warnings == checked(found.reading).warnings != ()
    assert not path.exists()


def test_an_upload_that_cannot_be_read_says_why_and_keeps_nothing(seeded: Database, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"no pdf at all")
    number = begin_upload(seeded, "a.pdf", user=ED, now=NOON)

    read_upload(seeded, number, path, "a.pdf", bot=None, now=lambda: NOON)

    with seeded.read() as db:
        upload = find_upload(db, number)
    assert upload is not None
    assert (upload.state, upload.reading) == ("refused", None)
    assert "not a PDF though its name ends in .pdf" in upload.reason


def test_a_discarded_upload_is_gone_and_cannot_be_discarded_twice(seeded: Database) -> None:
    number = begin_upload(seeded, "a.pdf", user=ED, now=NOON)

    discard_upload(seeded, number, user=ED, now=NOON)

    with seeded.read() as db:
        assert list_uploads(db) == ()
    with pytest.raises(Conflict):
        discard_upload(seeded, number, user=ED, now=NOON)


def test_an_upload_that_fell_silent_is_known_to_be_lost(seeded: Database) -> None:
    number = begin_upload(seeded, "a.pdf", user=ED, now=NOON)
    with seeded.read() as db:
        upload = find_upload(db, number)

    assert upload is not None
    assert not is_lost(upload, NOON + timedelta(seconds=30))
    assert is_lost(upload, NOON + timedelta(minutes=20))


def test_files_of_readings_that_were_killed_are_swept_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    handle, left = place_for_upload()
    os.close(handle)
    workplace = tmp_path / f"{WORKPLACE}abc"
    workplace.mkdir()
    (workplace / "page.txt").write_text("Zoe")
    others = [tmp_path / "clinicbot-try", tmp_path / "else.pdf"]
    for each in others:
        each.write_text("kept")
    secret = tmp_path / "secret.key"
    secret.write_text("kept")
    (tmp_path / "clinicbot-upload-link").symlink_to(secret)
    now = datetime.now(UTC)

    assert sweep_left_over(now) == 0
    assert left.exists()
    assert sweep_left_over(now + LEFT_OVER) == 3
    assert not left.exists()
    assert not workplace.exists()
    assert all(each.exists() for each in (*others, secret))
