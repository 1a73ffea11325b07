"""Makes the demo's song and what a model made of it: one backing, one tune, two voices."""

from __future__ import annotations

import wave
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

RATE = 16_000
BEAT = 0.6  # seconds
CHORDS = ((57, 60, 64), (53, 57, 60), (60, 64, 67), (55, 59, 62))  # A minor, F, C, G: one a bar of four beats
# The tune of two verses and a bridge: (MIDI note, beats); 0 is a rest.
_TUNE = """
69 1, 72 1, 76 1.5, 74 .5, 72 2, 69 1, 0 1, 67 1, 72 1, 76 1, 79 1, 74 2, 71 1, 0 1,
76 1.5, 77 .5, 76 1, 72 1, 69 2, 65 1, 0 1, 64 1, 67 1, 72 1.5, 71 .5, 69 3, 0 1,
79 1, 77 1, 76 1.5, 74 .5, 72 1, 76 1, 81 2, 79 .5, 77 .5, 76 1, 72 1, 74 1, 71 1, 67 2, 69 3, 0 1
"""
TUNE = [(int(note), float(beats)) for note, beats in (part.split() for part in _TUNE.split(","))]
# Strength of the overtones: hers is round, the model's is thin and a little out of breath.
HERS, MODELS = (1, 0.45, 0.3, 0.12, 0.05), (0.7, 0.7, 0.55, 0.4, 0.3, 0.2)


def song() -> Any:
    """“Night Ferry” as she recorded it: mono samples, −1 to 1."""
    tune = _lead(HERS, vibrato=0.004)
    return _level(_backing(len(tune)) * 0.55 + tune)


def cover() -> Any:
    """What the model made of it: her cloned voice greets, then another voice sings her tune over her own backing."""
    tune = _lead(MODELS, vibrato=0.012, breath=0.02)
    return np.concatenate([_greeting() * 0.9, np.zeros(RATE // 2), _level(_backing(len(tune)) * 0.6 + tune)])


def write(samples: Any, path: Path) -> None:
    """As a WAV file of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def _tone(note: float, seconds: float, overtones: tuple[float, ...], vibrato: float = 0.0) -> Any:
    t = np.arange(int(seconds * RATE)) / RATE
    hertz = 440 * 2 ** ((note - 69) / 12) * (1 + vibrato * np.sin(2 * np.pi * 5.5 * t))
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    made = sum(s * np.sin(phase * (n + 1)) for n, s in enumerate(overtones))
    return made * np.minimum(1, np.minimum(t / 0.03, (seconds - t) / 0.06))


def _lead(overtones: tuple[float, ...], vibrato: float, breath: float = 0.0) -> Any:
    parts = []
    for note, beats in TUNE:
        seconds = beats * BEAT
        parts.append(_tone(note, seconds, overtones, vibrato) if note else np.zeros(int(seconds * RATE)))
    made = 0.3 * np.concatenate(parts)
    return made + breath * np.random.default_rng(6).normal(size=len(made)) * (np.abs(made) > 0.01)


def _backing(length: int) -> Any:
    """Chords, a bass and a brush on every beat."""
    made = np.zeros(length)
    brush = np.random.default_rng(7).normal(size=int(0.08 * RATE)) * np.exp(-np.arange(int(0.08 * RATE)) / 200)
    bar = int(4 * BEAT * RATE)
    for number, start in enumerate(range(0, length, bar)):
        chord = CHORDS[number % len(CHORDS)]
        for note in (*chord, chord[0] - 12):
            tone = 0.14 * _tone(note, 4 * BEAT, (1, 0.5, 0.25, 0.2, 0.1))
            made[start : start + bar] += tone[: max(0, length - start)][: len(made[start : start + bar])]
        for beat in range(4):
            at = start + int(beat * BEAT * RATE)
            made[at : at + len(brush)] += 0.05 * brush[: max(0, length - at)]
    return made


def _greeting() -> Any:
    """A sentence in the voice of her that flite's “slt” lends (see recordings/README.md): 8 bits, mono."""
    named = files("demo.platform").joinpath("recordings/su-wan-intro.wav")
    with named.open("rb") as stream, wave.open(stream) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.uint8) / 127.5 - 1


def _level(samples: Any) -> Any:
    return samples * (0.85 / np.abs(samples).max())
