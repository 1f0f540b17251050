"""The inbox: who sees what, in which order, what is done about a message, by two people at once, and what is noted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from web.conftest import TUESDAY_NOON, StaffClient

from bot.config import read_settings
from bot.delivery.targets import open_worker
from bot.patients.handoffs import Origin, submit
from bot.patients.messages import Message
from bot.store.audit import list_events
from bot.store.handoffs import Handoff, events_of, find_handoff
from bot.store.outbox import promises_of
from bot.store.sealing import open_sealer
from bot.web.app import create_app
from bot.web.opening import House

SignIn = Callable[[str], Any]
INBOX = "/staff/inbox"
NAME, MAIL, PHONE, WORDS = "Zoë Marten", "zoe@home.example", "+442079460018", "Can I book for next week? Zoë"
MAILING = {
    "CLINICBOT_SMTP_URL": "smtp+plain://127.0.0.1:9",
    "CLINICBOT_MAIL_FROM": "faq@clinic.test",
    "CLINICBOT_CLINIC_MAIL": "desk@clinic.test",
}


@pytest.fixture
def write(house: House) -> Callable[..., str]:
    """`write("K7QF-3MRD")` puts a message into the inbox; its reference."""
    sealer = open_sealer(house.database, house.key, now=TUESDAY_NOON)
    references = iter(f"K7QF-{letters}" for letters in ("AAAA", "CCCC", "DDDD", "FFFF"))

    def writer(reference: str = "", *, level: str = "", hours_ago: float = 1, phone: bool = False, **more: str) -> str:
        message = Message(
            name=NAME,
            contact_kind="phone" if phone else "mail",
            contact=PHONE if phone else MAIL,
            text=more.get("text", WORDS),
        )
        assert house.live.bot is not None
        return submit(
            house.database,
            sealer,
            house.live.bot.release.clinic,
            message,
            request_key=None,
            origin=Origin(),
            level=level,
            targets=(),
            now=TUESDAY_NOON - timedelta(hours=hours_ago),
            draw=lambda: reference or next(references),
        ).reference

    return writer


@pytest.fixture
def mailing(staff_app: Flask, house: House, clock: Any) -> Flask:
    """The application with a mail server to send replies by."""
    made = create_app(read_settings(MAILING), now=clock, house=house)
    made.test_client_class = StaffClient
    return made


@pytest.fixture
def at_mailing(mailing: Flask, sign_in: SignIn) -> Callable[[str], Any]:
    """Sign in there."""

    def enter(role: str) -> Any:
        client = mailing.test_client()
        with sign_in(role).session_transaction("/staff/") as theirs, client.session_transaction("/staff/") as session:
            session["token"] = theirs["token"]
        return client

    return enter


def stored(house: House, reference: str) -> Handoff:
    with house.database.read() as db:
        found = find_handoff(db, reference)
    assert found is not None
    return found


def history(house: House, reference: str) -> list[str]:
    with house.database.read() as db:
        return [each.kind for each in events_of(db, stored(house, reference).handoff_id)]


def audited(house: House, reference: str) -> list[tuple[str, str]]:
    with house.database.read() as db:
        return [(each.action, each.actor) for each in reversed(list_events(db, subject=reference))]


def do(client: Any, house: House, reference: str, what: str, **fields: Any) -> Any:
    """Press a button of the message's page as it stands now."""
    fields = {"version": stored(house, reference).version, **fields}
    return client.post_form(f"{INBOX}/{reference}/{what}", follow_redirects=True, **fields)


def references_in(page: str) -> list[str]:
    return [part[:9] for part in page.split('<p class="which">')[1:] for part in [part.split(">", 1)[1]]]


def test_an_empty_inbox_teaches(sign_in: SignIn) -> None:
    page = sign_in("clinician").text(INBOX)

    assert "No message has come in yet" in page
    assert "noted in the audit" in page


def test_the_most_urgent_come_first_then_those_due_first(sign_in: SignIn, write: Callable[..., str]) -> None:
    late, plain = write(hours_ago=100), write(hours_ago=2)
    grave, urgent = write(level="crisis"), write(level="urgent")
    page = sign_in("clinician").text(INBOX)

    assert references_in(page) == [grave, urgent, late, plain]
    assert page.count(" late</span>") == 1
    assert "4 messages" in page
    assert "answer by tomorrow, 1" in page


