"""The whole of Redress as `make run` starts it, and a real browser beside it; and a stage with a clock to move."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser, sync_playwright

from demo.platform.seed import ensure_seeded
from demo.platform.store import Store
from tests.conftest import Cast
from tests.journeys.stage import Stage, staged

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


def free_ports(count: int) -> list[int]:
    """Ports nobody uses now."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    found = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return found


@dataclass
class House:
    """A running installation: where its pages are, and what it printed."""

    data: Path
    web: str
    platform: str
    inbox: str
    said: str

    def letters(self, to: str) -> list[dict[str, Any]]:
        """The mails in the inbox to this address, newest first."""
        with urlopen(f"{self.inbox}/api/messages", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return [m for m in found if to in str(m["to"])]

    def content(self, content_id: str) -> dict[str, Any]:
        """The platform's own view of an item, as Redress reads it back."""
        keys = json.loads((self.data / "demo" / "keys.json").read_text())
        request = Request(
            f"{self.platform}/api/content/{content_id}", headers={"Authorization": f"Bearer {keys['api_token']}"}
        )
        with urlopen(request, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


def until(what: Callable[[], Any], seconds: float = 45.0) -> Any:
    """Wait until `what` gives something, and give it; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"nothing came within {seconds:.0f} s")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Redress with demo platform and inbox, on an empty data folder."""
    data = tmp_path_factory.mktemp("house")
    names = ("PORT", "DEMO_PORT", "INBOX_PORT", "SMTP_PORT")
    ports = dict(zip(names, free_ports(4), strict=True))
    environment = os.environ | {k: str(v) for k, v in ports.items()} | {"REDRESS_DATA": str(data)}
    child = subprocess.Popen(
        [sys.executable, "-m", "workers.supervisor"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    try:
        assert child.stdout is not None
        while not re.search(r"^Redress is ready", said, re.M):
            line = child.stdout.readline()
            assert line, f"it did not start: {said}"
            said += line
        yield House(
            data,
            f"http://127.0.0.1:{ports['PORT']}",
            f"http://127.0.0.1:{ports['DEMO_PORT']}",
            f"http://127.0.0.1:{ports['INBOX_PORT']}",
            said,
        )
    finally:
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=15)
    assert child.returncode == 0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for the file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo platform's posts, painted once."""
    folder = tmp_path_factory.mktemp("lumo")
    ensure_seeded(Store(folder))
    return folder


@pytest.fixture
def stage_at(app: APIFlask, cast: Cast, painted: Path, tmp_path: Path) -> Iterator[Callable[[datetime], Stage]]:
    """`stage_at(moment)`: the stage of a story that begins then; the cast of the desk is there."""
    with ExitStack() as stack:

        def open_(moment: datetime) -> Stage:
            folder = shutil.copytree(painted, tmp_path / "lumo")
            return stack.enter_context(staged(app, folder, moment))

        yield open_
