"""Finds copies of a picture with ImageHash's perceptual hash: whole, turned, cropped or inside another.

The hash of the whole picture, in all eight orientations, recognises plain copies in milliseconds.
Where that stays open, the pictures are first laid over each other (`align`), and the same hash is
taken of the place found, so that a crop, a frame or a screenshot is compared like with like.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds

if TYPE_CHECKING:
    from types import ModuleType


class PerceptualHash:
    """ImageHash's pHash of 256 bits, on the whole picture and on the place where one lies in the other.

    Distance: the larger of the bits that differ (of 256) and 128 × the share of cells that disagree.
    Half of all bits differ between unrelated pictures, so 128 is "nothing in common" on both scales.
    """

    name = "phash"
    version = "1"
    medium = "image"
    cost: Literal["cheap", "dear"] = "cheap"
    consent = ""
    _likeness: ModuleType

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        from workers.detectors import likeness

        self._likeness = likeness

    def signals(self, path: Path, media_type: str) -> Signals:
        width, height, frames, payload = self._likeness.thumbnail(path, media_type)
        notes = ("first_frame_only",) if frames > 1 else ()
        return Signals(self.name, self.version, width, height, payload, notes)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        for signals in (query, reference):
            if (signals.detector, signals.version) != (self.name, self.version):
                raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        distance, findings = self._likeness.nearest(query.payload, reference.payload, self.thresholds.strong)
        band = self.thresholds.band(distance)
        return Comparison(
            distance=round(distance, 1),
            verdict=self.thresholds.verdict(band),
            band=band,
            threshold=self.thresholds.possible,
            reason=_reason(band, findings),
            # A place that was found by chance would only mislead.
            findings=findings if band != "none" else [found for found in findings if found["kind"] != "placement"],
        )

    def examples(self) -> Sequence[Example]:
        from workers.detectors.drawn import scenes

        return scenes()


def _reason(band: str, findings: list[dict[str, Any]]) -> str:
    if band == "none":
        return "no_agreement"
    if band == "weak":
        return "weak_agreement"
    return {
        "whole": "same_picture",
        "part_of_reference": "part_of_the_reference",
        "reference_inside": "reference_inside_the_picture",
    }[str(findings[0]["relation"])]
