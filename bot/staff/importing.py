"""Another FAQ's questions saved as drafts of entries: their answers quoted, to be rewritten, never live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.faq.entry import Answer, Phrasing, Topic
from bot.faq.entry_checks import folded
from bot.ingest.foreign import ForeignFaq, Found, LeftOut
from bot.staff.accounts import User
from bot.staff.around import load_around
from bot.staff.editing import put
from bot.staff.quoting import quoted_detail
from bot.staff.starting import begin, propose_id
from bot.store import audit
from bot.store.database import Database, Db


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFaq:
    """What became of a file: the drafts begun, by question, and what was left out, with the reason."""

    drafts: Mapping[str, str]
    left_out: tuple[LeftOut, ...]


def plan_foreign(db: Db, faq: ForeignFaq) -> tuple[tuple[Found, ...], tuple[LeftOut, ...]]:
    """The questions that would become drafts, and what would be left out because it stands in an entry already."""
    taken = dict(load_around(db, "").wordings)
    kept: list[Found] = []
    left = list(faq.left_out)
    for each in faq.entries:
        known = taken.get(folded(each.question))
        if known is not None:
            left.append(LeftOut(each.place, f"its question stands in the entry {known} already"))
            continue
        free = tuple(text for text in each.phrasings if folded(text) not in taken)
        taken |= {folded(text): each.place for text in (each.question, *free)}
        kept.append(replace(each, phrasings=free))
    return tuple(kept), tuple(left)


def save_foreign(
    database: Database, faq: ForeignFaq, *, source: str, topics: Mapping[str, str], user: User, now: datetime
) -> ImportedFaq:
    """A draft for every question that no entry has yet; all of them or, when one cannot be begun, none.

    `topics` proposes one by the question's place, where the file names none that the FAQ has.
    """
    with database.change() as db:
        kept, left = plan_foreign(db, faq)
        known = load_around(db, "").topics
        drafts = {}
        for each in kept:
            topic = _topic(each.topic, known) or topics.get(each.place, "")
            drafts[each.question] = _begin(db, each, topic, source, user=user, now=now)
        if drafts:
            detail = {"drafts": list(drafts.values()), "left_out": len(left)}
            audit.record(db, at=now, actor=user.name, action="faq.imported", subject=source[:200], detail=detail)
    return ImportedFaq(drafts=drafts, left_out=left)


def _begin(db: Db, found: Found, topic: str, source: str, *, user: User, now: datetime) -> str:
    phrasings = tuple(Phrasing(text) for text in found.phrasings)
    entry_id = propose_id(db, found.question)
    draft = begin(db, entry_id, found.question, topic, phrasings=phrasings, user=user, now=now)
    quotation = "\n".join(f"> {line}".rstrip() for line in (f"From {source}:", "", *found.answer.split("\n")))
    put(db, draft, replace(draft.entry, answer=Answer("", quoted_detail(quotation))), user=user, now=now)
    return entry_id


def _topic(named: str, topics: Sequence[Topic]) -> str:
    """The topic that a file names by its id or title."""
    wanted = folded(named)
    return next((each.id for each in topics if wanted in (each.id, folded(each.title))), "")
