"""Every worker and the sweeper out of one process: libraries are loaded once, then each part is a fork of it.

`python -m workers.workshop`. As five processes that each load everything they cost 260 MB and five seconds of
processor more.
A part that dies is forked anew; all parts die with this process. On other hosts `workers.worker` runs one alone.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from webapp.core.config import Settings, SettingsError
from workers import sweeper, worker
from workers.children import PAUSES, PR_SET_PDEATHSIG, WELL_AFTER
from workers.context import after_fork, workshop_app
from workers.queues import QUEUES
from workers.warm import warm_up

log = logging.getLogger(__name__)

PR_SET_NAME = 15
_LIBC = ctypes.CDLL(None)


@dataclass
class Part:
    """One fork: its name, as `ps -o comm` shows it after "redress-", and what it does until it is told to stop."""

    name: str
    work: Callable[[], int]
    pid: int = field(default=0, init=False)
    deaths: int = field(default=0, init=False)
    _started: float = field(default=0.0, init=False)
    _again_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Fork it, unless it has to wait after an early death."""
        if time.monotonic() < self._again_at:
            return
        parent = os.getpid()
        self._started = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            self._live(parent)

    def _live(self, parent: int) -> NoReturn:
        """In the child: never returns into the parent's code."""
        status = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            _LIBC.prctl(PR_SET_NAME, f"redress-{self.name}".encode(), 0, 0, 0)
            if os.getppid() == parent:
                after_fork()
                status = self.work()
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else 0
        except BaseException:
            log.exception("%s ended by an error", self.name)
        finally:
            logging.shutdown()
            os._exit(status)

    def ended(self, status: int) -> None:
        """Note its death, and when it may be forked again."""
        lived = time.monotonic() - self._started
        self.deaths = 1 if lived > WELL_AFTER else self.deaths + 1
        self.pid = 0
        self._again_at = time.monotonic() + PAUSES[min(self.deaths, len(PAUSES)) - 1]
        how = os.waitstatus_to_exitcode(status)
        log.log(logging.INFO if how == 0 else logging.WARNING, "%s ended (%d)", self.name, how)


class Workshop:
    """Keeps its parts alive until it is told to stop; then passes every signal on and waits for them."""

    def __init__(self, parts: Mapping[str, Callable[[], int]]) -> None:
        self.parts = [Part(name, work) for name, work in parts.items()]
        self.stopping = False

    def run(self) -> int:
        """0 once all parts have ended after a stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._pass_on)
        while not self.stopping:
            for part in self.parts:
                if not part.pid and not self.stopping:
                    part.start()
            self._reap()
            time.sleep(0.05)
        self._pass_on(signal.SIGTERM, None)  # also to a part forked while the signal came
        while any(part.pid for part in self.parts):
            self._reap()
            time.sleep(0.02)
        return 0

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        """A second signal tells a worker to drop what it does, so each is passed on."""
        self.stopping = True
        for part in self.parts:
            if part.pid:
                try:
                    os.kill(part.pid, number)
                except ProcessLookupError:
                    continue

    def _reap(self) -> None:
        for part in self.parts:
            if part.pid:
                pid, status = os.waitpid(part.pid, os.WNOHANG)
                if pid:
                    part.ended(status)


def parts(settings: Settings) -> dict[str, Callable[[], int]]:
    """One worker a queue, and the sweeper."""

    def serving(queue: str) -> Callable[[], int]:
        return lambda: worker.serve(queue, settings.redis)

    return {queue: serving(queue) for queue in QUEUES} | {"sweeper": sweeper.serve}


def main() -> int:
    """0 after a stop, 1 with one sentence when it cannot start."""
    worker.quiet()
    try:
        settings = Settings.from_env()
        workshop_app()
    except SettingsError as error:
        log.error("%s", error)
        return 1
    warm_up()
    return Workshop(parts(settings)).run()


if __name__ == "__main__":
    sys.exit(main())
