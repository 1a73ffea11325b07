"""Walks the recordings phones, chats and stream recorders give: AMR, AAC, AVI, FLV, ASF (WMA, WMV), MPEG-TS.

Frame by frame or chunk by chunk, as far as each format's own lengths lead; what a recorder left unfinished at the very
end (the file was copied while it ran, the battery died) is no reason to refuse it, as it can be played up to there.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from webapp.domain.evidence.walks.base import CHUNK, MAX_STEPS, Broken, Cut, Walked, check_pixels, take

# Bytes of a speech frame by its type, head included (RFC 4867 §5.3; 3GPP TS 26.101 and 26.201); -1: not in use.
_NARROW = (13, 14, 16, 18, 20, 21, 27, 32, 6, 7, 6, 6, -1, -1, -1, 1)
_WIDE = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, -1, -1, -1, -1, 1, 1)
# Fifty frames a second: ten hours of speech, of which a megabyte holds at least half an hour.
_MAX_FRAMES = 50 * 3600 * 10
# Chunks outside the recording itself: a header, an index, a title; a padding here and there.
_MAX_CHUNKS = 4096
# AAC in ADTS: samples a second by index (ISO 14496-3 table 1.18), 1024 samples a frame.
_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_TS = 188  # bytes of a packet (ISO 13818-1 §2.4.3)
# ASF objects (Microsoft, Advanced Systems Format §10), little-endian GUIDs.
_ASF_FILE = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_STREAM = bytes.fromhex("9107dcb7b7a9cf118ee600c00c205365")
_ASF_VIDEO = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")


def walk_amr(stream: BinaryIO, size: int, most: int) -> Walked:
    """Speech frames of 20 ms to the end (RFC 4867 §5)."""
    stream.seek(0)
    head = take(stream, 6)
    wide = head == b"#!AMR-"
    lengths = _WIDE if wide else _NARROW
    position, frames = (9, 0) if wide else (6, 0)
    while position < size and frames < _MAX_FRAMES:
        stream.seek(position)
        data, at = stream.read(CHUNK), 0
        while at < len(data):
            length = lengths[data[at] >> 3 & 15]
            if length < 0 or data[at] & 0x83:
                raise Broken("no frame of speech")
            if at + length > len(data):
                break
            at, frames = at + length, frames + 1
        if not at:
            break  # the last frame is not whole
        position += at
    if not frames:
        raise Cut
    return Walked(0, 0, size, seconds=frames / 50)


def walk_aac(stream: BinaryIO, size: int, most: int) -> Walked:
    """ADTS frames to the end (ISO 14496-3 §1.A.2.2)."""
    position = frames = rate = 0
    for _step in range(MAX_STEPS):
        stream.seek(position)
        head = stream.read(7)
        if len(head) < 7:
            break
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        if head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or length < 7 or head[2] >> 2 & 15 >= len(_RATES):
            if frames < 4 or head[:3] not in (b"TAG", b"ID3", b"APE"):
                raise Broken("no AAC frame")
            break  # a song's title behind its sound
        if position + length > size:
            break
        rate = _RATES[head[2] >> 2 & 15]
        position, frames = position + length, frames + 1
    if frames < 4:
        raise Cut
    return Walked(0, 0, size, seconds=frames * 1024 / rate)


def walk_avi(stream: BinaryIO, size: int, most: int) -> Walked:
    """One RIFF form after the other (OpenDML), their chunks, and the main header's picture size and length."""
    position = width = height = steps = 0
    seconds, media = 0.0, False
    for _step in range(4096):
        if position + 12 > size:
            break
        stream.seek(position)
        kind, length, form = struct.unpack("<4sI4s", take(stream, 12))
        if kind != b"RIFF" or form not in (b"AVI ", b"AVIX"):
            break  # what follows is told by whoever looks behind the end
        end = min(position + 8 + length, size)
        inner = position + 12
        while inner + 12 <= end:
            steps += 1
            if steps > _MAX_CHUNKS:
                raise Broken("too many chunks")
            stream.seek(inner)
            name, long, what = struct.unpack("<4sI4s", take(stream, 12))
            if name == b"LIST" and what == b"hdrl":
                stream.seek(inner + 12)
                found, _long, main = struct.unpack("<4sI56s", take(stream, 64))
                if found != b"avih":
                    raise Broken("no main header")
                each, frames = struct.unpack_from("<I", main)[0], struct.unpack_from("<I", main, 16)[0]
                width, height = struct.unpack_from("<II", main, 32)
                check_pixels(width, height, most)
                seconds = each * frames / 1e6
            media = media or (name == b"LIST" and what == b"movi")
            if long == 0 and what == b"movi":
                break  # the recorder never came back to write how long it is
            inner += 8 + long + (long & 1)
        position = max(end, position + 12)
        position += position & 1 and length & 1
    if not (media and width):
        raise Cut
    return Walked(width, height, size, seconds=seconds)


