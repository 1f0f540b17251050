"""Knowledge between the database and a folder of files: what would change first, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from bot.errors import Conflict, NotReady
from bot.faq.entry import Entry, Translation
from bot.faq.files import Loaded
from bot.faq.holding import translation_as_filed
from bot.faq.json_form import documents_from_plain, release_from_plain
from bot.faq.release import Release, plain
from bot.faq.visible import all_visible
from bot.faq.writing import knowledge_files
from bot.staff.accounts import Role, require_able
from bot.staff.assembly import KEPT_BESIDE, PIECES, assemble
from bot.store import audit
from bot.store.content import (
    Revision,
    add_entry,
    add_review,
    add_revision,
    has_entry,
    load_approved,
    load_newest,
    load_pieces,
    piece_version,
    save_piece,
)
from bot.store.database import Database, Db
from bot.store.drafts import load_drafts
from bot.store.releases import load_release
from bot.store.translations import (
    Key,
    Version,
    add_version,
    decide_version,
    load_approved_versions,
    load_sent,
    load_working_copies,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """An entry that an import would make or change; `changed` are its fields, none for a new one."""

    entry: Entry
    changed: tuple[str, ...]

    @property
    def is_new(self) -> bool:
        """Whether there is no entry of that id yet."""
        return not self.changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import would do. `missing` are entries that the folder does not have, and `untranslated` translations;
    they are left as they are, or retired on request. `held_up` are entries that somebody is working on.
    """

    entries: tuple[EntryChange, ...]
    pieces: tuple[str, ...]
    missing: tuple[str, ...]
    held_up: tuple[str, ...]
    unchanged: int
    translations: tuple[Key, ...] = ()
    untranslated: tuple[Key, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.entries or self.pieces or self.translations)


def exported(db: Db, at: datetime, number: int | None = None) -> Mapping[str, str]:
    """The files of what is approved now, or of a release. Raises NotReady, or InputError for what files cannot hold."""
    release = _visible(assemble(db, at) if number is None else _release(db, number))
    found = load_pieces(db)
    documents = documents_from_plain(all_visible(found.get("documents", [])))
    return knowledge_files(release, documents, all_visible(found.get("hazards", "")))


def plan_import(db: Db, loaded: Loaded) -> Plan:
    """What importing the folder would change, without changing anything."""
    standing, drafts = _standing(db), load_drafts(db)
    changes = [
        EntryChange(entry=entry, changed=_changed(standing.get(entry.id), entry)) for entry in loaded.release.entries
    ]
    wanted = [each for each in changes if (each.is_new and each.entry.id not in standing) or each.changed]
    contents, found = _pieces(loaded), load_pieces(db)
    here = {entry.id for entry in loaded.release.entries}
    translated = _translated(loaded)
    copies, sent = load_working_copies(db), _standing_translations(db)
    other = tuple(key for key, text in translated.items() if key not in sent or _differs(sent[key], text))
    busy = {key[0] for key in other if key in copies or (key in sent and sent[key].state == "in review")}
    waiting = {entry_id for entry_id, each in standing.items() if each.state == "in review"} | set(drafts)
    return Plan(
        entries=tuple(wanted),
        pieces=tuple(name for name, content in contents.items() if found.get(name) != content),
        missing=tuple(entry_id for entry_id, each in standing.items() if entry_id not in here and not each.retired),
        held_up=tuple(sorted((waiting & {each.entry.id for each in wanted}) | busy)),
        unchanged=len(changes) - len(wanted),
        translations=other,
        untranslated=tuple(
            key for key, each in sent.items() if key not in translated and key[0] in here and not each.retired
        ),
    )


