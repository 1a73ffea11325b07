"""Finds a picture cropped, turned, mirrored, framed, screenshot or pasted elsewhere, by local features and one map.

Points of both pictures are matched (SIFT, root-normalised), one affine map is sought that many of them obey, and the
pictures are laid over each other by it: only where they then show the same, cell by cell, is it evidence. The map is
also the explanation: where each shows the other, how it was turned, how many points agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds

FEWEST_POINTS = 12  # a picture with fewer says too little
DECIDED = 60.0  # evidence from which the mirrored picture need not be tried


class LocalFeatures:
    """SIFT with geometric verification.

    Distance: 100 less the evidence, never below 0. Evidence is the number of 8-pixel cells with points that obey the
    map (of the picture with fewer), or twice the cells of the small greys that agree if that is less, times the square
    of the share of cells that agree. Distance 0 is beyond doubt, 100 is nothing in common.
    """

    name = "features"
    version = "1"
    medium = "image"
    cost: Literal["cheap", "dear"] = "dear"
    consent = ""
    _cv2: ModuleType
    _lay: ModuleType

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        import cv2

        from workers.detectors import lay

        cv2.setNumThreads(1)  # the sandbox allows no second thread, and a fork would lose it
        cv2.ocl.setUseOpenCL(False)
        self._cv2, self._lay = cv2, lay

    def signals(self, path: Path, media_type: str) -> Signals:
        width, height, frames, payload = self._lay.sketched(self._cv2, path, media_type)
        if len(payload) < FEWEST_POINTS * 128:
            raise CannotLook("featureless", "hardly a point in the picture")
        notes = ("first_frame_only",) if frames > 1 else ()
        return Signals(self.name, self.version, width, height, payload, notes)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        for signals in (query, reference):
            if (signals.detector, signals.version) != (self.name, self.version):
                raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        try:
            evidence, findings = self._lay.laid(self._cv2, query.payload, reference.payload, DECIDED)
        except ValueError as error:
            raise CannotLook("failed", str(error)) from error
        distance = round(max(0.0, 100.0 - evidence), 1)
        band = self.thresholds.band(distance)
        return Comparison(
            distance=distance,
            verdict=self.thresholds.verdict(band),
            band=band,
            threshold=self.thresholds.possible,
            reason=_reason(band, findings),
            # A place that was found by chance would only mislead.
            findings=findings if band != "none" else [],
        )

    def examples(self) -> Sequence[Example]:
        from workers.detectors.drawn import scenes

        return scenes()


def _reason(band: str, findings: list[dict[str, Any]]) -> str:
    if band in ("none", "weak"):
        return "no_agreement" if band == "none" else "weak_agreement"
    relation = next(str(found["relation"]) for found in findings if found["kind"] == "placement")
    return {
        "whole": "same_picture",
        "part_of_reference": "part_of_the_reference",
        "reference_inside": "reference_inside_the_picture",
    }.get(relation, relation)
