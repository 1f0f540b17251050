"""Canaries: strings that stand nowhere else, typed wherever people type, then looked for in everything written."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from receiving import Mailroom
from web.conftest import TUESDAY_NOON, StaffClient

from bot.config import read_settings
from bot.delivery.targets import open_worker
from bot.store import audit
from bot.store.handoffs import events_of, find_handoff
from bot.store.inbox import Wanted, list_page
from bot.store.sealing import Sealer, open_sealer
from bot.store.tables_handoffs import outbox
from bot.web import contact, staff_inbox_changes
from bot.web.app import LOG, create_app
from bot.web.logs import log_to_stderr
from bot.web.opening import House
from bot.web.staff_cookies import is_staff_address

CANARIES: Mapping[str, str] = {
    "question": "zqquestion",
    "name": "Zqname Zqsurname",
    "contact": "zqcontact@home.example",
    "message": "zqmessage",
    "note": "zqnote",
    "reply": "zqreply",
    "stray": "zqstray",
}
# A question may be kept, without who asked it; nothing else that is typed may be read anywhere.
KEPT = {"question"}
INBOX = "/staff/inbox"
NOT_WALKED = f"{INBOX}/texts"  # what staff write there is for everybody to read
NOBODYS = "1000001"  # a number that nothing has
ENDS_IT = ("/staff/sign-out", "/staff/<any", "/staff/users", "/staff/account")  # who is signed in, or may be


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the server would write to standard error, at its most talkative."""
    written, root = io.StringIO(), logging.getLogger()
    before = (structlog.get_config(), root.handlers, root.level)
    monkeypatch.setattr(sys, "stderr", written)
    log_to_stderr("debug")
    yield written
    structlog.configure(**before[0])
    root.handlers, root.level = before[1], before[2]


@pytest.fixture
def mailroom() -> Iterator[Mailroom]:
    opened = Mailroom()
    yield opened
    opened.stop()


@pytest.fixture
def served(staff_app: Flask, house: House, clock: Any, mailroom: Mailroom) -> Flask:
    """The application with all that writes turned on."""
    made = create_app(read_settings(_settings(mailroom)), now=clock, house=house)
    made.test_client_class = StaffClient
    return made


@pytest.fixture
def clinician(served: Flask, sign_in: Callable[[str], Any]) -> Any:
    client = served.test_client()
    with (
        sign_in("clinician").session_transaction("/staff/") as theirs,
        client.session_transaction("/staff/") as session,
    ):
        session["token"] = theirs["token"]
    return client


def _settings(mailroom: Mailroom) -> dict[str, str]:
    return {
        "CLINICBOT_METRICS": "yes",
        "CLINICBOT_SMTP_URL": f"smtp+plain://127.0.0.1:{mailroom.port}",
        "CLINICBOT_MAIL_FROM": "faq@clinic.test",
        "CLINICBOT_CLINIC_MAIL": "desk@clinic.test",
    }


def leaks(written: str | bytes, allowed: frozenset[str] | set[str] = frozenset()) -> list[str]:
    """The canaries that can be read in it, whole or in part, in any case."""
    text = (written if isinstance(written, str) else written.decode("utf-8", "replace")).casefold()
    parts = {kind: canary.casefold().replace("@", " ").split() for kind, canary in CANARIES.items()}
    return [
        kind for kind, words in parts.items() if kind not in allowed and any(w in text for w in words if w[:2] == "zq")
    ]


def test_a_canary_that_got_out_is_noticed(logged: io.StringIO, database: Any, tmp_path: Path) -> None:
    LOG.info("a slip", said=f"my name is {CANARIES['name']}")
    with database.change() as db:
        audit.record(db, at=TUESDAY_NOON, actor="Ada", action="a.slip", subject="zqcontact")

    assert leaks(logged.getvalue()) == ["name"]
    assert leaks(_bytes_of(tmp_path)) == ["contact"]
    assert leaks("ZQMESSAGE zqquestion", KEPT) == ["message"]
    assert leaks("nothing of the kind") == []


