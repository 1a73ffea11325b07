"""From the bytes of a 12-megapixel JPEG to all whole-image signals, beside what is usually done with the file."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import imagehash
import numpy as np
import pdqhash
from PIL import Image

from benchmarks.pictures import photo
from benchmarks.table import Row
from webapp.domain.matching.book import chapter
from workers.detectors import picture, registry
from workers.sandbox import run_limited

ROUNDS = 7
PHONE_BYTES = 4_000_000  # what a phone's picture of this size weighs
WHOLE = ("workers.detectors.phash.PerceptualHash", "workers.detectors.dct.DctHash")


def run() -> list[Row]:
    """Rows in milliseconds: ours, and the two anchors; each measured in a child of its own, as the workshop looks."""
    detectors = registry.assemble(chapter(), WHOLE, ()).present
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "phone.jpg"
        path.write_bytes(photo(12, bytes_wanted=PHONE_BYTES, side=4000))
        size = f"{path.stat().st_size / 1e6:.1f} MB JPEG"

        def ours() -> None:
            picture.share()
            for detector in detectors:
                detector.signals(path, "image/jpeg")

        def usual() -> None:
            with Image.open(path) as image:
                imagehash.phash(image)

        def pdq() -> None:
            with Image.open(path) as image:
                pdqhash.compute(np.asarray(image.convert("RGB")))

        rounds = [[_milliseconds(work) for work in (ours, usual, pdq)] for _ in range(ROUNDS)]
    mine, *anchors = (statistics.median(column) for column in zip(*rounds, strict=True))
    names = ("Pillow + imagehash.phash (reach ≤ 0.20)", "Pillow + pdqhash (reach ≤ 0.05)")
    return [
        Row("bytes → whole-image signals, ms", size, mine, name, anchor, mine / anchor)
        for name, anchor in zip(names, anchors, strict=True)
    ]


def _milliseconds(work: Callable[[], None]) -> float:
    def child() -> float:
        began = time.perf_counter()
        work()
        return (time.perf_counter() - began) * 1000

    return float(run_limited(child))
