"""From a found map to what a person sees: which part of each picture shows the other, and what was done to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.detectors.overlay import box

if TYPE_CHECKING:
    from workers.detectors.keypoints import Sketch
    from workers.detectors.lay import Laid

Finding = dict[str, Any]

MOST_PAIRS = 60  # drawn on the page
NEARLY_WHOLE = 0.94  # of an area: the whole give or take a rim
TILT = 2.0  # degrees
STRETCH = 1.08
ORIENTATIONS = {  # (mirrored, quarters clockwise)
    (False, 0): "upright",
    (False, 1): "turned_right",
    (False, 2): "turned_over",
    (False, 3): "turned_left",
    (True, 0): "mirrored",
    (True, 1): "mirrored_turned_right",
    (True, 2): "flipped",
    (True, 3): "mirrored_turned_left",
}


def findings_of(laid: Laid, other: Sketch, one_is_query: bool) -> list[Finding]:
    """Placement, transform, both regions, points and cells, in fractions of each picture as a person sees it."""
    one = laid.one
    flip = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) if laid.mirrored else np.eye(3)
    there = _fractions(other.width, other.height) @ _square(laid.fit.matrix) @ _pixels(one.width, one.height)
    area = _clipped(_box(laid), _mapped(np.linalg.inv(there), _CORNERS))
    of_one, of_other = _mapped(flip, area), _mapped(there, area)
    there = there @ flip  # from here on of the picture as it was stored
    sizes = [(one.width, one.height), (other.width, other.height)]
    pairs = np.column_stack(
        [
            _mapped(flip @ _fractions(one.width, one.height), one.at[laid.fit.pairs[:, 0]]),
            _mapped(_fractions(other.width, other.height), other.at[laid.fit.pairs[:, 1]]),
        ]
    )
    if one_is_query:
        matrix, regions = np.linalg.inv(there), (of_one, of_other)
    else:
        matrix, regions, pairs, sizes = there, (of_other, of_one), pairs[:, [2, 3, 0, 1]], sizes[::-1]
    step = max(1, math.ceil(len(pairs) / MOST_PAIRS))
    return [
        _placement(matrix, regions, sizes[0], sizes[1]),
        {"kind": "transform", "matrix": [round(float(value), 5) for value in matrix[:2].ravel()]},
        {"kind": "region", "of": "query", "points": _rounded(regions[0])},
        {"kind": "region", "of": "reference", "points": _rounded(regions[1])},
        {
            "kind": "points",
            "agree": len(pairs),
            "cells": laid.fit.cells,
            "pairs": _rounded(pairs[::step]),
        },
        {"kind": "cells", "alike": int(laid.seen.alike.sum()), "of": int(laid.seen.shown.sum())},
    ]


_CORNERS = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])


def _placement(matrix: Any, regions: tuple[Any, Any], query: tuple[int, int], reference: tuple[int, int]) -> Finding:
    """`orientation` and `angle` (degrees clockwise) were done to the reference; `share` is how much of the reference is
    to be seen, `covers` how much of the reported picture it covers."""
    linear = np.diag(query) @ matrix[:2, :2] @ np.diag([1 / reference[0], 1 / reference[1]])
    mirrored = bool(np.linalg.det(linear) < 0)
    plain = linear @ np.diag([-1.0, 1.0]) if mirrored else linear
    angle = math.degrees(math.atan2(plain[1, 0] - plain[0, 1], plain[0, 0] + plain[1, 1]))
    quarters = round(angle / 90) % 4
    angle -= 90 * round(angle / 90)
    long, short = np.linalg.svd(linear, compute_uv=False)
    orientation = ORIENTATIONS[mirrored, quarters]
    covers, shown = min(1.0, _area(regions[0])), min(1.0, _area(regions[1]))
    cropped, placed = shown < NEARLY_WHOLE, covers < NEARLY_WHOLE
    changes = [
        code
        for code, so in (
            (orientation, orientation != "upright"),
            ("cropped", cropped),
            ("placed_inside", placed),
            ("tilted", abs(angle) >= TILT),
            ("stretched", long > STRETCH * short),
        )
        if so
    ]
    if cropped and placed:
        relation = "overlap"
    else:
        relation = "part_of_reference" if cropped else "reference_inside" if placed else "whole"
    return {
        "kind": "placement",
        "relation": relation,
        "inside": "query" if placed and not cropped else "reference",
        "orientation": orientation,
        "changes": changes,
        "share": round(covers if placed and not cropped else shown, 3),
        "covers": round(covers, 3),
        "angle": round(angle, 1),
    }


def _box(laid: Laid) -> Any:
    """The area of the grid that agrees, as corners in fractions."""
    top, bottom, left, right = box(laid.seen)
    high, wide = laid.seen.shown.shape
    return _CORNERS * [(right - left) / wide, (bottom - top) / high] + [left / wide, top / high]


def _clipped(polygon: Any, frame: Any) -> Any:
    """The part of a convex polygon inside a convex frame (Sutherland and Hodgman); the frame's turn does not matter."""
    if _area(frame, signed=True) < 0:
        frame = frame[::-1]
    points = [np.asarray(point, float) for point in polygon]
    for start, end in zip(frame, np.roll(frame, -1, axis=0), strict=True):
        edge, kept = end - start, []
        for one, two in zip(points, [*points[1:], *points[:1]], strict=True):
            here, there = _side(edge, one - start), _side(edge, two - start)
            if here >= 0:
                kept.append(one)
            if here * there < 0:
                kept.append(one + (two - one) * here / (here - there))
        points = kept
        if not points:
            return np.asarray(polygon)
    return np.array(points)


def _side(edge: Any, point: Any) -> float:
    return float(edge[0] * point[1] - edge[1] * point[0])


def _area(polygon: Any, signed: bool = False) -> float:
    x, y = np.asarray(polygon).T
    area = float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2
    return area if signed else abs(area)


def _fractions(width: int, height: int) -> Any:
    """From pixels, whose middles are whole numbers, to fractions."""
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])


def _pixels(width: int, height: int) -> Any:
    return np.array([[width, 0, -0.5], [0, height, -0.5], [0, 0, 1]])


def _square(matrix: Any) -> Any:
    return np.vstack([matrix, [0, 0, 1]])


def _mapped(matrix: Any, points: Any) -> Any:
    return np.asarray(points) @ matrix[:2, :2].T + matrix[:2, 2]


def _rounded(points: Any) -> list[list[float]]:
    return [[round(float(value), 4) for value in point] for point in points]
