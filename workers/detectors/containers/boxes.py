"""ISO base media files: MP4, MOV, M4A, and the pictures AVIF and HEIC."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from workers.detectors.containers.base import MAX_METADATA, Stop, Walk, text

_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # XMP specification part 3 §1.2.7
_INSIDE = (b"moov", b"udta", b"trak", b"meta")
DEEPEST = 6


def boxes(walk: Walk) -> None:
    """All boxes that hold metadata: keys and ilst, `uuid` XMP, and the items of a picture (ISO 14496-12, QTFF)."""
    _level(walk, 0, walk.size, 0)


def _heads(walk: Walk, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, start of the content, end) of each box of one level."""
    at = start
    while at + 8 <= end:
        walk.step()
        walk.seek(at)
        length, kind = struct.unpack(">I4s", walk.read(8))
        content = at + 8
        if length == 1:
            (length,) = struct.unpack(">Q", walk.read(8))
            content = at + 16
        length = length or end - at
        if length < content - at or at + length > end:
            raise Stop("box length")
        yield kind, content, at + length
        at += length


def _level(walk: Walk, start: int, end: int, depth: int) -> None:
    if depth > DEEPEST:
        raise Stop("boxes too deep")
    keys: list[str] = []
    for kind, at, stop in _heads(walk, start, end):
        if kind == b"uuid" and stop - at > 16:
            walk.seek(at)
            if walk.read(16) == _XMP_UUID:
                walk.keep("xmp", "", walk.take(stop - at - 16))
        elif kind == b"XMP_":
            walk.seek(at)
            walk.keep("xmp", "", walk.take(stop - at))
        elif kind == b"keys":
            keys = _keys(walk, at, stop)
        elif kind == b"ilst":
            _ilst(walk, at, stop, keys)
        elif kind == b"iinf":
            _items(walk, start, end, at, stop)
        elif kind in _INSIDE:
            _level(walk, _content(walk, at, stop) if kind == b"meta" else at, stop, depth + 1)
        elif depth and kind[:1] == b"\xa9" and stop - at > 4:  # QuickTime user data: size, language, text
            walk.seek(at + 4)
            walk.keep("mp4", kind.decode("latin-1"), text(walk.take(stop - at - 4)))


def _content(walk: Walk, at: int, stop: int) -> int:
    """`meta` has a version before its boxes in ISO files and none in QuickTime's."""
    if stop - at < 8:
        return stop
    walk.seek(at)
    return at if walk.read(8)[4:8] in (b"hdlr", b"keys", b"ilst", b"mhdr") else at + 4


def _keys(walk: Walk, at: int, stop: int) -> list[str]:
    walk.seek(at + 4)
    (count,) = struct.unpack(">I", walk.read(4))
    names = []
    for _entry in range(count):
        walk.step()
        if walk.stream.tell() + 8 > stop:
            break
        length, _space = struct.unpack(">I4s", walk.read(8))
        names.append(text(walk.take(length - 8)))
    return names


def _ilst(walk: Walk, start: int, end: int, keys: list[str]) -> None:
    """Items named by number (`keys`), by four letters, or by their own `name` box ("----")."""
    for kind, at, stop in _heads(walk, start, end):
        number = int.from_bytes(kind, "big")
        name = keys[number - 1] if 0 < number <= len(keys) else kind.decode("latin-1")
        for inner, inside, last in _heads(walk, at, stop):
            if inner == b"name":
                walk.seek(inside + 4)
                name = text(walk.take(last - inside - 4))
            elif inner == b"data" and last - inside >= 8:
                walk.seek(inside)
                kind_of_data = int.from_bytes(walk.read(8)[:4], "big")
                if kind_of_data in (0, 1, 2):  # text; covers and numbers say nothing
                    value = walk.take(last - inside - 8)
                    walk.keep("mp4", name, value.decode("utf-16-be", "replace") if kind_of_data == 2 else text(value))


def _items(walk: Walk, start: int, end: int, at: int, stop: int) -> None:
    """XMP and EXIF items of a picture (ISO 14496-12 §8.11): `iinf` names them, `iloc` says where they lie."""
    named: dict[int, str] = {}
    walk.seek(at)
    version = walk.read(4)[0]
    first = at + (6 if version == 0 else 8)
    for kind, inside, last in _heads(walk, first, stop):
        if kind != b"infe" or last - inside < 12:
            continue
        walk.seek(inside)
        body = walk.read(min(last - inside, 256))
        wide = body[0] >= 3
        number, item = int.from_bytes(body[4 : 8 if wide else 6], "big"), body[10 if wide else 8 :][:4]
        if body[0] >= 2 and item == b"Exif":
            named[number] = "exif"
        elif body[0] >= 2 and item == b"mime" and b"application/rdf+xml" in body:
            named[number] = "xmp"
    if not named:
        return
    inner = list(_heads(walk, start, end))
    idat = next((inside for kind, inside, _last in inner if kind == b"idat"), 0)
    for kind, inside, last in inner:
        if kind == b"iloc":
            for place, data in _located(walk, inside, last, named, idat):
                # EXIF begins with the offset of its TIFF header.
                walk.keep(place, "", data[4 + int.from_bytes(data[:4], "big") :] if place == "exif" else data)


def _located(walk: Walk, at: int, stop: int, named: dict[int, str], idat: int) -> Iterator[tuple[str, bytes]]:
    walk.seek(at)
    data = walk.read(min(stop - at, MAX_METADATA))
    version, sizes = data[0], int.from_bytes(data[4:6], "big")
    offset_size, length_size, base_size = sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    wide = 4 if version == 2 else 2
    place = 6

    def number(size: int) -> int:
        nonlocal place
        if place + size > len(data):
            raise Stop("a cut table of items")
        place += size
        return int.from_bytes(data[place - size : place], "big")

    for _item in range(number(wide)):
        walk.step()
        identity = number(wide)
        method = number(2) & 15 if version in (1, 2) else 0
        number(2)
        base, parts = number(base_size), []
        for _extent in range(number(2)):
            walk.step()
            number(index_size)
            parts.append((base + number(offset_size), number(length_size)))
        if identity in named and method in (0, 1):
            body = b""
            for offset, length in parts:
                walk.seek(offset + (idat if method == 1 else 0))
                body += walk.take(length)
            yield named[identity], body
