"""Which frames of a film are kept as sketches of local features, and which of them are worth laying on a picture.

At most MOST_FRAMES, as different from each other as the film has them: a picture that is shown anywhere in it lies near
one of them. A picture is kept alike, as a film of one frame without a time.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from webapp.domain.matching.detector import CannotLook
from workers.detectors import cells, film, keypoints
from workers.detectors.dct import frequencies
from workers.detectors.film_hash import grey
from workers.detectors.whole import SIDE, SMALLEST, packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVERY = 0.5  # seconds between two frames that are looked at …
MOST_LOOKED = 600  # … and of a longer film so many
# Frames kept, points of each: some 70 KB a frame, 2.8 MB at most.
MOST_FRAMES, POINTS = 40, 400
ANEW = 40  # bits of 256 by which a frame must differ from those kept already
FEWEST_POINTS = 12  # a frame with fewer says too little
# What is asked of two frames before they are laid over each other: strongest points that match better than anything
# else in that frame.
STRONGEST, RATIO, FEWEST_MATCHES = 150, 0.8, 4
CEILING = MOST_FRAMES * 96 * 1024  # bytes

_HEAD = struct.Struct(">4sHf")
_FRAME = struct.Struct(">fI")
_MAGIC = b"FPS1"


@dataclass(frozen=True)
class Album:
    """Frames of a film: `at` in seconds (NaN for a picture), and a sketch of each as `keypoints.pack` made it.
    `seconds`: the film's length, 0.0 for a picture."""

    seconds: float
    at: list[float]
    sketches: list[bytes]

    @property
    def picture(self) -> bool:
        return not self.seconds

    def pack(self) -> bytes:
        """About 70 KB a frame."""
        parts = [_HEAD.pack(_MAGIC, len(self.at), self.seconds)]
        for at, sketch in zip(self.at, self.sketches, strict=True):
            parts += [_FRAME.pack(at, len(sketch)), sketch]
        return b"".join(parts)


def unpack(payload: bytes) -> Album:
    """Read back what `pack` wrote. Raises ValueError for anything else."""
    if len(payload) < _HEAD.size:
        raise ValueError("stored frames are cut short")
    magic, count, seconds = _HEAD.unpack_from(payload)
    if magic != _MAGIC or not count:
        raise ValueError("these are no stored frames")
    at, sketches, place = list[float](), list[bytes](), _HEAD.size
    for _ in range(count):
        if place + _FRAME.size > len(payload):
            raise ValueError("stored frames are cut short")
        moment, length = _FRAME.unpack_from(payload, place)
        place += _FRAME.size + length
        if place > len(payload):
            raise ValueError("stored frames are cut short")
        at.append(moment)
        sketches.append(payload[place - length : place])
    return Album(seconds, at, sketches)


def album(cv2: Any, path: Path, media_type: str) -> tuple[film.About, Album]:
    """Look at a film. Raises CannotLook: what `film.frames` raises, `too_small`, `featureless`."""
    about = film.about(path, media_type)
    if min(about.width, about.height) < SMALLEST:
        raise CannotLook("too_small", f"{about.width} x {about.height} pixels")
    every = max(EVERY, min(about.seconds, film.LONGEST) / MOST_LOOKED)
    at, last, chosen = list[float](), 0.0, _Different()
    for frame in film.frames(path, media_type, every, keypoints.SIDE):
        last = frame.at
        chosen.look(frame.at, grey(frame.picture))
    at, sketches = [], []
    for moment, picture in chosen.kept():
        sketch = keypoints.pack(cv2, picture, POINTS)
        if len(sketch) >= FEWEST_POINTS * keypoints.DIMENSIONS:
            at.append(moment)
            sketches.append(sketch)
    if not sketches:
        raise CannotLook("featureless", "hardly a point in any frame")
    return about, Album(about.seconds or last + every, at, sketches)


class _Different:
    """Frames as different from each other as there are: when there are too many, the one most like another goes."""

    def __init__(self) -> None:
        self._frames: list[tuple[float, Any]] = []
        self._hashes = np.zeros((0, 32), np.uint8)

    def look(self, at: float, picture: Any) -> None:
        small = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BOX)
        if not cells.shows_anything(small):
            return
        hashed = np.frombuffer(packed(frequencies(small)), np.uint8)
        apart = np.bitwise_count(self._hashes ^ hashed).sum(1)
        if len(apart) and apart.min() < ANEW:
            return
        self._frames.append((at, picture))
        self._hashes = np.vstack([self._hashes, hashed])
        if len(self._frames) > MOST_FRAMES:
            between = np.bitwise_count(self._hashes[:, None] ^ self._hashes[None]).sum(2).astype(int)
            np.fill_diagonal(between, 999)
            drop = int(between.min(1)[::-1].argmin())
            drop = len(self._frames) - 1 - drop
            del self._frames[drop]
            self._hashes = np.delete(self._hashes, drop, 0)

    def kept(self) -> list[tuple[float, Any]]:
        return self._frames


def promising(one: Album, other: Album, most: int) -> list[tuple[int, int]]:
    """Frames of the one and of the other with the most points that match, best first, at most `most` pairs."""
    there = [keypoints.unpack(sketch) for sketch in other.sketches]
    votes = np.zeros((len(one.sketches), len(there)), int)
    for i, sketch in enumerate(one.sketches):
        here = keypoints.unpack(sketch)
        for seen in (here, here.mirrored()):
            for j, found in enumerate(there):
                votes[i, j] = max(votes[i, j], _matching(seen.descriptors, found.descriptors))
    order = np.argsort(-votes, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), len(there)) for place in order]
    return [(i, j) for i, j in pairs if votes[i, j] >= FEWEST_MATCHES]


def _matching(one: NDArray[np.float32], other: NDArray[np.float32]) -> int:
    """Strongest points of the one that match one point of the other clearly better than the next, and back."""
    likeness = one[:STRONGEST] @ other[:STRONGEST].T
    return min(_clear(likeness), _clear(likeness.T))


def _clear(likeness: Any) -> int:
    if likeness.shape[1] < 2:
        return 0
    second, first = np.partition(likeness, -2, axis=1)[:, -2:].T
    apart, next_apart = (np.sqrt(np.maximum(2 - 2 * value, 1e-6)) for value in (first, second))
    return int((apart < RATIO * next_apart).sum())
