"""JPEG, PNG and GIF: XMP packets, EXIF blocks, text chunks and comments, before and behind the pixels."""

from __future__ import annotations

import struct
import zlib

from workers.detectors.containers.base import MAX_METADATA, Stop, Walk, inflate, text

_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\x00"
_EXIF = b"Exif\x00\x00"
_PNG_XMP = "XML:com.adobe.xmp"


def jpeg(walk: Walk) -> None:
    """Segments up to the first scan (ITU T.81 B.1.1; XMP specification part 3 §1.1.3, extended XMP included)."""
    walk.seek(2)
    extended: list[tuple[int, bytes]] = []
    try:
        while True:
            walk.step()
            if walk.read(1) != b"\xff":
                raise Stop("no marker where one is due")
            code = walk.read(1)[0]
            while code == 0xFF:
                walk.step()
                code = walk.read(1)[0]
            if code in (0xD9, 0xDA):
                break
            if code == 0x01 or 0xD0 <= code <= 0xD8:
                continue
            length = struct.unpack(">H", walk.read(2))[0] - 2
            if code == 0xE1:
                body = walk.take(length)
                if body.startswith(_XMP):
                    walk.keep("xmp", "", body[len(_XMP) :])
                elif body.startswith(_MORE_XMP):  # then 32 digits of a GUID, whole length, offset
                    at = len(_MORE_XMP)
                    extended.append((int.from_bytes(body[at + 36 : at + 40], "big"), body[at + 40 :]))
                elif body.startswith(_EXIF):
                    walk.keep("exif", "", body[6:])
            elif code == 0xFE:
                walk.keep("jpeg", "Comment", text(walk.take(length)))
            elif length < 0:
                raise Stop("segment length")
            else:
                walk.skip(length)
    finally:
        if extended:
            walk.keep("xmp", "extended", b"".join(part for _at, part in sorted(extended)))


def png(walk: Walk) -> None:
    """All chunks to IEND, those after the pixels too, each with its checksum (PNG specification §11.3)."""
    walk.seek(8)
    while walk.stream.tell() < walk.size:
        walk.step()
        length, kind = struct.unpack(">I4s", walk.read(8))
        if kind == b"IEND":
            return
        if kind not in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            walk.skip(length + 4)
            continue
        body = walk.take(length)
        damaged = struct.unpack(">I", walk.read(4))[0] != zlib.crc32(kind + body)
        if kind == b"eXIf":
            walk.keep("exif", "", body.removeprefix(_EXIF), damaged)
            continue
        name, _, rest = body.partition(b"\x00")
        keyword = name.decode("latin-1")[:79]
        if kind == b"zTXt":
            rest = inflate(walk, rest[1:])
        elif kind == b"iTXt":
            packed, rest = rest[:1] == b"\x01", rest[2:].partition(b"\x00")[2].partition(b"\x00")[2]
            rest = inflate(walk, rest) if packed else rest
        if keyword == _PNG_XMP:
            walk.keep("xmp", "", rest, damaged)
        else:
            walk.keep("png", keyword, text(rest), damaged)


def gif(walk: Walk) -> None:
    """Blocks to the trailer: comments, and the XMP application extension (XMP specification part 3 §1.1.2)."""
    walk.seek(10)
    flags = walk.read(3)[0]
    walk.skip(3 * (2 << (flags & 7)) if flags & 0x80 else 0)
    while True:
        walk.step()
        kind = walk.read(1)[0]
        if kind == 0x3B:
            return
        if kind == 0x2C:
            flags = walk.read(9)[8]
            walk.skip((3 * (2 << (flags & 7)) if flags & 0x80 else 0) + 1)
            _sub_blocks(walk, keep=False)
        elif kind == 0x21:
            label = walk.read(1)[0]
            if label == 0xFE:
                walk.keep("gif", "Comment", text(_sub_blocks(walk)))
            elif label == 0xFF and walk.read(walk.read(1)[0]) == b"XMP DataXMP":
                _gif_xmp(walk)
            else:
                _sub_blocks(walk, keep=False)
        else:
            raise Stop("unknown block")


def _gif_xmp(walk: Walk) -> None:
    """The packet stands there as it is, without sub-blocks, and ends with a "magic trailer" of 258 falling bytes."""
    start = walk.stream.tell()
    data = walk.stream.read(MAX_METADATA - walk.taken + 258)
    end = data.find(b"\x01\xff\xfe\xfd")
    if end < 0:
        raise Stop("an XMP packet without its end")
    walk.spend(end)
    walk.keep("xmp", "", data[:end])
    walk.seek(start + end + 258)


def _sub_blocks(walk: Walk, keep: bool = True) -> bytes:
    """Data sub-blocks to the empty one; a picture's are as many as its bytes ask for, so they are not counted."""
    parts: list[bytes] = []
    while length := walk.read(1)[0]:
        data = walk.read(length)
        if keep:
            walk.spend(length)
            parts.append(data)
    return b"".join(parts)
