"""The list of entries: where each stands, what is found, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.faq.entry import Entry
from bot.faq.files import Loaded
from bot.faq.release import Release
from bot.staff.accounts import Role, User
from bot.staff.bulk import send, set_owner, set_review_by, undo_changes, undo_sending
from bot.staff.editing import Seen, discard, find_current, save_draft
from bot.staff.listing import Filter, Listed, Page, Sort, State, list_page
from bot.staff.seeding import seed_if_empty
from bot.staff.starting import start
from bot.staff.submitting import retire, submit, withdraw
from bot.store.content import add_review, find_revision, find_submitted
from bot.store.database import Database
from bot.store.drafts import find_draft
from bot.store.visits import Feedback, Turn, add_turns, give_feedback

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MARY = User(user_id=1, email="mary@clinic.test", name="Mary", roles=frozenset({Role.EDITOR}))
SAM = User(user_id=2, email="sam@clinic.test", name="Sam", roles=frozenset({Role.EDITOR}))


@pytest.fixture
def seeded(database: Database, loaded: Loaded) -> Database:
    seed_if_empty(database, loaded, NOON)
    return database


@pytest.fixture
def served(loaded: Loaded) -> Release:
    return loaded.release


def page_of(database: Database, served: Release | None, now: datetime = NOON, **wanted: Any) -> Page:
    with database.read() as db:
        return list_page(db, served, Filter(**wanted), now)


def line_of(database: Database, served: Release | None, entry_id: str = "dry-lips") -> Listed:
    with database.read() as db:
        pages = [list_page(db, served, Filter(page=number), NOON) for number in (1, 2)]
    return next(line for page in pages for line in page.lines if line.entry_id == entry_id)


def decide(database: Database, decision: Any) -> None:
    with database.change() as db:
        revision = find_submitted(db, "dry-lips")
        assert revision
        add_review(db, revision.revision_id, decision, reviewer="Dr Lee", own=False, comment="", at=NOON)


def edit(database: Database, entry_id: str, change: Callable[[Entry], Entry], user: User = MARY) -> Seen:
    with database.read() as db:
        current = find_current(db, entry_id)
    assert current
    seen = Seen(base=current.base, version=current.version)
    saved = save_draft(database, seen, change(current.entry), user=user, now=NOON).current
    return Seen(base=saved.base, version=saved.version)


def owned(entry: Entry) -> Entry:
    return replace(entry, owner="ward")


def test_an_entry_goes_through_its_states(seeded: Database, served: Release) -> None:
    assert line_of(seeded, served).state is State.LIVE
    seen = edit(seeded, "dry-lips", owned)
    assert line_of(seeded, served).state is State.DRAFT
    submit(seeded, "dry-lips", seen=seen, reason="why", user=MARY, now=NOON)
    assert line_of(seeded, served).state is State.IN_REVIEW
    withdraw(seeded, "dry-lips", user=MARY, now=NOON)
    assert line_of(seeded, served).state is State.DRAFT
    submit(seeded, "dry-lips", seen=edit(seeded, "dry-lips", owned), reason="why", user=MARY, now=NOON)
    decide(seeded, "return")
    assert line_of(seeded, served).state is State.RETURNED
    submit(seeded, "dry-lips", seen=edit(seeded, "dry-lips", owned), reason="why", user=MARY, now=NOON)
    decide(seeded, "approve")
    assert line_of(seeded, served).state is State.APPROVED
    entries = tuple(owned(entry) if entry.id == "dry-lips" else entry for entry in served.entries)
    newer = replace(served, entries=entries)
    assert line_of(seeded, newer).state is State.LIVE
    retire(seeded, "dry-lips", reason="why", user=MARY, now=NOON)
    decide(seeded, "approve")
    assert line_of(seeded, newer).state is State.RETIRING  # it is to go, and is still there
    without = replace(served, entries=tuple(entry for entry in served.entries if entry.id != "dry-lips"))
    assert line_of(seeded, without).state is State.RETIRED


def test_a_new_entry_is_a_new_draft_until_it_is_discarded(seeded: Database, served: Release) -> None:
    draft = start(seeded, "lip-filler", "A lip filler?", "living", user=MARY, now=NOON)
    page = page_of(seeded, served, state=State.NEW)
    assert [line.entry_id for line in page.lines] == ["lip-filler"]
    discard(seeded, "lip-filler", version=draft.version, user=MARY, now=NOON)

    assert page_of(seeded, served, state=State.NEW).lines == ()


def test_nothing_is_live_without_a_release(seeded: Database) -> None:
    assert page_of(seeded, None).states == {State.APPROVED: page_of(seeded, None).whole}


def test_the_list_is_found_by_words_topic_owner_and_date(seeded: Database, served: Release) -> None:
    def found(**wanted: Any) -> set[str]:
        return {line.entry_id for line in page_of(seeded, served, **wanted).lines}

    assert found(words="LIPS  sandpaper") == {"dry-lips"}
    assert "dry-lips" in found(words="smiling hurts")  # a golden question
    assert found(words="dry-lips zebra") == set()
    assert {line.entry.topic for line in page_of(seeded, served, topic="pregnancy").lines} == {"pregnancy"}
    assert {line.entry.owner for line in page_of(seeded, served, owner="reception").lines} == {"reception"}
    later = datetime(2027, 6, 1, tzinfo=UTC)
    assert {line.entry.review_by.isoformat() for line in page_of(seeded, served, later, due="overdue").lines} == {
        "2027-05-31"
    }
    assert len(page_of(seeded, served, later - timedelta(days=20), due="due").lines) > 0
    assert page_of(seeded, served, due="overdue").found == 0


def test_what_is_asked_about_a_word_stands_before_what_only_names_it(seeded: Database, served: Release) -> None:
    found = page_of(seeded, served, words="wax").lines

    assert found[0].entry_id == "waxing-hair-removal"
    assert [line.entry.question for line in found] != sorted(line.entry.question for line in found)


def test_the_list_is_sorted_by_what_patients_asked(seeded: Database, served: Release) -> None:
    with seeded.change() as db:
        for place, entry_id in enumerate(["alcohol", "dry-lips", "dry-lips", None]):
            turn = Turn(
                turn_id=f"t{place}", conversation="c", asked_at=NOON - timedelta(days=1), redacted="q",
                outcome="answer", release=1, region="uk", channel="web", context={}, said=[], entry_id=entry_id,
            )  # fmt: skip
            add_turns(db, [turn])
        give_feedback(db, Feedback(turn_id="t0", helpful=False, reason="", given_at=NOON))
        give_feedback(db, Feedback(turn_id="t1", helpful=True, reason="", given_at=NOON))

    asked = page_of(seeded, served, sort=Sort.ASKED).lines
    assert [(line.entry_id, line.asked, line.unhelpful) for line in asked[:2]] == [
        ("dry-lips", 2, 0),
        ("alcohol", 1, 1),
    ]
    assert page_of(seeded, served, sort=Sort.UNHELPFUL).lines[0].entry_id == "alcohol"
    dates = [line.entry.review_by for line in page_of(seeded, served, sort=Sort.REVIEW_BY).lines]
    assert dates == sorted(dates)
    assert page_of(seeded, served, NOON + timedelta(days=40), sort=Sort.ASKED).lines[0].asked == 0


def test_a_page_that_is_not_there_is_the_last_one(seeded: Database, served: Release) -> None:
    page = page_of(seeded, served, page=99)

    assert (page.number, page.pages) == (2, 2)
    assert len(page.lines) == page.whole - 50


def test_the_queries_do_not_grow_with_the_entries(
    seeded: Database, served: Release, count_queries: Callable[[Database], Any]
) -> None:
    with count_queries(seeded) as few:
        page_of(seeded, served)
    for entry_id in ("dry-lips", "dry-skin", "alcohol"):
        submit(seeded, entry_id, seen=edit(seeded, entry_id, owned), reason="why", user=MARY, now=NOON)
        edit(seeded, entry_id, lambda entry: replace(entry, owner="night ward"))
    with count_queries(seeded) as more:
        page_of(seeded, served)

    assert len(few) == len(more) <= 10


def test_many_are_changed_and_taken_back_but_for_what_changed_since(seeded: Database) -> None:
    ids = ["dry-lips", "dry-skin", "alcohol"]
    done = set_owner(seeded, [*ids, *ids], " ward ", user=MARY, now=NOON)
    assert done.changed == tuple(ids)
    assert set_owner(seeded, ids, "ward", user=SAM, now=NOON).left[0] == ("dry-lips", "it is so already")
    edit(seeded, "alcohol", lambda entry: replace(entry, golden=("new",)), SAM)

    back = undo_changes(seeded, NOON, user=MARY, now=NOON + timedelta(minutes=1))

    assert back.changed == ("dry-lips", "dry-skin")
    assert back.left == (("alcohol", "it was changed since"),)
    with seeded.read() as db:
        assert find_draft(db, "dry-lips") is None


def test_a_draft_discarded_before_does_not_come_back_with_an_undo(seeded: Database) -> None:
    seen = edit(seeded, "dry-lips", lambda entry: replace(entry, golden=("old idea",)))
    discard(seeded, "dry-lips", version=seen.version, user=MARY, now=NOON)
    at = NOON + timedelta(minutes=1)
    set_review_by(seeded, ["dry-lips"], at.date(), user=MARY, now=at)

    undo_changes(seeded, at, user=MARY, now=at)

    with seeded.read() as db:
        assert find_draft(db, "dry-lips") is None


def test_nobody_takes_back_what_others_did(seeded: Database) -> None:
    set_owner(seeded, ["dry-lips"], "ward", user=MARY, now=NOON)

    assert undo_changes(seeded, NOON, user=SAM, now=NOON).changed == ()


def test_many_are_sent_and_each_stands_by_itself(seeded: Database) -> None:
    edit(seeded, "dry-lips", owned)
    edit(seeded, "dry-skin", lambda entry: replace(entry, citations=()))
    done = send(seeded, ["dry-lips", "dry-skin", "alcohol"], "new owner", user=MARY, now=NOON)

    assert done.changed == ("dry-lips",)
    assert dict(done.left) == {"dry-skin": "to be mended first: Sources", "alcohol": "there is no draft"}
    assert undo_sending(seeded, NOON, user=SAM, now=NOON).changed == ()
    assert undo_sending(seeded, NOON, user=MARY, now=NOON).changed == ("dry-lips",)


def test_undoing_says_what_was_decided_about_meanwhile(seeded: Database) -> None:
    for entry_id in ("dry-lips", "alcohol"):
        edit(seeded, entry_id, owned)
    send(seeded, ["dry-lips", "alcohol"], "new owner", user=MARY, now=NOON)
    with seeded.change() as db:
        sent = find_revision(db, "alcohol")
        assert sent is not None
        add_review(db, sent.revision_id, decision="approve", reviewer="Cleo", comment="", own=False, at=NOON)

    done = undo_sending(seeded, NOON, user=MARY, now=NOON)

    assert done.changed == ("dry-lips",)
    assert dict(done.left) == {"alcohol": "it was decided about since"}
