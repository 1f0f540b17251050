"""Publish and roll back in the staff area, and what was said in a turn; the gates' own process is a fake here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from curating import NOON, approve_change, revise, worded
from flask import Flask

from bot.config import Settings
from bot.staff.assembly import assemble
from bot.store.audit import list_events
from bot.store.content import find_revision
from bot.store.database import Database
from bot.store.releases import (
    add_release,
    end_gates,
    find_live,
    last_run,
    list_candidates,
    list_releases,
    load_candidate,
    note_progress,
)
from bot.store.releases import publish as add_publication
from bot.web.gate_process import GATES
from bot.web.opening import House

SignIn = Callable[[str], Any]
TOLD = "Use a plain ointment on your lips, many times a day."


@pytest.fixture
def started(staff_app: Flask) -> list[int]:
    """The candidates whose gates were started; nothing runs until `finish`."""
    begun: list[int] = []

    def start(_settings: Settings, _database: Database, candidate_id: int) -> None:
        begun.append(candidate_id)

    staff_app.extensions[GATES] = start
    return begun


def finish(house: House, candidate_id: int, *, passed: bool = True, **found: Any) -> None:
    gate = {"name": "lint", "passed": passed, "checked": 85, "noted": 0 if passed else 1, "failures": []}
    if not passed:
        gate["failures"] = ["dry-lips: promotional: 'miracle'"]
    with house.database.change() as db:
        run, live, release = last_run(db, candidate_id), find_live(db), load_candidate(db, candidate_id)
        assert run is not None
        assert live is not None
        assert release is not None
        evidence = {"passed": passed, "gates": [gate], "content": release.content_hash, "live": live.number, **found}
        end_gates(db, run.run_id, evidence, NOON)


def candidate(house: House) -> int:
    with house.database.read() as db:
        return list_candidates(db)[0].candidate_id


def live(house: House) -> int:
    with house.database.read() as db:
        found = find_live(db)
    assert found is not None
    return found.number


def test_the_page_says_when_everything_approved_is_live(started: list[int], sign_in: SignIn) -> None:
    page = sign_in("editor").text("/staff/releases")

    assert "Everything approved is live" in page
    assert "This server serves it" in page


def test_a_change_is_checked_published_followed_and_undone(
    house: House, staff_app: Flask, started: list[int], sign_in: SignIn
) -> None:
    turn_id = ask(house, staff_app, "lips r so dry")
    approve_change(house.database, "dry-lips", worded(TOLD))
    client = sign_in("clinician")
    assert "Check 1 change" in client.text("/staff/releases")

    assert client.post_form("/staff/releases/prepare").status_code == 303
    assert started == [candidate(house)]
    running = client.text("/staff/releases")
    assert "Waiting" in running
    assert '<noscript><meta http-equiv="refresh"' in running
    heard = {"outcome": "answer", "entries": ["dry-lips"], "headline": "My lips are very dry. What helps?"}
    different = [
        {"turn": turn_id, "kind": "wording", "falls": False, "before": heard, "after": heard},
    ]
    finish(house, started[0], behaviour={"asked": 412, "different": different})
    page = client.text("/staff/releases")
    assert "1 of 412" in page
    assert "lips r so dry" in page
    assert "Publish 1 change" in page

    answer = client.post_form("/staff/releases/publish", candidate=str(started[0]), note="Lips")
    assert answer.status_code == 303
    assert live(house) == 2
    page = client.text("/staff/releases")
    assert "Release 2 is published." in page
    assert "still serves 1" in page
    assert "/staff/releases/1/rollback" in page
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.web.staff_releases.PER_PAGE", 1)
        page = client.text("/staff/releases")
        assert "Roll back to 1<" not in page
        assert 'href="/staff/releases?before=2#releases-title">Older' in page
        assert "Roll back to 1<" in client.text("/staff/releases?before=2")
    house.follower.look()
    assert "This server serves it" in client.text("/staff/releases")

    client.post_form("/staff/releases/1/rollback")
    assert live(house) == 1
    assert "Release 1 is live again." in client.text("/staff/releases")
    client.post_form("/staff/releases/2/rollback")
    assert live(house) == 2


def test_approving_the_last_that_waits_begins_the_checks(house: House, started: list[int], sign_in: SignIn) -> None:
    first = revise(house.database, "dry-lips", worded(TOLD))
    second = revise(house.database, "dry-skin", worded("Use a cream."))
    client = sign_in("clinician")

    client.post_form(f"/staff/review/{first.revision_id}", decision="approve")
    assert started == []
    client.post_form(f"/staff/review/{second.revision_id}", decision="approve")

    assert started == [candidate(house)]
    assert "whose checks have begun" in client.text("/staff/review")
    assert "Begun by Cleo Clinician" in client.text("/staff/releases")
    finish(house, started[0])
    assert "Publish 2 changes" in client.text("/staff/releases")


def test_what_is_approved_while_checks_run_waits_for_their_end(
    house: House, started: list[int], sign_in: SignIn
) -> None:
    first = revise(house.database, "dry-lips", worded(TOLD))
    client = sign_in("clinician")
    client.post_form(f"/staff/review/{first.revision_id}", decision="approve")
    second = revise(house.database, "dry-skin", worded("Use a cream."))

    client.post_form(f"/staff/review/{second.revision_id}", decision="approve")

    assert len(started) == 1
    assert "with the next release." in client.text("/staff/review")
    finish(house, started[0])
    assert "1 change approved since is not in what was checked" in client.text("/staff/releases")


def test_returning_the_last_that_waits_begins_nothing(house: House, started: list[int], sign_in: SignIn) -> None:
    revision = revise(house.database, "dry-lips", worded(TOLD))

    sign_in("clinician").post_form(f"/staff/review/{revision.revision_id}", decision="return", comment="Shorter.")

    assert started == []


def test_what_is_approved_stays_so_when_its_checks_cannot_begin(
    house: House, started: list[int], sign_in: SignIn
) -> None:
    """An approval that leaves everything as it is live: there is nothing to check."""
    revision = revise(house.database, "dry-lips", lambda entry: entry)

    answer = sign_in("clinician").post_form(f"/staff/review/{revision.revision_id}", decision="approve")

    assert answer.status_code == 303
    assert started == []
    with house.database.read() as db:
        found = find_revision(db, "dry-lips")
    assert found is not None
    assert found.state == "approved"


def test_a_failed_check_shows_what_failed_and_no_button(house: House, started: list[int], sign_in: SignIn) -> None:
    approve_change(house.database, "dry-lips", worded(TOLD))
    client = sign_in("clinician")
    client.post_form("/staff/releases/prepare")
    finish(house, started[0], passed=False)

    page = client.text("/staff/releases")

    assert "miracle" in page
    assert "Publish 1 change" not in page
    answer = client.post_form("/staff/releases/publish", candidate=str(started[0]))
    assert answer.status_code == 409
    assert "gates did not pass: lint" in answer.get_data(as_text=True)


def test_checks_that_died_can_be_started_again(house: House, started: list[int], sign_in: SignIn, clock: Any) -> None:
    approve_change(house.database, "dry-lips", worded(TOLD))
    client = sign_in("clinician")
    client.post_form("/staff/releases/prepare")
    clock.forward(seconds=60)

    assert "Start them again" in client.text("/staff/releases")
    client.post_form("/staff/releases/prepare")
    assert len(started) == 2
    assert "Start them again" not in client.text("/staff/releases")


def test_progress_is_the_same_whichever_process_is_asked(house: House, started: list[int], sign_in: SignIn) -> None:
    approve_change(house.database, "dry-lips", worded(TOLD))
    client = sign_in("clinician")
    before = client.get("/staff/releases/progress").get_json()
    client.post_form("/staff/releases/prepare")
    with house.database.change() as db:
        run = last_run(db, started[0])
        assert run is not None
        note_progress(db, run.run_id, stage="safety suite", done=5, total=9, at=NOON)

    found = sign_in("editor").get("/staff/releases/progress").get_json()

    assert (found["stage"], found["done"], found["total"]) == ("safety suite", 5, 9)
    assert found["state"] != before["state"]


def test_an_overdue_entry_asks_for_a_reason_and_keeps_what_was_typed(
    house: House, started: list[int], sign_in: SignIn
) -> None:
    approve_change(house.database, "dry-lips", lambda entry: replace(entry, review_by=date(2026, 1, 1)))
    client = sign_in("clinician")
    client.post_form("/staff/releases/prepare")
    finish(house, started[0])
    assert "Was due for review on 1 January 2026" in client.text("/staff/releases")
    form = {"candidate": str(started[0]), "note": "keep me"}

    answer = client.post_form("/staff/releases/publish", **form, **{"waiver.dry-lips": ""})
    assert answer.status_code == 422
    assert "keep me" in answer.get_data(as_text=True)
    answer = client.post_form("/staff/releases/publish", **form, **{"waiver.dry-lips": "leaflet is due in May"})
    assert answer.status_code == 303
    assert "leaflet is due in May" in client.text("/staff/releases/2")


def test_newer_approvals_are_named_and_left_out_only_with_a_tick(
    house: House, started: list[int], sign_in: SignIn
) -> None:
    approve_change(house.database, "dry-lips", worded(TOLD))
    client = sign_in("clinician")
    client.post_form("/staff/releases/prepare")
    finish(house, started[0])
    approve_change(house.database, "dry-skin", worded("Use a cream."))

    page = client.text("/staff/releases")
    assert "1 change approved since is not in what was checked" in page
    assert client.post_form("/staff/releases/publish", candidate=str(started[0])).status_code == 409
    form = {"candidate": str(started[0]), "without_newer": "yes"}
    assert client.post_form("/staff/releases/publish", **form).status_code == 303
    assert "1 change since release 2" in client.text("/staff/releases")


def test_editors_see_everything_and_change_nothing(house: House, started: list[int], sign_in: SignIn) -> None:
    approve_change(house.database, "dry-lips", worded(TOLD))
    client = sign_in("editor")

    assert "<button" not in client.text("/staff/releases").split('id="main"')[1]
    for path in ("prepare", "publish", "approve-content", "1/rollback"):
        assert client.post_form(f"/staff/releases/{path}").status_code == 403
    assert started == []


def test_an_admin_publishes_but_does_not_approve_the_content(house: House, started: list[int], sign_in: SignIn) -> None:
    approve_change(house.database, "dry-lips", worded(TOLD))
    client = sign_in("admin")
    client.post_form("/staff/releases/prepare")
    finish(house, started[0])

    assert client.post_form("/staff/releases/approve-content", has_read="yes").status_code == 403
    assert client.post_form("/staff/releases/publish", candidate=str(started[0])).status_code == 303


def test_nothing_to_check_and_what_is_live_already_are_said(started: list[int], sign_in: SignIn) -> None:
    client = sign_in("clinician")

    assert client.post_form("/staff/releases/prepare").status_code == 409
    answer = client.post_form("/staff/releases/1/rollback")
    assert answer.status_code == 409
    assert "live already" in answer.get_data(as_text=True)
    assert client.post_form("/staff/releases/9/rollback").status_code == 422
    assert client.post_form("/staff/releases/publish", candidate="x").status_code == 422


def test_a_clinician_puts_their_name_to_the_content(house: House, started: list[int], sign_in: SignIn) -> None:
    client = sign_in("clinician")
    page = client.text("/staff/releases")
    assert "I have read all 85 answers" in page
    content = page.split('name="content" value="')[1].split('"')[0]

    assert client.post_form("/staff/releases/approve-content", content=content).status_code == 422
    assert client.post_form("/staff/releases/approve-content", content=content, has_read="yes").status_code == 303

    page = client.text("/staff/releases")
    assert "Sample content" not in page
    assert "approved by" in page
    with house.database.read() as db:
        assert list_events(db, limit=1)[0].actor == "Cleo Clinician"
    again = client.post_form("/staff/releases/approve-content", content=content, has_read="yes")
    assert again.status_code == 409


def test_a_release_shows_its_evidence_content_and_difference(house: House, started: list[int], sign_in: SignIn) -> None:
    approve_change(house.database, "dry-lips", worded(TOLD))
    client = sign_in("clinician")
    client.post_form("/staff/releases/prepare")
    finish(house, started[0], behaviour={"asked": 3, "different": []})
    client.post_form("/staff/releases/publish", candidate=str(started[0]), note="Lips")

    page = client.text("/staff/releases/2")
    assert "Lips" in page
    assert "1 change since release 1" in page
    assert "85 answers" in page
    assert "All 3 questions" in page
    assert client.get("/staff/releases/1?against=2").status_code == 200
    assert client.get("/staff/releases/9").status_code == 404


def ask(house: House, staff_app: Flask, question: str) -> str:
    turn: str = staff_app.extensions["clinicbot"].chat.ask(question).turn
    house.turns.flush()
    return turn


def test_a_turn_is_shown_word_for_word_and_why(house: House, staff_app: Flask, sign_in: SignIn) -> None:
    turn_id = ask(house, staff_app, "my lips are so dry")

    page = sign_in("editor").text(f"/staff/turns/{turn_id}")

    assert "my lips are so dry" in page
    assert "Dry lips happen to nearly everyone" in page
    assert "Why release 1 said it" in page
    assert "nearest wording" in page


def test_what_another_release_would_say_stands_beside_it(house: House, staff_app: Flask, sign_in: SignIn) -> None:
    turn_id = ask(house, staff_app, "my lips are so dry")
    approve_change(house.database, "dry-lips", worded(TOLD))
    with house.database.change() as db:
        number = add_release(db, assemble(db, NOON), author="Ada", note="", evidence={}, at=NOON)
        add_publication(db, number, kind="publish", author="Ada", reason="", at=NOON)
    house.follower.look()

    page = sign_in("editor").text(f"/staff/turns/{turn_id}?release=2")

    assert "What release 2 would say" in page
    assert TOLD in page
    assert "Dry lips happen to nearly everyone" in page


def test_a_turn_or_release_that_is_not_there_is_not_found(house: House, staff_app: Flask, sign_in: SignIn) -> None:
    turn_id = ask(house, staff_app, "my lips are so dry")
    client = sign_in("editor")

    assert client.get("/staff/turns/nothing").status_code == 404
    assert client.get(f"/staff/turns/{turn_id}?release=77").status_code == 404


def test_every_release_that_was_made_stands_in_the_list(house: House, started: list[int], sign_in: SignIn) -> None:
    with house.database.change() as db:
        for minute in range(3):
            at = NOON + timedelta(minutes=minute)
            add_release(db, assemble(db, at), author="Ada", note=f"note {minute}", evidence={}, at=at)
        assert len(list_releases(db)) == 4

    page = sign_in("admin").text("/staff/releases")

    assert all(f"note {minute}" in page for minute in range(3))
    assert "Go forward to 4" in page


def test_a_turn_names_who_wrote_approved_and_published_it(house: House, staff_app: Flask, sign_in: SignIn) -> None:
    before = ask(house, staff_app, "my lips are so dry")
    revision = approve_change(house.database, "dry-lips", worded(TOLD))
    with house.database.change() as db:
        number = add_release(db, assemble(db, NOON), author="Ada", note="", evidence={}, at=NOON)
        add_publication(db, number, kind="publish", author="Dora", reason="", at=NOON)
    house.follower.look()
    after, grave = ask(house, staff_app, "my lips are so dry"), ask(house, staff_app, "my throat is closing up")
    editor = sign_in("editor")

    first, second = editor.text(f"/staff/turns/{before}"), editor.text(f"/staff/turns/{after}")

    assert "Revision 1</a>, which came with the knowledge folder" in first
    assert f"Revision {revision.number}</a>, written by Ed, approved by Cleo" in second
    assert "by Dora</dd>" in second
    assert "sample content" in second
    assert 'href="/staff/entries/dry-lips#short">Mend it</a>' in second
    third = editor.text(f"/staff/turns/{grave}")
    assert 'emergency, by the safety rule <span class="code">emergency.' in third
    assert "written by" not in third


def test_the_word_that_it_is_published_stays_until_the_page_has_followed(
    house: House, started: list[int], sign_in: SignIn
) -> None:
    approve_change(house.database, "dry-lips", worded(TOLD))
    client = sign_in("clinician")
    client.post_form("/staff/releases/prepare")
    finish(house, started[0])
    client.post_form("/staff/releases/publish", candidate=str(started[0]))

    assert "Release 2 is published." in client.text("/staff/releases")
    house.follower.look()
    followed = client.text("/staff/releases")
    assert "Release 2 is published." in followed
    assert "/staff/releases/1/rollback" in followed
    assert "Release 2 is published." not in client.text("/staff/releases")
