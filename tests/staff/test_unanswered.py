"""Open questions: listed once, decided about in one transaction each, and taken back as far as that goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.dialogue.bot import Bot
from bot.errors import Conflict, InputError
from bot.faq.entry import Entry, Phrasing
from bot.faq.files import Loaded
from bot.staff.accounts import Role, User
from bot.staff.deciding import Asked, add_phrasings, make_golden, put_out_of_scope, set_aside, start_entry
from bot.staff.editing import Seen, find_current, save_draft
from bot.staff.seeding import seed_if_empty
from bot.staff.unanswered import WORTH_NAMING, OpenQuestions, choices_of, nearest_of
from bot.staff.undoing import undo
from bot.store import audit
from bot.store.content import add_revision, find_piece
from bot.store.database import Database
from bot.store.drafts import drop_draft, find_draft
from bot.store.open_questions import forget_wordings, list_dispositions, list_open
from bot.store.visits import Feedback, Turn, add_turns, forget_conversation, give_feedback

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ADA = User(user_id=1, email="ada@clinic.example", name="Ada", roles=frozenset({Role.EDITOR}))
BO = User(user_id=2, email="bo@clinic.example", name="Bo", roles=frozenset({Role.EDITOR}))
MONTH = timedelta(days=30)
DOG, DOG_TOO = "can my dog lick the cream", "Can my dog lick my cream?"


def turn(
    number: int, wording: str, outcome: str = "no_match", *, at: datetime = NOON, entry: str | None = None
) -> Turn:
    return Turn(
        turn_id=f"turn-{number:04}",
        conversation=f"talk-{number:04}",
        asked_at=at,
        redacted=wording,
        outcome=outcome,
        release=1,
        region="uk",
        channel="web",
        context={},
        said=[],
        entry_id=entry,
    )


def asked(*wordings: str, user: User = ADA, now: datetime = LATER, seen: int | None = None) -> Asked:
    return Asked(wordings=wordings, user=user, now=now, seen=seen)


@pytest.fixture
def seeded(database: Database, loaded: Loaded) -> Database:
    seed_if_empty(database, loaded, NOON)
    with database.change() as db:
        add_turns(db, [turn(1, DOG), turn(2, DOG.upper() + " !"), turn(3, DOG_TOO), turn(4, "where do i park")])
    return database


def open_wordings(database: Database) -> list[str]:
    with database.read() as db:
        return [each.wording for each in list_open(db, since=NOON - MONTH, limit=100)]


def entry_of(database: Database, entry_id: str) -> Entry:
    with database.read() as db:
        current = find_current(db, entry_id)
    assert current is not None
    return current.entry


def actions(database: Database) -> list[str]:
    with database.read() as db:
        assert audit.verify(db).fault == ""
        return [event.action for event in audit.list_events(db) if event.action != "release.seeded"][::-1]


def test_repeats_of_the_same_words_are_one_question(any_database: Database) -> None:
    with any_database.change() as db:
        add_turns(db, [turn(1, "Where do I park?"), turn(2, "where  do i park"), turn(3, "bus", at=LATER)])
        add_turns(db, [turn(4, "my lips are dry", "answer", entry="dry-lips"), turn(5, "call me", "crisis")])
        for number in (4, 5):
            given = Feedback(turn_id=f"turn-{number:04}", helpful=False, reason="", given_at=LATER)
            give_feedback(db, given)
        found = list_open(db, since=NOON - MONTH, limit=10)

    assert [(each.wording.lower(), each.count, each.unhelpful, each.entry_id) for each in found] == [
        ("where do i park?", 2, 0, None),
        ("bus", 1, 0, None),
        ("my lips are dry", 1, 1, "dry-lips"),
    ]


def test_a_wording_is_settled_until_its_answer_proves_unhelpful_later(any_database: Database) -> None:
    with any_database.change() as db:
        add_turns(db, [turn(1, "bus")])
    number = set_aside(any_database, asked("BUS?"))
    with any_database.change() as db:
        add_turns(db, [turn(2, "bus", at=LATER + MONTH / 2), turn(3, "Bus", "answer", at=LATER + MONTH / 2)])
    assert open_wordings(any_database) == []

    with any_database.change() as db:
        give_feedback(db, Feedback(turn_id="turn-0003", helpful=False, reason="", given_at=LATER + MONTH))
    assert open_wordings(any_database) == ["Bus"]

    undo(any_database, number, user=ADA, now=LATER)
    with any_database.read() as db:
        assert [each.count for each in list_open(db, since=NOON - MONTH, limit=10)] == [3]


def test_a_phrasing_goes_into_the_draft_as_a_patients(seeded: Database) -> None:
    add_phrasings(seeded, asked(DOG, DOG_TOO), "moisturiser")

    added = [Phrasing(DOG, "patient"), Phrasing(DOG_TOO, "patient")]
    assert list(entry_of(seeded, "moisturiser").phrasings[-2:]) == added
    assert open_wordings(seeded) == ["where do i park"]
    assert actions(seeded) == ["entry.saved", "question.phrased"]


def test_a_draft_that_was_made_for_it_ends_with_the_undo(seeded: Database) -> None:
    number = add_phrasings(seeded, asked(DOG), "dry-lips")
    undone = undo(seeded, number, user=BO, now=LATER)

    with seeded.read() as db:
        assert find_draft(db, "dry-lips") is None
    assert undone.left == "nothing"
    assert len(open_wordings(seeded)) == 3
    assert actions(seeded)[-1] == "question.undone"
    with pytest.raises(Conflict, match="taken back already"):
        undo(seeded, number, user=BO, now=LATER)


def test_what_others_wrote_since_stays_when_a_phrasing_is_taken_back(seeded: Database) -> None:
    number = make_golden(seeded, asked(DOG), "dry-lips")
    entry = entry_of(seeded, "dry-lips")
    assert entry.golden[-1] == DOG
    with seeded.read() as db:
        draft = find_draft(db, "dry-lips")
    assert draft is not None
    edited = replace(entry, owner="Bo's team")
    save_draft(seeded, Seen(base=draft.base, version=draft.version), edited, user=BO, now=LATER)

    undone = undo(seeded, number, user=ADA, now=LATER)

    assert undone.left == "edited"
    assert entry_of(seeded, "dry-lips").owner == "Bo's team"
    assert DOG not in entry_of(seeded, "dry-lips").golden


def test_what_was_sent_for_review_is_said_to_stay_there(seeded: Database) -> None:
    number = add_phrasings(seeded, asked(DOG), "dry-lips")
    with seeded.change() as db:
        add_revision(db, entry_of(seeded, "dry-lips"), author="Ada", reason="", at=LATER)
        drop_draft(db, "dry-lips")

    assert undo(seeded, number, user=ADA, now=LATER).left == "submitted"
    assert len(open_wordings(seeded)) == 3


def test_a_new_entry_begins_with_the_question_and_its_other_wordings(seeded: Database) -> None:
    number = start_entry(seeded, asked(DOG, DOG_TOO), "pets-and-cream", DOG, "living")
    entry = entry_of(seeded, "pets-and-cream")
    assert (entry.question, entry.phrasings) == (DOG, (Phrasing(DOG_TOO, "patient"),))
    with pytest.raises(Conflict):
        start_entry(seeded, asked("bus"), "pets-and-cream", "bus", "living")

    assert undo(seeded, number, user=ADA, now=LATER).left == "nothing"
    start_entry(seeded, asked(DOG), "pets-and-cream", DOG, "living")


def test_a_new_entry_that_was_worked_on_stays(seeded: Database) -> None:
    number = start_entry(seeded, asked(DOG), "pets-and-cream", DOG, "living")
    entry = replace(entry_of(seeded, "pets-and-cream"), owner="Bo")
    save_draft(seeded, Seen(base=0, version=1), entry, user=BO, now=LATER)

    assert undo(seeded, number, user=ADA, now=LATER).left == "kept"
    assert entry_of(seeded, "pets-and-cream").owner == "Bo"


def test_out_of_scope_is_known_and_not_answered(seeded: Database) -> None:
    def background() -> list[str]:
        with seeded.read() as db:
            piece = find_piece(db, "background")
        assert piece is not None
        return list(piece.content)

    before = background()
    number = put_out_of_scope(seeded, asked(DOG, before[0]))
    assert background() == [*before, DOG]

    undo(seeded, number, user=ADA, now=LATER)
    assert background() == before


def test_undoing_takes_out_nothing_that_stood_there_in_other_marks(seeded: Database) -> None:
    add_phrasings(seeded, asked(DOG), "dry-lips")
    with seeded.read() as db:
        piece = find_piece(db, "background")
        before = entry_of(seeded, "dry-lips").phrasings
    assert piece is not None

    with pytest.raises(Conflict, match="these words already"):
        add_phrasings(seeded, asked(f"{DOG.upper()} !"), "dry-lips")
    undo(seeded, put_out_of_scope(seeded, asked(f"{piece.content[0].upper()} ??")), user=ADA, now=LATER)

    with seeded.read() as db:
        kept = find_piece(db, "background")
    assert kept is not None
    assert kept.content == piece.content
    assert entry_of(seeded, "dry-lips").phrasings == before


@pytest.mark.parametrize("wordings", [(), ("  ",), ("x" * 501,), tuple(f"q {number}" for number in range(201))])
def test_what_is_no_wording_is_refused(seeded: Database, wordings: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        set_aside(seeded, asked(*wordings))


def test_a_wording_stands_in_one_entry_only(seeded: Database) -> None:
    taken = entry_of(seeded, "dry-lips").question

    with pytest.raises(Conflict, match="stands in the entry dry-lips"):
        add_phrasings(seeded, asked(DOG, taken), "nosebleeds")
    with pytest.raises(Conflict, match="has these words already"):
        add_phrasings(seeded, asked(taken.upper()), "dry-lips")
    with pytest.raises(InputError):
        add_phrasings(seeded, asked(DOG), "no-such-entry")
    assert len(open_wordings(seeded)) == 3
    assert actions(seeded) == []


def test_what_another_decided_meanwhile_is_not_decided_over(seeded: Database) -> None:
    set_aside(seeded, asked(DOG, user=BO))

    with pytest.raises(Conflict, match="Bo decided about it meanwhile"):
        put_out_of_scope(seeded, asked(DOG.upper(), DOG_TOO, seen=0))


def test_the_words_are_forgotten_in_time_but_not_the_decision(seeded: Database) -> None:
    set_aside(seeded, asked(DOG))
    with seeded.change() as db:
        assert forget_wordings(db, before=LATER + MONTH) == 1
        assert [each.wordings for each in list_dispositions(db, limit=5)] == [()]
    assert DOG not in open_wordings(seeded)


@pytest.fixture
def queries(seeded: Database) -> Iterator[list[str]]:
    found: list[str] = []

    @sa.event.listens_for(seeded.engine, "before_cursor_execute")
    def count(_db: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":
            found.append(statement)

    yield found
    sa.event.remove(seeded.engine, "before_cursor_execute", count)


def test_the_overview_is_kept_until_something_changes(seeded: Database, bot: Bot, queries: list[str]) -> None:
    kept = OpenQuestions(seeded, MONTH)
    first = kept.overview(bot, LATER)
    assert (first.count, len(first.clusters), first.is_whole) == (4, 2, True)
    assert len(queries) == 2

    assert kept.overview(bot, LATER) is first
    assert len(queries) == 3

    number = set_aside(seeded, asked("where do i park"))
    assert [each.leading.wording.lower() for each in kept.overview(bot, LATER).clusters] == [f"{DOG} !"]
    undo(seeded, number, user=ADA, now=LATER)
    assert kept.overview(bot, LATER).count == 4
    with seeded.change() as db:
        forget_conversation(db, "talk-0004")
    assert kept.overview(bot, LATER).count == 3


def test_more_is_said_to_be_there_though_courtesies_were_taken_out(
    seeded: Database, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with seeded.change() as db:
        add_turns(db, [turn(number, "thank you") for number in range(10, 15)])
    monkeypatch.setattr("bot.staff.unanswered.MOST_WORDINGS", 2)

    found = OpenQuestions(seeded, MONTH).overview(bot, LATER)

    assert (len(found.clusters), found.is_whole) == (1, False)


def test_the_nearest_entries_come_first_and_drafts_can_be_found(seeded: Database, bot: Bot) -> None:
    wording = "lips cracking at the corners"
    assert nearest_of(bot, wording)[0].entry_id == "dry-lips"
    start_entry(seeded, asked(DOG), "pets-and-cream", "Pets and my cream", "living")

    with seeded.read() as db:
        near = choices_of(db, bot, wording, "")
        assert near == nearest_of(bot, wording)
        assert min(each.confidence for each in near) >= WORTH_NAMING
        assert "pets-and-cream" in [each.entry_id for each in choices_of(db, bot, wording, "pets cream")]
