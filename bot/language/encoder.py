"""Sentences as vectors whose cosine tells how alike they are in meaning. Runs on one core, without torch.

The weights are all-MiniLM-L6-v2 (Apache-2.0), taught further and quantised by `scripts/encoder/`; how they came
about and what they agree with stands in `data/encoder/NOTICE`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.errors import NotReady
from bot.language.vectors import name_of
from bot.language.wordpiece import WordPieces

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read at the import: else the runtime reports to its maker, under an id
try:
    import onnxruntime
except ImportError as error:  # the lexical matcher still answers, and says so
    onnxruntime = None
    _WHY_MISSING = str(error)

Floats = NDArray[np.float32]

FOLDER = "data/encoder"
MOST_PIECES = 96
MOST_CACHED = 10_000
MARK = 8  # bytes of `name_of` by which a text is known again in `met.bin`


@dataclass(frozen=True, slots=True)
class Model:
    """What is in the package: the network's file, its pieces, and `key`, which changes whenever the vectors may; `met`
    are the marks of the texts about the clinic's subject that it was tuned with.
    """

    network: Path
    pieces: WordPieces
    key: str
    size: int
    met: frozenset[bytes] = frozenset()


class Encodes(Protocol):
    """What others need of a sentence encoder."""

    def encode(self, text: str) -> Floats:
        """The vector of a plain text."""


class Encoder:
    """Turns plain text into vectors of length 1. Immutable but for its cache; safe to share between threads."""

    def __init__(self, model: Model) -> None:
        """Raises NotReady when the runtime is missing or refuses the network."""
        if onnxruntime is None:
            raise NotReady(f"the sentence encoder cannot run: {_WHY_MISSING}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(model.network), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise NotReady(f"the sentence encoder cannot be loaded: {error}") from error
        self._pieces = model.pieces
        self.key = model.key
        self.size = model.size
        self._met = model.met
        self._known: Mapping[bytes, Floats] = {}
        self._noted: dict[bytes, Floats] | None = None
        self._cached: Callable[[str], Floats] = lru_cache(maxsize=MOST_CACHED)(self._encode_one)

    def encode(self, text: str) -> Floats:
        """The vector of one plain text (see `normalise.plain_words`), shape (size,). Remembered."""
        return self._cached(text)

    def encode_all(self, texts: Sequence[str]) -> Floats:
        """The vectors of many texts, shape (texts, size). One after the other: a text's vector must not depend on
        those beside it, and together they would not go faster.
        """
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._run(text)
        return vectors

    def has_met(self, text: str) -> bool:
        """Whether it was tuned with this plain text: how that one fares says little about texts that nobody foresaw."""
        return name_of(text)[:MARK] in self._met

    def know(self, vectors: Mapping[bytes, Floats]) -> None:
        """Take these vectors of its own, by `name_of` their texts, for what is asked from now on."""
        self._known = vectors

    @contextmanager
    def noting(self) -> Iterator[dict[bytes, Floats]]:
        """What is encoded anew within the block, by `name_of` each text; for processes of one thread."""
        noted: dict[bytes, Floats] = {}
        self._noted = noted
        try:
            yield noted
        finally:
            self._noted = None

    def _encode_one(self, text: str) -> Floats:
        known = self._known.get(name_of(text)) if self._known else None
        if known is not None:
            return known
        vector = self._run(text)
        vector.flags.writeable = False
        if self._noted is not None:
            self._noted[name_of(text)] = vector
        return vector

    def _run(self, text: str) -> Floats:
        pieces = np.array([self._pieces.numbers_of(text, MOST_PIECES)], dtype=np.int64)
        return np.asarray(self._session.run(None, {"pieces": pieces})[0][0], dtype=np.float32)


@lru_cache(maxsize=1)
def load_encoder() -> Encoder:
    """The encoder that comes with the package, loaded once a process.

    Raises NotReady with the reason when it cannot be had. Cost: 0.1 s and about 45 MB.
    """
    folder = resources.files("bot.language").joinpath(FOLDER)
    try:
        pieces = WordPieces.of(folder.joinpath("pieces.txt").read_text(encoding="utf-8"))
        key, size = folder.joinpath("key.txt").read_text(encoding="utf-8").split()
        marks = folder.joinpath("met.bin").read_bytes()
    except (OSError, ValueError) as error:
        raise NotReady(f"the sentence encoder's files cannot be read: {error}") from error
    with resources.as_file(folder.joinpath("model.onnx")) as network:  # from its file: as bytes it is held twice
        met = frozenset(marks[at : at + MARK] for at in range(0, len(marks), MARK))
        return Encoder(Model(network, pieces, key, int(size), met))
