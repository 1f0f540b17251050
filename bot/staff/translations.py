"""Where translations stand: the English that they belong to, what is approved, what waits, who works on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.errors import Conflict
from bot.faq.entry import TRANSLATED_INTO, Entry, Translation
from bot.store.content import Revision, find_approved, list_revisions, load_approved
from bot.store.database import Db
from bot.store.translations import (
    Key,
    Version,
    WorkingCopy,
    find_approved_version,
    find_sent,
    find_working_copy,
    load_approved_versions,
    load_sent,
    load_working_copies,
)


class State(StrEnum):
    """Where a translation stands, from what wants work to what is done."""

    NONE = "not translated"
    OUTDATED = "out of date"
    DRAFT = "draft"
    RETURNED = "returned"
    IN_REVIEW = "in review"
    DONE = "translated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One entry in one language. `english` is the newest approved entry; `sent` the newest version not withdrawn.

    `approved` is the newest approved version unless that took the translation away; `draft` the working copy, if any.
    """

    language: str
    english: Entry
    sent: Version | None = None
    approved: Version | None = None
    draft: WorkingCopy | None = None

    @property
    def key(self) -> Key:
        """What its rows are found by."""
        return self.english.id, self.language

    @property
    def is_outdated(self) -> bool:
        """Whether the English was changed since, so that the approved translation is not served."""
        return self.approved is not None and self.approved.translation.made_of != self.english.mark

    @property
    def is_missing(self) -> bool:
        """Whether patients have no translation, nor an outdated one."""
        return self.approved is None

    @property
    def state(self) -> State:
        """In a word."""
        if self.draft:
            return State.DRAFT
        if self.sent and self.sent.state == "in review":
            return State.IN_REVIEW
        if self.sent and self.sent.state == "returned":
            return State.RETURNED
        if self.is_outdated:
            return State.OUTDATED
        return State.DONE if self.approved else State.NONE

    @property
    def version(self) -> int:
        """The working copy's version; 0 where what was sent or approved stands."""
        return self.draft.version if self.draft else 0

    @property
    def text(self) -> Translation:
        """What an editor goes on with: the draft, else what was sent last, else what is approved, else nothing."""
        if self.draft:
            return self.draft.translation
        known = self.sent if self.sent and not self.sent.retired else self.approved
        return known.translation if known else empty_translation(self.english)


def empty_translation(english: Entry) -> Translation:
    """A translation that nobody has begun."""
    return Translation(question="", short="", detail="", next_step="", made_of=english.mark)


def find_standing(db: Db, entry_id: str, language: str) -> Standing | None:
    """Where it stands; None for an entry that is not approved, or not any more, and for a language nobody reads."""
    english = find_approved(db, entry_id)
    if english is None or english.retired or language not in TRANSLATED_INTO:
        return None
    key = entry_id, language
    copy, approved = find_working_copy(db, key), find_approved_version(db, key)
    return Standing(
        language=language,
        english=english.entry,
        sent=find_sent(db, key),
        approved=_served(approved),
        draft=copy if copy and copy.ended_at is None else None,
    )


def require_standing(db: Db, key: Key) -> Standing:
    """Where it stands. Raises Conflict where the English is not approved."""
    found = find_standing(db, *key)
    if found is None:
        raise Conflict(subject=key[0], problem="its English is not approved, so that there is nothing to translate")
    return found


class Need(StrEnum):
    """What is looked for in a list of entries."""

    NEEDED = "needed"
    OUTDATED = "outdated"
    REVIEW = "review"
    DRAFT = "draft"

    def fits(self, standing: Standing) -> bool:
        """Whether the translation is what is looked for."""
        match self:
            case Need.NEEDED:
                return standing.is_missing
            case Need.OUTDATED:
                return standing.is_outdated
            case Need.REVIEW:
                return standing.sent is not None and standing.sent.state == "in review"
        return standing.state in (State.DRAFT, State.RETURNED)


def load_standings(db: Db, known: Mapping[str, Revision] | None = None) -> Mapping[Key, Standing]:
    """Every approved entry in every language. Four queries, or three where the approved are `known`."""
    english = load_approved(db) if known is None else known
    sent, approved, drafts = load_sent(db), load_approved_versions(db), load_working_copies(db)
    return {
        (entry_id, language): Standing(
            language=language,
            english=revision.entry,
            sent=sent.get((entry_id, language)),
            approved=_served(approved.get((entry_id, language))),
            draft=drafts.get((entry_id, language)),
        )
        for entry_id, revision in english.items()
        if not revision.retired
        for language in TRANSLATED_INTO
    }


def english_of(db: Db, entry_id: str, mark: str) -> Entry | None:
    """The entry as it read when it had that mark; None where no revision did."""
    return next((each.entry for each in list_revisions(db, entry_id, limit=500) if each.entry.mark == mark), None)


def as_served(english: Entry, language: str, translation: Translation) -> Entry:
    """The entry as if patients read this translation of it, whatever wording it was made of."""
    return replace(english, translations={language: replace(translation, made_of=english.mark)})


def _served(version: Version | None) -> Version | None:
    return version if version and not version.retired else None
