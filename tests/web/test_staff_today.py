"""Where staff begin: what is to do, each line leading to where it is done."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.bot import Bot
from bot.staff.accounts import Role, User
from bot.staff.starting import start
from bot.staff.today import look_at_today
from bot.staff.unanswered import OpenQuestions
from bot.store.content import add_review, add_revision, find_piece, find_revision, save_piece
from bot.store.database import Database
from bot.store.handoffs import NewHandoff, add_handoff
from bot.store.visits import Feedback, Turn, add_turns, give_feedback
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
Counting = Callable[[Database], AbstractContextManager[list[str]]]
ADA = User(user_id=1, email="ada@clinic.example", name="Ada", roles=frozenset({Role.EDITOR}))


def turn(
    number: int, outcome: str, *, wording: str = "where do i park", entry: str | None = None, days: int = 1
) -> Turn:
    return Turn(
        turn_id=f"turn-{number:05}",
        conversation=f"talk-{number:05}",
        asked_at=NOON - timedelta(days=days),
        redacted=wording,
        outcome=outcome,
        release=1,
        region="uk",
        channel="web",
        context={},
        said=[],
        entry_id=entry,
    )


def message(number: int) -> NewHandoff:
    return NewHandoff(
        reference=f"REF-{number:04}",
        request_key=None,
        request_hash="",
        received_at=NOON,
        sealed=b"",
        level="",
        channel="web",
        locale="en-GB",
        conversation=None,
        turn_id=None,
        due_at=None,
    )


@pytest.fixture
def editor(sign_in: Callable[[str], Any]) -> Any:
    return sign_in("editor")


@pytest.fixture
def busy(house: House) -> House:
    with house.database.change() as db:
        add_turns(db, [turn(1, "no_match"), turn(2, "no_match"), turn(3, "emergency", wording="my throat is closing")])
        add_turns(db, [turn(4, "crisis", wording="i cannot go on", days=9)])
        add_turns(db, [turn(5, "answer", wording="dry lips", entry="dry-lips")])
        give_feedback(db, Feedback(turn_id="turn-00005", helpful=False, reason="", given_at=NOON))
        revision = find_revision(db, "dry-lips")
        assert revision is not None
        add_revision(db, revision.entry, author="Ada", reason="", at=NOON)
    start(house.database, "pets", "Can my dog lick it?", "living", user=ADA, now=NOON)
    return house


def test_a_new_clinic_is_taught_its_first_steps(sign_in: Callable[[str], Any]) -> None:
    page = sign_in("admin").text("/staff/")

    assert "First steps" in page
    assert "Put it on your site." in page
    assert "/staff/settings" in page
    assert "Nobody asked anything this week." in page


def test_a_question_that_was_tried_does_not_put_it_on_the_site(sign_in: Callable[[str], Any], busy: House) -> None:
    step = sign_in("admin").text("/staff/").partition("Put it on your site.")[0].rpartition("<li>")[2]

    assert "to do" in step


def test_each_line_leads_to_where_it_is_done(editor: Any, busy: House) -> None:
    page = editor.text("/staff/")

    assert 'href="/staff/unanswered?at=1#q1">where do i park</a>' in page
    assert "2 times" in page
    assert 'href="/staff/entries/dry-lips">My lips are very dry. What helps?</a>' in page
    assert re.search(r'href="/staff/turns\?outcome=emergency&amp;since=[^"]+">Emergency</a>', page)
    assert "?outcome=crisis" not in page  # it was longer ago than a week
    assert 'href="/staff/review">Wait for review</a>' in page
    assert "Approved, to be published" not in page
    assert 'href="/staff/entries?state=draft">Drafts</a>' in page
    assert "Release 1</a> is live since" in page
    assert "4 questions this week; 50% had no answer." in page


def test_what_is_approved_is_counted_until_it_is_published(editor: Any, house: House) -> None:
    with house.database.change() as db:
        revision = find_revision(db, "dry-lips")
        assert revision is not None
        changed = replace(revision.entry, answer=replace(revision.entry.answer, short="Use a balm."))
        sent = add_revision(db, changed, author="Ada", reason="", at=NOON)
        add_review(db, sent.revision_id, "approve", reviewer="Cleo", own=False, comment="", at=NOON)

    assert 'href="/staff/releases">Approved, to be published</a><span class="tag tag-warn">1<' in editor.text("/staff/")


def test_clinic_facts_that_wait_count_as_publish_counts_them(editor: Any, house: House) -> None:
    with house.database.change() as db:
        piece = find_piece(db, "clinic")
        assert piece is not None
        content = {**piece.content, "name": "North Skin"}
        save_piece(db, "clinic", content, author="Ada", reason="", at=NOON, seen=piece.version)

    assert 'href="/staff/releases">Approved, to be published</a><span class="tag tag-warn">1<' in editor.text("/staff/")
    assert "1 change since release 1" in editor.text("/staff/releases")


def test_what_is_returned_is_on_its_authors_today(sign_in: Callable[[str], Any], house: House) -> None:
    with house.database.change() as db:
        revision = find_revision(db, "dry-lips")
        assert revision is not None
        sent = add_revision(db, revision.entry, author="Edda Editor", reason="", at=NOON)
        add_review(db, sent.revision_id, "return", reviewer="Cleo", own=False, comment="Shorter.", at=NOON)

    assert "returned to you" in sign_in("editor").text("/staff/")
    assert "returned to you" not in sign_in("clinician").text("/staff/")


def test_a_question_that_had_an_answer_says_that_it_did_not_help(editor: Any, busy: House) -> None:
    assert re.search(r"dry lips</a><span class=\"meta\">an answer did not help, once", editor.text("/staff/"))


def test_a_release_that_cannot_be_served_is_said_first(editor: Any, house: House) -> None:
    house.live.trouble = "release 2 cannot be served: a rule cannot be read"

    assert "a rule cannot be read" in editor.text("/staff/")


@pytest.mark.parametrize(("days", "is_told"), [(7, False), (8, True)])
def test_websites_that_brought_no_question_for_a_week_are_told_of(
    editor: Any, house: House, days: int, is_told: bool
) -> None:
    bot = house.live.require()
    with house.database.change() as db:
        add_turns(db, [turn(1, "answer"), replace(turn(2, "answer", days=days), channel="widget")])
    assert "Websites without questions" not in editor.text("/staff/")  # none is listed

    clinic = replace(bot.release.clinic, embedding_sites=("https://www.clinic.example",))
    house.live.swap(Bot(replace(bot.release, clinic=clinic), beside=bot))
    page = editor.text("/staff/")

    assert ("No question has come from your websites since 16 November 2026." in page) is is_told


@pytest.mark.parametrize(("days", "due", "overdue"), [(0, 0, 0), (3650, 0, 1)])
def test_entries_are_due_before_they_are_overdue(house: House, days: int, due: int, overdue: int) -> None:
    questions = OpenQuestions(house.database, timedelta(days=30))
    now = NOON + timedelta(days=days)

    found = look_at_today(house.database, questions, house.live.bot, now, timedelta(days=30))

    assert (min(found.due, 1), min(found.overdue, 1)) == (due, overdue)


def test_an_entry_is_overdue_when_its_day_is_over_at_the_clinic(house: House) -> None:
    bot = house.live.require()
    day = min(entry.review_by for entry in bot.release.entries)
    clinic = replace(bot.release.clinic, time_zone="America/Los_Angeles")
    late = Bot(replace(bot.release, clinic=clinic), beside=bot)
    evening = datetime.combine(day, time(18), ZoneInfo("America/Los_Angeles"))
    questions = OpenQuestions(house.database, timedelta(days=30))

    def overdue(now: datetime) -> int:
        return look_at_today(house.database, questions, late, now, timedelta(days=30)).overdue

    assert overdue(evening) == 0
    assert overdue(evening + timedelta(hours=7)) > 0


def test_more_of_everything_costs_no_more_queries(editor: Any, busy: House, count_queries: Counting) -> None:
    with count_queries(busy.database) as few:
        editor.get("/staff/")
    with busy.database.change() as db:
        add_turns(db, [turn(100 + number, "no_match", wording=f"what about {number}", days=2) for number in range(200)])
        for number in range(20):
            add_handoff(db, message(number))
    with count_queries(busy.database) as many:
        page = editor.text("/staff/")

    assert "(20)</span>" in page  # beside Inbox in the menu
    # Who is signed in; open questions and whether they are the same; unhelpful ones, outcomes, work, the live release;
    # what publishing would bring (four), what was returned (two); deliveries; messages by state, and the first of them.
    # The menu counts nothing again.
    assert len([each for each in many if each != "BEGIN"]) <= len([each for each in few if each != "BEGIN"]) <= 16


def test_what_was_asked_is_listed_by_outcome_and_paged(editor: Any, busy: House) -> None:
    page = editor.text("/staff/turns?outcome=emergency")
    assert "my throat is closing" in page
    assert "where do i park" not in page
    assert "dry lips" in editor.text("/staff/turns?entry=dry-lips&helped=no")
    assert "Nothing was asked" in editor.text("/staff/turns?outcome=urgent")
    assert editor.get("/staff/turns?outcome=weather").status_code == 404
    assert editor.get("/staff/turns?before=yesterday").status_code == 200

    with busy.database.change() as db:
        add_turns(db, [turn(100 + number, "answer", wording=f"number {number}", days=2) for number in range(60)])
    first = editor.text("/staff/turns?outcome=answer&words=number")
    assert first.count('class="when"') == 50
    assert "outcome=answer&amp;words=number&amp;before=" in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    rest = editor.text(f"/staff/turns{unescape(older[1])}")
    assert rest.count('class="when"') == 10  # though all were asked at the same time


def test_the_weeks_red_flags_are_those_that_were_counted(editor: Any, busy: House) -> None:
    with busy.database.change() as db:
        add_turns(db, [turn(6, "emergency", wording="long ago", days=9)])
    flags = re.search(r'href="(/staff/turns[^"]+)">Emergency</a><span class="tag tag-bad">1<', editor.text("/staff/"))
    assert flags is not None
    page = editor.text(unescape(flags[1]))

    assert "my throat is closing" in page
    assert "long ago" not in page
    assert "Only those since" in page
    assert "long ago" in editor.text("/staff/turns?outcome=emergency")
    assert "long ago" in editor.text("/staff/turns?outcome=emergency&since=lately")  # an old bookmark must not fail


def test_what_was_asked_is_searched_by_day_and_words(editor: Any, busy: House) -> None:
    assert "i cannot go on" in editor.text("/staff/turns?day=2026-11-15")
    assert "my throat is closing" not in editor.text("/staff/turns?day=2026-11-15")
    assert "my throat is closing" in editor.text("/staff/turns?words=THROAT")
    assert "Nothing was asked" in editor.text("/staff/turns?words=%25")  # a sign, no wildcard
    assert "my throat is closing" in editor.text("/staff/turns?day=someday")
