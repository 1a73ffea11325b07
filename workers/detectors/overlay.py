"""Lays one small grey picture over another by a found map and says cell by cell whether they show the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from workers.detectors import cells
from workers.detectors.keypoints import Sketch

WANDER = 1  # pixels a cell may lie off: a map is not exact to the pixel


def agreement(cv2: Any, one: Sketch, other: Sketch, matrix: Any) -> tuple[Any, Any]:
    """Grids of cells that agree and of cells that show anything, where both pictures are.

    `matrix` maps pixels of `one` to pixels of `other` (2 × 3). The grid lies on the small grey of
    `one`, made smaller where `other` shows it smaller.
    """
    grow = abs(np.linalg.det(matrix[:, :2])) ** 0.5
    per_one, per_other = one.small.shape[1] / one.width, other.small.shape[1] / other.width
    scale = min(1.0, grow * per_other / per_one)
    wide, high = max(cells.CELL, round(one.small.shape[1] * scale)), max(cells.CELL, round(one.small.shape[0] * scale))
    first = cv2.resize(np.ascontiguousarray(one.small), (wide, high), interpolation=cv2.INTER_AREA)
    # From a pixel of the grid to a pixel of the other small grey, at the size where both are as fine.
    step = max(1.0, grow * per_other / (per_one * scale))
    fine = (max(1, round(other.small.shape[1] / step)), max(1, round(other.small.shape[0] / step)))
    second = cv2.resize(np.ascontiguousarray(other.small), fine, interpolation=cv2.INTER_AREA)
    back = np.diag([fine[0] / other.width, fine[1] / other.height]) @ matrix[:, :2]
    linear = back @ np.diag([one.width / wide, one.height / high])
    shift = np.diag([fine[0] / other.width, fine[1] / other.height]) @ matrix[:, 2]
    shift = shift + linear @ (0.5, 0.5) - 0.5
    warp = np.column_stack([linear, shift])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    there = np.full(second.shape, 255, np.uint8)
    inside = cv2.warpAffine(there, warp, (wide, high), flags=flags) > 250
    best, seen = None, None
    for down in range(-WANDER, WANDER + 1):
        for right in range(-WANDER, WANDER + 1):
            moved = warp + np.array([[0, 0, right], [0, 0, down]])
            laid = cv2.warpAffine(second, moved, (wide, high), flags=flags, borderMode=cv2.BORDER_REPLICATE)
            alike, shown = cells.agreeing(first, laid, inside)
            best = alike if best is None else best | alike
            seen = shown if seen is None else seen & shown
    return best & seen, seen
