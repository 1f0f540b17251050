"""Editing: what is typed is saved, merged, or kept aside, and never lost."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import Conflict, Forbidden, InputError, InputErrors
from bot.faq.entry import Citation, Entry, NextStep, Phrasing, StepKind
from bot.faq.files import Loaded
from bot.staff.accounts import Role, User
from bot.staff.editing import (
    Seen,
    bring_back,
    discard,
    find_clash,
    find_current,
    resolve,
    restore,
    save_draft,
)
from bot.staff.seeding import seed_if_empty
from bot.staff.starting import propose_id, start
from bot.staff.submitting import retire, submit, withdraw
from bot.store import audit
from bot.store.content import add_review, find_revision, find_submitted
from bot.store.database import Database
from bot.store.drafts import Draft, find_draft, list_collided

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MARY = User(user_id=1, email="mary@clinic.test", name="Mary", roles=frozenset({Role.EDITOR}))
SAM = User(user_id=2, email="sam@clinic.test", name="Sam", roles=frozenset({Role.EDITOR}))
FIRST = Seen(base=1, version=0)


@pytest.fixture
def seeded(database: Database, loaded: Loaded) -> Database:
    seed_if_empty(database, loaded, NOON)
    return database


@pytest.fixture
def lips(loaded: Loaded) -> Entry:
    found = loaded.release.entry("dry-lips")
    assert found
    return found


def shortened(entry: Entry, short: str) -> Entry:
    return replace(entry, answer=replace(entry.answer, short=short))


def standing(database: Database, entry_id: str = "dry-lips") -> Draft:
    with database.read() as db:
        found = find_current(db, entry_id)
    assert found
    return found


def actions(database: Database, subject: str) -> list[str]:
    with database.read() as db:
        return [event.action for event in reversed(audit.list_events(db, subject=subject))]


def seen(draft: Draft) -> Seen:
    return Seen(base=draft.base, version=draft.version)


def test_an_entry_is_edited_from_what_stands(seeded: Database, lips: Entry) -> None:
    assert standing(seeded).entry == lips
    assert seen(standing(seeded)) == FIRST

    saved = save_draft(seeded, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON)

    assert saved.outcome == "saved"
    assert seen(saved.current) == Seen(base=1, version=1)
    assert standing(seeded).entry.answer.short == "Use a balm."
    assert actions(seeded, "dry-lips") == ["entry.saved"]


def test_saving_the_same_again_changes_nothing(seeded: Database, lips: Entry) -> None:
    mine = shortened(lips, "Use a balm.")
    first = save_draft(seeded, FIRST, mine, user=MARY, now=NOON)
    again = save_draft(seeded, FIRST, mine, user=MARY, now=NOON)

    assert (again.outcome, again.current) == ("unchanged", first.current)


def test_going_on_saving_adds_one_line_to_the_audit_for_each_editor(seeded: Database, lips: Entry) -> None:
    at = FIRST
    for place, user in enumerate([MARY, MARY, MARY, SAM, SAM]):
        mine = shortened(lips, f"Use {place} balms.")
        at = seen(save_draft(seeded, at, mine, user=user, now=NOON + timedelta(seconds=place)).current)

    assert actions(seeded, "dry-lips") == ["entry.saved", "entry.saved"]


def test_two_editors_of_different_fields_are_merged(seeded: Database, lips: Entry) -> None:
    save_draft(seeded, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON)
    mine = replace(lips, golden=(*lips.golden, "lips like paper"), owner="ward")

    saved = save_draft(seeded, FIRST, mine, user=SAM, now=NOON)

    assert saved.outcome == "merged"
    assert saved.brought == ("short",)
    assert standing(seeded).entry == shortened(mine, "Use a balm.")


def test_the_same_text_changed_twice_keeps_both(seeded: Database, lips: Entry) -> None:
    save_draft(seeded, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON)
    mine = replace(shortened(lips, "Use an ointment."), owner="ward")
    saved = save_draft(seeded, FIRST, mine, user=SAM, now=NOON)

    assert saved.outcome == "collided"
    assert [(each.field, each.theirs, each.mine) for each in saved.collisions] == [
        ("short", "Use a balm.", "Use an ointment.")
    ]
    assert standing(seeded).entry.answer.short == "Use a balm."
    with seeded.read() as db:
        assert [each.entry for each in list_collided(db, "dry-lips")] == [mine]
        clash = find_clash(db, "dry-lips", saved.aside)
    assert clash
    assert clash.merged.entry.owner == "ward"


def test_a_late_text_that_is_sent_again_is_kept_once(seeded: Database, lips: Entry) -> None:
    save_draft(seeded, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON)
    mine = shortened(lips, "Use an ointment.")
    first = save_draft(seeded, FIRST, mine, user=SAM, now=NOON)
    again = save_draft(seeded, FIRST, mine, user=SAM, now=NOON + timedelta(seconds=5))

    assert first.aside == again.aside
    with seeded.read() as db:
        assert len(list_collided(db, "dry-lips")) == 1


@pytest.mark.parametrize(("choice", "short"), [("mine", "Use an ointment."), ("theirs", "Use a balm.")])
def test_a_collision_is_resolved_field_by_field(seeded: Database, lips: Entry, choice: str, short: str) -> None:
    theirs = save_draft(seeded, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON)
    mine = replace(shortened(lips, "Use an ointment."), owner="ward")
    aside = save_draft(seeded, FIRST, mine, user=SAM, now=NOON).aside

    def settle(choices: Mapping[str, str]) -> Draft:
        return resolve(seeded, "dry-lips", aside, seen=seen(theirs.current), choices=choices, user=SAM, now=NOON)

    with pytest.raises(InputError):
        settle({})
    settled = settle({"short": choice})

    assert settled.entry.answer.short == short
    assert settled.entry.owner == "ward"
    with pytest.raises(Conflict):
        settle({"short": choice})  # what stands is not what was seen any more


def test_a_discarded_draft_can_be_taken_back(seeded: Database, lips: Entry) -> None:
    mine = shortened(lips, "Use a balm.")
    draft = save_draft(seeded, FIRST, mine, user=MARY, now=NOON).current
    with pytest.raises(Conflict):
        discard(seeded, "dry-lips", version=draft.version + 1, user=SAM, now=NOON)
    discard(seeded, "dry-lips", version=draft.version, user=MARY, now=NOON)
    assert standing(seeded).entry == lips

    back = bring_back(seeded, "dry-lips", seen(draft), user=MARY, now=NOON)

    assert back.entry == mine
    with pytest.raises(Conflict):
        bring_back(seeded, "dry-lips", seen(draft), user=MARY, now=NOON)


def test_who_types_on_after_a_discard_loses_nothing(seeded: Database, lips: Entry) -> None:
    first = save_draft(seeded, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON).current
    discard(seeded, "dry-lips", version=first.version, user=SAM, now=NOON)
    again = save_draft(seeded, FIRST, replace(lips, owner="ward"), user=SAM, now=NOON).current
    assert again.version > first.version  # so that a version names one text

    typed = shortened(first.entry, "Use a balm. Often.")
    saved = save_draft(seeded, seen(first), typed, user=MARY, now=NOON)

    assert saved.outcome == "collided"
    with seeded.read() as db:
        assert list_collided(db, "dry-lips")[0].entry == typed


def test_a_new_entry_takes_its_id_for_ever(seeded: Database) -> None:
    with seeded.read() as db:
        proposed = propose_id(db, "Can I have my lips filled?")
        assert propose_id(db, "What about dry lips?") == "about-dry-lips"
        assert propose_id(db, "Dry lips") == "dry-lips-2"
        assert propose_id(db, "???") == "entry"
    draft = start(seeded, proposed, " Can I have my  lips filled? ", "living", user=MARY, now=NOON)

    assert proposed == "lips-filled"
    assert draft.entry.question == "Can I have my lips filled?"
    assert draft.entry.review_by.isoformat() == "2027-05-25"
    with pytest.raises(Conflict):
        start(seeded, proposed, "Again?", "living", user=SAM, now=NOON)
    with pytest.raises(Conflict):
        start(seeded, "dry-lips", "Again?", "living", user=SAM, now=NOON)
    for wrong in ("Dry Lips", "", "-x", "a" * 81):
        with pytest.raises(InputError):
            start(seeded, wrong, "Again?", "living", user=SAM, now=NOON)


def test_a_discarded_new_entry_goes_on_with_what_somebody_types(seeded: Database) -> None:
    draft = start(seeded, "lip-filler", "Can I have my lips filled?", "living", user=MARY, now=NOON)
    discard(seeded, "lip-filler", version=draft.version, user=SAM, now=NOON)

    saved = save_draft(seeded, seen(draft), replace(draft.entry, owner="ward"), user=MARY, now=NOON)

    assert saved.outcome == "saved"
    assert standing(seeded, "lip-filler").entry.owner == "ward"


def test_a_draft_is_sent_for_review_and_ends(seeded: Database, lips: Entry) -> None:
    draft = save_draft(seeded, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON).current
    with pytest.raises(Conflict):
        submit(seeded, "dry-lips", seen=FIRST, reason="shorter", user=SAM, now=NOON)
    with pytest.raises(InputError) as refused:
        submit(seeded, "dry-lips", seen=seen(draft), reason=" ", user=MARY, now=NOON)
    assert refused.value.field == "reason"

    revision = submit(seeded, "dry-lips", seen=seen(draft), reason="shorter", user=MARY, now=NOON)

    assert (revision.number, revision.author, revision.state) == (2, "Mary", "in review")
    with seeded.read() as db:
        assert find_draft(db, "dry-lips") is None
    assert actions(seeded, "dry-lips") == ["entry.saved", "entry.submitted"]


def test_what_cannot_be_served_is_refused_by_field(seeded: Database, lips: Entry) -> None:
    mine = replace(shortened(lips, ""), related=("nothing",), citations=(), owner="")
    draft = save_draft(seeded, FIRST, mine, user=MARY, now=NOON).current

    with pytest.raises(InputErrors) as refused:
        submit(seeded, "dry-lips", seen=seen(draft), reason="", user=MARY, now=NOON)

    assert {fault.field for fault in refused.value.faults} == {"short", "related", "sources", "owner", "reason"}
    assert standing(seeded).entry == mine


def test_a_second_revision_waits_until_the_first_is_withdrawn(seeded: Database, lips: Entry) -> None:
    first = save_draft(seeded, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON).current
    submit(seeded, "dry-lips", seen=seen(first), reason="shorter", user=MARY, now=NOON)
    second = save_draft(
        seeded, Seen(base=2, version=0), shortened(lips, "Use an ointment."), user=SAM, now=NOON
    ).current
    with pytest.raises(Conflict):
        submit(seeded, "dry-lips", seen=seen(second), reason="better", user=SAM, now=NOON)
    with pytest.raises(Forbidden):
        withdraw(seeded, "dry-lips", user=SAM, now=NOON)

    withdraw(seeded, "dry-lips", user=MARY, now=NOON)

    assert submit(seeded, "dry-lips", seen=seen(second), reason="better", user=SAM, now=NOON).number == 3
    with pytest.raises(Forbidden):
        withdraw(seeded, "dry-lips", user=MARY, now=NOON)


def test_a_withdrawn_revision_is_the_draft_again(seeded: Database, lips: Entry) -> None:
    mine = shortened(lips, "Use a balm.")
    draft = save_draft(seeded, FIRST, mine, user=MARY, now=NOON).current
    submit(seeded, "dry-lips", seen=seen(draft), reason="shorter", user=MARY, now=NOON)

    withdraw(seeded, "dry-lips", user=MARY, now=NOON)

    assert standing(seeded).entry == mine
    assert standing(seeded).version > 0
    with pytest.raises(Conflict):
        withdraw(seeded, "dry-lips", user=MARY, now=NOON)
    discard(seeded, "dry-lips", version=standing(seeded).version, user=MARY, now=NOON)
    assert standing(seeded).entry == lips


def test_a_returned_revision_keeps_the_editors_text(seeded: Database, lips: Entry) -> None:
    mine = shortened(lips, "Use a balm.")
    draft = save_draft(seeded, FIRST, mine, user=MARY, now=NOON).current
    revision = submit(seeded, "dry-lips", seen=seen(draft), reason="shorter", user=MARY, now=NOON)
    with seeded.change() as db:
        add_review(db, revision.revision_id, "return", reviewer="Dr Lee", own=False, comment="Say when.", at=NOON)

    assert standing(seeded).entry == mine


def test_an_entry_is_retired_and_brought_back_by_review(seeded: Database) -> None:
    revision = retire(seeded, "dry-lips", reason="merged with dry skin", user=MARY, now=NOON)
    assert revision.retired
    with pytest.raises(Conflict):
        retire(seeded, "dry-lips", reason="again", user=SAM, now=NOON)
    with seeded.change() as db:
        add_review(db, revision.revision_id, "approve", reviewer="Dr Lee", own=False, comment="", at=NOON)
    with pytest.raises(Conflict):
        retire(seeded, "dry-lips", reason="again", user=SAM, now=NOON)

    back = submit(seeded, "dry-lips", seen=Seen(base=2, version=0), reason="needed after all", user=SAM, now=NOON)

    assert not back.retired


def test_nothing_new_is_not_sent(seeded: Database) -> None:
    with pytest.raises(Conflict):
        submit(seeded, "dry-lips", seen=FIRST, reason="why not", user=MARY, now=NOON)


def test_an_older_text_comes_back_as_a_draft(seeded: Database, lips: Entry) -> None:
    draft = save_draft(seeded, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON).current
    submit(seeded, "dry-lips", seen=seen(draft), reason="shorter", user=MARY, now=NOON)

    back = restore(seeded, "dry-lips", number=1, user=SAM, now=NOON)

    assert back.entry == lips
    assert actions(seeded, "dry-lips")[-1] == "entry.restored"
    with pytest.raises(InputError):
        restore(seeded, "dry-lips", number=9, user=SAM, now=NOON)


def test_a_text_kept_aside_comes_back_as_a_draft(seeded: Database, lips: Entry) -> None:
    save_draft(seeded, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON)
    mine = shortened(lips, "Use an ointment.")
    aside = save_draft(seeded, FIRST, mine, user=SAM, now=NOON).aside

    assert restore(seeded, "dry-lips", aside=aside, user=SAM, now=NOON).entry == mine


def test_a_new_entry_goes_all_the_way_to_review(seeded: Database) -> None:
    draft = start(seeded, "lip-filler", "Can I have my lips filled?", "living", user=MARY, now=NOON)
    whole = replace(
        draft.entry,
        phrasings=(Phrasing("lip filler while on it"),),
        answer=replace(draft.entry.answer, short="Wait until six months after treatment."),
        next_step=NextStep(StepKind.NEXT_VISIT, "Ask at your next visit."),
        citations=(Citation("BAD patient leaflet: isotretinoin"),),
        owner="nursing team",
    )
    saved = save_draft(seeded, seen(draft), whole, user=MARY, now=NOON)
    revision = submit(seeded, "lip-filler", seen=seen(saved.current), reason="asked often", user=MARY, now=NOON)

    assert revision.number == 1
    with seeded.read() as db:
        assert find_revision(db, "lip-filler") == find_submitted(db, "lip-filler") == revision


def test_eight_editors_at_the_same_moment_lose_nothing(any_database: Database, loaded: Loaded, lips: Entry) -> None:
    seed_if_empty(any_database, loaded, NOON)

    def add(place: int) -> str:
        mine = replace(lips, golden=(*lips.golden, f"lips like paper {place}"))
        return save_draft(any_database, FIRST, mine, user=MARY if place % 2 else SAM, now=NOON).outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(add, range(8)))

    assert sorted(outcomes) == [*["merged"] * 7, "saved"]
    assert set(standing(any_database).entry.golden) == {
        *lips.golden,
        *(f"lips like paper {place}" for place in range(8)),
    }
    assert standing(any_database).version == 8


def test_it_is_the_same_on_either_database(any_database: Database, loaded: Loaded, lips: Entry) -> None:
    seed_if_empty(any_database, loaded, NOON)
    draft = save_draft(any_database, FIRST, shortened(lips, "Use a balm."), user=MARY, now=NOON).current
    mine = shortened(lips, "Use an ointment.")
    aside = save_draft(any_database, FIRST, mine, user=SAM, now=NOON).aside
    settled = resolve(any_database, "dry-lips", aside, seen=seen(draft), choices={"short": "mine"}, user=SAM, now=NOON)
    submit(any_database, "dry-lips", seen=seen(settled), reason="better", user=SAM, now=NOON)

    assert standing(any_database).entry == mine
    with pytest.raises(Conflict):
        start(any_database, "dry-lips", "Dry?", "living", user=SAM, now=NOON)
