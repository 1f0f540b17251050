"""The encoder that comes with the package, as a torch model: its 8 bits taken apart into floats again.

What `network.py` packs. Needs the extra `build`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import BertConfig, BertModel

HEADS = 12


def unpacked(network: Path) -> BertModel:
    """The model whose vectors, pooled by their mean, are those of the network in 8 bits; without dropout."""
    constants = {each.name: numpy_helper.to_array(each) for each in onnx.load(network).graph.initializer}
    layers = sum(name.endswith(".projected.weight") for name in constants)
    words = constants["words"].astype(np.float32) * constants["words.scale"]
    size = words.shape[1]
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=size,
        num_hidden_layers=layers,
        num_attention_heads=HEADS,
        intermediate_size=len(constants["layer0.wide.bias"]),
        max_position_embeddings=len(constants["places"]),
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
    weights = {
        "embeddings.word_embeddings.weight": words,
        "embeddings.position_embeddings.weight": constants["places"],
        "embeddings.token_type_embeddings.weight": np.zeros((2, size), dtype=np.float32),
        **_norm(constants, "state", "embeddings"),
    }
    for number in range(layers):
        weights |= _layer(constants, f"layer{number}", f"encoder.layer.{number}", size)
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict({name: torch.from_numpy(np.array(value, np.float32)) for name, value in weights.items()})
    return model.eval()


def _layer(constants: dict[str, np.ndarray], name: str, layer: str, size: int) -> dict[str, np.ndarray]:
    projected, bias = _weight(constants, f"{name}.projected"), constants[f"{name}.projected.bias"]
    found = {}
    for place, part in enumerate(("query", "key", "value")):
        found[f"{layer}.attention.self.{part}.weight"] = projected[place * size : (place + 1) * size]
        found[f"{layer}.attention.self.{part}.bias"] = bias[place * size : (place + 1) * size]
    return {
        **found,
        f"{layer}.attention.output.dense.weight": _weight(constants, f"{name}.mixed"),
        f"{layer}.attention.output.dense.bias": constants[f"{name}.middle.bias"],
        **_norm(constants, f"{name}.middle", f"{layer}.attention.output"),
        f"{layer}.intermediate.dense.weight": _weight(constants, f"{name}.wide"),
        f"{layer}.intermediate.dense.bias": constants[f"{name}.wide.bias"],
        f"{layer}.output.dense.weight": _weight(constants, f"{name}.narrow"),
        f"{layer}.output.dense.bias": constants[f"{name}.out.bias"],
        **_norm(constants, f"{name}.out", f"{layer}.output"),
    }


def _norm(constants: dict[str, np.ndarray], name: str, target: str) -> dict[str, np.ndarray]:
    facts = {"weight": f"{name}.norm.scale", "bias": f"{name}.norm.bias"}
    return {f"{target}.LayerNorm.{kind}": constants[source] for kind, source in facts.items()}


def _weight(constants: dict[str, np.ndarray], name: str) -> np.ndarray:
    """A linear's weight, (out, in)."""
    packed, scale = constants[f"{name}.weight"], constants[f"{name}.scale"]
    if f"{name}.divisor" not in constants:  # in blocks
        blocks = (packed.astype(np.float32) - 128) * scale.reshape(len(packed), -1, 1)
        return blocks.reshape(len(packed), -1)
    return packed.T.astype(np.float32) * scale[:, None] * constants[f"{name}.divisor"]
