"""Which of the twelve tones sound when: what a recording's harmony and its leading voice are made of.

A spectrum of half a second in 0.128 s steps; only its peaks count, measured against their surroundings (so that
loudness, equaliser and instrument matter little), laid on a scale of 36 steps an octave that is moved to the tuning
of the recording. Harmony is all of it folded into one octave; the leading voice is the tone whose overtones explain
most in the range people sing in, frame by frame, folded likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE = 16_000  # of the samples (`sound.RATE`)
WINDOW, HOP = 8192, 2048
STEPS = 3  # of a semitone
LOW, OCTAVES = 82.41, 5.5  # hertz of the lowest tone counted (E2), and how far up
TOP = int(12 * STEPS * OCTAVES)
GROUP = 4  # spectra that make one frame: 0.512 s
SECONDS = HOP * GROUP / RATE
OVERTONES = ((1, 1.0), (2, 0.8), (3, 0.6), (4, 0.5), (5, 0.35), (6, 0.25), (7, 0.15), (8, 0.15))
BLOCK = 20  # frames that are music or not: 10.2 s
# How far peaks stand out (octaves above their surroundings): below NOISY there are no tones (noise 1.6, drums 0.8);
# from CLEAR on it is music. Between the two lie speech (2.2 to 2.7) and dense music, which has few PAUSES (music up to
# 0.19, three speakers at least 0.27; measured on the sets of benchmarks/music.py).
NOISY, CLEAR, PAUSES = 1.75, 3.2, 0.23
SUNG = (147.0, 1050.0)  # hertz between which the leading voice is looked for


@dataclass(frozen=True)
class Tones:
    """Frames of SECONDS × 12 pitch classes (C first), each frame's largest 1, nought where there is no music.

    `music`: seconds of it, in all.
    """

    harmony: Floats
    lead: Floats
    music: float


def tones(samples: Floats) -> Tones:
    """What sounds in mono samples at RATE. Work and memory grow with the length only."""
    logs, prominent = _logs(samples)
    grouped = len(logs) // GROUP
    music = _music(samples, prominent[: grouped * GROUP].reshape(grouped, GROUP).mean(axis=1))
    if not music.any():
        empty = np.zeros((grouped, 12), np.float32)
        return Tones(empty, empty, 0.0)
    logs = _tuned(logs)[: grouped * GROUP]
    frames = logs.reshape(grouped, GROUP, TOP)
    harmony, lead = _fold(_lasting(frames)), _lead(_salience(logs).reshape(grouped, GROUP, TOP))
    return Tones(_scaled(harmony) * music[:, None], _scaled(lead) * music[:, None], float(music.sum() * SECONDS))


def _music(samples: Floats, prominent: Floats) -> NDArray[np.bool_]:
    """Which frames belong to music, by blocks of ten seconds: noise and drums have no tones that stand out, speech has
    weak ones and pauses between syllables and sentences, which music fills."""
    made = np.zeros(len(prominent), bool)
    for start in range(0, len(made), BLOCK):
        # A short rest goes with the block before it.
        part = slice(max(0, len(made) - BLOCK) if start + BLOCK > len(made) else start, start + BLOCK)
        strength = prominent[part]
        sounding = strength[strength > 0]
        if len(sounding) * 4 < len(strength):
            continue
        middle = float(np.median(sounding))
        heard = samples[part.start * GROUP * HOP : part.stop * GROUP * HOP]
        made[start : start + BLOCK] = middle >= CLEAR or (middle >= NOISY and _pauses(heard) < PAUSES)
    return made


def _pauses(samples: Floats) -> float:
    """The share of twentieths of a second that are much quieter than the two seconds around them."""
    piece, around = RATE // 20, 40
    count = len(samples) // piece
    if count < around:
        return 0.0
    loud = np.sqrt((samples[: count * piece].reshape(count, piece) ** 2).mean(axis=1))[: count // around * around]
    spans = loud.reshape(-1, around)
    means = spans.mean(axis=1, keepdims=True)
    sounding = spans[means[:, 0] > 1e-3]
    if not len(sounding):
        return 1.0
    return float((sounding < 0.3 * sounding.mean(axis=1, keepdims=True)).mean())


def _lasting(frames: Floats) -> Floats:
    """Each frame's tones, a stroke that is over at once cut down to twice what lasts."""
    made: Floats = np.minimum(frames.mean(axis=1), 2 * np.median(frames, axis=1))
    return made


def _logs(samples: Floats) -> tuple[Floats, Floats]:
    """Peaks of the spectra on the scale of tones, spectra × TOP, and how far the five highest stand out in each."""
    mapping = _mapping()
    bins = mapping.shape[0]
    count = max(0, (len(samples) - WINDOW) // HOP + 1)
    window = np.hanning(WINDOW).astype(np.float32)
    made, prominent = np.zeros((count, TOP), np.float32), np.zeros(count, np.float32)
    views = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP] if count else np.zeros((0, WINDOW))
    for start in range(0, count, 128):
        part = np.abs(np.fft.rfft(views[start : start + 128] * window, axis=1)[:, :bins]).astype(np.float32)
        peaks = _peaks(part)
        prominent[start : start + 128] = np.partition(peaks, bins - 5, axis=1)[:, bins - 5 :].mean(axis=1)
        made[start : start + 128] = peaks @ mapping
    return made, prominent


