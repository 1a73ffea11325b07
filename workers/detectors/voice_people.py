"""Whose voice each window is: windows that sound alike become one speaker, without knowing who is looked for.

Who is looked for must play no part: of a thousand windows the nearest to any voice always lies near by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# Cosine between the middles of two groups from which they are one speaker (measured, see `voices.toml`).
ONE = 0.45
ROUNDS = 3  # of giving each window to the speaker it lies nearest to


def speakers(windows: Floats) -> NDArray[np.int64]:
    """A number for each window's speaker, 0 for who speaks most. `windows`: embeddings of length one, in a row each."""
    if len(windows) == 0:
        return np.zeros(0, np.int64)
    labels = _grouped(windows)
    for _ in range(ROUNDS):
        middles = np.stack([middle(windows[labels == n]) for n in np.unique(labels)])
        labels = np.argmax(windows @ middles.T, axis=1)
    found, counts = np.unique(labels, return_counts=True)
    places = np.zeros(int(found.max()) + 1, np.int64)
    places[found[np.argsort(-counts, kind="stable")]] = np.arange(len(found))
    ordered: NDArray[np.int64] = places[labels]
    return ordered


def middle(windows: Floats) -> Floats:
    """The embedding in the middle of several, of length one."""
    total: Floats = windows.sum(0)
    unit: Floats = total / np.float32(max(float(np.linalg.norm(total)), 1e-6))
    return unit


def _grouped(windows: Floats) -> NDArray[np.int64]:
    """The two nearest groups become one, again and again, until none are near enough.

    Nearest first, so that a window in which one hands over to another cannot lead from one speaker to the other.
    """
    labels = np.arange(len(windows))
    alive = list(range(len(windows)))
    dots = (windows @ windows.T).astype(np.float64)  # of the groups' sums
    while len(alive) > 1:
        lengths = np.sqrt(np.maximum(np.diagonal(dots), 1e-12))
        alike = dots / lengths[:, None] / lengths
        np.fill_diagonal(alike, -2)
        one, other = divmod(int(np.argmax(alike)), len(alive))
        if alike[one, other] < ONE:
            break
        dots[one] += dots[other]
        dots[:, one] += dots[:, other]
        labels[labels == alive[other]] = alive[one]
        dots = np.delete(np.delete(dots, other, 0), other, 1)
        del alive[other]
    return labels
