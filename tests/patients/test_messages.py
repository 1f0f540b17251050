"""Messages to the clinic: what people type as name and contact is taken, what nobody can answer is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError, InputErrors
from bot.faq.entry import Region
from bot.patients.messages import contact_of, message_of

GOOD = {"name": "Zoë O’Neill", "contact": "zoe@example.org", "message": "Please call me back.", "consent": True}


def faults_of(**changes: object) -> list[str]:
    with pytest.raises(InputErrors) as caught:
        message_of(**{**GOOD, **changes}, region=Region.UK)  # type: ignore[arg-type]
    return [fault.field for fault in caught.value.faults]


def test_a_good_message_is_tidied() -> None:
    message = message_of(
        name="  Zoë   O’Neill ", contact=" 020 7946 0123 ", message="one\r\ntwo\n", consent=True, region=Region.UK
    )

    assert message.plain() == {
        "name": "Zoë O’Neill", "contact_kind": "phone", "contact": "+442079460123", "message": "one\ntwo",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("07700 900123", Region.UK, "+447700900123"),
        ("(020) 7946-0123", Region.UK, "+442079460123"),
        ("+1 202-555-0123", Region.UK, "+12025550123"),
        ("202.555.0123", Region.US, "+12025550123"),
        ("0044 20 7946 0958 ext. 12", Region.UK, "+442079460958 x12"),
        ("٠٢٠٧٩٤٦٠١٢٣", Region.UK, "+442079460123"),
    ],
)
def test_phone_numbers_are_kept_in_one_form(typed: str, region: Region, stored: str) -> None:
    assert contact_of(typed, region) == ("phone", stored)


@pytest.mark.parametrize("typed", ["a@b.co", "first.last+tag@sub.example.org", "zoë@exämple.de", "o'neill@x-y.example"])
def test_mail_addresses_are_kept_as_typed(typed: str) -> None:
    assert contact_of(typed, Region.UK) == ("mail", typed)


def test_marks_that_come_with_a_copied_contact_do_not_matter() -> None:
    assert contact_of("\u202a07700 900123\u202c", Region.UK) == ("phone", "+447700900123")
    assert contact_of("ann@example.org\u200b", Region.UK) == ("mail", "ann@example.org")


def test_letters_stand_in_the_order_in_which_staff_read_them() -> None:
    found = message_of(
        name="Ann\u202e eel", contact="ann@example.org", message="call\u202d me\u202c", consent=True, region=Region.UK
    )

    assert (found.name, found.text) == ("Ann eel", "call me")


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "me", "call me", "a@b", "a@@b.co", "@b.co", "a@b.co, c@d.co", "a b@c.co", "a..b@c.co", ".a@b.co",
        "a@-b.co", "a@b.co\nBcc: x@y.co", "123", "999", "07700 900123 and 07700 900124", "1" * 30, "0" * 11 + "x",
        "mailto:a@b.co", "<a@b.co>", "ring 07700 900123 after five", "a" * 65 + "@b.co", "a@" + "b" * 260 + ".co",
    ],
)  # fmt: skip
def test_what_nobody_can_answer_is_refused(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        contact_of(typed, Region.UK)

    assert caught.value.field == "contact"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "x" * 81}, ["name"]),
        ({"name": "a\nb"}, ["name"]),
        ({"name": "\u200b\u2060"}, ["name"]),
        ({"name": "a\ud800"}, ["name"]),
        ({"message": " \n "}, ["message"]),
        ({"message": "x" * 2001}, ["message"]),
        ({"message": "a\0b"}, ["message"]),
        ({"consent": False}, ["consent"]),
        ({"name": "", "contact": "", "message": "", "consent": False}, ["name", "contact", "message", "consent"]),
    ],
)
def test_every_fault_is_named_at_once(changes: dict[str, object], fields: list[str]) -> None:
    assert faults_of(**changes) == fields


def test_the_longest_are_taken() -> None:
    message = message_of(name="x" * 80, contact="a@b.co", message="\U0001f642" * 2000, consent=True, region=Region.UK)

    assert len(message.text) == 2000


@given(st.text(), st.text(), st.text())
def test_any_text_is_taken_or_its_fault_is_named(name: str, contact: str, text: str) -> None:
    try:
        message = message_of(name=name, contact=contact, message=text, consent=True, region=Region.US)
    except InputErrors as error:
        assert {fault.field for fault in error.faults} <= {"name", "contact", "message"}
    else:
        assert 1 <= len(message.name) <= 80
        assert 1 <= len(message.text) <= 2000
        assert "\n" not in message.name + message.contact
