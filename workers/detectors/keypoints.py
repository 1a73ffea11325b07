"""What local features keep of a picture: about a thousand points with descriptors, and a small grey to check against.

A payload is a head, then x, y (1/64 pixel), size (1/16 pixel) and angle (1/65,536 turn) of each point in 16 bits, then
128 bytes of root-SIFT each, then the small grey picture, deflated. About 150 KB, at most CEILING.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

SIDE = 640  # longest side in pixels the points are found at: recall 0.99 against 0.97 at 512 (matching.md §2)
MOST = 1000  # points kept
# How faint a point may be. The second and third are tried where the one before finds too few: drawings, skies, smooth
# ground. Of 91 altered copies of such pictures that were missed 17 are found so; of 219 hard pairs of others none is.
FAINTNESS = (0.02, 0.008, 0.003)
TOO_FEW = 300
SMALL = 192  # longest side of the small grey
CEILING = 176 * 1024  # bytes
DIMENSIONS = 128
_HEAD = struct.Struct(">HHHHH")  # width and height the points refer to, points, width and height of the small grey
_GRID = 6  # cells a side among which half of the points are spread


@dataclass(frozen=True)
class Sketch:
    """One picture's points: `at` (n × 2, pixels), `size`, `angle` (radians), `descriptors` (n × 128, unit length)."""

    width: int
    height: int
    at: Any
    size: Any
    angle: Any
    descriptors: Any
    small: Any

    def mirrored(self) -> Sketch:
        """The same of the picture seen in a mirror; no second look is needed.

        A descriptor is 4 × 4 places by 8 directions in a frame turned with the point: reflection
        reverses the places across that direction and the sense of the directions.
        """
        places = self.descriptors.reshape(-1, 4, 4, 8)[:, ::-1][..., -np.arange(8) % 8]
        at = np.stack([self.width - 1 - self.at[:, 0], self.at[:, 1]], 1)
        return Sketch(
            self.width,
            self.height,
            at,
            self.size,
            np.pi - self.angle,
            np.ascontiguousarray(places.reshape(-1, DIMENSIONS)),
            self.small[:, ::-1],
        )


def pack(cv2: Any, grey: Any, most: int = MOST) -> bytes:
    """Find and choose at most `most` points of a grey picture (uint8, longest side about SIDE). Empty when there are
    none."""
    for faintness in FAINTNESS:
        found, descriptors = cv2.SIFT_create(contrastThreshold=faintness).detectAndCompute(grey, None)
        if len(found) >= TOO_FEW:
            break
    if not found:
        return b""
    points = np.array([(*p.pt, p.size, p.angle, p.response) for p in found], np.float32)
    kept = _chosen(points, grey.shape, most)
    points, descriptors = points[kept], descriptors[kept]
    root = np.sqrt(descriptors / np.maximum(descriptors.sum(1, keepdims=True), 1e-6))
    numbers = np.stack(
        [
            np.clip(points[:, 0] * 64, 0, 65535),
            np.clip(points[:, 1] * 64, 0, 65535),
            np.clip(points[:, 2] * 16, 1, 65535),
            points[:, 3] / 360 * 65536 % 65536,
        ]
    )
    high, wide = grey.shape
    share = min(1.0, SMALL / max(high, wide))
    small = cv2.resize(grey, (max(1, round(wide * share)), max(1, round(high * share))), interpolation=cv2.INTER_AREA)
    return b"".join(
        (
            _HEAD.pack(wide, high, len(points), small.shape[1], small.shape[0]),
            numbers.astype(">u2").tobytes(),
            np.clip(root * 255 + 0.5, 0, 255).astype(np.uint8).tobytes(),
            zlib.compress(small.tobytes(), 6),
        )
    )


def unpack(payload: bytes) -> Sketch:
    """Read back what `pack` wrote. Raises ValueError for anything else."""
    if len(payload) < _HEAD.size:
        raise ValueError("a stored sketch is cut short")
    wide, high, count, small_wide, small_high = _HEAD.unpack_from(payload)
    after = _HEAD.size + count * 8
    end = after + count * DIMENSIONS
    if not (wide and high and count and 0 < small_wide <= SMALL and 0 < small_high <= SMALL) or len(payload) < end:
        raise ValueError("a stored sketch is cut short")
    numbers = np.frombuffer(payload, ">u2", count * 4, _HEAD.size).reshape(4, count).astype(np.float32)
    descriptors = np.frombuffer(payload, np.uint8, count * DIMENSIONS, after).reshape(count, DIMENSIONS)
    vectors: Any = descriptors.astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    try:
        pixels = zlib.decompressobj().decompress(payload[end:], small_wide * small_high)
    except zlib.error as error:
        raise ValueError("a stored sketch is damaged") from error
    if len(pixels) != small_wide * small_high:
        raise ValueError("a stored sketch is cut short")
    return Sketch(
        wide,
        high,
        numbers[:2].T / 64,
        numbers[2] / 16,
        numbers[3] * (2 * np.pi / 65536),
        vectors,
        np.frombuffer(pixels, np.uint8).reshape(small_high, small_wide),
    )


def _chosen(points: Any, shape: tuple[int, int], most: int) -> Any:
    """Which points to keep: half the strongest anywhere, half the strongest of each place and size.

    The second half lets a small picture inside a large one, and a reference shown small, keep enough.
    """
    strongest = np.argsort(-points[:, 4], kind="stable")
    if len(points) <= most:
        return strongest
    column = np.minimum(points[:, 0] * _GRID / shape[1], _GRID - 1).astype(int)
    row = np.minimum(points[:, 1] * _GRID / shape[0], _GRID - 1).astype(int)
    coarse = np.digitize(points[:, 2], (4.0, 8.0))
    stratum = (row * _GRID + column) * 3 + coarse
    rank = np.empty(len(points), int)
    seen: dict[int, int] = {}
    for index in strongest:
        rank[index] = seen[stratum[index]] = seen.get(int(stratum[index]), -1) + 1
    first = strongest[: most // 2]
    left = strongest[most // 2 :]
    spread = left[np.argsort(rank[left], kind="stable")][: most - len(first)]
    return np.concatenate([first, spread])
