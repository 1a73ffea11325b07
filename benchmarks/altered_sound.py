"""What people do to a recording before they upload it: each alteration from samples to samples, the same every time.

Samples are mono, −1 to 1, 16,000 a second. Codecs are FFmpeg's own (through PyAV); tempo without pitch is its `atempo`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from scipy import signal

from benchmarks.music import RATE, talk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

Alteration = Callable[["Samples"], "Samples"]


def recoded(codec: str, bits: int, rate: int = RATE) -> Alteration:
    """Through a lossy codec and back."""
    from tests.detectors.recorded import sound

    media_type, demuxer = {
        "mp3": ("audio/mpeg", "mp3"),
        "aac": ("audio/mp4", "mov"),
        "opus": ("audio/ogg", "ogg"),
    }[codec]

    def alter(samples: Samples) -> Samples:
        data = sound(samples, media_type, RATE, bits)
        with av.open(io.BytesIO(data), "r", format=demuxer) as container:
            return _mono(container.decode(audio=0), rate)

    return alter


def filtered(*chain: tuple[str, str]) -> Alteration:
    """Through a chain of FFmpeg's filters, such as ("atempo", "1.1")."""

    def alter(samples: Samples) -> Samples:
        graph = av.filter.Graph()
        template: Any = graph.add_abuffer(sample_rate=RATE, format="flt", layout="mono", time_base=None)
        nodes = [template, *(graph.add(name, args) for name, args in chain), graph.add("abuffersink")]
        graph.link_nodes(*nodes).configure()
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1).astype(np.float32), format="flt", layout="mono")
        frame.sample_rate = RATE
        frame.pts = 0
        graph.push(frame)
        graph.push(None)
        return _mono(_pulled(graph), RATE)

    return alter


def tempo(factor: float) -> Alteration:
    """Faster (above 1) or slower at the same pitch."""
    return filtered(("atempo", str(factor)))


def speed(factor: float) -> Alteration:
    """Faster or slower as a turntable does it: the pitch goes along."""

    def alter(samples: Samples) -> Samples:
        return _resampled(samples, factor)

    return alter


def pitch(semitones: float) -> Alteration:
    """Higher or lower at the same tempo."""
    factor = 2 ** (semitones / 12)
    return lambda samples: tempo(1 / factor)(_resampled(samples, factor))


def noise(decibels: float) -> Alteration:
    """White noise under it, so many decibels below the music."""

    def alter(samples: Samples) -> Samples:
        dice = np.random.default_rng(5)
        loud = np.sqrt(np.mean(samples**2)) * 10 ** (-decibels / 20)
        return _fitted(samples + dice.normal(0, loud, len(samples)))

    return alter


def under_talk(decibels: float) -> Alteration:
    """Somebody talks over it, so many decibels louder than the music."""

    def alter(samples: Samples) -> Samples:
        said = talk()
        if not len(said):
            return samples
        start = int(abs(float(samples[:1000].sum())) * 1e4) % max(1, len(said) - len(samples))
        voice = np.resize(said[start:], len(samples))
        loud = np.sqrt(np.mean(samples**2)) * 10 ** (decibels / 20) / max(1e-6, np.sqrt(np.mean(voice**2)))
        return _fitted(samples + voice * loud)

    return alter


def equalised(samples: Samples) -> Samples:
    """Bass down, presence up, as a bright phone preset does: −12 dB under 250 Hz, +9 dB above 2.5 kHz."""
    low = signal.sosfilt(signal.butter(2, 250, "lowpass", fs=RATE, output="sos"), samples)
    high = signal.sosfilt(signal.butter(2, 2500, "highpass", fs=RATE, output="sos"), samples)
    return _fitted(samples - 0.75 * low + 1.8 * high)


def by_phone(samples: Samples) -> Samples:
    """A telephone line: 300 to 3,400 Hz, 8,000 samples a second, µ-law."""
    sos = signal.butter(4, (300, 3400), "bandpass", fs=RATE, output="sos")
    narrow = signal.resample_poly(signal.sosfilt(sos, samples), 1, 2)
    narrow = narrow / max(1e-6, np.abs(narrow).max())
    pressed = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    return _fitted(signal.resample_poly(np.sign(pressed) * np.expm1(np.abs(pressed) * np.log(256)) / 255, 2, 1))


def in_a_room(samples: Samples) -> Samples:
    """Played in a room with 0.8 s of reverberation and recorded on a phone."""
    dice = np.random.default_rng(6)
    t = np.arange(int(0.8 * RATE)) / RATE
    tail = dice.normal(0, 1, len(t)) * np.exp(-6.9 * t / 0.8)
    tail[0] = 12.0
    sos = signal.butter(2, (150, 6500), "bandpass", fs=RATE, output="sos")
    return _fitted(signal.sosfilt(sos, signal.fftconvolve(samples, tail)[: len(samples)]))


def clipped(samples: Samples) -> Samples:
    """So loud that a fifth of the samples is cut off."""
    top = float(np.quantile(np.abs(samples), 0.8))
    return np.clip(samples, -top, top) / max(top, 1e-6) * np.float32(0.9)


ALTERATIONS: dict[str, Alteration] = {
    "as it is": lambda samples: samples,
    "mp3 at 32k": recoded("mp3", 32_000),
    "opus at 24k": recoded("opus", 24_000),
    "clipped": clipped,
    "equalised": equalised,
    "in a room": in_a_room,
    "by phone": by_phone,
    "noise 10 dB below": noise(10),
    "noise as loud": noise(0),
    "talk as loud": under_talk(0),
    "talk 6 dB louder": under_talk(6),
    "speed +2 %": speed(1.02),
    "speed +5 %": speed(1.05),
    "speed −8 %": speed(0.92),
    "speed +12 %": speed(1.12),
    "speed +25 %": speed(1.25),
    "tempo +4 %": tempo(1.04),
    "tempo +10 %": tempo(1.10),
    "tempo −15 %": tempo(0.85),
    "tempo +25 %": tempo(1.25),
    "pitch +1": pitch(1),
    "pitch −2": pitch(-2),
    "pitch +3": pitch(3),
    "pitch −5": pitch(-5),
    "pitch +½": pitch(0.5),
    "pitch +2, tempo +10 %": lambda samples: tempo(1.1)(pitch(2)(samples)),
    "pitch +1, mp3, talk": lambda samples: recoded("mp3", 48_000)(under_talk(-3)(pitch(1)(samples))),
}


def _resampled(samples: Samples, factor: float) -> Samples:
    """Read `factor` times as fast."""
    up, down = (1000, round(1000 * factor))
    faster: Samples = signal.resample_poly(samples, up, down).astype(np.float32)
    return faster


def _fitted(samples: Any) -> Samples:
    loudest = float(np.abs(samples).max())
    quieter: Samples = (samples / loudest * 0.9 if loudest > 1 else samples).astype(np.float32)
    return quieter


def _pulled(graph: Any) -> Any:
    while True:
        try:
            yield graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _mono(frames: Any, rate: int) -> Samples:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    parts = [part.to_ndarray().reshape(-1) for frame in frames for part in resampler.resample(frame)]
    parts += [part.to_ndarray().reshape(-1) for part in resampler.resample(None)]
    return np.concatenate(parts).astype(np.float32)
