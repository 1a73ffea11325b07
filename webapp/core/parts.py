"""Files that arrive in pieces: each piece is appended where the last one ended, and the file's length is the truth.

So a connection that breaks, a browser that is closed and a server that is killed lose no more than the bytes in flight.
A part lies beside the content-addressed store, on the same disk, and becomes a blob only once it is whole.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from webapp.core.blobs import Blob, BlobStore

# A server that blocks until it has read as much as it was asked for loses less than this when the line breaks.
PIECE = 64 * 1024


class Misplaced(Exception):
    """The piece does not begin where the file ends: another connection was quicker, or the sender is mistaken."""


class Overfull(Exception):
    """More bytes came than the sender had announced."""


class Readable(Protocol):
    """What pieces are read from."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, b"" at the end."""
        ...


class Part:
    """The file behind one upload. `size` is what has arrived so far, in bytes."""

    def __init__(self, store: BlobStore, name: str) -> None:
        self.store, self.name = store, name
        self.path = folder(store) / name

    def create(self) -> None:
        """An empty file that only this account can read."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    @property
    def size(self) -> int:
        """Bytes that are safely here; -1 when the file is gone."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return -1

    @property
    def age(self) -> timedelta:
        """How long ago the last piece came."""
        return timedelta(seconds=max(0.0, time.time() - self.path.stat().st_mtime))

    def append(self, at: int, source: Readable, whole: int) -> int:
        """Add what `source` gives, which begins at byte `at` of a file of `whole` bytes; gives the new length.

        Two connections may try at once (a phone that changed its network leaves the first one hanging): each piece
        goes in only if the file still ends where its sender believes. What came before a failure stays. Raises
        Misplaced, Overfull, FileNotFoundError, and whatever reading raises.
        """
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            if os.fstat(handle).st_size != at:
                raise Misplaced
            while data := source.read(PIECE):
                if at + len(data) > whole:
                    raise Overfull
                with _alone(handle):
                    if os.fstat(handle).st_size != at:
                        raise Misplaced
                    at += _write(handle, data)
            return at
        finally:
            os.fsync(handle)  # what the sender is told is here survives a power cut
            os.close(handle)

    def open(self) -> WholeFile:
        """The file as an upload that has arrived. Raises FileNotFoundError."""
        return WholeFile(self)

    def remove(self) -> None:
        """Erase it; the blob it became stays."""
        self.path.unlink(missing_ok=True)


class WholeFile:
    """An upload that came in pieces, to be judged and kept like one that came in a form (a BlobWriter)."""

    overflowed = False

    def __init__(self, part: Part) -> None:
        self.part = part
        self.size = part.size
        self._file: BinaryIO = part.path.open("rb")

    def read(self, size: int = -1) -> bytes:
        """Bytes from where `seek` stands."""
        return self._file.read(size)

    def seek(self, position: int, whence: int = 0) -> int:
        """Move within the file."""
        return self._file.seek(position, whence)

    def tell(self) -> int:
        """The position within the file."""
        return self._file.tell()

    def keep(self) -> Blob:
        """Put it into the store. The part stays until what was made of it is registered (evidence.arriving)."""
        self.close()
        blob = self.part.store.adopt(self.part.path)
        return Blob(blob.sha256, blob.size, self.part.name)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def folder(store: BlobStore) -> Path:
    """Where parts lie."""
    return store.root / "parts"


def room(store: BlobStore) -> int:
    """Bytes that are free on the store's disk."""
    return shutil.disk_usage(store.root).free


def strays(store: BlobStore, known: Collection[str], age: timedelta) -> list[Part]:
    """Parts nobody knows of that were not written to for `age`: their row went and they were left over."""
    found = [Part(store, path.name) for path in folder(store).glob("*") if path.name not in known]
    return [part for part in found if part.size >= 0 and part.age > age]


def _write(handle: int, data: bytes) -> int:
    done = 0
    while done < len(data):
        done += os.write(handle, data[done:])
    return done


@contextmanager
def _alone(handle: int) -> Iterator[None]:
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)