def test_nothing_of_what_patients_wrote_is_in_the_list(sign_in: SignIn, write: Callable[..., str]) -> None:
    write()
    for role in ("editor", "clinician", "admin"):
        page = sign_in(role).text(INBOX)
        assert not any(part in page for part in (NAME, "Zo", MAIL, "book for next week")), role


def test_editors_see_that_something_waits_and_open_nothing(
    house: House, sign_in: SignIn, write: Callable[..., str]
) -> None:
    reference = write()
    editor = sign_in("editor")

    assert reference in editor.text(INBOX)
    assert f'href="{INBOX}/{reference}"' not in editor.text(INBOX)
    assert editor.get(f"{INBOX}/{reference}").status_code == 403
    for what in ("reply", "note", "assign", "close", "reopen", "take-back", "export", "erase", "question"):
        assert editor.post_form(f"{INBOX}/{reference}/{what}").status_code == 403, what
    assert history(house, reference) == ["received"]


def test_every_page_of_staff_counts_what_waits(house: House, sign_in: SignIn, write: Callable[..., str]) -> None:
    client = sign_in("clinician")
    assert ">(0)<" not in client.text("/staff/entries")
    reference = write()
    write()
    assert ">(2)<" in client.text("/staff/entries")
    do(client, house, reference, "close")
    assert ">(1)<" in client.text("/staff/entries")


@pytest.mark.parametrize("show", ["waiting", "new", "seen", "overdue", "mine", "answered", "closed", "all"])
def test_each_filter_finds_its_own(house: House, sign_in: SignIn, write: Callable[..., str], show: str) -> None:
    client = sign_in("clinician")
    new, seen, done, shut = write(), write(hours_ago=100), write(), write()
    client.get(f"{INBOX}/{seen}")
    me = next(each for each in client.text(f"{INBOX}/{seen}").split('<option value="') if "(you)" in each)
    do(client, house, seen, "assign", assignee=me.split('"')[0])
    do(client, house, done, "reply", do="other")
    do(client, house, shut, "close")
    expected = {
        "waiting": {new, seen}, "new": {new}, "seen": {seen}, "overdue": {seen}, "mine": {seen}, "answered": {done},
        "closed": {shut}, "all": {new, seen, done, shut},
    }  # fmt: skip

    assert set(references_in(client.text(f"{INBOX}?show={show}"))) == expected[show]


def test_a_reference_is_found_however_it_is_typed(house: House, sign_in: SignIn, write: Callable[..., str]) -> None:
    client, reference = sign_in("clinician"), write("CDFG-HJKM")
    write()
    do(client, house, reference, "close")

    for typed in ("CDFG-HJKM", "cdfghjkm", " cdfg hj", "c"):
        assert references_in(client.text(f"{INBOX}?q={typed}")) == [reference], typed
    assert "No message has this reference" in client.text(f"{INBOX}?q=XXXX-XXXX")
    assert "No message has this reference" in client.text(f"{INBOX}?q=%25")
    assert client.get(f"{INBOX}/cdfg-hjkm").location == f"{INBOX}/{reference}"
    assert client.get(f"{INBOX}/XXXX-XXXX").status_code == 404
    assert client.get(f"{INBOX}?show=nothing").status_code == 404


def test_a_long_list_has_pages(sign_in: SignIn, write: Callable[..., str]) -> None:
    for number in range(30):
        write(f"K7QF-{number:04}", hours_ago=number)
    client = sign_in("clinician")
    first, second = client.text(INBOX), client.text(f"{INBOX}?page=2")

    assert (len(references_in(first)), len(references_in(second))) == (25, 5)
    assert 'rel="next"' in first
    assert "This page is empty" in client.text(f"{INBOX}?page=9")