def _peaks(spectra: Floats) -> Floats:
    """What is larger than both neighbours and than twice its surroundings, compressed; the rest is nought."""
    around = 100  # bins each side: 195 Hz
    summed = np.cumsum(np.pad(spectra, ((0, 0), (around + 1, around)), mode="edge"), axis=1)
    local = (summed[:, 2 * around + 1 :] - summed[:, : -2 * around - 1]) / (2 * around + 1)
    local = np.maximum(local, 1e-9)
    loud = spectra.max(axis=1, keepdims=True)
    peaks = np.zeros_like(spectra)
    inner = spectra[:, 1:-1]
    top = (inner > spectra[:, :-2]) & (inner >= spectra[:, 2:]) & (inner > 2 * local[:, 1:-1]) & (inner > 1e-3 * loud)
    peaks[:, 1:-1] = np.where(top, np.log2(np.maximum(inner, 1e-9) / local[:, 1:-1]), 0)
    peaks[loud[:, 0] < 1e-2] = 0  # silence has peaks too
    return peaks


@lru_cache(maxsize=1)
def _mapping() -> Floats:
    """Bins × TOP: each bin shared by the two nearest steps."""
    highest = LOW * 2**OCTAVES
    bins = int(highest * WINDOW / RATE) + 1
    hertz = np.maximum(np.arange(bins) * RATE / WINDOW, 1e-3)
    step = 12 * STEPS * np.log2(hertz / LOW)
    low = np.floor(step).astype(int)
    mapping = np.zeros((bins, TOP), np.float32)
    for offset in (0, 1):
        at, share = low + offset, 1 - np.abs(step - low - offset)
        fits = (at >= 0) & (at < TOP)
        mapping[np.flatnonzero(fits), at[fits]] += share[fits]
    return mapping


def _tuned(logs: Floats) -> Floats:
    """Moved so that the tones lie in the middle of their semitones."""
    strength = logs.sum(axis=0)
    phase = np.exp(2j * np.pi * np.arange(TOP) / STEPS)
    shift = float(np.angle((strength * phase).sum()) / (2 * np.pi) * STEPS)  # −1.5 to 1.5 steps
    low = int(np.floor(shift))
    share = np.float32(shift - low)
    return (1 - share) * np.roll(logs, -low, axis=1) + share * np.roll(logs, -low - 1, axis=1)


def _salience(logs: Floats) -> Floats:
    """How much of the spectrum the overtones of each tone explain."""
    made = np.zeros_like(logs)
    for number, weight in OVERTONES:
        offset = round(12 * STEPS * np.log2(number))
        made[:, : TOP - offset] += np.float32(weight) * logs[:, offset:]
    return made


def _lead(salient: Floats) -> Floats:
    """The strongest tones in the range of singing, nearly alone, folded."""
    low, high = (round(12 * STEPS * np.log2(edge / LOW)) for edge in SUNG)
    part = salient.copy()
    part[:, :, :low] = 0
    part[:, :, high:] = 0
    best = part.max(axis=2, keepdims=True)
    part = np.where(best > 0, part / np.maximum(best, 1e-9), 0) ** 8
    return _fold(part.mean(axis=1))


def _fold(frames: Floats) -> Floats:
    """TOP steps to 12 pitch classes, the lowest being C."""
    semitones = frames.copy()
    semitones[:, 1:] += 0.5 * frames[:, :-1]
    semitones[:, :-1] += 0.5 * frames[:, 1:]
    semitones = semitones[:, ::STEPS]
    folded = np.zeros((len(frames), 12), np.float32)
    for at in range(semitones.shape[1]):
        folded[:, (at + 4) % 12] += semitones[:, at]  # LOW is an E
    return folded


def _scaled(frames: Floats) -> Floats:
    made: Floats = (frames / np.maximum(frames.max(axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return made


def to_bytes(tones: Tones) -> bytes:
    """Two values of sixteen levels a byte: harmony, then leading voice."""
    both = np.concatenate([tones.harmony, tones.lead], axis=1)
    levels = np.clip(np.round(both * 15), 0, 15).astype(np.uint8)
    return bytes((levels[:, ::2] << 4 | levels[:, 1::2]).tobytes())


def from_bytes(data: bytes, frames: int) -> Tones:
    """Read back what `to_bytes` wrote. Raises ValueError if it is not so many frames."""
    if len(data) != frames * 12:
        raise ValueError("a stored tune is cut short")
    packed = np.frombuffer(data, np.uint8).reshape(frames, 12)
    levels = np.stack([packed >> 4, packed & 15], axis=2).reshape(frames, 24)
    both: Floats = levels.astype(np.float32) / np.float32(15)
    sounding = float((both.max(axis=1) > 0).sum() * SECONDS)
    return Tones(both[:, :12], both[:, 12:], sounding)


def warm() -> None:
    """Makes what is made once, before the sandbox forks."""
    _mapping()
