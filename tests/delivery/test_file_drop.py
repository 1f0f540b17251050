"""Files for another system: whole, private, and one for each message however often it is sent."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from receiving import NOON, a_letter

from bot.delivery import file_drop
from bot.delivery.file_drop import FileDrop
from bot.delivery.letter import DeliveryError


def test_a_message_is_one_file_that_only_we_and_our_user_can_read(tmp_path: Path) -> None:
    drop = FileDrop(folder=tmp_path)
    drop.send(a_letter(), NOON)
    drop.send(a_letter(), NOON)

    (file,) = tmp_path.iterdir()
    assert file.name == "K7QF-3MRD-0b0e6c9e-1111-4222-8333-444455556666.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text(encoding="utf-8"))["message"] == "My lips bleed."


def test_what_a_killed_process_left_behind_does_not_stand_in_the_way(tmp_path: Path) -> None:
    letter = a_letter()
    (tmp_path / f".{letter.message_id}.part").write_text("{half", encoding="utf-8")

    FileDrop(folder=tmp_path).send(letter, NOON)

    assert [file.suffix for file in tmp_path.iterdir()] == [".json"]


def test_a_full_disk_leaves_no_half_file_and_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(file_drop.os, "fsync", full)
    with pytest.raises(DeliveryError) as caught:
        FileDrop(folder=tmp_path).send(a_letter(), NOON)

    assert not caught.value.permanent
    assert "No space left" in caught.value.reason
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_went_away_is_tried_again(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError) as caught:
        FileDrop(folder=tmp_path / "unmounted").send(a_letter(), NOON)

    assert not caught.value.permanent