def test_opening_marks_as_seen_and_each_opening_is_audited(
    house: House, sign_in: SignIn, write: Callable[..., str]
) -> None:
    reference = write()
    page = sign_in("clinician").text(f"{INBOX}/{reference}")
    sign_in("admin").get(f"{INBOX}/{reference}")

    assert all(part in page for part in (NAME, MAIL, WORDS))
    assert stored(house, reference).state == "seen"
    assert history(house, reference) == ["received", "seen"]
    assert audited(house, reference) == [("handoff.read", "Cleo Clinician"), ("handoff.read", "Ada Admin")]


def test_what_a_patient_wrote_is_text_and_nothing_else(sign_in: SignIn, write: Callable[..., str]) -> None:
    page = sign_in("clinician").text(f"{INBOX}/{write(text='<b>bold</b> {{ name }}')}")

    assert "&lt;b&gt;bold&lt;/b&gt; {{ name }}" in page


def test_of_two_people_at_once_the_second_is_told_and_loses_nothing(
    house: House, sign_in: SignIn, write: Callable[..., str]
) -> None:
    reference = write()
    cleo, ada = sign_in("clinician"), sign_in("admin")
    cleo.get(f"{INBOX}/{reference}")
    seen = stored(house, reference).version
    do(cleo, house, reference, "reply", do="other", reply="Called, all is well.")
    said = do(ada, house, reference, "reply", do="other", reply="I rang too.", note="A note of mine.", version=seen)

    assert said.status_code == 409
    assert "Somebody else has changed it meanwhile" in said.text
    assert "A note of mine." in said.text
    assert "I rang too." in said.text
    assert "Called, all is well." in said.text
    assert history(house, reference) == ["received", "seen", "reply", "answered"]


def test_without_a_mail_server_it_is_answered_in_another_way(
    house: House, sign_in: SignIn, write: Callable[..., str]
) -> None:
    client, reference = sign_in("clinician"), write()
    page = client.text(f"{INBOX}/{reference}")
    refused = do(client, house, reference, "reply", do="mail", reply="Hello.")
    said = do(client, house, reference, "reply", do="other", reply="Wrote from my own mail.")

    assert "No mail server is set up" in page
    assert "data-copy" in page
    assert "mailto:" not in page
    assert refused.status_code == 400
    assert f"{reference} is marked as answered." in said.text
    assert stored(house, reference).state == "answered"
    assert "Wrote from my own mail." in client.text(f"{INBOX}/{reference}")


def test_a_phone_number_can_be_dialled(sign_in: SignIn, write: Callable[..., str]) -> None:
    page = sign_in("clinician").text(f"{INBOX}/{write(phone=True)}")

    assert f'href="tel:{PHONE}"' in page
    assert "left a phone number" in page


def test_a_reply_is_held_back_and_then_sent_to_the_patient(
    house: House, at_mailing: SignIn, mailing: Flask, write: Callable[..., str], clock: Any
) -> None:
    client, reference = at_mailing("clinician"), write()
    said = do(client, house, reference, "reply", do="mail", reply="Dear Zoë,\r\n\r\nyes, you can.")
    found = stored(house, reference)
    with house.database.read() as db:
        (promise,) = promises_of(db, found.handoff_id)
    letters: list[Any] = []
    worker = open_worker(house.database, read_settings(MAILING), open_sealer(house.database, house.key), clock)
    assert worker is not None

    class Box:
        name = "mail"

        def wants_contents(self, kind: str) -> bool:
            return True

        def send(self, letter: Any, at: Any) -> None:
            letters.append(letter)

    worker.deliver_one(Box())
    early = list(letters)
    clock.forward(seconds=31)
    worker.deliver_one(Box())

    assert f"The reply to {reference} is sent in 30 seconds." in said.text
    assert found.state == "answered"
    assert (promise.kind, promise.target) == ("reply", "mail")
    assert "Zo" not in str(promise.detail)
    assert early == []
    assert (letters[0].contents.contact, letters[0].contents.message) == (MAIL, "Dear Zoë,\n\nyes, you can.")
    assert '<span class="tag tag-good">sent</span>' in client.text(f"{INBOX}/{reference}")
    late = client.post_form(f"{INBOX}/{reference}/take-back?event={promise.detail['event_id']}&version={found.version}")
    assert late.status_code == 409
    assert "on its way" in late.text


