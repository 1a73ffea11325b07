"""Puts the index of an MP4 before what it points into, so that a player asks for the beginning and can go anywhere.

FFmpeg does so by writing the file a second time, which it cannot where a child writes into memory.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator


def index_in_front(made: bytes) -> bytes:
    """The MP4 (made by ourselves) with its index (moov) in front of its data; as it is if it lies there already."""
    boxes = list(_boxes(made, 0, len(made)))
    moov = next((box for box in boxes if box[0] == b"moov"), None)
    data = next((box for box in boxes if box[0] == b"mdat"), None)
    if moov is None or data is None or moov[1] < data[1]:
        return made
    index = bytearray(made[moov[1] : moov[2]])
    _moved(index, 8, len(index), len(index))
    return made[: data[1]] + bytes(index) + made[data[1] : moov[1]] + made[moov[2] :]


def _boxes(data: bytes | bytearray, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, where it begins, where it ends) of each box."""
    while at + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, at)
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
        size = size or end - at
        yield name, at, at + size
        at += size


def _moved(index: bytearray, begin: int, end: int, by: int) -> None:
    """Every place the index points to, `by` bytes further on."""
    for name, at, ends in list(_boxes(index, begin, end)):
        if name in (b"trak", b"mdia", b"minf", b"stbl"):
            _moved(index, at + 8, ends, by)
        elif name in (b"stco", b"co64"):
            (count,) = struct.unpack_from(">I", index, at + 12)
            layout = f">{count}{'I' if name == b'stco' else 'Q'}"
            places = struct.unpack_from(layout, index, at + 16)
            struct.pack_into(layout, index, at + 16, *(place + by for place in places))
