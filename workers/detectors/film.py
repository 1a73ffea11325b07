"""The frames of a film, so many a second, as a person sees them; call it only inside the sandbox.

A long film is looked at by its key frames only, which cost a hundredth: it is said of it (`key_frames_only`).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from webapp.domain.matching.detector import CannotLook
from workers.detectors import recordings

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Seconds up to which every frame is decoded. Full decode of 1080p runs at 2.5 to 5 times its own speed (matching.md
# §10), so ten minutes cost up to four.
WHOLE = 600.0
BACK = (0.0, 5.0, 20.0)  # seconds before a moment from which it is sought
LEAD = 3.0  # seconds by which a stream's packets may come before their pictures are shown
SAME = 0.02  # seconds by which a frame's time may be off
LONGEST = 4 * 3600.0  # nothing behind that is looked at (`first_part_only`)


@dataclass(frozen=True)
class Frame:
    """One picture of a film: seconds from its beginning, and RGB pixels (height × width × 3)."""

    at: float
    picture: NDArray[np.uint8]


@dataclass(frozen=True)
class About:
    """What a file says of itself before anything is decoded; sizes as a person sees them, 0.0 seconds if unsaid."""

    seconds: float
    width: int
    height: int
    sounds: bool
    key_frames_only: bool
    cut: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """For Signals.notes."""
        return (("key_frames_only",) if self.key_frames_only else ()) + (("first_part_only",) if self.cut else ())


def about(path: Path, media_type: str) -> About:
    """Raises CannotLook: what `recordings.opened` raises, and `no_pictures`."""
    with recordings.opened(path, media_type) as container:
        stream = recordings.stream_of(container, "video")
        seconds = recordings.seconds_of(container, stream)
        width, height = stream.codec_context.width, stream.codec_context.height
        sounds = any(s.type == "audio" for s in container.streams)
    with closing(frames(path, media_type, every=LONGEST, side=0)) as seen:
        height, width = next(seen).picture.shape[:2]  # its first frame; it always gives one, or says why not
    return About(seconds, width, height, sounds, seconds > WHOLE, seconds > LONGEST)


def frames(path: Path, media_type: str, every: float, side: int) -> Generator[Frame]:
    """About one frame in `every` seconds, its longest side at most `side` pixels (0: as it is), turned upright.

    Of a film longer than WHOLE the key frames, still no more than one in `every` seconds. Raises CannotLook before the
    first frame; a film that breaks off in the middle is seen up to there.
    """
    with recordings.opened(path, media_type) as container:
        stream = recordings.stream_of(container, "video")
        if recordings.seconds_of(container, stream) > WHOLE:
            stream.codec_context.skip_frame = "NONKEY"
        yield from _sampled(container, stream, every, side)


def frames_at(path: Path, media_type: str, moments: list[float], side: int) -> Iterator[Frame]:
    """The frame nearest before or at each moment (seconds, ascending), found by seeking."""
    with recordings.opened(path, media_type) as container:
        stream = recordings.stream_of(container, "video")
        for moment in moments:
            found = _sought(container, stream, moment)
            if found is not None:
                recordings.checked(found.width, found.height)
                yield Frame(_at(found, stream), _picture(found, side))


def _sought(container: Any, stream: Any, moment: float) -> Any:
    """The frame nearest before or at a moment, else the first after it; None where there is none.

    Recordings of streams have no index: what is found by seeking may lie behind the last key frame, so that nothing
    before the moment can be decoded from there. Then it is sought from earlier, at last from the beginning.
    """
    start = float((stream.start_time or 0) * stream.time_base)
    last = None
    for back in (*(back for back in BACK if back <= moment), moment + LEAD):
        try:
            container.seek(int((moment - back + start) / stream.time_base), stream=stream, backward=True)
        except recordings.BROKEN:
            continue  # some formats refuse to go before their beginning
        last = None
        for frame in container.decode(stream):
            if last is not None and _at(frame, stream) > moment + SAME:
                break
            last = frame
        if last is not None and _at(last, stream) <= moment + SAME:
            break
    return last


def _sampled(container: Any, stream: Any, every: float, side: int) -> Iterator[Frame]:
    due, seen = 0.0, False
    decoded = container.decode(stream)
    while True:
        try:
            frame = next(decoded, None)
        except recordings.BROKEN:
            if not seen:
                raise
            return
        if frame is None or (at := _at(frame, stream)) > LONGEST:
            break
        if at + 1e-6 < due:
            continue
        recordings.checked(frame.width, frame.height)
        due = max(due + every, at + every / 2)
        seen = True
        yield Frame(at, _picture(frame, side))
    if not seen:
        raise CannotLook("no_pictures", "there is no frame to be decoded in it")


def _at(frame: Any, stream: Any) -> float:
    """Seconds from the first frame's own time; a file without times is counted as it comes."""
    if frame.pts is None or frame.time_base is None:
        return 0.0
    start = stream.start_time or 0
    return max(0.0, float((frame.pts - start) * frame.time_base))


def _picture(frame: Any, side: int) -> NDArray[np.uint8]:
    share = min(1.0, side / max(frame.width, frame.height)) if side else 1.0
    size = (max(2, round(frame.width * share)), max(2, round(frame.height * share)))
    plain = frame.reformat(width=size[0], height=size[1], format="rgb24", interpolation="AREA")
    seen: NDArray[np.uint8] = plain.to_ndarray()
    turned = int(getattr(frame, "rotation", 0) or 0) % 360  # degrees counter-clockwise, out of the display matrix
    return np.ascontiguousarray(np.rot90(seen, turned // 90)) if turned % 90 == 0 and turned else seen
