"""The page Insights: figures that are right, in words and tables and files, for any days and place; nobody's words."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.staff.insight_tables import TABLES
from bot.store.database import Database
from bot.store.handoffs import NewHandoff, add_event, add_handoff, change_handoff
from bot.store.visits import Feedback, Turn, add_turns, forget_conversation, give_feedback, purge
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
PAGE = "/staff/insights"
WORDS = "where do i park my caravan"
Counting = Callable[[Database], AbstractContextManager[list[str]]]


def turn(number: int, outcome: str, entry: str | None = None, *, days: float = 0, **more: Any) -> Turn:
    return Turn(
        turn_id=f"turn-{number}",
        conversation=f"talk-{number}",
        asked_at=NOON - timedelta(days=days),
        redacted=WORDS,
        outcome=outcome,
        release=1,
        region="uk",
        channel=more.get("channel", "web"),
        context={},
        said=[],
        entry_id=entry,
        confidence=more.get("confidence"),
    )


ASKED = (
    turn(0, "answer", "book-appointment", confidence=0.97),
    turn(1, "answer", "book-appointment", confidence=0.96, channel="kiosk"),
    turn(2, "decision", "contact-clinic", confidence=0.92, days=1),
    turn(3, "no_match", confidence=0.1, days=1),
    turn(4, "clarify", confidence=0.4, days=8),
    turn(5, "emergency", days=8.5, channel="kiosk"),
    turn(6, "crisis", days=40),
    turn(7, "answer", "=gone", confidence=0.97, days=100),
)


def rate(house: House, number: int, helpful: bool) -> None:
    with house.database.change() as db:
        given = Feedback(turn_id=f"turn-{number}", helpful=helpful, reason="", given_at=NOON)
        assert give_feedback(db, given)


@pytest.fixture
def house(small_house: House) -> House:
    """In place of the one with all entries: these figures need few."""
    return small_house


@pytest.fixture
def editor(sign_in: Callable[[str], Any]) -> Any:
    return sign_in("editor")


@pytest.fixture
def asked(house: House) -> House:
    with house.database.change() as db:
        add_turns(db, ASKED)
    rate(house, 0, True)
    rate(house, 1, True)
    rate(house, 2, False)
    return house


def words(page: str) -> str:
    """What stands on a page, without its marks and line ends."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def rows(client: Any, name: str, query: str = "") -> list[dict[str, str]]:
    text = client.text(f"{PAGE}/{name}.csv?{query}").removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_clinic_that_nobody_asked_is_taught(editor: Any) -> None:
    page = editor.text(PAGE)

    assert "Nothing has been counted yet" in page
    assert "<svg class" not in page


def test_the_usual_days_are_told_in_words(editor: Any, asked: House) -> None:
    page = words(editor.text(PAGE))

    assert "26 Oct 2026 to 24 Nov 2026. Counted since 16 Aug 2026" in page
    assert "Asked 6 0.2 a day" in page
    assert "Answered or advised 67%" in page
    assert "Helped 67% of 3 ratings" in page
    assert "Red flags 1 " in page
    assert "6 questions, most on 16 Nov (2)." in page
    assert "Of 3 answers that patients rated, 67% helped; the chat was 96% sure of them." in page
    assert "1 red flag: 1 emergency, 0 crisis, 0 urgent." in page
    assert "Most questions come between 12:00 and 13:00: 83%." in page


def test_an_average_is_of_the_days_that_were_counted(editor: Any, asked: House) -> None:
    assert "Asked 8 0.1 a day" in words(editor.text(f"{PAGE}?from=2026-01-01&to=2026-11-24"))
    assert sum(int(row["Days"]) for row in rows(editor, "weekdays", "from=2026-01-01&to=2026-11-24")) == 101


def test_days_and_place_are_chosen(editor: Any, asked: House) -> None:
    counts = {"days=7": 4, "days=90": 7, "days=all": 8, "days=all&place=kiosk": 2, "from=2026-10-01&to=2026-11-16": 3}
    for query, count in counts.items():
        assert f"Asked {count} " in words(editor.text(f"{PAGE}?{query}"))
        for name in ("asked", "hours", "weekdays"):
            assert sum(int(row["Asked"]) for row in rows(editor, name, query)) == count


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=yesterday", "Give a day such as 2026-11-24."),
        ("from=1999-12-31&to=2026-11-25", "Give a day from the year 2000 on, up to today."),
        ("from=2026-11-20&to=2026-11-19&place=kiosk", "Give the same day as “From” or a later one."),
    ],
)
def test_days_that_cannot_be_are_said_beside_what_was_typed(editor: Any, asked: House, query: str, says: str) -> None:
    response = editor.get(f"{PAGE}?{query}")
    page = response.get_data(as_text=True)

    assert response.status_code == 422
    assert says in page
    assert f'value="{query.removeprefix("from=").partition("&")[0]}"' in page
    assert editor.get(f"{PAGE}/asked.csv?{query}").status_code == 422


def test_what_nobody_offers_is_not_found(editor: Any, asked: House) -> None:
    for address in (f"{PAGE}?days=3", f"{PAGE}?place=moon", f"{PAGE}/weather.csv"):
        assert editor.get(address).status_code == 404


def test_each_table_stands_on_the_page_and_in_a_file(editor: Any, asked: House) -> None:
    page = editor.text(f"{PAGE}?days=all&place=kiosk")

    for name in TABLES:
        assert f'href="{PAGE}/{name}.csv?days=all&amp;place=kiosk"' in page
        for column in rows(editor, name, "days=all&place=kiosk")[0] if name != "entries" else ("Question",):
            assert re.search(f'<th scope="col"[^>]*>{re.escape(html.escape(column))}</th>', page), column


