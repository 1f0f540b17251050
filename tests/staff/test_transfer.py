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
from bot.staff.accounts import Role
from bot.staff.assembly import assemble
from bot.staff.seeding import seed_if_empty
from bot.staff.transfer import exported, import_knowledge, plan_import
from bot.store.audit import list_events
from bot.store.content import find_revision, list_in_review
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
