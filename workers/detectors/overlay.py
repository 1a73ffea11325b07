"""Lays one small grey picture over another by a found map and says cell by cell whether they show the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workers.detectors import cells
from workers.detectors.geometry import Fit
from workers.detectors.keypoints import Sketch

SAME_FRAME = 0.04  # of a side; corners this near are the same corner
SOLID = 0.5  # of a place must contradict for it to be another picture; lines of a watermark do not fill theirs
PAGE = 0.45  # of a picture in one tone: screenshots, letters, tables have 0.49 to 0.78 of it, photographs at most 0.21
WANDER = 1  # pixels a cell may lie off: a map is not exact to the pixel


@dataclass(frozen=True)
class Agreement:
    """Grids of cells: that agree, that show anything, and where both pictures are at all; `block`: cells of the largest
    place where they plainly show different things; `pages`: whether both are pages (a screen, a letter, a table), lying
    corner on corner, so that one form agrees with itself whatever is filled in."""

    alike: Any
    shown: Any
    inside: Any
    block: int
    pages: bool = False


def agreement(cv2: Any, one: Sketch, other: Sketch, fit: Fit) -> Agreement:
    """How far two pictures agree when one is laid over the other.

    The map leads from pixels of `one` to pixels of `other`. The grid lies on the small grey of
    `one`, made smaller where `other` shows it smaller.
    """
    matrix, grow = fit.matrix, fit.scale
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
    alike, shown, both = cells.agreeing(first, cv2.warpAffine(second, warp, (wide, high), flags=flags), inside)
    for down in range(-WANDER, WANDER + 1):
        for right in range(-WANDER, WANDER + 1):
            moved = warp + np.array([[0, 0, right], [0, 0, down]])
            laid = cv2.warpAffine(second, moved, (wide, high), flags=flags, borderMode=cv2.BORDER_REPLICATE)
            alike |= cells.agreeing(first, laid, inside)[0]
    alike &= shown
    found = one.at[fit.pairs[:, 0]] * [wide / one.width, high / one.height] // cells.CELL
    column, row = np.minimum(found.astype(int), [alike.shape[1] - 1, alike.shape[0] - 1]).T
    sure = np.zeros(alike.shape, bool)
    sure[row, column] = True
    rows, columns = alike.shape
    whole = inside[: rows * cells.CELL, : columns * cells.CELL].reshape(rows, cells.CELL, columns, cells.CELL)
    seen = Agreement(alike, shown, whole.mean((1, 3)) > 0.5, 0)
    same = _same_frame(one, other, matrix)
    pages = same and min(_one_tone(one.small), _one_tone(other.small)) >= PAGE
    return replace(seen, block=_block(cv2, seen, both & ~alike, sure, same), pages=pages)


def _one_tone(grey: Any) -> float:
    """Share of the pixels that have the commonest tone, give or take one."""
    tones = np.bincount(grey.ravel(), minlength=256)
    return float(np.convolve(tones, np.ones(3), "same").max() / grey.size)


def _block(cv2: Any, seen: Agreement, contradicts: Any, sure: Any, same_frame: bool) -> int:
    """Cells of the largest connected place where both show something else: another picture in the same page.

    Cells that agree by chance in the midst of it are counted in, cells with points that obey the map (`sure`) never;
    single cells and lines of writing do not count. Where one picture lies inside the other, its rim may be cut off or
    covered; where the frames are the same, nothing is overlooked.
    """
    differs = seen.shown & ~seen.alike
    if not same_frame:
        top, bottom, left, right = box(seen)
        contradicts, sure = contradicts[top:bottom, left:right], sure[top:bottom, left:right]
        differs = differs[top:bottom, left:right]
    closed = cv2.morphologyEx(contradicts.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    opened = cv2.morphologyEx((closed > 0) * ~sure * np.uint8(1), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    count, labels = cv2.connectedComponents(opened, connectivity=4)
    sizes = np.bincount(labels.ravel(), minlength=count)
    plain = np.bincount(labels.ravel(), differs.ravel(), minlength=count)
    return int(max((sizes[one] for one in range(1, count) if plain[one] >= SOLID * sizes[one]), default=0))


def _same_frame(one: Sketch, other: Sketch, matrix: Any) -> bool:
    """Whether the map lays corner on corner."""
    corners = np.array([[0, 0], [one.width, 0], [one.width, one.height], [0, one.height]], float)
    there = (corners @ matrix[:, :2].T + matrix[:, 2]) / [other.width, other.height]
    return bool(np.abs(np.abs(there - 0.5) - 0.5).max() < SAME_FRAME)


def box(seen: Agreement) -> tuple[int, int, int, int]:
    """First and last row, first and last column of what agrees: outer ones go while most of what they show does not."""
    alike, shown, inside = seen.alike, seen.shown, seen.inside
    top, bottom, left, right = 0, alike.shape[0], 0, alike.shape[1]
    moved = True
    while moved and bottom - top > 1 and right - left > 1:
        moved = False
        for side, cut in (
            ("top", np.s_[top, left:right]),
            ("bottom", np.s_[bottom - 1, left:right]),
            ("left", np.s_[top:bottom, left]),
            ("right", np.s_[top:bottom, right - 1]),
        ):
            if not inside[cut].any() or shown[cut].sum() > 2 * alike[cut].sum():
                top, bottom = top + (side == "top"), bottom - (side == "bottom")
                left, right = left + (side == "left"), right - (side == "right")
                moved = True
                break
    return top, bottom, left, right
