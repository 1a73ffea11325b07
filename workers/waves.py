"""Draws how loud a recording is from beginning to end, so that a person sees what comes before they listen.

WAV is read by the standard library; all other kinds, and the sound of a film, need the group `media`.
"""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from webapp.domain.matching.detector import CannotLook
from workers import media
from workers.previews import Rendition
from workers.sandbox import run_limited

SIZES = {"large": (1024, 160), "thumb": (256, 160)}
PAPER, INK = "#ffffff", "#0e5a63"
READ_FRAMES = 65_536  # at a time: an hour of sound needs no more memory than a second
COLUMNS = SIZES["large"][0]
RATE = 8_000  # samples a second that are looked at: how loud it is shows in fewer than are heard
FASTEST = 768_000  # samples a second that any recorder takes
# A part of what is drawn: a hundredth of a second, until the length is known.
PART = RATE // 100
MEMORY, CPU, WALL = 1024 * 1024 * 1024, 120, 300.0

_HEAD = struct.Struct(">dI")  # seconds drawn, and how many columns follow


def make(path: Path, media_type: str = "audio/wav", beat: Callable[[], None] | None = None) -> list[Rendition]:
    """ "large" and "thumb" of a sound file: its loudness, with the seconds it spans. `beat` as the sandbox calls it.

    Decodes in the sandbox. Raises CannotLook with the reason.
    """
    seconds, loudness = _heard(path, media_type, beat)
    return [_drawn(kind, size, loudness, seconds) for kind, size in SIZES.items()]


def of_film(path: Path, media_type: str, beat: Callable[[], None] | None = None) -> Rendition:
    """ "wave": the sound of a film, drawn as wide as `make` draws. Raises CannotLook, `no_sound` for a silent film."""
    seconds, loudness = _heard(path, media_type, beat)
    return _drawn("wave", SIZES["large"], loudness, seconds)


def _heard(path: Path, media_type: str, beat: Callable[[], None] | None) -> tuple[float, np.ndarray]:
    """Seconds, and the loudest sample of each column, 0 to 255."""
    answer = run_limited(_loudness, path, media_type, wall=WALL, memory=MEMORY, cpu=CPU, beat=beat)
    seconds, count = _HEAD.unpack_from(answer)
    return seconds, np.frombuffer(answer, np.uint8, count, _HEAD.size)


def _loudness(path: Path, media_type: str) -> bytes:
    """In the child."""
    try:
        if media_type != "audio/wav":
            raise CannotLook("unsupported")
        seconds, peaks = _of_wav(path)
    except CannotLook as why:
        if not media.here():
            raise CannotLook("detector_absent", "the group “media” is not installed") from why
        seconds, peaks = _decoded(path, media_type)
    heights: bytes = np.rint(np.clip(peaks, 0, 1) * 255).astype(np.uint8).tobytes()
    return _HEAD.pack(seconds, len(peaks)) + heights


def _of_wav(path: Path) -> tuple[float, np.ndarray]:
    try:
        with wave.open(str(path), "rb") as file:
            width, channels = file.getsampwidth(), file.getnchannels()
            # A recorder that was cut off says it wrote 4 GB.
            frames = min(file.getnframes(), path.stat().st_size // max(1, width * channels))
            if not frames or width not in (1, 2, 3, 4) or not 0 < file.getframerate() <= FASTEST:
                raise CannotLook("unsupported")
            peaks = np.zeros(COLUMNS)
            at = 0
            while data := file.readframes(READ_FRAMES):
                heights = _heights(data, width).reshape(-1, channels).max(axis=1)
                stretches = np.minimum((at + np.arange(len(heights))) * COLUMNS // frames, COLUMNS - 1)
                np.maximum.at(peaks, stretches, heights)
                at += len(heights)
            return frames / file.getframerate(), peaks
    except (wave.Error, EOFError, ValueError, RuntimeError) as error:
        raise CannotLook("unsupported") from error


def _heights(data: bytes, width: int) -> np.ndarray:
    """How far each sample is from silence, 0 to 1. WAV: 8 bits are unsigned, all others signed, little-endian."""
    raw = np.frombuffer(data, np.uint8)
    if width == 1:
        return np.abs(raw.astype(np.int16) - 128) / 128
    # The two upper bytes say enough: a picture is 80 pixels high.
    upper = np.ascontiguousarray(raw.reshape(-1, width)[:, -2:])
    return np.abs(upper.view("<i2").astype(np.int32)).ravel() / 32768


def _decoded(path: Path, media_type: str) -> tuple[float, np.ndarray]:
    """Of anything the group `media` decodes; what no player of ours plays is not drawn either."""
    most = int(media.LONGEST * 100)
    parts: list[np.ndarray] = []
    rest = np.zeros(0, np.float32)
    count = heard = 0
    for samples in media.mono(path, media_type, RATE):
        heard += len(samples)
        line = np.concatenate([rest, np.abs(np.nan_to_num(samples))])
        whole = len(line) // PART * PART
        parts.append(line[:whole].reshape(-1, PART).max(axis=1))
        rest = line[whole:]
        count += len(parts[-1])
        if count >= most:
            break
    if len(rest):
        parts.append(rest.max(keepdims=True))
    loud = np.concatenate(parts)[:most] if parts else np.zeros(0)
    if not len(loud):
        raise CannotLook("no_sound", "there is nothing to hear")
    # Where a recording is shorter than the picture is wide, several columns show one part.
    at = np.minimum(np.arange(COLUMNS + 1) * len(loud) // COLUMNS, len(loud) - 1)
    peaks = np.maximum.reduceat(loud, at[:-1]) if len(loud) > 1 else np.full(COLUMNS, loud[0])
    return min(heard / RATE, media.LONGEST), peaks


def _drawn(kind: str, size: tuple[int, int], loudness: np.ndarray, seconds: float) -> Rendition:
    width, height = size
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    middle = height // 2
    for x, loud in enumerate(loudness.reshape(width, -1).max(axis=1)):
        reach = round(int(loud) / 255 * (middle - 4))
        draw.line((x, middle - reach, x, middle + reach), fill=INK)
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=True)
    return Rendition(kind, "image/webp", width, height, out.getvalue(), seconds)
