"""Where two pictures meet, ready to be drawn: regions, points, and the reference laid over the reported picture.

A detector says it in fractions of each picture's sides; here it becomes SVG in the pixels of the previews. Without a
transform the place a whole-picture detector found (`placement`) gives one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Point = tuple[float, float]
Affine = tuple[float, float, float, float, float, float]  # x' = a·x + b·y + c ; y' = d·x + e·y + f
Size = tuple[int, int]
Box = tuple[float, float, float, float]  # left, top, width, height in the preview's pixels

SQUARE: tuple[Point, ...] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
# What each orientation does to a point of the unit square; left is counter-clockwise, mirrored comes before turned.
ORIENTED: dict[str, Affine] = {
    "upright": (1, 0, 0, 0, 1, 0),
    "mirrored": (-1, 0, 1, 0, 1, 0),
    "turned_over": (-1, 0, 1, 0, -1, 1),
    "flipped": (1, 0, 0, 0, -1, 1),
    "turned_left": (0, 1, 0, -1, 0, 1),
    "mirrored_turned_left": (0, 1, 0, 1, 0, 0),
    "turned_right": (0, -1, 1, 1, 0, 0),
    "mirrored_turned_right": (0, -1, 1, -1, 0, 1),
}
WHOLE = 0.985  # a region this large is the whole picture: drawing its rim would only look like a frame
ZOOM_BELOW = 0.45  # of the reported picture: a smaller region is shown larger in the overlay
MARGIN = 0.25  # of the region's sides, around it when it is shown larger
SHOWN_POINTS = 24  # dots on each picture; more hide what they lie on
HUES = 6
GAP = 24  # pixels between the two pictures in the drawing of lines


@dataclass(frozen=True)
class Overlay:
    """The reference laid over the reported picture: SVG's viewBox (of the reported preview) and the matrix for the
    reference preview. `left`, `top`, `width`, `height` are the viewBox in numbers."""

    left: float
    top: float
    width: float
    height: float
    matrix: str

    @property
    def view(self) -> str:
        return _numbers(self.left, self.top, self.width, self.height)


@dataclass(frozen=True)
class Dot:
    """One point that agrees: where in each preview, and one of six hues."""

    x: float
    y: float
    rx: float
    ry: float
    hue: int


@dataclass(frozen=True)
class Lines:
    """Both pictures beside each other at one height, and lines between what agrees."""

    view: str
    left: str
    right: str
    lines: list[tuple[float, float, float, float, int]]


@dataclass(frozen=True)
class Drawing:
    """What is drawn on a pair. Regions are the `points` of an SVG polygon, "" where it is the whole picture."""

    query: Size
    reference: Size
    query_region: str
    reference_region: str
    dots: list[Dot]
    overlay: Overlay | None
    lines: Lines | None


def drawing(findings: Sequence[Mapping[str, Any]], query: Size, reference: Size) -> Drawing | None:
    """The drawing of one answer; None when its findings say no place. `query`, `reference`: sizes of the previews."""
    transform = transform_of(findings, query, reference)
    regions = {str(f.get("of")): _points(f.get("points")) for f in findings if f.get("kind") == "region"}
    if transform:
        # The part of each picture that is in the other one.
        regions.setdefault("query", clipped([applied(transform, p) for p in SQUARE]))
        back = inverse(transform)
        if back:
            regions.setdefault("reference", clipped([applied(back, p) for p in SQUARE]))
    pairs = _pairs(findings)
    if not transform and not any(regions.values()) and not pairs:
        return None
    seen, known = regions.get("query", []), regions.get("reference", [])
    return Drawing(
        query=query,
        reference=reference,
        query_region=_polygon(seen, query),
        reference_region=_polygon(known, reference),
        dots=_dots(pairs, query, reference),
        overlay=_overlay(transform, seen, query, reference) if transform else None,
        lines=_lines(pairs, query, reference) if pairs else None,
    )


def lines(findings: Sequence[Mapping[str, Any]], of: str, size: Size | None) -> list[Box]:
    """Where in a picture the lines of copied text stand."""
    found = [f for f in findings if f.get("kind") == "lines" and f.get("of") == of] if size else []
    wide, high = size or (0, 0)
    return [(b[0] * wide, b[1] * high, b[2] * wide, b[3] * high) for f in found for b in f.get("boxes", ())]


def transform_of(findings: Sequence[Mapping[str, Any]], query: Size, reference: Size) -> Affine | None:
    """Reference → reported picture, in fractions: as found, or from the placement of a whole-picture detector."""
    for finding in findings:
        if finding.get("kind") == "transform":
            found = _six(finding.get("matrix"))
            if found and abs(found[0] * found[4] - found[1] * found[3]) > 1e-6:
                return found
    placement = next((f for f in findings if f.get("kind") == "placement" and f.get("inside")), None)
    # Without a frame only the whole picture has a place.
    known = placement and (placement.get("frame") or placement.get("relation") == "whole")
    return _placed(placement, query, reference) if placement and known else None


def _placed(placement: Mapping[str, Any], query: Size, reference: Size) -> Affine | None:
    """`orientation` is what was done to the reference; the frame lies in the picture named by `inside`, its angle
    clockwise in that picture's pixels."""
    frame = placement.get("frame") or {"x": 0, "y": 0, "width": 1, "height": 1, "angle": 0}
    oriented = ORIENTED.get(str(placement.get("orientation", "upright")), ORIENTED["upright"])
    wide, high = float(frame["width"]), float(frame["height"])
    inside_query = placement["inside"] == "query"
    across = (query[0] / query[1]) if inside_query else (reference[0] / reference[1])
    turn = math.radians(float(frame.get("angle", 0)))
    cos, sin = math.cos(turn), math.sin(turn)
    a, b, d, e = wide * cos, -high / across * sin, wide * across * sin, high * cos
    x, y = float(frame["x"]) + wide / 2, float(frame["y"]) + high / 2
    in_frame: Affine = (a, b, x - (a + b) / 2, d, e, y - (d + e) / 2)
    if inside_query:
        return after(in_frame, oriented)
    back = inverse(in_frame)
    return after(oriented, back) if back else None


