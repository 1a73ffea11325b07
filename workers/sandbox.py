"""Looks at one hostile file in a child process that can do little and dies alone.

The child is forked after the libraries are imported, so it costs a few milliseconds instead of
half a second. It gets limits on memory, processor time, files and wall time, no environment, no
inherited sockets, and (where the kernel lets us) no way to open a connection, write a file or start a program.
It takes one step after the other and sends each answer as it comes, so that what broke a later step
does not lose an earlier answer. Answers are bytes or JSON over a pipe: nothing a child says is ever unpickled.
"""

from __future__ import annotations

import json
import math
import os
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from webapp.domain.matching.detector import CannotLook
from workers.confine import CPU_SECONDS, MEMORY_BYTES, confine

WALL_SECONDS = 15.0  # more than the processor limit: a busy machine is not a hostile file
ANSWER_BYTES = 64 * 1024 * 1024
# A CannotLook text comes from libraries reading a stranger's file: long enough to help, no longer.
DETAIL_CHARS = 200
BEAT_SECONDS = 5.0  # how often the caller hears that a step still runs; a task's lease is 20 s

_BYTES, _JSON, _CANNOT = b"B", b"J", b"C"
_HEAD = struct.Struct(">cdQ")  # kind of the answer, seconds it took, length of what follows


@dataclass(frozen=True)
class Step:
    """One thing to do with a file, and what it may use: `memory` in bytes above what is mapped when the child starts,
    `cpu` and `wall` in seconds.
    """

    run: Callable[[], Any]
    memory: int = MEMORY_BYTES
    cpu: int = CPU_SECONDS
    wall: float = WALL_SECONDS


@dataclass(frozen=True)
class Done:
    """What became of a step: the bytes or JSON value it gave, or why it could not; and the seconds it took."""

    value: Any = None
    why: CannotLook | None = None
    seconds: float = 0.0


def run_limited(
    fn: Callable[..., Any],
    *args: Any,
    wall: float = WALL_SECONDS,
    memory: int = MEMORY_BYTES,
    cpu: int = CPU_SECONDS,
    beat: Callable[[], None] | None = None,
) -> Any:
    """`fn(*args)` in a child with limits; returns the bytes or the JSON value it returned. `beat` as in `run_steps`.

    Raises CannotLook: the one `fn` raised, or `decoder_timeout`, `decoder_memory`, `decoder_killed`. Any other
    exception of `fn` becomes CannotLook("failed"). Call it from a process with one thread.
    """
    (done,) = run_steps([Step(lambda: fn(*args), memory, cpu, wall)], beat)
    if done.why is not None:
        raise done.why
    return done.value


def run_steps(steps: Sequence[Step], beat: Callable[[], None] | None = None, every: float = BEAT_SECONDS) -> list[Done]:
    """All steps in one child, in order. Fewer results than steps mean that the last of them ended the child.

    `beat` is called about `every` seconds while the child works. Call it from a process with one thread.
    """
    return run_all([steps], beat, every)[0]


def run_all(
    batches: Sequence[Sequence[Step]],
    beat: Callable[[], None] | None = None,
    every: float = BEAT_SECONDS,
    at_once: int = 1,
) -> list[list[Done]]:
    """`run_steps` for several files: a child for each, up to `at_once` of them at a time; results in their order."""
    found: list[list[Done]] = [[] for _ in batches]
    waiting = [(number, steps) for number, steps in enumerate(batches) if steps]
    running: dict[int, _Child] = {}
    beaten = time.monotonic()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                number, steps = waiting.pop(0)
                running[number] = _Child(steps)
            left = min(child.left for child in running.values())
            readers = {child.reader: child for child in running.values()}
            for reader in select.select(list(readers), [], [], max(0.0, min(left, every)))[0]:
                readers[reader].listen()
            for number, child in list(running.items()):
                if child.ended or child.left <= 0:
                    found[number] = child.result()
                    del running[number]
            if beat is not None and time.monotonic() - beaten >= every:
                beat()
                beaten = time.monotonic()
    finally:
        for child in running.values():
            child.end()
    return found


