"""Walks RIFF files: WebP pictures and WAV recordings."""

from __future__ import annotations

import struct
from typing import BinaryIO

from webapp.domain.evidence.walks.base import MAX_STEPS, Broken, Cut, Walked, check_pixels, take


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8X" and len(body) >= 10:
        return (int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1)
    if kind == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 " and len(body) >= 10 and body[3:6] == b"\x9d\x01\x2a":
        wide, high = struct.unpack("<HH", body[6:10])
        return wide & 0x3FFF, high & 0x3FFF
    return 0, 0


def walk_riff(stream: BinaryIO, size: int, most: int) -> Walked:
    """The stated length against the real one, then chunk by chunk (WebP container spec, RFC 9649)."""
    stream.seek(4)
    (stated,) = struct.unpack("<I", take(stream, 4))
    form = take(stream, 4)
    end = 8 + stated
    if end > size:
        raise Cut
    width = height = rate = 0
    seconds = 0.0
    notes: list[str] = []
    for _step in range(MAX_STEPS):
        if stream.tell() + 8 > end:
            break
        kind, length = struct.unpack("<4sI", take(stream, 8))
        start = stream.tell()
        if start + length > end:
            raise Cut
        if form == b"WEBP":
            wide, high = _webp_size(kind, take(stream, min(length, 16)))
            if wide:
                check_pixels(wide, high, most)
            width, height = max(width, wide), max(height, high)
            if kind == b"ANIM":
                notes.append("animated")
        if kind == b"fmt " and length >= 16:
            rate = struct.unpack("<8xI", take(stream, 12))[0]
        if kind == b"data" and rate:
            seconds = length / rate
        stream.seek(start + length + (length & 1))
    else:
        raise Broken("too many chunks")
    if form == b"WEBP":
        check_pixels(width, height, most)
    return Walked(width, height, min(end + (stated & 1), size), tuple(notes), seconds)
