"""Walks a PNG: signature, header checksum, chunk lengths, end."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

from webapp.domain.evidence.walks.base import MAX_STEPS, Broken, Cut, Walked, check_pixels, take


def walk_png(stream: BinaryIO, size: int, most: int) -> Walked:
    """Signature, IHDR with its checksum, chunk lengths, IDAT present, IEND (PNG spec §5)."""
    stream.seek(8)
    width = height = 0
    notes: list[str] = []
    has_data = False
    for step in range(MAX_STEPS):
        length, kind = struct.unpack(">I4s", take(stream, 8))
        if not kind.isalpha():
            raise Broken("chunk name")
        if step == 0:
            if kind != b"IHDR" or length != 13:
                raise Broken("no IHDR first")
            body = take(stream, 13)
            (crc,) = struct.unpack(">I", take(stream, 4))
            if crc != zlib.crc32(kind + body):
                raise Broken("IHDR checksum")
            width, height = struct.unpack(">II", body[:8])
            check_pixels(width, height, most)
            continue
        if stream.tell() + length + 4 > size:
            raise Cut
        if kind == b"acTL":
            notes.append("animated")
        has_data = has_data or kind == b"IDAT"
        stream.seek(length + 4, 1)
        if kind == b"IEND":
            if not has_data:
                raise Broken("no IDAT")
            return Walked(width, height, stream.tell(), tuple(notes))
    raise Broken("too many chunks")
