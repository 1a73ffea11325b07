"""Tags of sound files: ID3v2 (MP3), Vorbis comments (FLAC, Ogg, Opus)."""

from __future__ import annotations

import struct

from workers.detectors.containers.base import MAX_METADATA, Stop, Walk, text

_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")


def mp3(walk: Walk) -> None:
    """The ID3v2 tag at the start (id3.org, v2.2 to v2.4)."""
    walk.seek(0)
    head = walk.read(10)
    if head[:3] != b"ID3":
        return
    size = _safe(head[6:10])
    # A tag can be larger than all we take (cover pictures); its text frames usually come first.
    id3_frames(walk, head + walk.read(min(size, MAX_METADATA, walk.size - 10)))


def id3_frames(walk: Walk, tag: bytes) -> None:
    """User texts (TXXX), comments, the encoder and XMP (PRIV) of one whole tag."""
    if tag[:3] != b"ID3" or len(tag) < 10:
        return
    version, flags = tag[3], tag[5]
    body = tag[10:]
    if flags & 0x80 and version < 4:
        body = body.replace(b"\xff\x00", b"\xff")
    at = 0
    if flags & 0x40 and version >= 3 and len(body) >= 4:
        at = _safe(body[:4]) if version == 4 else int.from_bytes(body[:4], "big") + 4
    long = version >= 3
    while at + (10 if long else 6) <= len(body) and body[at] != 0:
        walk.step()
        if long:
            name, length = body[at : at + 4], body[at + 4 : at + 8]
            size = _safe(length) if version == 4 else int.from_bytes(length, "big")
            packed = body[at + 9] & (0x0E if version == 4 else 0xC0)
            at += 10
        else:
            name, size, packed = body[at : at + 3], int.from_bytes(body[at + 3 : at + 6], "big"), 0
            at += 6
        frame = body[at : at + size]
        if len(frame) < size:
            raise Stop("a frame longer than its tag")
        at += size
        if not packed and name[:1] in b"TCP":
            _frame(walk, name.decode("latin-1"), frame)


def _frame(walk: Walk, name: str, frame: bytes) -> None:
    if name == "PRIV" and frame.startswith(b"XMP\x00"):
        walk.spend(len(frame))
        walk.keep("xmp", "", frame[4:])
    elif name in ("TXXX", "TXX", "COMM", "COM", "TSSE", "TSS", "TENC") and frame:
        walk.spend(len(frame))
        skip = 4 if name.startswith("COM") else 1  # the comment's language
        code = frame[0]
        raw = frame[skip:].decode(_ENCODINGS[code] if code < 4 else "latin-1", "replace")
        parts = raw.replace("\ufeff", "").split("\x00")
        described = name.startswith(("TXX", "COM"))
        walk.keep(
            "id3", parts[0] if described and parts[0] else name, parts[1] if described and parts[1:] else parts[0]
        )


def _safe(data: bytes) -> int:
    """Seven bits a byte."""
    return sum((byte & 0x7F) << (7 * (3 - place)) for place, byte in enumerate(data[:4]))


def flac(walk: Walk) -> None:
    """Metadata blocks; number 4 is a Vorbis comment (RFC 9639 §8)."""
    walk.seek(4)
    while True:
        walk.step()
        head = walk.read(4)
        length = int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == 4:
            vorbis_comment(walk, walk.take(length))
        else:
            walk.skip(length)
        if head[0] & 0x80:
            return


def ogg(walk: Walk) -> None:
    """The first packets of every stream, put together from their pages (RFC 3533 §6; RFC 7845 §5.2)."""
    walk.seek(0)
    packets: dict[int, bytes] = {}
    done: dict[int, int] = {}
    while walk.stream.tell() + 27 <= walk.size:
        walk.step()
        head = walk.read(27)
        if head[:4] != b"OggS":
            raise Stop("no page where one is due")
        serial = int.from_bytes(head[14:18], "little")
        laces = walk.read(head[26])
        for lace in laces:
            data = walk.read(lace)
            if done.get(serial, 0) >= 3:
                continue
            walk.spend(lace)
            packets[serial] = packets.get(serial, b"") + data
            if lace < 255:
                _packet(walk, packets.pop(serial))
                done[serial] = done.get(serial, 0) + 1
        if len(done) > 8 or (done and min(done.values()) >= 3 and not packets):
            return  # everything behind is sound


def _packet(walk: Walk, packet: bytes) -> None:
    for magic in (b"\x03vorbis", b"OpusTags"):
        if packet.startswith(magic):
            vorbis_comment(walk, packet[len(magic) :])
    if packet[:1] == b"\x84" and len(packet) > 4:  # a FLAC comment block inside Ogg
        vorbis_comment(walk, packet[4:])


def vorbis_comment(walk: Walk, data: bytes) -> None:
    """`NAME=value` pairs, names in any case (Xiph, Ogg Vorbis I §5)."""
    try:
        at = 4 + struct.unpack_from("<I", data)[0]
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
        for _entry in range(count):
            walk.step()
            (length,) = struct.unpack_from("<I", data, at)
            at += 4
            if at + length > len(data):
                raise Stop("a comment longer than its block")
            name, _, value = data[at : at + length].partition(b"=")
            at += length
            walk.keep("vorbis", text(name), text(value))
    except struct.error as error:
        raise Stop("a comment block is cut") from error
