"""Walks ISO base media files: AVIF pictures, MP4, MOV and M4A recordings."""

from __future__ import annotations

import re
import struct
from typing import BinaryIO

from webapp.domain.evidence.walks.base import CHUNK, Broken, Cut, Walked, check_pixels, take


def walk_boxes(stream: BinaryIO, size: int, most: int) -> Walked:
    """Top-level boxes to the end; picture size from the `ispe` properties (ISO 14496-12, 23008-12)."""
    stream.seek(0)
    width = height = position = 0
    seconds = 0.0
    seen: set[bytes] = set()
    for _step in range(4096):
        if position >= size:
            break
        stream.seek(position)
        length, kind = struct.unpack(">I4s", take(stream, 8))
        header = 8
        if length == 1:
            (length,) = struct.unpack(">Q", take(stream, 8))
            header = 16
        if length == 0:
            length = size - position
        if length < header:
            raise Broken("box length")
        if position + length > size:
            raise Cut
        if kind == b"meta":
            body = take(stream, min(length - header, CHUNK))
            for found in re.finditer(rb"ispe\x00\x00\x00\x00(.{8})", body, re.DOTALL):
                wide, high = struct.unpack(">II", found.group(1))
                check_pixels(wide, high, most)
                width, height = max(width, wide), max(height, high)
        if kind == b"moov" and not seconds:
            seconds = _seconds(take(stream, min(length - header, 4096)))
        seen.add(kind)
        position += length
    else:
        raise Broken("too many boxes")
    if not seen & {b"moov", b"meta", b"moof"}:
        raise Cut  # a recording whose index was never written cannot be played
    return Walked(width, height, position, seconds=seconds)


def _seconds(movie: bytes) -> float:
    """How long the film's header says it is (ISO 14496-12 §8.2.2); 0.0 where none stands first."""
    if movie[4:8] != b"mvhd" or len(movie) < 44:
        return 0.0
    scale, length = struct.unpack_from(">IQ", movie, 28) if movie[8] == 1 else struct.unpack_from(">II", movie, 20)
    unknown = length in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
    return 0.0 if unknown or not scale else float(length) / scale
