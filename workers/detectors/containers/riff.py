"""RIFF files: WebP pictures, WAV recordings, AVI films."""

from __future__ import annotations

import struct

from workers.detectors.containers.base import MAX_METADATA, Walk, text
from workers.detectors.containers.tags import id3_frames

_PLACES = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}


def riff(walk: Walk) -> None:
    """Chunks in order: XMP, EXIF, the label's own chunk `AIGC`, and the texts of a LIST INFO."""
    walk.seek(8)
    place = _PLACES.get(walk.read(4), "wav")
    _chunks(walk, walk.size, place)


def _chunks(walk: Walk, end: int, place: str) -> None:
    while walk.stream.tell() + 8 <= end:
        walk.step()
        kind, length = struct.unpack("<4sI", walk.read(8))
        start = walk.stream.tell()
        if kind == b"LIST" and length >= 4 and walk.read(4) == b"INFO":
            _info(walk, min(start + length, end), place)
        elif kind in (b"XMP ", b"_PMX"):
            walk.keep("xmp", "", walk.take(length))
        elif kind == b"EXIF":
            walk.keep("exif", "", walk.take(length).removeprefix(b"Exif\x00\x00"))
        elif kind == b"AIGC":
            walk.keep(place, "AIGC", text(walk.take(length)))
        elif kind.lower() == b"id3 " and length <= MAX_METADATA:
            id3_frames(walk, walk.take(length))
        walk.seek(min(start + length + (length & 1), walk.size))


def _info(walk: Walk, end: int, place: str) -> None:
    while walk.stream.tell() + 8 <= end:
        walk.step()
        kind, length = struct.unpack("<4sI", walk.read(8))
        walk.keep(place, kind.decode("latin-1"), text(walk.take(min(length, end - walk.stream.tell()))))
        if length & 1 and walk.stream.tell() < end:
            walk.skip(1)