def applied(affine: Affine, point: Point) -> Point:
    a, b, c, d, e, f = affine
    return a * point[0] + b * point[1] + c, d * point[0] + e * point[1] + f


def after(second: Affine, first: Affine) -> Affine:
    """The affine that does `first`, then `second`."""
    a, b, c, d, e, f = second
    g, h, i, j, k, m = first
    return a * g + b * j, a * h + b * k, a * i + b * m + c, d * g + e * j, d * h + e * k, d * i + e * m + f


def inverse(affine: Affine) -> Affine | None:
    """What undoes it; None where it flattens everything."""
    a, b, c, d, e, f = affine
    size = a * e - b * d
    if abs(size) < 1e-9:
        return None
    return e / size, -b / size, (b * f - c * e) / size, -d / size, a / size, (c * d - a * f) / size


def matrix(affine: Affine, source: Size, target: Size) -> str:
    """SVG's matrix() that lays `source` pixels on `target` pixels, for an affine between fractions."""
    a, b, c, d, e, f = affine
    (sw, sh), (tw, th) = source, target
    return f"matrix({_numbers(a * tw / sw, d * th / sw, b * tw / sh, e * th / sh, c * tw, f * th)})"


def clipped(polygon: Sequence[Point]) -> list[Point]:
    """The part of a convex polygon inside the unit square (Sutherland and Hodgman)."""
    found = list(polygon)
    for axis, limit, keep_below in ((0, 0.0, False), (0, 1.0, True), (1, 0.0, False), (1, 1.0, True)):
        corners, found = found, []
        for one, other in zip(corners, corners[1:] + corners[:1], strict=True):
            here = one[axis] <= limit if keep_below else one[axis] >= limit
            there = other[axis] <= limit if keep_below else other[axis] >= limit
            if here:
                found.append(one)
            if here != there:
                share = (limit - one[axis]) / (other[axis] - one[axis])
                found.append((one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])))
    return found


def area(polygon: Sequence[Point]) -> float:
    """Share of the unit square that a polygon covers."""
    corners = list(polygon)
    return abs(sum(p[0] * q[1] - q[0] * p[1] for p, q in zip(corners, corners[1:] + corners[:1], strict=True))) / 2


def _overlay(transform: Affine, region: Sequence[Point], query: Size, reference: Size) -> Overlay:
    left, top, right, bottom = 0.0, 0.0, 1.0, 1.0
    if region and area(region) < ZOOM_BELOW:
        xs, ys = [p[0] for p in region], [p[1] for p in region]
        dx, dy = (max(xs) - min(xs)) * MARGIN, (max(ys) - min(ys)) * MARGIN
        left, right = max(0.0, min(xs) - dx), min(1.0, max(xs) + dx)
        top, bottom = max(0.0, min(ys) - dy), min(1.0, max(ys) + dy)
    wide, high = query
    return Overlay(
        left * wide, top * high, (right - left) * wide, (bottom - top) * high, matrix(transform, reference, query)
    )


def _dots(pairs: Sequence[Sequence[float]], query: Size, reference: Size) -> list[Dot]:
    step = max(1, math.ceil(len(pairs) / SHOWN_POINTS))
    return [
        Dot(round(x * query[0], 1), round(y * query[1], 1), round(rx * reference[0], 1), round(ry * reference[1], 1), n)
        for n, (x, y, rx, ry) in zip((i % HUES for i in range(len(pairs))), pairs[::step], strict=False)
    ]


def _lines(pairs: Sequence[Sequence[float]], query: Size, reference: Size) -> Lines:
    high = max(query[1], reference[1])
    one, other = high / query[1], high / reference[1]
    start = query[0] * one + GAP
    return Lines(
        view=_numbers(0, 0, start + reference[0] * other, high),
        left=f"scale({_numbers(one)})",
        right=f"translate({_numbers(start, 0)}) scale({_numbers(other)})",
        lines=[
            (
                round(x * query[0] * one, 1),
                round(y * high, 1),
                round(start + rx * reference[0] * other, 1),
                round(ry * high, 1),
                n % HUES,
            )
            for n, (x, y, rx, ry) in enumerate(pairs)
        ],
    )


def _polygon(region: Sequence[Point], size: Size) -> str:
    if len(region) < 3 or area(region) > WHOLE:
        return ""
    return " ".join(f"{_numbers(x * size[0])},{_numbers(y * size[1])}" for x, y in region)


def _pairs(findings: Sequence[Mapping[str, Any]]) -> list[tuple[float, float, float, float]]:
    found = next((f for f in findings if f.get("kind") == "points"), {})
    return [(float(p[0]), float(p[1]), float(p[2]), float(p[3])) for p in found.get("pairs", ()) if len(p) == 4]


def _points(values: Any) -> list[Point]:
    return [(float(p[0]), float(p[1])) for p in values or ()]


def _six(values: Any) -> Affine | None:
    numbers = [float(v) for v in values or ()]
    if len(numbers) != 6 or not all(math.isfinite(n) for n in numbers):
        return None
    return numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]


def _numbers(*values: float) -> str:
    return " ".join(f"{round(value, 5):g}" if abs(value) < 10 else f"{value:.2f}" for value in values)
