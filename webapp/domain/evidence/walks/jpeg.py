"""Walks a JPEG marker by marker to its end."""

from __future__ import annotations

import re
import struct
from typing import BinaryIO

from webapp.domain.evidence.walks.base import CHUNK, Broken, Cut, Walked, check_pixels, take

_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _next_marker(stream: BinaryIO) -> int:
    """The next marker inside coded data, skipping stuffed zeros and restarts (ITU T.81 B.1.1.2)."""
    carry = b""
    while True:
        data = stream.read(CHUNK)
        if not data:
            raise Cut
        block = carry + data
        found = _JPEG_MARKER.search(block)
        if found:
            stream.seek(found.end() - len(block), 1)
            return block[found.end() - 1]
        carry = b"\xff" if block.endswith(b"\xff") else b""


def walk_jpeg(stream: BinaryIO, size: int, most: int) -> Walked:
    """Marker by marker from SOI to EOI; dimensions from the frame headers (ITU T.81 B.2)."""
    stream.seek(2)
    width = height = 0
    notes: list[str] = []
    scanned = False
    for _step in range(4096):  # each step may re-read one CHUNK, so fewer of them
        lead = take(stream, 1)
        if lead != b"\xff":
            raise Broken("no marker where one is due")
        code = 0xFF
        for _fill in range(64):
            code = take(stream, 1)[0]
            if code != 0xFF:
                break
        if code == 0xD9:
            if not (width and scanned):
                raise Broken("no picture before the end marker")
            return Walked(width, height, stream.tell(), tuple(notes))
        if code in (0x00, 0x01, 0xD8, 0xFF) or 0xD0 <= code <= 0xD7:
            raise Broken("stray marker")
        (length,) = struct.unpack(">H", take(stream, 2))
        if length < 2:
            raise Broken("segment length")
        if stream.tell() + length - 2 > size:
            raise Cut
        if code in _SOF:
            head = take(stream, 5)
            rows, columns = struct.unpack(">HH", head[1:])
            check_pixels(columns, rows, most)
            width, height = max(width, columns), max(height, rows)
            stream.seek(length - 7, 1)
        else:
            stream.seek(length - 2, 1)
        if code == 0xDA:
            scanned = True
            _next_marker(stream)
            stream.seek(-2, 1)
    raise Broken("too many segments")
