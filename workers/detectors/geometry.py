"""Which points of two pictures are the same under one affine map: matches, the map that most of them obey, its checks.

Every match proposes a map by itself (a point has a place, a size and an angle), the proposals are
judged by all matches at once, and the best are fitted to what obeys them. Nothing is drawn by lot,
so the answer never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workers.detectors.keypoints import Sketch

RATIO = 0.85  # a match is kept if the next best is farther than this: distance to distance
LEAST_SCALE, MOST_SCALE, MOST_STRETCH = 0.08, 8.0, 2.5  # matching.md §2
CELL = 8  # pixels: points in one cell count once
PROPOSALS = 4  # fitted of all that were judged
FEWEST = 5  # matches that obey a map; fewer are nothing


@dataclass(frozen=True)
class Fit:
    """A map from one sketch to another: `matrix` 2 × 3 in pixels of their sides, and the pairs that obey it."""

    matrix: Any
    pairs: Any  # k × 2: numbers of the points in the one and in the other
    cells: int  # distinct cells among them, of whichever side has fewer

    @property
    def scale(self) -> float:
        return float(abs(np.linalg.det(self.matrix[:, :2])) ** 0.5)


def matches(one: Sketch, other: Sketch) -> Any:
    """k × 2 numbers of points that match better than they match anything else, from either side."""
    likeness = one.descriptors @ other.descriptors.T
    found = [_clear(likeness, other), _clear(np.ascontiguousarray(likeness.T), one)[:, ::-1]]
    return np.unique(np.concatenate(found), axis=0)


def _clear(likeness: Any, other: Sketch) -> Any:
    """Row by row the best column, where the next best of another place is clearly farther.

    The same spot is often found twice, with two angles or sizes: that is no rival.
    """
    rows = np.arange(len(likeness))
    best = likeness.argmax(1)
    first = likeness[rows, best]
    rest = likeness.copy()
    rest[rows, best] = -1
    rival = rest.argmax(1)
    same = np.abs(other.at[rival] - other.at[best]).max(1) < CELL / 2
    rest[rows[same], rival[same]] = -1
    second = rest.max(1)
    apart, next_apart = (np.sqrt(np.maximum(2 - 2 * value, 1e-6)) for value in (first, second))
    kept = apart < RATIO * next_apart
    return np.stack([rows[kept], best[kept]], 1)


def fit(one: Sketch, other: Sketch, pairs: Any) -> Fit | None:
    """The map from `one` to `other` that most matches obey, counted in distinct cells; None if none does."""
    if len(pairs) < FEWEST:
        return None
    source, target = one.at[pairs[:, 0]].astype(np.float64), other.at[pairs[:, 1]].astype(np.float64)
    grow = np.log(other.size[pairs[:, 1]] / one.size[pairs[:, 0]]).astype(np.float64)
    turn = (other.angle[pairs[:, 1]] - one.angle[pairs[:, 0]]).astype(np.float64)
    obeying = _votes(source, target, grow, turn)
    best: Fit | None = None
    votes = obeying.sum(1)
    for proposal in _apart(obeying, votes):
        matrix, kept = _fitted(source, target, obeying[proposal])
        if matrix is None or not _plausible(matrix):
            continue
        cells = min(_cells(source[kept]), _cells(target[kept]))
        if best is None or cells > best.cells:
            best = Fit(matrix, pairs[kept], cells)
    return best


def _votes(source: Any, target: Any, grow: Any, turn: Any) -> Any:
    """Matches × matches: does the second obey, roughly, the turn, growth and shift that the first proposes?"""
    spin = np.exp(grow + 1j * turn)
    here, there = source[:, 0] + 1j * source[:, 1], target[:, 0] + 1j * target[:, 1]
    proposed = spin[:, None] * (here[None, :] - here[:, None])
    error = np.abs(proposed - (there[None, :] - there[:, None]))
    near = error < 6 + 0.2 * np.abs(proposed)
    alike = np.abs(grow[None, :] - grow[:, None]) < 0.7
    twist = np.abs(np.angle(np.exp(1j * (turn[None, :] - turn[:, None])))) < 0.6
    result = near & alike & twist
    result[(grow < np.log(LEAST_SCALE)) | (grow > np.log(MOST_SCALE))] = False
    return result


def _apart(obeying: Any, votes: Any) -> list[int]:
    """The proposals with most votes that do not merely repeat a better one."""
    left, chosen = votes.copy(), []
    for _ in range(PROPOSALS):
        index = int(left.argmax())
        if left[index] < FEWEST:
            break
        chosen.append(index)
        left = left * ~obeying[index]
    return chosen


def _fitted(source: Any, target: Any, kept: Any) -> tuple[Any, Any]:
    """An affine map fitted to the matches that obey it, again and again with less patience."""
    matrix = None
    for step, patience in enumerate((12.0, 6.0, 4.0, 3.0, 3.0)):
        if kept.sum() < FEWEST:
            return None, kept
        matrix = _similar(source[kept], target[kept]) if step < 2 else _affine(source[kept], target[kept])
        scale = abs(np.linalg.det(matrix[:, :2])) ** 0.5
        error = np.linalg.norm(source @ matrix[:, :2].T + matrix[:, 2] - target, axis=1)
        kept = error < patience * (0.5 + 0.5 * scale if scale > 1 else 1.0)
    return (matrix, kept) if kept.sum() >= FEWEST else (None, kept)


def _similar(source: Any, target: Any) -> Any:
    """Turn, growth and shift by least squares."""
    here, there = source @ (1, 1j), target @ (1, 1j)
    middle, aim = here.mean(), there.mean()
    spin = ((there - aim) * (here - middle).conj()).sum() / max((np.abs(here - middle) ** 2).sum(), 1e-9)
    shift = aim - spin * middle
    return np.array([[spin.real, -spin.imag, shift.real], [spin.imag, spin.real, shift.imag]])


def _affine(source: Any, target: Any) -> Any:
    """All six numbers by least squares, held near a similarity where the points lie on a line."""
    similar = _similar(source, target)
    middle = source.mean(0)
    spread = source - middle
    rest = target - (source @ similar[:, :2].T + similar[:, 2])
    bend = np.linalg.solve(spread.T @ spread + np.eye(2) * 30.0 * 30.0, spread.T @ (rest - rest.mean(0))).T
    linear = similar[:, :2] + bend
    return np.column_stack([linear, target.mean(0) - linear @ middle])


def _plausible(matrix: Any) -> bool:
    """Neither reflected nor stretched beyond what people do to a picture."""
    if np.linalg.det(matrix[:, :2]) <= 0:
        return False
    long, short = np.linalg.svd(matrix[:, :2], compute_uv=False)
    scale = (long * short) ** 0.5
    return bool(LEAST_SCALE <= scale <= MOST_SCALE and long < MOST_STRETCH * short)


def _cells(points: Any) -> int:
    return len(np.unique((points // CELL).astype(int), axis=0))
