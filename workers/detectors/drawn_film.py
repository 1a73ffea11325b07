"""Draws the films a film detector brings to prove itself; nothing is stored."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from webapp.domain.matching.detector import Example
from workers.detectors.drawn import scene

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = (192, 144)
RATE = 8  # frames a second
MOVE = 3  # pixels a frame


def moving(seed: int, seconds: float = 4.0, size: tuple[int, int] = SIZE) -> Iterator[NDArray[np.uint8]]:
    """RGB frames of a camera that moves over a drawn landscape and, half-way, over another one."""
    wide, high = size
    shots = [_shot(2 * seed + half, (wide * 3, high + high // 2)) for half in (0, 1)]
    count = int(seconds * RATE)
    for n in range(count):
        shot, step = shots[2 * n >= count], n % ((count + 1) // 2)
        left, top = (step * MOVE * 2) % (wide * 2), (step * MOVE) % (high // 2)
        yield np.ascontiguousarray(shot[top : top + high, left : left + wide])


@lru_cache(maxsize=16)
def _shot(seed: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(scene(seed + 100, size))


def film(frames: Any, rate: int = RATE, media_type: str = "video/mp4") -> bytes:
    """RGB frames as a film."""
    import av

    container, codec = {"video/mp4": ("mp4", "libx264"), "video/webm": ("webm", "libvpx")}[media_type]
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream: Any = file.add_stream(codec, rate=rate)
        stream.pix_fmt = "yuv420p"
        for n, picture in enumerate(frames):
            if not n:
                stream.height, stream.width = picture.shape[:2]
                stream.options = {"preset": "veryfast"} if codec == "libx264" else {"cpu-used": "8"}
            for packet in stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")):
                file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)
    return out.getvalue()


@lru_cache(maxsize=2)
def films(seconds: float = 4.0, size: tuple[int, int] = SIZE) -> tuple[Example, ...]:
    """Two films, one a container."""
    return tuple(
        Example(f"drawn film {seed}", media_type, film(moving(seed, seconds, size), media_type=media_type))
        for seed, media_type in enumerate(("video/mp4", "video/webm"))
    )
