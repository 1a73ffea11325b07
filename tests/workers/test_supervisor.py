"""`make run`'s supervisor as a person meets it: ready, stopped, busy port, second start, kills."""

from __future__ import annotations

import http.client
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

import pytest

from tests.workers.yard import until
from workers.startup import ROOT, CannotStart, heads, require_database


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


class Run:
    """One supervisor with its output in a file."""

    def __init__(self, data: Path, port: int, demo: bool = False, **more: str) -> None:
        self.data, self.port = data, port
        self.said = data.parent / f"said-{time.monotonic_ns()}"
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        own = {"REDRESS_DATA": str(data), "PORT": str(port), "TASK_LEASE_SECONDS": "1", "SWEEP_SECONDS": "0.2"}
        with self.said.open("wb") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workers.supervisor", *([] if demo else ["--no-demo"])],
                cwd=ROOT,
                env=keep | own | more,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
            )

    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def wait_ready(self) -> None:
        line = f"Redress is ready: http://127.0.0.1:{self.port}"
        until(lambda: line in self.words() or self.process.poll() is not None, 60)
        assert line in self.words(), self.words()

    def pids(self) -> list[int]:
        """All processes below the supervisor."""
        return below(self.process.pid)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


def below(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(p) for p in path.read_text(encoding="ascii").split()] if path.exists() else []
    return children + [p for child in children for p in below(child)]


def command_of(pid: int) -> str:
    """What a process is: its command line and, for a part of the workshop, its name."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        return f"{command} {Path(f'/proc/{pid}/comm').read_text(encoding='ascii').strip()}"
    except OSError:
        return ""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def page(port: int, path: str) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", path)
        return line.getresponse().status
    finally:
        line.close()


@contextmanager
def running(data: Path, port: int | None = None) -> Iterator[Run]:
    run = Run(data, port or free_port())
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(15)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the module, open to all as a package might have made it; the first start fills it."""
    folder = tmp_path_factory.mktemp("run") / "var"
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def test_it_says_ready_answers_and_ends_every_child(data: Path) -> None:
    with running(data) as run:
        run.wait_ready()
        assert run.words().strip().splitlines()[-1] == f"Redress is ready: http://127.0.0.1:{run.port}"
        assert page(run.port, "/healthz") == 200
        for path in data.iterdir():
            assert path.stat().st_mode & 0o077 == 0, f"others can read {path.name}"
        pids = run.pids()
        began = time.monotonic()
        assert run.stop(signal.SIGINT) == 0
        assert time.monotonic() - began < 10
        assert [command_of(p) for p in pids if alive(p)] == []


def test_a_second_start_is_quick_and_keeps_the_data(data: Path) -> None:
    key = (data / "secret_key").read_bytes()
    began = time.monotonic()
    with running(data) as run:
        run.wait_ready()
        # The promise is 5 s on an idle machine; tests share the processor.
        assert time.monotonic() - began < 15
        assert (data / "secret_key").read_bytes() == key
        assert run.stop() == 0


def test_a_busy_port_is_told_in_one_sentence_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen()
        port = line.getsockname()[1]
        with running(tmp_path / "var", port) as run:
            assert run.process.wait(20) == 1
            assert re.fullmatch(rf"Port {port} \(the site\) is busy: .*\.\n", run.words())
            assert not (tmp_path / "var" / "redress.db").exists()


def test_a_second_run_on_the_same_data_is_refused_and_the_parts_killed_come_back(data: Path) -> None:
    with running(data) as run:
        run.wait_ready()
        with running(data) as second:
            assert second.process.wait(20) == 1
            assert f"already runs on the data folder {data} (process {run.process.pid}" in second.words()
        for part in ("valkey-server", "redress-work", "redress-sweeper", "workers.workshop", "gunicorn"):
            # Ready is said once the site answers; the workshop's forks follow when its libraries are loaded.
            until(lambda part=part: any(part in command_of(p) for p in run.pids()), 15)
            victim = next(p for p in run.pids() if part in command_of(p))
            os.kill(victim, signal.SIGKILL)
            until(lambda part=part, victim=victim: any(part in command_of(p) for p in run.pids() if p != victim), 15)
        until(lambda: _answers(run.port), 15)
        assert run.stop() == 0


def test_no_child_outlives_a_killed_supervisor(data: Path) -> None:
    with running(data) as run:
        run.wait_ready()
        pids = run.pids()
        run.process.kill()
        run.process.wait()
        until(lambda: not any(alive(p) for p in pids), 10)


def test_the_demo_is_told_under_the_ready_line(tmp_path: Path) -> None:
    names = ("DEMO_PORT", "INBOX_PORT", "SMTP_PORT")
    ports = {name: str(free_port()) for name in names}
    run = Run(tmp_path / "var", free_port(), demo=True, **ports)
    try:
        run.wait_ready()
        until(lambda: "admin@demo.example" in run.words(), 2)
        said = run.words()
        assert all(f"http://127.0.0.1:{ports[name]}" in said for name in names[:2])
        assert [page(int(ports[name]), "/") for name in names[:2]] == [200, 200]
        assert run.stop() == 0
    finally:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(15)


def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "REDRESS_DATA": str(tmp_path), "DATABASE_URL": "mysql://x"}
    command = [sys.executable, "-m", "workers.supervisor", "--no-demo"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "DATABASE_URL: must start with sqlite:/// or postgresql+psycopg://.\n"


def test_the_newest_schema_is_read_from_the_migrations(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('revision: str = "0001"\ndown_revision: str | None = None\n', encoding="utf-8")
    (tmp_path / "b.py").write_text("revision = '0002'\ndown_revision = '0001'\n", encoding="utf-8")
    assert heads(tmp_path) == {"0002"}
    assert len(heads()) == 1


def _answers(port: int) -> bool:
    try:
        return page(port, "/healthz") == 200
    except OSError:
        return False


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:////nonexistent/redress.db", "the folder /nonexistent is not there or cannot be written to."),
        ("postgresql+psycopg://me:geheim@127.0.0.1:1/redress", "the database does not let us in: "),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_one_sentence(url: str, sentence: str) -> None:
    """Where it looked and what is wrong, without the password and without a traceback."""
    with pytest.raises(CannotStart) as error:
        require_database(url)
    assert sentence in str(error.value)
    assert "geheim" not in str(error.value)
