"""What is approved, put together: the release that patients would be answered from if it were published now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.errors import NotReady
from bot.faq.entry import Entry
from bot.faq.json_form import release_from_plain
from bot.faq.release import Release, content_hash_of
from bot.store.content import load_approved, load_pieces
from bot.store.database import Db
from bot.store.releases import next_number

PIECES = ("topics", "rules", "vocabulary", "background", "clinic", "corrections", "harmless")
KEPT_BESIDE = ("documents", "hazards")  # pieces that belong to the knowledge, but to no release


def assemble(db: Db, at: datetime) -> Release:
    """All approved revisions with the newest pieces, numbered as the next release. Raises NotReady without a seed."""
    entries = [revision.entry for revision in load_approved(db).values() if not revision.retired]
    return release_with(db, entries, at)


def release_with(db: Db, entries: list[Entry], at: datetime) -> Release:
    """A release of just these entries, with the newest pieces."""
    found = load_pieces(db)
    missing = [name for name in PIECES if name not in found]
    if missing:
        raise NotReady(f"the database holds no {missing[0]}; it was never seeded")
    plain = {name: found[name] for name in PIECES}
    release = release_from_plain({**plain, "entries": (), "number": next_number(db), "published_at": at.isoformat()})
    return with_entries(release, entries)


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
