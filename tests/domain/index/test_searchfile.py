"""The search file alone: exact answers, growing under readers, what it refuses, and writers that die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.domain.index.hashes import apart, bits
from webapp.domain.index import scanning, searchfile
from webapp.domain.index.searchfile import BLOCK, Damaged, SearchFile

NAME = "dct256 1"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    where = tmp_path / "index" / "dct256-1.idx"
    searchfile.create(where, NAME)
    return where


def random_rows(number: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (number, 32), dtype=np.uint8)


@pytest.mark.parametrize("fallback", [False, True])
def test_every_hash_within_the_radius_is_found_and_no_other(fallback: bool) -> None:
    block, queries = random_rows(3000, 1), random_rows(3, 2)
    block[7], block[2999] = queries[1], np.frombuffer(apart(queries[2].tobytes(), 100), np.uint8)
    distances = np.bitwise_count(block[:, None, :] ^ queries[None, :, :]).sum(axis=2, dtype=int).min(axis=1)
    expected = np.flatnonzero(distances <= 108)
    assert 3 < len(expected) < 300
    if fallback or scanning.library() is None:
        rows, found = scanning._with_numpy(queries, block, 108)
    else:
        rows, found = scanning.near(queries, block, 108)
    assert rows.tolist() == expected.tolist()
    assert found.tolist() == distances[expected].tolist()
    assert 100 in distances[rows]


def test_rows_are_found_across_blocks_and_by_readers_that_were_there_before(path: Path) -> None:
    reader, writer = SearchFile(path, NAME), SearchFile(path, NAME)
    assert reader.search([bits(1)], 256) == ([], reader.extent())
    rows = random_rows(BLOCK + 10, 3)
    rows[BLOCK + 4] = np.frombuffer(apart(bits(1), 30), np.uint8)
    hashes = [row.tobytes() for row in rows]
    ids = [5 * n + 1 for n in range(len(rows))]
    writer.append(ids[: BLOCK - 3], hashes[: BLOCK - 3])
    assert reader.extent().count == BLOCK - 3
    writer.append(ids[BLOCK - 3 :], hashes[BLOCK - 3 :], level_at=123.0)
    found, extent = reader.search([bits(1)], 60)
    assert found == [(ids[BLOCK + 4], 30)]
    assert (extent.count, extent.last_id, extent.level_at) == (BLOCK + 10, ids[-1], 123.0)
    assert reader.row(extent.count - 1) == (ids[-1], hashes[-1])
    assert SearchFile(path, NAME).extent() == extent


def test_eight_orientations_cost_one_answer(path: Path) -> None:
    file = SearchFile(path, NAME)
    file.append([1, 2], [bits(1), bits(2)])
    queries = [apart(bits(2), 20), apart(bits(2), 10), bits(9)]
    assert file.search(queries, 40)[0] == [(2, 10)]


def broken_head(data: bytearray) -> None:
    data[0] ^= 1


def broken_row(data: bytearray) -> None:
    data[searchfile.PAGE + 40] ^= 1


def broken_slots(data: bytearray) -> None:
    for at in searchfile.SLOTS:
        data[at + 9] ^= 1


def cut_short(data: bytearray) -> None:
    del data[searchfile.PAGE + 100 :]


def emptied(data: bytearray) -> None:
    data.clear()


@pytest.mark.parametrize("damage", [broken_head, broken_row, broken_slots, cut_short, emptied])
def test_a_damaged_file_is_refused(path: Path, damage: object) -> None:
    SearchFile(path, NAME).append([1, 2, 3], [bits(n) for n in range(3)])
    data = bytearray(path.read_bytes())
    damage(data)  # type: ignore[operator]  # one of the functions above
    path.write_bytes(data)
    with pytest.raises(Damaged):
        SearchFile(path, NAME)


def test_a_missing_file_and_one_of_another_version_are_refused(path: Path) -> None:
    with pytest.raises(Damaged, match="another version"):
        SearchFile(path, "dct256 2")
    with pytest.raises(Damaged, match="missing"):
        SearchFile(path.with_name("other.idx"), NAME)


def test_a_half_written_extent_leaves_the_one_before(path: Path) -> None:
    file = SearchFile(path, NAME)
    file.append([1], [bits(1)])
    after = file.append([2], [bits(2)])
    with path.open("r+b") as raw:
        raw.seek(searchfile.SLOTS[after.seq % 2] + 3)
        raw.write(b"\xff")
    assert SearchFile(path, NAME).extent().count == 1
    again = SearchFile(path, NAME)
    again.append([2], [bits(2)])
    assert again.search([bits(2)], 0)[0] == [(2, 0)]


WRITER = """
import sys
from pathlib import Path
from webapp.domain.index import searchfile
from random import Random
path, many = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
for _ in range(many):
    with searchfile.writing(path, 20) as held:
        assert held
        file = searchfile.SearchFile(path, "dct256 1", check=False)
        last = file.extent().last_id
        file.append(range(last + 1, last + 51), [Random(i).randbytes(32) for i in range(last + 1, last + 51)])
"""


def start(path: Path, many: int) -> subprocess.Popen[bytes]:
    """A process that appends 50 rows `many` times."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(many)], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == b"ready\n"
    return process


def test_two_processes_append_while_a_third_searches(path: Path) -> None:
    reader = SearchFile(path, NAME)
    writers = [start(path, 25), start(path, 25)]
    seen = 0
    while any(w.poll() is None for w in writers):
        extent = reader.extent()
        if extent.count > seen:
            seen = extent.count
            found, _ = reader.search([bits(extent.last_id)], 0)
            assert found == [(extent.last_id, 0)]
    assert [w.wait() for w in writers] == [0, 0]
    assert reader.extent().count == 2500
    assert SearchFile(path, NAME).search([bits(n) for n in (1, 1250, 2500)], 0)[0] == [(1, 0), (1250, 0), (2500, 0)]


def test_a_writer_killed_in_the_middle_leaves_a_whole_file_and_no_lock(path: Path) -> None:
    for _ in range(3):
        process = start(path, 100_000)
        time.sleep(0.1)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        file = SearchFile(path, NAME)  # checks every row
        last = file.extent().last_id
        assert last % 50 == 0
        assert last == file.extent().count
    with searchfile.writing(path, 0.0) as held:
        assert held
        after = SearchFile(path, NAME).append([last + 1], [bits(7)])
    assert SearchFile(path, NAME).extent() == after


def test_only_one_writes_at_a_time(path: Path) -> None:
    with searchfile.writing(path, 0.0) as first, searchfile.writing(path, 0.02) as second:
        assert (first, second) == (True, False)
