"""Where somebody speaks in a recording, cut into windows that are long enough to know a voice by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RATE, FRAME = 16_000, 512
# The speech network's own figures: where speech begins and ends, the shortest pause and word, seconds kept around.
BEGINS, ENDS = 0.5, 0.35
PAUSE, WORD, AROUND = 0.1, 0.1, 0.06
# Seconds of a window and from one to the next (matching.md §7: with these, who speaks when was found in every collage).
WINDOW, HOP = 3.0, 0.75
# Who pauses for longer may have handed over to another: no window goes across, unless too little is left on a side.
HANDED_OVER, ENOUGH = 1.5, 2.0
MOST = 600  # windows of one recording: in eight minutes of speech every one, in longer speech fewer


@dataclass(frozen=True)
class Speech:
    """What is said. `segments`: from, to in samples, ascending; `line`: the samples of all of them, end to end."""

    segments: tuple[tuple[int, int], ...]
    line: NDArray[np.float32]

    @property
    def seconds(self) -> float:
        return len(self.line) / RATE

    def times(self, first: int, last: int) -> tuple[float, float]:
        """From and to in seconds of the recording, of a part of the line given in samples."""
        return self._time(first), self._time(max(first, last - 1)) + 1 / RATE

    def _time(self, position: int) -> float:
        passed = 0
        for begin, end in self.segments:
            if position < passed + end - begin:
                return (begin + position - passed) / RATE
            passed += end - begin
        return self.segments[-1][1] / RATE


def spoken(samples: NDArray[np.float32], chances: NDArray[np.float32]) -> Speech:
    """The speech in `samples`, from the chance of speech in each FRAME of them."""
    segments = _segments(chances, len(samples))
    parts = [samples[begin:end] for begin, end in segments]
    return Speech(tuple(segments), np.concatenate(parts) if parts else samples[:0])


def _segments(chances: NDArray[np.float32], total: int) -> list[tuple[int, int]]:
    """From and to in samples. Speech begins above BEGINS and goes on until it was below ENDS for a PAUSE."""
    found: list[tuple[int, int]] = []
    begun, quiet = -1, -1
    pause, around = PAUSE * RATE / FRAME, round(AROUND * RATE)
    for n, chance in enumerate([*chances.tolist(), *[0.0] * (int(pause) + 2)]):
        if begun < 0:
            if chance >= BEGINS:
                begun, quiet = n, -1
        elif chance >= ENDS:
            quiet = -1
        elif quiet < 0:
            quiet = n
        elif n - quiet >= pause:
            if (quiet - begun) * FRAME >= WORD * RATE:
                found.append((max(0, begun * FRAME - around), min(total, quiet * FRAME + around)))
            begun = quiet = -1
    joined: list[tuple[int, int]] = []
    for begin, end in found:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def windows(speech: Speech) -> list[tuple[int, int]]:
    """Parts of the line to measure, from and to in samples, each at most WINDOW long."""
    runs = _runs(speech.segments)
    hop = max(HOP, speech.seconds / MOST)
    found = []
    for first, last in runs:
        spare = last - first - round(WINDOW * RATE)
        count = max(1, 1 + round(spare / (hop * RATE)))
        for start in np.linspace(0, max(0, spare), count).astype(int).tolist():
            found.append((first + start, min(last, first + start + round(WINDOW * RATE))))
    return found


def _runs(segments: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Parts of the line without a long pause in them, each with ENOUGH speech where there is enough at all."""
    runs: list[tuple[int, int]] = []
    passed, before = 0, None
    for begin, end in segments:
        gap = begin - before if before is not None else 0
        length, before = end - begin, end
        whole = not runs or runs[-1][1] - runs[-1][0] >= ENOUGH * RATE
        if runs and (gap <= HANDED_OVER * RATE or not whole):
            runs[-1] = (runs[-1][0], passed + length)
        else:
            runs.append((passed, passed + length))
        passed += length
    if len(runs) > 1 and runs[-1][1] - runs[-1][0] < ENOUGH * RATE:
        last = runs.pop()
        runs[-1] = (runs[-1][0], last[1])
    return runs
