"""What happens to a voice before it is posted: codecs, noise, music under it, telephones, rooms, other speed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import music, voice_set
from tests.detectors.recorded import RATE, sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def _coded(media_type: str, bits: int, suffix: str) -> Callable[[Floats, int], Floats]:
    return lambda samples, _n: voice_set.decoded(suffix, io.BytesIO(sound(samples, media_type, bits=bits)).getvalue())


def _mixed(samples: Floats, under: Floats, decibels: float) -> Floats:
    under = np.resize(under, len(samples))
    gain = np.sqrt(np.mean(samples**2) / max(float(np.mean(under**2)), 1e-9)) * 10 ** (-decibels / 20)
    mixed: Floats = (samples + gain * under).astype(np.float32)
    return mixed * np.float32(0.5 / max(float(np.abs(mixed).max()), 1e-6))


def _noise(decibels: float) -> Callable[[Floats, int], Floats]:
    return lambda samples, n: _mixed(
        samples, np.random.default_rng(n).standard_normal(len(samples)).astype(np.float32), decibels
    )


def _song(decibels: float) -> Callable[[Floats, int], Floats]:
    def change(samples: Floats, n: int) -> Floats:
        found = music.recordings()
        return _mixed(samples, found[n % len(found)].excerpt(20, 30), decibels)

    return change


def _telephone(samples: Floats, _n: int) -> Floats:
    """300 to 3,400 hertz, with the slopes a real line has."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum *= np.clip((hertz - 150) / 200, 0, 1) * np.clip((3800 - hertz) / 500, 0, 1)
    narrow: Floats = np.fft.irfft(spectrum, len(samples)).astype(np.float32)
    return narrow


def _room(samples: Floats, n: int) -> Floats:
    """A bare room: half a second of fading echo."""
    t = np.arange(int(0.5 * RATE)) / RATE
    echo = np.random.default_rng(n).standard_normal(len(t)) * np.exp(-t * 13.8 / 0.5)
    echo[0] = 6.0
    size = len(samples) + len(echo)
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(echo, size), size)[: len(samples)]
    return _mixed(wet.astype(np.float32), np.zeros(1, np.float32), 0)


def _overdriven(samples: Floats, _n: int) -> Floats:
    clipped: Floats = np.clip(samples * 6, -0.5, 0.5).astype(np.float32)
    return clipped


def _faster(factor: float) -> Callable[[Floats, int], Floats]:
    """As a record played at another speed: tempo and pitch together."""

    def change(samples: Floats, _n: int) -> Floats:
        places = np.arange(0, len(samples) - 1, factor)
        other: Floats = np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
        return other

    return change


def _cut(seconds: float) -> Callable[[Floats, int], Floats]:
    return lambda samples, _n: samples[: int(seconds * RATE)]


CHANGES: dict[str, Callable[[Floats, int], Floats]] = {
    "Opus at 12 kbit/s": _coded("audio/ogg", 12_000, ".ogg"),
    "noise at 10 dB": _noise(10),
    "music at 5 dB": _song(5),
    "telephone": _telephone,
    "bare room": _room,
    "overdriven": _overdriven,
    "speed +12 %": _faster(1.12),
    "3 seconds": _cut(3),
}
