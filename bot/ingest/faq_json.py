"""FAQs as JSON: QnABot, Azure's question answering, Chatwoot, and FAQPage JSON-LD inside web pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from bot.errors import InputError
from bot.ingest.foreign import Found
from bot.ingest.nesting import refuse_deep


def read_qnabot(name: str, text: str) -> list[Found]:
    """QnABot's export: `qna`, each with `q` (wordings) and `a`; other types than questions are left out."""
    found = []
    for number, each in _listed(name, _parsed(name, text), ("qna",)):
        if each.get("type", "qna") != "qna":
            continue
        wordings = _texts(each.get("q"))
        alt = each.get("alt")
        answer = _text(each.get("a")) or (_text(alt.get("markdown")) if isinstance(alt, dict) else "")
        topic = _text(each.get("t")) or _text(each.get("qid")).partition(".")[0]
        found.append(_found(f"{name}, item {number}", wordings, answer, topic))
    return found


def read_qnamaker_json(name: str, text: str) -> list[Found]:
    """Azure's question answering as JSON: `questions` and `answer`, under one of the names that its versions use."""
    found = []
    keys = ("qnaDocuments", "qnaList", "value", "qnas", "assets")
    for number, each in _listed(name, _parsed(name, text), keys):
        metadata = each.get("metadata")
        topic = ""
        if isinstance(metadata, dict):
            topic = _text(metadata.get("category"))
        elif isinstance(metadata, list):
            pairs = {_text(one.get("name")): _text(one.get("value")) for one in metadata if isinstance(one, dict)}
            topic = pairs.get("category", "")
        found.append(_found(f"{name}, item {number}", _texts(each.get("questions")), _text(each.get("answer")), topic))
    return found


def read_chatwoot_json(name: str, text: str) -> list[Found]:
    """Articles of a Chatwoot help centre as its interface gives them; drafts and archived ones are left out."""
    found = []
    for number, each in _listed(name, _parsed(name, text), ("payload", "articles", "data")):
        if _text(each.get("status")).lower() in ("draft", "archived", "0", "2"):
            continue
        category = each.get("category")
        topic = _text(category.get("name")) if isinstance(category, dict) else _text(category)
        found.append(_found(f"{name}, item {number}", (_text(each.get("title")),), _text(each.get("content")), topic))
    return found


def read_json_ld(name: str, text: str) -> list[Found]:
    """FAQPage data: from the scripts of a web page, or as a file of its own."""
    if text.lstrip()[:1] in ("{", "["):
        pieces = [_parsed(name, text)]
    else:
        refuse_deep(text)
        scripts = LexborHTMLParser(text).css('script[type="application/ld+json"]')
        pieces = []
        for script in scripts:
            try:
                pieces.append(json.loads(script.text() or ""))
            except ValueError:
                continue  # a page may hold other data, broken or not
    found: list[Found] = []
    for question in (each for piece in pieces for each in _questions(piece)):
        answers = question.get("acceptedAnswer") or question.get("suggestedAnswer")
        answer = next((_text(each.get("text")) for each in _dicts(answers)), "")
        names = (_text(question.get("name")) or _text(question.get("text")),)
        topic = _text(question.get("keywords"))
        found.append(_found(f"{name}, question {len(found) + 1}", names, answer, topic))
    if not found:
        raise InputError(field=name, got="no FAQPage data", allowed="a page or file with FAQPage JSON-LD")
    return found


def _questions(data: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > 20:
        return
    for each in _dicts(data):
        kinds = _texts(each.get("@type"))
        if "Question" in kinds:
            yield each
            continue
        for key in ("mainEntity", "@graph", "hasPart", "itemListElement", "item"):
            yield from _questions(each.get(key), depth + 1)


def _dicts(data: object) -> Iterator[dict[str, Any]]:
    for each in data if isinstance(data, list) else [data]:
        if isinstance(each, dict):
            yield each


def _listed(name: str, data: object, keys: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The items under one of `keys`, or of the list itself; a further object in between is passed through."""
    for _ in range(3):
        if isinstance(data, dict):
            data = next((data[key] for key in keys if key in data), None)
    if not isinstance(data, list):
        raise InputError(field=name, got="JSON of another kind", allowed=f"a list under {' or '.join(keys)}")
    for number, each in enumerate(data, start=1):
        if isinstance(each, dict):
            yield number, each


def _found(place: str, wordings: tuple[str, ...], answer: str, topic: str) -> Found:
    question = wordings[0] if wordings else ""
    return Found(place=place, question=question, answer=answer, phrasings=wordings[1:], topic=topic)


def _parsed(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(field=name, got=f"no JSON ({error})"[:120], allowed="JSON") from error


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