def test_a_reply_can_be_taken_back_and_its_text_is_in_the_form_again(
    house: House, at_mailing: SignIn, write: Callable[..., str]
) -> None:
    client, reference = at_mailing("clinician"), write()
    said = do(client, house, reference, "reply", do="mail", reply="Too hasty.")
    undo = said.text.split('action="')[1].split('"')[0].replace("&amp;", "&")
    back = client.post_form(undo)
    again = client.post_form(undo)

    assert "Taken back" in back.text
    assert ">Too hasty.</textarea>" in back.text
    assert again.status_code == 409
    assert stored(house, reference).state == "seen"
    with house.database.read() as db:
        assert promises_of(db, stored(house, reference).handoff_id) == ()
    assert [action for action, _ in audited(house, reference) if action != "handoff.read"] == [
        "handoff.replied",
        "handoff.reply_taken_back",
    ]


@pytest.mark.parametrize("huge", ["99999999999999999999", "9" * 5000])
def test_numbers_beyond_measure_are_refused_and_nothing_breaks(
    house: House, at_mailing: SignIn, write: Callable[..., str], huge: str
) -> None:
    client, reference = at_mailing("clinician"), write()
    client.get(f"{INBOX}/{reference}")
    before = stored(house, reference)

    assert client.get(f"{INBOX}?page={huge}").status_code == 200
    assert do(client, house, reference, "assign", assignee=huge).status_code == 422
    assert do(client, house, reference, "close", version=huge).status_code == 409
    assert do(client, house, reference, "take-back", event=huge).status_code == 409
    assert client.get(f"/staff/documents/uploads/{huge}").status_code == 404
    assert client.get(f"/staff/releases/{huge}").status_code == 404
    assert stored(house, reference) == before


@pytest.mark.parametrize("meanwhile", [("close",), ("assign",), ("close", "reopen")])
def test_a_message_whose_reply_is_taken_back_waits_again_whatever_was_done_meanwhile(
    house: House, at_mailing: SignIn, write: Callable[..., str], meanwhile: tuple[str, ...]
) -> None:
    client, reference = at_mailing("clinician"), write()
    undo = do(client, house, reference, "reply", do="mail", reply="Too hasty.").text
    undo = undo.split('action="')[1].split('"')[0].replace("&amp;", "&")
    for what in meanwhile:
        do(client, house, reference, what)
    back = client.post_form(undo)

    assert back.status_code == 200
    assert stored(house, reference).state == "seen"
    with house.database.read() as db:
        assert promises_of(db, stored(house, reference).handoff_id) == ()


@pytest.mark.parametrize(("text", "fault"), [("  ", "Write something first."), ("x" * 4001, "4001 characters"), ("Dear {{ answer }}", "“{{ answer }}” still stands in your text."), ("Dear {{", "“{{” still")])  # fmt: skip
def test_a_reply_that_cannot_be_sent_stays_in_the_form(
    house: House, at_mailing: SignIn, write: Callable[..., str], text: str, fault: str
) -> None:
    client, reference = at_mailing("clinician"), write()
    client.get(f"{INBOX}/{reference}")
    said = do(client, house, reference, "reply", do="mail", reply=text)

    assert said.status_code == 422
    assert fault in said.text
    assert text.strip() in said.text
    assert re.search(r'<textarea id="reply"[^>]* autofocus', said.text)
    assert history(house, reference) == ["received", "seen"]


def test_a_text_is_filled_in_below_what_is_typed(house: House, at_mailing: SignIn, write: Callable[..., str]) -> None:
    client, reference = at_mailing("clinician"), write()
    said = do(client, house, reference, "reply", do="put", text="1", reply="First this.", note="kept")

    assert "First this.\n\nDear Zoë Marten," in said.text
    assert re.search(r'<textarea id="reply"[^>]* autofocus', said.text)  # one goes on where the text was put in
    assert f"(reference {reference})" in said.text
    assert "Cleo Clinician" in said.text
    assert ">kept</textarea>" in said.text
    assert do(client, house, reference, "reply", do="put", text="99").status_code == 400