def walk_flv(stream: BinaryIO, size: int, most: int) -> Walked:
    """Tag by tag (Adobe, Flash Video File Format 10.1 annex E); the last one's time is how long it is."""
    stream.seek(0)
    head = take(stream, 9)
    position, tags, at = struct.unpack(">I", head[5:9])[0] + 4, 0, 0
    if head[4] & 0b1111_1010 or position > 64:
        raise Broken("flags that are not in use")
    for _step in range(MAX_STEPS):  # some hours; what comes after is played, but not walked
        stream.seek(position)
        tag = stream.read(11)
        if len(tag) < 11:
            break
        length = int.from_bytes(tag[1:4], "big")
        if tag[0] & 0x1F not in (8, 9, 18) or tag[8:11] != b"\0\0\0":
            raise Broken("no tag")
        if position + 11 + length > size:
            break
        at = max(at, tag[7] << 24 | int.from_bytes(tag[4:7], "big"))
        position, tags = position + 15 + length, tags + 1
    if tags < 2:
        raise Cut
    # Recorders of streams keep the stream's own clock: a time beyond ten days of sending tells no length.
    return Walked(0, 0, size, seconds=at / 1000 if at < 864_000_000 else 0.0)


def walk_asf(stream: BinaryIO, size: int, most: int) -> Walked:
    """The header's objects: how long it plays, and the size of its pictures; then the data follows."""
    stream.seek(16)
    length, count = struct.unpack("<QI", take(stream, 12))
    if length > min(size, 16 * CHUNK):
        raise Cut if length > size else Broken("a header larger than any")
    header = take(stream, length - 28) if length > 28 else b""
    at, width, height, seconds = 2, 0, 0, 0.0
    for _step in range(min(count, 1000)):
        name, long = header[at : at + 16], int.from_bytes(header[at + 16 : at + 24], "little")
        if long < 24 or at + long > len(header):
            raise Broken("an object longer than the header")
        body = header[at + 24 : at + long]
        if name == _ASF_FILE and len(body) >= 64:
            hundred_ns, preroll = struct.unpack_from("<Q", body, 40)[0], struct.unpack_from("<Q", body, 56)[0]
            seconds = max(0.0, hundred_ns / 1e7 - preroll / 1000)
        if name == _ASF_STREAM and body[:16] == _ASF_VIDEO and len(body) >= 62:
            width, height = struct.unpack_from("<II", body, 54)
            check_pixels(width, height, most)
        at += long
    if size - length < 50:
        raise Cut
    return Walked(width, height, size, seconds=seconds)


def has_pictures(head: bytes) -> bool:
    """Whether the head of an ASF file announces a stream of pictures: a WMV, not a WMA."""
    return _ASF_STREAM in head and _ASF_VIDEO in head


def walk_ts(stream: BinaryIO, size: int, most: int) -> Walked:
    """Packets of 188 bytes, each beginning with 0x47: looked at in two thousand places (ISO 13818-1)."""
    packets = size // _TS
    if packets < 8:
        raise Cut
    step = max(1, packets // 2000)
    for packet in {*range(8), *range(0, packets, step), packets - 1}:
        stream.seek(packet * _TS)
        if stream.read(1) != b"\x47":
            raise Broken("a packet that begins with something else")
    return Walked(0, 0, size)
