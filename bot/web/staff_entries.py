"""The list of entries: searched, filtered, changed many at a time; and where a new one begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, redirect, request, url_for

from bot.errors import Conflict, InputError
from bot.faq.entry import Topic
from bot.faq.entry_checks import folded
from bot.faq.yaml_reader import parse_date
from bot.staff import bulk
from bot.staff.accounts import Role
from bot.staff.around import load_around
from bot.staff.listing import Filter, Page, Sort, State, list_page
from bot.staff.starting import propose_id, start
from bot.staff.translations import Need
from bot.staff.unanswered import nearest_of
from bot.web.pages import desk
from bot.web.staff_door import requires, room, say, staff, staff_page
from bot.web.staff_faults import require_question, told

blueprint = room("entries", "/staff")

_FILTERS = ("q", "topic", "state", "owner", "due", "translation", "sort", "page")


@blueprint.get("/entries")
@requires(Role.EDITOR)
def entries() -> Response:
    """The list; scripts ask for it with `part=list` and get just the table."""
    return _list()


@blueprint.post("/entries")
@requires(Role.EDITOR)
def change_many() -> Any:
    """One change to all ticked entries, with undo on the next page."""
    ids = request.form.getlist("id")
    if not ids:
        return _list(422, {"many": "Tick the entries first."})
    try:
        done, said, undo = _changed(ids, request.form.get("do", ""))
    except InputError as error:
        return _list(422, {error.field: told(error)})
    if done.left:
        reasons = "; ".join(f"{entry_id}: {why}" for entry_id, why in done.left[:5])
        more = f" and {len(done.left) - 5} more" if len(done.left) > 5 else ""
        said = f"{said} {len(done.left)} left as they were ({reasons}{more})."
    say(said, undo=undo if done.changed else "")
    return redirect(_back(), 303)


@blueprint.post("/entries-undo/<kind>/<moment>")
@requires(Role.EDITOR)
def undo_many(kind: str, moment: str) -> Any:
    """Take back one's own change to many, by the moment it was made."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        abort(404)
    if at.tzinfo is None or kind not in ("change", "send"):
        abort(404)
    undo = bulk.undo_sending if kind == "send" else bulk.undo_changes
    done = undo(desk().require_database(), at, user=staff(), now=desk().now())
    left = f" {len(done.left)} were changed since and stay." if done.left else ""
    say(f"Taken back for {_entries(len(done.changed))}.{left}")
    return redirect(url_for("entries.entries"), 303)


@blueprint.get("/new-entry")
@requires(Role.EDITOR)
def new_entry() -> Response:
    """Where a new entry begins: its question and topic."""
    return _new({"question": request.args.get("question", "")[:200], "topic": request.args.get("topic", "")}, {})


@blueprint.post("/new-entry")
@requires(Role.EDITOR)
def begin_entry() -> Any:
    """Take the id and open the editor; without an id one is proposed first.

    Where entries are asked much alike they are shown before, until somebody says that it is none of them.
    """
    typed = {name: request.form.get(name, "").strip() for name in ("question", "topic", "entry_id")}
    database, user = desk().require_database(), staff()
    try:
        require_question(typed["question"])
        if "sure" not in request.form and (alike := _alike(typed["question"])):
            return _new(typed, {}, alike=alike)
        if not typed["entry_id"]:
            with database.read() as db:
                typed["entry_id"] = propose_id(db, typed["question"])
        draft = start(database, typed["entry_id"], typed["question"], typed["topic"], user=user, now=desk().now())
    except InputError as error:
        return _new(typed, {error.field: told(error)}, 422)
    except Conflict:
        return _new(typed, {"entry_id": "There is an entry of that id already. Choose another one."}, 409)
    return redirect(url_for("editor.edit", entry_id=draft.entry_id), 303)


def _new(
    typed: dict[str, str], faults: dict[str, str], status: int = 200, alike: Mapping[str, str] | None = None
) -> Response:
    """The page; `alike` are the questions of entries that may be meant, by id."""
    with desk().require_database().read() as db:
        topics = load_around(db, "").topics
    sure = bool(alike) or "sure" in request.form
    return staff_page(
        "staff/new_entry.html", status, typed=typed, faults=faults, topics=topics, alike=alike or {}, sure=sure
    )