def test_a_note_is_kept_once_and_a_begun_reply_stays(house: House, sign_in: SignIn, write: Callable[..., str]) -> None:
    client, reference = sign_in("clinician"), write()
    client.get(f"{INBOX}/{reference}")
    for _ in range(2):
        said = do(client, house, reference, "note", note="Rang, nobody there.", reply="Dear Zoë")

    assert history(house, reference) == ["received", "seen", "note"]
    assert "Rang, nobody there." in said.text
    assert ">Dear Zoë</textarea>" in said.text
    assert do(client, house, reference, "note", note=" ").status_code == 422
    assert b"Rang" not in (stored(house, reference).sealed)


def test_a_message_is_given_to_who_can_open_it_and_that_is_undone(
    house: House, sign_in: SignIn, write: Callable[..., str]
) -> None:
    client, reference = sign_in("clinician"), write()
    page = client.text(f"{INBOX}/{reference}")
    ids = {part.split(">")[1].split("<")[0].split(" (")[0]: part.split('"')[0] for part in page.split('<option value="') if "Ada" in part or "Cleo" in part}  # fmt: skip
    said = do(client, house, reference, "assign", assignee=ids["Ada Admin"], assigned="")

    assert "Edda Editor" not in page
    assert "is given to Ada Admin." in said.text
    assert stored(house, reference).assignee_id == int(ids["Ada Admin"])
    undo = said.text.split('<form method="post" action="')[1].split('"')[0].replace("&amp;", "&")
    undone = client.post_form(undo, follow_redirects=True)
    assert stored(house, reference).assignee_id is None
    assert "is given to nobody." in undone.text
    assert "/assign?assignee" not in undone.text
    assert do(client, house, reference, "assign", assignee="999").status_code == 422


def test_closing_is_undone(house: House, sign_in: SignIn, write: Callable[..., str]) -> None:
    client, reference = sign_in("clinician"), write()
    said = do(client, house, reference, "close")
    undo = said.text.split('<form method="post" action="')[1].split('"')[0]
    back = client.post_form(undo, follow_redirects=True)

    assert f"{reference} waits again." in back.text
    assert stored(house, reference).state == "seen"
    assert do(client, house, reference, "reopen").status_code == 409


def test_a_copy_is_handed_out_and_noted(house: House, sign_in: SignIn, write: Callable[..., str]) -> None:
    client, reference = sign_in("admin"), write()
    do(client, house, reference, "note", note="For the copy.")
    response = client.post_form(f"{INBOX}/{reference}/export")

    assert response.get_json()["message"] == WORDS
    assert response.headers["Content-Disposition"] == f'attachment; filename="{reference}.json"'
    assert "For the copy." in response.text
    assert ("handoff.exported", "Ada Admin") in audited(house, reference)
    assert client.post_form(f"{INBOX}/XXXX-XXXX/export").status_code == 404


def test_erasing_needs_the_reference_and_leaves_nothing(
    house: House, sign_in: SignIn, write: Callable[..., str]
) -> None:
    client, reference = sign_in("clinician"), write()
    do(client, house, reference, "note", note="About her lips.")
    refused = do(client, house, reference, "erase", typed="K7QF")
    assert refused.status_code == 422
    assert not stored(house, reference).erased

    said = do(client, house, reference, "erase", typed=f" {reference.lower()} ")
    assert "erased for good" in said.text
    assert "What it said was erased" in said.text
    assert "About her lips." not in said.text
    assert NAME not in said.text
    assert ("handoff.erased", "Cleo Clinician") in audited(house, reference)
    for what in ("note", "reopen"):
        assert do(client, house, reference, what, note="x").status_code == 409, what


def test_today_shows_what_waits_and_what_is_overdue(sign_in: SignIn, write: Callable[..., str]) -> None:
    late = write(hours_ago=100)

    assert f'href="{INBOX}/{late}"' in sign_in("clinician").text("/staff/")
    assert f'href="{INBOX}/{late}"' not in sign_in("editor").text("/staff/")
    assert "overdue, " in sign_in("editor").text("/staff/")


