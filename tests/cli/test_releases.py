"""Publish, list, compare, roll back and replay from the command line, on a database of a few entries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from curating import approve_change, worded

from bot.cli.main import cli
from bot.dialogue.bot import Bot
from bot.dialogue.context import EMPTY
from bot.dialogue.record import context_to_plain, said_of
from bot.errors import Conflict, InputError
from bot.faq.entry import Entry, Phrasing
from bot.faq.files import Loaded
from bot.staff.assembly import assemble
from bot.staff.seeding import seed_if_empty
from bot.store.database import Database, newest_schema, open_database, upgrade_to
from bot.store.releases import add_release, find_live, publish
from bot.store.staff import add_account, update_account
from bot.store.visits import Turn, add_turns

ROOT = Path(__file__).parent.parent.parent
ENTRY = "complaints-feedback"
TOLD = "Tell us what went wrong. We read every message."
Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, small: Loaded) -> Path:
    """A data folder whose database holds the small release."""
    database = open_database(f"sqlite:///{tmp_path / 'clinicbot.db'}")
    seed_if_empty(database, small, datetime.now(UTC))
    database.close()
    return tmp_path


@pytest.fixture
def seeded(folder: Path) -> Database:
    return open_database(f"sqlite:///{folder / 'clinicbot.db'}")


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CLINICBOT_DATA_DIR", str(folder))

    def command(*words: str) -> Result:
        return CliRunner().invoke(cli, words)

    return command


def second_release(database: Database, change: Callable[[Entry], Entry] | None = None) -> None:
    approve_change(database, ENTRY, change or worded(TOLD))
    now = datetime.now(UTC)
    with database.change() as db:
        number = add_release(db, assemble(db, now), author="Cleo", note="Clearer", evidence={}, at=now)
        publish(db, number, kind="publish", author="Cleo", reason="Clearer", at=now)


def turn_of(database: Database, bot: Bot, question: str) -> str:
    reply = bot.ask(question)
    lead = reply.leading
    turn = Turn(
        turn_id="turn-1",
        conversation="c",
        asked_at=datetime.now(UTC),
        redacted=question,
        outcome=lead.outcome.word,
        release=1,
        region="uk",
        channel="web",
        context=context_to_plain(EMPTY, reply.in_view, str),
        said=said_of(reply, str),
        entry_id=lead.entry.id if lead.entry else None,
    )
    with database.change() as db:
        add_turns(db, [turn])
    return turn.turn_id


def clinicbot(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    environ = {**os.environ, "CLINICBOT_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def live_number(database: Database) -> int:
    with database.read() as db:
        live = find_live(db)
    assert live is not None
    return live.number


def test_publishing_runs_the_gates_shows_them_and_goes_live(folder: Path, seeded: Database) -> None:
    approve_change(seeded, ENTRY, worded(TOLD))

    dry = clinicbot(folder, "publish", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert live_number(seeded) == 1
    done = clinicbot(folder, "publish", "--note", "Clearer", "--by", "Cleo", "--json")

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["release"] == live_number(seeded) == 2
    assert found["passed"]
    assert "ok    golden questions: 12 checked, 0 noted" in dry.stdout
    assert "golden questions" in dry.stderr
    assert clinicbot(folder, "publish").returncode == 1


def test_only_somebody_here_who_may_publish_is_named_for_it(run: Run, seeded: Database) -> None:
    now = datetime.now(UTC)
    with seeded.change() as db:
        for name, role in (("Cleo", "clinician"), ("Edda", "editor"), ("Olga", "admin")):
            number = add_account(
                db, email=f"{role}@b.example", name=name, roles=frozenset({role}), password_hash="!", at=now
            )
        update_account(db, number, disabled_at=now)

    for somebody in ("Edda", "Olga", "Dr Nobody"):
        for words in (("publish",), ("releases", "rollback", "1")):
            refused = run(*words, "--by", somebody)
            assert isinstance(refused.exception, InputError)
            assert str(refused.exception).endswith("who may publish: Cleo")
    assert isinstance(run("releases", "rollback", "1", "--by", "Cleo").exception, Conflict)  # it is live


def test_a_failing_gate_is_shown_and_nothing_is_published(folder: Path, seeded: Database) -> None:
    approve_change(seeded, ENTRY, worded("A miracle."))

    done = clinicbot(folder, "publish")

    assert done.returncode == 1
    assert "FAIL  lint" in done.stdout
    assert "miracle" in done.stdout
    assert live_number(seeded) == 1


def test_an_overdue_entry_needs_its_waiver(folder: Path, seeded: Database) -> None:
    approve_change(seeded, ENTRY, lambda entry: replace(entry, review_by=date(2020, 1, 1)))

    refused = clinicbot(folder, "publish")
    assert refused.returncode == 1
    assert f"--waive {ENTRY}=REASON" in refused.stderr
    assert clinicbot(folder, "publish", "--waive", ENTRY).returncode == 1
    done = clinicbot(folder, "publish", "--waive", f"{ENTRY}=leaflet is due")
    assert done.returncode == 0, done.stderr
    assert live_number(seeded) == 2


def test_releases_are_listed_newest_first(run: Run, seeded: Database) -> None:
    second_release(seeded)

    plain, found = run("releases", "list"), json.loads(run("releases", "list", "--json").stdout)

    assert plain.output.splitlines()[0].split()[:2] == ["2", "live"]
    assert (found[0]["release"], found[0]["live"], found[0]["note"]) == (2, True, "Clearer")
    assert found[1]["published"][0]["kind"] == "seed"


def test_two_releases_are_compared_field_by_field(run: Run, seeded: Database) -> None:
    second_release(seeded)

    plain, found = run("releases", "diff", "1", "2"), json.loads(run("releases", "diff", "1", "2", "--json").stdout)

    assert f"~ entries: {ENTRY}" in plain.output
    assert f"      + {TOLD}" in plain.output
    assert found["difference"]["entries"]["changed"] == [ENTRY]
    assert "says what release 1 says" in run("releases", "diff", "1", "1").output


def test_of_a_long_field_only_what_differs_is_told(run: Run, seeded: Database) -> None:
    second_release(seeded, lambda entry: replace(entry, phrasings=(*entry.phrasings, Phrasing("who reads my praise"))))

    told = run("releases", "diff", "1", "2").output.splitlines()

    assert [line.strip() for line in told if line.strip().startswith(("+", "-"))] == ["+ who reads my praise"]
    assert any(line.strip().endswith("more as before)") for line in told)


def test_rolling_back_and_taking_it_back(run: Run, seeded: Database) -> None:
    second_release(seeded)

    assert json.loads(run("releases", "rollback", "1", "--reason", "oops", "--json").stdout) == {
        "release": 1,
        "before": 2,
    }
    assert live_number(seeded) == 1
    assert run("releases", "rollback", "2").exit_code == 0
    assert live_number(seeded) == 2


def test_a_turn_is_said_again_word_for_word_without_learning_anything(
    run: Run, seeded: Database, small_bot: Bot, folder: Path
) -> None:
    turn_id = turn_of(seeded, small_bot, "how do i complain")
    second_release(seeded)

    plain, found = run("replay", "--turn", turn_id), json.loads(run("replay", "--turn", turn_id, "--json").stdout)

    assert found["reply"] == small_bot.ask("how do i complain").to_dict()
    assert found["release"] == 1
    assert "how do i complain" in plain.output
    assert found["written"] == f"knowledge folder, revision 1 of {ENTRY}"
    assert f"approved  {found['approved']}" in plain.output
    assert f"published {found['published']}" in plain.output
    assert not (folder / "index").exists()


def test_another_release_says_what_it_would_and_why(run: Run, seeded: Database, small_bot: Bot) -> None:
    turn_id = turn_of(seeded, small_bot, "how do i complain")
    second_release(seeded)

    found = json.loads(run("replay", "--turn", turn_id, "--release", "2", "--json").stdout)["would_say"]

    assert found["release"] == 2
    assert TOLD in found["reply"]["answer_text"]
    assert found["why"]["parts"][0]["candidates"][0]["entry"] == ENTRY


@pytest.mark.parametrize(
    "words",
    [
        ("replay", "--turn", "nothing"),
        ("releases", "rollback", "9"),
        ("releases", "diff", "1", "9"),
    ],
)
def test_what_is_not_there_is_named(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)

    assert isinstance(result.exception, InputError)
    assert words[-1] in str(result.exception)


def test_what_is_rejected_ends_with_1_and_what_is_not_set_up_with_2(folder: Path, tmp_path: Path) -> None:
    missing = clinicbot(folder, "replay", "--turn", "nothing")
    nowhere = clinicbot(tmp_path / "none", "releases", "list") if (tmp_path / "none").mkdir() is None else None

    assert missing.returncode == 1
    assert "nothing" in missing.stderr
    assert nowhere is not None
    assert nowhere.returncode == 2
    assert "CLINICBOT_DATABASE_URL" in nowhere.stderr
    assert clinicbot(folder, "releases", "diff", "one", "two").returncode == 2


def test_a_dry_run_changes_nothing_not_even_the_schema(
    run: Run, tmp_path: Path, small_knowledge: Path, small: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINICBOT_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    assert "become release 1" in run("import", str(small_knowledge), "--dry-run").stdout
    assert not (tmp_path / "other.db").exists()

    old = Database(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade_to(old, "0011")
    assert seed_if_empty(old, small, datetime.now(UTC))
    clinic = small_knowledge / "clinic.yaml"
    clinic.write_text(clinic.read_text(encoding="utf-8").replace("accepted_error: 0.05", "accepted_error: 0.04"))

    assert "changed  clinic" in run("import", str(small_knowledge), "--dry-run").stdout
    assert "changed  clinic" in CliRunner().invoke(cli, ["import", str(small_knowledge)], input="n\n").stdout
    assert old.schema() == "0011"
    assert "Imported" in run("import", str(small_knowledge), "--yes").stdout
    assert old.schema() == newest_schema()
    old.close()


def test_an_import_says_what_waits_for_review_and_what_does_not(
    run: Run, seeded: Database, small_knowledge: Path
) -> None:
    clinic = small_knowledge / "clinic.yaml"
    entry = next((small_knowledge / "entries").glob("**/*.md"))

    def edit(file: Path, old: str, new: str) -> None:
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    edit(clinic, "accepted_error: 0.05", "accepted_error: 0.04")
    facts = run("import", str(small_knowledge), "--yes").stdout
    edit(clinic, "accepted_error: 0.04", "accepted_error: 0.03")
    edit(entry, "\n---\n", "\n---\nIn short. ")
    both = run("import", str(small_knowledge), "--yes").stdout

    assert "Imported; publish it to let patients see it." in facts
    assert "Imported; answers wait for review." in both
    assert "goes out with the next release: clinic." in both
