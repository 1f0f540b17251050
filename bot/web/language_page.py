"""What the page of an entry's translation shows: the English beside it, what changed, a preview, faults and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import force_locale
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from bot.errors import InputError
from bot.faq.entry import Entry, Region, Translation
from bot.faq.translation_checks import LEAST_EASE, MOST_SHORT_WORDS, reading_ease
from bot.reply.types import Reply
from bot.staff.checking import Fault
from bot.staff.comparing import LANGUAGE_WORDS, compare_translations, compare_wording
from bot.staff.previewing import preview
from bot.staff.ranking import Rank, ranks_of
from bot.staff.translation_checks import LABELS, check_translation
from bot.staff.translations import Standing, as_served, english_of, find_standing
from bot.store.database import Db
from bot.store.translations import Version, list_versions
from bot.web.entry_form import REGION_WORDS
from bot.web.languages import opening_words
from bot.web.pages import desk
from bot.web.staff_door import staff, staff_page

_LINES = ("phrasings", "golden")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A translation as its editor goes on with it. `before` is the English that it was made of, where that is known."""

    standing: Standing
    before: Entry | None
    history: tuple[Version, ...]


def open_translation(db: Db, entry_id: str, language: str) -> Opened:
    """The translation as it stands; 404 where there is nothing to translate."""
    standing = find_standing(db, entry_id, language)
    if standing is None:
        abort(404)
    before = english_of(db, entry_id, standing.text.made_of)
    return Opened(standing=standing, before=before, history=list_versions(db, standing.key))


def typed_translation(form: MultiDict[str, str]) -> Translation:
    """The form as a translation; who ticks that it fits says so of the English that the page showed."""
    text = {name: value.replace("\r\n", "\n").replace("\x00", "").strip() for name, value in form.items()}
    return Translation(
        question=" ".join(text.get("question", "").split()),
        short=" ".join(text.get("short", "").split()),
        detail=text.get("detail", ""),
        next_step=" ".join(text.get("next_step", "").split()),
        made_of=(text.get("fits", "") or text.get("made_of", ""))[:40],
        phrasings=_lines(text.get("phrasings", "")),
        golden=_lines(text.get("golden", "")),
    )


def translation_page(
    db: Db,
    opened: Opened,
    *,
    text: Translation | None = None,
    told: Mapping[str, str] | None = None,
    status: int = 200,
    trouble: str = "",
    reason: str = "",
) -> Response:
    """The whole page; with `text` that one stands in the form, beside what somebody else saved meanwhile."""
    standing = opened.standing
    shown = text or standing.text
    entry = standing.english
    is_older = shown.made_of != entry.mark
    own = [region for region in Region if region in entry.answer.variants or region in entry.next_step_variants]
    return staff_page(
        "staff/language.html",
        status,
        **looked_at(db, standing, shown),
        opened=opened,
        standing=standing,
        language=standing.language,
        language_name=LANGUAGE_WORDS[standing.language],
        values={name: _value(shown, name) for name in LABELS},
        english={name: _english(entry, name) for name in LABELS},
        is_older=is_older,
        changed=compare_wording(opened.before, entry) if is_older and opened.before else (),
        theirs=compare_translations(standing.text, text) if text and text != standing.text and trouble else (),
        typed_faults=told or {},
        trouble=trouble,
        reason=reason,
        own_regions=[REGION_WORDS[region] for region in own],
        mine=standing.sent is not None and standing.sent.author == staff().name,
    )


def translation_piece(db: Db, standing: Standing, text: Translation) -> Response:
    """Preview, faults and ranks of what is typed, for the page's script to put in their places."""
    return staff_page("staff/language_check.html", typed_faults={}, **looked_at(db, standing, text))


def looked_at(db: Db, standing: Standing, text: Translation) -> dict[str, Any]:
    """Everything that is told of a text: faults by field, ranks by wording, how it reads, how patients see it."""
    bot, entry = desk().live.bot, standing.english
    served = bot.release.entry(entry.id) if bot else None
    wordings = (*text.wordings, *text.golden)
    return {
        "labels": LABELS,
        "faults": by_field(check_translation(db, standing, text)),
        "ranks": by_wording(ranks_of(bot, entry.id, wordings) if bot else ()),
        "is_live": served is not None and served.served_translation(standing.language) is not None,
        "ease": reading_ease(f"{text.short}\n\n{text.detail}"),
        "least_ease": LEAST_EASE,
        "most_words": MOST_SHORT_WORDS,
        "regions": REGION_WORDS,
        "region": shown_region(),
        "preview": preview_of(standing, text, shown_region()),
    }


def preview_of(standing: Standing, text: Translation, region: Region) -> Markup:
    """The answer with patients' own templates, in its language."""
    bot, language = desk().live.bot, standing.language
    reply: Reply | None = None
    unshown = "There is no live release to show it with."
    if bot is not None:
        try:
            reply = preview(bot.release, as_served(standing.english, language, text), region, language)
        except InputError as error:
            unshown = f"{error.got} is none of {error.allowed}, so it cannot be shown."
    clinic = bot.release.clinic if bot else None
    with force_locale(language):
        shown = render_template(
            "staff/entry_preview.html",
            exchange={"conversation": "", "reply": reply} if reply else None,
            question=text.question or standing.english.question,
            unshown=unshown,
            release=bot.release if bot else None,
            clinic=clinic,
            region=region,
            open_now=opening_words(clinic, desk().now()) if clinic else "",
            locale_query=f"?locale={language}",
        )
    return Markup('<div lang="{}">{}</div>').format(language, Markup(shown))  # noqa: S704 - rendered just now  # nosec B704


def shown_region() -> Region:
    """The region that the preview is for: as asked, else the clinic's."""
    bot = desk().live.bot
    asked = request.values.get("region", "")
    if asked in {each.value for each in Region}:
        return Region(asked)
    return bot.release.clinic.region if bot else Region.UK


def by_field(faults: tuple[Fault, ...]) -> dict[str, list[Fault]]:
    """The faults of each field."""
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.field, []).append(fault)
    return found


def by_wording(ranks: tuple[Rank, ...]) -> dict[str, Rank]:
    """The rank of each wording."""
    return {rank.wording: rank for rank in ranks}


def as_kept(text: Translation, before: Translation) -> Translation:
    """What was typed, with what no input holds."""
    return replace(text, made_of=text.made_of or before.made_of)


def _value(text: Translation, name: str) -> str:
    value: str | tuple[str, ...] = getattr(text, name)
    return value if isinstance(value, str) else "\n".join(value)


def _english(entry: Entry, name: str) -> str:
    known = {
        "question": entry.question,
        "phrasings": "\n".join(each.text for each in entry.phrasings),
        "golden": "\n".join(entry.golden),
        "short": entry.answer.short,
        "detail": entry.answer.detail,
        "next_step": entry.next_step.text,
    }
    return known.get(name, "")


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for each in text.split("\n") if (line := " ".join(each.split()))))
