"""What is kept is there in full or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.language.keeping import replacing


def test_folders_that_are_not_there_yet_are_made(tmp_path: Path) -> None:
    file = tmp_path / "new" / "newer" / "kept.bin"

    for content in (b"first", b"second"):
        with replacing(file) as fresh:
            fresh.write(content)

    assert file.read_bytes() == b"second"


def half_written(file: Path) -> None:
    with replacing(file) as fresh:
        fresh.write(b"half")
        raise RuntimeError


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "kept.bin"
    file.write_bytes(b"old")

    with pytest.raises(RuntimeError):
        half_written(file)

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"kept.bin": b"old"}
