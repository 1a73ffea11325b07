"""What is kept of one recording, packed: the picture of its pitch classes, and the peaks of its spectrum.

About 300 bytes a second before packing: 40 kB a song, half a megabyte for half an hour.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from workers.detectors import recording_marks, recording_print

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

HEAD = ">fII"  # seconds, frames, peaks
MOST_FRAMES, MOST_PEAKS = 15_000, 60_000  # half an hour has 14,540 and 54,000
MOST_BYTES = 16 + MOST_FRAMES * recording_print.CLASSES + MOST_PEAKS * 4


@dataclass(frozen=True)
class Kept:
    """`fine`: energies of pitch classes (frames × CLASSES, each frame's largest 1 or all 0); `peaks`: frame and bin of
    each; `seconds`: how long the recording is (not only what was heard of it)."""

    seconds: float
    fine: Floats
    peaks: tuple[Ints, Ints]

    @classmethod
    def of(cls, samples: Floats, rate: int, seconds: float) -> Kept:
        """Of mono samples (−1 to 1)."""
        slow = recording_print.resampled(samples, rate)
        fine = recording_print.picture(slow)
        quiet = np.sqrt((recording_print.twelve(fine) ** 2).sum(axis=1, keepdims=True)) < recording_print.QUIET
        fine = np.where(quiet, 0, fine / np.maximum(fine.max(axis=1, keepdims=True), 1e-12))
        return cls(seconds, fine.astype(np.float32), recording_marks.peaks(slow))

    def to_bytes(self) -> bytes:
        """Energies as their square roots in 256 steps; peaks as frames since the last one, and bins."""
        times, bins = self.peaks
        steps = np.diff(times, prepend=0)
        head = struct.pack(HEAD, self.seconds, len(self.fine), len(times))
        packed = np.round(255 * np.sqrt(self.fine)).astype(np.uint8).tobytes()
        return zlib.compress(head + packed + steps.astype(">u2").tobytes() + bins.astype(">u2").tobytes(), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> Kept:
        """Read back what `to_bytes` wrote. Raises ValueError for anything else."""
        try:
            raw = zlib.decompressobj().decompress(data, MOST_BYTES)
            seconds, frames, peaks = struct.unpack_from(HEAD, raw)
        except (zlib.error, struct.error) as error:
            raise ValueError("a stored recording cannot be unpacked") from error
        at = struct.calcsize(HEAD)
        middle = at + frames * recording_print.CLASSES
        if len(raw) != middle + 4 * peaks:
            raise ValueError("a stored recording is cut short")
        packed = np.frombuffer(raw, np.uint8, frames * recording_print.CLASSES, at)
        steps = np.frombuffer(raw, ">u2", peaks, middle).astype(np.int64)
        bins = np.frombuffer(raw, ">u2", peaks, middle + 2 * peaks).astype(np.int64)
        fine: Floats = (packed.reshape(-1, recording_print.CLASSES) / 255.0).astype(np.float32) ** 2
        return cls(seconds, fine, (steps.cumsum(), bins))


@lru_cache(maxsize=4)
def opened(payload: bytes) -> Kept:
    """A payload unpacked; kept for the next pairs of the same file."""
    return Kept.from_bytes(payload)
