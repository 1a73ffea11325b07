"""Where two pieces of music run through the same tones in the same order, in whatever key and tempo.

Frames (`melody_tones`) are joined to stretches of four seconds, so that a chord in common is nothing and a turn of a
tune is something. In the shorter piece's windows beside the longer one's, in the likeliest keys, stretches that are
among the nearest of each other count one, and the longest run of such counts through the plane, gaps paid for, is what
was found (Qmax: Serrà and others, New Journal of Physics 11, 2009). Chance finds longer runs in longer windows and
among more windows; both are taken off, so that a score means the same for a clip and for a concert.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.detectors.melody_tones import SECONDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workers.detectors.melody_tones import Floats, Tones

JOINED = 8  # frames that make a stretch: 4.1 s
LEAD = 0.3  # weight of the leading voice beside the harmony
NEAREST = 0.07  # share of all stretches of a window that are a stretch's nearest
KEYS = 2  # transpositions tried for each pair of windows, beside those its parts would have
GAP = 0.5  # what a step without agreement costs
SHORT, LONG = 120, 240  # frames of a window of the shorter and of the longer piece: 61 s and 123 s
# Pairs of windows that are laid side by side: a quarter of an hour has so many. Two half hours have 1,600, which
# took over a minute of a processor; of those every fourth window of the shorter one is looked for in all of the other.
MOST_PAIRS = 400
AT_ONCE = 2_000_000  # cells of the plane held at a time
TAIL = 3.0  # how fast chance's longest runs thin out: each e-fold of windows is worth 1/TAIL (measured, melodies.toml)
VARIED = 0.12  # how unlike each other a window's frames must be on average: one chord all along agrees with itself


@dataclass(frozen=True)
class Run:
    """The longest run between two windows: frame pairs (shorter, longer), the score, and how many semitones the longer
    one is moved up to agree. `lead` and `harmony`: how well these agree along it, 0.5 for chance, 1 for the best."""

    score: float
    path: tuple[tuple[int, int], ...]
    key: int
    lead: float
    harmony: float


@dataclass(frozen=True)
class _Plane:
    """Similarities of stretches of one window beside several: others × stretches × stretches."""

    both: Floats
    first: int
    starts: list[int]
    keys: list[int]


def usable(tones: Tones) -> bool:
    """Whether anything in it moves: frames unlike each other in at least one window."""
    return any(_varied(tones, start, size) for start, size in _windows(len(tones.harmony), SHORT))


def runs(shorter: Tones, longer: Tones, above: float) -> tuple[float, list[Run]]:
    """The best score, and the runs that score more than `above`, best first."""
    mine = [w for w in _windows(len(shorter.harmony), SHORT) if _varied(shorter, *w)]
    theirs = [w for w in _windows(len(longer.harmony), LONG) if _varied(longer, *w)]
    mine = _spread(mine, MOST_PAIRS // max(1, len(theirs)))
    chance = np.log(max(1, len(mine) * len(theirs))) / TAIL
    best, found = 0.0, []
    for start, size in mine:
        for plane in _planes(shorter, longer, (start, size), theirs):
            near = _near(plane.both)
            longest = _longest(near)[0]
            scores = longest / np.sqrt(size) - chance
            best = max(best, float(scores.max()))
            for which in np.flatnonzero(scores > above):
                found.append(_run(shorter, longer, plane, int(which), near[which], float(scores[which])))
    return best, sorted(found, key=lambda run: (-run.score, run.path))


def _windows(length: int, size: int) -> list[tuple[int, int]]:
    """(start, frames) of windows that overlap by half; a rest is taken with the last one."""
    if length <= size * 1.5:
        return [(0, length)] if length >= 2 * JOINED else []
    starts = list(range(0, length - size, size // 2))
    return [*((start, size) for start in starts), (length - size, size)]


def _spread(windows: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """At most so many of the windows, from beginning to end."""
    if len(windows) <= max(1, most):
        return windows
    return [windows[int(at)] for at in np.linspace(0, len(windows) - 1, max(1, most))]


def _varied(tones: Tones, start: int, size: int) -> bool:
    frames = _unit(tones.harmony[start : start + size])
    alike = frames @ frames.T
    apart = np.abs(np.subtract.outer(np.arange(len(frames)), np.arange(len(frames)))) >= JOINED
    sounding = np.linalg.norm(frames, axis=1) > 0
    counted = apart & np.outer(sounding, sounding)
    return bool(sounding.sum() >= 2 * JOINED and counted.any() and alike[counted].mean() < 1 - VARIED)


def _unit(rows: Floats) -> Floats:
    """Rows less their mean, of length one; a row in which nothing sounds stays nought."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    made: Floats = (centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return made


def _stretches(frames: Floats, key: int = 0) -> Floats:
    """Each frame with those that follow, as one row of length one."""
    moved = np.roll(frames, key, axis=1)
    views = np.lib.stride_tricks.sliding_window_view(moved, JOINED, axis=0)
    return _unit(views.reshape(len(views), -1))


