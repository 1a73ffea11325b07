"""What a recording sounds like, eight times a second: Chromaprint's fingerprint, computed here with numpy.

The algorithm is Chromaprint's second (its default, the one AcoustID knows; Lukáš Lalinský, "How does Chromaprint work?"
and chromaprint 1.5): spectrum, energy of the twelve pitch classes, smoothed, normalised, sixteen comparisons of areas
of that picture, two bits each. The fingerprints agree with those of `fpcalc`. What is kept is the picture of the pitch
classes in thirds of a semitone, so that it can be turned (another key) and stretched (another tempo) before the bits
are taken.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from scipy import signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Bits = NDArray[np.uint32]

RATE = 11_025  # samples a second that Chromaprint works at
FRAME, STEP = 4096, 4096 - (4096 - 4096 // 3)  # samples: 0.37 s, every 0.124 s
SECONDS = STEP / RATE  # between two fingerprints
LOWEST, HIGHEST = 28, 3520  # Hz
FINE = 3  # parts of a semitone
CLASSES = 12 * FINE
SMOOTH = (0.25, 0.75, 1.0, 0.75, 0.25)
QUIET = 0.01  # Euclidean length of a frame's energies below which it counts as silence
WIDEST = 16  # frames that the widest comparison looks at: 2.2 s with the frames' own length
HEARS = (4 + WIDEST - 1) * STEP / RATE + FRAME / RATE  # seconds that go into one fingerprint
BATCH = 256  # frames transformed at once

# Kind of comparison, first pitch class, how many, how many frames; three thresholds (classifiers of "TEST2").
CLASSIFIERS = (
    ((0, 4, 3, 15), (1.98215, 2.35817, 2.63523)),
    ((4, 4, 6, 15), (-1.03809, -0.651211, -0.282167)),
    ((1, 0, 4, 16), (-0.298702, 0.119262, 0.558497)),
    ((3, 8, 2, 12), (-0.105439, 0.0153946, 0.135898)),
    ((3, 4, 4, 8), (-0.142891, 0.0258736, 0.200632)),
    ((4, 0, 3, 5), (-0.826319, -0.590612, -0.368214)),
    ((1, 2, 2, 9), (-0.557409, -0.233035, 0.0534525)),
    ((2, 7, 3, 4), (-0.0646826, 0.00620476, 0.0784847)),
    ((2, 6, 2, 16), (-0.192387, -0.029699, 0.215855)),
    ((2, 1, 3, 2), (-0.0397818, -0.00568076, 0.0292026)),
    ((5, 10, 1, 15), (-0.53823, -0.369934, -0.190235)),
    ((3, 6, 2, 10), (-0.124877, 0.0296483, 0.139239)),
    ((2, 1, 1, 14), (-0.101475, 0.0225617, 0.231971)),
    ((3, 5, 6, 4), (-0.0799915, -0.00729616, 0.063262)),
    ((1, 9, 2, 12), (-0.272556, 0.019424, 0.302559)),
    ((3, 4, 2, 14), (-0.164292, -0.0321188, 0.0846339)),
)
GRAY = np.array((0, 1, 3, 2), np.uint32)


def resampled(samples: Floats, rate: int) -> Floats:
    """Samples at RATE, of samples at `rate`."""
    if rate == RATE:
        return samples
    common = int(np.gcd(rate, RATE))
    made: Floats = signal.resample_poly(samples, RATE // common, rate // common).astype(np.float32, copy=False)
    return made


def picture(samples: Floats) -> Floats:
    """Energy of the pitch classes: frames × CLASSES, smoothed over time, not normalised; of samples (−1 to 1) at RATE.

    No frame for less than FRAME samples.
    """
    count = max(0, (len(samples) - FRAME) // STEP + 1)
    energies = np.zeros((count, CLASSES), np.float32)
    window = (np.hamming(FRAME)).astype(np.float32)
    low, high, belongs = _belongs()
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::STEP] if count else samples[:0]
    for at in range(0, count, BATCH):
        spectrum = scipy.fft.rfft(frames[at : at + BATCH] * window, axis=1)[:, low:high]
        energies[at : at + BATCH] = (spectrum.real**2 + spectrum.imag**2) @ belongs
    if count < len(SMOOTH):
        return energies[:0]
    shifted = (energies[n : count - len(SMOOTH) + 1 + n] * np.float32(s) for n, s in enumerate(SMOOTH))
    smoothed: Floats = np.sum(list(shifted), axis=0, dtype=np.float32)
    return smoothed


@lru_cache(maxsize=1)
def _belongs() -> tuple[int, int, Floats]:
    """First and last bin of the spectrum that count, and to which pitch class each belongs (0 or 1)."""
    low, high = max(1, round(FRAME * LOWEST / RATE)), min(FRAME // 2, round(FRAME * HIGHEST / RATE))
    octave = np.log2(np.arange(low, high) * RATE / FRAME / 27.5)
    classes = (CLASSES * (octave - np.floor(octave))).astype(int)
    return low, high, np.eye(CLASSES, dtype=np.float32)[classes]


def semitones(fine: Floats, turned: int = 0) -> Floats:
    """Twelve normalised classes a frame, of the fine picture turned up by `turned` thirds of a semitone."""
    sums = twelve(np.roll(fine, turned, axis=1))
    length = np.sqrt((sums * sums).sum(axis=1, keepdims=True))
    return np.where(length < QUIET, 0, sums / np.maximum(length, 1e-12)).astype(np.float32)


def twelve(fine: Floats) -> Floats:
    """Energies of whole semitones, of the fine ones."""
    sums: Floats = fine.reshape(-1, 12, FINE).sum(axis=2)
    return sums


def stretched(fine: Floats, factor: float) -> Floats:
    """The fine picture played `factor` times as fast."""
    if factor == 1:
        return fine
    places = np.arange(0, max(0, len(fine) - 1), factor)
    first = places.astype(int)
    share = (places - first).astype(np.float32)[:, None]
    faster: Floats = fine[first] * (1 - share) + fine[first + 1] * share
    return faster


def fingerprint(classes: Floats) -> Bits:
    """Chromaprint's 32 bits a frame, of normalised classes (frames × 12); the last WIDEST − 1 frames have none."""
    count = len(classes) - WIDEST + 1
    if count < 1:
        return np.zeros(0, np.uint32)
    summed = np.zeros((len(classes) + 1, 13))
    summed[1:, 1:] = classes.astype(np.float64).cumsum(0).cumsum(1)
    bits = np.zeros(count, np.uint32)
    for (kind, first, height, width), thresholds in CLASSIFIERS:
        level = np.searchsorted(thresholds, _compared(summed, count, kind, first, height, width), side="right")
        bits = (bits << np.uint32(2)) | GRAY[level]
    return bits


