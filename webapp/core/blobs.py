"""The content-addressed store: bytes go in as a stream and come out by their SHA-256, never changed.

Files are written once with mode 0600 under ab/cd/<sha256>; a half-written file never carries a final name.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class Blob:
    """What was stored: hex SHA-256 and size in bytes; `part` names the file it arrived in by pieces (core/parts)."""

    sha256: str
    size: int
    part: str = ""


class BlobStore:
    """A folder of immutable files named by content."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"

    def path(self, sha256: str) -> Path:
        """Where the blob lies (whether or not it is there)."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def open(self, sha256: str) -> BinaryIO:
        """Open for reading. Raises FileNotFoundError."""
        return self.path(sha256).open("rb")

    def writer(self, limit: int | None = None) -> BlobWriter:
        """A file-like sink for one blob of at most `limit` bytes."""
        self.incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        return BlobWriter(self, limit)

    def put(self, data: bytes) -> Blob:
        """Store bytes that are already in memory (previews, small things made here)."""
        writer = self.writer()
        writer.write(data)
        return writer.keep()

    def adopt(self, path: Path) -> Blob:
        """Give a whole file of this disk its name in the store; the file itself stays, as a second name of it."""
        with path.open("rb") as file:
            blob = Blob(hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size)
        self.name(path, blob)
        return blob

    def name(self, path: Path, blob: Blob) -> None:
        """Give a finished file of this disk its name; the same content twice is one file."""
        final = self.path(blob.sha256)
        final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.link(path, final)
        except FileExistsError:
            pass  # write-once: the same bytes are already there

    def forget_unfinished(self, age: timedelta) -> int:
        """Erase what was begun longer than `age` ago and never kept, because its process died; gives how many files."""
        before, gone = time.time() - age.total_seconds(), 0
        for path in self.incoming.glob("*"):
            try:
                if path.stat().st_mtime < before:
                    path.unlink()
                    gone += 1
            except FileNotFoundError:
                continue  # its writer has just finished
        return gone

    def remove(self, sha256: str) -> None:
        """Erase a blob; retention decides when."""
        self.path(sha256).unlink(missing_ok=True)


class BlobWriter:
    """Hashes while it writes. Past the limit it swallows the rest and says so in `overflowed`.

    It swallows instead of raising so that a form's other fields, sent after the file, still arrive.
    """

    def __init__(self, store: BlobStore, limit: int | None) -> None:
        self._store = store
        self._limit = limit
        self._hash = hashlib.sha256()
        self.size = 0
        self.overflowed = False
        handle, name = tempfile.mkstemp(dir=store.incoming)
        self._file = os.fdopen(handle, "w+b")
        self.temporary = Path(name)

    def write(self, data: bytes) -> int:
        """Take the next bytes."""
        self.size += len(data)
        if self._limit is not None and self.size > self._limit:
            if not self.overflowed:
                self.overflowed = True
                self._file.truncate(0)
            return len(data)
        self._hash.update(data)
        self._file.write(data)
        return len(data)

    def read(self, size: int = -1) -> bytes:
        """Read back what was written, from where `seek` stands."""
        return self._file.read(size)

    def seek(self, position: int, whence: int = 0) -> int:
        """Move within what was written."""
        return self._file.seek(position, whence)

    def tell(self) -> int:
        """The position within what was written."""
        return self._file.tell()

    def keep(self) -> Blob:
        """Flush to disk and give the blob its name. The same content twice is one file."""
        self._file.flush()
        os.fsync(self._file.fileno())
        blob = Blob(self._hash.hexdigest(), self.size)
        self._store.name(self.temporary, blob)
        self.close()
        return blob

    def close(self) -> None:
        """Drop what was not kept."""
        self._file.close()
        self.temporary.unlink(missing_ok=True)
