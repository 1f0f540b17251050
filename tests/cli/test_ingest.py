"""`clinicbot ingest`: sections, drafts and claims of each file; what cannot be read is named and stops nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from documents import FOLDER

from bot.cli.main import cli

ARTICLE = FOLDER / "copied-article.txt"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


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
