"""The API's shapes of messages to the clinic, and their part of the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.patients.messages import CONSENT, LONGEST_CONTACT, LONGEST_MESSAGE, LONGEST_NAME
from bot.web.schemas import TOKEN, PartOut, SafetyOut

REQUEST_KEY = r"^[!-~]{8,255}$"


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class HandoffIn(_Shape):
    """A message to the clinic. `urgent_seen`: the sender has seen what safety says to it, and sends it all the same."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    contact: Annotated[
        str, Field(min_length=1, max_length=LONGEST_CONTACT, description="An email address or a phone number")
    ]
    message: Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE)]
    consent: Annotated[bool, Field(json_schema_extra={"const": True}, description=CONSENT)]
    conversation: Annotated[str, Field(pattern=TOKEN)] | None = None
    turn: Annotated[str, Field(pattern=TOKEN)] | None = None
    locale: Literal["en-GB", "en-US", "es"] | None = None
    channel: Literal["web", "widget", "kiosk", "api"] | None = None
    urgent_seen: bool | None = None


class HandoffOut(_Shape):
    """That a message is stored. `answer_by` is set where the clinic promises a day; `safety` and `parts` when something
    in it should not wait for an answer.
    """

    reference: str
    received_at: str
    expect: str
    answer_by: str | None
    safety: SafetyOut | None
    parts: list[PartOut]


MODELS = (HandoffIn, HandoffOut)


def paths() -> dict[str, Any]:
    """The part of the OpenAPI document."""
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Drawn at random for each message, and the same when it is sent again: it is stored once.",
        "schema": {"type": "string", "pattern": REQUEST_KEY},
    }
    problems = {
        str(status): _answer("SafetyProblem", said, "application/problem+json")
        for status, said in (
            (400, "The body cannot be read"),
            (409, "The Idempotency-Key came with another message before"),
            (413, "The body is too large"),
            (415, "The body is no JSON"),
            (422, "A field cannot be used, or something has to be shown first"),
            (429, "Too many messages; Retry-After says when to go on"),
            (503, "Nothing was stored; try again"),
        )
    }
    return {
        "/api/v1/handoffs": {
            "post": {
                "operationId": "handoff",
                "summary": "Send a message to the clinic",
                "parameters": [key],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HandoffIn"}}},
                },
                "responses": {"201": _answer("HandoffOut", "Stored for good", "application/json"), **problems},
            }
        }
    }


def _answer(name: str, said: str, kind: str) -> dict[str, Any]:
    return {"description": said, "content": {kind: {"schema": {"$ref": f"#/components/schemas/{name}"}}}}
