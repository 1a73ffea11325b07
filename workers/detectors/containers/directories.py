"""TIFF directories: TIFF pictures, and the EXIF blocks of all others."""

from __future__ import annotations

import io
import struct

from workers.detectors.containers.base import MAX_METADATA, Stop, Walk, text

_NAMES = {
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x013B: "Artist",
    0x9286: "UserComment",
}
_XMP, _EXIF_POINTER = 0x02BC, 0x8769
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1}  # bytes a value, by type; others hold no text
_COMMENT = {b"ASCII\0\0\0": "latin-1", b"UNICODE\0": "utf-16", b"JIS\0\0\0\0\0": "iso2022_jp"}
DIRECTORIES = 64


def tiff(walk: Walk) -> None:
    """Texts and XMP (tag 700) of the directories of a TIFF picture (TIFF 6.0 §2)."""
    _read(walk)


def exif(block: bytes) -> Walk:
    """The texts of an EXIF block, as a walk of its own; a broken block gives what was read before."""
    walk = Walk(io.BytesIO(block), len(block))
    try:
        _read(walk)
    except Stop:
        pass
    return walk


def _read(walk: Walk) -> None:
    walk.seek(0)
    order = {b"II": "<", b"MM": ">"}.get(walk.read(2), "")
    if not order or struct.unpack(order + "H", walk.read(2))[0] != 42:
        raise Stop("no TIFF header")
    waiting = [struct.unpack(order + "I", walk.read(4))[0]]
    seen: set[int] = set()
    while waiting and len(seen) < DIRECTORIES:
        position = waiting.pop()
        if not position or position in seen:
            continue
        seen.add(position)
        walk.seek(position)
        (count,) = struct.unpack(order + "H", walk.read(2))
        entries = walk.read(12 * count)
        if position + 2 + 12 * count + 4 <= walk.size:
            waiting.append(struct.unpack(order + "I", walk.read(4))[0])
        for at in range(0, len(entries), 12):
            walk.step()
            tag, kind, number = struct.unpack(order + "HHI", entries[at : at + 8])
            if tag == _EXIF_POINTER:
                waiting.append(struct.unpack(order + "I", entries[at + 8 : at + 12])[0])
            elif (tag in _NAMES or tag == _XMP) and kind in _SIZES:
                _keep(walk, order, tag, number * _SIZES[kind], entries[at + 8 : at + 12])


def _keep(walk: Walk, order: str, tag: int, length: int, field: bytes) -> None:
    if length > MAX_METADATA:
        raise Stop("more than 1 MiB of metadata", limit=True)
    if length > 4:
        walk.seek(struct.unpack(order + "I", field)[0])
        data = walk.take(length)
    else:
        data = field[:length]
    if tag == _XMP:
        walk.keep("xmp", "", data)
    elif tag == 0x9286:
        walk.keep("exif", _NAMES[tag], comment(data, order))
    else:
        walk.keep("exif", _NAMES[tag], text(data))


def comment(data: bytes, order: str = "<") -> str:
    """A UserComment without its eight bytes of encoding (EXIF 2.32 §4.6.5); UTF-16 in the order that makes sense."""
    encoding = _COMMENT.get(data[:8])
    if encoding is None:
        return text(data[8:] if data[:8] == bytes(8) else data)
    body = data[8:]
    if encoding != "utf-16":
        return text(body) if encoding == "latin-1" else body.decode(encoding, "replace").strip("\0")
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace").strip("\0")
    # Writers disagree on the order; of ASCII text, which JSON mostly is, every second byte is zero.
    big = body[0:200:2].count(0) > body[1:200:2].count(0) or (order == ">" and 0 not in body[:200])
    return body.decode("utf-16-be" if big else "utf-16-le", "replace").strip("\0")
