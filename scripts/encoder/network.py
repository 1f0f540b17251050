"""The encoder's network as an ONNX graph: in floats, or in 8 bits.

In 8 bits both weights and what they are multiplied with are put into 8 bits, which is twice as quick as weights alone.
What comes out of a few channels is far larger than the rest and would spoil that: such channels are made smaller
before, and their weights larger by as much, which changes nothing else.
Source: Xiao et al., "SmoothQuant: accurate and efficient post-training quantization", 2023.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PLACES = 96
BLOCK = 32
MICROSOFT = "com.microsoft"
# What these are multiplied with loses most in 8 bits.
WEIGHTS_ALONE = (
    "layer0.mixed", "layer0.narrow", "layer1.narrow", "layer4.projected", "layer5.projected", "layer5.mixed",
)  # fmt: skip
SMOOTHED = {"projected": 0.3, "mixed": 0.7, "wide": 0.7, "narrow": 0.9}  # how much of a channel's size is taken off


@dataclass(frozen=True, slots=True)
class Norm:
    """A layer normalisation."""

    scale: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True, slots=True)
class Linear:
    """x @ weight.T + bias; `weight` is (out, in)."""

    weight: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True, slots=True)
class Weights:
    """Those of a BERT with mean pooling: word vectors in 8 bits with one scale each, everything else in floats.

    Of each layer `linears` has "layer0.projected" (query, key and value), ".mixed", ".wide" and ".narrow"; `norms` has
    "state", "layer0.middle" and "layer0.out".
    """

    words: np.ndarray
    word_scales: np.ndarray
    places: np.ndarray
    linears: Mapping[str, Linear]
    norms: Mapping[str, Norm]
    layers: int
    heads: int


def inputs_of(layers: int) -> dict[str, str]:
    """For each linear the name of what it is multiplied with, which the graph in floats gives on request."""
    found = {}
    for number in range(layers):
        name = f"layer{number}"
        found[f"{name}.projected"] = f"layer{number - 1}.out" if number else "state"
        found |= {
            f"{name}.mixed": f"{name}.attended",
            f"{name}.wide": f"{name}.middle",
            f"{name}.narrow": f"{name}.active",
        }
    return found


def smoothing(weights: Weights, peaks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """By what each channel of each linear's input is divided; `peaks` are the largest it was seen with."""
    found = {}
    for name, source in inputs_of(weights.layers).items():
        share = SMOOTHED[name.rpartition(".")[2]]
        widest = np.abs(weights.linears[name].weight).max(axis=0)
        divisors = np.maximum(peaks[source], 1e-6) ** share / np.maximum(widest, 1e-6) ** (1 - share)
        found[name] = (divisors / np.exp(np.log(divisors).mean())).astype(np.float32)
    return found


