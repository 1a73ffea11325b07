"""Faces for the eye: both brought upright and to one size by the points the detector found, and the box in the picture.

Nothing is stored for it: the preview is drawn through a matrix that undoes the crop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.desk import seen
from webapp.desk.drawing import Affine, Size, inverse, matrix

CROP = 112  # pixels of an aligned crop, the side face detectors agree on


@dataclass(frozen=True)
class Face:
    """One side. `matrix` lays the preview so that the aligned face fills a square of CROP; "" if it was not aligned.
    `box` is (left, top, width, height) in the preview's pixels."""

    matrix: str
    box: tuple[float, float, float, float] | None
    pixels: int
    warnings: list[str]


@dataclass(frozen=True)
class Faces:
    """The face found in the reported picture beside that of the reference; `found` in the reported picture."""

    query: Face | None
    reference: Face | None
    found: int


def faces(findings: Sequence[Mapping[str, Any]], query: Size, reference: Size) -> Faces | None:
    """Both faces of one answer; None when its findings hold none. `query`, `reference`: sizes of the previews."""
    one, other = seen.find(findings, "face", "query"), seen.find(findings, "face", "reference")
    if one is None and other is None:
        return None
    counted = seen.find(findings, "faces")
    return Faces(
        _face(one, query) if one else None,
        _face(other, reference) if other else None,
        int(counted["found"]) if counted else 0,
    )


def _face(finding: Mapping[str, Any], size: Size) -> Face:
    numbers = [float(n) for n in finding.get("align", ())]
    back = None
    if len(numbers) == 6:
        a, b, c, d, e, f = numbers  # crop pixel → fraction of the picture
        back = inverse((a * CROP, b * CROP, c, d * CROP, e * CROP, f))
    box = [float(n) for n in finding.get("box", ())]
    wide, high = size
    return Face(
        matrix=_laid(back, size) if back else "",
        box=(box[0] * wide, box[1] * high, box[2] * wide, box[3] * high) if len(box) == 4 else None,
        pixels=round(float(finding.get("pixels", 0))),
        warnings=[str(seen.WARNINGS[code]) for code in finding.get("warnings", ()) if code in seen.WARNINGS],
    )


def _laid(back: Affine, size: Size) -> str:
    return matrix(back, size, (CROP, CROP))
