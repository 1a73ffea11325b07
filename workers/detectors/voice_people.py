"""Whose voice each window is: windows that sound alike become one speaker, without knowing who is looked for.

Who is looked for must play no part: of a thousand windows the nearest to any voice always lies near by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# Cosine from which a window belongs to a speaker, and from which two speakers are one (see `voices.toml`).
BELONGS, ONE = 0.4, 0.5
ROUNDS = 4


def speakers(windows: Floats) -> NDArray[np.int64]:
    """A number for each window's speaker, 0 for who speaks most. `windows`: embeddings of length one, in a row each."""
    if len(windows) == 0:
        return np.zeros(0, np.int64)
    middles: list[Floats] = []
    for window in windows:
        near = [float(_unit(middle) @ window) for middle in middles]
        best = int(np.argmax(near)) if near else -1
        if best >= 0 and near[best] >= BELONGS:
            middles[best] = middles[best] + window
        else:
            middles.append(window.copy())
    labels = np.zeros(len(windows), np.int64)
    for _ in range(ROUNDS):
        middles = _merged(middles)
        labels = np.argmax(windows @ np.stack([_unit(middle) for middle in middles]).T, axis=1)
        middles = [windows[labels == n].sum(0) for n in range(len(middles)) if (labels == n).any()]
    found, counts = np.unique(labels, return_counts=True)
    order = found[np.argsort(-counts, kind="stable")]
    places = {int(label): place for place, label in enumerate(order)}
    return np.array([places[int(label)] for label in labels], np.int64)


def middle(windows: Floats) -> Floats:
    """The embedding in the middle of several, of length one."""
    return _unit(windows.sum(0))


def _merged(middles: list[Floats]) -> list[Floats]:
    """The same with those joined that sound like one speaker, nearest first."""
    while len(middles) > 1:
        units = np.stack([_unit(one) for one in middles])
        alike = units @ units.T - 2 * np.eye(len(units), dtype=np.float32)
        one, other = sorted(divmod(int(np.argmax(alike)), len(units)))
        if alike[one, other] < ONE:
            break
        middles[one] = middles[one] + middles[other]
        del middles[other]
    return middles


def _unit(numbers: Floats) -> Floats:
    return numbers / np.float32(max(float(np.linalg.norm(numbers)), 1e-6))
