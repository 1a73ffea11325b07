"""The heavy half of the perceptual-hash detector: thumbnails of files, and how near two thumbnails are."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import imagehash
import scipy.fftpack  # noqa: F401  (imagehash imports it at its first hash; better now than in every child)
from PIL import Image

from webapp.domain.matching.detector import CannotLook
from workers.detectors import align
from workers.detectors.picture import opened
from workers.detectors.view import BACK, ORIENTATIONS, WHOLE, Pyramid, agreeing_cells, patch, turned

SIDE = 160  # longest side of the grey thumbnail that is kept, in pixels
SMALLEST = 32  # a shorter side below this says too little
HASH_SIDE = 16  # 16 × 16 = 256 bits: recall 0.53 against 0.46 for 64 bits (matching.md §1)
BITS = HASH_SIDE * HASH_SIDE
FEWEST_SHOWN = 1 / 6  # of all cells; if fewer show anything it is a blank picture with a speck on it
NEARLY_WHOLE = 0.94  # a frame this wide and high is the whole picture give or take a rim

Finding = dict[str, Any]


def thumbnail(path: Path, media_type: str) -> tuple[int, int, int, bytes]:
    """Width, height, frames, and the grey thumbnail as PNG. Decodes the file. Raises CannotLook."""
    with opened(path, media_type, at_least=2 * SIDE, grey=True) as grey:
        width, height = grey.info["full_size"]
        frames = grey.info["frames"]
        if min(width, height) < SMALLEST:
            raise CannotLook("too_small", f"{width} x {height} pixels")
        thumb = shrunk(grey)
    pyramid = Pyramid(thumb)
    _, shown, cells = agreeing_cells(pyramid, pyramid, WHOLE)
    if shown < FEWEST_SHOWN * cells:
        raise CannotLook("featureless", f"{shown} of {cells} cells show anything")
    out = io.BytesIO()
    thumb.save(out, "PNG")
    return width, height, frames, out.getvalue()


def shrunk(grey: Image.Image) -> Image.Image:
    share = SIDE / max(grey.size)
    if share >= 1:
        return grey.copy()
    size = (max(1, round(grey.width * share)), max(1, round(grey.height * share)))
    return grey.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def bits_of(grey: Image.Image) -> Any:
    """ImageHash's own 256 bits, as an array of truth values."""
    return imagehash.phash(grey, hash_size=HASH_SIDE).hash


class Side:
    """One of two thumbnails, unpacked and turned as far as the comparison needs it."""

    def __init__(self, payload: bytes) -> None:
        with Image.open(io.BytesIO(payload), formats=("PNG",)) as stored:
            self.grey = stored.convert("L")
        self.pyramid = Pyramid(self.grey)
        self._turned: dict[int, tuple[Pyramid, Any]] = {}

    def turned(self, orientation: int) -> tuple[Pyramid, Any]:
        """The whole picture in an orientation, and its hash."""
        if orientation not in self._turned:
            pyramid = Pyramid(turned(self.grey, orientation)) if orientation else self.pyramid
            self._turned[orientation] = (pyramid, bits_of(pyramid.sample(WHOLE, 64)))
        return self._turned[orientation]


def nearest(query: bytes, reference: bytes, near_enough: float) -> tuple[float, list[Finding]]:
    """The smallest distance of two thumbnails over all placements tried, and what was seen there.

    Tries the whole pictures first, and looks for one inside the other only if that is farther than
    `near_enough`. The same either way round.
    """
    one, other = Side(query), Side(reference)
    both = ((one, other, True), (other, one, False))  # either may lie in the other
    seen = [_judged(inner, outer, _whole(inner, outer), first) for inner, outer, first in both]
    if min(distance for distance, _ in seen) > near_enough:
        seen += [
            _judged(inner, outer, place, first)
            for inner, outer, first in both
            for place in align.locate(inner.grey, outer.grey)
        ]
    return min(seen, key=lambda judged: judged[0])


def _whole(inner: Side, outer: Side) -> align.Placement:
    """The whole of one on the whole of the other, in the orientation whose hashes agree best."""
    target = outer.turned(0)[1]
    bits = [int((inner.turned(way)[1] != target).sum()) for way in range(len(ORIENTATIONS))]
    return align.Placement(0.0, bits.index(min(bits)), WHOLE)


def _judged(inner: Side, outer: Side, start: align.Placement, inner_is_query: bool) -> tuple[float, list[Finding]]:
    pyramid, bits = inner.turned(start.orientation)
    place = align.refine(patch(pyramid, WHOLE), outer.pyramid, start)
    differing = int((bits != bits_of(outer.pyramid.sample(place.frame, 64))).sum())
    alike, shown, cells = agreeing_cells(pyramid, outer.pyramid, place.frame)
    disagree = 1 - alike / max(shown, FEWEST_SHOWN * cells)
    return max(float(differing), 128.0 * disagree), [
        _placement(place, inner_is_query),
        {"kind": "bits", "differing": differing, "of": BITS},
        {"kind": "cells", "alike": alike, "of": shown},
    ]


def _placement(place: align.Placement, inner_is_query: bool) -> Finding:
    """Where the pictures meet, in words and numbers for the reviewer's page.

    `orientation` is what was done to the reference to get the reported picture. `frame` is the part
    of the picture named by `inside`, as fractions of its sides, `angle` in degrees clockwise.
    """
    frame = place.frame
    whole = frame.width > NEARLY_WHOLE and frame.height > NEARLY_WHOLE
    orientation = ORIENTATIONS[BACK[place.orientation] if inner_is_query else place.orientation][0]
    changes = [] if orientation == "upright" else [orientation]
    if not whole:
        changes.append("cropped" if inner_is_query else "placed_inside")
    if abs(frame.angle) >= 2:
        changes.append("tilted")
    return {
        "kind": "placement",
        "relation": "whole" if whole else "part_of_reference" if inner_is_query else "reference_inside",
        "inside": "reference" if inner_is_query else "query",
        "orientation": orientation,
        "changes": changes,
        "frame": {
            "x": round(frame.x - frame.width / 2, 3),
            "y": round(frame.y - frame.height / 2, 3),
            "width": round(frame.width, 3),
            "height": round(frame.height, 3),
            "angle": round(frame.angle, 1),
        },
        "share": round(min(1.0, frame.width * frame.height), 3),
        "agreement": round(place.score, 3),
    }
