"""The FAQ for others: as CSV that our own import reads again, and as FAQPage JSON-LD for web pages."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from bot.dialogue.bot import Bot
from bot.faq.entry import Entry
from bot.ingest.cells import list_cell, safe_cell

COLUMNS = ("id", "topic", "question", "answer", "phrasings")


def as_csv(bot: Bot) -> str:
    """A row an entry, with the clinic's own numbers filled in; phrasings are parted by | as `list_cell` does."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for entry, answer, _ in _answers(bot):
        phrasings = list_cell(phrasing.text for phrasing in entry.phrasings)
        cells = (entry.id, entry.topic, entry.question, answer, phrasings)
        writer.writerow(map(safe_cell, cells))
    return buffer.getvalue()


def as_json_ld(bot: Bot) -> str:
    """FAQPage data of schema.org, for a script of the type application/ld+json."""
    page = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "name": bot.release.clinic.name,
        "inLanguage": "en-GB" if bot.release.clinic.region.value == "uk" else "en-US",
        "mainEntity": [
            {
                "@type": "Question",
                "@id": f"#{entry.id}",
                "name": entry.question,
                "acceptedAnswer": {"@type": "Answer", "text": html},
            }
            for entry, _, html in _answers(bot)
        ],
    }
    text = json.dumps(page, ensure_ascii=False, indent=2)
    return text.replace("</", "<\\/") + "\n"  # it may be put into a page as it is


def _answers(bot: Bot) -> Iterator[tuple[Entry, str, str]]:
    """Each entry with its answer as text and as HTML, next step and all."""
    for entry in bot.release.entries:
        part = bot.answer(entry.id)
        if part is not None:
            step = part.next_step.text if part.next_step else ""
            text = "\n\n".join(piece for piece in (part.answer_text, part.detail_text, step) if piece)
            html = f"{part.answer_html}{part.detail_html}" + (f"<p>{_escaped(step)}</p>" if step else "")
            yield entry, text, html


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
