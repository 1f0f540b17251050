"""A release is made ready with what is known already: a clinic's own folder has no vectors, the program brings some."""

from __future__ import annotations

from pathlib import Path

from bot.config import Settings, shipped
from bot.staff.readying import vectors_known


def test_an_exported_folder_has_no_vectors_and_those_of_the_program_are_looked_at(
    small_knowledge: Path, tmp_path: Path
) -> None:
    own, usual = (Settings(knowledge_dir=each, data_dir=tmp_path) for each in (small_knowledge, shipped("knowledge")))

    assert not list(small_knowledge.glob("vectors-*.npy"))
    assert [each for folder in vectors_known(own) for each in folder.glob("vectors-*.npy")]
    assert vectors_known(own)[0] == small_knowledge
    assert len(vectors_known(usual)) == 1
