"""The page of the test console: the patient's cards, the reasons, and links that can be shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bot.faq.entry import Answer
from bot.staff.accounts import Role, User
from bot.staff.editing import Seen, find_current, save_draft
from bot.store.drafts import find_draft
from bot.store.tables_visits import turns
from bot.web.opening import House
from bot.web.staff_console import trials

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADA = User(user_id=1, email="ada@clinic.example", name="Ada", roles=frozenset({Role.EDITOR}))


@pytest.fixture
def editor(sign_in: Callable[[str], Any]) -> Any:
    return sign_in("editor")


def ask(client: Any, q: str, **more: str) -> str:
    return str(client.get("/staff/ask", query_string={"q": q, **more}).get_data(as_text=True))


def test_the_empty_console_teaches(editor: Any) -> None:
    page = editor.text("/staff/ask")

    assert "Try it before patients do" in page
    assert "Release 1" in page


def test_a_reply_stands_beside_its_reasons(editor: Any) -> None:
    page = ask(editor, "how do i take acutane with food")

    assert "card-answer" in page
    assert "acutane → isotretinoin" in page
    assert "Entries that were weighed" in page
    assert "/staff/entries/take-with-food" in page
    assert "The first entry is surer than the threshold." in page


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("my throat is closing up", "emergency.anaphylaxis"),
        ("what is the capital of portugal", "No entry is sure enough"),
        ("tests", "Which of these is closest?"),
        ("xqzv kkjq", "No answer"),
        ("should i stop taking the capsules", "decision.stop"),
        ("my lips are cracked. does it cause nosebleeds?", "card-answer"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
    ],
)
def test_each_outcome_has_its_reasons(editor: Any, question: str, said: str) -> None:
    page = ask(editor, question)

    assert said in page
    assert "<script>alert" not in page
    assert " style=" not in page


def test_nothing_of_it_is_kept(editor: Any, house: House) -> None:
    page = ask(editor, "tests")
    house.turns.flush()

    with house.database.read() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(turns)).scalar_one() == 0
    assert 'method="post" action="/"' not in page
    assert 'action="/feedback' not in page


def test_a_follow_up_is_asked_in_the_light_of_the_last_answer(editor: Any) -> None:
    page = ask(editor, "my lips are so dry")
    assert '<input type="hidden" name="entry" value="dry-lips">' in page

    page = ask(editor, "and for how long?", entry="dry-lips", topic="side-effects")
    assert "Asked as a follow-up to “My lips are very dry. What helps?”" in page
    assert "Follows on" in page


def test_another_region_can_be_tried(editor: Any) -> None:
    assert 'href="tel:911"' in ask(editor, "my throat is closing up", region="us")


@pytest.mark.parametrize(
    "query", [{"q": "x" * 501}, {"q": "\u200b"}, {"q": "tests", "against": "nothing"}, {"q": "tests", "region": "fr"}]
)
def test_what_cannot_be_asked_is_said_and_kept(editor: Any, query: dict[str, str]) -> None:
    answer = editor.get("/staff/ask", query_string=query)

    assert answer.status_code == 422
    assert query["q"] in answer.get_data(as_text=True)


def test_a_release_that_is_none_is_said(editor: Any) -> None:
    assert editor.get("/staff/ask?q=tests&against=release-77").status_code == 422


def test_drafts_answer_with_their_own_words(editor: Any, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with house.database.read() as db:
        current = find_current(db, "dry-lips")
    assert current is not None
    entry = replace(current.entry, answer=Answer("Words of a draft.", ""))
    save_draft(house.database, Seen(base=current.base, version=0), entry, user=ADA, now=NOON)

    monkeypatch.setattr("bot.web.staff_console.WAIT_S", 0.0)
    page = ask(editor, "my lips are so dry", against="drafts")
    assert "Being made ready" in page
    assert 'http-equiv="refresh"' in page

    monkeypatch.setattr("bot.web.staff_console.WAIT_S", 60.0)
    page = ask(editor, "my lips are so dry", against="drafts")
    assert "Words of a draft." in page
    assert "Words of a draft." not in ask(editor, "my lips are so dry", against="approved")
    assert "Words of a draft." not in ask(editor, "my lips are so dry", against="release-1")
    with editor.application.app_context():
        assert len(trials()._made) == 1


def test_what_staff_typed_becomes_a_written_phrasing(editor: Any, house: House) -> None:
    page = ask(editor, "chapped lips what now")
    assert 'name="origin" value="written"' in page
    editor.post_form(
        "/staff/unanswered/decide", do="phrasing:dry-lips", wording="chapped lips what now", origin="written"
    )

    with house.database.read() as db:
        draft = find_draft(db, "dry-lips")
    assert draft is not None
    assert (draft.entry.phrasings[-1].text, draft.entry.phrasings[-1].origin) == ("chapped lips what now", "written")
