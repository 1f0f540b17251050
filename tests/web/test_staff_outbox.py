"""The page about delivery: what is stuck is seen, sent again by who may, and stands in the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.config import read_settings
from bot.store.audit import list_events
from bot.store.handoffs import NewHandoff, add_handoff
from bot.store.outbox import claim, delivered, depth, enqueue, failed
from bot.store.sealing import open_sealer
from bot.web.app import create_app
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
REASON = "the server answered 422"


@pytest.fixture
def stuck(house: House) -> list[str]:
    """Two messages that were given up, and one that arrived; the ids of the former."""
    sealer = open_sealer(house.database, house.key, now=NOON)
    new = NewHandoff(
        reference="K7QF-3MRD", request_key=None, request_hash="", received_at=NOON, sealed=sealer.seal({"name": "Zoë"}),
        level="urgent", channel="web", locale="en-GB", conversation=None, turn_id=None, due_at=None,
    )  # fmt: skip
    with house.database.change() as db:
        handoff_id = add_handoff(db, new)
        targets = ["webhook", "mail", "file"]
        ids = enqueue(db, handoff_id=handoff_id, targets=targets, kind="handoff", detail={}, at=NOON)
        claim(db, now=NOON, until=NOON, most=9)
        for message_id in ids[:2]:
            failed(db, message_id, error=REASON, next_at=None, at=NOON)
        delivered(db, ids[2], NOON)
    return list(ids[:2])


def counts(house: House) -> Any:
    with house.database.read() as db:
        return depth(db)


def test_what_is_stuck_is_shown_with_the_reason_and_nothing_of_the_patient(
    sign_in: Callable[[str], Any], stuck: list[str]
) -> None:
    page = sign_in("clinician").text("/staff/delivery")

    assert page.count("The server answered 422.") == 2
    assert "K7QF-3MRD" in page
    assert "Zoë" not in page


def test_one_is_sent_again_once_and_it_is_audited(
    house: House, sign_in: Callable[[str], Any], stuck: list[str]
) -> None:
    client = sign_in("admin")

    first = client.post_form(f"/staff/delivery/{stuck[0]}/resend", follow_redirects=True)
    again = client.post_form(f"/staff/delivery/{stuck[0]}/resend", follow_redirects=True)

    assert "It will be tried again" in first.get_data(as_text=True)
    assert "being sent already" in again.get_data(as_text=True)
    assert counts(house) == {"waiting": 1, "sent": 1, "dead": 1}
    with house.database.read() as db:
        (event,) = list_events(db, action="outbox.")
    assert (event.actor, event.subject) == ("Ada Admin", "K7QF-3MRD")
    assert event.detail["message"] == stuck[0]


def test_one_is_set_aside_once_and_it_is_audited(house: House, sign_in: Callable[[str], Any], stuck: list[str]) -> None:
    client = sign_in("clinician")

    first = client.post_form(f"/staff/delivery/{stuck[0]}/set-aside", follow_redirects=True)
    again = client.post_form(f"/staff/delivery/{stuck[0]}/set-aside", follow_redirects=True)

    assert "It is set aside and will not be sent" in first.get_data(as_text=True)
    assert "set aside already" in again.get_data(as_text=True)
    assert client.text("/staff/delivery").count("The server answered 422.") == 1
    assert counts(house) == {"waiting": 0, "sent": 1, "dead": 1}
    with house.database.read() as db:
        (event,) = list_events(db, action="outbox.")
    assert (event.actor, event.action, event.subject) == ("Cleo Clinician", "outbox.set_aside", "K7QF-3MRD")
    assert "2 messages will be tried again" not in client.post_form(
        "/staff/delivery/resend", follow_redirects=True
    ).get_data(as_text=True)
    assert counts(house) == {"waiting": 1, "sent": 1, "dead": 0}


def test_all_are_sent_again(house: House, sign_in: Callable[[str], Any], stuck: list[str]) -> None:
    client = sign_in("clinician")
    said = client.post_form("/staff/delivery/resend", follow_redirects=True).get_data(as_text=True)

    assert "2 messages will be tried again" in said
    assert "Nothing is stuck" in said
    assert counts(house)["waiting"] == 2
    said = client.post_form("/staff/delivery/resend", follow_redirects=True).get_data(as_text=True)
    assert "Nothing had to be sent again" in said


def test_only_clinicians_and_admins_may(house: House, sign_in: Callable[[str], Any], stuck: list[str]) -> None:
    editor = sign_in("editor")

    assert editor.get("/staff/delivery").status_code == 403
    assert editor.post_form("/staff/delivery/resend").status_code == 403
    assert editor.post_form(f"/staff/delivery/{stuck[0]}/resend").status_code == 403
    assert editor.post_form(f"/staff/delivery/{stuck[0]}/set-aside").status_code == 403
    assert counts(house)["dead"] == 2


def test_a_foreign_form_changes_nothing(house: House, sign_in: Callable[[str], Any], stuck: list[str]) -> None:
    assert sign_in("admin").post(f"/staff/delivery/{stuck[0]}/resend").status_code == 400
    assert sign_in("admin").get(f"/staff/delivery/{stuck[0]}/resend").status_code == 405
    assert sign_in("admin").post(f"/staff/delivery/{stuck[0]}/set-aside").status_code == 400
    assert sign_in("admin").get(f"/staff/delivery/{stuck[0]}/set-aside").status_code == 405
    assert counts(house)["dead"] == 2


def test_without_targets_the_page_says_where_messages_are(sign_in: Callable[[str], Any]) -> None:
    page = sign_in("admin").text("/staff/delivery")

    assert "messages stay in the inbox" in page
    assert "Nothing is stuck" in page


def test_today_tells_of_it_and_who_may_look(sign_in: Callable[[str], Any], stuck: list[str]) -> None:
    assert "2 messages could not be passed on" in sign_in("clinician").text("/staff/")
    assert 'href="/staff/delivery"' in sign_in("clinician").text("/staff/")
    assert 'href="/staff/delivery"' not in sign_in("editor").text("/staff/")


def test_readyz_counts_what_waits_and_is_ready_all_the_same(staff_app: Any, stuck: list[str]) -> None:
    found = staff_app.test_client().get("/readyz")

    assert found.status_code == 200
    assert found.get_json()["delivery"] == {"targets": [], "waiting": 0, "given_up": 2}


def test_readyz_is_red_when_questions_are_no_longer_written(staff_app: Any, house: House) -> None:
    house.turns.close()

    found = staff_app.test_client().get("/readyz")

    assert found.status_code == 503
    assert "no longer written" in found.get_json()["reasons"][0]


def test_metrics_tell_what_waits_and_how_late_it_is(house: House, stuck: list[str]) -> None:
    with house.database.change() as db:
        enqueue(db, handoff_id=None, targets=["fhir"], kind="digest", detail={}, at=NOON)
    settings = {"CLINICBOT_METRICS": "yes"}

    figures = figures_of(house, settings | {"CLINICBOT_FHIR_URL": "https://fhir.example"})

    assert 'clinicbot_outbox{state="given_up",target="mail"} 1.0' in figures
    assert 'clinicbot_outbox{state="waiting",target="fhir"} 1.0' in figures
    assert "clinicbot_outbox_late_seconds 1200.0" in figures
    without = figures_of(house, settings)  # an alarm that no worker could end would be one for ever
    assert 'clinicbot_outbox{state="waiting",target="fhir"} 1.0' in without
    assert "clinicbot_outbox_late_seconds 0.0" in without


def figures_of(house: House, settings: dict[str, str]) -> str:
    """What `/metrics` shows twenty minutes later."""
    app = create_app(read_settings(settings), house=house, now=lambda: NOON + timedelta(minutes=20))
    return app.test_client().get("/metrics").get_data(as_text=True)
