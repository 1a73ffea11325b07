"""Finds copies of a whole picture with ImageHash's perceptual hash, in all eight orientations.

Kept beside the project's own hash because anybody can check its bits with the public tool.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
from PIL import Image

from workers.detectors.whole import LOW, SIDE, WholeHash, eight, packed


class PerceptualHash(WholeHash):
    """ImageHash's pHash with 256 bits (`hash_size=16`) of the whole picture."""

    name = "phash"
    version = "2"
    _imagehash: ModuleType

    def load(self) -> None:
        import imagehash
        import scipy.fftpack  # noqa: F401  (imagehash imports it at its first hash; better now than in every child)

        self._imagehash = imagehash

    def squeezed(self, grey: Image.Image) -> Image.Image:
        # ImageHash's own filter; from more than twice the size a box takes the first step, which changes no bit to
        # speak of and is four times faster.
        return grey.resize((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)

    def hashes(self, small: Image.Image) -> list[bytes]:
        upright = self._imagehash.phash(small, hash_size=LOW).hash
        return [np.packbits(upright).tobytes(), *(packed(low) for low in eight(_low(small), 0)[1:])]


def _low(small: Image.Image) -> Any:
    """The lowest frequencies as ImageHash takes them, the mean among them."""
    from scipy.fftpack import dct

    return dct(dct(np.asarray(small), axis=0), axis=1)[:LOW, :LOW]
