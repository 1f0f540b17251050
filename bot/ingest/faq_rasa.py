"""Rasa's training data: intents with their examples, joined with the responses of the same name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from bot.errors import InputError
from bot.ingest.foreign import Found

_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_EXAMPLE = re.compile(r"^\s*[-*]\s+(.*\S)\s*$", re.MULTILINE)


def read_rasa(texts: Mapping[str, str]) -> list[Found]:
    """A question for each intent that has a response: `faq/hours` with `utter_faq/hours`, `hours` with `utter_hours`.

    The first example is the question, the others are phrasings; marks of entities are taken off.
    """
    examples: dict[str, list[str]] = {}
    places: dict[str, str] = {}
    responses: dict[str, str] = {}
    for name, text in texts.items():
        data = _parsed(name, text)
        for each in _list(data.get("nlu")):
            intent = each.get("intent")
            if isinstance(intent, str):
                examples.setdefault(intent, []).extend(_examples(each.get("examples")))
                places.setdefault(intent, f"{name}, intent {intent}")
        given = data.get("responses")
        for key, variants in (given if isinstance(given, dict) else {}).items():
            answer = next((each["text"] for each in _list(variants) if isinstance(each.get("text"), str)), "")
            if isinstance(key, str) and answer:
                responses.setdefault(key.removeprefix("utter_"), answer)
    if not examples:
        raise InputError(field=", ".join(texts), got="no intents", allowed="Rasa training data with nlu and responses")
    found = []
    for intent, wordings in examples.items():
        topic, _, _ = intent.partition("/")
        found.append(
            Found(
                place=places[intent],
                question=wordings[0] if wordings else "",
                answer=responses.get(intent, ""),
                phrasings=tuple(wordings[1:]),
                topic=topic if "/" in intent else "",
            )
        )
    return found


def _examples(given: object) -> list[str]:
    if isinstance(given, str):
        texts = _EXAMPLE.findall(given)
    else:
        texts = [
            each.get("text", "") if isinstance(each, dict) else each
            for each in (given if isinstance(given, list) else [])
        ]
    return [_ENTITY.sub(r"\1", text).strip() for text in texts if isinstance(text, str) and text.strip()]


def _list(given: object) -> list[dict[str, Any]]:
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise InputError(field=name, got="aliases", allowed="plain YAML, as Rasa writes it")
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}" if mark else name
        raise InputError(field=place, got=str(getattr(error, "problem", "no YAML")), allowed="YAML") from error
    if not isinstance(data, dict):
        raise InputError(field=name, got="YAML of another kind", allowed="Rasa training data")
    return data
