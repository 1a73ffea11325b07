"""Real processes: hints, kill -9 of every part, a wiped queue folder; each task done, and done once."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from redis import Redis
from rq import Callback, Queue
from rq.serializers import JSONSerializer

from tests.workers.yard import Yard, until
from workers import embedded

ONCE = {str(number): 1 for number in range(12)}

# Seconds in which what was left is taken up again (stack.md §12); a worker just started loads its libraries first.
PROMISED = 30


def post_many(yard: Yard, ms: int = 60) -> None:
    for number in range(len(ONCE)):
        yard.post("toy.slow", thing=str(number), ms=ms)


def child_of(pid: int) -> int | None:
    """The first child of a process, from the kernel."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(children[0]) if children else None


@pytest.fixture
def busy(yard: Yard) -> Yard:
    """A queue server, a worker of `work` and a sweeper."""
    for name in ("queue", "work", "sweeper"):
        yard.start(name)
    return yard


def test_a_posted_task_reaches_a_worker_by_its_hint(yard: Yard) -> None:
    """No sweeper runs: the hint alone brings it."""
    yard.start("queue")
    yard.start("work")
    yard.post("toy.note", thing="a")
    until(lambda: yard.effects() == {"a": 1}, PROMISED)


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(busy: Yard) -> None:
    post_many(busy)
    for _ in range(2):
        until(busy.running, PROMISED)
        busy.kill("work")
        busy.start("work")
    until(busy.all_done, 20)
    assert busy.effects() == ONCE


def test_the_child_of_a_killed_worker_dies_with_it(busy: Yard) -> None:
    busy.post("toy.slow", thing="a", ms=3000)
    until(busy.running, PROMISED)
    horse = child_of(busy.processes["work"].pid)
    assert horse is not None
    busy.kill("work")
    until(lambda: not Path(f"/proc/{horse}").exists() or "Z" in Path(f"/proc/{horse}/stat").read_text(), 2)


def test_a_child_killed_alone_is_replaced(busy: Yard) -> None:
    post_many(busy)
    until(busy.running, PROMISED)
    horse = child_of(busy.processes["work"].pid)
    assert horse is not None
    os.kill(horse, signal.SIGKILL)
    until(busy.all_done, 20)
    assert busy.effects() == ONCE


def test_a_killed_sweeper_is_not_missed_and_a_new_one_finds_what_was_left(busy: Yard) -> None:
    busy.kill("sweeper")
    busy.kill("work")
    post_many(busy, ms=5)
    busy.start("work")
    busy.start("sweeper")
    until(busy.all_done, PROMISED)
    assert busy.effects() == ONCE


def test_a_killed_queue_server_is_waited_for(busy: Yard) -> None:
    post_many(busy)
    until(busy.running, PROMISED)
    busy.kill("queue")
    busy.post("toy.note", thing="while away")
    busy.start("queue")
    until(busy.all_done, 20)
    assert busy.effects() == ONCE | {"while away": 1}


def test_a_wiped_queue_folder_loses_no_task(busy: Yard) -> None:
    post_many(busy)
    until(busy.running, PROMISED)
    busy.kill("queue")
    busy.wipe_queue()
    busy.start("queue")
    until(busy.all_done, 20)
    assert busy.effects() == ONCE


def test_a_task_posted_before_any_server_was_there_is_done_later(yard: Yard) -> None:
    yard.post("toy.note", thing="early")
    for name in ("queue", "work", "sweeper"):
        yard.start(name)
    until(lambda: yard.effects() == {"early": 1}, PROMISED)


@pytest.mark.parametrize(
    "lure",
    [
        {"func": "os.system"},
        {"func": "workers.jobs.drain.drain", "on_success": "os.system", "on_failure": "os.system"},
    ],
)
def test_a_message_in_the_queue_server_cannot_run_anything_else(
    busy: Yard, tmp_path: Path, lure: dict[str, str]
) -> None:
    owned = tmp_path / "owned"
    connection = Redis.from_url(f"unix://{busy.folder}/queue/queue.sock")
    queue = Queue("work", connection=connection, serializer=JSONSerializer)
    callbacks = {k: Callback(v) for k, v in lure.items() if k != "func"}
    job = queue.enqueue_call(lure["func"], args=[f"touch {owned}"], **callbacks)
    until(lambda: job.get_status(refresh=True) == "failed", PROMISED)
    connection.close()
    assert not owned.exists()


def test_only_this_account_can_open_the_queue_server(busy: Yard) -> None:
    folder = busy.folder / "queue"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "queue.sock").stat().st_mode & 0o077 == 0
    connection = Redis(unix_socket_path=str(folder / "queue.sock"), decode_responses=True)
    wanted = {"port": "0", "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
    assert {key: connection.config_get(key)[key] for key in wanted} == wanted
    connection.close()


def test_a_folder_too_deep_for_a_socket_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(embedded.CannotEmbed, match="too long for a socket"):
        embedded.prepare(tmp_path / ("x" * 100))
