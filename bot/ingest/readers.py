"""A file's bytes → blocks, by whichever reader its kind needs; runs in a process with limits, see `sandbox`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from markdown_it import MarkdownIt

from bot.errors import InputError
from bot.faq.visible import without_controls
from bot.ingest.blocks import Kind, Reading
from bot.ingest.cleaning import clean
from bot.ingest.html import read_html
from bot.ingest.kinds import FileKind, decoded, kind_of
from bot.ingest.pdf import read_pdf
from bot.ingest.plain_text import read_plain_text
from bot.ingest.sections import sections_of
from bot.ingest.word import read_word

MOST_BLOCKS = 100_000
MOST_SECTIONS = 2000  # some two hundred pages of leaflets; each is asked about, and stands on one page
MOST_WORDS = 2_000_000  # characters of what stands in a document, a thousand pages
MOST_TEXT = 20 * 1024 * 1024  # characters of a text or page
Tell = Callable[[int, int], None]
_FRONT = "---"
T = TypeVar("T")


def read_bytes(name: str, data: bytes, tell: Tell) -> Reading:
    """What stands in a file of that name, boilerplate taken out. Raises InputError with the reason why not."""
    kind = kind_of(name, data)
    note = ""
    if kind is FileKind.PDF:
        reading = read_pdf(data, tell)
    elif kind is FileKind.WORD:
        reading = read_word(data)
    else:
        text, note = decoded(data, page=kind is FileKind.HTML)
        if len(text) > MOST_TEXT:
            raise InputError(field="file", got=f"{len(text)} characters", allowed=f"at most {MOST_TEXT}")
        reading = _BY_KIND[kind](text)
    reading = _without_controls(clean(reading))
    if not any(block.kind is not Kind.HEADING for block in reading.blocks):
        raise InputError(field="file", got="nothing but headings and boilerplate", allowed="a document with text")
    if len(reading.blocks) > MOST_BLOCKS:
        raise InputError(field="file", got=f"{len(reading.blocks)} paragraphs", allowed=f"at most {MOST_BLOCKS}")
    _refuse_books(reading)
    tell(1, 1)
    return replace(reading, notes=(*reading.notes, *([note] if note else [])))


def _without_controls(part: T) -> T:
    """A reading or a part of it, its texts without control characters: a page may have spelt some out as `&#27;`."""
    made: Any = part
    if isinstance(part, tuple):
        made = tuple(map(_without_controls, part))
    elif is_dataclass(part) and not isinstance(part, type):
        made = replace(part, **{each.name: _without_controls(getattr(part, each.name)) for each in fields(part)})
    elif type(part) is str:
        made = without_controls(made)
    return cast(T, made)


def _refuse_books(reading: Reading) -> None:
    sections = sections_of(reading.blocks)
    if len(sections) > MOST_SECTIONS:
        allowed = f"at most {MOST_SECTIONS}; save it as several documents"
        raise InputError(field="file", got=f"a document of {len(sections)} sections", allowed=allowed)
    length = sum(len(section.whole) + len(section.heading) for section in sections)
    if length > MOST_WORDS:
        allowed = f"at most {MOST_WORDS}; save it as several documents"
        raise InputError(field="file", got=f"a document of {length} characters", allowed=allowed)


def _read_markdown(text: str) -> Reading:
    """Markdown by the page it makes; properties between lines of dashes at its head are no content."""
    title = author = dated = ""
    lines = text.split("\n")
    if lines and lines[0].strip() == _FRONT and _FRONT in (line.strip() for line in lines[1:60]):
        end = next(place for place, line in enumerate(lines[1:], start=1) if line.strip() == _FRONT)
        told = dict(line.split(":", 1) for line in lines[1:end] if ":" in line)
        front = {key.strip().lower(): value.strip().strip("\"'") for key, value in told.items()}
        title, author = front.get("title", ""), front.get("author", "")
        dated = front.get("date", "") or front.get("updated", "")
        text = "\n".join(lines[end + 1 :])
    html = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable("table").render(text)
    reading = read_html(f"<body>{html}</body>", trusted=True)
    return replace(reading, title=reading.title or title, author=author or reading.author, dated=dated or reading.dated)


_BY_KIND: dict[FileKind, Callable[[str], Reading]] = {
    FileKind.TEXT: read_plain_text,
    FileKind.MARKDOWN: _read_markdown,
    FileKind.HTML: read_html,
}