def import_knowledge(
    database: Database, loaded: Loaded, *, by: str, now: datetime, approved_by: str = "", retire_missing: bool = False
) -> Plan:
    """Import the folder: every change a revision in review, or approved when `approved_by` says who read it.

    Raises Conflict when somebody is working on an entry that would change: their text would be passed over; and
    InputError when `approved_by` is none of the clinic's clinicians, where it has accounts at all.
    """
    with database.change() as db:
        clinicians = frozenset({Role.CLINICIAN})
        require_able(db, approved_by, clinicians, field="approved_by", who="a clinician with an account here")
        plan = plan_import(db, loaded)
        if plan.held_up:
            problem = "somebody is working on it; finish or discard the draft first"
            raise Conflict(subject=", ".join(plan.held_up), problem=problem)
        made = [_revised(db, each.entry, by, now) for each in plan.entries]
        if retire_missing and plan.missing:
            standing = _standing(db)
            made += [_retired(db, standing[entry_id].entry, by, now) for entry_id in plan.missing]
        if approved_by:
            for revision in made:
                add_review(
                    db, revision.revision_id, "approve", reviewer=approved_by, own=approved_by == by,
                    comment=_REASON, at=now,
                )  # fmt: skip
        texts = _translated(loaded)
        added = [add_version(db, key, texts[key], author=by, reason=_REASON, at=now) for key in plan.translations]
        if retire_missing and plan.untranslated:
            sent = _standing_translations(db)
            added += [_untranslated(db, key, sent[key].translation, by, now) for key in plan.untranslated]
        if approved_by:
            for version in added:
                decide_version(
                    db, version.translation_id, "approve", reviewer=approved_by, own=approved_by == by,
                    comment=_REASON, at=now,
                )  # fmt: skip
        contents = _pieces(loaded)
        for name in plan.pieces:
            seen = piece_version(db, name)
            save_piece(db, name, contents[name], author=by, reason=_REASON, at=now, seen=seen)
        if made or added or plan.pieces:
            detail = {
                "translations": [f"{version.entry_id} {version.language}" for version in added],
                "entries": [revision.entry_id for revision in made],
                "pieces": list(plan.pieces),
                "approved_by": approved_by,
            }
            audit.record(db, at=now, actor=by, action="knowledge.imported", subject="knowledge", detail=detail)
    return plan


_REASON = "imported from files"


def _pieces(loaded: Loaded) -> Mapping[str, object]:
    beside = {"documents": plain(loaded.documents), "hazards": loaded.hazards}
    return {
        **{name: plain(getattr(loaded.release, name)) for name in PIECES},
        **{name: beside[name] for name in KEPT_BESIDE},
    }


def _standing(db: Db) -> Mapping[str, Revision]:
    """What waits for review, else what is approved: a text that was returned or withdrawn counts for nothing."""
    return {**load_approved(db), **{key: each for key, each in load_newest(db).items() if each.state == "in review"}}


def _standing_translations(db: Db) -> Mapping[Key, Version]:
    """As `_standing`, of the translations."""
    waiting = {key: each for key, each in load_sent(db).items() if each.state == "in review"}
    return {**load_approved_versions(db), **waiting}


def _changed(known: Revision | None, entry: Entry) -> tuple[str, ...]:
    if known is None:
        return ()
    if known.retired:
        return ("retired",)
    names = [each.name for each in fields(Entry) if each.name != "translations"]
    return tuple(name for name in names if getattr(known.entry, name) != getattr(entry, name))


def _translated(loaded: Loaded) -> Mapping[Key, Translation]:
    """The folder's translations, without the approval that stands in it: that is somebody else's, or an older one."""
    return {
        (entry.id, language): translation_as_filed(text)
        for entry in loaded.release.entries
        for language, text in entry.translations.items()
    }


def _differs(known: Version, text: Translation) -> bool:
    return known.retired or known.translation != text


def _untranslated(db: Db, key: Key, text: Translation, by: str, now: datetime) -> Version:
    return add_version(db, key, text, author=by, reason="not among the imported files", at=now, retired=True)


def _revised(db: Db, entry: Entry, by: str, now: datetime) -> Revision:
    if not has_entry(db, entry.id):
        add_entry(db, entry.id, now)
    return add_revision(db, entry, author=by, reason=_REASON, at=now)


def _retired(db: Db, entry: Entry, by: str, now: datetime) -> Revision:
    return add_revision(db, entry, author=by, reason="not among the imported files", at=now, retired=True)


def _visible(release: Release) -> Release:
    """The release without characters that files refuse; no text that was kept before that was known holds it up."""
    told = plain(release)
    shown = all_visible(told)
    if not isinstance(shown, dict) or shown == told:
        return release
    for name in ("background", "harmless"):  # two texts may be one now, or none
        shown[name] = list(dict.fromkeys(text for text in shown[name] if text.strip()))
    return release_from_plain(shown)


def _release(db: Db, number: int) -> Release:
    release = load_release(db, number)
    if release is None:
        raise NotReady(f"there is no release {number}")
    return release
