"""Lays two fingerprints over each other at every offset, and follows where they agree.

A window is WINDOW fingerprints long (6 s). What stands still in it (a tone, hum, hiss, silence) tells nothing: its bits
would agree with any other hum, so such windows are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bits = NDArray[np.uint32]
    Floats = NDArray[np.float32]

WINDOW = 32  # fingerprints; with what each hears 6.2 s of sound
LATER = 8  # fingerprints (1 s) after which a sound that goes on has changed
LIVELY = 0.24  # share of bits that must have changed by then; white noise has 0.16, music 0.3 to 0.45
LIVELIER = 0.36  # below, agreement means less: slow chords of one kind resemble each other
OFFSETS = 64  # laid at once
STRIDE, LAG, MISSES = 8, 2, 3  # a match is followed in steps of 1 s, may drift so far in each, and be lost so often
NEAR = 8  # fingerprints (1 s) by which the ends of a match are told
NEVER = 1.0


@dataclass(frozen=True)
class Best:
    """For every window of one side (by its first fingerprint) the smallest share of bits that differ, and the offset of
    the other side there; NEVER where nothing can be told."""

    share: Floats
    offset: NDArray[np.int64]


def differing(one: Bits, other: Bits) -> NDArray[np.uint8]:
    """How many of 32 bits differ."""
    found: NDArray[np.uint8] = np.bitwise_count(one ^ other)
    return found


def lively(bits: Bits, window: int = WINDOW) -> Floats:
    """Of every window how much more its differing bits count because less changes in it than in other music (1 to 1.5);
    0 where so little changes that it cannot be told from any other hum."""
    count = len(bits) - window + 1
    if count < 1 or len(bits) <= LATER:
        return np.zeros(max(0, count), np.float32)
    changed = np.pad(differing(bits[LATER:], bits[:-LATER]).astype(np.float32), (0, LATER), mode="edge")
    shares = _means(changed[None], window)[0] / 32
    return np.where(shares < LIVELY, 0, LIVELIER / np.clip(shares, LIVELY, LIVELIER)).astype(np.float32)


def _means(rows: NDArray[np.float32] | NDArray[np.uint8], window: int) -> Floats:
    summed = np.zeros((rows.shape[0], rows.shape[1] + 1), np.int32)
    np.cumsum(rows, axis=1, out=summed[:, 1:], dtype=np.int32)
    means: Floats = (summed[:, window:] - summed[:, :-window]).astype(np.float32) / np.float32(window)
    return means


def everywhere(one: Bits, other: Bits, window: int = WINDOW) -> Best:
    """All windows of one side at all offsets of the other. Time: length × length, 4 ns a pair of fingerprints."""
    window = min(window, len(one), len(other))
    count = len(one) - window + 1
    share, offset = np.full(max(0, count), NEVER, np.float32), np.zeros(max(0, count), np.int64)
    if window < 1:
        return Best(share, offset)
    live_one, live_other = lively(one, window), lively(other, window)
    for first in range(-(len(one) - window), len(other) - window + 1, OFFSETS):
        last = min(first + OFFSETS, len(other) - window + 1)
        # The stretch of one side that any of these offsets can lie over.
        start, end = max(0, -(last - 1)), min(len(one), len(other) - first)
        if end - start < window:
            continue
        padded = _taken(other, start + first, end + last - 1)
        sliding = np.lib.stride_tricks.sliding_window_view(padded, end - start)[: last - first]
        means = _means(differing(sliding, one[start:end]), window) / 32
        places = np.arange(start, end - window + 1) + np.arange(first, last)[:, None]
        inside = (places >= 0) & (places <= len(other) - window)
        live = np.where(inside, live_other[np.clip(places, 0, len(live_other) - 1)], 0)
        means = np.where(live > 0, means * np.maximum(live, live_one[start : end - window + 1]), NEVER)
        at = means.argmin(axis=0)
        least = means[at, np.arange(means.shape[1])]
        least[live_one[start : end - window + 1] == 0] = NEVER
        better = least < share[start : end - window + 1]
        share[start : end - window + 1][better] = least[better]
        offset[start : end - window + 1][better] = first + at[better]
    return Best(share, offset)


def _taken(bits: Bits, start: int, end: int) -> Bits:
    """A stretch that may begin before and end after the fingerprints."""
    return np.pad(bits[max(0, start) : max(0, end)], (max(0, -start), max(0, end - max(len(bits), start))))


@dataclass(frozen=True)
class Followed:
    """A stretch along which both sides agree: first fingerprints of its windows, pairwise."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    share: float  # of bits that differ, over all of it

    @property
    def windows(self) -> int:
        return len(self.one)


def followed(one: Bits, other: Bits, best: Best, enough: float, most: int = 12) -> list[Followed]:
    """The stretches whose windows differ in at most `enough` of their bits, the best first; none over another in the
    first side."""
    window = min(WINDOW, len(one), len(other))
    free, taken = best.share.copy(), np.zeros(len(best.share), bool)
    found: list[Followed] = []
    while len(found) < most and len(free):
        at = int(free.argmin())
        if free[at] > enough:
            break
        stretch = _follow(one, other, at, int(best.offset[at]), window, enough, taken)
        found.append(stretch)
        first, last = max(0, stretch.one[0] - window // 2), stretch.one[-1] + window // 2 + 1
        free[first:last] = NEVER
        taken[first:last] = True
    return found


def _follow(
    one: Bits, other: Bits, at: int, offset: int, window: int, enough: float, taken: NDArray[np.bool_]
) -> Followed:
    begun = float(_share(one, other, at, offset, window))
    points = [(at, at + offset, begun)]
    for step in (STRIDE, -STRIDE):
        here, drift, missed = at, offset, 0
        while missed <= MISSES:
            here += step
            if not 0 <= here < len(taken) or taken[here]:
                break
            tried = [(_share(one, other, here, drift + lag, window), abs(lag), drift + lag) for lag in _LAGS]
            share, _, there = min(tried)
            if share <= enough:
                points.append((here, here + there, share))
                drift, missed = there, 0
            else:
                missed += 1
    points.sort()
    table = np.array(points)
    return Followed(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), float(table[:, 2].mean()))


_LAGS = range(-LAG, LAG + 1)


def _share(one: Bits, other: Bits, at: int, offset: int, window: int) -> float:
    if at < 0 or at + offset < 0 or at + window > len(one) or at + offset + window > len(other):
        return NEVER
    return float(differing(one[at : at + window], other[at + offset : at + offset + window]).mean()) / 32


def agreeing(one: Bits, other: Bits, stretch: Followed, which: int, window: int, enough: float) -> tuple[int, int]:
    """From which to which fingerprint the first (0) or last (−1) window of a stretch agrees; a stretch ends within."""
    at, there = int(stretch.one[which]), int(stretch.other[which])
    differ = differing(one[at : at + window], other[there : there + window])
    near = _means(differ[None], min(NEAR, len(differ)))[0] / 32 <= enough
    agree = np.flatnonzero(near)
    if not len(agree):
        return 0, window - 1
    return int(agree[0]), int(agree[-1]) + min(NEAR, len(differ)) - 1
