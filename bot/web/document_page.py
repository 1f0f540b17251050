"""What the page of an upload shows of a document, and what its form decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.faq.entry import Entry, Topic
from bot.faq.json_form import from_plain
from bot.ingest.alignment import Aligned, Fate, align
from bot.ingest.blocks import Reading
from bot.ingest.claims import ClaimWarning, check_claims
from bot.ingest.drafts import Proposal
from bot.ingest.sections import Section, sections_of
from bot.staff.documents import (
    MOST_DRAFTS,
    Wanted,
    known_sections,
    load_documents,
    propose_document,
    resting_on,
    slug_of,
)
from bot.staff.uploads import prepared
from bot.store.content import find_piece
from bot.store.database import Db
from bot.store.documents import Upload

LONGEST_TITLE = 200
NEW = ""  # the choice of a document that is not known yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided about an upload."""

    reading: Reading
    document_id: str
    title: str
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A section on the page: what became of it, its proposed draft, entries that rest on it, the claims in it."""

    section: Section
    aligned: Aligned | None
    proposal: Proposal | None
    entries: tuple[Entry, ...]
    claims: tuple[ClaimWarning, ...]
    ticked: bool
    question: str
    topic: str


def decided(upload: Upload, form: Mapping[str, str]) -> Decision:
    """The form of the page, read over what was proposed."""
    found = prepared(upload)
    proposals = {each.section: each for each in found.proposals}
    wanted = []
    for section in sections_of(found.reading.blocks):
        number = section.number
        if f"draft_{number}" in form:
            proposal = proposals.get(number)
            wanted.append(
                Wanted(
                    section=number,
                    question=form.get(f"question_{number}", "")[:LONGEST_TITLE],
                    topic=form.get(f"topic_{number}", "")[:80],
                    phrasings=proposal.phrasings if proposal else (),
                )
            )
    chosen = form.get("document", NEW) or form.get("document_id", "").strip()
    title = form.get("title", "")[:LONGEST_TITLE] or found.reading.title
    return Decision(reading=found.reading, document_id=chosen, title=title, wanted=tuple(wanted))


def upload_values(db: Db, upload: Upload, form: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the page of a read document shows; what somebody typed already stays."""
    found = prepared(upload)
    reading = found.reading
    documents = load_documents(db)
    ids = {document.id for document in documents}
    chosen = form.get("document", propose_document(db, reading, upload.file_name))
    chosen = chosen if chosen in ids else NEW
    sections = sections_of(reading.blocks)
    aligned = align(known_sections(db, chosen), sections) if chosen else ()
    warnings = check_claims(reading, sections) if found.warnings is None else found.warnings
    claims: dict[int, list[ClaimWarning]] = {}
    for warning in warnings:
        claims.setdefault(warning.number, []).append(warning)
    resting = resting_on(db, chosen) if chosen else {}
    title = reading.title or upload.file_name.rsplit(".", 1)[0]
    beside = {each.new.number: each for each in aligned if isinstance(each.new, Section)}
    proposals = {each.section: each for each in found.proposals}
    shown = [
        _shown(
            section,
            beside.get(section.number),
            proposals.get(section.number),
            claims.get(section.number, ()),
            resting,
            form,
        )
        for section in sections
    ]
    return {
        "reading": reading,
        "shown": _first_ticked(shown),
        "about": claims.get(0, []),
        "claims": len(warnings),
        "removed": [each for each in aligned if each.fate is Fate.REMOVED],
        "counts": {fate.value: sum(each.fate is fate for each in aligned) for fate in Fate},
        "documents": documents,
        "chosen": chosen,
        "document_id": form.get("document_id", slug_of(title)),
        "title": form.get("title", title),
        "topics": _topics(db),
        "resting": [
            (entry, each.old.heading)
            for each in aligned
            if each.old is not None and each.matters
            for entry in resting.get(each.old.heading, ())
        ],
    }


def _shown(
    section: Section,
    beside: Aligned | None,
    proposal: Proposal | None,
    claims: Sequence[ClaimWarning],
    resting: Mapping[str, tuple[Entry, ...]],
    form: Mapping[str, str],
) -> Shown:
    heading = beside.old.heading if beside is not None and beside.old is not None else ""
    entries = resting.get(heading, ())
    is_known = bool(entries) or (beside is not None and beside.fate in (Fate.SAME, Fate.MOVED))
    sure = proposal is not None and proposal.covered_by is not None and proposal.covered_by.sure
    typed = "title" in form
    return Shown(
        section=section,
        aligned=beside,
        proposal=proposal,
        entries=entries,
        claims=tuple(claims),
        ticked=f"draft_{section.number}" in form if typed else proposal is not None and not sure and not is_known,
        question=form.get(f"question_{section.number}", proposal.question if proposal else ""),
        topic=form.get(f"topic_{section.number}", proposal.topic if proposal else ""),
    )


def _first_ticked(shown: list[Shown]) -> list[Shown]:
    """The sections of a long document, no more of them ticked than can be begun at once."""
    ticked = [each for each in shown if each.ticked]
    if len(ticked) <= MOST_DRAFTS:
        return shown
    first = {each.section.number for each in ticked[:MOST_DRAFTS]}
    return [each if each.section.number in first else replace(each, ticked=False) for each in shown]


def _topics(db: Db) -> tuple[Topic, ...]:
    piece = find_piece(db, "topics")
    return tuple(from_plain(Topic, each) for each in piece.content) if piece else ()
