"""What a recording or a film sounds like, as one line of samples; call it only inside the sandbox.

Everybody hears the same 16,000 samples a second (speech needs no more, music is known by its lower half), so that a
file is decoded once for all detectors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av.audio.resampler
import numpy as np

from webapp.domain.matching.detector import CannotLook
from workers.detectors import picture, recordings

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 16_000
# Seconds that are heard: a song, a talk, an episode. Of what is longer the beginning is heard, and that is said.
LONGEST = 1800.0
SILENT = 1e-4  # of full scale, the loudest sample: below is digital silence (−80 dB)

_HEARD: dict[tuple[str, str], Sound] = {}


@dataclass(frozen=True)
class Sound:
    """Mono samples (−1 to 1, RATE a second), how many seconds the whole recording has, and whether less was heard."""

    samples: NDArray[np.float32]
    seconds: float
    cut: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """For Signals.notes."""
        return ("first_part_only",) if self.cut else ()


def heard(path: Path, media_type: str) -> Sound:
    """The sound of a file, decoded once for all who ask in this process. Raises CannotLook: what `recordings.opened`
    raises, and `no_sound` for a file without a sound track or with nothing on it."""
    key = (str(path), media_type)
    found = _HEARD.get(key) or _heard(path, media_type)
    if picture.sharing():
        _HEARD[key] = found
    return found


def _heard(path: Path, media_type: str) -> Sound:
    parts: list[NDArray[np.float32]] = []
    total, most = 0, int(LONGEST * RATE)
    with recordings.opened(path, media_type) as container:
        stream = recordings.stream_of(container, "audio")
        said = recordings.seconds_of(container, stream)
        for part in _decoded(container, stream):
            parts.append(part)
            total += len(part)
            if total > most:
                break
    samples = np.nan_to_num(np.concatenate(parts)[:most]) if parts else np.zeros(0, np.float32)
    if not len(samples) or float(np.abs(samples).max()) < SILENT:
        raise CannotLook("no_sound", "there is nothing to hear")
    cut = total > most
    return Sound(np.clip(samples, -1, 1), max(said, total / RATE) if cut else total / RATE, cut)


def _decoded(container: Any, stream: Any) -> Iterator[NDArray[np.float32]]:
    """Mono at RATE, as it comes. A recording that breaks off in the middle is heard up to there."""
    resampler = av.audio.resampler.AudioResampler(format="flt", layout="mono", rate=RATE)
    any_yet = False
    frames = container.decode(stream)
    while True:
        try:
            frame = next(frames, None)
            made = resampler.resample(frame)
        except recordings.BROKEN:
            if not any_yet:
                raise
            return
        for part in made:
            any_yet = True
            yield part.to_ndarray().reshape(-1).astype(np.float32, copy=False)
        if frame is None:
            return
