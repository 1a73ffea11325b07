"""Walks a GIF block by block to its trailer byte."""

from __future__ import annotations

import struct
from typing import BinaryIO

from webapp.domain.evidence.walks.base import MAX_STEPS, Broken, Walked, check_pixels, take


def walk_gif(stream: BinaryIO, size: int, most: int) -> Walked:
    """Screen descriptor, colour tables, blocks to the trailer byte (GIF89a §15–27)."""
    stream.seek(6)
    width, height, flags = struct.unpack("<HHB", take(stream, 5))
    take(stream, 2)
    check_pixels(width, height, most)
    frames = 0

    def table(bits: int) -> None:
        if bits & 0x80:
            take(stream, 3 * (2 << (bits & 7)))

    def sub_blocks() -> None:
        for _step in range(MAX_STEPS):
            length = take(stream, 1)[0]
            if not length:
                return
            take(stream, length)
        raise Broken("too many blocks")

    table(flags)
    for _step in range(MAX_STEPS):
        kind = take(stream, 1)[0]
        if kind == 0x3B:
            if not frames:
                raise Broken("no frame")
            return Walked(width, height, stream.tell(), ("animated",) if frames > 1 else ())
        if kind == 0x21:
            take(stream, 1)
            sub_blocks()
        elif kind == 0x2C:
            left, top, wide, high, bits = struct.unpack("<HHHHB", take(stream, 9))
            check_pixels(wide, high, most)
            width, height = max(width, left + wide), max(height, top + high)
            check_pixels(width, height, most)
            table(bits)
            take(stream, 1)
            sub_blocks()
            frames += 1
        else:
            raise Broken("unknown block")
    raise Broken("too many blocks")
