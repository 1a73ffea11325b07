"""Finds what is hidden in or behind a picture or recording: archives, pages, scripts, programs.

Ordinary camera trailers (a second JPEG of a multi-picture file, a motion photo's film, Samsung's
and Google's trailer blocks, zero padding) are told apart and let through.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from webapp.domain.evidence.dangers import dangerous
from webapp.domain.evidence.kinds import Kind
from webapp.domain.evidence.walks.base import CHUNK

# Seven or more fixed bytes each, so that 50 MB of compressed data hold one by chance less than once
# in ten million files; `<svg` alone would be found in every fiftieth large picture.
_SCRIPT = re.compile(
    rb"<script[\s>/]|<\?php[\s]|<html[\s>]|<!doctype html|<iframe[\s>]|<svg\s[^<>]{0,200}xmlns|javascript:",
    re.IGNORECASE,
)
# How each of these begins. To look for them letter by letter is many times quicker than the expression above, and a
# recording has hundreds of megabytes (300 MB: 27 s before, 5 s now, on a busy machine).
_BEGINNINGS = (b"<script", b"<?php", b"<html", b"<!doctype", b"<iframe", b"<svg", b"javascript:")
_OVERLAP = 256
_ZIP_END = 65_535 + 22  # the longest ZIP comment and the end record itself (APPNOTE 4.3.16)


@dataclass(frozen=True)
class Behind:
    """What follows the end of a format: the name of a stowaway, or notes on harmless bytes."""

    stowaway: str = ""
    notes: tuple[str, ...] = ()


def inside(stream: BinaryIO, size: int, head: bytes, kind: Kind) -> str:
    """The name of something hidden anywhere in the file, or "". Text and PDF are served as text
    or not at all, so markup in them is no disguise."""
    if kind.medium == "document":
        return "ZIP" if _zip_at_end(stream, size) else ""
    if b"%PDF-" in head[:1024]:
        return "PDF"
    if _zip_at_end(stream, size):
        return "ZIP"
    stream.seek(0)
    tail = b""
    while data := stream.read(CHUNK):
        here = tail + data
        lowered = here.lower()
        if any(word in lowered for word in _BEGINNINGS) and _SCRIPT.search(here):
            return "HTML"
        tail = data[-_OVERLAP:]
    # A GIF whose screen size reads as the opening of a comment or an assignment is a script too.
    if kind.media_type == "image/gif" and head[6:8] in (b"/*", b"=1", b"=0", b"='", b'="', b"//"):
        return "JavaScript"
    return ""


def behind(stream: BinaryIO, end: int, size: int, kind: Kind) -> Behind:
    """What follows the last byte of the format itself."""
    if end >= size:
        return Behind()
    stream.seek(end)
    trailer = stream.read(min(size - end, 64 * 1024))
    body = trailer.strip(b"\x00 \t\r\n")
    if not body.strip(b"\xff"):
        return Behind()
    refused = dangerous(body)
    if refused:
        return Behind(stowaway=refused.name)
    for magic, name in (
        (b"PK\x03\x04", "ZIP"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x7fELF", "program"),
        (b"This program cannot be run", "program"),
        (b"%PDF-", "PDF"),
    ):
        if magic in trailer:
            return Behind(stowaway=name)
    if body.startswith(b"\xff\xd8\xff"):
        return Behind(notes=("camera_trailer",))
    if trailer[4:8] == b"ftyp" or body[4:8] == b"ftyp" or b"MotionPhoto" in trailer:
        return Behind(notes=("motion_photo",))
    if _samsung(stream, size):
        return Behind(notes=("camera_trailer",))
    if _reads_as_code(body):
        return Behind(stowaway="JavaScript")
    return Behind(notes=("trailing_bytes",))


def _samsung(stream: BinaryIO, size: int) -> bool:
    """Samsung cameras close their trailer with a directory and the letters SEFT."""
    stream.seek(max(0, size - 8))
    return stream.read(8).rstrip(b"\x00").endswith(b"SEFT")


def _reads_as_code(body: bytes) -> bool:
    """A printable trailer with brackets and operators: a program, not a camera's note."""
    sample = body[:4096]
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in sample)
    return printable >= 0.9 * len(sample) and bool(re.search(rb"[({<][^\x00]*[)}>]|=[^=]*;|\*/", sample))


def _zip_at_end(stream: BinaryIO, size: int) -> bool:
    """An end-of-central-directory record that makes sense: how every ZIP reader finds an archive."""
    start = max(0, size - _ZIP_END)
    stream.seek(start)
    tail = stream.read(_ZIP_END)
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if at + 22 <= len(tail):
            disk, first, here, total, length, _offset, comment = struct.unpack("<HHHHIIH", tail[at + 4 : at + 22])
            if (disk, first) == (0, 0) and here == total and length <= start + at and at + 22 + comment <= len(tail):
                return True
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return False
