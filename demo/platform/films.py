"""Makes the demo's little film, and what somebody reposted of it. Needs PyAV; without it the platform has no film."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from demo.platform import songs

RATE = 12  # frames a second
SECONDS_A_VIEW = 4
SIZE = (480, 270)


def possible() -> bool:
    """Whether films can be made here."""
    return find_spec("av") is not None


def made(pictures: list[Path], path: Path) -> None:
    """A slow walk over pictures with quiet chords under it."""
    sound = songs.song()
    _write(path, _walk(pictures), sound)


def reposted(pictures: list[Path], path: Path) -> None:
    """The same, its first view cut off, the rest mirrored, cropped and framed, with another sound under it."""
    frames = (_spoiled(frame) for n, frame in enumerate(_walk(pictures)) if n >= RATE * SECONDS_A_VIEW)
    _write(path, frames, np.tile(songs.cover()[: songs.RATE * 4], 4))


def _walk(pictures: list[Path]) -> Iterator[Any]:
    for picture in pictures:
        with Image.open(picture) as opened:
            whole = opened.convert("RGB")
        wide = whole.width * 0.72
        high = wide * SIZE[1] / SIZE[0]
        for n in range(RATE * SECONDS_A_VIEW):
            share = n / (RATE * SECONDS_A_VIEW)
            left, top = share * (whole.width - wide), (0.3 + 0.4 * share) * max(0.0, whole.height - high)
            box = (left, top, left + wide, min(whole.height, top + high))
            yield np.asarray(whole.resize(SIZE, Image.Resampling.BILINEAR, box, reducing_gap=2))


def _spoiled(frame: Any) -> Any:
    image = Image.fromarray(frame[:, ::-1]).crop((24, 14, SIZE[0] - 24, SIZE[1] - 14))
    framed = Image.new("RGB", SIZE, "#1b1f27")
    framed.paste(image.resize((SIZE[0] - 60, SIZE[1] - 34)), (30, 17))
    return np.asarray(framed)


def _write(path: Path, frames: Iterator[Any], samples: Any) -> None:
    import av

    with av.open(str(path), "w", format="mp4") as file:
        pictures: Any = file.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "26"})
        pictures.width, pictures.height, pictures.pix_fmt = *SIZE, "yuv420p"
        sounds: Any = file.add_stream("aac", rate=songs.RATE, layout="mono")
        count = 0
        for frame in frames:
            file.mux(pictures.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
            count += 1
        file.mux(pictures.encode())
        heard = samples[: count * songs.RATE // RATE].astype(np.float32)
        for at in range(0, len(heard), 1024):
            part = av.AudioFrame.from_ndarray(heard[None, at : at + 1024], format="fltp", layout="mono")
            part.sample_rate, part.pts = songs.RATE, at
            file.mux(sounds.encode(part))
        file.mux(sounds.encode())
