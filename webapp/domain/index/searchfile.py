"""The search file: hashes and ids in one memory-mapped file, grown by appending while other processes search it.

Layout: a page of header, then blocks of 131,072 rows, each 4 MiB of hashes followed by 1 MiB of ids. The header has
two slots; whoever appends writes the rows, makes them durable and then fills the older slot, with its own checksum. A
reader takes the newest whole slot and looks at no row beyond its count, so it never blocks and never sees half a row; a
writer that dies leaves rows nobody counts. A rebuild is a new file put in the old one's place; readers notice and open
it.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from weakref import finalize

import numpy as np
import numpy.typing as npt

from webapp.domain.index import scanning
from webapp.domain.index.scanning import WIDTH, Bytes

MAGIC = b"RDSINDEX1\n"
PAGE = 4096
BLOCK = 131_072  # rows; measured best of 16 k to 10 M: 12.1 ms for 10 M beside 11.8 for the bare read
HASHES = BLOCK * WIDTH
SPAN = HASHES + BLOCK * 8
HEAD = struct.Struct(f"<{len(MAGIC)}s64sI")
SLOT = struct.Struct("<QQQQd")
SLOTS = (1024, 2048)
TURN = 0.005  # seconds between two tries for the writers' lock


class Damaged(Exception):
    """The file cannot be used: it is missing, of another version, cut short, or its checksum does not fit."""


@dataclass(frozen=True)
class Extent:
    """How far the file reaches: `seq` rises with every append; `total` is the sum of its words, for checking."""

    seq: int = 0
    count: int = 0
    last_id: int = 0
    total: int = 0
    level_at: float = 0.0  # seconds since 1970 when it last had everything the database has

    def packed(self) -> bytes:
        body = SLOT.pack(self.seq, self.count, self.last_id, self.total, self.level_at)
        return body + struct.pack("<I", zlib.crc32(body))


def _extent(data: bytes) -> Extent | None:
    body = data[: SLOT.size]
    if len(data) < SLOT.size + 4 or struct.unpack_from("<I", data, SLOT.size)[0] != zlib.crc32(body):
        return None
    return Extent(*SLOT.unpack(body))


def _place(row: int) -> tuple[int, int]:
    """Where a row's hash and id lie in the file."""
    block, within = divmod(row, BLOCK)
    start = PAGE + block * SPAN
    return start + within * WIDTH, start + HASHES + within * 8


