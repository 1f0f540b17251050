"""The inbox: which messages wait, how long by the clinic's hours, and one message opened, which the audit notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.errors import Conflict
from bot.faq.clinic import ClinicProfile
from bot.faq.working_hours import working_time
from bot.staff.accounts import Role, User
from bot.store.database import Database, Db
from bot.store.handoffs import Handoff, HandoffEvent, add_event, change_handoff, reference_of, require_handoff
from bot.store.inbox import WAITING, Wanted, count_by_state, count_found, list_page, list_references
from bot.store.opening import open_handoff
from bot.store.outbox import Promise
from bot.store.sealing import Sealer
from bot.store.staff import list_accounts

Filter = Literal["waiting", "new", "seen", "overdue", "mine", "answered", "closed", "all"]
FILTERS: tuple[Filter, ...] = ("waiting", "new", "seen", "overdue", "mine", "answered", "closed", "all")
MAY_OPEN = (Role.CLINICIAN, Role.ADMIN)  # what patients wrote is for those who answer it, not for who writes the FAQ
MOST_NEIGHBOURS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A message as the list shows it, without anything that the patient wrote.

    `waited` and `late` are opening time of the clinic, in which alone somebody can answer; `late` is None when it is
    not overdue.
    """

    handoff: Handoff
    assignee: str
    waited: timedelta
    late: timedelta | None

    @property
    def waits(self) -> bool:
        """Whether nobody has answered or closed it."""
        return self.handoff.state in WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the list; `found` is how many the filter finds, `counts` those of each state and "overdue"."""

    lines: tuple[Line, ...]
    found: int
    counts: Mapping[str, int]

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(self.counts.get(state, 0) for state in WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A line of a message's history; `said` is a note's or a reply's text, `promise` how far a reply has come."""

    event: HandoffEvent
    said: Mapping[str, str]
    promise: Promise | None = None

    @property
    def text(self) -> str:
        """What was written."""
        return self.said.get("text", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A message unsealed: `plain` is name, contact_kind, contact and message, and empty once it was erased.

    `colleagues` are the people who may open messages, by their ids.
    """

    line: Line
    plain: Mapping[str, str]
    history: tuple[Happened, ...]
    colleagues: Mapping[int, str]
    before: str = ""
    after: str = ""

    @property
    def handoff(self) -> Handoff:
        """The message as it is stored."""
        return self.line.handoff


def look(
    db: Db,
    chosen: Filter,
    reference: str,
    *,
    clinic: ClinicProfile | None,
    user: User,
    now: datetime,
    page: int,
    per: int,
) -> Page:
    """A page of the list, its pages counted from 1."""
    wanted = wanted_of(chosen, reference, user=user, now=now)
    names = {each.user_id: each.name for each in list_accounts(db)}
    lines = (_line(each, names, clinic, now) for each in list_page(db, wanted, offset=(page - 1) * per, limit=per))
    return Page(lines=tuple(lines), found=count_found(db, wanted), counts=count_by_state(db, now))


def most_urgent(db: Db, *, clinic: ClinicProfile | None, now: datetime, limit: int) -> Page:
    """The first of those that wait, without whose they are; two queries."""
    counts = count_by_state(db, now)
    lines = tuple(_line(each, {}, clinic, now) for each in list_page(db, Wanted(states=WAITING), limit=limit))
    return Page(lines=lines, found=sum(counts.get(state, 0) for state in WAITING), counts=counts)


def wanted_of(chosen: Filter, reference: str, *, user: User, now: datetime) -> Wanted:
    """What a filter of the list looks for; a reference is looked for in every state."""
    if reference.strip():
        return Wanted(reference=reference_of(reference) or "-")  # no reference begins so
    match chosen:
        case "waiting":
            return Wanted(states=WAITING)
        case "overdue":
            return Wanted(overdue_at=now)
        case "mine":
            return Wanted(states=WAITING, assignee_id=user.user_id)
        case "all":
            return Wanted()
        case _:
            return Wanted(states=(chosen,))


def open_message(
    database: Database, sealer: Sealer, reference: str, *, clinic: ClinicProfile | None, user: User, now: datetime
) -> Opened:
    """A message unsealed for somebody, which the audit notes; a new one is seen from now on.

    Raises InputError where there is none, and Unreadable.
    """
    with database.change() as db:
        unseen = require_handoff(db, reference)
        found = _seen(db, unseen, user, now) if unseen.state == "new" else unseen
        # Opened within: a message that cannot be unsealed was read by nobody, and stays new.
        detail = {"first": found is not unseen}
        unsealed = open_handoff(db, sealer, found, action="handoff.read", actor=user.name, at=now, detail=detail)
        accounts = list_accounts(db)
        names = {each.user_id: each.name for each in accounts}
        around = list_references(db, Wanted(states=WAITING), limit=MOST_NEIGHBOURS)
    before, after = _neighbours(around, found.reference)
    able = {each.user_id: each.name for each in accounts if each.disabled_at is None and set(MAY_OPEN) & each.roles}
    if found.assignee_id is not None:
        able.setdefault(found.assignee_id, names.get(found.assignee_id, ""))
    return Opened(
        line=_line(found, names, clinic, now),
        plain=unsealed.plain,
        history=tuple(_happened(event, said, unsealed.promises) for event, said in unsealed.events),
        colleagues=able,
        before=before,
        after=after,
    )


def _seen(db: Db, found: Handoff, user: User, now: datetime) -> Handoff:
    """A new message marked as seen; as it is now, when somebody else opened it at the same moment."""
    try:
        version = change_handoff(
            db, found.handoff_id, found.version, state="seen", assignee_id=found.assignee_id, at=now
        )
    except Conflict:
        return require_handoff(db, found.reference)
    add_event(db, found.handoff_id, kind="seen", author=user.name, at=now)
    return replace(found, state="seen", version=version, changed_at=now)


def _line(found: Handoff, names: Mapping[int, str], clinic: ClinicProfile | None, now: datetime) -> Line:
    waits = found.state in WAITING
    until = now if waits else found.changed_at
    late = found.due_at if waits and found.due_at is not None and found.due_at < now else None
    return Line(
        handoff=found,
        assignee=names.get(found.assignee_id, "") if found.assignee_id is not None else "",
        waited=_open_time(clinic, found.received_at, until),
        late=_open_time(clinic, late, now) if late is not None else None,
    )


def _open_time(clinic: ClinicProfile | None, start: datetime, end: datetime) -> timedelta:
    if clinic is None or not clinic.hours:
        return end - start
    return working_time(clinic, start, end)


def _happened(event: HandoffEvent, said: Mapping[str, str], promises: tuple[Promise, ...]) -> Happened:
    about = (each for each in promises if each.kind == "reply" and each.detail.get("event_id") == event.event_id)
    return Happened(event=event, said=said, promise=next(about, None))


def _neighbours(order: tuple[str, ...], reference: str) -> tuple[str, str]:
    """The references before and after one; a message that is not among them stands before the first."""
    at = order.index(reference) if reference in order else -1
    return order[at - 1] if at > 0 else "", order[at + 1] if at + 1 < len(order) else ""
