"""Draws how loud a recording is from beginning to end, so that a person sees what comes before they listen.

Only WAV, which the standard library reads; a recording of any other kind has no such picture.
"""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from webapp.domain.matching.detector import CannotLook
from workers.previews import Rendition
from workers.sandbox import run_limited

SIZES = {"preview": (1024, 160), "thumb": (256, 160)}
PAPER, INK = "#ffffff", "#0e5a63"
READ_FRAMES = 65_536  # at a time: an hour of sound needs no more memory than a second


def make(path: Path) -> list[Rendition]:
    """The preview and the thumbnail of a WAV file, as `previews.make` gives them for pictures.

    Decodes in the sandbox. Raises CannotLook with the reason.
    """
    loudness = np.frombuffer(run_limited(_loudness, path), np.uint8)
    return [_drawn(kind, size, loudness) for kind, size in SIZES.items()]


def _loudness(path: Path) -> bytes:
    """In the child: the loudest sample of each of 1,024 stretches, 0 to 255."""
    count = SIZES["preview"][0]
    try:
        with wave.open(str(path), "rb") as file:
            frames, width, channels = file.getnframes(), file.getsampwidth(), file.getnchannels()
            if not frames or width not in (1, 2, 3, 4):
                raise CannotLook("unsupported")
            peaks = np.zeros(count)
            at = 0
            while data := file.readframes(READ_FRAMES):
                heights = _heights(data, width).reshape(-1, channels).max(axis=1)
                stretches = np.minimum((at + np.arange(len(heights))) * count // frames, count - 1)
                np.maximum.at(peaks, stretches, heights)
                at += len(heights)
    except (wave.Error, EOFError, ValueError) as error:
        raise CannotLook("unsupported") from error
    return np.rint(peaks * 255).astype(np.uint8).tobytes()


def _heights(data: bytes, width: int) -> np.ndarray:
    """How far each sample is from silence, 0 to 1. WAV: 8 bits are unsigned, all others signed, little-endian."""
    raw = np.frombuffer(data, np.uint8)
    if width == 1:
        return np.abs(raw.astype(np.int16) - 128) / 128
    # The two upper bytes say enough: a picture is 80 pixels high.
    upper = np.ascontiguousarray(raw.reshape(-1, width)[:, -2:])
    return np.abs(upper.view("<i2").astype(np.int32)).ravel() / 32768


def _drawn(kind: str, size: tuple[int, int], loudness: np.ndarray) -> Rendition:
    width, height = size
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    middle = height // 2
    for x, loud in enumerate(loudness.reshape(width, -1).max(axis=1)):
        reach = round(int(loud) / 255 * (middle - 4))
        draw.line((x, middle - reach, x, middle + reach), fill=INK)
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=True)
    return Rendition(kind, "image/webp", width, height, out.getvalue())
