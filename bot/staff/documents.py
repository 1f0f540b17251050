"""Documents saved into the review flow: a version with its words, drafts of entries, flags on those that rest on it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import Conflict, InputError
from bot.faq.entry import Answer, Citation, Entry, Phrasing
from bot.faq.json_form import documents_from_plain, from_plain
from bot.faq.release import plain
from bot.faq.sources import Section as CitedSection
from bot.faq.sources import SourceDocument
from bot.faq.visible import all_visible, visible
from bot.ingest.alignment import Aligned, Fate, Headed, align, remembered
from bot.ingest.blocks import Reading
from bot.ingest.claims import check_section
from bot.ingest.sections import Section, quoted, sections_of
from bot.staff.accounts import User
from bot.staff.editing import put
from bot.staff.quoting import quoted_detail
from bot.staff.starting import begin, propose_id
from bot.store import audit
from bot.store.content import find_piece, piece_version, save_piece
from bot.store.database import Database, Db
from bot.store.documents import add_flags, add_version, close_upload, find_version
from bot.store.standings import load_standings

LONGEST_ID = 60
MOST_CLAIMS = 12  # told beside the quotation in a draft
MOST_DRAFTS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A draft that somebody wants: of the section of that number, with what its entry begins with."""

    section: int
    question: str
    topic: str
    phrasings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDocument:
    """What was saved: the version's number, the drafts begun, and the entries flagged, each once."""

    document_id: str
    number: int
    drafts: tuple[str, ...]
    flagged: tuple[str, ...]


def save_document(
    database: Database,
    reading: Reading,
    *,
    file_name: str,
    document_id: str,
    title: str,
    wanted: Sequence[Wanted] = (),
    upload_id: int | None = None,
    user: User,
    now: datetime,
) -> SavedDocument:
    """Keep the document as its next version, and begin the drafts that are wanted; all of it or nothing.

    Entries that rest on sections which are not as they were are flagged. Raises InputError for an id or draft that
    cannot be, and Conflict when nothing in it is new.
    """
    document_id, title = checked_id(document_id), " ".join(visible(title).split()) or document_id
    sections = {section.number: section for section in sections_of(reading.blocks)}
    if len(wanted) > MOST_DRAFTS:
        allowed = f"at most {MOST_DRAFTS} at once; save it as several documents, or tick fewer on its page"
        raise InputError(field="section", got=f"{len(wanted)} drafts", allowed=allowed)
    if any(each.section not in sections for each in wanted):
        raise InputError(field="section", got="sections that are not there", allowed="sections of this document")
    with database.change() as db:
        aligned = compared(db, document_id, reading)
        resting = resting_on(db, document_id)
        known = find_version(db, document_id)
        if known and not wanted and all(each.fate is Fate.SAME for each in aligned):
            raise Conflict(subject=document_id, problem=f"nothing differs from version {known.number}")
        number = add_version(
            db, document_id, file_name=file_name, title=title, reading=plain(reading), author=user.name, at=now
        )
        _save_cited(db, document_id, title, file_name, tuple(sections.values()), user=user, now=now)
        drafts = [_begin(db, document_id, title, sections[each.section], each, user=user, now=now) for each in wanted]
        flags = _flags(resting, aligned)
        add_flags(db, flags, document_id, number, now)
        if upload_id is not None:
            close_upload(db, upload_id, "saved", document_id=document_id)
        flagged = tuple(dict.fromkeys(entry_id for entry_id, _, _ in flags))
        detail = {"version": number, "drafts": drafts, "flagged": list(flagged)}
        audit.record(db, at=now, actor=user.name, action="document.saved", subject=document_id, detail=detail)
    return SavedDocument(document_id=document_id, number=number, drafts=tuple(drafts), flagged=flagged)


def compared(db: Db, document_id: str, reading: Reading) -> tuple[Aligned, ...]:
    """The reading beside the newest version that is kept, or beside what the knowledge tells of the document."""
    return align(known_sections(db, document_id), sections_of(reading.blocks))


def known_sections(db: Db, document_id: str, number: int | None = None) -> tuple[Headed, ...]:
    """The sections of a version of a document, the newest unless one is named; none for one that is not known."""
    version = find_version(db, document_id, number)
    if version is not None:
        return sections_of(from_plain(Reading, version.reading).blocks)
    cited = next((each for each in load_documents(db) if each.id == document_id), None)
    return remembered(cited) if cited and number is None else ()


