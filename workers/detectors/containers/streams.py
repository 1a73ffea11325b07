"""Matroska and WebM, and Flash video."""

from __future__ import annotations

import struct
from typing import Any

from workers.detectors.containers.base import MAX_CHUNKS, MAX_METADATA, Stop, Walk, text

_SEGMENT, _TAGS, _TAG, _SIMPLE, _NAME, _STRING, _BINARY = (
    0x18538067, 0x1254C367, 0x7373, 0x67C8, 0x45A3, 0x4487, 0x4485,
)  # fmt: skip
DEEPEST = 16


def matroska(walk: Walk) -> None:
    """`Segment.Tags.Tag.SimpleTag` (RFC 9559 §5.1.8); clusters are stepped over."""
    _elements(walk, 0, walk.size, 0)


def _elements(walk: Walk, start: int, end: int, depth: int) -> None:
    if depth > DEEPEST:
        raise Stop("tags too deep")
    at, name, value = start, "", None
    while at + 2 <= end:
        walk.step()
        walk.seek(at)
        identity = _number(walk, keep_mark=True)
        length = _number(walk)
        inside = walk.stream.tell()
        # A length of all ones is unknown (live recordings): its content is read as if it stood here.
        if length is None:
            at = inside
            continue
        last = inside + length
        if last > end:
            raise Stop("an element longer than its parent")
        if identity in (_SEGMENT, _TAGS, _TAG, _SIMPLE):
            _elements(walk, inside, last, depth + 1)
        elif identity in (_NAME, _STRING, _BINARY):
            body = text(walk.take(length))
            name, value = (body, value) if identity == _NAME else (name, body)
        at = last
    if name and value is not None:
        walk.keep("matroska", name, value)


def _number(walk: Walk, keep_mark: bool = False) -> int | None:
    """An EBML number; None for the unknown length."""
    first = walk.read(1)[0]
    if not first:
        raise Stop("no EBML number")
    size = 9 - first.bit_length()
    data = bytes([first]) + walk.read(size - 1)
    value = int.from_bytes(data, "big")
    if keep_mark:
        return value
    value &= (1 << (7 * size)) - 1
    return None if value == (1 << (7 * size)) - 1 else value


def flv(walk: Walk) -> None:
    """Script tags with `onMetaData` (Adobe FLV specification §E.4.4); behind 10,000 tags nothing is expected."""
    walk.seek(5)
    walk.seek(int.from_bytes(walk.read(4), "big") + 4)
    for _tag in range(MAX_CHUNKS):
        if walk.stream.tell() + 11 > walk.size:
            return
        head = walk.read(11)
        length = int.from_bytes(head[1:4], "big")
        start = walk.stream.tell()
        if head[0] & 0x1F == 18 and length <= MAX_METADATA:
            _script(walk, walk.take(length))
        walk.seek(start + length)
        walk.skip(min(4, walk.size - walk.stream.tell()))


def _script(walk: Walk, data: bytes) -> None:
    reader = _Amf(walk, data)
    if reader.value(0) == "onMetaData":
        found = reader.value(0)
        if isinstance(found, dict):
            for name, value in found.items():
                if isinstance(value, str):
                    walk.keep("flv", name, value)


class _Amf:
    """Action Message Format 0: only what metadata is made of."""

    def __init__(self, walk: Walk, data: bytes) -> None:
        self.walk, self.data, self.at = walk, data, 0

    def bytes(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise Stop("a cut script tag")
        self.at += count
        return self.data[self.at - count : self.at]

    def value(self, depth: int) -> Any:
        self.walk.step()
        if depth > DEEPEST:
            raise Stop("values too deep")
        kind = self.bytes(1)[0]
        if kind == 0:
            return struct.unpack(">d", self.bytes(8))[0]
        if kind == 1:
            return bool(self.bytes(1)[0])
        if kind == 2:
            return self.string(2)
        if kind == 12:
            return self.string(4)
        if kind == 8:
            self.bytes(4)
        if kind in (3, 8):
            return self.members(depth)
        if kind == 10:
            return [self.value(depth + 1) for _entry in range(int.from_bytes(self.bytes(4), "big"))]
        if kind == 11:
            return self.bytes(10)
        if kind in (5, 6):
            return None
        raise Stop("an unknown kind of value")

    def members(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            name = self.string(2)
            if not name and self.data[self.at : self.at + 1] == b"\x09":
                self.at += 1
                return found
            found[name] = self.value(depth + 1)

    def string(self, width: int) -> str:
        return text(self.bytes(int.from_bytes(self.bytes(width), "big")))
