"""Who is where: seen by colleagues within a pulse, gone after a few missed ones, and never a reason to wait."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.yard import until
from webapp.core.presence import FADES, TYPING, VIEWING, Presence
from workers import embedded


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real queue server in a folder of its own."""
    process = subprocess.Popen(embedded.prepare(tmp_path / "queue"), stdout=subprocess.DEVNULL)
    until(lambda: embedded.answers(tmp_path / "queue"), 5)
    yield process
    process.kill()
    process.wait()


def test_people_at_one_case_see_each_other_until_they_fade(
    server: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Presence(f"unix://{tmp_path / 'queue' / 'queue.sock'}")
    assert here.seen("case-1", "rui", VIEWING) == {}
    assert here.seen("case-1", "mei", TYPING) == {"rui": VIEWING}
    assert here.seen("case-1", "rui", VIEWING) == {"mei": TYPING}
    assert here.seen("case-2", "lan", VIEWING) == {}
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment + FADES + 2)
    assert here.seen("case-1", "lan", VIEWING) == {}


def test_without_the_server_nobody_is_seen_and_nobody_waits(server: subprocess.Popen[bytes], tmp_path: Path) -> None:
    here = Presence(f"unix://{tmp_path / 'queue' / 'queue.sock'}")
    here.seen("case-1", "rui", VIEWING)
    server.kill()
    server.wait()
    began = time.monotonic()
    assert [here.seen("case-1", "mei", VIEWING) for _pulse in range(20)] == [{}] * 20
    assert time.monotonic() - began < 1
