"""The page of open questions: listed, decided about, taken back, and never in more queries for more questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from bot.staff.editing import find_current
from bot.store.content import find_piece
from bot.store.drafts import find_draft
from bot.store.visits import Feedback, Turn, add_turns, give_feedback
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIST = "/staff/unanswered"
DOG, PARK = "can my dog lick the cream", "where do i park"


def turn(number: int, wording: str, outcome: str = "no_match", entry: str | None = None) -> Turn:
    return Turn(
        turn_id=f"turn-{number:05}",
        conversation=f"talk-{number:05}",
        asked_at=NOON - timedelta(minutes=number),
        redacted=wording,
        outcome=outcome,
        release=1,
        region="uk",
        channel="web",
        context={},
        said=[],
        entry_id=entry,
    )


@pytest.fixture
def asked(house: House) -> House:
    with house.database.change() as db:
        add_turns(db, [turn(1, DOG), turn(2, "Can my dog lick my cream?"), turn(3, DOG), turn(4, PARK)])
        add_turns(db, [turn(5, "my lips are so dry", "answer", "dry-lips")])
        give_feedback(db, Feedback(turn_id="turn-00005", helpful=False, reason="too-little", given_at=NOON))
    return house


@pytest.fixture
def editor(asked: House, sign_in: Callable[[str], Any]) -> Any:
    return sign_in("editor")


def undo_of(page: str) -> str:
    found = re.search(r'action="(/staff/unanswered/undo/[^"]*)"', page)
    assert found is not None
    return found.group(1).replace("&amp;", "&")


def decide(client: Any, do: str, *wordings: str, **more: str) -> Any:
    return client.post_form(f"{LIST}/decide", do=do, wording=list(wordings), **more)


def test_alike_questions_stand_together_most_asked_first(editor: Any) -> None:
    page = editor.text(LIST)

    assert page.index(DOG) < page.index(PARK)
    assert "Asked 3 times" in page
    assert "2 wordings" in page
    assert "an answer did not help" in page
    assert page.count("Is the answer wrong?") == 1  # the others had none
    assert 'href="/staff/entries/dry-lips#short">Mend “My lips are very dry. What helps?”</a>' in page
    assert 'value="phrasing:dry-lips"' in page


def test_nothing_open_is_taught(sign_in: Callable[[str], Any]) -> None:
    page = sign_in("editor").text(LIST)

    assert "Nothing is open" in page
    assert "/staff/ask" in page


def test_a_phrasing_goes_to_the_draft_and_back(editor: Any, asked: House) -> None:
    answer = decide(editor, "phrasing:dry-lips", DOG, seen="0", back=f"{LIST}?page=1&at=1")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{LIST}?page=1&at=1"
    page = editor.text(LIST)
    assert "added to the draft of “My lips are very dry" in page
    with asked.database.read() as db:
        draft = find_draft(db, "dry-lips")
    assert draft is not None
    assert (draft.entry.phrasings[-1].text, draft.entry.phrasings[-1].origin) == (DOG, "patient")

    assert editor.post_form(undo_of(page)).status_code == 303
    assert "Taken back" in editor.text(LIST)
    with asked.database.read() as db:
        assert find_draft(db, "dry-lips") is None


def test_what_is_nearer_today_is_said(editor: Any) -> None:
    decide(editor, "phrasing:nosebleeds", "lips cracking at the corners")

    assert "Today the bot finds “My lips are very dry. What helps?” nearer" in editor.text(LIST)


def test_out_of_scope_golden_and_set_aside(editor: Any, asked: House) -> None:
    assert decide(editor, "out_of_scope", PARK).status_code == 303
    assert decide(editor, "golden:dry-lips", DOG).status_code == 303
    assert decide(editor, "set_aside", "my lips are so dry").status_code == 303

    with asked.database.read() as db:
        piece, current = find_piece(db, "background"), find_current(db, "dry-lips")
    assert piece is not None
    assert PARK in piece.content
    assert current is not None
    assert DOG in current.entry.golden
    listed = editor.text(f"{LIST}/decided")
    assert all(words in listed for words in (PARK, DOG, "Out of scope", "Golden question of", "Set aside"))


def test_an_old_decision_is_some_pages_back_and_can_be_taken_back(editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.staff_unanswered.DECIDED_PER_PAGE", 1)
    decide(editor, "out_of_scope", PARK)
    decide(editor, "set_aside", DOG)
    first = editor.text(f"{LIST}/decided")
    older = re.search(r'rel="next" href="(\?before=\d+)"', first)
    assert older is not None
    second = editor.text(f"{LIST}/decided{older[1]}")
    undo = re.search(r'action="(/staff/unanswered/undo/[^"]+)"', second)
    assert undo is not None

    done = editor.post_form(unescape(undo[1]))

    assert (PARK in first, DOG in first) == (False, True)
    assert (PARK in second, DOG in second, 'rel="next"' in second) == (True, False, False)
    assert done.location == f"{LIST}/decided{older[1]}"
    assert "Nothing older stands" in editor.text(done.location)


def test_choosing_without_scripts(editor: Any) -> None:
    page = decide(editor, "phrasing:", DOG, seen="0", typed="").get_data(as_text=True)
    assert "Add to which entry?" in page
    assert DOG in page

    found = decide(editor, "golden:", DOG, typed="dry lips").get_data(as_text=True)
    assert 'value="golden:dry-lips"' in found
    assert "today" in found


def test_choices_name_the_rank_and_what_is_nearer(editor: Any) -> None:
    found = editor.get(f"{LIST}/choices", query_string={"wording": "lips cracking at the corners"}).get_json()[
        "choices"
    ]
    assert found[0]["id"] == "dry-lips"
    assert found[0]["place"] == 1

    found = editor.get(
        f"{LIST}/choices", query_string={"wording": "lips cracking at the corners", "q": "nosebleeds"}
    ).get_json()["choices"]
    nose = next(each for each in found if each["id"] == "nosebleeds")
    assert nose["rival"] == "My lips are very dry. What helps?"


def test_a_new_entry_is_begun_and_a_taken_name_is_said_beside_the_field(editor: Any, asked: House) -> None:
    page = decide(editor, "entry:", DOG, "Can my dog lick my cream?").get_data(as_text=True)
    assert "dog-lick-cream" in page
    fields = {"question": "Can pets lick the cream?", "topic": "living"}

    taken = editor.post_form(f"{LIST}/entry", wording=[DOG], entry_id="dry-lips", **fields)
    assert taken.status_code == 409
    assert "There is an entry of that name already" in taken.get_data(as_text=True)
    wrong = editor.post_form(f"{LIST}/entry", wording=[DOG], entry_id="Dry Lips", **fields)
    assert wrong.status_code == 422
    assert 'value="Dry Lips"' in wrong.get_data(as_text=True)

    made = editor.post_form(f"{LIST}/entry", wording=[DOG], entry_id="pets", **fields)
    assert made.status_code == 303
    with asked.database.read() as db:
        draft = find_draft(db, "pets")
    assert draft is not None
    assert [each.text for each in draft.entry.phrasings] == [DOG]


@pytest.mark.parametrize(
    ("do", "wordings", "status"),
    [
        ("phrasing:nothing", (DOG,), 422),
        ("set_aside", (), 422),
        ("set_aside", ("x" * 501,), 422),
        ("explode", (DOG,), 400),
        ("", (DOG,), 400),
        ("phrasing:dry-lips", ("My lips are very dry. What helps?",), 409),
    ],
)
def test_what_cannot_be_decided_is_refused(editor: Any, do: str, wordings: tuple[str, ...], status: int) -> None:
    assert decide(editor, do, *wordings).status_code == status


def test_two_who_decide_at_once_do_not_decide_twice(editor: Any, sign_in: Callable[[str], Any]) -> None:
    assert decide(editor, "set_aside", DOG, seen="0").status_code == 303
    late = decide(sign_in("clinician"), "phrasing:dry-lips", DOG, seen="0")

    assert late.status_code == 409
    assert "Edda Editor decided about it meanwhile" in late.get_data(as_text=True)


def test_going_back_stays_in_the_staff_area(editor: Any) -> None:
    answer = decide(editor, "set_aside", DOG, back="https://elsewhere.example/")

    assert answer.headers["Location"] == "/staff/"
    assert editor.post_form(f"{LIST}/undo/1?back=//elsewhere.example").headers["Location"] == "/staff/"
    assert editor.post_form(f"{LIST}/undo/1").status_code == 409
    assert editor.post_form(f"{LIST}/undo/99").status_code == 409


@pytest.fixture
def queries(asked: House) -> Iterator[list[str]]:
    found: list[str] = []

    @sa.event.listens_for(asked.database.engine, "before_cursor_execute")
    def count(_db: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":
            found.append(statement)

    yield found
    sa.event.remove(asked.database.engine, "before_cursor_execute", count)


@pytest.mark.parametrize("path", [LIST, f"{LIST}?page=3", f"{LIST}/decided", "/staff/turns"])
def test_more_questions_cost_no_more_queries(editor: Any, asked: House, queries: list[str], path: str) -> None:
    editor.get(path)
    few = len(queries)
    with asked.database.change() as db:
        add_turns(db, [turn(100 + number, f"what about thing number {number}") for number in range(300)])
    queries.clear()

    editor.get(path)
    assert len(queries) <= few <= 9


def test_a_page_that_is_not_there_is_the_last_one(editor: Any) -> None:
    assert editor.get(f"{LIST}?page=999&at=77").status_code == 200
    assert editor.get(f"{LIST}?page=x").status_code == 200