def test_nothing_that_is_typed_can_be_read_where_it_must_not(
    served: Flask, house: House, clinician: Any, mailroom: Mailroom, logged: io.StringIO, clock: Any, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sealer = open_sealer(house.database, house.key, now=clock())
    patient = served.test_client()
    reference = _write_to_the_clinic(patient, house)
    _walk(served, patient, lambda rule: not is_staff_address(rule) and not rule.startswith("/static"))
    _work_in_the_inbox(clinician, house, reference, sealer)
    _walk(served, clinician, lambda rule: rule.startswith(INBOX) and rule != NOT_WALKED, reference)
    _crash(patient, clinician, reference, monkeypatch)
    worker = open_worker(house.database, read_settings(_settings(mailroom)), sealer, clock)
    assert worker is not None
    clock.forward(hours=24)
    worker.deliver_all()
    house.turns.flush()

    assert '"event": "request"' in logged.getvalue()
    assert '"event": "crashed"' in logged.getvalue()
    assert leaks(logged.getvalue()) == []
    figures = patient.get("/metrics").text
    assert "clinicbot_requests" in figures
    assert leaks(figures) == []
    with house.database.read() as db:
        promised = db.execute(sa.select(outbox)).all()
        events = audit.list_events(db, limit=10_000)
    assert {"handoff.replied", "handoff.noted", "handoff.read"} <= {each.action for each in events}
    assert leaks(str(events)) == []
    assert {row.kind for row in promised} == {"handoff", "reply", "digest"}
    assert leaks(str(promised)) == []
    notices = [mail.as_string() for to, mail in mailroom.mails if to == ["desk@clinic.test"]]
    replies = [(to, mail) for to, mail in mailroom.mails if to != ["desk@clinic.test"]]
    assert len(notices) >= 2
    assert leaks("\n".join(notices)) == []
    ((to, mail),) = replies
    assert to == [CANARIES["contact"]]
    assert leaks(mail.as_string()) == ["contact", "reply"]
    assert leaks(_bytes_of(tmp_path), KEPT) == []


def test_what_staff_type_is_in_no_log_and_no_figure(
    served: Flask, house: House, sign_in: Callable[[str], Any], logged: io.StringIO
) -> None:
    _write_to_the_clinic(served.test_client(), house)
    client = served.test_client()
    with sign_in("admin").session_transaction("/staff/") as theirs, client.session_transaction("/staff/") as session:
        session["token"] = theirs["token"]
    words = {"question": CANARIES["question"], "entry": CANARIES["question"], "note": CANARIES["note"]}
    client.get("/staff/console", query_string=words)
    client.post_form("/staff/console", **words)

    _walk(served, client, lambda rule: is_staff_address(rule) and not rule.startswith(ENDS_IT))

    assert client.get("/staff/").status_code == 200  # signed in all the way
    assert leaks(logged.getvalue()) == []
    assert leaks(served.test_client().get("/metrics").text) == []


def _write_to_the_clinic(patient: Any, house: House) -> str:
    """Through the chat and the API; the reference."""
    question = f"my lips are dry {CANARIES['question']}, my name is {CANARIES['name']}, {CANARIES['contact']}"
    told = patient.post("/api/v1/ask", json={"question": question}).get_json()
    patient.post("/api/v1/feedback", json={"turn": told["turn"], "helpful": False, "reason": CANARIES["stray"]})
    sent = {name: CANARIES[name] for name in ("name", "contact", "message")} | {"consent": True}
    response = patient.post("/api/v1/handoffs", json=sent)
    assert response.status_code == 201
    return str(response.get_json()["reference"])


def _work_in_the_inbox(client: Any, house: House, reference: str, sealer: Sealer) -> None:
    page = client.text(f"{INBOX}/{reference}")
    assert all(CANARIES[kind] in page for kind in ("name", "contact", "message"))
    client.post_form(f"{INBOX}/{reference}/note", note=CANARIES["note"])
    version = page.split('name="version" value="')[1].split('"')[0]
    client.post_form(f"{INBOX}/{reference}/reply", do="mail", reply=CANARIES["reply"], version=version)
    assert CANARIES["name"].split()[0] not in client.text(f"{INBOX}/{reference}/question").split("<textarea")[1]
    assert CANARIES["message"] in client.post_form(f"{INBOX}/{reference}/export").text
    with house.database.read() as db:
        found = find_handoff(db, reference)
        assert found is not None
        said = [dict(sealer.unseal(each.sealed)) for each in events_of(db, found.handoff_id) if each.sealed]
        assert len(list_page(db, Wanted())) == 1
    assert [each["text"] for each in said] == [CANARIES["note"], CANARIES["reply"]]


def _walk(app: Flask, client: Any, wanted: Callable[[str], bool], reference: str = "K7QF-3MRD") -> None:
    """Every route of a kind with a canary wherever something can be put: path, query, form, JSON and headers."""
    fields = {name: " ".join(CANARIES.values()) for name in ("q", "text", "typed", "do", "show", "back", "assignee")}
    fields |= {"topic_line": CANARIES["stray"], "stamp": CANARIES["stray"], "wording": CANARIES["stray"]}
    fields |= {kind: words for kind, words in CANARIES.items() if kind not in ("question", "stray")}
    headers = dict.fromkeys(("User-Agent", "Referer", "Idempotency-Key", "X-Request-ID"), CANARIES["stray"])
    for rule in app.url_map.iter_rules():
        if not wanted(rule.rule):
            continue
        values = {name: reference if name == "reference" else CANARIES["stray"] for name in rule.arguments}
        values |= {name: NOBODYS for name in rule.arguments if f"<int:{name}>" in rule.rule}
        built = rule.build(values)
        if built is None or rule.rule.endswith("/erase"):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST", "DELETE"}):
            path = built[1] or "/"
            if method == "GET":
                assert client.get(path, query_string=fields, headers=headers).status_code < 500, path
            elif is_staff_address(path):
                client.post_form(path, headers=headers, **fields)
            else:
                client.open(path, method=method, data=fields, headers=headers)
                client.open(path, method=method, json=fields, headers=headers)
                client.open(path, method=method, data=json.dumps(fields)[:-1], headers=headers, content_type="application/json")  # fmt: skip


def _crash(patient: Any, client: Any, reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks breaks with the words in hand."""

    def broken(*given: Any, **more: Any) -> None:
        raise RuntimeError(" ".join(CANARIES.values()))

    monkeypatch.setattr(contact, "submit", broken)
    sent = {name: CANARIES[name] for name in ("name", "contact", "message")} | {"consent": True}
    assert patient.post("/api/v1/handoffs", json=sent).status_code in (500, 503)
    monkeypatch.setattr(staff_inbox_changes.answering, "add_note", broken)
    assert client.post_form(f"{INBOX}/{reference}/note", note=CANARIES["note"]).status_code == 500


def _bytes_of(folder: Path) -> bytes:
    """Every file of the database, its journal as well."""
    found = sorted(folder.glob("clinic.db*"))
    assert found
    return b"\n".join(file.read_bytes() for file in found)