def _compared(summed: NDArray[np.float64], count: int, kind: int, y: int, h: int, w: int) -> NDArray[np.float64]:
    """log((1 + one area) / (1 + the other)) of every frame; the six kinds are Chromaprint's filters 0 to 5."""

    def area(x0: int, y0: int, x1: int, y1: int) -> NDArray[np.float64]:
        found: NDArray[np.float64] = (
            summed[x1 : x1 + count, y1]
            - summed[x0 : x0 + count, y1]
            - summed[x1 : x1 + count, y0]
            + summed[x0 : x0 + count, y0]
        )
        return found

    half_w, half_h, third_w, third_h = w // 2, h // 2, w // 3, h // 3
    whole = area(0, y, w, y + h)
    if kind == 0:
        return np.log1p(whole)
    if kind == 1:
        one = area(0, y + half_h, w, y + h)
    elif kind == 2:
        one = area(half_w, y, w, y + h)
    elif kind == 3:
        one = area(0, y + half_h, half_w, y + h) + area(half_w, y, w, y + half_h)
    elif kind == 4:
        one = area(0, y + third_h, w, y + 2 * third_h)
    else:
        one = area(third_w, y, 2 * third_w, y + h)
    return np.log1p(np.maximum(one, 0)) - np.log1p(np.maximum(whole - one, 0))