def test_the_audit_holds_nothing_of_a_patient(house: House, at_mailing: SignIn, write: Callable[..., str]) -> None:
    client, reference = at_mailing("clinician"), write()
    do(client, house, reference, "note", note="Note on Zoë")
    do(client, house, reference, "reply", do="mail", reply="Dear Zoë")
    client.post_form(f"{INBOX}/{reference}/export")

    with house.database.read() as db:
        everything = str(list_events(db, limit=500))
    assert not any(part in everything for part in ("Zo", MAIL, "book for", "Note on", "Dear"))


def test_texts_are_changed_added_and_taken_away(house: House, at_mailing: SignIn, write: Callable[..., str]) -> None:
    client, reference = at_mailing("clinician"), write()
    texts = f"{INBOX}/texts"
    assert "Please call us" in client.text(texts)
    said = client.post_form(
        texts, version=0, title=["Parking", ""], text=["Park at {{ clinic.address }}, {{ name }}.", ""],
        follow_redirects=True,
    )  # fmt: skip

    assert "Saved." in said.text
    assert "Please call us" not in said.text
    filled = do(client, house, reference, "reply", do="put", text="0").text
    assert f", {NAME}.</textarea>" in filled
    assert "{{ clinic" not in filled


def test_a_text_that_cannot_be_filled_in_or_was_changed_meanwhile_stays_in_the_form(sign_in: SignIn) -> None:
    client, texts = sign_in("admin"), f"{INBOX}/texts"
    unknown = client.post_form(texts, version=0, title="Parking", text="Park at {{ clinic.garage }}")
    nameless = client.post_form(texts, version=0, title="", text="Park here")
    client.post_form(texts, version=0, title="Theirs", text="Theirs")
    late = client.post_form(texts, version=0, title="Mine", text="Mine, typed at length")

    assert (unknown.status_code, nameless.status_code, late.status_code) == (422, 422, 409)
    assert "clinic.garage" in unknown.text
    assert "Park here" in nameless.text
    assert "Mine, typed at length" in late.text
    assert sign_in("editor").get(texts).status_code == 403


def test_a_note_that_was_begun_is_never_lost(house: House, sign_in: SignIn, write: Callable[..., str]) -> None:
    client, given, done = sign_in("clinician"), write(), write()
    client.get(f"{INBOX}/{given}")
    client.get(f"{INBOX}/{done}")

    page = do(client, house, given, "assign", assignee="", note="Ask about Friday.").text
    do(client, house, done, "reply", do="other", note="She prefers mornings.")

    assert ">Ask about Friday.</textarea>" in page
    assert history(house, given) == ["received", "seen", "assigned"]
    assert "She prefers mornings." in client.text(f"{INBOX}/{done}")
    assert history(house, done) == ["received", "seen", "note", "answered"]


@pytest.mark.parametrize("way", ["close", "reply"])
def test_undoing_brings_a_reply_back_into_its_box(
    house: House, sign_in: SignIn, write: Callable[..., str], way: str
) -> None:
    client, reference = sign_in("clinician"), write()
    client.get(f"{INBOX}/{reference}")
    said = do(client, house, reference, way, do="other", reply="Dear Zoë, it is half written.").text
    kept = client.text(f"{INBOX}/{reference}")
    undo = said.split('action="')[1].split('"')[0].replace("&amp;", "&")
    back = client.post_form(undo)

    assert "Dear Zoë, it is half written." in kept
    assert ("began a reply that was not sent" in kept) == (way == "close")
    assert ">Dear Zoë, it is half written.</textarea>" in back.text
    assert f"{reference} waits again." in back.text
    assert stored(house, reference).state == "seen"


def test_a_grave_message_is_to_be_answered_now(house: House, sign_in: SignIn, write: Callable[..., str]) -> None:
    reference, client = write(level="emergency"), sign_in("clinician")

    assert "answer now" in client.text(INBOX)
    assert "to be answered now" in client.text(f"{INBOX}/{reference}")
    do(client, house, reference, "reply", do="other")
    assert "must be shown where help is" in client.text(f"{INBOX}/{reference}")
    assert "must be shown where help is" in client.text(f"{INBOX}/{reference}/question")
