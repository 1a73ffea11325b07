"""What the two whole-picture hashes share: eight orientations, one comparison, and the cells that must agree.

A payload is the 256-bit hash in eight orientations (8 × 32 bytes, upright first, the bits packed
row by row, greatest first) and then the grey picture squeezed to 64 × 64 pixels (4,096 bytes).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds
from workers.detectors import cells
from workers.detectors.drawn import scenes
from workers.detectors.picture import AT_LEAST, opened

SIDE = 64  # pixels of the squeezed grey picture
LOW = 16  # frequencies a side: 256 bits
BYTES = LOW * LOW // 8
SMALLEST = 32  # pixels; a shorter side below this says too little
# Share of a squeezed picture in one tone: letters 0.31 to 0.39, tables 0.48, screenshots 0.31 to 0.76. Two pages of one
# form are alike whatever is written on them: of 68 such pairs the fewest bits that differed were 22, so theirs count
# twice.
PAGE, TONES = 0.3, 2

# What was done to the reference to get the reported picture. Left is counter-clockwise, mirrored
# comes before turned. With each: the sides swapped first (transposed), then the columns reversed,
# then the rows; and the orientation that undoes it.
ORIENTATIONS: tuple[tuple[str, bool, bool, bool, int], ...] = (
    ("upright", False, False, False, 0),
    ("mirrored", False, True, False, 1),
    ("turned_over", False, True, True, 2),
    ("flipped", False, False, True, 3),
    ("turned_left", True, False, True, 6),
    ("mirrored_turned_left", True, False, False, 5),
    ("turned_right", True, True, False, 4),
    ("mirrored_turned_right", True, True, True, 7),
)
_ODD = np.where(np.arange(LOW) % 2, -1.0, 1.0)


def eight(low: Any, first: int) -> list[Any]:
    """The lowest frequencies of a picture's cosine transform in the eight orientations, from those of one.

    `low` is LOW × LOW, its first row and column being frequency `first` (0 or 1): reversing a side
    changes the sign of every odd frequency along it, swapping the sides transposes.
    """
    signs = _ODD if first == 0 else -_ODD
    found = []
    for _, swapped, columns, rows, _ in ORIENTATIONS:
        values = low.T if swapped else low
        if columns:
            values = values * signs[None, :]
        found.append(values * signs[:, None] if rows else values)
    return found


def packed(values: Any) -> bytes:
    """One bit a frequency: whether it is above the median of them all."""
    return np.packbits(values > np.median(values)).tobytes()


def oriented(grey: Any, way: int) -> Any:
    """A square of pixels brought into an orientation."""
    _, swapped, columns, rows, _ = ORIENTATIONS[way]
    values = grey.T if swapped else grey
    values = values[:, ::-1] if columns else values
    return values[::-1] if rows else values


def matrix(way: int) -> list[float]:
    """The same as a map of fractions, reference to reported picture: x' = a·x + b·y + c, y' = d·x + e·y + f."""
    _, swapped, columns, rows, _ = ORIENTATIONS[way]
    x, y = ([0.0, 1.0, 0.0], [1.0, 0.0, 0.0]) if swapped else ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    x = [-x[0], -x[1], 1.0] if columns else x
    return x + ([-y[0], -y[1], 1.0] if rows else y)


class WholeHash:
    """A hash of the whole picture, looked for in eight orientations; a detector gives it its `low` frequencies.

    Distance: the larger of the bits that differ (of 256) and 256 × the share of cells that disagree,
    so that two screenshots of one app, alike in every button, do not pass for copies; of two pages (screens, letters,
    tables) the bits count twice. Half of all
    bits differ between unrelated pictures: 128 is "nothing in common".
    """

    name: str
    version: str
    medium = "image"
    cost: Literal["cheap", "dear"] = "cheap"
    consent = ""

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        """Numpy, SciPy and Pillow are always here; a detector that needs more says so."""

    def squeezed(self, grey: Image.Image) -> Image.Image:
        """The grey picture (both sides 256 pixels or more where the file has them) as 64 × 64."""
        raise NotImplementedError

    def hashes(self, small: Image.Image) -> list[bytes]:
        """The hash in eight orientations, 32 bytes each, upright first, from the squeezed picture."""
        raise NotImplementedError

    def signals(self, path: Path, media_type: str) -> Signals:
        with opened(path, media_type, at_least=AT_LEAST, grey=True) as grey:
            width, height = grey.info["full_size"]
            if min(width, height) < SMALLEST:
                raise CannotLook("too_small", f"{width} x {height} pixels")
            small = self.squeezed(grey)
            notes = ("first_frame_only",) if grey.info["frames"] > 1 else ()
        if not cells.shows_anything(small):
            raise CannotLook("featureless", "hardly a cell shows anything")
        payload = b"".join(self.hashes(small)) + small.tobytes()
        return Signals(self.name, self.version, width, height, payload, notes)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        for signals in (query, reference):
            if (signals.detector, signals.version) != (self.name, self.version):
                raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
            if len(signals.payload) != PAYLOAD:
                raise CannotLook("failed", "stored signals are of another length")
        differing, way = _nearest(query.payload, reference.payload)
        distance = float(differing)
        if min(_one_tone(query.payload), _one_tone(reference.payload)) >= PAGE:
            distance = min(2 * distance, float(LOW * LOW))
        findings: list[dict[str, Any]] = [{"kind": "bits", "differing": differing, "of": LOW * LOW}]
        if distance <= self.thresholds.weak:
            alike, shown, _ = cells.agreeing(_grey(query.payload), oriented(_grey(reference.payload), way))
            agree, of = int(alike.sum()), int(shown.sum())
            distance = max(distance, 256.0 * (1 - agree / max(of, cells.FEWEST_SHOWN * shown.size)))
            findings = [*_where(way), *findings, {"kind": "cells", "alike": agree, "of": of}]
        band = self.thresholds.band(distance)
        return Comparison(
            distance=round(distance, 1),
            verdict=self.thresholds.verdict(band),
            band=band,
            threshold=self.thresholds.possible,
            reason={"none": "no_agreement", "weak": "weak_agreement"}.get(band, "same_picture"),
            # A placement that was found by chance would only mislead.
            findings=findings if band != "none" else [f for f in findings if f["kind"] in ("bits", "cells")],
        )

    def examples(self) -> Sequence[Example]:
        return scenes()


PAYLOAD = len(ORIENTATIONS) * BYTES + SIDE * SIDE


def bits(signals: Signals) -> list[bytes]:
    """The hash in eight orientations, 32 bytes each, upright first: what an index keeps is the first of them.

    Two pictures are compared by looking all eight of one up among the upright hashes of others.
    Raises ValueError for signals that are no whole-picture hash.
    """
    if len(signals.payload) != PAYLOAD:
        raise ValueError(f"{signals.detector} {signals.version} is no whole-picture hash")
    return [signals.payload[way * BYTES : (way + 1) * BYTES] for way in range(len(ORIENTATIONS))]


def _nearest(query: bytes, reference: bytes) -> tuple[int, int]:
    """Bits that differ in the best orientation, and that orientation of the reference; the same either way round."""
    one, other = (
        np.frombuffer(payload, np.uint8, len(ORIENTATIONS) * BYTES).reshape(-1, BYTES) for payload in (query, reference)
    )
    there = np.bitwise_count(other ^ one[0]).sum(1)
    back = np.bitwise_count(one ^ other[0]).sum(1)
    undone = [way[-1] for way in ORIENTATIONS]
    fewest = np.minimum(there, back[undone])  # the median moves a bit when signs change: take the better of both
    way = int(fewest.argmin())
    return int(fewest[way]), way


def _grey(payload: bytes) -> Any:
    return np.frombuffer(payload, np.uint8, SIDE * SIDE, len(ORIENTATIONS) * BYTES).reshape(SIDE, SIDE)


def _one_tone(payload: bytes) -> float:
    """Share of the squeezed picture in its commonest tone, give or take TONES."""
    tones = np.bincount(_grey(payload).ravel(), minlength=256)
    return float(np.convolve(tones, np.ones(2 * TONES + 1), "same").max() / (SIDE * SIDE))


def _where(way: int) -> list[dict[str, Any]]:
    """The whole of one on the whole of the other: orientation, transform and areas for the reviewer's page."""
    orientation = ORIENTATIONS[way][0]
    corners = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    return [
        {
            "kind": "placement",
            "relation": "whole",
            "inside": "reference",
            "orientation": orientation,
            "changes": [] if orientation == "upright" else [orientation],
            "share": 1.0,
            "angle": 0.0,
        },
        {"kind": "transform", "matrix": matrix(way)},
        {"kind": "region", "of": "query", "points": corners},
        {"kind": "region", "of": "reference", "points": corners},
    ]
