"""Document × entries: which sections no entry covers, and which entries rest on no section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.faq.entry import Entry
from bot.faq.sources import Section, SourceDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A section and the entries that rest on it."""

    section: Section
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCoverage:
    """A document's sections with their entries; `lost` are entries that cite a section which it does not have."""

    document: SourceDocument
    sections: tuple[Covered, ...]
    lost: tuple[tuple[Entry, str], ...]

    @property
    def uncovered(self) -> tuple[Section, ...]:
        """The sections that no entry rests on."""
        return tuple(each.section for each in self.sections if not each.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All documents, and the entries that rest on none of them."""

    documents: tuple[DocumentCoverage, ...]
    without: tuple[Entry, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return {
            "documents": [
                {
                    "id": each.document.id,
                    "title": each.document.title,
                    "sections": [
                        {"heading": one.section.heading, "entries": [entry.id for entry in one.entries]}
                        for one in each.sections
                    ],
                    "uncovered": [section.heading for section in each.uncovered],
                    "lost": [{"entry": entry.id, "section": heading} for entry, heading in each.lost],
                }
                for each in self.documents
            ],
            "entries_without_section": [entry.id for entry in self.without],
        }


def coverage_of(documents: Sequence[SourceDocument], entries: Sequence[Entry]) -> Coverage:
    """Which entry rests on what."""
    found = tuple(_document(document, entries) for document in documents)
    known = {document.id for document in documents}
    without = [entry for entry in entries if not any(each.document in known for each in entry.citations)]
    return Coverage(documents=found, without=tuple(without))


def _document(document: SourceDocument, entries: Sequence[Entry]) -> DocumentCoverage:
    citing: dict[str, list[Entry]] = {}
    for entry in entries:
        for citation in entry.citations:
            if citation.document == document.id and citation.section:
                citing.setdefault(citation.section, []).append(entry)
    lost = [
        (entry, heading) for heading, those in citing.items() if heading not in document.headings for entry in those
    ]
    return DocumentCoverage(
        document=document,
        sections=tuple(
            Covered(section=section, entries=tuple(citing.get(section.heading, ()))) for section in document.sections
        ),
        lost=tuple(lost),
    )
