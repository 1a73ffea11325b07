"""Finds how one recording was played: by how many semitones higher, how many times faster, and where it then lies.

Blocks of ten seconds of the shorter side are laid over the longer one in every key and at every offset at once (a
two-dimensional correlation of their pitch classes), at seven tempos. What fits best is looked at closely with
fingerprints, which decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from scipy import ndimage

from workers.detectors import recording_lay, recording_print

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Bits = NDArray[np.uint32]

TEMPOS = tuple(1.09**n for n in range(-3, 4))  # 0.77 to 1.30; a block bears 5 % more or less
BLOCK, HOP = 81, 40  # frames: ten seconds, every five
USUAL = 65  # frames (eight seconds) over which the usual sound is taken away
MOST = 1_200_000  # frames correlated in all; of longer pairs fewer blocks are tried, spread over the whole
LOOKED_AT = 10  # candidates that are looked at closely
NEARBY = (-0.045, -0.03, -0.015, 0.0, 0.015, 0.03, 0.045)  # tempos around a candidate's
FARTHER = tuple(round(n / 50, 2) for n in range(-6, 7))
HOPELESS = 0.40  # share of bits that differ in the right key at any tempo nearby: other keys nearby are not tried
SLACK = 10  # frames


@dataclass(frozen=True)
class Played:
    """Thirds of a semitone and times as fast one side must be played to sound as the other; `share` of bits that
    differ then, where it fits best."""

    turned: int = 0
    stretched: float = 1.0
    share: float = recording_lay.NEVER


@dataclass(frozen=True)
class _Candidate:
    score: float
    at: int  # frame of the shorter side, at its own tempo
    there: int  # frame of the longer side
    turned: int
    stretched: float


def search(one: Floats, other: Floats) -> Played:
    """How `one` must be played to sound as `other` (fine pictures, the shorter first). Nothing found: share NEVER."""
    if min(len(one), len(other)) < recording_lay.WINDOW:
        return Played()
    best = Played()
    candidates = sorted(_candidates(one, other), key=lambda c: -c.score)[:LOOKED_AT]
    for candidate in candidates:
        best = min(best, _closely(one, other, candidate), key=lambda played: played.share)
    return best


def _candidates(one: Floats, other: Floats) -> Iterator[_Candidate]:
    size = scipy.fft.next_fast_len(len(other) + BLOCK, real=True)
    wanted = scipy.fft.rfft2(_unusual(other).T, (recording_print.CLASSES, size))
    for tempo in TEMPOS:
        rows = _unusual(recording_print.stretched(one, tempo))
        for start in _starts(len(rows), size):
            block = rows[start : start + BLOCK]
            spectrum = scipy.fft.rfft2(block.T, (recording_print.CLASSES, size))
            fits = scipy.fft.irfft2(wanted * spectrum.conj(), (recording_print.CLASSES, size))
            turned, there = divmod(int(fits.argmax()), size)
            there -= size if there > len(other) else 0
            turned -= recording_print.CLASSES if turned > recording_print.CLASSES // 2 else 0
            score = float(fits.max()) / len(block)
            yield _Candidate(score, int(start * tempo), there, turned, tempo)


def _starts(length: int, size: int) -> list[int]:
    """Where blocks begin; spread evenly where there are too many."""
    starts = list(range(0, max(1, length - BLOCK + 1), HOP))
    most = max(3, int(MOST / len(TEMPOS) / size))
    if len(starts) <= most:
        return starts
    return [starts[n] for n in np.linspace(0, len(starts) - 1, most).astype(int)]


def _unusual(fine: Floats) -> Floats:
    """What stands out of the last and next seconds; each frame of length 1, so that loud ones do not decide alone."""
    rows = np.sqrt(fine)
    rows = rows - ndimage.uniform_filter1d(rows, USUAL, axis=0, mode="nearest")
    length = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.where(length < 1e-3, 0, rows / np.maximum(length, 1e-3)).astype(np.float32)


def closer(one: Floats, other: Floats, at: int, there: int) -> Played:
    """How `one` must be played to fit better still than unchanged, where its frame `at` lies on frame `there`."""
    return _closely(one, other, _Candidate(0.0, max(0, at - SLACK), max(0, there - SLACK), 0, 1.0), FARTHER)


def _closely(one: Floats, other: Floats, candidate: _Candidate, tempos: tuple[float, ...] = NEARBY) -> Played:
    """The candidate with the key and tempo that fit best nearby."""
    start = max(0, candidate.there - SLACK)
    end = candidate.there + BLOCK + SLACK + recording_print.WIDEST
    bits = recording_print.fingerprint(recording_print.semitones(other[start:end]))
    best = Played()
    for turns in ((0,), (-1, 1)):
        for nearby in tempos:
            tempo = candidate.stretched * (1 + nearby)
            until = candidate.at + int((BLOCK + recording_print.WIDEST) * tempo) + 1
            rows = recording_print.stretched(one[candidate.at : until], tempo)
            for turn in turns:
                tried = recording_print.fingerprint(recording_print.semitones(rows, candidate.turned + turn))
                share = _nearest(tried, bits)
                if share < best.share:
                    best = Played(candidate.turned + turn, tempo, share)
        if best.share > HOPELESS:
            break
    return best


def _nearest(block: Bits, bits: Bits) -> float:
    """The smallest share of bits that differ while the block slides along, on as much as a window."""
    least = min(recording_lay.WINDOW, len(block))
    if not least or len(bits) < least:
        return recording_lay.NEVER
    sides = len(block) - least
    padded, known = np.pad(bits, sides), np.pad(np.ones(len(bits), np.uint8), sides)
    there = np.lib.stride_tricks.sliding_window_view(padded, len(block))
    over = np.lib.stride_tricks.sliding_window_view(known, len(block))
    differ = (recording_lay.differing(there, block) * over).sum(axis=1) / over.sum(axis=1)
    return float(differ.min()) / 32
