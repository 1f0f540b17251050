"""Bundles that the schema of FHIR accepts, whatever a patient writes, and that make nothing twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.communication import Communication
from fhir.resources.R4B.task import Task
from hypothesis import given, settings
from hypothesis import strategies as st
from receiving import A_MESSAGE, NOON, Receiver, a_letter

from bot.config import Secret
from bot.delivery.fhir import Fhir, bundle_of
from bot.delivery.letter import Contents, Letter
from bot.delivery.posting import Post


def resources(letter: Letter) -> tuple[Bundle, Communication, Task]:
    """The Bundle as the schema reads it, from the JSON that is sent."""
    bundle = Bundle.model_validate_json(json.dumps(bundle_of(letter), ensure_ascii=False))
    communication, task = (entry.resource for entry in bundle.entry)
    return bundle, communication, task


def test_the_message_becomes_a_communication_and_a_task_about_it() -> None:
    bundle, communication, task = resources(a_letter())

    assert communication.payload[0].contentString == "My lips bleed."
    assert communication.contained[0].telecom[0].value == "+44 20 7946 0018"
    assert communication.received == NOON
    assert task.focus.reference == bundle.entry[0].fullUrl
    assert task.restriction.period.end == a_letter().due_at
    assert (communication.priority, task.priority) == ("asap", "asap")


@pytest.mark.parametrize(
    ("level", "priority"), [("emergency", "stat"), ("crisis", "stat"), ("decision", "routine"), ("", "routine")]
)
def test_the_level_decides_the_priority(level: str, priority: str) -> None:
    _, communication, task = resources(a_letter(level=level))

    assert (communication.priority, task.priority) == (priority, priority)


def test_a_repeat_is_the_same_bundle_and_makes_nothing_new() -> None:
    assert bundle_of(a_letter()) == bundle_of(a_letter())
    bundle, communication, _ = resources(a_letter())

    assert {entry.request.ifNoneExist for entry in bundle.entry} == {
        f"identifier=urn:ietf:rfc:3986|urn:uuid:{A_MESSAGE}"
    }
    assert communication.identifier[0].value == f"urn:uuid:{A_MESSAGE}"


_texts = st.text(max_size=200)
_times = st.none() | st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
)


@settings(deadline=None)
@given(
    name=_texts,
    contact=_texts,
    message=_texts,
    received=_times,
    due=_times,
    level=st.sampled_from(["", "urgent", "crisis"]),
)
def test_the_schema_accepts_whatever_a_patient_writes(
    name: str, contact: str, message: str, received: datetime | None, due: datetime | None, level: str
) -> None:
    contents = Contents(name=name, contact_kind="mail", contact=contact, message=message)

    _, communication, _ = resources(a_letter(contents=contents, received_at=received, due_at=due, level=level))

    assert communication.payload[0].contentString.strip()


def test_it_is_posted_to_the_servers_base_with_the_token(receiver: Receiver) -> None:
    target = Fhir(url=receiver.url("/fhir"), post=Post(allowed=("127.0.0.1",)), authorisation=Secret("Bearer t0k3n"))
    target.send(a_letter(), NOON)

    path, headers, body = receiver.taken[0]
    assert path == "/fhir"
    assert headers["Content-Type"] == "application/fhir+json"
    assert headers["Authorization"] == "Bearer t0k3n"
    assert json.loads(body)["type"] == "transaction"
