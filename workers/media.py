"""What previews of sound and film share: whether they can be made here, how long they span, how a file is walked.

Everything but `here` belongs inside the sandbox, and needs the group `media`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from webapp.domain.evidence import showing

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Seconds that can be played and are drawn as sound: as much as the detectors hear (detectors/sound.py).
LONGEST = showing.LONGEST
# Packets nobody can decode that are passed over before a file counts as broken off: a scratch, not the end of it.
SCRATCHES = 64


@lru_cache(maxsize=1)
def here() -> bool:
    """Whether the group `media` is installed. Loads it, so that a child forked later finds it loaded."""
    try:
        for name in ("recordings", "sound", "film"):
            import_module(f"workers.detectors.{name}")
    except ImportError:
        return False
    return True


def mono(path: Path, media_type: str, rate: int) -> Iterator[NDArray[np.float32]]:
    """The sound of a file as it comes, one channel, `rate` samples a second, −1 to 1. Raises CannotLook: what
    `recordings.opened` and `stream_of` raise; a recording that breaks off in the middle ends there."""
    from workers.detectors import recordings

    with recordings.opened(path, media_type) as container:
        stream = recordings.stream_of(container, "audio")
        turned = Resampled("flt", "mono", rate)
        for _stream, frame in decoded(container, (stream,)):
            yield from (part.to_ndarray().reshape(-1) for part in turned(frame))
        yield from (part.to_ndarray().reshape(-1) for part in turned(None))


class Resampled:
    """Sound of whatever kind turned into one kind, also where a recording changes its kind in the middle."""

    def __init__(self, format: str, layout: str, rate: int) -> None:
        self._format, self._layout, self._rate = format, layout, rate
        self._made: Any = None

    def __call__(self, frame: Any) -> list[Any]:
        """The frames that are ready; None for the last ones."""
        if self._made is None:
            if frame is None:
                return []
            self._made = self._new()
        try:
            return list(self._made.resample(frame))
        except ValueError:  # another kind of sound than before
            self._made = self._new()
            return list(self._made.resample(frame))

    def _new(self) -> Any:
        from av.audio.resampler import AudioResampler

        return AudioResampler(format=self._format, layout=self._layout, rate=self._rate)


def decoded(container: Any, streams: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    """(stream, frame) of these streams in the order of the file; what cannot be decoded is passed over.

    Raises the decoder's error if nothing at all could be decoded.
    """
    from workers.detectors import recordings

    packets = container.demux(*streams)
    any_yet, scratches = False, 0
    broken: Exception | None = None
    while scratches < SCRATCHES:
        try:
            packet = next(packets, None)
            if packet is None:
                break
            frames = packet.decode()
        except recordings.BROKEN as error:
            broken, scratches = error, scratches + 1
            continue
        for frame in frames:
            any_yet = True
            yield packet.stream, frame
    if broken is not None and not any_yet:
        raise broken


def lasts(path: Path, media_type: str, kind: str, most: float) -> float:
    """How many seconds of "audio" or "video" are truly there, up to `most`: by its packets, none decoded. What a file
    says of its own length may be missing or a lie."""
    from workers.detectors import recordings

    with recordings.opened(path, media_type) as container:
        stream = recordings.stream_of(container, kind)
        start = begin_of(stream)
        end = start
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except recordings.BROKEN:
                break
            if packet is None:
                break
            if packet.pts is not None and packet.time_base:
                end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
                if end - start > most:
                    return most
    return float(end - start)


def begin_of(stream: Any) -> Fraction:
    """When a stream begins, in seconds of its container: what detectors count as 0."""
    return Fraction(stream.start_time or 0) * Fraction(stream.time_base or 0)
