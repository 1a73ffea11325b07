"""A request to stop, made by SIGTERM or Ctrl-C and noticed within a tenth of a second.

A plain flag: setting a threading.Event from a signal handler can deadlock with the very thread that waits on it.
"""

from __future__ import annotations

import signal
import time
from types import FrameType

SLICE = 0.1


class Stop:
    """False until somebody asks."""

    def __init__(self) -> None:
        self._asked = False

    def listen(self) -> None:
        """Let SIGTERM and SIGINT ask."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True

    def ask(self) -> None:
        """Ask from within the program."""
        self._asked = True

    def asked(self) -> bool:
        """Whether somebody asked."""
        return self._asked

    def wait(self, seconds: float) -> bool:
        """Sleep for `seconds`, or until asked; gives whether somebody asked."""
        ends = time.monotonic() + seconds
        while not self._asked and (left := ends - time.monotonic()) > 0:
            time.sleep(min(left, SLICE))
        return self._asked
