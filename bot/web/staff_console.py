"""The page of the test console: a question asked as a patient would, of any release, with the reasons beneath."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import Response, current_app, request, url_for

from bot.config import Settings
from bot.dialogue.bot import Bot
from bot.dialogue.context import EMPTY, Context
from bot.errors import InputError
from bot.faq.entry import Region
from bot.faq.release import Level, Release
from bot.patients.chat import Exchange
from bot.staff import console
from bot.staff.accounts import Role
from bot.staff.console import Target, Trials, Tried, ready_in
from bot.store.releases import list_releases
from bot.web.pages import desk
from bot.web.staff_door import requires, room, staff_page
from bot.web.staff_faults import told

blueprint = room("staff_console", "/staff/ask")

WAIT_S = 1.5  # a draft is mostly ready within that; else the page says that it is being made
LOOKS_AGAIN_S = 2
MOST_RELEASES = 50
_SIGNALS = ("words", "meaning", "nearest", "centroid", "fuzzy")
_NAMES = {"live": "Live now", "drafts": "All drafts, as if approved", "approved": "What is approved now"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trying:
    """What the address asks for; every part of it can be shared as a link."""

    question: str
    target: Target
    region: Region | None
    context: Context


def trials() -> Trials:
    """The application's bots of releases that are not live."""
    made = current_app.extensions.get("trials")
    if made is None:
        made = current_app.extensions.setdefault("trials", Trials(_ready(desk().settings)))
    return cast(Trials, made)


@blueprint.get("")
@requires(Role.EDITOR)
def ask() -> Response:
    """The console, with the question of the address answered when there is one."""
    try:
        trying = _trying()
    except InputError as error:
        return _page(fault=error, status=422)
    if not trying.question.strip():
        return _page(trying)
    bot = _bot(trying.target)
    if bot is None:
        return _page(trying, waits=True)
    try:
        tried = console.ask(bot, trying.question, trying.context, trying.region)
    except InputError as error:
        return _page(trying, fault=error, status=422)
    return _page(trying, bot=bot, tried=tried)


def _bot(target: Target) -> Bot | None:
    """The bot that answers; None while it is being made ready."""
    live = desk().live.bot
    if target.kind == "live":
        return desk().live.require()
    with desk().require_database().read() as db:
        release = console.release_of(db, target, desk().now())
    return trials().open(release, live, published=target.kind == "release", wait_s=WAIT_S)


def _page(
    trying: Trying | None = None,
    *,
    bot: Bot | None = None,
    tried: Tried | None = None,
    waits: bool = False,
    fault: InputError | None = None,
    status: int = 200,
) -> Response:
    with desk().require_database().read() as db:
        releases = list_releases(db, limit=MOST_RELEASES)
    live = desk().live.bot
    against = str(trying.target) if trying else request.args.get("against", "live")
    values: dict[str, Any] = {
        "question": trying.question if trying else request.args.get("q", ""),
        "against": against,
        "targets": [*_NAMES.items(), *((f"release-{each.number}", f"Release {each.number}") for each in releases)],
        "asked_region": request.args.get("region", ""),
        "follows": _follows(live, trying.context if trying else EMPTY),
        "waits": waits,
        "looks_again_s": LOOKS_AGAIN_S,
        "fault": _worded(fault),
        "tried": tried,
    }
    if bot is not None and tried is not None and trying is not None:
        values |= _shown(bot, tried, trying)
    return staff_page("staff/console.html", status, **values)


def _shown(bot: Bot, tried: Tried, trying: Trying) -> dict[str, Any]:
    """What the patient's cards need, and the next question's context."""
    clinic = bot.release.clinic
    region = trying.region or clinic.region
    carried = {"against": str(trying.target), **_carried(tried.context)}
    if trying.region:
        carried["region"] = trying.region.value
    return {
        "exchange": Exchange(tried.reply, "", ""),
        "answering": bot.release,
        "clinic": clinic,
        "open_now": clinic.open_now(desk().now()),
        "locale_query": "?locale=en-US" if region is Region.US else "",
        "asking": {"action": url_for("staff_console.ask"), "method": "get", "name": "q", "hidden": carried},
        **reasons(bot.release, tried.because),
        "carried": carried,
        "here": request.full_path,
    }


def reasons(release: Release, because: dict[str, Any]) -> dict[str, Any]:
    """What `staff/why.html` shows of an explanation: parts, signals, the greatest contribution, entries by id."""
    parts = because["parts"]
    most = max((abs(each["contributions"][name]) for each in _candidates(parts) for name in _SIGNALS), default=1.0)
    entries = {entry.id: entry.question for entry in release.entries}
    return {"parts": parts, "signals": _SIGNALS, "most": most or 1.0, "entries": entries}


def _candidates(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All candidates; one that was carried over from the last answer may lack signals."""
    found = [each for part in parts for each in part["candidates"]]
    for each in found:
        each["contributions"] = {name: each["contributions"].get(name, 0.0) for name in _SIGNALS}
    return found


def _trying() -> Trying:
    region = request.args.get("region", "")
    if region not in ("", *(each.value for each in Region)):
        raise InputError(field="region", got="something else", allowed="uk or us")
    return Trying(
        question=request.args.get("q", "").replace("\r\n", "\n"),
        target=Target.of(request.args.get("against", "live")),
        region=Region(region) if region else None,
        context=_context(),
    )


def _context() -> Context:
    """What the question follows on, from the address: the last answer, and help that stays in view."""
    entry_id, topic = request.args.get("entry", "")[:80], request.args.get("topic", "")[:80]
    raised = request.args.get("raised", "").upper()
    level = Level[raised] if raised in Level.__members__ else None
    calm = request.args.get("calm", 0, type=int)
    return Context(entry_id or None, topic or None, level, min(max(calm, 0), 9) if level else 0)


def _carried(context: Context) -> dict[str, str]:
    known = {
        "entry": context.entry_id,
        "topic": context.topic,
        "raised": context.raised.word if context.raised else None,
        "calm": str(context.calm_turns) if context.raised else None,
    }
    return {name: value for name, value in known.items() if value}


def _follows(live: Bot | None, context: Context) -> str:
    """The question that the next one follows on, or ""."""
    entry = live.release.entry(context.entry_id) if live and context.entry_id else None
    return entry.question if entry else context.entry_id or ""


def _worded(fault: InputError | None) -> str:
    if fault is None:
        return ""
    if fault.field == "question":
        return f"The question has {fault.got}. Write {fault.allowed}."
    return f"{fault.field.capitalize()}: {told(fault)}"


def _ready(settings: Settings) -> console.Prepare:
    return ready_in(settings.index_dir, (settings.knowledge_dir,))
