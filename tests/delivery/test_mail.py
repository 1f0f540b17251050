"""Mail through a real server on this machine: what it says, what it never says, and servers that misbehave."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receiving import A_MESSAGE, NOON, Mailroom, a_letter, certificate_for

from bot.config import Secret
from bot.config_delivery import SmtpServer
from bot.delivery.letter import Contents, DeliveryError
from bot.delivery.mail import Mail, Sign, mail_of

SIGN = Sign(clinic="Harbour Clinic", zone="Europe/London", staff_url="https://chat.example/staff")


def mail_to(port: int, *, tls: str = "none", user: str = "", password: str = "", **changes: object) -> Mail:
    server = SmtpServer(host="127.0.0.1", port=port, tls=tls, user=user, password=Secret(password))
    made = Mail(
        server=server,
        sender="chat@clinic.example",
        clinic=("nurses@clinic.example", "desk@clinic.example"),
        sign=lambda: SIGN,
        step_s=10,
        whole_s=10,
    )
    return replace(made, **changes)


def refused(mail: Mail) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        mail.send(a_letter(), NOON)
    return caught.value


def test_the_clinic_is_told_that_a_message_waits_and_where(mailroom: Mailroom) -> None:
    mail_to(mailroom.port).send(a_letter(), NOON)

    ((to, mail),) = mailroom.mails
    assert to == ["nurses@clinic.example", "desk@clinic.example"]
    assert mail["Subject"] == "New message K7QF-3MRD (urgent)"
    assert mail["From"] == "Harbour Clinic <chat@clinic.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        assert "K7QF-3MRD" in text
        assert "Tue 24 Nov 2026, 12:00" in text
        assert "https://chat.example/staff/inbox/K7QF-3MRD" in text


def test_a_mail_holds_nothing_of_the_patients(mailroom: Mailroom) -> None:
    mail_to(mailroom.port).send(a_letter(), NOON)

    text = mailroom.mails[0][1].as_string()
    for word in ("Zoë", "Patient,", "7946 0018", "lips"):
        assert word not in text


def test_a_repeat_is_known_by_its_id(mailroom: Mailroom) -> None:
    target = mail_to(mailroom.port)
    target.send(a_letter(), NOON)
    target.send(a_letter(), NOON)

    assert {mail["Message-ID"] for _, mail in mailroom.mails} == {f"<{A_MESSAGE}@clinic.example>"}
    assert len({mail["Date"] for _, mail in mailroom.mails}) == 1


def test_the_digest_has_counts_only(mailroom: Mailroom) -> None:
    counts = {"day": "2026-11-24", "waiting": 3, "overdue": 1, "dead": 2}
    mail_to(mailroom.port).send(a_letter(kind="digest", detail=counts, contents=None), NOON)

    mail = mailroom.mails[0][1]
    assert mail["Subject"] == "3 waiting, 1 overdue"
    assert "Could not be passed on: 2" in mail.get_body(("plain",)).get_content()


def test_a_reply_goes_to_the_patient_alone(mailroom: Mailroom) -> None:
    contents = Contents(name="Zoë", contact_kind="mail", contact="zoe@home.example", message="Come in <today>.\n\nAda")
    mail_to(mailroom.port).send(a_letter(kind="reply", contents=contents), NOON)

    ((to, mail),) = mailroom.mails
    assert to == ["zoe@home.example"]
    assert mail["Subject"] == "Your message to Harbour Clinic (K7QF-3MRD)"
    assert "Come in <today>.\n\nAda" in mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Come in &lt;today&gt;." in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("written", "sent"), [("zoe@bücher.example", "zoe@xn--bcher-kva.example"), ("zoë@home.example", None)]
)
def test_a_reply_finds_its_way_to_foreign_letters_or_says_so(
    mailroom: Mailroom, written: str, sent: str | None
) -> None:
    letter = a_letter(kind="reply", contents=Contents(name="Z", contact_kind="mail", contact=written, message="Yes."))
    try:
        mail_to(mailroom.port).send(letter, NOON)
    except DeliveryError as error:
        assert error.permanent
        assert written not in error.reason

    assert [to for to, _ in mailroom.mails] == ([[sent]] if sent else [])


def test_a_reply_without_a_mail_address_is_a_dead_letter(mailroom: Mailroom) -> None:
    with pytest.raises(DeliveryError) as caught:
        mail_to(mailroom.port).send(a_letter(kind="reply"), NOON)

    assert caught.value.permanent


@settings(deadline=None)
@given(st.text(min_size=1, max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_nothing_breaks_out_of_a_header(clinic: str, reference: str, level: str) -> None:
    letter = a_letter(reference=reference, level=level)
    try:
        made = mail_of(letter, sender="chat@clinic.example", to=("n@clinic.example",), sign=Sign(clinic=clinic))
        sent = made.as_bytes(policy=policy.SMTP)
    except ValueError:
        return  # refused, and so sent by nobody

    names = {name.lower() for name in message_from_bytes(sent, policy=policy.default).keys()}  # noqa: SIM118
    assert names == {
        "subject", "from", "to", "date", "message-id", "auto-submitted", "x-auto-response-suppress",
        "mime-version", "content-type",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["A\r\nBcc: everybody@else.example", "A\nB", "A\rB", "A\x00B"])
def test_a_clinics_name_cannot_add_a_header(mailroom: Mailroom, name: str) -> None:
    try:
        mail_to(mailroom.port, sign=lambda: Sign(clinic=name)).send(a_letter(), NOON)
    except DeliveryError as error:
        assert error.permanent
    assert not any("everybody@else.example" in to for to, _ in mailroom.mails)
    assert not any(mail["Bcc"] for _, mail in mailroom.mails)


@pytest.mark.parametrize(
    ("answer", "permanent"), [("451 later", False), ("452 full", False), ("550 spam", True), ("554 no", True)]
)
def test_what_the_server_says_decides_whether_it_is_tried_again(
    mailroom: Mailroom, answer: str, permanent: bool
) -> None:
    mailroom.answer = answer

    error = refused(mail_to(mailroom.port))

    assert error.permanent is permanent
    assert answer[:3] in error.reason
    assert answer[4:] not in error.reason


def test_one_mailbox_that_takes_it_is_enough(mailroom: Mailroom) -> None:
    mailroom.to_mailbox = {"desk@clinic.example": "550 no such mailbox"}
    mail_to(mailroom.port).send(a_letter(), NOON)

    assert [to for to, _ in mailroom.mails] == [["nurses@clinic.example"]]


def test_no_mailbox_that_takes_it_is_a_dead_letter(mailroom: Mailroom) -> None:
    mailroom.to_mailbox = dict.fromkeys(("desk@clinic.example", "nurses@clinic.example"), "550 no such mailbox")

    error = refused(mail_to(mailroom.port))

    assert error.permanent
    assert "clinic.example" not in error.reason


def test_a_mailbox_that_is_busy_is_tried_again(mailroom: Mailroom) -> None:
    mailroom.to_mailbox = {"desk@clinic.example": "550 no", "nurses@clinic.example": "450 greylisted"}

    assert not refused(mail_to(mailroom.port)).permanent


def test_nobody_listening_and_somebody_silent_are_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert refused(mail_to(port, step_s=0.3)).reason == "the mail server gives no answer in time"
        assert refused(mail_to(port, whole_s=0.3)).reason == "the mail server gives no answer in time"
    assert refused(mail_to(port)).reason == "the mail server refuses the connection"


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Callable[..., tuple[Mailroom, ssl.SSLContext]]]:
    opened = []
    server, client = certificate_for(tmp_path, "127.0.0.1")

    def make(*, at_once: bool = False) -> tuple[Mailroom, ssl.SSLContext]:
        opened.append(Mailroom(server, password="s3cret", at_once=at_once))
        return opened[-1], client

    yield make
    for each in opened:
        each.stop()


@pytest.mark.parametrize(("tls", "at_once"), [("upgrade", False), ("at once", True)])
def test_mail_goes_over_tls_with_a_password(
    secure: Callable[..., tuple[Mailroom, ssl.SSLContext]], tls: str, at_once: bool
) -> None:
    room, client = secure(at_once=at_once)
    target = replace(mail_to(room.port, tls=tls, user="chat", password="s3cret"), tls=lambda: client)

    target.check()
    target.send(a_letter(), NOON)
    wrong = replace(target, server=replace(target.server, password=Secret("wrong")))

    assert len(room.mails) == 1
    assert "user and password" in refused(wrong).reason
    assert "certificate" in refused(replace(target, tls=ssl.create_default_context)).reason
    assert len(room.mails) == 1


def test_a_server_without_tls_is_not_given_a_password(mailroom: Mailroom) -> None:
    target = mail_to(mailroom.port, tls="upgrade", user="chat", password="s3cret")

    assert "TLS" in refused(target).reason
    assert mailroom.sign_ins == []
    assert mailroom.mails == []