def _keys(one: Tones, other: Tones) -> list[int]:
    """The transpositions of the other (semitones up) that may agree: the KEYS under which the two sound most alike on
    the whole, and the best for each part of the other, which may be another piece."""
    parts = [(at, SHORT) for at in range(0, len(other.harmony) - SHORT + 1, SHORT // 2)]
    a = (one.harmony + one.lead).mean(axis=0)
    turned = np.stack([np.roll(a - a.mean(), -key) for key in range(12)])
    found = dict.fromkeys(_likely(turned, other)[:KEYS])
    return list(found | dict.fromkeys(_likely(turned, _cut(other, *part))[0] for part in parts))


def _likely(turned: Floats, other: Tones) -> list[int]:
    alike = turned @ (other.harmony + other.lead).mean(axis=0)
    return [int(key) for key in np.argsort(np.round(alike, 6), kind="stable")[::-1]]


def _cut(tones: Tones, start: int, size: int) -> Tones:
    part = slice(start, start + size)
    return type(tones)(tones.harmony[part], tones.lead[part], tones.music)


def _planes(shorter: Tones, longer: Tones, mine: tuple[int, int], theirs: list[tuple[int, int]]) -> Iterator[_Plane]:
    """One window beside all of the longer piece's, so many at a time as memory allows."""
    window = _cut(shorter, *mine)
    ours = (_stretches(window.harmony), _stretches(window.lead))
    count = max(1, AT_ONCE // (len(ours[0]) * LONG))
    wanted = [(start, size, key) for start, size in theirs for key in _keys(window, _cut(longer, start, size))]
    for size in sorted({size for _start, size, _key in wanted}):
        same = [(start, key) for start, one, key in wanted if one == size]
        for at in range(0, len(same), count):
            part = same[at : at + count]
            planes = []
            for start, key in part:
                other = _cut(longer, start, size)
                planes.append(
                    (1 - LEAD) * (ours[0] @ _stretches(other.harmony, key).T)
                    + LEAD * (ours[1] @ _stretches(other.lead, key).T)
                )
            yield _Plane(np.stack(planes), mine[0], [start for start, _key in part], [key for _start, key in part])


def _near(both: Floats) -> NDArray[np.bool_]:
    """Where a stretch of either side is among the nearest of the other. Silence is near to nothing."""
    _others, rows, columns = both.shape
    across, down = max(1, int(NEAREST * columns)), max(1, int(NEAREST * rows))
    row = np.partition(both, columns - across, axis=2)[:, :, columns - across][:, :, None]
    column = np.partition(both, rows - down, axis=1)[:, rows - down][:, None, :]
    near: NDArray[np.bool_] = (both >= row) & (both >= column) & (both > 0)
    return near


def _longest(near: NDArray[np.bool_], keep: bool = False) -> tuple[Floats, Floats]:
    """The greatest run in each plane, and (if kept) the runs that end in each cell, with a margin of two."""
    others, rows, columns = near.shape
    kept = np.zeros((rows + 2, others, columns + 2) if keep else (3, others, columns + 2), np.float32)
    best = np.zeros(others, np.float32)
    for row in range(rows):
        now, last, before = (row + 2, row + 1, row) if keep else ((row + 2) % 3, (row + 1) % 3, row % 3)
        from_ = np.maximum(kept[last][:, 1:-1], np.maximum(kept[before][:, 1:-1], kept[last][:, :-2]))
        kept[now][:, 2:] = np.where(near[:, row], from_ + 1, np.maximum(from_ - GAP, 0))
        best = np.maximum(best, kept[now].max(axis=1))
    return best, kept


def _run(shorter: Tones, longer: Tones, plane: _Plane, which: int, near: NDArray[np.bool_], score: float) -> Run:
    path = _path(near)
    key, start = plane.keys[which], plane.starts[which]
    shares = []
    for name in ("lead", "harmony"):
        mine = _stretches(getattr(shorter, name)[plane.first : plane.first + near.shape[0] + JOINED - 1])
        other = _stretches(getattr(longer, name)[start : start + near.shape[1] + JOINED - 1], key)
        shares.append(_share(mine @ other.T, path))
    frames = tuple((plane.first + i, start + j) for i, j in path)
    return Run(score, frames, key, *shares)


def _share(alike: Floats, path: list[tuple[int, int]]) -> float:
    """How high the path's cells rank among all of their rows and columns, on average."""
    ranks = [((alike[i] < alike[i, j]).mean() + (alike[:, j] < alike[i, j]).mean()) / 2 for i, j in path]
    return float(np.mean(ranks))


def _path(near: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The cells of the longest run, ascending."""
    kept = _longest(near[None], keep=True)[1][:, 0]
    row, column = (int(at) for at in np.unravel_index(int(kept.argmax()), kept.shape))
    path = []
    while kept[row, column] > 0:
        path.append((row - 2, column - 2))
        steps = ((row - 1, column - 1), (row - 2, column - 1), (row - 1, column - 2))
        row, column = max(steps, key=lambda cell: float(kept[cell]))
    while len(path) > 1 and not near[path[-1]]:
        path.pop()
    return path[::-1]


def seconds_of(frame: int) -> float:
    """When a frame begins."""
    return frame * SECONDS
