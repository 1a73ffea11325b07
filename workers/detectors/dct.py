"""Finds copies of a whole picture with a 256-bit hash of its cosine transform, made in a millisecond.

Built like PDQ (64 × 64 greys, 16 × 16 frequencies, one bit each: above the median or not), but
squeezed by a box filter from a scaled decode. The index of everything reported keeps these bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from workers.detectors.whole import LOW, SIDE, WholeHash, bits, eight, packed

__all__ = ["DctHash", "bits", "frequencies"]

# Frequencies 1 to 16 of 64 samples: row k is cos(π/64 · k · (n + ½)).
_WAVES = np.cos(np.pi / SIDE * np.arange(1, LOW + 1)[:, None] * (np.arange(SIDE)[None, :] + 0.5)).astype(np.float32)


def frequencies(small: Image.Image) -> Any:
    """The 16 × 16 low frequencies of a grey picture of 64 × 64 pixels, the mean left out."""
    return _WAVES @ np.asarray(small, dtype=np.float32) @ _WAVES.T


class DctHash(WholeHash):
    """256 bits of the whole picture: whether each low frequency is above their median."""

    name = "dct256"
    version = "1"

    def squeezed(self, grey: Image.Image) -> Image.Image:
        return grey.resize((SIDE, SIDE), Image.Resampling.BOX)

    def hashes(self, small: Image.Image) -> list[bytes]:
        return [packed(values) for values in eight(frequencies(small), 1)]