def load_documents(db: Db) -> tuple[SourceDocument, ...]:
    """Every document that entries may cite."""
    piece = find_piece(db, "documents")
    return documents_from_plain(all_visible(piece.content)) if piece else ()


def propose_document(db: Db, reading: Reading, file_name: str) -> str:
    """The document that a file is likely to be a new version of, or "" for one that is new.

    By its title or its file's name; else by what most of its sections are called.
    """
    own = {section.heading for section in sections_of(reading.blocks)}
    names = {slug_of(reading.title), slug_of(file_name.rsplit(".", 1)[0])} - {""}
    best, shared = "", 0.5
    for document in load_documents(db):
        if document.id in names or slug_of(document.title) in names:
            return document.id
        headings = document.headings
        share = len(own & headings) / max(1, len(own | headings))
        if share > shared:
            best, shared = document.id, share
    return best


def slug_of(text: str) -> str:
    """A document's id made of words: "After an ankle sprain" gives after-an-ankle-sprain."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST_ID].strip("-")


def checked_id(document_id: str) -> str:
    """The id, if it can be one."""
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", document_id) or len(document_id) > LONGEST_ID:
        allowed = f"small letters, digits and hyphens, like skin-leaflet; at most {LONGEST_ID}"
        raise InputError(field="document_id", got=repr(document_id)[:LONGEST_ID], allowed=allowed)
    return document_id


def _save_cited(
    db: Db, document_id: str, title: str, file_name: str, sections: Sequence[Section], *, user: User, now: datetime
) -> None:
    """What entries may cite of it: headings and hashes. A heading that is gone can be cited no longer."""
    documents = load_documents(db)
    known = next((each for each in documents if each.id == document_id), None)
    made = SourceDocument(
        id=document_id,
        title=known.title if known else title,
        kind=known.kind if known else f"document, {file_name.rsplit('.', 1)[-1].lower()}",
        note=known.note if known else "",
        sections=tuple(CitedSection(each.heading, each.level, each.sha256) for each in sections),
    )
    if made == known:
        return
    kept = [made if each.id == document_id else each for each in documents]
    content = plain(tuple(kept if known else [*documents, made]))
    seen = piece_version(db, "documents")
    save_piece(db, "documents", content, author=user.name, reason=f"read from {file_name}", at=now, seen=seen)


def _begin(db: Db, document_id: str, title: str, section: Section, wanted: Wanted, *, user: User, now: datetime) -> str:
    """The id of the draft of a new entry that quotes the section and cites it."""
    phrasings = tuple(Phrasing(" ".join(text.split())) for text in wanted.phrasings if text.strip())
    entry_id = propose_id(db, wanted.question)
    draft = begin(db, entry_id, wanted.question, wanted.topic, phrasings=phrasings, user=user, now=now)
    named = next((each.title for each in load_documents(db) if each.id == document_id), title)
    claims = tuple(f"{each.rule}: {each.text}" for each in check_section(section)[:MOST_CLAIMS])
    entry = replace(
        draft.entry,
        answer=Answer("", quoted_detail(visible(quoted(section)), tuple(map(visible, claims)))),
        citations=(Citation(title=named, section=section.heading, document=document_id),),
    )
    put(db, draft, entry, user=user, now=now)
    return entry_id


def resting_on(db: Db, document_id: str) -> Mapping[str, tuple[Entry, ...]]:
    """The entries that rest on each section of a document, by its heading: drafts as well, retired ones not."""
    found: dict[str, dict[str, Entry]] = {}
    for entry_id, standing in load_standings(db).items():
        if standing.newest is not None and standing.newest.retired and standing.draft is None:
            continue
        for version in (standing.draft, standing.newest):
            if version is not None:
                for heading in _cited(version.entry, document_id):
                    found.setdefault(heading, {}).setdefault(entry_id, version.entry)
    return {heading: tuple(entries.values()) for heading, entries in found.items()}


def _flags(resting: Mapping[str, tuple[Entry, ...]], aligned: Sequence[Aligned]) -> list[tuple[str, str, str]]:
    """The entries that rest on what is not as it was: id, section as they cite it, and what became of it."""
    fates = {each.old.heading: _word(each) for each in aligned if each.old is not None and each.matters}
    return sorted((entry.id, heading, fate) for heading, fate in fates.items() for entry in resting.get(heading, ()))


def _cited(entry: Entry, document_id: str) -> set[str]:
    return {each.section for each in entry.citations if each.document == document_id and each.section}


def _word(aligned: Aligned) -> str:
    if aligned.fate is Fate.REMOVED:
        return "removed"
    return "renamed" if aligned.was_called else "changed"
