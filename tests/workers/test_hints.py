"""Hints: quick, forgiving, and never more than a worker needs."""

from __future__ import annotations

import socket
import time

from tests.workers.yard import Yard, until
from webapp.core.hints import ENOUGH, Hints


def test_a_silent_queue_server_costs_a_person_a_moment_once() -> None:
    """It takes connections and never answers: the worst kind of away."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen()
        hints = Hints(f"redis://127.0.0.1:{line.getsockname()[1]}/0")
        began = time.monotonic()
        assert [hints.send("work", str(number)) for number in range(20)] == [False] * 20
        assert time.monotonic() - began < 1


def test_a_long_list_gets_no_more_hints(yard: Yard) -> None:
    """Each hint lets a worker take many tasks, so the list stays short however much is posted."""
    yard.start("queue")
    for number in range(30):
        yard.post("toy.note", thing=str(number))
    hints = Hints(f"unix://{yard.folder}/queue/queue.sock")
    assert hints.waiting("work") == ENOUGH
    yard.start("work")
    until(yard.all_done, 10)  # no sweeper runs: the workers pass the word on themselves
    assert len(yard.effects()) == 30


def test_hints_carry_ids_and_nothing_else(yard: Yard) -> None:
    yard.start("queue")
    task_id = yard.post("toy.note", thing="secret-thing")

    def kept() -> bytes:
        return b"".join(p.read_bytes() for p in (yard.folder / "queue" / "appendonlydir").iterdir())

    until(lambda: task_id.encode() in kept(), 10)  # the server writes its file when it next turns to it
    assert b"secret-thing" not in kept()
