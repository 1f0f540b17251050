"""What is approved, put together: the release that patients would be answered from if it were published now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.errors import NotReady
from bot.faq.entry import TRANSLATED_INTO, Entry, Translation
from bot.faq.json_form import release_from_plain
from bot.faq.release import Release, content_hash_of
from bot.store.content import load_approved, load_pieces
from bot.store.database import Db
from bot.store.releases import next_number
from bot.store.translations import Version, load_approved_versions, load_sent, load_working_copies

PIECES = ("topics", "rules", "vocabulary", "background", "clinic", "corrections", "harmless")
SEEDER = "knowledge folder"  # stands as the author and reviewer of what came with the files
KEPT_BESIDE = ("documents", "hazards")  # pieces that belong to the knowledge, but to no release


def assemble(db: Db, at: datetime) -> Release:
    """All approved revisions with the newest pieces, numbered as the next release. Raises NotReady without a seed."""
    entries = [revision.entry for revision in load_approved(db).values() if not revision.retired]
    return release_with(db, entries, at)


def release_with(db: Db, entries: list[Entry], at: datetime) -> Release:
    """A release of just these entries and their approved translations, with the newest pieces."""
    found = load_pieces(db)
    missing = [name for name in PIECES if name not in found]
    if missing:
        raise NotReady(f"the database holds no {missing[0]}; it was never seeded")
    plain = {name: found[name] for name in PIECES}
    release = release_from_plain({**plain, "entries": (), "number": next_number(db), "published_at": at.isoformat()})
    approved = load_approved_versions(db)
    zone = ZoneInfo(release.clinic.time_zone)
    return with_entries(release, [_translated(entry, approved, zone) for entry in entries])


def with_drafted_translations(db: Db, release: Release) -> Release:
    """The release as if what is being translated, or waits for review, were approved; unfinished ones are left out."""
    copies, sent = load_working_copies(db), load_sent(db)
    entries = []
    for entry in release.entries:
        found = dict(entry.translations)
        for language in TRANSLATED_INTO:
            copy, version = copies.get((entry.id, language)), sent.get((entry.id, language))
            if copy and copy.translation.question and copy.translation.short and copy.translation.next_step:
                found[language] = copy.translation
            elif version and version.state == "in review":
                found.pop(language, None)
                found |= {} if version.retired else {language: version.translation}
        entries.append(replace(entry, translations=found))
    return with_entries(release, entries)


def _translated(entry: Entry, approved: Mapping[tuple[str, str], Version], zone: ZoneInfo) -> Entry:
    """The entry with its approved translations, outdated ones too: those are kept for later, and not served."""
    known = {language: approved.get((entry.id, language)) for language in TRANSLATED_INTO}
    return replace(
        entry, translations={name: signed(each, zone) for name, each in known.items() if each and not each.retired}
    )


def signed(version: Version, zone: ZoneInfo) -> Translation:
    """The translation with who approved it, and on which day at the clinic; of files nobody stands for one."""
    review = version.review
    if review is None or review.reviewer == SEEDER:
        return version.translation
    day = review.reviewed_at.astimezone(zone).date()
    return replace(version.translation, approved_by=review.reviewer, approved_on=day)


def with_entries(release: Release, entries: list[Entry]) -> Release:
    """The release with other entries, in the order of their files; links to what is not served are left out."""
    served = {entry.id for entry in entries}
    kept = [replace(entry, related=tuple(other for other in entry.related if other in served)) for entry in entries]
    ordered = tuple(sorted(kept, key=lambda entry: (entry.topic, f"{entry.id}.md")))
    known = [
        each for each in release.corrections if each.wrong in served and (each.right is None or each.right in served)
    ]
    changed = replace(release, entries=ordered, corrections=tuple(known))
    return replace(changed, content_hash=content_hash_of(changed))
