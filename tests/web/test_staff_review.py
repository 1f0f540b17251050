"""The review queue and an entry's history, as clinicians and editors see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from curating import NOON, approve_change, revise, worded

from bot.faq.entry import Phrasing
from bot.store.content import add_review, find_revision, save_piece
from bot.web.opening import House

SignIn = Callable[[str], Any]
TOLD = "Use a plain ointment on your lips, many times a day."


def test_the_queue_shows_what_changed_word_by_word_and_how_patients_would_read_it(
    house: House, sign_in: SignIn
) -> None:
    revise(house.database, "dry-lips", worded(TOLD))

    page = sign_in("editor").text("/staff/review")

    assert "1 waiting" in page
    assert "<ins>" in page
    assert "<del>" in page
    assert TOLD in page
    assert "Approve</button>" not in page


def test_an_empty_queue_says_what_will_stand_there(sign_in: SignIn) -> None:
    assert "Nothing waits for review" in sign_in("clinician").text("/staff/review")


def test_a_clinician_approves_and_goes_on_to_the_next(house: House, sign_in: SignIn) -> None:
    first = revise(house.database, "dry-lips", worded(TOLD))
    second = revise(house.database, "dry-skin", worded("Use a cream."))
    client = sign_in("clinician")

    answer = client.post_form(f"/staff/review/{first.revision_id}", decision="approve")

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/staff/review?revision={second.revision_id}")
    page = client.text(answer.headers["Location"])
    assert "Approved: My lips are very dry" in page
    assert f'action="/staff/review/{second.revision_id}"' in page
    with house.database.read() as db:
        known = find_revision(db, "dry-lips")
    assert known is not None
    assert known.state == "approved"


def test_a_return_without_a_comment_is_asked_for_it(house: House, sign_in: SignIn) -> None:
    revision = revise(house.database, "dry-lips", worded(TOLD))
    client = sign_in("clinician")

    answer = client.post_form(f"/staff/review/{revision.revision_id}", decision="return", comment=" ")

    assert answer.status_code == 422
    assert "Say what has to change." in answer.get_data(as_text=True)
    answer = client.post_form(f"/staff/review/{revision.revision_id}", decision="return", comment="Shorter, please.")
    assert answer.status_code == 303
    assert "Shorter, please." in client.text("/staff/entries/dry-lips/history")


def test_what_somebody_else_decided_about_is_said_and_the_queue_is_shown(house: House, sign_in: SignIn) -> None:
    revision = revise(house.database, "dry-lips", worded(TOLD))
    client = sign_in("clinician")
    client.post_form(f"/staff/review/{revision.revision_id}", decision="approve")

    answer = client.post_form(f"/staff/review/{revision.revision_id}", decision="approve")

    assert answer.status_code == 409
    assert "approved by Cleo Clinician already" in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", ["editor", "admin"])
def test_only_clinicians_decide(house: House, sign_in: SignIn, role: str) -> None:
    revision = revise(house.database, "dry-lips", worded(TOLD))

    assert sign_in(role).post_form(f"/staff/review/{revision.revision_id}", decision="approve").status_code == 403


def test_ones_own_revision_has_no_button_until_the_clinic_allows_it(house: House, sign_in: SignIn) -> None:
    revision = revise(house.database, "dry-lips", worded(TOLD), author="Cleo Clinician")
    client = sign_in("clinician")
    assert "another clinician has to approve it" in client.text("/staff/review")
    assert client.post_form(f"/staff/review/{revision.revision_id}", decision="approve").status_code == 403

    with house.database.change() as db:
        save_piece(db, "governance", {"own_approval": True}, author="Ada", reason="", at=NOON, seen=0)
    assert "recorded as your own" in client.text("/staff/review")
    assert client.post_form(f"/staff/review/{revision.revision_id}", decision="approve").status_code == 303


def test_a_revision_that_retires_its_entry_says_so(house: House, sign_in: SignIn) -> None:
    revise(house.database, "dry-lips", lambda entry: entry, retired=True)

    assert "takes the answer away" in sign_in("clinician").text("/staff/review")


def test_a_fault_that_the_preview_cannot_show_is_named(house: House, sign_in: SignIn) -> None:
    revise(house.database, "dry-lips", worded("Call {{ clinic.nobody }}."))

    page = sign_in("clinician").text("/staff/review")

    assert "It cannot be shown" in page
    assert "to mend" in page


def test_the_history_shows_every_revision_and_any_two_of_them_compared(house: House, sign_in: SignIn) -> None:
    approve_change(house.database, "dry-lips", worded(TOLD))
    revise(house.database, "dry-lips", worded("Use a balm."))
    client = sign_in("editor")

    page = client.text("/staff/entries/dry-lips/history")
    assert "From revision 2 to revision 3" in page
    assert "in review" in page
    assert 'name="number" value="1"' in page
    assert "From revision 1 to revision 3" in client.text("/staff/entries/dry-lips/history?old=1&new=3")
    assert "as shipped" in page
    assert client.get("/staff/entries/dry-lips/history?old=x&new=99").status_code == 200


def test_a_long_history_is_paged_and_compared_over_its_pages(
    house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.staff_review.PER_PAGE", 2)
    approve_change(house.database, "dry-lips", worded(TOLD))
    revise(house.database, "dry-lips", worded("Use a balm."))
    client, address = sign_in("editor"), "/staff/entries/dry-lips/history"
    first = client.text(address)
    assert 'rel="next" href="?before=2">Older' in first
    second = client.text(f"{address}?before=2")

    assert ("<strong>1</strong>" in first, "<strong>1</strong>" in second) == (False, True)
    assert 'name="number" value="1"' in second
    assert 'href="/staff/entries/dry-lips/history">Newest' in second
    assert 'rel="next"' not in second
    assert "From revision 1 to revision 3" in client.text(f"{address}?before=2&old=1")


def test_an_entry_that_never_was_has_no_history(sign_in: SignIn) -> None:
    assert sign_in("editor").get("/staff/entries/nothing/history").status_code == 404


def test_nobody_reads_the_queue_without_signing_in(visitor: Any) -> None:
    assert visitor.get("/staff/review").status_code == 303


def test_what_stands_in_the_way_of_a_new_wording_is_noted(house: House, sign_in: SignIn) -> None:
    revise(
        house.database,
        "dry-lips",
        lambda entry: replace(entry, phrasings=(*entry.phrasings, Phrasing("what time do you open on saturday"))),
    )

    page = sign_in("clinician").text("/staff/review")

    assert "“what time do you open on saturday” is nearer to “When are you open?” today." in page


def test_a_clash_keeps_the_comment_and_puts_nothing_else_under_the_buttons(house: House, sign_in: SignIn) -> None:
    withdrawn = revise(house.database, "dry-lips", worded(TOLD))
    other = revise(house.database, "dry-skin", worded("Use a cream."))
    with house.database.change() as db:
        add_review(db, withdrawn.revision_id, "withdraw", reviewer="Ed", own=True, comment="", at=NOON)

    answer = sign_in("clinician").post_form(
        f"/staff/review/{withdrawn.revision_id}", decision="return", comment="Say how often."
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "it was withdrawn by Ed" in page
    assert "Say how often." in page
    assert f'action="/staff/review/{other.revision_id}"' not in page
    assert 'value="approve"' not in page
    assert ">Next that waits</a>" in page


@pytest.mark.parametrize("address", ["/staff/review?revision=9999", "/staff/review/translations?translation=9999"])
def test_a_link_to_what_is_not_there_says_so(house: House, sign_in: SignIn, address: str) -> None:
    revise(house.database, "dry-lips", worded(TOLD))

    answer = sign_in("clinician").get(address)

    assert answer.status_code == 404
    assert "There is no such" in answer.get_data(as_text=True)
    assert 'value="approve"' not in answer.get_data(as_text=True)


def test_approving_an_end_says_that_it_is_one_and_who_leads_there(house: House, sign_in: SignIn) -> None:
    revision = revise(house.database, "dry-skin", lambda entry: entry, retired=True)
    client = sign_in("clinician")
    page = client.text("/staff/review")
    said = client.post_form(f"/staff/review/{revision.revision_id}", decision="approve", follow_redirects=True)

    assert "to it</h3>" in page
    assert "Patients get it now, and no more with the next release" in said.text
    assert "Patients see it with" not in said.text
    assert "Patients get this answer until the next release." in client.text("/staff/entries/dry-skin")


def test_a_date_and_a_topic_differ_as_wholes(house: House, sign_in: SignIn) -> None:
    revise(
        house.database,
        "dry-lips",
        lambda entry: replace(entry, review_by=date(2027, 11, 1), topic="living"),
    )

    page = sign_in("clinician").text("/staff/review")

    assert " → <ins>1 Nov 2027</ins>" in page
    assert "<del>Everyday side effects</del> → <ins>" in page


def test_the_history_marks_what_is_live_and_not_its_newer_likeness(house: House, sign_in: SignIn) -> None:
    wording = "lips like paper what now"
    approve_change(
        house.database, "dry-lips", lambda entry: replace(entry, phrasings=(*entry.phrasings, Phrasing(wording)))
    )

    page = sign_in("editor").text("/staff/entries/dry-lips/history")

    assert re.findall(r'<strong>(\d)</strong> <span class="tag tag-good">live', page) == ["1"]
