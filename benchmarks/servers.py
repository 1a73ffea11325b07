"""Starts what is measured: the whole of Redress, or its web server with two bare routes as anchors beside it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, port: int) -> dict[str, str]:
    """The settings of what is measured: limits out of the way, decisions real at once."""
    limits = {"LIMIT_REPORTS": "1000000 per hour", "LIMIT_SIGN_INS": "1000000 per hour"}
    at_once = {"REDRESS_UNDO_SECONDS": "0"}
    return os.environ | {"REDRESS_DATA": str(data), "PORT": str(port)} | limits | at_once


@contextmanager
def redress(data: Path, port: int) -> Iterator[float]:
    """Everything, without the demo; gives the seconds to ready."""
    started = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "workers.supervisor", "--no-demo"],
        cwd=ROOT,
        env=environment(data, port),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        while line := child.stdout.readline():
            if re.match(r"Redress is ready", line):
                break
        else:
            raise RuntimeError("Redress did not start")
        yield time.perf_counter() - started
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(15)


@contextmanager
def web_only(data: Path, port: int) -> Iterator[None]:
    """The web server alone, same settings as `make run`, with /bare and /bare-insert added (benchmarks.anchors)."""
    settings = environment(data, port) | {"REDIS_URL": "unix:///nonexistent/queue.sock"}
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"],
        cwd=ROOT,
        env=settings,
        check=True,
        capture_output=True,
    )
    options = [
        "--worker-class",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "8",
        "--no-control-socket",
        "--log-level",
        "error",
    ]
    child = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, "--bind", f"127.0.0.1:{port}", "benchmarks.anchors:app"],
        cwd=ROOT,
        env=settings,
    )
    try:
        _wait(port)
        yield
    finally:
        child.terminate()
        child.wait(15)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the web server did not start")
