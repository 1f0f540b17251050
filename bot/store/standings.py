"""Where every entry stands: its newest text, what is approved of it, and who works on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bot.faq.entry import Entry
from bot.store.content import Revision, load_overtaken, load_submitted
from bot.store.database import Db
from bot.store.drafts import Draft, load_drafts
from bot.store.tables import entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One entry. `newest` is the newest revision that was not withdrawn; `approved` the newest approved one."""

    entry_id: str
    newest: Revision | None = None
    approved: Revision | None = None
    draft: Draft | None = None

    @property
    def entry(self) -> Entry | None:
        """The text that an editor goes on with; None for an id whose only draft was discarded."""
        if self.draft:
            return self.draft.entry
        return self.newest.entry if self.newest else None


def load_standings(db: Db) -> Mapping[str, Standing]:
    """Every id that was ever taken, in order, with where it stands. Four queries, whatever there is."""
    newest, overtaken, drafts = load_submitted(db), load_overtaken(db), load_drafts(db)
    ids = db.execute(sa.select(entries.c.entry_id).order_by(entries.c.entry_id)).scalars()
    return {
        each: Standing(
            entry_id=each,
            newest=newest.get(each),
            approved=overtaken.get(each) or _if_approved(newest.get(each)),
            draft=drafts.get(each),
        )
        for each in ids
    }


def _if_approved(revision: Revision | None) -> Revision | None:
    return revision if revision and revision.state == "approved" else None
