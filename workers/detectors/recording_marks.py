"""Landmarks of a recording: pairs of peaks in its spectrum, which noise, talk and a telephone leave standing.

The idea is A. Wang's ("An Industrial-Strength Audio Search Algorithm", 2003). Two peaks and the time between them make
one mark; two recordings share one where many equal marks lie equally far apart in time. Another pitch or speed makes
other marks: that is what fingerprints are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

FRAME, STEP = 1024, 256  # samples at 11,025 a second: 93 ms, every 23 ms
SECONDS = STEP / 11_025
LOW, HIGH = 28, 320  # bins: 300 to 3,445 Hz, what a telephone lets through
AROUND = (7, 13)  # frames × bins in which a peak is the highest
PEAKS = 30  # kept of each second, the highest above what this bin usually has
AHEAD, APART = 60, 48  # frames and bins at most between two peaks of a mark
COARSE = 1  # bits of the frames between them that are left out: a frame begins anywhere
FANNED = 6  # marks that begin at one peak
BATCH = 2048
DENSE, GAP, FEW = 431, 215, 6  # frames: ten seconds, five; marks that make a stretch
DISTANCES = 6  # looked at, the fullest first: a report may hold several pieces of a work
QUIET = 1e-3  # power of a bin (full scale sine: 6e4) below which there is nothing


def peaks(samples: Floats) -> tuple[Ints, Ints]:
    """Frame and bin of the highest places, at most PEAKS a second, by time; of samples (−1 to 1) at 11,025 a second."""
    level = _spectrum(samples)
    if not len(level):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    highest = ndimage.maximum_filter(level, size=AROUND, mode="nearest")
    times, bins = np.nonzero((level == highest) & (level > 3))
    heights = level[times, bins]
    second = (times * SECONDS).astype(int)
    order = np.lexsort((-heights, second))
    nth = np.arange(len(order)) - np.searchsorted(second[order], second[order])
    kept = np.sort(order[nth < PEAKS])
    return times[kept].astype(np.int64), bins[kept].astype(np.int64)


def marks(times: Ints, bins: Ints) -> tuple[Ints, Ints]:
    """Marks made of peaks (by time), and the frame each begins at."""
    found, at = [], []
    for step in range(1, PEAKS):
        later, apart = times[step:] - times[:-step], bins[step:] - bins[:-step]
        fits = (later >= 2) & (later < AHEAD) & (np.abs(apart) <= APART)
        found.append(((bins[:-step][fits] * 128 + apart[fits] + 64) << 6) | (later[fits] >> COARSE))
        at.append(np.flatnonzero(fits))
    names, starts = np.concatenate(found), np.concatenate(at)
    order = np.argsort(starts, kind="stable")  # of each peak the nearest ones first
    names, starts = names[order], starts[order]
    nth = np.arange(len(starts)) - np.searchsorted(starts, starts)
    kept = nth < FANNED
    return names[kept], times[starts[kept]]


def _spectrum(samples: Floats) -> Floats:
    """Decibels of each bin above what it usually has: frames × bins."""
    count = max(0, (len(samples) - FRAME) // STEP + 1)
    power = np.zeros((count, HIGH - LOW), np.float32)
    window = np.hanning(FRAME).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::STEP] if count else samples[:0]
    for at in range(0, count, BATCH):
        spectrum = scipy.fft.rfft(frames[at : at + BATCH] * window, axis=1)[:, LOW:HIGH]
        power[at : at + BATCH] = spectrum.real**2 + spectrum.imag**2
    level: Floats = 10 * np.log10(power + np.float32(QUIET))
    if count:
        level -= ndimage.uniform_filter1d(level, 431, axis=0, mode="nearest")  # ten seconds
    return level


def aligned(one: tuple[Ints, Ints], other: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Frames at which equal marks begin in both, for every equal pair."""
    order = np.argsort(other[0], kind="stable")
    names, times = other[0][order], other[1][order]
    first, last = np.searchsorted(names, one[0], "left"), np.searchsorted(names, one[0], "right")
    many = np.minimum(last - first, 50)  # a mark that comes back all the time tells nothing more
    pairs = np.repeat(np.arange(len(many)), many)
    within = np.arange(len(pairs)) - np.repeat(np.cumsum(many) - many, many)
    return one[1][pairs], times[first[pairs] + within]


@dataclass(frozen=True)
class Shared:
    """Marks two recordings share at one distance in time: most within any ten seconds, and the stretches they cover
    (seconds: from and to in one, from and to in the other)."""

    most: int
    stretches: list[tuple[float, float, float, float]]


def shared(one: tuple[Ints, Ints], other: tuple[Ints, Ints], enough: int) -> Shared:
    """What two sets of peaks share. A distance is followed where ten seconds hold `enough` marks."""
    if min(len(one[0]), len(other[0])) < 2:
        return Shared(0, [])
    here, there = aligned(marks(*one), marks(*other))
    if not len(here):
        return Shared(0, [])
    apart = there - here
    counts = np.bincount(apart - apart.min(), minlength=3)
    near = counts.copy()
    near[:-1] += counts[1:]  # a frame begins anywhere, so that a true distance falls into two
    most, stretches = 0, []
    for _ in range(DISTANCES):
        at = int(near.argmax())
        if near[at] < enough and most:
            break
        fits = (apart - apart.min() == at) | (apart - apart.min() == at + 1)
        times = _once(here[fits], there[fits])
        dense = int((np.searchsorted(times, times + DENSE) - np.arange(len(times))).max(initial=0))
        most = max(most, dense)
        if dense >= enough:
            distance = float(apart[fits].mean()) * SECONDS
            stretches += [(a, b, a + distance, b + distance) for a, b in _stretches(times)]
        near[max(0, at - 3) : at + 4] = 0
    return Shared(most, stretches)


def _once(here: Ints, there: Ints) -> Ints:
    """Frames at which marks begin, each once in both."""
    first = np.unique(here, return_index=True)[1]
    second = np.unique(there[first], return_index=True)[1]
    return np.sort(here[first[second]])


def _stretches(times: Ints) -> Iterator[tuple[float, float]]:
    """Where marks follow each other closely, in seconds."""
    for part in np.split(times, np.flatnonzero(np.diff(times) > GAP) + 1):
        if len(part) >= FEW:
            yield float(part[0]) * SECONDS, float(part[-1] + AHEAD // 2) * SECONDS
