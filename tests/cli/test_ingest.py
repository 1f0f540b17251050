"""`clinicbot ingest`: sections, drafts and claims of each file; what cannot be read is named and stops nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from curating import NOON
from documents import FOLDER

from bot.cli.main import cli
from bot.faq.files import Loaded
from bot.staff.documents import MOST_DRAFTS
from bot.staff.seeding import seed_if_empty
from bot.store.content import list_in_review
from bot.store.database import Database, open_database
from bot.store.drafts import load_drafts

ARTICLE = FOLDER / "copied-article.txt"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, lay_learnt: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay_learnt(tmp_path / "data" / "index")


def test_json_is_one_object_a_file_and_a_bad_file_stops_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"no pdf")

    done = CliRunner().invoke(cli, ["ingest", "--json", str(bad), str(ARTICLE), str(FOLDER / "warts.md")])

    assert done.exit_code == 1
    assert "bad.pdf: got not a PDF though its name ends in .pdf" in done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["file"], second["file"]) == (str(ARTICLE), str(FOLDER / "warts.md"))
    assert set(first) >= {"file", "title", "sections", "drafts", "warnings"}
    assert set(first["sections"][0]) >= {"level", "heading", "path", "text", "items"}
    assert set(first["warnings"][0]) >= {"rule", "section", "text"}
    assert second["sections"][2]["path"] == "Freezing a wart > How freezing works"


def test_the_summary_tells_sections_questions_and_claims() -> None:
    done = CliRunner().invoke(cli, ["ingest", str(ARTICLE)])

    assert done.exit_code == 0
    assert "14 sections" in done.stdout
    assert "What is Nasafree?" in done.stdout
    assert "claims to check" in done.stdout


@pytest.fixture
def clinic(tmp_path: Path, small: Loaded, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A data folder whose database holds the small release."""
    monkeypatch.setenv("CLINICBOT_DATA_DIR", str(tmp_path))
    database = open_database(f"sqlite:///{tmp_path / 'clinicbot.db'}")
    seed_if_empty(database, small, NOON)
    return database


def test_save_keeps_a_version_and_begins_drafts_that_wait_for_an_editor(clinic: Database, tmp_path: Path) -> None:
    first = CliRunner().invoke(cli, ["ingest", "--save", "--by", "Edda", str(FOLDER / "warts.md")])
    with clinic.read() as db:
        drafts = load_drafts(db)
        assert list_in_review(db) == ()
    changed = tmp_path / "warts.md"
    changed.write_text((FOLDER / "warts.md").read_text().replace("very cold", "icy"), encoding="utf-8")
    again = CliRunner().invoke(cli, ["ingest", "--save", str(changed)])

    assert first.exit_code == 0, first.stderr
    assert "kept as freezing-a-wart, version 1" in first.stderr
    assert len(drafts) >= 5
    assert {draft.author for draft in drafts.values()} == {"Edda"}
    assert "version 2" in again.stderr

    status = json.loads(CliRunner().invoke(cli, ["sources", "status", "--json"]).stdout)
    warts = next(each for each in status if each["id"] == "freezing-a-wart")
    assert warts["version"] == 2
    assert warts["changes"]["changed"] == 1
    assert {flag["section"] for flag in warts["flagged"]} <= {"How freezing works"}

    diff = CliRunner().invoke(cli, ["sources", "diff", "freezing-a-wart"]).stdout
    assert "~ How freezing works: changed" in diff
    assert "[-very cold-]{+icy+}" in diff


def test_a_document_that_cannot_be_saved_stops_no_other(clinic: Database, tmp_path: Path) -> None:
    foreign, long = tmp_path / "кожа.md", tmp_path / "long.md"
    foreign.write_text("# Кожа\n\nСлова о коже.\n", encoding="utf-8")
    sections = "".join(f"## What is part {n} of zz{n}?\n\nWords number {n}.\n\n" for n in range(MOST_DRAFTS + 1))
    long.write_text(f"# Long\n\n{sections}", encoding="utf-8")

    done = CliRunner().invoke(
        cli, ["ingest", "--save", "--all", str(foreign), str(long), str(FOLDER / "warts.md")], catch_exceptions=False
    )

    assert done.exit_code == 1
    assert "кожа.md: " in done.stderr
    assert "small letters, digits and hyphens" in done.stderr
    assert f"long.md: section: got {MOST_DRAFTS + 1} drafts" in done.stderr
    assert "kept as freezing-a-wart, version 1" in done.stderr


def test_coverage_names_sections_without_entry_and_entries_without_section(clinic: Database) -> None:
    CliRunner().invoke(cli, ["ingest", "--save", str(FOLDER / "inhaler.md")])

    told = CliRunner().invoke(cli, ["sources", "coverage"]).stdout

    assert "Using your puffer with a spacer" in told
    assert "entries rest on no section of any document" in told


def test_saving_needs_a_database() -> None:
    done = CliRunner().invoke(cli, ["ingest", "--save", str(FOLDER / "inhaler.md")])

    assert done.exit_code != 0
