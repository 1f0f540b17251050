"""The sentence encoder that comes with the package, and what happens without it."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import NotReady
from bot.faq.files import Loaded
from bot.language import encoder as encoder_module
from bot.language.encoder import MOST_PIECES, Encoder, Model, load_encoder
from bot.language.normalise import plain_words
from bot.language.wordpiece import WordPieces

NETWORK = Path(encoder_module.__file__).parent / encoder_module.FOLDER / "model.onnx"
PIECES = WordPieces.of("[PAD]\n[UNK]\n[CLS]\n[SEP]\nlip\n##s\ndry\n##ness\nd\n##ry\n")


def test_the_same_meaning_is_nearer_than_the_same_words() -> None:
    encode = load_encoder().encode

    asked = encode("how do i stop my mouth from getting so chapped")
    assert asked @ encode("what helps dry lips") > asked @ encode("how do i stop my subscription")


def test_eight_bits_say_what_the_original_says() -> None:
    """The original's own vectors, kept when the encoder was built (scripts/encoder/export.py)."""
    kept = np.load(Path(__file__).parent / "reference.npz")
    ours = load_encoder().encode_all([str(text) for text in kept["texts"]])

    assert len(ours) >= 50
    assert float((ours * kept["vectors"]).sum(axis=1).mean()) >= 0.999


def test_it_knows_again_what_it_was_tuned_with(loaded: Loaded) -> None:
    """About two thirds of the knowledge, so that a third is left to set on what confidence and alarms rest."""
    encoder = load_encoder()
    wordings = [plain_words(text) for entry in loaded.release.entries for text in entry.wordings]
    examples = [plain_words(text) for rule in loaded.release.rules for text in rule.examples]

    for texts in (wordings, examples):
        assert 0.5 < np.mean([encoder.has_met(text) for text in texts]) < 0.75
    assert not encoder.has_met("a text about lips that stands nowhere")
    assert not Encoder(Model(NETWORK, PIECES, "key", 384)).has_met(wordings[0])


def test_one_by_one_and_all_together_give_the_same_vectors() -> None:
    encoder = load_encoder()
    texts = ["dry lips", "a much longer question about what one may drink at a wedding in the summer", "why"] * 3

    together = encoder.encode_all(texts)

    assert together.shape == (9, encoder.size)
    assert np.array_equal(together, np.stack([encoder.encode(text) for text in texts]))


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789 ", max_size=400))
def test_every_plain_text_has_a_vector_of_length_one(text: str) -> None:
    vector = load_encoder().encode(text)

    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_a_vector_cannot_be_changed_by_who_asked_for_it() -> None:
    with pytest.raises(ValueError, match="read-only"):
        load_encoder().encode("dry lips")[0] = 1


def test_a_damaged_network_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a network")

    with pytest.raises(NotReady, match="cannot be loaded"):
        Encoder(Model(tmp_path / "model.onnx", PIECES, "key", 4))


def test_words_part_into_the_longest_known_pieces() -> None:
    assert PIECES.numbers_of("dry lips", 9) == [2, 6, 4, 5, 3]
    assert PIECES.numbers_of("dryness", 9) == [2, 6, 7, 3]
    assert PIECES.numbers_of("zebra", 9) == [2, 1, 3]
    assert PIECES.numbers_of("", 9) == [2, 3]


@given(st.lists(st.sampled_from(["dry", "lips", "dryness", "zebra", "d"]), max_size=300))
def test_a_long_text_is_cut_and_still_ends(words: list[str]) -> None:
    numbers = PIECES.numbers_of(" ".join(words), MOST_PIECES)

    assert len(numbers) <= MOST_PIECES
    assert (numbers[0], numbers[-1]) == (2, 3)


def test_without_the_runtime_the_program_starts_and_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    without = runpy.run_path(encoder_module.__file__)

    with pytest.raises(NotReady, match=r"cannot run: .*onnxruntime"):
        without["Encoder"](Model(b"", PIECES, "key", 4))


def test_the_runtime_reports_nothing_to_its_maker(tmp_path: Path) -> None:
    """Left alone it keeps an id of the machine in its user's folder, and sends what it did to its maker's servers."""
    told = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    asked = "from bot.language.encoder import load_encoder; load_encoder().encode('dry lips')"

    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_DATA_HOME": str(tmp_path / "data")}
    subprocess.run([sys.executable, "-c", asked], env={**told, **home}, cwd=Path(__file__).parents[2], check=True)

    assert list(tmp_path.rglob("*")) == []
