"""A decoder that misbehaves in any way ends quickly with a code, and the worker lives on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

import pytest

from webapp.domain.matching.detector import CannotLook
from workers.sandbox import Step, run_limited, run_steps


def hog() -> None:
    held = []
    while True:
        held.append(bytearray(16 * 1024 * 1024))


def spin() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(60)


def leave_a_child_holding_the_pipe() -> str:
    """The child's child would keep the pipe open for a minute; it may not have one."""
    if os.fork() == 0:
        time.sleep(60)
    return "done"


def deep() -> None:
    def down(n: int) -> int:
        return down(n + 1) + 1

    down(0)


def flood() -> bytes:
    return b"x" * (65 * 1024 * 1024)


def big_file(where: str) -> None:
    with open(where, "wb") as out:
        for _ in range(70):
            out.write(b"\0" * 1024 * 1024)


def refuse() -> None:
    raise CannotLook("featureless", "all grey")


def code_of(fn: Callable[..., Any], *args: Any, **limits: Any) -> str:
    before = children_of(os.getpid())
    start = time.monotonic()
    with pytest.raises(CannotLook) as caught:
        run_limited(fn, *args, **limits)
    assert time.monotonic() - start < 8
    assert children_of(os.getpid()) <= before, "nothing left behind, not even a zombie"
    return caught.value.code


def children_of(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def test_answers_come_back_as_bytes_or_json() -> None:
    assert run_limited(lambda: b"\x00\xff" * 500_000) == b"\x00\xff" * 500_000
    assert run_limited(lambda a, b: {"sum": [a + b]}, 1, 2) == {"sum": [3]}


@pytest.mark.parametrize(
    ("fn", "code", "limits"),
    [
        (refuse, "featureless", {}),
        (hog, "decoder_memory", {}),
        (spin, "decoder_timeout", {"cpu": 1}),
        (spin, "decoder_timeout", {"wall": 0.5}),
        (sleep, "decoder_timeout", {"wall": 0.5}),
        (os.abort, "decoder_killed", {}),
        (lambda: os._exit(0), "decoder_killed", {}),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "failed", {}),  # even that call is not the decoder's to make
        (lambda: signal.raise_signal(signal.SIGSEGV), "decoder_killed", {}),
        (lambda: signal.raise_signal(signal.SIGKILL), "decoder_killed", {}),
        (deep, "failed", {}),
        (lambda: 1 / 0, "failed", {}),
        (object, "failed", {}),
        (flood, "decoder_killed", {}),
    ],
)
def test_whatever_a_decoder_does_it_ends_with_a_code(fn: Callable[[], Any], code: str, limits: dict[str, Any]) -> None:
    assert code_of(fn, **limits) == code


def test_a_decoder_starts_nobody() -> None:
    assert code_of(leave_a_child_holding_the_pipe, wall=0.5) == "failed"


def test_a_decoder_cannot_fill_the_disk(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"evidence")
    for name in ("out", "kept"):
        assert code_of(big_file, str(tmp_path / name)) == "failed"
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("kept", b"evidence")]


def test_a_thread_is_no_process() -> None:
    """Libraries may use threads where the machine lets them; that is not what the filter is about."""
    assert os.getuid() != 0 or run_limited(in_a_thread) == 7


def in_a_thread() -> int:
    with futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(int, "7").result()


def test_what_was_answered_before_a_death_is_kept() -> None:
    """One child, several steps: the third kills it, and the first two answers are there."""
    steps = [Step(lambda: b"one"), Step(refuse), Step(os.abort), Step(lambda: b"four")]
    first, second, third = run_steps(steps)
    assert (first.value, first.why) == (b"one", None)
    assert second.why is not None and second.why.code == "featureless"
    assert third.why is not None and third.why.code == "decoder_killed"


def test_each_step_has_its_own_time_and_the_caller_hears_that_it_runs() -> None:
    beats: list[float] = []
    (done,) = run_steps([Step(lambda: time.sleep(0.5) or b"ok")], lambda: beats.append(time.monotonic()), every=0.2)
    assert done.value == b"ok" and 0.5 < done.seconds < 2
    assert len(beats) >= 2
    slow, spun = run_steps([Step(lambda: time.sleep(0.4) or b"ok", wall=1), Step(spin, wall=0.5)])
    assert slow.value == b"ok"
    assert spun.why is not None and spun.why.code == "decoder_timeout"


def test_a_decoder_sees_neither_secrets_nor_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for decoders")
    mine, theirs = socket.socketpair()
    with mine, theirs:
        number = mine.fileno()
        seen = run_limited(
            lambda: {
                "env": dict(os.environ),
                "open": os.path.exists(f"/proc/self/fd/{number}"),
                "group": os.getpgrp() == os.getpid(),
            }
        )
    assert seen == {"env": {}, "open": False, "group": True}


@pytest.mark.skipif(os.uname().machine not in ("x86_64", "aarch64"), reason="the call filter knows these two machines")
def test_a_decoder_can_neither_connect_nor_start_nor_delete(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("kept")
    for attempt in (
        socket.socket,
        lambda: os.execv("/bin/true", ["true"]),
        lambda: os.unlink(tmp_path / "evidence"),
        lambda: os.rename(tmp_path / "evidence", tmp_path / "x"),
    ):
        with pytest.raises(CannotLook, match="Operation not permitted"):
            run_limited(attempt)
    assert (tmp_path / "evidence").read_text() == "kept"


def test_a_decoder_dies_with_its_worker() -> None:
    """The worker is killed with -9 while its decoder spins: the decoder is gone a moment later."""
    program = "import time\nfrom workers.sandbox import run_limited\nrun_limited(lambda: time.sleep(60), wall=60)\n"
    worker = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[2])
    while not (found := children_of(worker.pid)):
        time.sleep(0.02)
    (decoder,) = found
    time.sleep(0.2)
    worker.kill()
    worker.wait()
    for _ in range(50):
        if not _alive(decoder):
            return
        time.sleep(0.05)
    pytest.fail("the decoder outlived its worker")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def test_a_fork_costs_milliseconds() -> None:
    start = time.perf_counter()
    for _ in range(20):
        run_limited(lambda: b"ok")
    assert (time.perf_counter() - start) / 20 < 0.1, "a decode must not cost a new interpreter"