def test_files_hold_the_figures(editor: Any, asked: House) -> None:
    by_day = {row["Day"]: row for row in rows(editor, "asked")}
    assert len(by_day) == 30
    assert by_day["2026-11-23"] == {
        "Day": "2026-11-23", "Asked": "2", "Answered": "1", "Safety advice": "0", "Asked back": "0", "No answer": "1",
        "Answered or advised": "0.5",
    }  # fmt: skip
    assert [row["Emergency"] for row in rows(editor, "flags")] == ["0", "0", "0", "1", "0"]
    sure = {row["Sure from"]: row for row in rows(editor, "confidence")}
    assert (sure["0.95"]["Answered"], sure["0.95"]["Ratings"], sure["0.95"]["Helpful share"]) == ("2", "2", "1.0")
    assert (sure["0.9"]["Helpful share"], sure["0.4"]["Asked back"], sure["0.1"]["No answer"]) == ("0.0", "1", "1")
    places = {row["Place"]: row["Asked"] for row in rows(editor, "places", "place=kiosk")}
    assert places == {"Chat": "4", "Widget": "0", "Kiosk": "2", "Other programs": "0"}


def test_an_entry_that_left_the_faq_is_still_counted_and_no_formula(editor: Any, asked: House) -> None:
    found = {row["Entry"]: row for row in rows(editor, "entries", "days=all")}

    assert found["book-appointment"]["Question"] == "How do I book an appointment?"
    assert found["'=gone"]["Topic"] == "No longer in the FAQ"  # an apostrophe keeps spreadsheets from computing it


def test_long_periods_are_shown_by_week_and_by_month(editor: Any, asked: House) -> None:
    weeks = rows(editor, "asked", "days=all")
    months = rows(editor, "asked", "from=2024-01-15&to=2026-11-24")

    assert weeks[0]["Week from"] == "2026-08-16"  # the first day, a Sunday
    assert weeks[1]["Week from"] == "2026-08-17"
    assert months[0]["Month from"] == "2024-01-15"
    assert months[1]["Month from"] == "2024-02-01"
    assert sum(int(row["Asked"]) for row in weeks) == sum(int(row["Asked"]) for row in months) == 8
    assert "Asked per month" in editor.text(f"{PAGE}?from=2024-01-15&to=2026-11-24")
    assert "most in the week from 23 Nov ’26 (4)." in editor.text(f"{PAGE}?from=2025-11-24&to=2026-11-24")


def test_nobodys_words_are_shown(editor: Any, asked: House) -> None:
    assert WORDS not in editor.text(f"{PAGE}?days=all")
    assert not any(WORDS in editor.text(f"{PAGE}/{name}.csv?days=all") for name in TABLES)


def test_figures_outlive_what_was_asked(editor: Any, asked: House) -> None:
    before = {name: rows(editor, name, "days=all") for name in TABLES}

    with asked.database.change() as db:
        assert forget_conversation(db, "talk-0") == 1
        assert purge(db, before=NOON + timedelta(days=1)) == 7

    assert {name: rows(editor, name, "days=all") for name in TABLES} == before


def message(
    house: House,
    number: int,
    came: datetime,
    *then: tuple[str, timedelta],
    state: str = "answered",
    channel: str = "web",
) -> None:
    new = NewHandoff(
        reference=f"REF{number}",
        request_key=None,
        request_hash="",
        received_at=came,
        sealed=b"",
        level="",
        channel=channel,
        locale="en-GB",
        conversation=None,
        turn_id=None,
        due_at=None,
    )
    with house.database.change() as db:
        handoff_id = add_handoff(db, new)
        for kind, after in then:
            add_event(db, handoff_id, kind=kind, author="Ada", at=came + after)  # type: ignore[arg-type]
        change_handoff(db, handoff_id, 1, state=state, assignee_id=None, at=came)  # type: ignore[arg-type]


def test_messages_are_timed_by_opening_hours_and_by_their_first_answer(editor: Any, asked: House) -> None:
    monday = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # half an hour before the clinic closes until 08:30
    minute = timedelta(minutes=1)
    message(asked, 1, monday, ("answered", 16 * 60 * minute))
    message(asked, 2, monday, ("answered", 10 * minute), ("reopened", 20 * minute), ("answered", 25 * minute))
    message(asked, 3, monday, ("answered", minute), ("reopened", minute * 1.4), ("answered", 29 * minute))  # taken back
    message(asked, 4, monday, state="closed")
    message(asked, 5, monday, state="new")
    message(asked, 6, monday, ("answered", 20 * minute), channel="kiosk")
    message(asked, 7, monday - timedelta(days=60), ("answered", 5 * minute))

    page = words(editor.text(f"{PAGE}?days=7"))
    assert "Of 4 messages half were answered within 24 min, nine in ten within 1 h of opening time." in page
    assert "1 waits; 1 was put away without an answer." in page
    assert "One message was answered, within 20 min of opening time. 0 wait;" in words(
        editor.text(f"{PAGE}?days=7&place=kiosk")
    )
    assert [row["Messages answered"] for row in rows(editor, "answers", "days=7")] == ["3", "1", "0", "0", "0", "0"]


def test_more_questions_cost_no_more_queries(editor: Any, asked: House, count_queries: Counting) -> None:
    with count_queries(asked.database) as few:
        editor.get(f"{PAGE}?days=all")
    with asked.database.change() as db:
        add_turns(db, [turn(100 + number, "answer", "contact-clinic", days=number % 90) for number in range(300)])
    with count_queries(asked.database) as many:
        editor.get(f"{PAGE}?days=all")

    # One for who is signed in, one for the menu, one for the first day, and six for the figures.
    assert len([each for each in many if each != "BEGIN"]) == len([each for each in few if each != "BEGIN"]) <= 9
