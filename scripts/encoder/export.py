"""Put a trained encoder into the package: in 8 bits, only the pieces that plain English text can meet.

    python scripts/encoder/export.py TRAINED --reference tests/language/reference.npz

TRAINED is a folder in the Hugging Face layout (a BERT with mean pooling). Written are `model.onnx`, `pieces.txt`,
`met.bin` (the marks of the clinic's texts that it was tuned with) and `key.txt`; then the package's encoder is held
against the original, run by torch, on the FAQ's own wordings: the mean cosine must reach 0.999 and every text must part
into the same pieces. Exit code 1 otherwise. How far channels must be evened out for 8 bits is measured on every tenth
of these wordings (see `network.py`). Dropped are the pieces with marks, accents or other scripts, which normalised text
never holds: no vector changes. Needs the extra `build`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnxruntime
from network import Linear, Norm, Weights, inputs_of, network, smoothing
from safetensors.numpy import load_file

from bot.faq.files import load_knowledge
from bot.language.encoder import MOST_PIECES, Encoder, Model
from bot.language.normalise import plain_words
from bot.language.wordpiece import WordPieces

AGREEMENT = 0.999
MOST_KEPT = 60
_PLAIN_PIECE = re.compile(r"(##)?[a-z0-9]+|\[(CLS|SEP|UNK|PAD)\]")


def main() -> int:
    """Write the package's files and check them."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("trained", type=Path)
    asked.add_argument("--out", type=Path, default=Path("bot/language/data/encoder"))
    asked.add_argument("--reference", type=Path, help="keep some of the original's vectors here, for the tests")
    options = asked.parse_args()
    vocabulary = json.loads((options.trained / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    pieces = [piece for piece, _ in sorted(vocabulary.items(), key=lambda pair: pair[1])]
    kept = [number for number, piece in enumerate(pieces) if _PLAIN_PIECE.fullmatch(piece)]
    weights = weights_of(options.trained, kept)
    texts = wordings()
    met = options.trained / "met.bin"
    write(options.out, weights, [pieces[number] for number in kept], texts, met.read_bytes() if met.is_file() else b"")
    return check(options.trained, options.out, texts, options.reference)


def weights_of(trained: Path, kept: Sequence[int]) -> Weights:
    """The weights of a trained BERT, with the word vectors of the pieces that are `kept`."""
    config = json.loads((trained / "config.json").read_text(encoding="utf-8"))
    found = load_file(trained / "model.safetensors")
    words = found["embeddings.word_embeddings.weight"][list(kept)]
    scales = (np.abs(words).max(1, keepdims=True) / 127).astype(np.float32)

    def norm(source: str) -> Norm:
        return Norm(found[f"{source}.LayerNorm.weight"], found[f"{source}.LayerNorm.bias"])

    def linear(*sources: str) -> Linear:
        weight, bias = (
            np.concatenate([found[f"{source}.{kind}"] for source in sources]) for kind in ("weight", "bias")
        )
        return Linear(weight, bias)

    linears, norms = {}, {"state": norm("embeddings")}
    for number in range(config["num_hidden_layers"]):
        name, source = f"layer{number}", f"encoder.layer.{number}"
        linears[f"{name}.projected"] = linear(
            *(f"{source}.attention.self.{part}" for part in ("query", "key", "value"))
        )
        linears[f"{name}.mixed"] = linear(f"{source}.attention.output.dense")
        linears[f"{name}.wide"] = linear(f"{source}.intermediate.dense")
        linears[f"{name}.narrow"] = linear(f"{source}.output.dense")
        norms |= {f"{name}.middle": norm(f"{source}.attention.output"), f"{name}.out": norm(f"{source}.output")}
    return Weights(
        words=np.round(words / scales).astype(np.int8),
        word_scales=scales,
        places=found["embeddings.position_embeddings.weight"] + found["embeddings.token_type_embeddings.weight"][0],
        linears=linears,
        norms=norms,
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
    )


def wordings() -> list[str]:
    """Every wording of the FAQ and every golden question, as the encoder is given them."""
    loaded = load_knowledge(Path("knowledge"), number=1, published_at=datetime.now(UTC))
    return sorted({plain_words(text) for entry in loaded.release.entries for text in (*entry.wordings, *entry.golden)})


def write(out: Path, weights: Weights, pieces: Sequence[str], texts: Sequence[str], met: bytes) -> None:
    """Write the package's files; every tenth of the `texts` tells how far channels must be evened out."""
    listed = "\n".join(pieces) + "\n"
    numbers_of = WordPieces.of(listed).numbers_of
    made = network(
        weights, smoothing(weights, peaks_of(weights, [numbers_of(text, MOST_PIECES) for text in texts[::10]]))
    )
    out.mkdir(parents=True, exist_ok=True)
    binary = made.SerializeToString()
    (out / "model.onnx").write_bytes(binary)
    (out / "pieces.txt").write_text(listed, encoding="utf-8")
    (out / "met.bin").write_bytes(met)
    key = hashlib.sha256(binary + met).hexdigest()[:16]
    (out / "key.txt").write_text(f"{key} {weights.words.shape[1]}\n", encoding="utf-8")
    print(f"{len(pieces)} pieces, {len(binary) / 1e6:.1f} MB, key {key}")


def peaks_of(weights: Weights, numbers: Sequence[Sequence[int]]) -> dict[str, np.ndarray]:
    """The largest that each channel of what the linears are given was seen with, in floats."""
    watched = sorted(set(inputs_of(weights.layers).values()))
    floats = network(weights, watched=watched).SerializeToString()
    session = onnxruntime.InferenceSession(floats, providers=["CPUExecutionProvider"])
    peaks = {name: np.zeros(1, dtype=np.float32) for name in watched}
    for each in numbers:
        for name, seen in zip(watched, session.run(watched, {"pieces": np.array([each])}), strict=True):
            peaks[name] = np.maximum(peaks[name], np.abs(seen[0]).max(axis=0))
    return peaks


def check(trained: Path, out: Path, texts: Sequence[str], reference: Path | None) -> int:
    """Hold the written encoder against the original; 0 when it agrees."""
    import torch  # noqa: PLC0415 - only a build needs it
    from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415

    pieces = WordPieces.of((out / "pieces.txt").read_text(encoding="utf-8"))
    key, size = (out / "key.txt").read_text(encoding="utf-8").split()
    ours = Encoder(Model(out / "model.onnx", pieces, key, int(size))).encode_all(texts)
    tokenizer, model = AutoTokenizer.from_pretrained(trained), AutoModel.from_pretrained(trained).eval()
    names = list(pieces.numbers)
    unlike, cosines, wanted_all = 0, [], np.zeros_like(ours)
    with torch.inference_mode():
        for text, vector in zip(texts, ours, strict=True):
            batch = tokenizer(text, truncation=True, max_length=MOST_PIECES, return_tensors="pt")
            wanted = model(**batch).last_hidden_state[0].mean(0).numpy()
            wanted_all[len(cosines)] = wanted / np.linalg.norm(wanted)
            cosines.append(float(vector @ wanted_all[len(cosines)]))
            same = [names[number] for number in pieces.numbers_of(text, MOST_PIECES)]
            unlike += same != tokenizer.convert_ids_to_tokens(batch["input_ids"][0])
    if reference is not None:
        step = len(texts) // MOST_KEPT
        np.savez_compressed(reference, texts=texts[::step], vectors=wanted_all[::step].astype(np.float16))
    print(f"{len(texts)} texts: mean cosine {np.mean(cosines):.5f}, least {min(cosines):.4f}, other pieces in {unlike}")
    return int(np.mean(cosines) < AGREEMENT or unlike > 0)


if __name__ == "__main__":
    sys.exit(main())
