"""`import-faq` makes drafts of another FAQ's questions; `export-faq` writes ours for others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from curating import NOON

from bot.cli.main import cli
from bot.faq.files import Loaded
from bot.staff.quoting import holds_source
from bot.staff.seeding import seed_if_empty
from bot.store.content import list_in_review
from bot.store.database import Database, open_database
from bot.store.drafts import load_drafts

FAQS = Path(__file__).parent.parent / "cases" / "faqs"


@pytest.fixture
def clinic(tmp_path: Path, small: Loaded, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A data folder whose database holds the small release."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLINICBOT_DATA_DIR", str(tmp_path))
    database = open_database(f"sqlite:///{tmp_path / 'clinicbot.db'}")
    seed_if_empty(database, small, NOON)
    return database


def test_every_question_becomes_a_draft_with_its_answer_quoted(clinic: Database) -> None:
    dry = CliRunner().invoke(cli, ["import-faq", "--from", "csv", "--dry-run", str(FAQS / "plain.csv")])
    with clinic.read() as db:
        assert load_drafts(db) == {}
    done = CliRunner().invoke(cli, ["import-faq", "--from", "csv", "--by", "Edda", str(FAQS / "plain.csv")])
    again = CliRunner().invoke(cli, ["import-faq", "--from", "csv", str(FAQS / "plain.csv")])

    assert "2 drafts would be begun" in dry.stdout
    assert done.exit_code == 1
    assert "plain.csv:4: it has no question" in done.stderr
    with clinic.read() as db:
        drafts = {draft.entry.question: draft.entry for draft in load_drafts(db).values()}
        assert list_in_review(db) == ()
    park = drafts["Where do I park?"]
    assert (park.answer.short, park.topic, len(park.phrasings)) == ("", "clinic", 3)
    assert holds_source(park.answer.detail)
    assert "Behind the house" in park.answer.detail
    assert "0 drafts begun; 5 left out" in again.stdout


def test_what_is_approved_is_written_for_others(clinic: Database, tmp_path: Path) -> None:
    page, table = tmp_path / "faq.json", tmp_path / "faq.csv"

    assert CliRunner().invoke(cli, ["export-faq", "--to", "jsonld", str(page)]).exit_code == 0
    assert CliRunner().invoke(cli, ["export-faq", "--to", "csv", str(table)]).exit_code == 0

    assert json.loads(page.read_text())["@type"] == "FAQPage"
    assert table.read_text().startswith('"id","topic","question","answer","phrasings"')
