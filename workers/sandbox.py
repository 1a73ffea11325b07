"""Runs one decode of one hostile file in a child process that can do little and dies alone.

The child is forked after the libraries are imported, so it costs a few milliseconds instead of
half a second. It gets limits on memory, processor time, files and wall time, no environment, no
inherited sockets, and (where the kernel lets us) no way to open a connection or start a program.
Its answer comes back as bytes or JSON over a pipe: nothing a child says is ever unpickled.
"""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from webapp.domain.matching.detector import CannotLook
from workers.confine import CPU_SECONDS, MEMORY_BYTES, confine

WALL_SECONDS = 15.0  # more than the processor limit: a busy machine is not a hostile file
ANSWER_BYTES = 64 * 1024 * 1024
# A CannotLook text comes from libraries reading a stranger's file: long enough to help, no longer.
DETAIL_CHARS = 200

_BYTES, _JSON, _CANNOT = b"B", b"J", b"C"


def run_limited(
    fn: Callable[..., Any], *args: Any, wall: float = WALL_SECONDS, memory: int = MEMORY_BYTES, cpu: int = CPU_SECONDS
) -> Any:
    """`fn(*args)` in a child with limits; returns the bytes or the JSON value it returned.

    `wall` and `cpu` in seconds, `memory` in bytes above what is mapped now. Raises CannotLook: the
    one `fn` raised, or `decoder_timeout`, `decoder_memory`, `decoder_killed`. Any other exception
    of `fn` becomes CannotLook("failed"). Call it from a process with one thread.
    """
    reader, writer = os.pipe()
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _child(writer, parent, memory, cpu, fn, args)
    os.close(writer)
    try:
        answer, late = _collect(reader, time.monotonic() + wall)
    finally:
        os.close(reader)
        status = _end(child)
    return _read(answer, late, status)


def _collect(reader: int, deadline: float) -> tuple[bytes, bool]:
    """All the child writes until it closes its end; True if the clock ran out first."""
    parts: list[bytes] = []
    total = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            return b"", True
        part = os.read(reader, 1 << 20)
        if not part:
            return b"".join(parts), False
        total += len(part)
        if total > ANSWER_BYTES:
            return b"", False
        parts.append(part)


def _end(child: int) -> int:
    """Kills the child's whole group (it may have children of its own) and reaps it."""
    for kill in (os.killpg, os.kill):  # the group does not exist yet if the child never got that far
        try:
            kill(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _read(answer: bytes, late: bool, status: int) -> Any:
    if late or -status in (signal.SIGXCPU, signal.SIGALRM):
        raise CannotLook("decoder_timeout", "the decoder ran out of time")
    if len(answer) < 9 or struct.unpack(">Q", answer[1:9])[0] != len(answer) - 9:
        raise CannotLook("decoder_killed", f"the decoder died with status {status}")
    kind, body = answer[:1], answer[9:]
    if kind == _BYTES:
        return body
    value = json.loads(body)
    if kind == _CANNOT:
        raise CannotLook(str(value[0]), str(value[1]))
    return value


def _child(writer: int, parent: int, memory: int, cpu: int, fn: Callable[..., Any], args: tuple[Any, ...]) -> NoReturn:
    """Never returns, and leaves without running anyone's clean-up: it holds copies of the parent's objects."""
    try:
        confine(writer, parent, memory, cpu)
        kind, body = _answer(fn, args)
        _write(writer, kind + struct.pack(">Q", len(body)) + body)
    finally:
        os._exit(0)


def _answer(fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bytes, bytes]:
    try:
        value = fn(*args)
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
