"""Sentence vectors of a release's texts, made once: kept in a file, or come with the knowledge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.language.arrays import load_array
from bot.language.keeping import replacing

Floats = NDArray[np.float32]
EncodeAll = Callable[[Sequence[str]], Floats]

MOST_EXACT = 20_000
SAVED_EACH = 500  # texts, some ten seconds: what is learnt by then is not lost when the process is ended
_STEPS = 127  # a number is kept as one of so many steps to either side of nought


@dataclass(frozen=True, slots=True)
class VectorCache:
    """Vectors met before, by what was encoded and with which encoder (`key`).

    They are looked for in `folder`, in a file of this `name`, and among `others`: files that are only read. Only what
    the last build asked for is kept, so that the file never outgrows a release. Vectors are rounded to 8 bits whether
    they are new or not, so that a release is learnt alike from either; the cosine to the original is over 0.9999.
    """

    key: str
    folder: Path | None = None
    name: str = "vectors"
    others: tuple[Path, ...] = ()

    def through(self, encode_all: EncodeAll) -> EncodeAll:
        """`encode_all`, asked only for what is in no file."""
        return lambda texts: self._encode_all(texts, encode_all)

    def _encode_all(self, texts: Sequence[str], encode_all: EncodeAll) -> Floats:
        names = [name_of(text) for text in texts]
        own = {} if self.folder is None else _load(self._file(self.folder))
        missing = {name: text for name, text in zip(names, texts, strict=True) if name not in own}
        known = dict(own)
        for other in self.others if missing else ():
            known |= _load(self._file(other))
        fresh = {name: text for name, text in missing.items() if name not in known}
        waiting = list(fresh)
        while waiting:
            some, waiting = waiting[:SAVED_EACH], waiting[SAVED_EACH:]
            known |= dict(zip(some, _rounded(encode_all([fresh[name] for name in some])), strict=True))
            if waiting:
                self._keep([name for name in dict.fromkeys(names) if name in known], known)
        if missing:
            self._keep(names, known)
        return np.stack([vector * np.float32(scale) for vector, scale in (known[name] for name in names)])

    def _keep(self, names: Sequence[bytes], known: Mapping[bytes, _Rounded]) -> None:
        if self.folder is not None:
            with suppress(OSError):  # a folder that cannot be written costs the next build time, nothing else
                save_vectors(self._file(self.folder), names, [known[name] for name in names])

    def _file(self, folder: Path) -> Path:
        return folder / f"{self.name if folder == self.folder else 'vectors'}-{self.key}.npy"


class ExactVectors:
    """Vectors of texts that are asked again and again, bit for bit as the encoder gave them.

    `known` holds them by the `name_of` each text. They are kept in a file, the newest MOST_EXACT of them; without one,
    only while this lives.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.known: dict[bytes, Floats] = {} if file is None else _load_exact(file)

    def add(self, fresh: Mapping[bytes, Floats]) -> None:
        """Keep these as well, in the file too. A folder that cannot be written costs the next time, nothing else."""
        if not fresh.keys() - self.known.keys():
            return
        self.known |= fresh
        if self._file is not None:
            kept = list(self.known.items())[-MOST_EXACT:]
            stored = np.empty(len(kept), dtype=[("name", "V16"), ("vector", np.float32, kept[0][1].shape)])
            stored["name"] = [np.void(name) for name, _ in kept]
            stored["vector"] = [vector for _, vector in kept]
            with suppress(OSError), replacing(self._file) as target:
                np.save(target, stored, allow_pickle=False)


def name_of(text: str) -> bytes:
    """What a text's vector is kept under."""
    return blake2b(text.encode(), digest_size=16).digest()


def _load_exact(file: Path) -> dict[bytes, Floats]:
    try:
        stored = load_array(file)
        return {bytes(name): vector for name, vector in zip(stored["name"], stored["vector"], strict=True)}
    except (OSError, ValueError, IndexError):
        return {}


_Rounded = tuple[NDArray[np.int8], float]


def save_vectors(file: Path, names: Sequence[bytes], rounded: Sequence[_Rounded]) -> None:
    """Write vectors by the hash of their text, all at once or not at all. May raise OSError."""
    size = len(rounded[0][0]) if rounded else 0
    kind = np.dtype([("name", "V16"), ("scale", np.float32), ("vector", np.int8, (size,))])
    stored = np.empty(len(names), dtype=kind)
    for place, (name, (vector, scale)) in enumerate(zip(names, rounded, strict=True)):
        stored[place] = (np.void(name), scale, vector)
    with replacing(file) as fresh:
        np.save(fresh, stored, allow_pickle=False)


def _load(file: Path) -> dict[bytes, _Rounded]:
    try:
        stored = load_array(file)
        rows = zip(stored["name"], stored["vector"], stored["scale"].tolist(), strict=True)
        return {bytes(name): (vector, scale) for name, vector, scale in rows}
    except (OSError, ValueError, IndexError):
        return {}  # none yet, or damaged: everything is encoded anew


def _rounded(vectors: Floats) -> Iterable[_Rounded]:
    scales = np.maximum(np.abs(vectors).max(axis=1), np.finfo(np.float32).tiny) / np.float32(_STEPS)
    steps = np.rint(vectors / scales[:, None]).astype(np.int8)
    return zip(steps, scales.tolist(), strict=True)
