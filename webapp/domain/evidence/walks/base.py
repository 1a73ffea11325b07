"""Shared by all walks: a way through a media container that never unpacks a pixel.

Each walk is strict, linear in the file's size and bounded in steps, because it runs in the web
process on bytes a stranger sent. It follows the lengths the format states and answers with what
it found (`Walked`), or raises `Cut` (the file ends too early), `Broken` (it contradicts itself) or
`Huge` (it declares more pixels than allowed, said before anything else is looked at).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

# Real files stay far below: a 50 MB PNG in 8 KiB chunks has 6,400 of them, a progressive JPEG
# some hundred segments, a 50 MB GIF 200,000 blocks of 255 bytes.
MAX_STEPS = 400_000
CHUNK = 256 * 1024


class Cut(Exception):
    """The file ends before its own structure does."""


class Broken(Exception):
    """The structure contradicts itself. The message is for the log, not for people."""


class Huge(Exception):
    """More pixels declared than the limit allows."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(f"{width} x {height}")
        self.width = width
        self.height = height


@dataclass(frozen=True)
class Walked:
    """What a walk found. `end` is the offset behind the last byte that belongs to the format.

    `width` and `height` are the largest any part of the file declares, in pixels (0: not a picture); `seconds` is how
    long a recording says it is (0.0: it does not say).
    """

    width: int
    height: int
    end: int
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


Walk = Callable[[BinaryIO, int, int], Walked]  # stream, its size, most pixels allowed


def take(stream: BinaryIO, count: int) -> bytes:
    """Exactly `count` bytes. Raises Cut."""
    data = stream.read(count)
    if len(data) < count:
        raise Cut
    return data


def check_pixels(width: int, height: int, most: int) -> None:
    if width <= 0 or height <= 0:
        raise Broken("a picture without width or height")
    if width * height > most:
        raise Huge(width, height)
