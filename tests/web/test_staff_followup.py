"""From an answered message to the FAQ: nothing that tells who asked comes along, and a person has checked it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from web.test_staff_inbox import INBOX, audited, do, write

from bot.staff.editing import find_current
from bot.web.opening import House
from bot.web.staff_followup import without_details

__all__ = ["write"]  # a fixture
PLAIN = {"name": "Zoë May Lu", "contact_kind": "mail", "contact": "zoe@home.example"}
ASKED = "Can I fly while on it? Zoe Marten, zoe@home.example, call 020 7946 0018"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("can i fly? zoe", "can i fly? [name]"),
        ("ZOË MAY asks:\n can I fly?", "[name] asks: can I fly?"),
        ("write to Zoe@Home.example", "write to [email]"),
        ("my sister is called Anna Smith", "my sister is called [name]"),
        ("lugging bags, zoetrope", "lugging bags, zoetrope"),
        ("[name] may I fly?", "[name] I fly?"),
    ],
)
def test_the_senders_own_details_go_first_however_they_are_written(text: str, clean: str) -> None:
    assert without_details(text, PLAIN) == clean
    assert without_details(clean, PLAIN) == clean


@pytest.fixture
def answered(house: House, sign_in: Callable[[str], Any], write: Callable[..., str]) -> tuple[Any, str]:
    client, reference = sign_in("clinician"), write(text=ASKED)
    client.get(f"{INBOX}/{reference}")
    do(client, house, reference, "reply", do="other")
    return client, reference


def test_a_person_sees_it_without_details_before_anything_is_kept(house: House, answered: tuple[Any, str]) -> None:
    client, reference = answered
    page = client.text(f"{INBOX}/{reference}/question")

    assert "Can I fly while on it? [name]" in page
    assert not any(part in page for part in ("Marten", "zoe@", "7946"))
    assert "handoff.question_taken" not in [action for action, _ in audited(house, reference)]


def test_it_becomes_a_phrasing_in_the_usual_draft(house: House, answered: tuple[Any, str]) -> None:
    client, reference = answered
    where = f"{INBOX}/{reference}"
    chosen = client.post_form(f"{where}/question", do="phrasing", wording="Can I fly\nwhile on it?", back=where)
    said = client.post_form(
        "/staff/unanswered/decide",
        do="phrasing:dry-lips",
        wording="Can I fly while on it?",
        back=where,
        follow_redirects=True,
    )

    assert "Add to which entry?" in chosen.text
    assert 'name="wording" value="Can I fly while on it?"' in chosen.text
    assert f'name="back" value="{where}"' in chosen.text
    assert "added to the draft" in said.text
    with house.database.read() as db:
        found = find_current(db, "dry-lips")
    assert found is not None
    assert found.entry.phrasings[-1].text == "Can I fly while on it?"
    assert ("handoff.question_taken", "Cleo Clinician") in audited(house, reference)


def test_it_becomes_a_new_draft(answered: tuple[Any, str]) -> None:
    client, reference = answered
    page = client.post_form(f"{INBOX}/{reference}/question", do="entry", wording="Can I fly while on it?").text

    assert "A new entry" in page
    assert 'value="Can I fly while on it?"' in page


@pytest.mark.parametrize(
    ("wording", "fault"),
    [
        ("Can [name] fly?", "plain words in the place of each mark"),
        ("Can I fly? Yours, Zoe", "taken out once more"),
        ("", "0 characters"),
        ("x " * 300, "599 characters"),
    ],
)
def test_what_may_not_be_kept_goes_no_further(
    house: House, answered: tuple[Any, str], wording: str, fault: str
) -> None:
    client, reference = answered
    said = client.post_form(f"{INBOX}/{reference}/question", do="phrasing", wording=wording, sure="")

    assert said.status_code == 422
    assert fault in said.text
    assert "handoff.question_taken" not in [action for action, _ in audited(house, reference)]


def test_a_name_that_is_a_word_passes_once_somebody_says_so(answered: tuple[Any, str]) -> None:
    client, reference = answered
    said = client.post_form(f"{INBOX}/{reference}/question", do="entry", wording="Is marten fur bad?", sure="yes")

    assert "A new entry" in said.text


def test_only_what_was_answered_becomes_part_of_the_faq(
    sign_in: Callable[[str], Any],
    write: Callable[..., str],
) -> None:
    client, reference = sign_in("clinician"), write()

    assert client.get(f"{INBOX}/{reference}/question").status_code == 409
    assert client.post_form(f"{INBOX}/{reference}/question", do="entry", wording="x").status_code == 409
