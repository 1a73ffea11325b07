"""Composes the pieces of music a melody detector brings to prove itself, note by note; nothing is stored."""

from __future__ import annotations

import io
import random
import wave
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from webapp.domain.matching.detector import Example

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 16_000
SCALE = (0, 2, 4, 5, 7, 9, 11)
OVERTONES = (1.0, 0.5, 0.33, 0.2, 0.1)
BEATS = 78  # half of it, which is what a file cut in two keeps, is too short to tell


def pieces() -> list[Example]:
    return [
        Example(name, "audio/wav", waved(played(*composed(seed))))
        for name, seed in (("a tune", 3), ("another tune", 11))
    ]


def composed(seed: int, beats: int = BEATS) -> tuple[list[tuple[float, float, int]], list[tuple[float, float, int]]]:
    """A tune that wanders and the triads under it: (beat, beats long, MIDI number) of each note. A seed is a piece."""
    dice = random.Random(seed)  # noqa: S311  # a tune, not a secret
    tune, chords, at, degree = [], [], 0.0, dice.randrange(7)
    while at < beats:
        long = dice.choice((0.5, 0.5, 1.0, 1.0, 1.5, 2.0))
        degree = max(-3, min(10, degree + dice.choice((-3, -2, -1, -1, 1, 1, 2, 4))))
        tune.append((at, long, 60 + 12 * (degree // 7) + SCALE[degree % 7]))
        at += long
    for bar in range(0, beats, 2):
        root = dice.choice((0, 1, 2, 3, 4, 5))
        chords += [(float(bar), 2.0, 48 + SCALE[(root + step) % 7]) for step in (0, 2, 4)]
    return tune, chords


def played(
    tune: Sequence[tuple[float, float, int]],
    chords: Sequence[tuple[float, float, int]] = (),
    beat: float = 0.5,
    keys: int = 0,
    overtones: Sequence[float] = OVERTONES,
) -> NDArray[np.float32]:
    """Mono samples at RATE: the tune louder than the chords, a beat of so many seconds, so many semitones higher."""
    end = max(at + long for at, long, _key in (*tune, *chords)) * beat
    made = np.zeros(int(end * RATE) + 1, np.float32)
    for notes, loud in ((tune, 0.2), (chords, 0.06)):
        for at, long, key in notes:
            t = np.arange(int(long * beat * RATE)) / RATE
            hertz = 440 * 2 ** ((key + keys - 69) / 12)
            tone = sum(s * np.sin(2 * np.pi * hertz * (n + 1) * t) for n, s in enumerate(overtones))
            fade = np.minimum(1, np.minimum(t, t[::-1]) / 0.01) * np.exp(-1.5 * t)
            start = int(at * beat * RATE)
            made[start : start + len(t)] += (loud * tone * fade).astype(np.float32)
    return made


def waved(samples: NDArray[np.float32], rate: int = RATE) -> bytes:
    """Samples as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()
