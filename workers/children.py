"""Child processes that are kept alive, end in order, and never outlive their supervisor."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)

# Waits before a restart, by how often in a row it died young.
PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
# A child that lived this long was well; its next death starts the row again.
WELL_AFTER = 30.0
# How often a child that can be asked is asked, and how many silences in a row mean it must be replaced.
ASK_SECONDS = 2.0
SILENCES = 3
# A log longer than this at the start makes room for a new one; the old one is kept beside it.
LOG_BYTES = 5_000_000


@dataclass
class Child:
    """One process: what to run (asked again at each start), where its words go, and how to ask whether it is well."""

    name: str
    command: Callable[[], Sequence[str]]
    environment: dict[str, str]
    folder: Path
    log: Path
    nice: int = 0
    well: Callable[[], bool] | None = None
    # Called after a death within a second of the start, before the next try.
    mend: Callable[[], None] | None = None

    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    deaths: int = field(default=0, init=False)
    _started: float = field(default=0.0, init=False)
    _again_at: float = field(default=0.0, init=False)
    _asked: float = field(default=0.0, init=False)
    _silences: int = field(default=0, init=False)

    def start(self) -> None:
        """Run it, in a session of its own so that Ctrl-C reaches only the supervisor."""
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        parent = os.getpid()

        def in_the_child() -> None:
            _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)
            if self.nice:
                os.nice(self.nice)

        with self.log.open("ab") as words:
            self.process = subprocess.Popen(
                list(self.command()),
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
                preexec_fn=in_the_child,  # noqa: PLW1509  # the supervisor has one thread, so this is safe
            )
        self._started = self._asked = time.monotonic()
        self._silences = 0

    def look_after(self) -> str:
        """Restart it when it died or went silent; gives a sentence when something happened, else ''."""
        moment = time.monotonic()
        if self.process is None:
            if moment >= self._again_at:
                self.start()
            return ""
        status = self.process.poll()
        if status is not None:
            return self._died(moment, status)
        if self.well is not None and moment - self._asked >= ASK_SECONDS:
            self._asked = moment
            self._silences = 0 if self.well() else self._silences + 1
            if self._silences >= SILENCES:
                self.signal(signal.SIGKILL)
                self.process.wait()
                return f"{self.name} did not answer and is started again."
        return ""

    def _died(self, moment: float, status: int) -> str:
        lived = moment - self._started
        self.deaths = 1 if lived > WELL_AFTER else self.deaths + 1
        if self.mend is not None and lived < 1 and self.deaths > 1:
            self.mend()
        self.process = None
        self._again_at = moment + PAUSES[min(self.deaths, len(PAUSES)) - 1]
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"{self.name} {how} and is started again; its log is {self.log}."

    def signal(self, number: signal.Signals) -> None:
        """Send a signal: SIGKILL to all its processes, any other to itself."""
        if self.process is None or self.process.poll() is not None:
            return
        try:
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)
        except ProcessLookupError:
            return

    def ended(self) -> bool:
        """Whether no process of it runs."""
        return self.process is None or self.process.poll() is not None

    def last_words(self, lines: int = 6) -> str:
        """The end of its log."""
        try:
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def end(children: Sequence[Child], patience: float, ask_again: float) -> None:
    """SIGTERM to all; again after `ask_again` s (RQ then drops the running job); SIGKILL after `patience` s."""
    began = time.monotonic()
    for child in children:
        child.signal(signal.SIGTERM)
    asked = False
    while not all(child.ended() for child in children):
        passed = time.monotonic() - began
        if passed > ask_again and not asked:
            asked = True
            for child in children:
                child.signal(signal.SIGTERM)
        if passed > patience:
            for child in children:
                child.signal(signal.SIGKILL)
            for child in children:
                if child.process is not None:
                    child.process.wait()
            return
        time.sleep(0.05)
