"""Finds copies of a picture with ImageHash's perceptual hash: whole, turned, cropped or inside another.

The hash of the whole picture, in all eight orientations, recognises plain copies in a millisecond.
Where that stays open, the pictures are first laid over each other (`align`), and the same hash is
taken of the place found, so that a crop, a frame or a screenshot is compared like with like.
"""
from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds

if TYPE_CHECKING:
    from PIL.Image import Image

    from workers.detectors.align import Placement, Pyramid

SIDE = 160            # longest side of the grey thumbnail that is kept, in pixels
SMALLEST = 32         # a shorter side below this says too little
HASH_SIDE = 16        # 16 × 16 = 256 bits: recall 0.53 against 0.46 for 64 bits (matching.md §1)
BITS = HASH_SIDE * HASH_SIDE
FEWEST_CELLS = 6      # of 36; fewer that show anything is a blank picture with a speck on it


class PerceptualHash:
    """ImageHash's pHash of 256 bits, on the whole picture and on the place where one lies in the other.

    Distance: the larger of the bits that differ (of 256) and 128 × the share of cells that disagree.
    Half of all bits differ between unrelated pictures, so 128 is "nothing in common" on both scales.
    """

    name = "phash"
    version = "1"
    medium = "image"

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for {self.name} {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        import imagehash
        import scipy.fftpack  # imagehash imports it on first use; better now than in each child

        from workers.detectors import align, picture
        self._imagehash, self._align, self._picture = imagehash, align, picture
        del scipy

    # --- looking ---

    def signals(self, path: Path, media_type: str) -> Signals:
        with self._picture.opened(path, media_type, at_least=2 * SIDE, grey=True) as grey:
            width, height = grey.info["full_size"]
            notes = ("first_frame_only",) if grey.info["frames"] > 1 else ()
            if min(width, height) < SMALLEST:
                raise CannotLook("too_small", f"{width} x {height} pixels")
            thumb = self._thumb(grey)
        self._refuse_blank(thumb)
        out = io.BytesIO()
        thumb.save(out, "PNG")
        return Signals(self.name, self.version, width, height, out.getvalue(), notes)

    def _thumb(self, grey: Image) -> Image:
        share = SIDE / max(grey.size)
        if share >= 1:
            return grey.copy()
        size = (max(1, round(grey.width * share)), max(1, round(grey.height * share)))
        return grey.resize(size, self._picture.Image.Resampling.LANCZOS, reducing_gap=3.0)

    def _refuse_blank(self, thumb: Image) -> None:
        align = self._align
        whole = align.content(align.Pyramid(thumb), align.WHOLE)
        shown = align.agreeing_cells(whole, whole)[1]
        if shown < FEWEST_CELLS:
            raise CannotLook("featureless", f"{shown} of 36 cells show anything")

    # --- comparing ---

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        one, other = _Side(self, query), _Side(self, reference)
        both = ((one, other), (other, one))  # either may lie in the other
        seen = [self._judge(inner, outer, self._whole(inner, outer), inner is one) for inner, outer in both]
        if min(distance for distance, _ in seen) > self.thresholds.strong:
            seen += [self._judge(inner, outer, place, inner is one)
                     for inner, outer in both for place in self._align.locate(inner.grey, outer.grey)]
        best = min(seen, key=lambda one_seen: one_seen[0])
        distance, findings = best
        band = self.thresholds.band(distance)
        return Comparison(distance=round(distance, 1), verdict=self.thresholds.verdict(band), band=band,
                          threshold=self.thresholds.possible, reason=_reason(band, findings),
                          findings=findings if band != "none" else [f for f in findings if f["kind"] != "placement"])

    def _whole(self, inner: _Side, outer: _Side) -> Placement:
        """The whole of one on the whole of the other, in the orientation whose hashes agree best."""
        align = self._align
        target = outer.turned(0)[1]
        bits = [int((inner.turned(way)[1] != target).sum()) for way in range(len(align.ORIENTATIONS))]
        return align.Placement(0.0, bits.index(min(bits)), align.WHOLE)

    def _judge(self, inner: _Side, outer: _Side, start: Placement,
               inner_is_query: bool) -> tuple[float, list[dict[str, Any]]]:
        align = self._align
        pyramid, bits = inner.turned(start.orientation)
        place = align.refine(align.patch(pyramid, align.WHOLE), outer.pyramid, start)
        differing = int((bits != self.hash_of(outer.pyramid.sample(place.frame, 64))).sum())
        alike, shown = align.agreeing_cells(align.content(pyramid, align.WHOLE), align.content(outer.pyramid, place.frame))
        disagree = 1 - alike / max(shown, FEWEST_CELLS)
        distance = max(float(differing), 128.0 * disagree)
        return distance, [_placement(align, place, inner_is_query),
                          {"kind": "bits", "differing": differing, "of": BITS},
                          {"kind": "cells", "alike": alike, "of": shown}]

    def hash_of(self, grey: Image) -> Any:
        return self._imagehash.phash(grey, hash_size=HASH_SIDE).hash

    # --- proof ---

    def examples(self) -> Sequence[Example]:
        from workers.detectors.drawn import scenes
        return scenes()


class _Side:
    """One stored signal, unpacked as far as the comparison needs it."""

    def __init__(self, detector: PerceptualHash, signals: Signals) -> None:
        if (signals.detector, signals.version) != (detector.name, detector.version):
            raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        self._detector = detector
        with detector._picture.Image.open(io.BytesIO(signals.payload), formats=("PNG",)) as stored:
            self.grey: Image = stored.convert("L")
        self.pyramid: Pyramid = detector._align.Pyramid(self.grey)
        self._turned: dict[int, tuple[Pyramid, Any]] = {}

    def turned(self, orientation: int) -> tuple[Pyramid, Any]:
        """The whole picture in an orientation, and its hash."""
        if orientation not in self._turned:
            align = self._detector._align
            pyramid = align.Pyramid(align.turned(self.grey, orientation)) if orientation else self.pyramid
            self._turned[orientation] = (pyramid, self._detector.hash_of(pyramid.sample(align.WHOLE, 64)))
        return self._turned[orientation]


def _placement(align: Any, place: Placement, inner_is_query: bool) -> dict[str, Any]:
    """Where the pictures meet, in words and numbers for the reviewer's page.

    `orientation` is what was done to the reference to get the reported picture. `frame` is the part
    of the picture named by `inside`, as fractions of its sides, `angle` in degrees clockwise.
    """
    frame = place.frame
    whole = frame.width > 0.94 and frame.height > 0.94
    relation = "whole" if whole else "part_of_reference" if inner_is_query else "reference_inside"
    orientation = align.BACK[place.orientation] if inner_is_query else place.orientation
    changes = [] if orientation == 0 else [align.ORIENTATIONS[orientation][0]]
    if not whole:
        changes.append("cropped" if inner_is_query else "placed_inside")
    if abs(frame.angle) >= 2:
        changes.append("tilted")
    return {"kind": "placement", "relation": relation, "inside": "reference" if inner_is_query else "query",
            "orientation": align.ORIENTATIONS[orientation][0], "changes": changes,
            "frame": {"x": round(frame.x - frame.width / 2, 3), "y": round(frame.y - frame.height / 2, 3),
                      "width": round(frame.width, 3), "height": round(frame.height, 3), "angle": round(frame.angle, 1)},
            "share": round(min(1.0, frame.width * frame.height), 3), "agreement": round(place.score, 3)}


def _reason(band: str, findings: list[dict[str, Any]]) -> str:
    if band == "none":
        return "no_agreement"
    if band == "weak":
        return "weak_agreement"
    relation = str(findings[0]["relation"])
    return {"whole": "same_picture", "part_of_reference": "part_of_the_reference",
            "reference_inside": "reference_inside_the_picture"}[relation]
