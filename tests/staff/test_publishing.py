"""From approved revisions to the live release and back: gates, waivers, roles, and two people at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from curating import ADA, CLEO, ED, NOON, approve_change, person, worded

from bot.dialogue.bot import Bot
from bot.errors import Conflict, Forbidden, InputError, NotReady
from bot.faq.entry import Entry, Phrasing
from bot.faq.files import Loaded
from bot.faq.release import Level, Release
from bot.staff.accounts import User
from bot.staff.candidates import load_standing, prepare
from bot.staff.gating import run_candidate, told
from bot.staff.own_content import approve_content
from bot.staff.publishing import Terms, publish, roll_back
from bot.staff.seeding import seed_if_empty
from bot.store.audit import list_events, verify
from bot.store.database import Database
from bot.store.releases import (
    GateRun,
    end_gates,
    find_live,
    last_run,
    list_candidates,
    list_publications,
    list_releases,
    load_candidate,
    load_release,
    note_progress,
)
from bot.store.visits import Turn, add_turns, forget_conversation

ENTRY = "complaints-feedback"
TOLD = "Tell us what went wrong. We read every message."
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def seeded(database: Database, small: Loaded) -> Database:
    seed_if_empty(database, small, NOON - timedelta(hours=1))
    return database


def pass_gates(database: Database, candidate_id: int, **evidence: Any) -> None:
    """What a run that passed would have stored; the runs themselves are tested below."""
    with database.change() as db:
        run, live, release = last_run(db, candidate_id), find_live(db), load_candidate(db, candidate_id)
        assert run is not None
        assert live is not None
        assert release is not None
        found = {"passed": True, "gates": [], "content": release.content_hash, "live": live.number}
        end_gates(db, run.run_id, {**found, **evidence}, NOON)


def candidate_of(database: Database, change: Callable[[Entry], Entry], *, entry_id: str = ENTRY) -> int:
    approve_change(database, entry_id, change)
    return prepare(database, user=CLEO, now=NOON)


def publish_change(database: Database, short: str, user: User = CLEO, now: Any = NOON) -> int:
    approve_change(database, ENTRY, worded(short))
    candidate_id = prepare(database, user=user, now=now)
    pass_gates(database, candidate_id)
    return publish(database, candidate_id, Terms(note="n"), user=user, now=now)


def run(
    database: Database, candidate_id: int, ready: Callable[..., Bot], now: Callable[[], datetime] = lambda: NOON
) -> GateRun:
    return run_candidate(database, candidate_id, ready=ready, now=now, retention=timedelta(days=30))


def live_number(database: Database) -> int:
    with database.read() as db:
        live = find_live(db)
    assert live is not None
    return live.number


def actions(database: Database) -> list[str]:
    with database.read() as db:
        assert verify(db).fault == ""
        return [event.action for event in list_events(db)]


def ask(database: Database, *questions: str) -> None:
    turns = [
        Turn(
            turn_id=f"t{number}",
            conversation="c",
            asked_at=NOON,
            redacted=question,
            outcome="answer",
            release=1,
            region="uk",
            channel="web",
            context={},
            said=[],
        )
        for number, question in enumerate(questions)
    ]
    with database.change() as db:
        add_turns(db, turns)


def test_a_candidate_that_passed_becomes_the_live_release_with_its_evidence(seeded: Database) -> None:
    candidate_id = candidate_of(seeded, worded(TOLD))
    pass_gates(seeded, candidate_id, behaviour={"asked": 3, "different": []})

    number = publish(seeded, candidate_id, Terms(note=" Clearer "), user=CLEO, now=NOON)

    assert number == live_number(seeded) == 2
    with seeded.read() as db:
        release, line = load_release(db, 2), list_releases(db)[0]
    assert release is not None
    entry = release.entry(ENTRY)
    assert entry is not None
    assert entry.answer.short == TOLD
    assert (line.author, line.note) == ("Cleo", "Clearer")
    assert line.evidence["behaviour"] == {"asked": 3, "different": []}
    assert line.evidence["waivers"] == {}
    assert actions(seeded)[:2] == ["release.published", "candidate.made"]


@pytest.mark.parametrize("user", [ED, person("Nobody")])
def test_who_is_neither_clinician_nor_admin_does_not_publish(seeded: Database, user: User) -> None:
    candidate_id = candidate_of(seeded, worded(TOLD))
    pass_gates(seeded, candidate_id)

    with pytest.raises(Forbidden):
        prepare(seeded, user=user, now=NOON)
    with pytest.raises(Forbidden):
        publish(seeded, candidate_id, Terms(), user=user, now=NOON)
    with pytest.raises(Forbidden):
        roll_back(seeded, 1, user=user, now=NOON)


def test_an_admin_may_publish(seeded: Database) -> None:
    assert publish_change(seeded, TOLD, user=ADA) == 2


def test_nothing_is_prepared_when_nothing_differs(seeded: Database) -> None:
    with pytest.raises(Conflict, match="nothing differs from release 1"):
        prepare(seeded, user=CLEO, now=NOON)


def test_a_candidate_whose_gates_did_not_run_or_did_not_pass_is_not_published(seeded: Database) -> None:
    candidate_id = candidate_of(seeded, worded(TOLD))

    with pytest.raises(Conflict, match="have not run to the end"):
        publish(seeded, candidate_id, Terms(), user=CLEO, now=NOON)
    failed = [{"name": "lint", "passed": False, "failures": [], "checked": 1, "noted": 1}]
    pass_gates(seeded, candidate_id, passed=False, gates=failed)
    with pytest.raises(Conflict, match="did not pass: lint"):
        publish(seeded, candidate_id, Terms(), user=CLEO, now=NOON)
    assert live_number(seeded) == 1


def test_the_same_content_is_one_candidate_and_its_gates_can_run_again(seeded: Database) -> None:
    candidate_id = candidate_of(seeded, worded(TOLD))

    with pytest.raises(Conflict, match="running already"):
        prepare(seeded, user=CLEO, now=NOON)
    pass_gates(seeded, candidate_id)
    assert prepare(seeded, user=CLEO, now=NOON) == candidate_id


def test_a_run_that_died_is_noticed_and_can_be_started_again(seeded: Database) -> None:
    candidate_id = candidate_of(seeded, worded(TOLD))
    later = NOON + timedelta(minutes=1)
    with seeded.read() as db:
        dead = last_run(db, candidate_id)
    assert dead is not None
    assert dead.is_silent(later)

    assert prepare(seeded, user=CLEO, now=later) == candidate_id
    with seeded.read() as db:
        again = last_run(db, candidate_id)
    assert again is not None
    assert again.run_id > dead.run_id
    assert not again.is_silent(later)


def test_a_run_that_goes_on_is_not_taken_for_dead(seeded: Database) -> None:
    candidate_id = candidate_of(seeded, worded(TOLD))
    later = NOON + timedelta(minutes=1)
    with seeded.change() as db:
        known = last_run(db, candidate_id)
        assert known is not None
        note_progress(db, known.run_id, stage="learning", done=0, total=0, at=later)

    with pytest.raises(Conflict, match="running already"):
        prepare(seeded, user=CLEO, now=later)


def test_newer_approvals_are_left_out_only_when_that_is_said(seeded: Database) -> None:
    candidate_id = candidate_of(seeded, worded(TOLD))
    pass_gates(seeded, candidate_id)
    approve_change(seeded, "about-this-chat", worded("Newer."))
    with seeded.read() as db:
        assert load_standing(db, NOON).newer.entries.changed == ("about-this-chat",)

    with pytest.raises(Conflict, match="about-this-chat"):
        publish(seeded, candidate_id, Terms(), user=CLEO, now=NOON)
    number = publish(seeded, candidate_id, Terms(without_newer=True), user=CLEO, now=NOON)

    with seeded.read() as db:
        release, line = load_release(db, number), list_releases(db)[0]
    assert release is not None
    entry = release.entry("about-this-chat")
    assert entry is not None
    assert entry.answer.short != "Newer."
    assert line.evidence["left_out"] == ["about-this-chat"]


def test_another_release_in_between_asks_for_the_gates_again(seeded: Database) -> None:
    publish_change(seeded, "First.")
    candidate_id = candidate_of(seeded, worded(TOLD))
    pass_gates(seeded, candidate_id)
    roll_back(seeded, 1, user=CLEO, now=NOON)

    with pytest.raises(Conflict, match="went live since its gates ran"):
        publish(seeded, candidate_id, Terms(), user=CLEO, now=NOON)


def test_two_people_publishing_at_once_make_one_release(any_database: Database, small: Loaded) -> None:
    seed_if_empty(any_database, small, NOON - timedelta(hours=1))
    candidate_id = candidate_of(any_database, worded(TOLD))
    pass_gates(any_database, candidate_id)

    def attempt(name: User) -> str:
        try:
            return f"release {publish(any_database, candidate_id, Terms(), user=name, now=NOON)}"
        except Conflict as error:
            return error.problem

    with ThreadPoolExecutor(2) as both:
        results = sorted(both.map(attempt, [CLEO, ADA]))

    assert results == ["release 2", "release 2 went live since its gates ran; run them again"]
    with any_database.read() as db:
        assert len(list_releases(db)) == 2
        assert len(list_publications(db)) == 2


def overdue(entry: Entry) -> Entry:
    return replace(entry, review_by=date(2026, 11, 23))


def test_an_entry_past_its_review_date_needs_a_waiver_that_is_kept_and_audited(seeded: Database) -> None:
    candidate_id = candidate_of(seeded, overdue)
    pass_gates(seeded, candidate_id)

    with pytest.raises(InputError, match=f"waiver of {ENTRY}"):
        publish(seeded, candidate_id, Terms(waivers={ENTRY: "  "}), user=CLEO, now=NOON)
    publish(seeded, candidate_id, Terms(waivers={ENTRY: "leaflet due in May"}), user=CLEO, now=NOON)

    with seeded.read() as db:
        line, events = list_releases(db)[0], list_events(db, action="review.waived")
    assert line.evidence["waivers"] == {ENTRY: {"reason": "leaflet due in May", "review_by": "2026-11-23"}}
    assert [(event.actor, event.subject) for event in events] == [("Cleo", ENTRY)]
    assert events[0].detail["reason"] == "leaflet due in May"


def test_a_waiver_that_is_not_needed_is_refused(seeded: Database) -> None:
    candidate_id = candidate_of(seeded, worded(TOLD))
    pass_gates(seeded, candidate_id)

    with pytest.raises(InputError, match="past their review date"):
        publish(seeded, candidate_id, Terms(waivers={"about-this-chat": "because"}), user=CLEO, now=NOON)


def test_an_entry_is_due_until_the_end_of_its_day(seeded: Database) -> None:
    candidate_id = candidate_of(seeded, lambda entry: replace(entry, review_by=date(2026, 11, 24)))
    pass_gates(seeded, candidate_id)

    assert publish(seeded, candidate_id, Terms(), user=CLEO, now=NOON) == 2


def test_rolling_back_is_a_publication_of_its_own_and_can_be_taken_back(seeded: Database) -> None:
    publish_change(seeded, "First.")

    before = roll_back(seeded, 1, reason="wrong number", user=CLEO, now=NOON)
    assert (live_number(seeded), before.number) == (1, 2)
    roll_back(seeded, before.number, user=CLEO, now=NOON)
    assert live_number(seeded) == 2

    with seeded.read() as db:
        kinds = [(each.kind, each.number, each.reason) for each in list_publications(db)]
    assert kinds[:2] == [("rollback", 2, ""), ("rollback", 1, "wrong number")]
    assert actions(seeded)[:2] == ["release.rolled_back"] * 2


def test_rolling_back_to_what_is_live_or_never_was_is_refused(seeded: Database) -> None:
    with pytest.raises(Conflict, match="live already"):
        roll_back(seeded, 1, user=CLEO, now=NOON)
    with pytest.raises(InputError, match="7"):
        roll_back(seeded, 7, user=CLEO, now=NOON)


def test_after_a_rollback_what_is_approved_can_be_published_again(seeded: Database) -> None:
    publish_change(seeded, TOLD)
    roll_back(seeded, 1, user=CLEO, now=LATER)
    with seeded.read() as db:
        standing, candidate = load_standing(db, LATER), list_candidates(db)[0]
    assert standing.candidate is None
    with pytest.raises(Conflict, match="run them again"):
        publish(seeded, candidate.candidate_id, Terms(), user=CLEO, now=LATER)
    assert standing.waiting.entries.changed == (ENTRY,)

    candidate_id = prepare(seeded, user=CLEO, now=LATER)
    pass_gates(seeded, candidate_id)
    assert publish(seeded, candidate_id, Terms(), user=CLEO, now=LATER) == 3


def test_the_content_is_approved_with_ones_name_and_goes_out_with_the_next_release(seeded: Database) -> None:
    with seeded.read() as db:
        shown = load_standing(db, NOON).approved
    assert not shown.approved

    approved = approve_content(seeded, content_hash=shown.content_hash, has_read=True, user=CLEO, now=NOON)

    assert approved == len(shown.entries)
    with seeded.read() as db:
        standing = load_standing(db, NOON)
        event = list_events(db, limit=1)[0]
    assert (standing.approved.clinic.approved_by, standing.approved.clinic.approved_on) == ("Cleo", NOON.date())
    assert set(standing.waiting.clinic.changed) == {"approved_by", "approved_on"}
    assert (event.action, event.detail["entries"]) == ("content.approved", approved)


def test_the_content_is_not_approved_unread_by_others_or_after_it_changed(seeded: Database) -> None:
    with seeded.read() as db:
        shown = load_standing(db, NOON).approved.content_hash

    with pytest.raises(InputError, match="read all"):
        approve_content(seeded, content_hash=shown, has_read=False, user=CLEO, now=NOON)
    with pytest.raises(Forbidden):
        approve_content(seeded, content_hash=shown, has_read=True, user=ADA, now=NOON)
    approve_change(seeded, ENTRY, worded(TOLD))
    with pytest.raises(Conflict, match="changed since"):
        approve_content(seeded, content_hash=shown, has_read=True, user=CLEO, now=NOON)


def gate(run: GateRun, name: str) -> Mapping[str, Any]:
    assert run.evidence is not None
    found: Mapping[str, Any] = next(gate for gate in run.evidence["gates"] if gate["name"] == name)
    return found


def test_gates_pass_and_tell_what_would_be_answered_differently(seeded: Database, small_bot: Bot) -> None:
    ask(seeded, "how do i complain", "how do i book an appointment", "i want to kill myself")
    candidate_id = candidate_of(seeded, worded(TOLD))
    looked = count()

    done = run(
        seeded,
        candidate_id,
        lambda release, **_: Bot(release, like=small_bot),
        now=lambda: NOON + timedelta(seconds=next(looked)),
    )

    assert done.evidence is not None
    assert done.evidence["passed"]
    assert done.stage == "done"
    stages = done.evidence["stages"]
    assert set(stages) == {"learning", "wording", "golden questions", "safety suite", "real questions"}
    assert min(stages.values()) > 0
    assert sum(stages.values()) == done.evidence["seconds"] - 1  # the clock was first looked at before the first
    behaviour = done.evidence["behaviour"]
    assert behaviour["asked"] == 3
    assert [(each["turn"], each["kind"]) for each in behaviour["different"]] == [("t0", "wording")]
    assert "how do i complain" not in json.dumps(done.evidence)
    with seeded.change() as db:
        assert told(db, done.evidence)["behaviour"]["different"][0]["question"] == "how do i complain"
        forget_conversation(db, "c")
        assert told(db, done.evidence)["behaviour"]["different"][0]["question"] is None
    assert done.evidence["safety"]["holds"]
    assert publish(seeded, candidate_id, Terms(), user=CLEO, now=NOON) == 2


def test_a_failing_gate_blocks_and_names_what_failed(seeded: Database, small_bot: Bot) -> None:
    candidate_id = candidate_of(seeded, worded("This is a miracle cure. Call {{ clinic.nobody }}."))

    done = run(seeded, candidate_id, lambda release, **_: Bot(release, like=small_bot))

    assert done.evidence is not None
    assert not done.evidence["passed"]
    assert "miracle" in " ".join(gate(done, "lint")["failures"])
    assert f"{ENTRY}, uk: {{{{ clinic.nobody }}}} cannot be filled in" in gate(done, "answers can be shown")["failures"]
    with pytest.raises(Conflict, match="lint"):
        publish(seeded, candidate_id, Terms(), user=CLEO, now=NOON)


def test_a_grave_question_that_would_be_taken_for_less_fails(seeded: Database, small_bot: Bot, small: Loaded) -> None:
    ask(seeded, "i want to kill myself")
    candidate_id = candidate_of(seeded, worded(TOLD))
    blind = Bot(replace(small.release, rules=()), like=None)

    def ready(release: Release, **_: object) -> Bot:
        """The candidate's bot has lost its rules: what a broken edit of them would do."""
        known = release.entry(ENTRY)
        changed = known is not None and known.answer.short == TOLD
        return Bot(replace(release, rules=()), like=blind) if changed else Bot(release, like=small_bot)

    done = run(seeded, candidate_id, ready)

    failed = gate(done, "no grave question is taken for less")
    assert not failed["passed"]
    assert "was crisis and would be" in failed["failures"][0]


