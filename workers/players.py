"""Re-encodes a recording into what the desk's players play: the original is never handed to a browser to play.

A film becomes H.264 and AAC in MP4, its shorter side at most 480 pixels; sound AAC in M4A. New pictures, new sound, no
metadata, the index in front so that a player can go to any place by ranges. Needs the group `media`.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from webapp.domain.matching.detector import CannotLook
from workers import media, previews
from workers.boxes import index_in_front
from workers.previews import Rendition
from workers.sandbox import run_limited

HIGH = 480  # pixels of the shorter side; faces and subtitles can be made out, and it is a tenth of a phone film's bytes
HIGH_LONG = 360
LONG = 600.0  # seconds from which a film gets fewer pixels: it gets fewer bits
FRAMES = 30  # a second, at most
KEY_SECONDS = 2  # between frames a player can go to at once
QUALITY = "26"  # x264's CRF: below 23 the bytes double, above 28 skin begins to swim
MOST_BITS = 1_000_000  # a second
MOST_BYTES = 56 * 1024 * 1024  # what a sandboxed child may answer is 64 MB
SOUND_BITS, FILM_SOUND_BITS = 128_000, 64_000
SOUND_RATE = 44_100
TICKS = 90_000  # of a film's clock a second
# Decoding 1080p and encoding 480p runs at about twice a film's speed on one processor: half an hour costs a quarter.
# When the time is up what there is is kept, and its seconds say how far it goes.
MOST_SECONDS_OF_WORK = 1200.0
CPU, WALL, MEMORY = 1500, 3000.0, 1536 * 1024 * 1024
BT709, UNSAID, BT601, NARROW = 1, 2, 5, 1  # colour spaces and the range of H.273, which FFmpeg counts by
LARGE = 720  # pixels of height from which a film that says nothing is BT.709
ONE_THREAD = "threads=1:lookahead-threads=1:sync-lookahead=0"  # the sandbox allows no second one


def make(path: Path, media_type: str, beat: Callable[[], None] | None = None) -> Rendition:
    """ "play" of a sound or film: `seconds` is how much of it can be played (at most `media.LONGEST`).

    Decodes and encodes in the sandbox; `beat` as it calls it. Raises CannotLook with the reason.
    """
    limits: dict[str, Any] = {"cpu": CPU, "wall": WALL, "memory": MEMORY}
    (made,) = previews.unpacked(run_limited(_encoded, path, media_type, beat=beat, **limits))
    return made


def _encoded(path: Path, media_type: str) -> bytes:
    """In the child."""
    from workers.detectors import recordings

    out = io.BytesIO()
    with recordings.opened(path, media_type) as container:
        pictures = _stream(container, "video") if media_type.startswith("video/") else None
        sound = _stream(container, "audio")
        size = (0, 0)
        if pictures is not None:
            try:
                size = _size(path, media_type, pictures)
            except CannotLook as why:
                if why.code != "no_pictures" or sound is None:
                    raise
                pictures = None  # a track of pictures without a picture in it: its sound is played
        if pictures is None and sound is None:
            raise CannotLook("no_sound", "there is neither sound nor a moving picture in it")
        seconds = _written(out, container, pictures, sound, size)
    if not seconds:
        raise CannotLook("truncated", "there is nothing in it that can be decoded")
    kind = "audio/mp4" if pictures is None else "video/mp4"
    return previews.packed([Rendition("play", kind, *size, index_in_front(out.getvalue()), seconds)])


def _stream(container: Any, kind: str) -> Any:
    """The best stream of a kind, None where there is none. Raises CannotLook if it cannot be decoded here."""
    from workers.detectors import recordings

    try:
        return recordings.stream_of(container, kind)
    except CannotLook as why:
        if why.code in ("no_sound", "no_pictures"):
            return None
        raise


def _size(path: Path, media_type: str, stream: Any) -> tuple[int, int]:
    """Width and height of what is made: as a person sees it, even numbers, no larger than it is."""
    from workers.detectors import film

    seen = film.about(path, media_type)
    share = min(1.0, (HIGH_LONG if _said(stream) > LONG else HIGH) / min(seen.width, seen.height))
    return max(2, round(seen.width * share / 2) * 2), max(2, round(seen.height * share / 2) * 2)


def _written(out: io.BytesIO, container: Any, pictures: Any, sound: Any, size: tuple[int, int]) -> float:
    """Everything decoded and encoded anew, up to the limits; gives the seconds that were written."""
    import av

    ends = time.process_time() + MOST_SECONDS_OF_WORK
    streams = tuple(s for s in (pictures, sound) if s is not None)
    # Sound and pictures keep their distance; what starts first starts at 0.
    begin = min(media.begin_of(stream) for stream in streams)
    done = 0.0
    with av.open(out, "w", format="mp4") as file:
        tracks: dict[int, _Pictures | _Sound] = {}
        if pictures is not None:
            tracks[pictures.index] = _Pictures(file, pictures, begin, size)
        if sound is not None:
            tracks[sound.index] = _Sound(file, sound, begin, SOUND_BITS if pictures is None else FILM_SOUND_BITS)
        for stream, frame in media.decoded(container, streams):
            track = tracks[stream.index]
            for packet in track.encoded(frame):
                file.mux(packet)
            done = max(done, track.seconds)
            if done >= media.LONGEST or out.tell() > MOST_BYTES or time.process_time() > ends:
                break
        for track in tracks.values():
            for packet in track.rest():
                file.mux(packet)
    return min(done, media.LONGEST)


class _Pictures:
    """The pictures of a film, smaller and anew."""

    def __init__(self, file: Any, stream: Any, begin: Fraction, size: tuple[int, int]) -> None:
        self.seconds = 0.0
        self._begin, self._last = begin, -1
        self._step = (
            TICKS // FRAMES * 9 // 10
        )  # a film of 30 frames a second with times that are a little off keeps all
        self._made = file.add_stream("libx264", rate=FRAMES)
        self._made.width, self._made.height = size
        self._made.pix_fmt = "yuv420p"
        self._made.codec_context.time_base = Fraction(1, TICKS)
        self._made.codec_context.gop_size = FRAMES * KEY_SECONDS
        most = str(_bits(_said(stream)))
        self._made.codec_context.options = {
            "preset": "veryfast",
            "crf": QUALITY,
            "maxrate": most,
            "bufsize": most,
            "x264-params": ONE_THREAD,
        }
        self._made.codec_context.thread_count = 1
        self._made.codec_context.colorspace, self._made.codec_context.color_range = BT709, NARROW
        self._made.codec_context.color_primaries = self._made.codec_context.color_trc = BT709  # or Chromium guesses

    def encoded(self, frame: Any) -> Iterator[Any]:
        from workers.detectors import recordings

        recordings.checked(frame.width, frame.height)
        if frame.pts is None or frame.time_base is None:
            ticks = self._last + TICKS // FRAMES
        else:
            ticks = round((frame.pts * frame.time_base - self._begin) * TICKS)
        if ticks < 0 or (self._last >= 0 and ticks - self._last < self._step):
            return
        small = _upright(frame, (self._made.width, self._made.height))
        small.pts, small.time_base = ticks, Fraction(1, TICKS)
        self._last, self.seconds = ticks, (ticks + self._step) / TICKS  # the last one is seen for a while too
        yield from self._made.encode(small)

    def rest(self) -> Iterator[Any]:
        if self._last >= 0:
            yield from self._made.encode(None)


class _Sound:
    """The sound of a recording, anew."""

    def __init__(self, file: Any, stream: Any, begin: Fraction, bits: int) -> None:
        import av

        self.seconds = 0.0
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        self._made = file.add_stream("aac", rate=SOUND_RATE, layout=layout)
        # FFmpeg's usual search ("twoloop") is heard: on plain tones its error was 50 times that of the fast one.
        self._made.codec_context.options = {"aac_coder": "fast"}
        self._made.bit_rate = bits if layout == "stereo" else bits * 5 // 8
        self._turned = media.Resampled("fltp", layout, SOUND_RATE)
        self._fifo = av.AudioFifo()
        self._at = max(0, round((media.begin_of(stream) - begin) * SOUND_RATE))

    def encoded(self, frame: Any) -> Iterator[Any]:
        for part in self._turned(frame):
            part.pts = None
            self._fifo.write(part)
        yield from self._packets(partial=False)

    def rest(self) -> Iterator[Any]:
        yield from self.encoded(None)
        yield from self._packets(partial=True)
        if self.seconds:
            yield from self._made.encode(None)

    def _packets(self, *, partial: bool) -> Iterator[Any]:
        size = self._made.codec_context.frame_size or 1024
        while (part := self._fifo.read(size, partial=partial)) is not None:
            part.pts, part.time_base = self._at, Fraction(1, SOUND_RATE)
            self._at += part.samples
            self.seconds = self._at / SOUND_RATE
            yield from self._made.encode(part)


def _said(stream: Any) -> float:
    return float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0


def _bits(seconds: float) -> int:
    """Bits a second for pictures, so that a film of this length stays under MOST_BYTES with its sound."""
    spread = 0.95 * MOST_BYTES * 8 / min(max(seconds, 1.0), media.LONGEST) - FILM_SOUND_BITS
    return round(min(MOST_BITS, spread))


def _upright(frame: Any, size: tuple[int, int]) -> Any:
    """The frame in this size, turned as its display matrix says, in the colours of BT.709.

    A film that does not say how its colours are meant is taken as players take it: large ones BT.709, small ones 601.
    """
    import av

    turns = int(getattr(frame, "rotation", 0) or 0) % 360 // 90  # counter-clockwise
    lying = size if turns % 2 == 0 else size[::-1]
    meant = frame.colorspace if frame.colorspace != UNSAID else BT709 if frame.height >= LARGE else BT601
    small = frame.reformat(
        width=lying[0],
        height=lying[1],
        format="rgb24" if turns else "yuv420p",
        src_colorspace=meant,
        dst_colorspace=BT709,
        dst_color_range=NARROW,
        interpolation="AREA",
    )
    if not turns:
        return small
    turned = av.VideoFrame.from_ndarray(np.ascontiguousarray(np.rot90(small.to_ndarray(), turns)), format="rgb24")
    return turned.reformat(format="yuv420p", dst_colorspace=BT709, dst_color_range=NARROW)
