"""What an entry stands among while it is edited: topics, clinic facts, the other entries and what may be cited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import NotReady
from bot.faq.clinic import ClinicProfile
from bot.faq.entry import Entry, Topic
from bot.faq.entry_checks import folded, links_of
from bot.faq.json_form import clinic_from_plain, documents_from_plain, from_plain
from bot.faq.sources import Section, SourceDocument
from bot.store.content import find_piece
from bot.store.database import Db
from bot.store.standings import Standing, load_standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Everything that an entry is checked against. `others` are all other entries that are not retired.

    `retired` are the ids of those that are, `retiring` of those that are asked to be and still stand before patients.
    `wordings` are theirs, folded as the knowledge loader folds them, with the id of the entry that each stands in.
    """

    topics: tuple[Topic, ...]
    clinic: ClinicProfile
    others: tuple[Entry, ...]
    documents: tuple[SourceDocument, ...]
    wordings: Mapping[str, str]
    retired: frozenset[str] = frozenset()
    retiring: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[str]:
        """The ids that may be linked to."""
        return frozenset(entry.id for entry in self.others)

    @property
    def questions(self) -> Mapping[str, str]:
        """The other entries' questions by id."""
        return {entry.id: entry.question for entry in self.others}


def load_around(db: Db, entry_id: str, standings: Mapping[str, Standing] | None = None) -> Around:
    """What the entry stands among now. Raises NotReady where the database was never seeded."""
    found = standings if standings is not None else load_standings(db)
    others = tuple(each for each in map(_served, found.values()) if each is not None and each.id != entry_id)
    cited = [each for standing in found.values() for each in _texts(standing)]
    return Around(
        topics=tuple(from_plain(Topic, each) for each in _piece(db, "topics")),
        clinic=clinic_from_plain(_piece(db, "clinic")),
        others=others,
        documents=_citable(db, cited),
        wordings={folded(wording): entry.id for entry in others for wording in entry.wordings},
        retired=frozenset(each.entry_id for each in found.values() if _leaves(each, "approved")),
        retiring=frozenset(each.entry_id for each in found.values() if _leaves(each, "in review")),
    )


def linking_to(others: Iterable[Entry], entry_id: str) -> tuple[Entry, ...]:
    """Those that lead their readers to the entry, by a link in their text or as a related question."""
    return tuple(each for each in others if entry_id in each.related or entry_id in links_of(each))


def _leaves(standing: Standing, state: str) -> bool:
    return standing.newest is not None and standing.newest.retired and standing.newest.state == state


def _served(standing: Standing) -> Entry | None:
    """The text that stands or may soon stand before patients, or None for what is retired.

    What is only asked to be retired stands before them until that is approved.
    """
    if standing.newest is None:
        return standing.entry
    if standing.newest.retired:
        approved = standing.approved
        return approved.entry if approved and not approved.retired else None
    known = standing.newest if standing.newest.state != "returned" else standing.approved
    return known.entry if known else standing.entry


def _texts(standing: Standing) -> Iterator[Entry]:
    for version in (standing.approved, standing.newest, standing.draft):
        if version is not None:
            yield version.entry


def _piece(db: Db, name: str) -> Any:
    piece = find_piece(db, name)
    if piece is None:
        raise NotReady(f"the database holds no {name}; it was never seeded")
    return piece.content


def _citable(db: Db, entries: Iterable[Entry]) -> tuple[SourceDocument, ...]:
    """The documents that the database knows, or those that entries cite already where it knows none."""
    piece = find_piece(db, "documents")
    if piece is not None:
        return documents_from_plain(piece.content)
    sections: dict[tuple[str, str], dict[str, None]] = {}
    for entry in entries:
        for citation in entry.citations:
            if citation.document is not None:
                sections.setdefault((citation.document, citation.title), {})[citation.section or ""] = None
    return tuple(
        SourceDocument(id=name, title=title, kind="", note="", sections=tuple(Section(each, 1, "") for each in found))
        for (name, title), found in sections.items()
    )
