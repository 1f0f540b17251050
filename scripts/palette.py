"""Pictures of pages with a palette of at most 256 colours: a third of the bytes, and nobody sees it."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
_START = b"\x89PNG\r\n\x1a\n"


def shrink(png: bytes, pixels: Bytes) -> bytes:
    """The picture with a palette, or `png` as it is when that is no smaller. `pixels` has shape (height, width, ≥3)."""
    keys, place = np.unique(_packed(pixels), return_inverse=True)
    counts = np.bincount(place.ravel())
    palette, nearest = _palette(keys, counts)
    small = _write(nearest[place.ravel()].reshape(pixels.shape[:2]).astype(np.uint8), palette)
    return min(png, small, key=len)


def _palette(keys: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> tuple[Bytes, npt.NDArray[np.int64]]:
    """Up to 256 colours, and for each of `keys` the place of its own: the commonest, then what is farthest off."""
    colours = np.stack([(keys >> shift) & 255 for shift in (16, 8, 0)], axis=1)
    chosen = [int(np.argmax(counts))]
    nearest = np.zeros(len(keys), dtype=np.int64)
    distance = ((colours - colours[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < 256 and distance.any():
        worst = int(np.argmax(distance * np.sqrt(counts)))
        away = ((colours - colours[worst]) ** 2).sum(axis=1)
        nearest[away < distance] = len(chosen)
        distance = np.minimum(distance, away)
        chosen.append(worst)
    return colours[chosen].astype(np.uint8), nearest


def _packed(pixels: Bytes) -> npt.NDArray[np.int64]:
    red, green, blue = (pixels[:, :, channel].astype(np.int64) for channel in range(3))
    return (red << 16) | (green << 8) | blue


def _write(places: Bytes, palette: Bytes) -> bytes:
    height, width = places.shape
    lines = np.concatenate([np.zeros((height, 1), dtype=np.uint8), places], axis=1)
    pieces = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    return _START + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in pieces
    )
