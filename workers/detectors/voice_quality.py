"""Says what makes a voice hard to tell by: too little speech, noise, music, overdriven or telephone sound.

No network is asked. Figures: measured on 234 clips of 54 speakers and spoilt copies of them (see `voices.toml`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workers.detectors.voice_speech import Speech

    Floats = NDArray[np.float32]

# The order is that in which they are told.
WARNINGS = ("short", "noisy", "music", "clipped", "narrow")

RATE = 16_000
SHORT = 5.0  # seconds of speech; from two on a voice is measured, from five on well (matching.md §7)
HEARD = 120 * RATE  # samples that are looked at, at most
FRAME = 512
NOISY = 18.0  # decibels between loud and quiet moments: clean speech has 22 and more, with noise at 10 dB at most 17
OVER, OVERDRIVEN = 0.93, 0.02  # share of the peak that counts as near it, share of samples so near
HIGH, LOW, TELEPHONE = (4500, 7000), (300, 3400), -45.0  # bands in hertz, decibels between them
LONG, STEP = 2048, 512  # samples of a long frame for tones, and between two
TONES = (300, 3200)  # hertz
QUIETER, FLOOR = 40, 0.01  # the quieter share of moments, in percent, and of the loudest what is as good as silent
STANDS_OUT, HOLDS = 1.2, 5  # a tone against its surroundings (natural logarithm), frames it holds: 0.26 seconds
MUSIC = 0.1  # held tones a frame: clean speech and noise have less in 99 of 100 clips, music at 5 dB more in 78


def warnings(speech: Speech, samples: Floats) -> tuple[str, ...]:
    """Codes out of WARNINGS for the speech found in `samples`."""
    line = speech.line[:HEARD]
    whole = samples[speech.segments[0][0] : speech.segments[-1][1]][:HEARD]
    found = {
        "short": speech.seconds < SHORT,
        "noisy": dynamics(whole) < NOISY,
        "music": held_tones(whole) > MUSIC,
        "clipped": overdriven(line) > OVERDRIVEN,
        "narrow": high_share(line) < TELEPHONE,
    }
    return tuple(code for code in WARNINGS if found[code])


def dynamics(samples: Floats) -> float:
    """Decibels between the loud and the quiet moments: noise and music fill the pauses between words."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    if not len(frames):
        return 0.0
    level = 10 * np.log10((frames.astype(np.float64) ** 2).mean(1) + 1e-9)
    return float(np.percentile(level, 90) - np.percentile(level, 5))


def overdriven(samples: Floats) -> float:
    """Share of samples near the peak: speech seldom is, a limiter at its end always."""
    size = np.abs(samples)
    return float((size > OVER * max(float(size.max(initial=0)), 1e-6)).mean())


def high_share(samples: Floats) -> float:
    """Decibels of what lies above a telephone's band against what lies within it."""
    power = _spectra(samples, FRAME, FRAME) ** 2
    hertz = np.arange(power.shape[1]) * RATE / FRAME
    high, low = (power[:, (hertz >= a) & (hertz < b)].sum() for a, b in (HIGH, LOW))
    return float(10 * np.log10((high + 1e-12) / (low + 1e-12)))


def held_tones(samples: Floats) -> float:
    """How many tones hold their pitch for a quarter of a second in the quieter moments, on average.

    A voice glides and pauses; instruments hold their notes, and play on while nobody speaks.
    """
    sizes = _spectra(samples, LONG, STEP)
    if len(sizes) < HOLDS:
        return 0.0
    spectra = np.log(sizes + FLOOR * np.percentile(sizes, 99.5) + 1e-9)
    first, last = (round(hertz * LONG / RATE) for hertz in TONES)
    middle = spectra[:, first:last]
    around = np.lib.stride_tricks.sliding_window_view(spectra[:, first - 8 : last + 8], 17, axis=1)
    peaks = (middle >= around[..., 6:11].max(-1)) & (middle > around.mean(-1) + STANDS_OUT)
    held = peaks[HOLDS - 1 :].copy()
    for back in range(1, HOLDS):
        held &= peaks[HOLDS - 1 - back : len(peaks) - back]
    level = (sizes[HOLDS - 1 :] ** 2).mean(1)
    quiet = level <= np.percentile(level, QUIETER)
    return float(held.sum(1)[quiet].mean())


def _spectra(samples: Floats, size: int, step: int) -> Floats:
    """Magnitudes of frames of `size` samples, `step` apart."""
    if len(samples) < size:
        samples = np.pad(samples, (0, size - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::step]
    return np.abs(np.fft.rfft(frames * np.hanning(size).astype(np.float32), axis=1)).astype(np.float32)
