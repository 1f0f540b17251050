"""Messages as FHIR R4: a Communication that holds the message, and a Task to answer it, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from bot.config_reading import NONE, Secret
from bot.delivery.letter import Contents, Letter, printable, required_contents, utc_text
from bot.delivery.posting import Post

Plain = Mapping[str, object]

# By FHIR's own rule an identifier that is a URI by itself has this system; so no address of the clinic is needed.
URI_SYSTEM = "urn:ietf:rfc:3986"
_CATEGORIES = "http://terminology.hl7.org/CodeSystem/communication-category"
_JSON = "application/fhir+json"
_PRIORITIES = {"emergency": "stat", "crisis": "stat", "urgent": "asap"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fhir:
    """A FHIR server, by the address of its base. `authorisation` is the whole header, or ""."""

    url: str
    post: Post
    authorisation: Secret = NONE
    name: str = "fhir"

    def wants_contents(self, kind: str) -> bool:
        """Always: the Communication is the message."""
        return True

    def send(self, letter: Letter, at: datetime) -> None:
        """Post the transaction; a server that took it before makes nothing twice."""
        body = json.dumps(bundle_of(letter), ensure_ascii=False).encode()
        headers = {
            "Content-Type": _JSON,
            "Accept": _JSON,
            "Prefer": "return=minimal",
        }
        if self.authorisation:
            headers["Authorization"] = str(self.authorisation)
        self.post(self.url, body, headers)


def bundle_of(letter: Letter) -> Plain:
    """The letter as a transaction Bundle, JSON-ready.

    Both resources carry the letter's id, and are made only where there is none with that id yet. The same letter gives
    the same Bundle.
    """
    communication, task = (uuid5(NAMESPACE_URL, f"{letter.message_id} {kind}").urn for kind in ("message", "task"))
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            _entry(letter, communication, _communication(letter, required_contents(letter))),
            _entry(letter, task, _task(letter, communication)),
        ],
    }


def _entry(letter: Letter, full_url: str, resource: Plain) -> Plain:
    known = f"identifier={URI_SYSTEM}|urn:uuid:{letter.message_id}"
    request = {"method": "POST", "url": resource["resourceType"], "ifNoneExist": known}
    return {"fullUrl": full_url, "resource": resource, "request": request}


def _communication(letter: Letter, contents: Contents) -> Plain:
    system = {"mail": "email", "phone": "phone"}.get(contents.contact_kind, "other")
    # Who wrote is known by name and contact only, and may be a parent: so nobody is named as the subject.
    sender = {
        "resourceType": "Patient",
        "id": "sender",
        "name": [{"text": _text(contents.name)}],
        "telecom": [{"system": system, "value": _text(contents.contact)}],
    }
    received = utc_text(letter.received_at)
    made: dict[str, object] = {
        "resourceType": "Communication",
        "contained": [sender],
        "identifier": _identifiers(letter),
        "status": "completed",
        "category": [{"coding": [{"system": _CATEGORIES, "code": "notification"}], "text": "Message from a patient"}],
        "priority": _PRIORITIES.get(letter.level, "routine"),
        "medium": [{"text": "FAQ chat"}],
        "sender": {"reference": "#sender", "display": _text(contents.name)},
        "payload": [{"contentString": _text(contents.message)}],
    }
    if received:
        made |= {"sent": received, "received": received}
    return made


def _task(letter: Letter, communication: str) -> Plain:
    made: dict[str, object] = {
        "resourceType": "Task",
        "identifier": _identifiers(letter),
        "status": "requested",
        "intent": "order",
        "priority": _PRIORITIES.get(letter.level, "routine"),
        "code": {"text": "Answer a patient's message"},
        "description": f"Answer the message {letter.reference} from the FAQ chat.",
        "focus": {"reference": communication},
    }
    if letter.received_at is not None:
        made["authoredOn"] = utc_text(letter.received_at)
    if letter.due_at is not None:
        made["restriction"] = {"period": {"end": utc_text(letter.due_at)}}
    return made


def _identifiers(letter: Letter) -> list[Plain]:
    return [
        {"system": URI_SYSTEM, "value": f"urn:uuid:{letter.message_id}"},
        {"type": {"text": "Reference that the patient was given"}, "value": letter.reference},
    ]


def _text(text: str) -> str:
    """FHIR knows no empty text, and none of white space alone."""
    return printable(text).strip() or "(empty)"
