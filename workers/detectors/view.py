"""A small grey picture as the aligner sees it: turned, sampled inside a frame, freed of light, split into cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy.ndimage import uniform_filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Grey = Image.Image

T = Image.Transpose
# What turning the inner picture so does to it, and the transposition that does it. The last four
# swap the sides. Left is counter-clockwise. Mirrored comes before turned.
ORIENTATIONS: tuple[tuple[str, T | None], ...] = (
    ("upright", None),
    ("mirrored", T.FLIP_LEFT_RIGHT),
    ("turned_over", T.ROTATE_180),
    ("flipped", T.FLIP_TOP_BOTTOM),
    ("turned_left", T.ROTATE_90),
    ("mirrored_turned_left", T.TRANSPOSE),
    ("turned_right", T.ROTATE_270),
    ("mirrored_turned_right", T.TRANSVERSE),
)
BACK = (0, 1, 2, 3, 6, 5, 4, 7)  # the orientation that undoes each
PATCH = 48  # pixels of the frame that `refine` compares
CELL = 8  # pixels; cells are compared one by one
FEWEST_ROWS, MOST_ROWS = 5, 12
ALIKE = 0.5  # correlation from which two cells show the same
FLAT = 4.0  # variance below which a place counts as flat, in grey levels squared


@dataclass(frozen=True)
class Frame:
    """A tilted rectangle inside a picture, as fractions of its width and height; angle in degrees."""

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0


WHOLE = Frame(0.5, 0.5, 1.0, 1.0)


class Pyramid:
    """A grey picture at halving sizes with its rim repeated outwards, for sampling without jaggies."""

    def __init__(self, grey: Grey) -> None:
        self.size = grey.size
        self.levels: list[tuple[Grey, int]] = []
        level = grey
        while True:
            rim = max(level.size) // 6 + 1
            self.levels.append((Image.fromarray(np.pad(np.asarray(level), rim, mode="edge")), rim))
            if max(level.size) < 2 * PATCH:
                break
            level = level.reduce(2)

    def sample(self, frame: Frame, pixels: int) -> Grey:
        """The content of a frame as a square of `pixels`."""
        wide, high = frame.width * self.size[0], frame.height * self.size[1]
        steps = max(0, min(len(self.levels) - 1, int(math.log2(max(1.0, max(wide, high) / (1.5 * pixels))) + 0.5)))
        level, rim = self.levels[steps]
        share = 0.5**steps
        turn = math.radians(frame.angle)
        cos, sin = math.cos(turn), math.sin(turn)
        a, b = wide * share / pixels * cos, -high * share / pixels * sin
        d, e = wide * share / pixels * sin, high * share / pixels * cos
        middle = pixels / 2
        x, y = frame.x * self.size[0] * share + rim, frame.y * self.size[1] * share + rim
        return level.transform(
            (pixels, pixels),
            Image.Transform.AFFINE,
            (a, b, x - (a + b) * middle, d, e, y - (d + e) * middle),
            Image.Resampling.BILINEAR,
        )


def turned(grey: Grey, orientation: int) -> Grey:
    way = ORIENTATIONS[orientation][1]
    return grey if way is None else grey.transpose(way)


def detail(grey: Grey | Floats) -> Floats:
    """A picture without its slow changes of light: what is left survives filters and exposure."""
    values: Floats = np.asarray(grey, dtype=np.float32)
    smooth: Floats = uniform_filter(values, 9, mode="nearest")
    return values - smooth


def content(pyramid: Pyramid, frame: Frame, pixels: int = PATCH) -> Floats:
    """The detail inside a frame, in grey levels."""
    return detail(pyramid.sample(frame, pixels))


def patch(pyramid: Pyramid, frame: Frame) -> Floats:
    """The detail inside a frame, of unit length (shorter where it is flat)."""
    values = content(pyramid, frame)
    values = values - values.mean()
    length = max(float(np.linalg.norm(values)), FLAT**0.5 * PATCH)
    result: Floats = values / length
    return result


def agreeing_cells(inner: Pyramid, outer: Pyramid, frame: Frame) -> tuple[int, int, int]:
    """Cells of `inner` that look like their place in `frame`; cells that show anything; all cells.

    Keeps two screenshots with the same buttons, or two pictures with the same logo, from passing
    for copies: there only the cells of the buttons agree, however strong their contrast. As many
    cells of eight pixels as the coarser of the two pictures has room for.
    """
    room = min(
        (inner.size[0] * inner.size[1]) ** 0.5, (frame.width * outer.size[0] * frame.height * outer.size[1]) ** 0.5
    )
    rows = max(FEWEST_ROWS, min(MOST_ROWS, int(room / CELL)))
    one, other = (
        values.reshape(rows, CELL, rows, CELL).swapaxes(1, 2).reshape(rows * rows, -1)
        for values in (content(inner, WHOLE, rows * CELL), content(outer, frame, rows * CELL))
    )
    one, other = one - one.mean(1, keepdims=True), other - other.mean(1, keepdims=True)
    flat = FLAT**0.5 * CELL
    long, wide = np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1)
    shown = (long > flat) | (wide > flat)
    alike = shown & ((one * other).sum(1) > ALIKE * np.maximum(long, flat) * np.maximum(wide, flat))
    return int(alike.sum()), int(shown.sum()), rows * rows
