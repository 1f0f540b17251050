"""What comes out of other FAQs' files: questions with other wordings and an answer, tidied alike for all formats."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from bot.faq.entry_checks import folded
from bot.ingest.html import read_html
from bot.ingest.nesting import refuse_deep
from bot.ingest.sections import quoted, sections_of

LONGEST_QUESTION = 200
LONGEST_PHRASING = 500
LONGEST_ANSWER = 15_000
MOST_PHRASINGS = 200
_TAG = re.compile(r"</?(?:p|br|ul|ol|li|a|b|strong|i|em|div|span|h[1-6]|table|tr|td)\b[^>]*>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One question as a file has it; `place` is where, as "faq.csv:12"."""

    place: str
    question: str
    answer: str
    phrasings: tuple[str, ...] = ()
    topic: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in a file that cannot become an entry, and why."""

    place: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignFaq:
    """All questions of some files, and what was left out."""

    entries: tuple[Found, ...]
    left_out: tuple[LeftOut, ...]


def gathered(found: Iterable[Found]) -> ForeignFaq:
    """Questions tidied; each wording once; those without question or answer left out, with the reason."""
    kept: list[Found] = []
    left: list[LeftOut] = []
    seen: dict[str, str] = {}
    for each in found:
        tidy = _tidied(each)
        why = _why_not(tidy, seen)
        if why:
            left.append(LeftOut(each.place, why))
            continue
        wordings = {folded(tidy.question): tidy.question}
        for phrasing in tidy.phrasings:
            if folded(phrasing) not in seen:
                wordings.setdefault(folded(phrasing), phrasing)
        seen.update(dict.fromkeys(wordings, tidy.place))
        kept.append(replace(tidy, phrasings=tuple(wordings.values())[1 : MOST_PHRASINGS + 1]))
    return ForeignFaq(entries=tuple(kept), left_out=tuple(left))


def _why_not(found: Found, seen: dict[str, str]) -> str:
    if not found.question:
        return "it has no question"
    if len(found.question) > LONGEST_QUESTION:
        return f"its question has {len(found.question)} characters; at most {LONGEST_QUESTION} are allowed"
    if not found.answer:
        return "it has no answer"
    if len(found.answer) > LONGEST_ANSWER:
        return f"its answer has {len(found.answer)} characters; at most {LONGEST_ANSWER} are allowed"
    if folded(found.question) in seen:
        return f"its question stands in {seen[folded(found.question)]} already"
    return ""


def _tidied(found: Found) -> Found:
    phrasings = (one_line(text) for text in found.phrasings)
    return replace(
        found,
        question=one_line(found.question),
        answer=plain_answer(found.answer),
        phrasings=tuple(text for text in phrasings if 0 < len(text) <= LONGEST_PHRASING),
        topic=one_line(found.topic),
    )


def one_line(text: str) -> str:
    """A text without marks, on one line."""
    if _TAG.search(text):
        refuse_deep(text)
        body = LexborHTMLParser(text).body
        text = body.text(separator=" ") if body else ""
    else:
        text = unescape(text)
    return " ".join(_CONTROL.sub(" ", text).split())


def plain_answer(text: str) -> str:
    """An answer as plain Markdown: HTML becomes paragraphs and lists, links become their words."""
    if _TAG.search(text):
        sections = sections_of(read_html(f"<body>{text}</body>", trusted=True).blocks)
        pieces = []
        for section in sections:
            heading = "" if section.implied else f"**{section.heading}**\n\n"
            body = "\n".join(line[2:] if line.startswith("> ") else "" for line in quoted(section).split("\n"))
            pieces.append(f"{heading}{body}".strip())
        text = "\n\n".join(pieces)
    else:
        text = unescape(text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", _CONTROL.sub(" ", text.replace("\r\n", "\n")))
    lines = [" ".join(line.split(" ")).rstrip() for line in text.strip().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
