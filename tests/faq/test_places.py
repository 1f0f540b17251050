"""Texts in memory are read as the same texts on disk are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.faq.places import Place, TextFolder

TEXTS = {
    "clinic.yaml": "name: Elm\r\nphone: 1\r",
    "entries/skin/lips.md": "lips",
    "entries/skin/lips.txt": "notes",
    "entries/skin/deep/er.md": "deeper",
    "entries/sun.md": "sun",
    "safety/crisis.yaml": "rules: {}",
}


@pytest.fixture(params=["memory", "disk"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "memory":
        return TextFolder(TEXTS)
    for name, text in TEXTS.items():
        (tmp_path / "knowledge" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "knowledge" / name).write_bytes(text.encode())
    return tmp_path / "knowledge"


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("entries/*/*.md", ["lips.md"]),
        ("entries/*.md", ["sun.md"]),
        ("*.yaml", ["clinic.yaml"]),
        ("safety/*", ["crisis.yaml"]),
        ("none/*", []),
    ],
)
def test_a_pattern_names_one_folder_a_part(folder: Place, pattern: str, names: list[str]) -> None:
    assert sorted(place.name for place in folder.glob(pattern)) == names


def test_a_file_has_a_name_a_folder_and_a_text(folder: Place) -> None:
    lips = folder / "entries" / "skin/lips.md"

    assert (lips.name, lips.stem, lips.parent.name, lips.parts[-4:]) == (
        "lips.md",
        "lips",
        "skin",
        ("knowledge", "entries", "skin", "lips.md"),
    )
    assert lips.is_file()
    assert lips.read_text(encoding="utf-8") == "lips"
    assert (folder / "clinic.yaml").read_text(encoding="utf-8") == "name: Elm\nphone: 1\n"


def test_what_is_not_there_is_said_not_to_be(folder: Place) -> None:
    missing = folder / "topics.yaml"

    assert not missing.is_file()
    with pytest.raises(FileNotFoundError):
        missing.read_text(encoding="utf-8")
