"""An index that is kept and opened again; large ones that find candidates first."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.dialogue.bot import Bot
from bot.errors import NotReady
from bot.language.encoder import Encoder
from bot.language.vectors import VectorCache
from bot.matching import building
from bot.matching.cells import part, shortened
from bot.matching.index import Index

FAQ = [
    {"id": "lips", "question": "what helps dry lips", "answer": "a", "phrasings": ["cracked lips", "lip balm"]},
    {"id": "hours", "question": "when are you open", "answer": "b", "phrasings": ["opening hours", "open saturday"]},
]


def kept(folder: Path) -> Path:
    return next(place for place in folder.iterdir() if place.is_dir())


def test_an_opened_index_ranks_as_the_built_one(tmp_path: Path) -> None:
    built, opened = Bot.from_faq(FAQ, store=tmp_path), Bot.from_faq(FAQ, store=tmp_path)

    for question in ("dry lips", "are you open on saturday", "something else"):
        assert built.rank(question) == opened.rank(question)
    assert isinstance(Index.open(kept(tmp_path)).arrays["vectors"].base, np.memmap)


def test_nothing_is_encoded_again_for_wordings_met_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Bot.from_faq(FAQ, store=tmp_path)
    asked: list[str] = []
    encode_all = Encoder.encode_all
    monkeypatch.setattr(Encoder, "encode_all", lambda self, texts: asked.extend(texts) or encode_all(self, texts))

    Bot.from_faq([*FAQ, {"id": "park", "question": "where can i park", "answer": "c", "phrasings": []}], store=tmp_path)

    assert asked == ["where can i park"]


@pytest.mark.parametrize("damage", ["remove", "cut", "format", "garbage"])
def test_a_damaged_index_is_refused_and_built_anew(tmp_path: Path, damage: str) -> None:
    Bot.from_faq(FAQ, store=tmp_path)
    folder = kept(tmp_path)
    if damage == "remove":
        (folder / "alpha_both.npy").unlink()
    elif damage == "cut":
        (folder / "alpha_both.npy").write_bytes((folder / "alpha_both.npy").read_bytes()[:90])
    elif damage == "format":
        kept_as = json.loads((folder / "arrays.json").read_text(encoding="utf-8"))
        kept_as["facts"]["format"] = 0
        (folder / "arrays.json").write_text(json.dumps(kept_as), encoding="utf-8")
    else:
        (folder / "arrays.json").write_text("{", encoding="utf-8")

    with pytest.raises(NotReady):
        Index.open(folder)
    top = Bot.from_faq(FAQ, store=tmp_path).rank("dry lips").top
    assert top is not None
    assert top.entry_id == "lips"
    Index.open(folder)


def test_damaged_vectors_are_encoded_anew(tmp_path: Path) -> None:
    cache = VectorCache("key", tmp_path)
    (tmp_path / "vectors-key.npy").write_bytes(b"garbage")

    found = cache.through(lambda texts: np.ones((len(texts), 3), dtype=np.float32))(["a", "b", "a"])

    assert found.tolist() == [[1.0, 1.0, 1.0]] * 3


def test_a_folder_that_cannot_be_written_does_not_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    assert Bot.from_faq(FAQ, store=tmp_path / "file" / "index").rank("dry lips").is_sure in (True, False)


def test_several_processes_may_keep_the_same_index_at_once(tmp_path: Path) -> None:
    bots: list[Bot] = []
    threads = [threading.Thread(target=lambda: bots.append(Bot.from_faq(FAQ, store=tmp_path))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(bots) == 4
    assert len([place for place in tmp_path.iterdir() if place.is_dir()]) == 1
    assert all(bot.rank("dry lips") == bots[0].rank("dry lips") for bot in bots)


@pytest.mark.parametrize("most_exact", [1, 1_000])
def test_vectors_from_all_over_a_release_have_length_one(most_exact: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MOST_EXACT", most_exact)

    vectors = Bot.from_faq(FAQ).matcher.some_vectors(100)

    assert vectors is not None
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 0.02


def test_a_large_release_finds_what_a_small_one_would(
    held_out: Any, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = Bot.from_faq(held_out.faq, store=store)
    monkeypatch.setattr(building, "MOST_EXACT", 100)
    monkeypatch.setattr(building, "MOST_TRIED", 600)
    large = Bot.from_faq(held_out.faq)
    questions = held_out.questions[::3]

    def hits(bot: Bot) -> float:
        tops = [(bot.rank(text).top, entry_id) for text, entry_id in questions]
        return float(np.mean([top is not None and top.entry_id == entry_id for top, entry_id in tops]))

    def wrong_of_given(bot: Bot) -> float:
        given = [(ranking.top, entry_id) for text, entry_id in questions if (ranking := bot.rank(text)).is_sure]
        assert len(given) >= 0.2 * len(questions)
        return float(np.mean([top is None or top.entry_id != entry_id for top, entry_id in given]))

    assert hits(large) >= hits(exact) - 0.04
    assert wrong_of_given(large) <= wrong_of_given(exact) + 0.04


def test_a_large_release_without_the_encoder_still_answers(held_out: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MOST_EXACT", 100)
    bot = Bot.from_faq(held_out.faq, meaning=False)

    top = bot.rank("my lips are so dry").top
    assert top is not None
    assert top.entry_id == "dry-lips"


def test_cells_hold_every_vector_once_and_find_the_nearest() -> None:
    rows = np.random.default_rng(3).normal(size=(3_000, 16)).astype(np.float32)
    vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cells = part(vectors)

    assert sorted(cells.members.tolist()) == list(range(3_000))
    found = [place in cells.visited(vectors[place] + 0.01) for place in range(0, 3_000, 100)]
    assert np.mean(found) > 0.9
    assert len(cells.visited(vectors[0])) < 1_500


def test_one_more_vector_leaves_most_cells_as_they_were() -> None:
    rows = np.random.default_rng(3).normal(size=(3_001, 16)).astype(np.float32)
    vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    before, after = part(vectors[1:]), part(vectors)

    moved = np.abs(before.middles - after.middles).max(axis=1) > 1e-3
    assert moved.mean() < 0.1
    shared = []
    for each in vectors[1::100]:
        old, new = set(before.visited(each).tolist()), set((after.visited(each) - 1).tolist()) - {-1}
        shared.append(len(old & new) / len(old | new))
    assert np.mean(shared) > 0.95


def test_eight_bits_are_enough_for_a_vector() -> None:
    rows: Any = np.random.default_rng(3).normal(size=(50, 384)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    short, scale = shortened(rows)

    assert ((short * scale[:, None] * rows).sum(1) > 0.999).all()
