"""What is handed out says which version it is, what changed for whom, and whose work is in it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import bot

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_version_is_the_same_wherever_it_stands() -> None:
    described = re.findall(
        r"^## \[(\d[^\]]*)\] - (\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )

    assert bot.__version__ == PROJECT["version"] == described[0][0]


def test_every_notice_is_handed_out_and_every_file_it_names_is_there() -> None:
    notices = [ROOT / name for name in PROJECT["license-files"]]

    assert {ROOT / "LICENSE", *ROOT.glob("NOTICE"), *(ROOT / "bot").rglob("NOTICE")} == set(notices)
    for name in re.findall(r"\bbot/[\w./]*\w", (ROOT / "NOTICE").read_text("utf-8")):
        assert (ROOT / name).exists(), name


def test_the_encoder_and_the_word_list_stand_beside_their_licence() -> None:
    encoder = (ROOT / "bot/language/data/encoder/NOTICE").read_text("utf-8")
    words = (ROOT / "bot/language/data/NOTICE").read_text("utf-8")

    assert "Apache License 2.0" in encoder
    assert "Copyright (c) Microsoft Corporation" in encoder
    assert "Copyright (c) 2018 Tyler Barrus" in words
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
