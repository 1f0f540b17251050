"""Knowledge out to files and back: nothing lost, shown first, all of it or nothing, and never approved by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import Conflict, InputError
from bot.faq.files import Loaded, load_knowledge
from bot.faq.release import content_hash_of
from bot.faq.writing import write_knowledge
from bot.ingest.blocks import Block, Kind, Reading
from bot.staff.accounts import Role, User
from bot.staff.assembly import assemble
from bot.staff.deciding import Asked, put_out_of_scope
from bot.staff.documents import save_document
from bot.staff.seeding import seed_if_empty
from bot.staff.transfer import exported, import_knowledge, plan_import
from bot.store.audit import list_events
from bot.store.content import add_entry, add_review, add_revision, find_piece, find_revision, list_in_review, save_piece
from bot.store.database import Database, open_database
from bot.store.drafts import Draft, put_draft
from bot.store.staff import add_account

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def seeded(any_database: Database, loaded: Loaded) -> Database:
    seed_if_empty(any_database, loaded, NOON)
    return any_database


def edited(loaded: Loaded, short: str = "Use a plain ointment.") -> Loaded:
    entries = tuple(
        replace(entry, answer=replace(entry.answer, short=short)) if entry.id == "dry-lips" else entry
        for entry in loaded.release.entries
    )
    return replace(loaded, release=replace(loaded.release, entries=entries))


def test_what_is_exported_and_imported_elsewhere_is_exported_alike(seeded: Database, tmp_path: Path) -> None:
    with seeded.read() as db:
        files = exported(db, NOON)
    write_knowledge(tmp_path / "knowledge", files)

    elsewhere = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    again = load_knowledge(tmp_path / "knowledge", number=1, published_at=NOON)
    seed_if_empty(elsewhere, again, NOON)

    assert again.problems == ()
    with elsewhere.read() as db:
        assert exported(db, NOON) == files
    elsewhere.close()


def test_importing_what_was_exported_changes_nothing(seeded: Database, loaded: Loaded) -> None:
    with seeded.read() as db:
        plan = plan_import(db, loaded)

    assert plan.is_empty
    assert plan.unchanged == len(loaded.release.entries)
    assert plan.missing == ()


def test_an_imported_change_waits_for_review(seeded: Database, loaded: Loaded) -> None:
    plan = import_knowledge(seeded, edited(loaded), by="git", now=NOON)

    assert [(each.entry.id, each.changed) for each in plan.entries] == [("dry-lips", ("answer",))]
    with seeded.read() as db:
        assert [revision.entry_id for revision in list_in_review(db)] == ["dry-lips"]
        assert content_hash_of(assemble(db, NOON)) == loaded.release.content_hash
        assert list_events(db, limit=1)[0].action == "knowledge.imported"


def test_an_import_that_a_clinician_has_read_is_approved_by_name(seeded: Database, loaded: Loaded) -> None:
    import_knowledge(seeded, edited(loaded), by="git", now=NOON, approved_by="Dr Bo")

    with seeded.read() as db:
        revision = find_revision(db, "dry-lips")
        answer = next(entry for entry in assemble(db, NOON).entries if entry.id == "dry-lips").answer
    assert revision is not None
    assert revision.review is not None
    assert (revision.review.decision, revision.review.reviewer) == ("approve", "Dr Bo")
    assert answer.short == "Use a plain ointment."


def test_only_a_clinician_of_the_clinic_can_have_read_an_import(seeded: Database, loaded: Loaded) -> None:
    with seeded.change() as db:
        for name, role in (("Dr Bo", Role.CLINICIAN), ("Ed", Role.EDITOR)):
            add_account(
                db, email=f"{role}@example.org", name=name, roles=frozenset({role}), password_hash="!", at=NOON
            )  # fmt: skip

    for somebody in ("Ed", "Dr Nobody"):
        with pytest.raises(InputError, match="Dr Bo"):
            import_knowledge(seeded, edited(loaded), by="git", now=NOON, approved_by=somebody)
    with seeded.read() as db:
        assert list_in_review(db) == ()

    import_knowledge(seeded, edited(loaded), by="git", now=NOON, approved_by="Dr Bo")
    with seeded.read() as db:
        assert content_hash_of(assemble(db, NOON)) != loaded.release.content_hash


def test_a_draft_that_somebody_works_on_is_not_passed_over(seeded: Database, loaded: Loaded) -> None:
    entry = next(entry for entry in loaded.release.entries if entry.id == "dry-lips")
    with seeded.change() as db:
        put_draft(db, Draft(entry_id="dry-lips", base=1, version=1, entry=entry, author="Ada", saved_at=NOON))

    with pytest.raises(Conflict, match="dry-lips"):
        import_knowledge(seeded, edited(loaded), by="git", now=NOON)

    with seeded.read() as db:
        assert list_in_review(db) == ()


def test_entries_that_are_missing_stay_unless_they_are_to_go(seeded: Database, loaded: Loaded) -> None:
    fewer = replace(loaded, release=replace(loaded.release, entries=loaded.release.entries[1:]))
    gone = loaded.release.entries[0].id

    assert import_knowledge(seeded, fewer, by="git", now=NOON).missing == (gone,)
    with seeded.read() as db:
        assert list_in_review(db) == ()

    import_knowledge(seeded, fewer, by="git", now=NOON, approved_by="Dr Bo", retire_missing=True)
    with seeded.read() as db:
        assert gone not in {entry.id for entry in assemble(db, NOON).entries}


def test_what_nobody_sees_in_a_text_holds_no_export_up(seeded: Database) -> None:
    wording, heading = "can i get a tattoo 🤷\u200d♀️", "Ask the nurse 👩\u200d⚕️\u200e\x1b"
    editor = User(user_id=1, email="ed@example.org", name="Ed", roles=frozenset({Role.EDITOR}))
    put_out_of_scope(seeded, Asked(wordings=(wording, "\u200e"), user=editor, now=NOON))
    page = Reading(title="Nu\u200ers", blocks=(Block(kind=Kind.HEADING, text=heading), Block(kind=Kind.PARAGRAPH, text="Ring.")))  # fmt: skip
    save_document(seeded, page, file_name="n.html", document_id="nurse", title=page.title, user=editor, now=NOON)
    with seeded.change() as db:  # one that was kept before such characters were taken out
        piece = find_piece(db, "background")
        assert piece is not None
        old = [*piece.content, "is it \u200eok \x1b[2J"]
        save_piece(db, "background", old, author="Ed", reason="-", at=NOON, seen=piece.version)

    with seeded.read() as db:
        files = exported(db, NOON)

    assert "can i get a tattoo 🤷" in files["out-of-scope.yaml"]
    assert "is it ok [2J" in files["out-of-scope.yaml"]
    assert "Ask the nurse 👩" in files["sources/nurse.yaml"]


def test_a_text_that_was_returned_can_be_imported_as_approved(seeded: Database, loaded: Loaded) -> None:
    texts = {entry.id: entry for entry in edited(loaded).release.entries}
    brand_new = replace(texts["dry-lips"], id="dry-lips-too", question="What else helps dry lips?", phrasings=(), golden=())  # fmt: skip
    with seeded.change() as db:
        add_entry(db, brand_new.id, NOON)
        for entry in (texts["dry-lips"], brand_new):
            revision = add_revision(db, entry, author="Ed", reason="-", at=NOON)
            add_review(
                db, revision.revision_id, "return", reviewer="Dr Bo", own=False, comment="Not yet.", at=NOON
            )  # fmt: skip
    with seeded.read() as db:  # what is approved is as in the folder
        assert plan_import(db, loaded).is_empty
    more = edited(loaded)
    more = replace(more, release=replace(more.release, entries=(*more.release.entries, brand_new)))

    plan = import_knowledge(seeded, more, by="git", now=NOON, approved_by="Dr Bo")

    assert [each.entry.id for each in plan.entries] == ["dry-lips", "dry-lips-too"]
    with seeded.read() as db:
        served = {entry.id: entry.answer.short for entry in assemble(db, NOON).entries}
    assert served["dry-lips"] == served["dry-lips-too"] == "Use a plain ointment."
