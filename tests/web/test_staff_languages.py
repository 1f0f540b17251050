"""Translating over HTTP: written beside the English, reviewed by somebody else, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from curating import approve_change, worded

from bot.faq.entry import Entry, Translation
from bot.staff.translations import Standing, State, find_standing
from bot.store import audit
from bot.web.opening import House

SignIn = Callable[[str], Any]
REVIEW = "/staff/review/translations"


@pytest.fixture
def house(small_house: House) -> House:
    """A few entries are enough here."""
    return small_house


@pytest.fixture
def entry(house: House) -> Entry:
    assert house.live.bot is not None
    return house.live.bot.release.entries[0]


@pytest.fixture
def page(entry: Entry) -> str:
    return f"/staff/entries/{entry.id}/languages/es"


def typed(entry: Entry, **more: str) -> dict[str, str]:
    return {
        "question": "¿Qué es este chat?",
        "phrasings": "para qué sirve este chat\nquién contesta aquí\nesto es un robot\nqué puedo preguntar\nhola qué es esto",
        "golden": "¿Con quién hablo en este chat?",
        "short": "Palabras de prueba.",
        "detail": "Más palabras de prueba.",
        "next_step": "Un paso de prueba.",
        "made_of": entry.mark,
        "version": "0",
        "base": "0",
        **more,
    }


def standing(house: House, entry: Entry) -> Standing:
    with house.database.read() as db:
        found = find_standing(db, entry.id, "es")
    assert found is not None
    return found


def text_of(house: House, entry: Entry) -> Translation:
    return standing(house, entry).text


def send(client: Any, entry: Entry, page: str, **more: str) -> Any:
    return client.post_form(page, do="submit", reason="Para quien lee español", **typed(entry, **more))


def test_from_the_entry_through_review_to_translated(house: House, sign_in: SignIn, entry: Entry, page: str) -> None:
    editor, clinician = sign_in("editor"), sign_in("clinician")
    assert page in editor.text(f"/staff/entries/{entry.id}")
    shown = editor.text(page)
    assert entry.answer.short[:60] in shown
    assert "Not translated" in shown

    assert send(editor, entry, page).status_code == 303
    assert "waits for" in editor.text(page)
    assert "Translations that wait for review" in editor.text("/staff/")
    queue = clinician.text("/staff/review")
    assert "1 translation waits" in queue
    review = clinician.text(REVIEW)
    assert "Palabras de prueba." in review
    assert "Qué hacer ahora." in review  # patients' own template, in their language
    found = standing(house, entry).sent
    assert found is not None

    answer = clinician.post_form(f"{REVIEW}/{found.translation_id}", decision="approve", comment="")
    assert answer.status_code == 303
    assert standing(house, entry).state is State.DONE
    assert "No translation waits for review" in clinician.text(REVIEW)
    assert "Approved by Cleo Clinician" in editor.text(page)


def test_an_editor_sees_the_queue_and_decides_nothing(house: House, sign_in: SignIn, entry: Entry, page: str) -> None:
    editor = sign_in("editor")
    send(editor, entry, page)
    found = standing(house, entry).sent
    assert found is not None

    assert ">Approve</button>" not in editor.text(REVIEW)
    assert editor.post_form(f"{REVIEW}/{found.translation_id}", decision="approve").status_code == 403


def test_ones_own_is_for_another_clinician(house: House, sign_in: SignIn, entry: Entry, page: str) -> None:
    clinician = sign_in("clinician")
    send(clinician, entry, page)
    found = standing(house, entry).sent
    assert found is not None

    assert "another clinician has to approve it" in clinician.text(REVIEW)
    assert clinician.post_form(f"{REVIEW}/{found.translation_id}", decision="approve").status_code == 403


def test_returning_asks_for_a_comment_and_shows_it(house: House, sign_in: SignIn, entry: Entry, page: str) -> None:
    editor, clinician = sign_in("editor"), sign_in("clinician")
    send(editor, entry, page)
    found = standing(house, entry).sent
    assert found is not None

    assert clinician.post_form(f"{REVIEW}/{found.translation_id}", decision="return", comment=" ").status_code == 422
    clinician.post_form(f"{REVIEW}/{found.translation_id}", decision="return", comment="Más corto, por favor.")
    assert "Más corto, por favor." in editor.text(page)
    again = clinician.post_form(f"{REVIEW}/{found.translation_id}", decision="return", comment="otra vez")
    assert again.status_code == 409


def test_what_is_wrong_is_said_and_what_was_typed_stays(house: House, sign_in: SignIn, entry: Entry, page: str) -> None:
    editor = sign_in("editor")

    answer = send(editor, entry, page, next_step="", detail="Llame al {{ clinic.nadie }}.")
    shown = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "Say what to do next." in shown
    assert "is unknown" in shown
    assert text_of(house, entry).detail == "Llame al {{ clinic.nadie }}."
    answer = editor.post_form(page, do="submit", reason="", **typed(entry, version="1"))
    assert "Write why it is changed" in answer.get_data(as_text=True)


def test_a_wording_that_rings_an_alarm_is_not_sent(house: House, sign_in: SignIn, entry: Entry, page: str) -> None:
    editor = sign_in("editor")
    assert house.live.bot is not None
    alarming = house.live.bot.release.rules[-1].examples[0]

    answer = send(editor, entry, page, phrasings=f"para qué sirve este chat\n{alarming}")

    assert answer.status_code == 422
    assert "Take it out, or word it in another way." in answer.get_data(as_text=True)
    assert standing(house, entry).state is State.DRAFT


def test_the_script_saves_previews_and_is_told_of_others(
    house: House, sign_in: SignIn, entry: Entry, page: str
) -> None:
    editor, other = sign_in("editor"), sign_in("clinician")

    saved = editor.post_form(f"{page}/draft", **typed(entry)).get_json()
    assert (saved["outcome"], saved["version"]) == ("saved", 1)
    again = editor.post_form(f"{page}/draft", **typed(entry)).get_json()
    assert (again["outcome"], again["version"]) == ("saved", 1)
    mine = typed(entry, short="Lo mío.")
    assert other.post_form(f"{page}/draft", **mine).get_json()["outcome"] == "collided"

    answer = other.post_form(page, **mine)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Edda Editor saved another text" in shown
    assert "From their text to yours" in shown
    assert 'name="version" value="1"' in shown
    assert ">Lo mío.</textarea>" in shown
    assert other.post_form(page, **typed(entry, short="Lo mío.", version="1")).status_code == 303
    assert text_of(house, entry).short == "Lo mío."

    piece = editor.post_form(f"{page}/preview", **typed(entry, short="Es un milagro.")).get_data(as_text=True)
    assert "Promotional: &#39;milagro&#39;" in piece
    assert "Qué hacer ahora." in piece
    assert text_of(house, entry).short == "Lo mío."


def test_a_changed_english_is_shown_word_by_word_until_somebody_says_that_it_fits(
    house: House, sign_in: SignIn, entry: Entry, page: str
) -> None:
    editor, clinician = sign_in("editor"), sign_in("clinician")
    send(editor, entry, page)
    first = standing(house, entry).sent
    assert first is not None
    clinician.post_form(f"{REVIEW}/{first.translation_id}", decision="approve", comment="")
    approve_change(house.database, entry.id, worded("This says something else now."))
    mark = standing(house, entry).english.mark

    shown = editor.text(page)
    assert "What changed in English" in shown
    assert "<ins>" in shown
    assert "Out of date" in shown
    assert send(editor, entry, page, short="Otra cosa.").status_code == 422
    version = str(standing(house, entry).version)
    assert send(editor, entry, page, short="Otra cosa.", version=version, fits=mark).status_code == 303
    second = standing(house, entry).sent
    assert second is not None
    approve_change(house.database, entry.id, worded("And something else again."))

    review = clinician.text(REVIEW)
    assert "It cannot be approved as it is" in review
    assert ">Approve</button>" not in review
    answer = clinician.post_form(f"{REVIEW}/{second.translation_id}", decision="approve", comment="")
    assert answer.status_code == 409


def test_a_draft_is_discarded_and_comes_back(house: House, sign_in: SignIn, entry: Entry, page: str) -> None:
    editor = sign_in("editor")
    editor.post_form(page, **typed(entry))
    editor.post_form(f"{page}/discard", **typed(entry, version="1"))
    assert standing(house, entry).state is State.NONE

    assert editor.post_form(f"{page}/undo/1").status_code == 303
    assert standing(house, entry).state is State.DRAFT


def test_taking_it_away_is_asked_for_with_a_reason(house: House, sign_in: SignIn, entry: Entry, page: str) -> None:
    editor, clinician = sign_in("editor"), sign_in("clinician")
    send(editor, entry, page)
    first = standing(house, entry).sent
    assert first is not None
    clinician.post_form(f"{REVIEW}/{first.translation_id}", decision="approve", comment="")

    answer = editor.post_form(f"{page}/retire", retire_reason=" ")
    assert answer.status_code == 422
    assert "Write why it is changed" in answer.get_data(as_text=True)
    editor.post_form(f"{page}/retire", retire_reason="Mal traducido")
    assert "takes the translation away" in clinician.text(REVIEW)
    second = standing(house, entry).sent
    assert second is not None
    clinician.post_form(f"{REVIEW}/{second.translation_id}", decision="approve", comment="")
    assert standing(house, entry).state is State.NONE


def test_it_is_withdrawn_by_its_author(house: House, sign_in: SignIn, entry: Entry, page: str) -> None:
    editor = sign_in("editor")
    send(editor, entry, page)
    assert sign_in("admin").post_form(f"{page}/withdraw").status_code == 403
    editor.post_form(f"{page}/withdraw")
    assert standing(house, entry).state is State.DRAFT
    with house.database.read() as db:
        assert audit.list_events(db, action="translation.withdrawn")


def test_the_list_finds_what_needs_translating_and_what_is_out_of_date(
    house: House, sign_in: SignIn, entry: Entry, page: str
) -> None:
    editor, clinician = sign_in("editor"), sign_in("clinician")
    assert "6 entries" in editor.text("/staff/entries?part=list")
    assert "6 of 6 entries" in editor.text("/staff/entries?translation=needed&part=list")
    send(editor, entry, page)
    assert "1 of 6 entries" in editor.text("/staff/entries?translation=review&part=list")
    found = standing(house, entry).sent
    assert found is not None
    clinician.post_form(f"{REVIEW}/{found.translation_id}", decision="approve", comment="")
    assert "5 of 6 entries" in editor.text("/staff/entries?translation=needed&part=list")
    assert "0 of 6 entries" in editor.text("/staff/entries?translation=outdated&part=list")

    approve_change(house.database, entry.id, worded("Something else."))
    listed = editor.text("/staff/entries?translation=outdated&part=list")
    assert "1 of 6 entries" in listed
    assert "Spanish out of date" in listed


@pytest.mark.parametrize("path", ["/staff/entries/no-such/languages/es", "/staff/entries/{}/languages/fr"])
def test_what_cannot_be_translated_is_not_found(sign_in: SignIn, entry: Entry, path: str) -> None:
    editor = sign_in("editor")

    assert editor.get(path.format(entry.id)).status_code == 404
    assert editor.post_form(path.format(entry.id), **typed(entry)).status_code == 404


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 12])
def test_a_form_that_is_none_of_ours_is_refused(sign_in: SignIn, entry: Entry, page: str, version: str) -> None:
    assert sign_in("editor").post_form(page, **typed(entry, version=version)).status_code == 400
