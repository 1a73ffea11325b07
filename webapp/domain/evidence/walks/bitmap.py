"""Walks BMP and TIFF pictures by their headers."""

from __future__ import annotations

import struct
from typing import BinaryIO

from webapp.domain.evidence.walks.base import Broken, Cut, Walked, check_pixels, take


def walk_bmp(stream: BinaryIO, size: int, most: int) -> Walked:
    """File and information header; the pixel array must fit where it is said to be."""
    stream.seek(10)
    offset, header = struct.unpack("<II", take(stream, 8))
    if header == 12:
        width, height = struct.unpack("<HH", take(stream, 4))
        bits, packed = struct.unpack("<HH", take(stream, 4))[1], 0
    elif header >= 40:
        width, height, _planes, bits, packed, _length = struct.unpack("<iiHHII", take(stream, 20))
    else:
        raise Broken("information header")
    height = abs(height)
    check_pixels(width, height, most)
    end = offset
    if packed in (0, 3, 6):
        end = offset + (width * bits + 31) // 32 * 4 * height
        if end > size:
            raise Cut
        return Walked(width, height, end)
    return Walked(width, height, size)  # run-length coded: no stated end


def walk_tiff(stream: BinaryIO, size: int, most: int) -> Walked:
    """The first directories of a TIFF, for its largest picture size (TIFF 6.0 §2)."""
    stream.seek(0)
    order = "<" if take(stream, 2) == b"II" else ">"
    magic, position = struct.unpack(order + "HI", take(stream, 6))
    if magic != 42:
        raise Broken("big or odd TIFF")
    width = height = pages = 0
    while position and pages < 64:
        if position + 2 > size:
            raise Cut
        stream.seek(position)
        (count,) = struct.unpack(order + "H", take(stream, 2))
        if count > 1024:
            raise Broken("directory of a thousand entries")
        sides = {256: 0, 257: 0}
        for _entry in range(count):
            tag, kind, _number, value = struct.unpack(order + "HHI4s", take(stream, 12))
            if tag in sides:
                sides[tag] = struct.unpack(order + ("H2x" if kind == 3 else "I"), value)[0]
        check_pixels(sides[256], sides[257], most)
        width, height = max(width, sides[256]), max(height, sides[257])
        (position,) = struct.unpack(order + "I", take(stream, 4))
        pages += 1
    check_pixels(width, height, most)  # also refuses a file without any directory
    return Walked(width, height, size, ("several_pages",) if pages > 1 else ())
