"""What the editor's page shows beside the form: where the entry stands, a preview, faults and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, request

from bot.errors import InputError
from bot.faq.entry import TRANSLATED_INTO, Entry, Region
from bot.reply.types import Reply
from bot.staff.around import Around, load_around
from bot.staff.checking import Fault, check, grade_of
from bot.staff.editing import find_current
from bot.staff.fields import LABELS, STEP_WORDS
from bot.staff.listing import state_of
from bot.staff.previewing import preview
from bot.staff.ranking import Rank, ranks_of
from bot.staff.translations import Standing as Translated
from bot.staff.translations import find_standing
from bot.store.drafts import Draft, list_collided
from bot.store.standings import Standing, load_standings
from bot.web.entry_form import REGION_WORDS, Values
from bot.web.pages import desk
from bot.web.staff_door import staff, staff_page
from bot.web.wording_checks import personal_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An entry as its editor goes on with it, and what it stands among. `kept` are texts that were kept aside.

    `translation` is where its translation stands; None where there is nothing to translate yet.
    """

    standing: Standing
    current: Draft
    around: Around
    owners: tuple[str, ...]
    kept: tuple[Draft, ...]
    translation: Translated | None


def open_entry(entry_id: str) -> Opened:
    """The entry as it stands; 404 where there is none, or nothing of it any more."""
    with desk().require_database().read() as db:
        standings = load_standings(db)
        standing, current = standings.get(entry_id), find_current(db, entry_id)
        if standing is None or current is None:
            abort(404)
        around = load_around(db, entry_id, standings)
        kept = list_collided(db, entry_id)
        translation = find_standing(db, entry_id, TRANSLATED_INTO[0])
    owners = tuple(sorted({entry.owner for entry in (*around.others, current.entry) if entry.owner}))
    return Opened(standing=standing, current=current, around=around, owners=owners, kept=kept, translation=translation)


def editor_page(
    opened: Opened,
    values: Values,
    faults: Mapping[str, str] | None = None,
    *,
    status: int = 200,
    trouble: str = "",
    to_mend: Mapping[str, str] | None = None,
    reason: str = "",
    retire_reason: str = "",
    checked: bool = False,
) -> Response:
    """The whole page. `values` are what the inputs hold; with `checked` all wordings are ranked now.

    `to_mend` are places on the page, each with its label, that `trouble` leads to.
    """
    bot = desk().live.bot
    live = {entry.id: entry for entry in bot.release.entries} if bot else {}
    return staff_page(
        "staff/entry.html",
        status,
        **_looked_at(opened, opened.current.entry, ranked=checked),
        opened=opened,
        translation=opened.translation,
        values=values,
        typed_faults=faults or {},
        trouble=trouble,
        to_mend=to_mend or {},
        reason=reason,
        retire_reason=retire_reason,
        state=state_of(opened.standing, live),
        steps=STEP_WORDS,
        regions=REGION_WORDS,
        mine=opened.standing.newest is not None and opened.standing.newest.author == staff().name,
    )


def preview_piece(opened: Opened, entry: Entry, faults: Mapping[str, str]) -> Response:
    """Preview, faults and ranks of `entry`, for the page's script to put in their places."""
    looked_at = _looked_at(opened, entry, ranked=True)
    return staff_page("staff/entry_check.html", opened=opened, typed_faults=faults, **looked_at)


def _looked_at(opened: Opened, entry: Entry, *, ranked: bool) -> dict[str, Any]:
    bot = desk().live.bot
    region = _region(opened.around.clinic.region)
    reply, unshown = _preview(entry, region)
    wordings = (*entry.wordings, *entry.golden)
    today = opened.around.clinic.today(desk().now())
    return {
        "entry": entry,
        "labels": LABELS,
        "faults": _by_field((*check(entry, opened.around, today), *personal_faults(bot, entry))),
        "grade": grade_of(entry),
        "ranks": _by_wording(ranks_of(bot, entry.id, wordings) if bot and ranked else ()),
        "questions": opened.around.questions,
        "is_live": bot is not None and bot.release.entry(entry.id) is not None,
        "exchange": {"conversation": "", "reply": reply} if reply else None,
        "question": entry.question,
        "unshown": unshown,
        "region": region,
        "clinic": bot.release.clinic if bot else opened.around.clinic,
        "open_now": (bot.release.clinic if bot else opened.around.clinic).open_now(desk().now()),
        "locale_query": "",
    }


def _preview(entry: Entry, region: Region) -> tuple[Reply | None, str]:
    bot = desk().live.bot
    if bot is None:
        return None, "There is no live release to show it with."
    try:
        return preview(bot.release, entry, region), ""
    except InputError as error:
        return None, f"{error.got} is none of {error.allowed}, so it cannot be shown."


def _region(clinics: Region) -> Region:
    asked = request.values.get("region", "")
    return Region(asked) if asked in {each.value for each in Region} else clinics


def _by_field(faults: tuple[Fault, ...]) -> dict[str, list[Fault]]:
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.field, []).append(fault)
    return found


def _by_wording(ranks: tuple[Rank, ...]) -> dict[str, Rank]:
    return {rank.wording: rank for rank in ranks}
