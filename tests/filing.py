"""One entry as its file, checked by itself as all of the knowledge is when it is written."""

from __future__ import annotations

from collections.abc import Iterator

from bot.faq.entry import Citation, Entry
from bot.faq.entry_writing import entry_text, read_entry_text
from bot.faq.holding import check_letters, compare
from bot.faq.sources import Section, SourceDocument


def checked_text(entry: Entry) -> str:
    """The entry as its file. Raises InputError naming entry and field where the file could not hold it exactly."""
    path = f"entries[{entry.id}]"
    check_letters(entry, path)
    text = entry_text(entry)
    compare(entry, read_entry_text(text, _cited(entry), name=path), path)
    return text


def _cited(entry: Entry) -> Iterator[SourceDocument]:
    """The documents that the entry cites, as far as its own citations tell of them."""
    by_id: dict[str, list[Citation]] = {}
    for citation in entry.citations:
        if citation.document is not None:
            by_id.setdefault(citation.document, []).append(citation)
    for document, citations in by_id.items():
        sections = tuple(Section(each.section or "", 1, "") for each in citations)
        yield SourceDocument(id=document, title=citations[0].title, kind="", note="", sections=sections)
