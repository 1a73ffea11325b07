"""The landmarks of a recording as the index keeps them: one of eight, named by the same rule on every recording."""

from __future__ import annotations

from webapp.domain.matching.detector import Signals
from workers.detectors import recording_kept, recording_marks

ONE_OF = 8  # by name, so that a mark that is kept of one recording is kept of all: about twenty a second are left


def landmarks(signals: Signals) -> list[tuple[int, int]]:
    """(name, milliseconds from the beginning) of the marks in a stored signal; empty for one that cannot be read."""
    try:
        kept = recording_kept.opened(signals.payload)
    except ValueError:
        return []
    names, frames = recording_marks.marks(*kept.peaks)
    mine = (names * 2_654_435_761 >> 7) % ONE_OF == 0  # Knuth's multiplier: neighbours in pitch do not stick together
    at = (frames[mine] * recording_marks.SECONDS * 1000).round().astype(int)
    return sorted(zip(names[mine].tolist(), at.tolist(), strict=True), key=lambda mark: mark[1])