def _length(count: int) -> int:
    return PAGE + -(-count // BLOCK) * SPAN


def _sum(hashes: Bytes, ids: npt.NDArray[np.uint64]) -> int:
    return (int(hashes.view(np.uint64).sum(dtype=np.uint64)) + int(ids.sum(dtype=np.uint64))) % 2**64


class SearchFile:
    """One open search file. Opening checks it whole (one read of its memory). Raises Damaged."""

    def __init__(self, path: Path, name: str, *, check: bool = True) -> None:
        """`name`: detector and version whose hashes it must hold."""
        self.path = path
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            raise Damaged("missing") from None
        finalize(self, os.close, self._fd)  # whoever still searches it holds it
        self.inode = os.fstat(self._fd).st_ino
        self._map: mmap.mmap | None = None
        self._check_head(name)
        if check:
            self._check_rows()

    def _check_head(self, name: str) -> None:
        head = os.pread(self._fd, HEAD.size + 4, 0)
        if len(head) < HEAD.size + 4 or struct.unpack_from("<I", head, HEAD.size)[0] != zlib.crc32(head[: HEAD.size]):
            raise Damaged("no header")
        magic, held, rows = HEAD.unpack(head[: HEAD.size])
        if magic != MAGIC or rows != BLOCK or held.rstrip(b"\0").decode() != name:
            raise Damaged("another version")

    def _check_rows(self) -> None:
        extent = self.extent()
        total = sum(_sum(hashes, ids) for hashes, ids in self.blocks(extent.count)) % 2**64
        if total != extent.total:
            raise Damaged("checksum")

    @property
    def replaced(self) -> bool:
        """Whether another file stands in its place by now."""
        try:
            return os.stat(self.path).st_ino != self.inode
        except FileNotFoundError:
            return True

    def extent(self) -> Extent:
        """How far it reaches now. Raises Damaged when neither slot is whole, or rows are missing at its end."""
        slots = [_extent(os.pread(self._fd, SLOT.size + 4, at)) for at in SLOTS]
        found = max((s for s in slots if s is not None), key=lambda s: s.seq, default=None)
        if found is None:
            raise Damaged("no extent")
        if os.fstat(self._fd).st_size < _length(found.count):
            raise Damaged("cut short")
        return found

    def blocks(self, count: int) -> Iterator[tuple[Bytes, npt.NDArray[np.uint64]]]:
        """Hashes and ids, block by block."""
        if not count:
            return
        memory = self._memory(_length(count))
        for start in range(0, count, BLOCK):
            rows = min(BLOCK, count - start)
            at, at_ids = _place(start)
            hashes = np.frombuffer(memory, np.uint8, rows * WIDTH, at).reshape(rows, WIDTH)
            yield hashes, np.frombuffer(memory, np.uint64, rows, at_ids)

    def _memory(self, length: int) -> mmap.mmap:
        if self._map is None or len(self._map) < length:
            self._map = mmap.mmap(self._fd, os.fstat(self._fd).st_size, mmap.MAP_SHARED, mmap.PROT_READ)
        return self._map

    def row(self, number: int) -> tuple[int, bytes]:
        """Id and hash of one row."""
        at, at_id = _place(number)
        return struct.unpack("<Q", os.pread(self._fd, 8, at_id))[0], os.pread(self._fd, WIDTH, at)

    def search(self, hashes: Sequence[bytes], radius: int) -> tuple[list[tuple[int, int]], Extent]:
        """(id, distance) of every row within `radius` bits of any of `hashes`, nearest first; and what was searched."""
        extent = self.extent()
        queries = scanning.as_rows(list(hashes))
        found: list[tuple[int, int]] = []
        for block, ids in self.blocks(extent.count):
            rows, distances = scanning.near(queries, block, radius)
            found += zip(ids[rows].tolist(), distances.tolist(), strict=True)
        return sorted(found, key=lambda f: (f[1], f[0])), extent

    def append(self, ids: Sequence[int], hashes: Sequence[bytes], level_at: float | None = None) -> Extent:
        """Add rows (under `writing`), with `level_at` when nothing is lacking any more; readers see them at once."""
        before = self.extent()
        rows, numbers = scanning.as_rows(list(hashes)), np.array(ids, np.uint64)
        if os.fstat(self._fd).st_size < _length(before.count + len(numbers)):
            os.ftruncate(self._fd, _length(before.count + len(numbers)))
        done = 0
        while done < len(numbers):
            at, at_ids = _place(before.count + done)
            take = min(len(numbers) - done, BLOCK - (before.count + done) % BLOCK)
            os.pwrite(self._fd, rows[done : done + take].tobytes(), at)
            os.pwrite(self._fd, numbers[done : done + take].tobytes(), at_ids)
            done += take
        if done:
            os.fdatasync(self._fd)
        after = Extent(
            before.seq + 1,
            before.count + done,
            int(numbers[-1]) if done else before.last_id,
            (before.total + _sum(rows, numbers)) % 2**64,
            before.level_at if level_at is None else level_at,
        )
        os.pwrite(self._fd, after.packed(), SLOTS[after.seq % 2])
        return after


def create(path: Path, name: str) -> None:
    """An empty file at `path`."""
    head = HEAD.pack(MAGIC, name.encode(), BLOCK)
    page = bytearray(PAGE)
    page[: HEAD.size + 4] = head + struct.pack("<I", zlib.crc32(head))
    empty = Extent().packed()
    for at in SLOTS:
        page[at : at + len(empty)] = empty
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(page)
    path.chmod(0o600)


@contextmanager
def writing(path: Path, patience: float) -> Iterator[bool]:
    """Whether this process may write `path` now: one at a time, the lock goes with the process that dies.

    Waits up to `patience` seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    ends = time.monotonic() + patience
    try:
        held = False
        while not held:
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                held = True
            if not held and time.monotonic() >= ends:
                break
            if not held:
                time.sleep(TURN)
        yield held
    finally:
        os.close(handle)
