"""Cell by cell: do two small grey pictures show the same everywhere, or only where a logo or a page's furniture is?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.ndimage import uniform_filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Grid = NDArray[np.bool_]

CELL = 8  # pixels a side; cells are compared one by one
ALIKE = 0.5  # correlation from which two cells show the same
FLAT = 4.0  # variance below which a cell counts as flat, in grey levels squared
FEWEST_SHOWN = 1 / 6  # of all cells; if fewer show anything it is a blank picture with a speck on it


def detail(grey: Any) -> Floats:
    """A grey picture without its slow changes of light: what is left survives filters and exposure."""
    values: Floats = np.asarray(grey, dtype=np.float32)
    smooth: Floats = uniform_filter(values, CELL + 1, mode="nearest")
    return values - smooth


def agreeing(one: Any, other: Any, inside: Any = None) -> tuple[Grid, Grid, Grid]:
    """Which cells look alike, which show anything at all, and which show something in both, as grids of truth values.

    Two grey pictures of one shape (rows, columns); what is left over of whole cells at the right and
    at the bottom is not looked at. `inside` masks the pixels both pictures have: a cell counts when
    all of it is inside. A cell that shows something in one picture only disagrees.
    """
    rows, columns = np.shape(one)[0] // CELL, np.shape(one)[1] // CELL
    first, second = _split(detail(one), rows, columns), _split(detail(other), rows, columns)
    flat = FLAT**0.5 * CELL
    long, wide = np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1)
    shown, both = (long > flat) | (wide > flat), (long > flat) & (wide > flat)
    if inside is not None:
        whole = _split(np.asarray(inside), rows, columns).all(1)
        shown, both = shown & whole, both & whole
    alike = shown & ((first * second).sum(1) > ALIKE * np.maximum(long, flat) * np.maximum(wide, flat))
    return alike.reshape(rows, columns), shown.reshape(rows, columns), both.reshape(rows, columns)


def shows_anything(grey: Any) -> bool:
    """Whether enough of a grey picture shows anything, so that agreement with it means something."""
    _, shown, _ = agreeing(grey, grey)
    return bool(shown.sum() >= FEWEST_SHOWN * shown.size)


def _split(values: Any, rows: int, columns: int) -> Any:
    """Cells as rows of pixels; floats lose their cell's mean."""
    cut = values[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns, CELL).swapaxes(1, 2)
    cells = cut.reshape(rows * columns, CELL * CELL)
    return cells if cells.dtype == bool else cells - cells.mean(1, keepdims=True)