def test_a_candidate_that_cannot_be_served_fails_and_says_why(seeded: Database) -> None:
    candidate_id = candidate_of(seeded, worded(TOLD))

    def ready(_release: Release, **_: object) -> Bot:
        raise NotReady("safety rule x: broken")

    done = run(seeded, candidate_id, ready)

    assert done.evidence is not None
    assert not done.evidence["passed"]
    assert gate(done, "can be served")["failures"] == ["safety rule x: broken"]


def test_a_live_release_that_is_broken_does_not_keep_a_better_one_away(
    seeded: Database, small_bot: Bot, small: Loaded
) -> None:
    candidate_id = candidate_of(seeded, worded(TOLD))

    def ready(release: Release, **_: object) -> Bot:
        if release.content_hash == small.release.content_hash:
            raise NotReady("the live one is broken")
        return Bot(release, like=small_bot)

    done = run(seeded, candidate_id, ready)

    assert done.evidence is not None
    assert done.evidence["passed"]
    assert done.evidence["behaviour"]["without"] == "the live one is broken"


def test_gates_are_not_run_twice_and_not_without_a_run(seeded: Database, small_bot: Bot) -> None:
    candidate_id = candidate_of(seeded, lambda entry: replace(entry, phrasings=(*entry.phrasings, Phrasing("a moan"))))
    pass_gates(seeded, candidate_id)

    with pytest.raises(Conflict, match="no run"):
        run(seeded, candidate_id, lambda release, **_: Bot(release, like=small_bot))
    with pytest.raises(InputError, match="candidate"):
        run(seeded, 77, lambda release, **_: Bot(release, like=small_bot))


def test_a_wording_whose_words_ring_an_alarm_is_kept_back(seeded: Database, small_bot: Bot, small: Loaded) -> None:
    rule = next(rule for rule in small.release.rules if rule.level is Level.EMERGENCY)
    ringing = rule.examples[0]
    candidate_id = candidate_of(
        seeded,
        lambda entry: replace(
            entry, phrasings=(*entry.phrasings, Phrasing(ringing), Phrasing("who hears what I think"))
        ),
    )

    done = run(seeded, candidate_id, lambda release, **_: Bot(release, like=small_bot))

    failed = gate(done, "no new wording takes an alarm away")
    assert (failed["passed"], failed["checked"]) == (False, 2)
    assert failed["failures"] == [f"{ENTRY}: {ringing!r} raises “{rule.name}” today"]
