"""What all walks through a stranger's metadata share: a piece of text with its place, and limits that end the walk.

The limits are those of law.md §7.2: at most 10,000 chunks, 1 MiB of metadata, and no decompression beyond it.
A walk that meets a limit or a broken structure stops there; what it found before stays found.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import BinaryIO

MAX_CHUNKS = 10_000
MAX_METADATA = 1024 * 1024


class Stop(Exception):
    """The walk ends here: the file is cut, contradicts itself, or asks for more than the limits. Says which."""

    def __init__(self, why: str, limit: bool = False) -> None:
        super().__init__(why)
        self.limit = limit  # the file may be whole; it asks for more than anybody reads


@dataclass(frozen=True)
class Piece:
    """A piece of metadata. `place` is where it stood ('xmp', 'exif', 'png', 'mp4', 'vorbis' …), `key` its name there.

    `value` is text, or bytes for what has a format of its own (XMP packets, EXIF blocks). `damaged`: its checksum is
    wrong.
    """

    place: str
    key: str
    value: str | bytes
    damaged: bool = False


@dataclass
class Walk:
    """A walk through one file: its stream and size, what was found, and how much may still be taken."""

    stream: BinaryIO
    size: int
    found: list[Piece] = field(default_factory=list)
    chunks: int = 0
    taken: int = 0

    def step(self) -> None:
        """Count one chunk. Raises Stop after 10,000."""
        self.chunks += 1
        if self.chunks > MAX_CHUNKS:
            raise Stop("more than 10,000 chunks", limit=True)

    def read(self, count: int) -> bytes:
        """Exactly `count` bytes of structure (a header: few). Raises Stop at the end of the file."""
        if not 0 <= count <= MAX_METADATA:
            raise Stop("a length beyond 1 MiB", limit=True)
        data = self.stream.read(count)
        if len(data) < count:
            raise Stop("the file ends too early")
        return data

    def take(self, count: int) -> bytes:
        """Exactly `count` bytes of metadata, counted against 1 MiB. Raises Stop."""
        self.spend(count)
        return self.read(count)

    def spend(self, count: int) -> None:
        """Count metadata that was unpacked. Raises Stop beyond 1 MiB."""
        self.taken += count
        if count < 0 or self.taken > MAX_METADATA:
            raise Stop("more than 1 MiB of metadata", limit=True)

    def keep(self, place: str, key: str, value: str | bytes, damaged: bool = False) -> None:
        self.found.append(Piece(place, key, value, damaged))

    def skip(self, count: int) -> None:
        self.seek(self.stream.tell() + count)

    def seek(self, position: int) -> None:
        """Go to an offset in the file. Raises Stop when it lies outside."""
        if not 0 <= position <= self.size:
            raise Stop("a length beyond the end of the file")
        self.stream.seek(position)


def text(data: bytes) -> str:
    """Bytes of an unstated encoding as text: UTF-8, else GB 18030, else Latin-1."""
    data = data.strip(b"\x00")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def inflate(walk: Walk, data: bytes) -> bytes:
    """zlib data unpacked, at most what is left of 1 MiB. Raises Stop for more, and for data that cannot be unpacked."""
    unpacker = zlib.decompressobj()
    try:
        out = unpacker.decompress(data, MAX_METADATA - walk.taken + 1)
    except zlib.error as error:
        raise Stop(str(error)) from error
    walk.spend(len(out))
    return out