class _Child:
    """One forked child as its parent sees it: what it answered so far, and how long it may take for the next answer."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        self.found: list[Done] = []
        self.ended = False
        self._kept = bytearray()
        self._since = time.monotonic()
        self.reader, writer = os.pipe()
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self.reader)
            _work(writer, parent, steps)
        os.close(writer)

    @property
    def left(self) -> float:
        """Seconds until the step that runs is late."""
        if len(self.found) == len(self.steps):
            return 0.0
        return self.steps[len(self.found)].wall - (time.monotonic() - self._since)

    def listen(self) -> None:
        """Take in what the child sent. It has `ended` when all is answered, when it died, or says more than it may."""
        part = os.read(self.reader, 1 << 20)
        self._kept += part
        while len(self._kept) >= _HEAD.size:
            kind, seconds, length = _HEAD.unpack_from(self._kept)
            if length > ANSWER_BYTES:
                self.ended = True
                return
            if len(self._kept) < _HEAD.size + length:
                break
            body = bytes(self._kept[_HEAD.size : _HEAD.size + length])
            del self._kept[: _HEAD.size + length]
            self.found.append(_done(kind, body, seconds))
            self._since = time.monotonic()
            if len(self.found) == len(self.steps):
                break
        self.ended = not part or len(self.found) == len(self.steps)

    def result(self) -> list[Done]:
        """All answers; the last says why there are fewer than steps."""
        late, seconds = not self.ended, time.monotonic() - self._since
        status = self.end()
        if len(self.found) < len(self.steps):
            self.found.append(Done(why=_cause(late, status), seconds=seconds))
        return self.found

    def end(self) -> int:
        """Kills the child's whole group (it may have children of its own) and reaps it; gives its exit status."""
        os.close(self.reader)
        for kill in (os.killpg, os.kill):  # the group does not exist yet if the child never got that far
            try:
                kill(self._pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])


def _done(kind: bytes, body: bytes, seconds: float) -> Done:
    if kind == _BYTES:
        return Done(body, seconds=seconds)
    try:
        value = json.loads(body)
        if kind == _CANNOT:
            return Done(why=CannotLook(str(value[0]), str(value[1])[:DETAIL_CHARS]), seconds=seconds)
    except (ValueError, LookupError, TypeError):  # a child that was taken over may say anything
        return Done(why=CannotLook("decoder_killed", "the decoder gave no sensible answer"), seconds=seconds)
    return Done(value, seconds=seconds)


def _cause(late: bool, status: int) -> CannotLook:
    if late or -status in (signal.SIGXCPU, signal.SIGALRM):
        return CannotLook("decoder_timeout", "the decoder ran out of time")
    return CannotLook("decoder_killed", f"the decoder died with status {status}")


def _work(writer: int, parent: int, steps: Sequence[Step]) -> NoReturn:
    """Never returns, and leaves without running anyone's clean-up: it holds copies of the parent's objects."""
    try:
        mapped = confine(writer, parent, max(step.memory for step in steps), steps[0].cpu)
        for step in steps:
            _allow(mapped + step.memory, step.cpu)
            began = time.monotonic()
            kind, body = _answer(step.run)
            _write(writer, _HEAD.pack(kind, time.monotonic() - began, len(body)) + body)
    finally:
        os._exit(0)


def _allow(memory: int, cpu: int) -> None:
    """The soft limits of the next step, within the hard ones that hold for all: processor time counts from here."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + cpu),
    ):
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _answer(run: Callable[[], Any]) -> tuple[bytes, bytes]:
    try:
        value = run()
        if isinstance(value, bytes):
            return _BYTES, value
        return _JSON, json.dumps(value).encode()
    except CannotLook as why:
        code, detail = why.code, why.detail
    except MemoryError:
        code, detail = "decoder_memory", "the decoder ran out of memory"
    except Exception as error:  # the file may break a library in any way: say so, do not die of it
        code, detail = "failed", f"{type(error).__name__}: {error}"
    return _CANNOT, json.dumps([code, detail[:DETAIL_CHARS]]).encode()


def _write(writer: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(writer, view) :]
