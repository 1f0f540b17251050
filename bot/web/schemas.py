"""The API's shapes: what is accepted, what is sent, and the OpenAPI document made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

TOKEN = r"^[A-Za-z0-9_-]{8,64}$"
KEY = r"^[A-Za-z0-9_-]{16,64}$"
OUTCOMES = Literal["answer", "clarify", "decision", "urgent", "crisis", "emergency", "illicit", "no_match"]


_LOCALE = (
    "en-GB and en-US choose wording and numbers of that region; es keeps the clinic's region. "
    "Answers are given in the language in which they are approved."
)


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class AskIn(_Shape):
    """A patient's question."""

    question: Annotated[str, Field(min_length=1, max_length=500)]
    conversation: Annotated[str, Field(pattern=TOKEN)] | None = None
    locale: Literal["en-GB", "en-US", "es"] | None = Field(None, description=_LOCALE)
    channel: Literal["web", "widget", "kiosk", "api"] | None = None


class FeedbackIn(_Shape):
    """What a patient thought of an answer."""

    turn: Annotated[str, Field(pattern=TOKEN)]
    helpful: bool
    reason: Literal["not-my-question", "hard-to-read", "too-little", "other"] | None = None


class EntryRef(_Shape):
    """An approved question."""

    id: str
    question: str
    topic: str


class NextStepOut(_Shape):
    """What to do next."""

    kind: Literal["self-care", "next-visit", "contact-clinic", "same-day", "emergency"]
    text: str
    phone: str | None


class SourceOut(_Shape):
    """What an answer rests on."""

    title: str
    section: str | None


class SafetyOut(_Shape):
    """The safety rule that spoke."""

    rule: str
    level: Literal["emergency", "crisis", "urgent", "illicit", "decision"]
    matched: str


class PartOut(_Shape):
    """The reply to one part of the question."""

    outcome: OUTCOMES
    entry: EntryRef | None
    confidence: float | None
    answer_html: str | None
    answer_text: str | None
    next_step: NextStepOut | None
    sources: list[SourceOut]
    safety: SafetyOut | None


class Suggestion(_Shape):
    """An approved question that may be meant."""

    id: str
    question: str


class AskOut(_Shape):
    """The reply; the outer fields are those of the most severe part."""

    outcome: OUTCOMES
    parts: list[PartOut]
    entry: EntryRef | None
    confidence: float | None
    answer_html: str | None
    answer_text: str | None
    suggestions: list[Suggestion]
    safety: SafetyOut | None
    release: int
    conversation: str
    turn: str


class ListedEntry(EntryRef):
    """An entry, its question in the language that was wished for where it is approved in that."""

    language: Literal["en", "es"]


class TopicOut(_Shape):
    """A topic with its approved questions."""

    id: str
    title: str
    description: str
    entries: list[ListedEntry]


class TopicsOut(_Shape):
    """All topics."""

    topics: list[TopicOut]
    release: int


class EntryOut(_Shape):
    """One approved answer."""

    id: str
    question: str
    topic: str
    answer_html: str
    answer_text: str
    next_step: NextStepOut
    sources: list[SourceOut]
    related: list[Suggestion]
    release: int


class Suggested(Suggestion):
    """An approved question, in the language that was wished for where it is approved in that."""

    language: Literal["en", "es"]


class SuggestOut(_Shape):
    """Approved questions that fit what has been typed."""

    suggestions: list[Suggested]


class FieldError(_Shape):
    """What is wrong with one field."""

    field: str
    got: str
    allowed: str


class Problem(_Shape):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []


class SafetyProblem(Problem):
    """A problem; with `safety` and `parts` where they have to be shown to the sender at once."""

    safety: SafetyOut | None = None
    parts: list[PartOut] = []


def openapi_document(more: Sequence[type[BaseModel]], paths: Mapping[str, Any]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the API, with the shapes and paths that are described elsewhere."""
    own = (AskIn, AskOut, FeedbackIn, TopicsOut, EntryOut, SuggestOut, Problem, SafetyProblem)
    models: tuple[type[BaseModel], ...] = (*own, *more)
    _, schemas = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    locale: dict[str, Any] = {"name": "locale", "in": "query", "required": False, "description": _LOCALE}
    locale["schema"] = {"enum": ["en-GB", "en-US", "es"]}
    key: dict[str, Any] = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": KEY},
    }
    key["description"] = (
        "Made anew for each message and sent again with a repeat: within ten minutes the reply is the same."
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "clinicbot", "version": "1", "description": "Approved answers only."},
        "paths": {
            "/api/v1/ask": {
                "post": {
                    "operationId": "ask",
                    "summary": "Ask a question",
                    "parameters": [key],
                    "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("AskIn")}}},
                    "responses": {
                        "200": _json("AskOut"),
                        **_problems(400, 409, 413, 415, 429, 503),
                        **_problems(422, shape="SafetyProblem"),
                    },
                }
            },
            "/api/v1/topics": {
                "get": {
                    "operationId": "topics",
                    "summary": "All topics with their questions",
                    "parameters": [locale],
                    "responses": {"200": _json("TopicsOut"), **_problems(422, 503)},
                }
            },
            "/api/v1/entries/{entry_id}": {
                "get": {
                    "operationId": "entry",
                    "summary": "One approved answer",
                    "parameters": [
                        {
                            "name": "entry_id",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string", "minLength": 1},
                        },
                        locale,
                    ],
                    "responses": {"200": _json("EntryOut"), **_problems(404, 422, 503)},
                }
            },
            "/api/v1/suggest": {
                "get": {
                    "operationId": "suggest",
                    "summary": "Approved questions as you type",
                    "parameters": [
                        {
                            "name": "q",
                            "in": "query",
                            "required": True,
                            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                        },
                        locale,
                    ],
                    "responses": {"200": _json("SuggestOut"), **_problems(422, 429, 503)},
                }
            },
            "/api/v1/feedback": {
                "post": {
                    "operationId": "feedback",
                    "summary": "Say whether an answer helped",
                    "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("FeedbackIn")}}},
                    "responses": {
                        "204": {"description": "Stored"},
                        **_problems(400, 404, 413, 415, 422, 429, 503),
                    },
                }
            },
            "/api/v1/conversations/{conversation}": {
                "delete": {
                    "operationId": "forget",
                    "summary": "End a conversation",
                    "parameters": [
                        {
                            "name": "conversation",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string", "pattern": TOKEN},
                        }
                    ],
                    "responses": {"204": {"description": "Nothing is remembered any more"}, **_problems(404, 422, 429)},
                }
            },
            **paths,
        },
        "components": {"schemas": schemas["$defs"]},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(name: str) -> dict[str, Any]:
    return {"description": "Done", "content": {"application/json": {"schema": _ref(name)}}}


def _problems(*statuses: int, shape: str = "Problem") -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _ref(shape)}}
    return {str(status): {"description": "A problem", "content": content} for status in statuses}
