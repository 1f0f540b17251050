"""Put a trained encoder into the package: 8-bit weights, only the pieces that plain English text can meet.

    python scripts/encoder/export.py TRAINED --reference tests/language/reference.npz

TRAINED is a folder in the Hugging Face layout (a BERT with mean pooling). Written are `model.onnx`, `pieces.txt`
and `key.txt`; then the package's encoder is held against the original, run by torch, on the FAQ's own wordings:
the mean cosine must reach 0.999 and every text must part into the same pieces. Exit code 1 otherwise.
Weights are kept in blocks of 32 with one scale each (ONNX Runtime's MatMulNBits), the word vectors with one scale
each. Dropped are the pieces with marks, accents or other scripts, which normalised text never holds: no vector
changes. Needs the extra `build`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

BLOCK = 32
PLACES = 96
AGREEMENT = 0.999
MOST_KEPT = 60
_PLAIN_PIECE = re.compile(r"(##)?[a-z0-9]+|\[(CLS|SEP|UNK|PAD)\]")


class Graph:
    """An ONNX graph in the making."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        """Add a constant; gives its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        """Add a node with one output; gives the output's name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def linear(self, given: str, weight: np.ndarray, bias: np.ndarray, name: str) -> str:
        """given @ weight.T + bias with weights of 8 bits in blocks; `weight` is (out, in)."""
        out, size = weight.shape
        blocks = weight.reshape(out, size // BLOCK, BLOCK)
        widest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)[..., 0]
        scale = np.where(widest == 0, 1e-8, widest / -128).astype(np.float32)
        values = np.clip(np.round(blocks / scale[..., None]) + 128, 0, 255).astype(np.uint8)
        inputs = [
            given,
            self.constant(f"{name}.weight", values),
            self.constant(f"{name}.scale", scale.reshape(-1)),
            "",
            "",
            self.constant(f"{name}.bias", bias),
        ]
        sizes = {"K": size, "N": out, "bits": 8, "block_size": BLOCK, "accuracy_level": 4}
        return self.node("MatMulNBits", inputs, name, "com.microsoft", **sizes)

    def normed(self, given: str, weights: dict[str, np.ndarray], source: str, name: str) -> str:
        """Layer normalisation with the weights of `source`."""
        scale = self.constant(f"{name}.scale", weights[f"{source}.weight"])
        bias = self.constant(f"{name}.bias", weights[f"{source}.bias"])
        return self.node("LayerNormalization", [given, scale, bias], name, epsilon=1e-12, axis=-1)


def network(weights: dict[str, np.ndarray], kept: list[int], layers: int, heads: int) -> onnx.ModelProto:
    """The graph from piece numbers and mask to vectors of length 1."""
    graph = Graph()
    words = weights["embeddings.word_embeddings.weight"][kept]
    scale = np.abs(words).max(1, keepdims=True) / 127
    graph.constant("words", np.round(words / scale).astype(np.int8))
    graph.constant("words.scale", scale.astype(np.float32))
    places = (
        weights["embeddings.position_embeddings.weight"][:PLACES]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    graph.constant("places", places)
    graph.node("Gather", ["words", "pieces"], "picked")
    graph.node("Cast", ["picked"], "picked.float", to=TensorProto.FLOAT)
    graph.node("Gather", ["words.scale", "pieces"], "picked.scale")
    graph.node("Mul", ["picked.float", "picked.scale"], "word")
    graph.node("Shape", ["pieces"], "length", start=1, end=2)
    graph.node("Slice", ["places", graph.constant("zero", np.array([0])), "length"], "place")
    graph.node("Add", ["word", "place"], "embedded")
    state = graph.normed("embedded", weights, "embeddings.LayerNorm", "state")
    for number in range(layers):
        state = layer(graph, weights, state, number, heads)
    graph.node("Cast", ["mask"], "mask.float", to=TensorProto.FLOAT)
    graph.node("Unsqueeze", ["mask.float", graph.constant("last", np.array([-1]))], "mask.column")
    graph.node("Mul", [state, "mask.column"], "masked")
    graph.node("ReduceSum", ["masked", graph.constant("one", np.array([1]))], "sum", keepdims=0)
    graph.node("LpNormalization", ["sum"], "vector", axis=-1, p=2)
    size = words.shape[1]
    inputs = [
        helper.make_tensor_value_info("pieces", TensorProto.INT64, ["texts", "length"]),
        helper.make_tensor_value_info("mask", TensorProto.INT32, ["texts", "length"]),
    ]
    outputs = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["texts", size])]
    made = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=9, producer_name="clinicbot")


def layer(graph: Graph, weights: dict[str, np.ndarray], state: str, number: int, heads: int) -> str:
    """One transformer layer; gives the name of its output."""
    source, name = f"encoder.layer.{number}", f"layer{number}"
    parts = ("query", "key", "value")
    weight = np.concatenate([weights[f"{source}.attention.self.{part}.weight"] for part in parts])
    bias = np.concatenate([weights[f"{source}.attention.self.{part}.bias"] for part in parts])
    graph.linear(state, weight, bias, f"{name}.projected")
    names = [f"{name}.{part}" for part in parts]
    graph.nodes.append(helper.make_node("Split", [f"{name}.projected"], names, axis=-1, num_outputs=3))
    attention = [*names, "", "mask"]
    graph.node("MultiHeadAttention", attention, f"{name}.attended", "com.microsoft", num_heads=heads)
    dense = f"{source}.attention.output"
    graph.linear(f"{name}.attended", weights[f"{dense}.dense.weight"], weights[f"{dense}.dense.bias"], f"{name}.mixed")
    graph.node("Add", [state, f"{name}.mixed"], f"{name}.middle")
    middle = graph.normed(f"{name}.middle", weights, f"{dense}.LayerNorm", f"{name}.middle.normed")
    wide = f"{source}.intermediate.dense"
    graph.linear(middle, weights[f"{wide}.weight"], weights[f"{wide}.bias"], f"{name}.wide")
    graph.node("Gelu", [f"{name}.wide"], f"{name}.active", "com.microsoft")
    narrow = f"{source}.output"
    graph.linear(f"{name}.active", weights[f"{narrow}.dense.weight"], weights[f"{narrow}.dense.bias"], f"{name}.narrow")
    graph.node("Add", [middle, f"{name}.narrow"], f"{name}.end")
    return graph.normed(f"{name}.end", weights, f"{narrow}.LayerNorm", f"{name}.out")


def main() -> int:
    """Write the package's files and check them."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("trained", type=Path)
    asked.add_argument("--out", type=Path, default=Path("bot/language/data/encoder"))
    asked.add_argument("--reference", type=Path, help="keep some of the original's vectors here, for the tests")
    options = asked.parse_args()
    config = json.loads((options.trained / "config.json").read_text(encoding="utf-8"))
    weights = load_file(options.trained / "model.safetensors")
    vocabulary = json.loads((options.trained / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    pieces = [piece for piece, _ in sorted(vocabulary.items(), key=lambda pair: pair[1])]
    kept = [number for number, piece in enumerate(pieces) if _PLAIN_PIECE.fullmatch(piece)]
    made = network(weights, kept, config["num_hidden_layers"], config["num_attention_heads"])
    options.out.mkdir(parents=True, exist_ok=True)
    binary = made.SerializeToString()
    (options.out / "model.onnx").write_bytes(binary)
    (options.out / "pieces.txt").write_text("\n".join(pieces[number] for number in kept) + "\n", encoding="utf-8")
    key = hashlib.sha256(binary).hexdigest()[:16]
    (options.out / "key.txt").write_text(f"{key} {config['hidden_size']}\n", encoding="utf-8")
    print(f"{len(kept)} of {len(pieces)} pieces, {len(binary) / 1e6:.1f} MB, key {key}")
    return check(options.trained, options.out, options.reference)


def check(trained: Path, out: Path, reference: Path | None) -> int:
    """Hold the written encoder against the original; 0 when it agrees."""
    from datetime import UTC, datetime  # noqa: PLC0415

    import torch  # noqa: PLC0415 - only a build needs it
    from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415

    from bot.faq.files import load_knowledge  # noqa: PLC0415
    from bot.language.encoder import MOST_PIECES, Encoder, Model  # noqa: PLC0415
    from bot.language.normalise import plain_words  # noqa: PLC0415
    from bot.language.wordpiece import WordPieces  # noqa: PLC0415

    loaded = load_knowledge(Path("knowledge"), number=1, published_at=datetime.now(UTC))
    texts = sorted({plain_words(text) for entry in loaded.release.entries for text in (*entry.wordings, *entry.golden)})
    pieces = WordPieces.of((out / "pieces.txt").read_text(encoding="utf-8"))
    key, size = (out / "key.txt").read_text(encoding="utf-8").split()
    ours = Encoder(Model((out / "model.onnx").read_bytes(), pieces, key, int(size))).encode_all(texts)
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
        kept = texts[:: len(texts) // MOST_KEPT]
        np.savez_compressed(reference, texts=kept, vectors=wanted_all[:: len(texts) // MOST_KEPT].astype(np.float16))
    print(f"{len(texts)} texts: mean cosine {np.mean(cosines):.5f}, least {min(cosines):.4f}, other pieces in {unlike}")
    return int(np.mean(cosines) < AGREEMENT or unlike > 0)


if __name__ == "__main__":
    sys.exit(main())
