"""Finds where one small grey picture lies inside another: how it is turned, how large, and where.

Two steps on thumbnails of 160 pixels. `locate` slides one picture over the other at nine sizes and
all eight orientations, plus a slight tilt, with normalised correlation by Fourier transform.
`refine` then moves, stretches and tilts the found frame until the pictures agree best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from scipy import fft

from workers.detectors.view import FLAT, Frame, Pyramid, detail, patch, turned

if TYPE_CHECKING:
    from workers.detectors.view import Floats, Grey

TEMPLATE_SIDE = 32  # geometric mean of the template's sides in pixels: enough to be found, cheap to slide
SIZES = 9  # 0.86 ** 8 = 0.30: down to a tenth of the area
SIZE_STEP = 0.86  # half a step is 7 %, about one template pixel at the rim
SMALLEST_SHARE = 0.085  # of the outer area; what is smaller on a thumbnail agrees with too much by chance
TILT = 11.0  # degrees; a template tilted by it is still found from 4 to 18
TILT_KEEPS = 0.75  # the middle part of a tilted picture that has no empty corners


@dataclass(frozen=True)
class Placement:
    """The inner picture, in this orientation, lies in this frame of the outer one. Score 0 to 1."""

    score: float
    orientation: int
    frame: Frame


def locate(inner: Grey, outer: Grey, keep: int = 3) -> list[Placement]:
    """The best places of `inner` in `outer`, best first."""
    found: list[Placement] = []
    for orientations in ((0, 1, 2, 3), (4, 5, 6, 7)):
        shape = turned(inner, orientations[0]).size
        aspect = shape[0] / shape[1]
        wide, high = max(8, round(TEMPLATE_SIDE * aspect**0.5)), max(8, round(TEMPLATE_SIDE / aspect**0.5))
        starts = [(orientation, 0.0) for orientation in orientations]
        if orientations[0] == 0:
            starts += [(orientation, angle) for orientation in (0, 1) for angle in (-TILT, TILT)]
        templates = _templates(inner, starts, wide, high)
        largest = min(outer.size[0], outer.size[1] * aspect)
        for step in range(SIZES):
            share = wide / (largest * SIZE_STEP**step)
            field = outer.resize(
                (max(wide, round(outer.size[0] * share)), max(high, round(outer.size[1] * share))),
                Image.Resampling.BILINEAR,
            )
            scores = _slide(templates, detail(field))
            for (orientation, angle), score in zip(starts, scores, strict=True):
                y, x = divmod(int(score.argmax()), score.shape[1])
                grow = 1 / TILT_KEEPS if angle else 1.0
                found.append(
                    Placement(
                        float(score[y, x]),
                        orientation,
                        Frame(
                            (x + wide / 2) / field.size[0],
                            (y + high / 2) / field.size[1],
                            min(1.1, wide / field.size[0] * grow),
                            min(1.1, high / field.size[1] * grow),
                            angle,
                        ),
                    )
                )
    found = [place for place in found if _allowed(place.frame)]
    found.sort(key=lambda place: -place.score)
    return found[:keep]


def _templates(inner: Grey, starts: list[tuple[int, float]], wide: int, high: int) -> Floats:
    """Each start as a small picture without light and of unit length."""
    stack = []
    for orientation, angle in starts:
        whole = turned(inner, orientation)
        if angle:
            # A frame's angle runs clockwise, Pillow's runs the other way.
            tilted = whole.rotate(-angle, Image.Resampling.BILINEAR)
            w, h = whole.size
            cut = (1 - TILT_KEEPS) / 2
            whole = tilted.crop((round(w * cut), round(h * cut), round(w * (1 - cut)), round(h * (1 - cut))))
        stack.append(
            detail(
                whole.resize(
                    (wide, high), Image.Resampling.BOX if whole.size[0] > 2 * wide else Image.Resampling.BILINEAR
                )
            )
        )
    templates = np.stack(stack)
    templates -= templates.mean((1, 2), keepdims=True)
    templates /= np.sqrt((templates**2).sum((1, 2), keepdims=True)) + 1e-3
    return templates


def _slide(templates: Floats, field: Floats) -> Any:
    """Normalised correlation of every template at every place of the field."""
    high, wide = templates.shape[1:]
    rows, columns = field.shape
    shape = (fft.next_fast_len(rows, True), fft.next_fast_len(columns, True))
    product = fft.rfft2(field, shape)[None] * fft.rfft2(templates, shape, axes=(1, 2)).conj()
    raw = fft.irfft2(product, shape, axes=(1, 2))[:, : rows - high + 1, : columns - wide + 1]
    sums, squares = np.zeros((rows + 1, columns + 1)), np.zeros((rows + 1, columns + 1))
    sums[1:, 1:] = field.cumsum(0, dtype=np.float64).cumsum(1)
    squares[1:, 1:] = (field.astype(np.float64) ** 2).cumsum(0).cumsum(1)

    def window(table: Any) -> Any:
        return table[high:, wide:] - table[:-high, wide:] - table[high:, :-wide] + table[:-high, :-wide]

    count = wide * high
    energy = np.sqrt(np.maximum(window(squares) - window(sums) ** 2 / count, FLAT * count))
    return raw / energy[None]


def refine(inner: Floats, outer: Pyramid, start: Placement) -> Placement:
    """Moves, stretches and tilts the frame in ever smaller steps while agreement grows."""
    best = Placement(float((inner * patch(outer, start.frame)).sum()), start.orientation, start.frame)
    if start.frame.angle == 0:
        for angle in (-6.0, 6.0):
            best = _better(inner, outer, best, _moved(start.frame, turn=angle))
    for step, tilt in ((0.06, 4.0), (0.03, 2.0), (0.015, 1.0)):
        for _round in range(3):
            before, base = best.score, best.frame
            for move in (
                {"dx": step},
                {"dx": -step},
                {"dy": step},
                {"dy": -step},
                {"grow": step},
                {"grow": -step},
                {"wide": step},
                {"wide": -step},
                {"high": step},
                {"high": -step},
                {"turn": tilt},
                {"turn": -tilt},
            ):
                best = _better(inner, outer, best, _moved(base, **move))
            if best.score <= before:
                break
    return best


def _moved(
    frame: Frame, dx: float = 0, dy: float = 0, grow: float = 0, wide: float = 0, high: float = 0, turn: float = 0
) -> Frame:
    return Frame(
        frame.x + dx * frame.width,
        frame.y + dy * frame.height,
        frame.width * (1 + grow + wide),
        frame.height * (1 + grow + high),
        frame.angle + turn,
    )


def _better(inner: Floats, outer: Pyramid, best: Placement, frame: Frame) -> Placement:
    if not _allowed(frame):
        return best
    score = float((inner * patch(outer, frame)).sum())
    return Placement(score, best.orientation, frame) if score > best.score else best


def _allowed(frame: Frame) -> bool:
    """Frames large enough to tell anything, hardly tilted, of which at most a narrow rim hangs outside."""
    return (
        abs(frame.angle) <= 22
        and frame.width * frame.height >= SMALLEST_SHARE
        and 0.2 < frame.width < 1.15
        and 0.2 < frame.height < 1.15
        and 0.42 * frame.width < frame.x < 1 - 0.42 * frame.width
        and 0.42 * frame.height < frame.y < 1 - 0.42 * frame.height
    )
