"""Source documents: what entries cite, section by section. No text of a document is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a document: `level` from 1 (outermost), `sha256` of its words as they were read."""

    heading: str
    level: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """A document that entries cite by its `id` and a section's heading; `kind` and `note` are for people."""

    id: str
    title: str
    kind: str
    note: str
    sections: tuple[Section, ...]

    @property
    def headings(self) -> frozenset[str]:
        """Every heading that an entry may cite."""
        return frozenset(section.heading for section in self.sections)