def _alike(question: str) -> dict[str, str]:
    """The entries that the live bot finds near, and any that has just these words, drafts too; questions by id."""
    bot = desk().live.bot
    with desk().require_database().read() as db:
        around = load_around(db, "")
    same = around.wordings.get(folded(question))
    near = nearest_of(bot, question) if bot else ()
    found = {same: around.questions[same]} if same else {}
    return found | {each.entry_id: each.question for each in near if each.entry_id in around.ids}


def _list(status: int = 200, faults: dict[str, str] | None = None) -> Response:
    wanted, bot = _filter(), desk().live.bot
    with desk().require_database().read() as db:
        page = list_page(db, bot.release if bot else None, wanted, desk().now())
    chosen = {name: value for name in _FILTERS if (value := request.args.get(name, ""))}
    template = "staff/entries_list.html" if request.args.get("part") == "list" else "staff/entries.html"
    return staff_page(
        template,
        status,
        page=page,
        wanted=wanted,
        chosen={name: value for name, value in chosen.items() if name != "page"},
        filtered=any(name not in ("page", "sort") for name in chosen),
        choices=_choices(page, bot.release.topics if bot else ()),
        titles={topic.id: topic.title for topic in bot.release.topics} if bot else {},
        today=_today(),
        query=urlencode(chosen),
        ticked=frozenset(request.form.getlist("id")),
        typed=request.form,
        faults=faults or {},
    )


def _choices(page: Page, topics: tuple[Topic, ...]) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: value and label."""
    return {
        "topic": [("", "All topics"), *((topic.id, topic.title) for topic in topics)],
        "state": [("", "All states"), *((each, f"{each.capitalize()} ({page.states.get(each, 0)})") for each in State)],
        "owner": [("", "All owners"), *((owner, owner) for owner in page.owners)],
        "sort": [(Sort.QUESTION, "Question"), (Sort.ASKED, "Most asked"), (Sort.UNHELPFUL, "Most unhelpful"),
                 (Sort.REVIEW_BY, "Review date")],
    }  # fmt: skip


def _filter() -> Filter:
    """What the address asks for; what cannot be understood is left out, as an old bookmark must not fail."""
    given = request.args
    sort, page = given.get("sort", ""), given.get("page", "")
    return Filter(
        words=given.get("q", "")[:200],
        topic=given.get("topic", ""),
        state=given.get("state", ""),
        owner=given.get("owner", ""),
        due=given.get("due", "") if given.get("due") in ("due", "overdue") else "",
        translation=Need(need) if (need := given.get("translation", "")) in set(Need) else None,
        sort=Sort(sort) if sort in {each.value for each in Sort} else Sort.QUESTION,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _changed(ids: list[str], what: str) -> tuple[bulk.Done, str, str]:
    database, user, now = desk().require_database(), staff(), desk().now()
    undo = url_for("entries.undo_many", kind="send" if what == "send" else "change", moment=now.isoformat())
    if what == "owner":
        owner = request.form.get("owner", "")
        done = bulk.set_owner(database, ids, owner, user=user, now=now)
        return done, f"The owner of {_entries(len(done.changed))} is now “{owner.strip()}”, in their drafts.", undo
    if what == "review_by":
        try:
            day = parse_date(request.form.get("review_by", ""))
        except ValueError as error:
            raise InputError(field="review_by", got="no day", allowed="a day like 2027-05-31") from error
        if day < _today():
            raise InputError(field="review_by", got="a day that has passed", allowed="today or a day to come")
        done = bulk.set_review_by(database, ids, day, user=user, now=now)
        return done, f"{_entries(len(done.changed))} will be reviewed by {day:%-d %B %Y}, in their drafts.", undo
    if what == "send":
        done = bulk.send(database, ids, request.form.get("reason", ""), user=user, now=now)
        return done, f"Sent for review: {_entries(len(done.changed))}.", undo
    raise InputError(field="many", got=what[:20], allowed="one of the buttons")


def _today() -> date:
    bot = desk().live.bot
    return bot.release.clinic.today(desk().now()) if bot else desk().now().date()


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _back() -> str:
    """The list as it was filtered."""
    chosen = {name: value for name in _FILTERS if (value := request.args.get(name, ""))}
    return url_for("entries.entries") + (f"?{urlencode(chosen)}" if chosen else "")
