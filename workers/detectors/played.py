"""Tunes that detectors of sound bring along to prove themselves: played here by arithmetic, never stored."""

from __future__ import annotations

import io
import random
import wave
from typing import TYPE_CHECKING

import numpy as np

from webapp.domain.matching.detector import Example

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE = 16_000
BEAT = 0.35  # seconds
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "pentatonic": (0, 2, 4, 7, 9)}


def tunes() -> list[Example]:
    """Two tunes of 17 seconds with an accompaniment, each of its own notes."""
    return [
        Example(name, "audio/wav", wav(tune(seed, scale)))
        for seed, (name, scale) in enumerate((("a tune in major", "major"), ("a pentatonic tune", "pentatonic")))
    ]


def tune(seed: int, scale: str = "major", beats: int = 48) -> Floats:
    """A tune that wanders through a scale over slower chords: mono samples (−1 to 1), RATE a second."""
    dice = random.Random(seed)  # noqa: S311  # a tune, no secret
    steps, root, place = SCALES[scale], 57 + 5 * seed % 7, 4
    samples = np.zeros(int((beats + 4) * BEAT * RATE), np.float32)
    for beat in range(beats):
        place = min(13, max(0, place + dice.choice((-3, -2, -1, 1, 2, 4))))
        if dice.random() < 0.85:
            _strike(samples, beat, dice.choice((1, 1, 2)), root + _note(steps, place), 0.22)
        if beat % 4 == 0:
            chord = dice.randrange(len(steps))
            for third in (0, 2, 4):
                _strike(samples, beat, 4, root - 12 + _note(steps, chord + third), 0.09)
    return samples[: int(beats * BEAT * RATE)]


def _note(steps: tuple[int, ...], place: int) -> int:
    return 12 * (place // len(steps)) + steps[place % len(steps)]


def _strike(samples: Floats, beat: int, long: int, note: int, loud: float) -> None:
    t = np.arange(int(long * BEAT * RATE)) / RATE
    hertz = 440 * 2 ** ((note - 69) / 12)
    tone = sum(strength * np.sin(2 * np.pi * hertz * (n + 1) * t) for n, strength in enumerate((1, 0.5, 0.3, 0.15)))
    shape = np.minimum(1, t / 0.015) * np.exp(-2.5 * t) * np.minimum(1, (t[-1] - t) / 0.03)
    start = int(beat * BEAT * RATE)
    samples[start : start + len(t)] += (loud * tone * shape).astype(np.float32)


def wav(samples: Floats) -> bytes:
    """Mono samples as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()