class _Graph:
    """An ONNX graph in the making; in 8 bits when it has `divisors`."""

    def __init__(self, divisors: Mapping[str, np.ndarray] | None) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._divisors = divisors

    def constant(self, name: str, value: np.ndarray) -> str:
        """Add a constant; gives its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        """Add a node with one output; gives the output's name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def product(self, given: str, name: str, weight: np.ndarray) -> str:
        """given @ weight.T, without its bias."""
        if self._divisors is None:
            return self.node("MatMul", [given, self.constant(f"{name}.weight", weight.T)], name)
        if name in WEIGHTS_ALONE:
            return self._of_blocks(given, name, weight)
        by = self._divisors[name]
        smoothed = self.node("Mul", [given, self.constant(f"{name}.divisor", 1 / by)], f"{name}.smoothed")
        scale = (np.abs(weight * by).max(axis=1) / 127).astype(np.float32)
        values = np.round(weight * by / scale[:, None]).astype(np.int8)
        inputs = [smoothed, self.constant(f"{name}.weight", values.T), self.constant(f"{name}.scale", scale)]
        return self.node("DynamicQuantizeMatMul", inputs, name, MICROSOFT)

    def _of_blocks(self, given: str, name: str, weight: np.ndarray) -> str:
        """With weights of 8 bits, a scale for each block of 32, and floats as they are."""
        out, size = weight.shape
        blocks = weight.reshape(out, size // BLOCK, BLOCK)
        scale = np.maximum(np.abs(blocks).max(axis=-1) / 127, 1e-8).astype(np.float32)
        values = (np.round(blocks / scale[..., None]) + 128).astype(np.uint8)
        inputs = [given, self.constant(f"{name}.weight", values), self.constant(f"{name}.scale", scale.reshape(-1))]
        sizes = {"K": size, "N": out, "bits": 8, "block_size": BLOCK, "accuracy_level": 4}
        return self.node("MatMulNBits", inputs, name, MICROSOFT, **sizes)

    def normed(self, given: list[str], norm: Norm, name: str, bias: np.ndarray | None = None) -> str:
        """The normalised sum of what is given: of one, or of two and a bias."""
        facts = [self.constant(f"{name}.norm.scale", norm.scale), self.constant(f"{name}.norm.bias", norm.bias)]
        if bias is None:
            return self.node("LayerNormalization", [*given, *facts], name, epsilon=1e-12, axis=-1)
        facts.append(self.constant(f"{name}.bias", bias))
        return self.node("SkipLayerNormalization", [*given, *facts], name, MICROSOFT, epsilon=1e-12)


def network(
    weights: Weights, divisors: Mapping[str, np.ndarray] | None = None, watched: Sequence[str] = ()
) -> onnx.ModelProto:
    """The graph from one text's piece numbers, (1, length), to its vector of length 1, (1, size).

    In floats, or with `divisors` (see `smoothing`) in 8 bits; it also gives what is `watched`.
    """
    graph = _Graph(divisors)
    graph.constant("words", weights.words)
    graph.constant("words.scale", weights.word_scales)
    graph.constant("places", weights.places[:PLACES])
    graph.node("Gather", ["words", "pieces"], "picked")
    graph.node("Cast", ["picked"], "picked.float", to=TensorProto.FLOAT)
    graph.node("Gather", ["words.scale", "pieces"], "picked.scale")
    graph.node("Mul", ["picked.float", "picked.scale"], "word")
    graph.node("Shape", ["pieces"], "length", start=1, end=2)
    graph.node("Slice", ["places", graph.constant("zero", np.array([0])), "length"], "place")
    graph.node("Add", ["word", "place"], "embedded")
    state = graph.normed(["embedded"], weights.norms["state"], "state")
    for number in range(weights.layers):
        state = _layer(graph, weights, state, f"layer{number}")
    graph.node("ReduceMean", [state, graph.constant("one", np.array([1]))], "mean", keepdims=0)
    graph.node("LpNormalization", ["mean"], "vector", axis=-1, p=2)
    inputs = [helper.make_tensor_value_info("pieces", TensorProto.INT64, [1, "length"])]
    outputs = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, weights.words.shape[1]])]
    outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in watched]
    made = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=9, producer_name="clinicbot")


def _layer(graph: _Graph, weights: Weights, state: str, name: str) -> str:
    """One transformer layer; gives the name of its output."""
    projected, mixed = weights.linears[f"{name}.projected"], weights.linears[f"{name}.mixed"]
    wide, narrow = weights.linears[f"{name}.wide"], weights.linears[f"{name}.narrow"]
    names = [f"{name}.{part}" for part in ("query", "key", "value")]
    product = graph.product(state, f"{name}.projected", projected.weight)
    graph.nodes.append(helper.make_node("Split", [product], names, axis=-1, num_outputs=3))
    attention = [*names, graph.constant(f"{name}.projected.bias", projected.bias)]
    graph.node("MultiHeadAttention", attention, f"{name}.attended", MICROSOFT, num_heads=weights.heads)
    product = graph.product(f"{name}.attended", f"{name}.mixed", mixed.weight)
    middle = graph.normed([product, state], weights.norms[f"{name}.middle"], f"{name}.middle", mixed.bias)
    product = graph.product(middle, f"{name}.wide", wide.weight)
    graph.node("BiasGelu", [product, graph.constant(f"{name}.wide.bias", wide.bias)], f"{name}.active", MICROSOFT)
    product = graph.product(f"{name}.active", f"{name}.narrow", narrow.weight)
    return graph.normed([product, middle], weights.norms[f"{name}.out"], f"{name}.out", narrow.bias)
