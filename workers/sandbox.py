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
    fn: Callable[..., Any], *args: Any, wall: float = WALL_SECONDS, memory: int = MEMORY_BYTES, cpu: int = CPU_SECONDS
) -> Any:
    """`fn(*args)` in a child with limits; returns the bytes or the JSON value it returned.

    Raises CannotLook: the one `fn` raised, or `decoder_timeout`, `decoder_memory`, `decoder_killed`. Any other
    exception of `fn` becomes CannotLook("failed"). Call it from a process with one thread.
    """
    (done,) = run_steps([Step(lambda: fn(*args), memory, cpu, wall)])
    if done.why is not None:
        raise done.why
    return done.value


def run_steps(
    steps: Sequence[Step], beat: Callable[[], None] | None = None, every: float = BEAT_SECONDS
) -> list[Done]:
    """All steps in one child, in order. Fewer results than steps mean that the last of them ended the child.

    `beat` is called about `every` seconds while the child works. Call it from a process with one thread.
    """
    reader, writer = os.pipe()
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _child(writer, parent, steps)
    os.close(writer)
    pipe = _Pipe(reader, beat or (lambda: None), every)
    found: list[Done] = []
    late = False
    try:
        for step in steps:
            answer = pipe.answer(step.wall)
            if answer is None:
                late = pipe.late
                break
            found.append(answer)
    finally:
        os.close(reader)
        status = _end(child)
    if len(found) < len(steps):
        found.append(Done(why=_cause(late, status), seconds=pipe.waited))
    return found


class _Pipe:
    """The parent's end: answers as the child sends them, within the time each has."""

    def __init__(self, reader: int, beat: Callable[[], None], every: float) -> None:
        self.reader, self.beat, self.every = reader, beat, every
        self.kept = bytearray()
        self.late = False
        self.waited = 0.0
        self._beaten = time.monotonic()

    def answer(self, wall: float) -> Done | None:
        """The next answer; None when the time is over (`late`) or the child ended, or says more than it may."""
        began = time.monotonic()
        while True:
            if len(self.kept) >= _HEAD.size:
                kind, seconds, length = _HEAD.unpack_from(self.kept)
                if length > ANSWER_BYTES:
                    return None
                if len(self.kept) >= _HEAD.size + length:
                    body = bytes(self.kept[_HEAD.size : _HEAD.size + length])
                    del self.kept[: _HEAD.size + length]
                    return _done(kind, body, seconds)
            self.waited = time.monotonic() - began
            left = wall - self.waited
            if left <= 0:
                self.late = True
                return None
            if select.select([self.reader], [], [], min(left, self.every))[0]:
                part = os.read(self.reader, 1 << 20)
                if not part:
                    return None
                self.kept += part
            if time.monotonic() - self._beaten >= self.every:
                self.beat()
                self._beaten = time.monotonic()


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


def _end(child: int) -> int:
    """Kills the child's whole group (it may have children of its own) and reaps it."""
    for kill in (os.killpg, os.kill):  # the group does not exist yet if the child never got that far
        try:
            kill(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _cause(late: bool, status: int) -> CannotLook:
    if late or -status in (signal.SIGXCPU, signal.SIGALRM):
        return CannotLook("decoder_timeout", "the decoder ran out of time")
    return CannotLook("decoder_killed", f"the decoder died with status {status}")


def _child(writer: int, parent: int, steps: Sequence[Step]) -> NoReturn:
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
