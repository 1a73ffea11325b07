"""What is kept of a film to find it again: so many frames a second, each as six 256-bit hashes, and when it was shown.

Each frame is hashed whole, without its upper and its lower fifth (subtitles, logos), cut down to its middle, and in a
mirror; black or plain borders are taken off first, as far as the whole film has them (matching.md §10). A frame that
shows nothing (black, a fade) is left out: it would agree with every other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from webapp.domain.matching.detector import CannotLook
from workers.detectors import cells, film
from workers.detectors.dct import frequencies
from workers.detectors.whole import SIDE, SMALLEST, eight, packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVERY = 0.25  # seconds between two frames: at 0.5 fast movement lies too far from the nearest frame of a copy
MOST = 1200  # frames; of a longer film fewer a second
SEEN_AT = 256  # longest side of the pictures that are hashed
FEWEST = 3  # frames that show anything; fewer are a picture, not a film
# Left, top, right, bottom of each view, in fractions of what is inside the borders. The mirrored one is made of the
# first.
VIEWS = (
    (0.0, 0.0, 1.0, 1.0),
    (0.0, 0.0, 1.0, 0.8),
    (0.0, 0.2, 1.0, 1.0),
    (0.05, 0.05, 0.95, 0.95),
    (0.1, 0.1, 0.9, 0.9),
)
KEPT = len(VIEWS) + 1
WORDS = 4  # of 64 bits, to a hash
# A row or column is border where it is of one tone in nearly all frames: deviation in grey levels, share of frames.
# What is left is at least INSIDE of each side, or a night sky would be cut off.
PLAIN, NEARLY_ALL, DARK, WHITE, INSIDE = 3.0, 0.8, 24, 232, 0.3

_HEAD = struct.Struct(">4sHfff")
_MAGIC = b"FLM1"


@dataclass(frozen=True)
class Reel:
    """A film as it is compared: `at` (n, seconds), `hashes` (n × KEPT × WORDS), its length and the time between two
    frames in seconds."""

    seconds: float
    every: float
    at: NDArray[np.float32]
    hashes: NDArray[np.uint64]

    @property
    def apart(self) -> float:
        """Seconds that really lie between two frames: key frames are farther apart than was asked."""
        return max(self.every, float(np.median(np.diff(self.at)))) if len(self.at) > 1 else self.every

    @property
    def shown(self) -> float:
        """Seconds of it that show anything."""
        return len(self.at) * self.apart

    def pack(self) -> bytes:
        """Some 200 bytes a frame, 230 KB at most."""
        head = _HEAD.pack(_MAGIC, len(self.at), self.seconds, self.every, 0.0)
        return head + self.at.astype(">f4").tobytes() + self.hashes.astype(">u8").tobytes()


def unpack(payload: bytes) -> Reel:
    """Read back what `pack` wrote. Raises ValueError for anything else."""
    if len(payload) < _HEAD.size:
        raise ValueError("a stored film is cut short")
    magic, count, seconds, every, _spare = _HEAD.unpack_from(payload)
    after = _HEAD.size + 4 * count
    if magic != _MAGIC or not count or len(payload) != after + count * KEPT * WORDS * 8:
        raise ValueError("a stored film is damaged")
    at = np.frombuffer(payload, ">f4", count, _HEAD.size).astype(np.float32)
    hashes = np.frombuffer(payload, ">u8", -1, after).astype(np.uint64)
    return Reel(seconds, every, at, hashes.reshape(count, KEPT, WORDS))


def step(seconds: float) -> float:
    """Seconds between two frames of a film of this length."""
    return max(EVERY, seconds / MOST)


def reel(path: Path, media_type: str) -> tuple[film.About, Reel]:
    """Look at a film. Raises CannotLook: what `film.frames` raises, `too_small`, `featureless`, `too_short`."""
    about = film.about(path, media_type)
    if min(about.width, about.height) < SMALLEST:
        raise CannotLook("too_small", f"{about.width} x {about.height} pixels")
    every = step(min(about.seconds, film.LONGEST))
    at, greys, last = list[float](), list[Any](), 0.0
    for frame in film.frames(path, media_type, every, SEEN_AT):
        last = frame.at
        if len(at) < MOST and (not greys or greys[0].shape == frame.picture.shape[:2]):
            at.append(frame.at)
            greys.append(grey(frame.picture))
    inside = borders(greys)
    shown = [(t, views(picture, inside)) for t, picture in zip(at, greys, strict=True)]
    kept = [(t, hashes) for t, hashes in shown if hashes is not None]
    if not kept:
        raise CannotLook("featureless", "hardly a frame shows anything")
    if len(kept) < FEWEST:
        raise CannotLook("too_short", f"{len(kept)} frames that show anything")
    bits = np.array([hashes for _t, hashes in kept], np.uint8).view(np.uint64).reshape(len(kept), KEPT, WORDS)
    times = np.array([t for t, _hashes in kept], np.float32)
    return about, Reel(about.seconds or last + every, every, times, bits)


def grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB to luma as video has it."""
    luma: NDArray[np.uint8] = (picture @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.uint8)
    return luma


def borders(greys: list[Any]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what nearly all frames show inside their borders, in pixels."""
    high, wide = greys[0].shape
    sides = []
    for axis, length in ((1, high), (0, wide)):
        plain = np.mean([_plain(picture, axis) for picture in greys], axis=0) >= NEARLY_ALL
        first = int(np.argmin(plain)) if not plain.all() else 0
        last = length - int(np.argmin(plain[::-1])) if not plain.all() else length
        sides.append((first, last) if last - first >= INSIDE * length else (0, length))
    (top, bottom), (left, right) = sides
    return left, top, right, bottom


def _plain(picture: Any, axis: int) -> Any:
    middle = picture.mean(axis)
    return (picture.std(axis) < PLAIN) & ((middle < DARK) | (middle > WHITE))


def views(picture: Any, inside: tuple[int, int, int, int]) -> Any | None:
    """KEPT hashes of 32 bytes, the mirrored one last; None where the frame shows hardly anything."""
    image = Image.fromarray(picture)
    small = [image.resize((SIDE, SIDE), Image.Resampling.BOX, box=box) for box in _boxes(inside)]
    if not cells.shows_anything(small[0]):
        return None
    low = [frequencies(one) for one in small]
    hashes = [*(packed(one) for one in low), packed(eight(low[0], 1)[1])]
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(KEPT, -1)


def _boxes(inside: tuple[int, int, int, int]) -> Iterator[tuple[float, float, float, float]]:
    left, top, right, bottom = inside
    wide, high = right - left, bottom - top
    for x, y, to_x, to_y in VIEWS:
        yield left + x * wide, top + y * high, left + to_x * wide, top + to_y * high


def apart(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Bits that differ between each frame of one film and each of another (n × m), the best of all views: each view of
    either against the whole of the other. 255 at most, the same either way round."""
    best = np.full((len(one), len(other)), 255, np.uint8)
    for view in range(KEPT):
        np.minimum(best, _differing(one[:, 0], other[:, view]), out=best)
        if view:
            np.minimum(best, _differing(one[:, view], other[:, 0]), out=best)
    return best


def _differing(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint8]:
    found = np.zeros((len(one), len(other)), np.uint16)
    for word in range(WORDS):
        found += np.bitwise_count(one[:, None, word] ^ other[None, :, word])
    return np.minimum(found, 255).astype(np.uint8)
