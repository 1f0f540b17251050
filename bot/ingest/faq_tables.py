"""FAQs in tables: CSV with a question and an answer a row, QnA Maker's TSV, Chatwoot's CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.errors import InputError
from bot.faq.visible import visible
from bot.ingest.cells import text_of_cell, texts_of_list
from bot.ingest.foreign import Found

csv.field_size_limit(1_000_000)
_QUESTION = ("question", "questions", "q", "title", "frage")
_ANSWER = ("answer", "answers", "a", "content", "reply", "response", "antwort")
_PHRASINGS = (
    *("phrasings", "phrasing", "alternatives", "alternate questions", "alternative questions", "variants"),
    *("alternate_questions", "alternative_questions", "other questions", "utterances", "synonyms"),
)
_TOPIC = ("topic", "category", "section", "metadata_category", "category_name")
_PARTED = re.compile(r"\s*(?:\n|;;|;\s)\s*")


def read_csv(name: str, text: str) -> list[Found]:
    """A row a question: columns question and answer, and where there are any phrasings (parted by |) and topic."""
    found = []
    for line, row in _rows(name, text, (_QUESTION, _ANSWER)):
        phrasings = _parted(_cell(row, _PHRASINGS)) + _numbered(row)
        question, answer = _cell(row, _QUESTION), _cell(row, _ANSWER)
        place = f"{name}:{line}"
        found.append(
            Found(place=place, question=question, answer=answer, phrasings=tuple(phrasings), topic=_cell(row, _TOPIC))
        )
    return found


def read_qnamaker_tsv(name: str, text: str) -> list[Found]:
    """QnA Maker's and Azure's export: a row for each wording, those of one answer under one QnaId.

    Line breaks stand as backslash and n. Rows that are only shown after another answer are left out of the questions.
    """
    groups: dict[str, Found] = {}
    for line, row in _rows(name, text, (("question",), ("answer",)), tab=True):
        question, answer = _cell(row, ("question",)), _cell(row, ("answer",)).replace("\\n", "\n")
        key = _cell(row, ("qnaid", "id")) or answer
        first = groups.get(key)
        if first is None:
            topic = dict(_pairs(_cell(row, ("metadata",)))).get("category", "")
            groups[key] = Found(place=f"{name}:{line}", question=question, answer=answer, topic=topic)
        else:
            groups[key] = Found(
                place=first.place,
                question=first.question,
                answer=first.answer,
                phrasings=(*first.phrasings, question),
                topic=first.topic,
            )
    return list(groups.values())


def read_chatwoot_csv(name: str, text: str) -> list[Found]:
    """Articles of a Chatwoot help centre: title, content, category, status; drafts and archived ones are left out."""
    found = []
    for line, row in _rows(name, text, (("title",), ("content",))):
        if _cell(row, ("status",)).lower() not in ("draft", "archived", "0", "2"):
            title, content = _cell(row, ("title",)), _cell(row, ("content",))
            topic = _cell(row, ("category", "category_name", "category_slug"))
            found.append(Found(place=f"{name}:{line}", question=title, answer=content, topic=topic))
    return found


def _rows(
    name: str, text: str, needed: Sequence[Sequence[str]], *, tab: bool = False
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line and cells of each row, by the column's name in small letters."""
    first = text.split("\n", 1)[0]
    delimiter = "\t" if tab or "\t" in first else ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [cell.strip().lower().lstrip("\ufeff") for cell in next(reader, [])]
        for names in needed:
            if not set(names) & set(header):
                got = visible(", ".join(header))[:80] or "no columns"
                raise InputError(field=f"{name}:1", got=got, allowed=f"a column {names[0]}")
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, dict(zip(header, row, strict=False))
    except csv.Error as error:
        raise InputError(field=f"{name}:{reader.line_num}", got=str(error), allowed="rows of a table") from error


def _cell(row: Mapping[str, str], names: Sequence[str]) -> str:
    return next((text_of_cell(value) for name in names if (value := row.get(name, "").strip())), "")


def _parted(cell: str) -> list[str]:
    """The texts of a cell, parted by | where there is one; else by lines or semicolons, as other programs do."""
    return [text for line in cell.split("\n") for text in texts_of_list(line)] if "|" in cell else _PARTED.split(cell)


def _numbered(row: Mapping[str, str]) -> list[str]:
    """Columns like "phrasing 1", "question 2"."""
    pattern = re.compile(r"(?:phrasing|alternative|variant|question)s?[ _]?\d+")
    return [value for name, value in row.items() if pattern.fullmatch(name)]


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for piece in text.split("|"):
        name, colon, value = piece.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()
