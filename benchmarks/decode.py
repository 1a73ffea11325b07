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

from benchmarks.pictures import encode, photo
from benchmarks.table import Row
from tests.detectors.alterations import photograph
from webapp.domain.matching.book import chapter
from workers.detectors import picture, registry
from workers.sandbox import run_limited

ROUNDS = 7
# A picture of nothing but grain is all entropy: no decoder saves much on it. Photographs lie between the two.
GRAINY_BYTES = 4_000_000
BICUBIC = Image.Resampling.BICUBIC
WHOLE = ("workers.detectors.phash.PerceptualHash", "workers.detectors.dct.DctHash")


def run() -> list[Row]:
    """Rows in milliseconds: ours, and the two anchors; each measured in a child of its own, as the workshop looks."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "phone.jpg"
        for name, data in (
            ("photograph", encode(photograph("sklearn/datasets/images/china.jpg").resize((4000, 3000), BICUBIC), 0)),
            ("all grain", photo(12, bytes_wanted=GRAINY_BYTES, side=4000)),
        ):
            path.write_bytes(data)
            rows += _measured(path, f"{name}, {len(data) / 1e6:.1f} MB")
    return rows


def _measured(path: Path, size: str) -> list[Row]:
    detectors = registry.assemble(chapter(), WHOLE, ()).present

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
