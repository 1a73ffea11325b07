"""The same recording: recoded, cut, under talk or noise, over a telephone, in another key or at another speed.

Sound as it was fixed, not the tune: a cover by other people is another recording (see `melody`). What is kept of a file
is `recording_kept`, how two are compared `recording_judge`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds

if TYPE_CHECKING:
    from types import ModuleType


class SameRecording:
    """Distance: the share of fingerprint bits that differ where both recordings fit best (0 to 0.5), or what as many
    shared landmarks are worth."""

    name = "recording"
    version = "1"
    medium = "audio"
    within = ("video",)
    cost: Literal["cheap", "dear"] = "cheap"
    consent = ""
    needs_cpu = 90  # seconds: half an hour of sound out of a film takes 25 here
    needs_wall = 180.0
    needs_memory = 1_500_000_000  # half an hour of samples and its spectrum
    _sound: ModuleType
    _kept: ModuleType
    _judge: ModuleType

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        from workers.detectors import recording_judge, recording_kept, sound

        self._sound, self._kept, self._judge = sound, recording_kept, recording_judge

    def signals(self, path: Path, media_type: str) -> Signals:
        """Listens to the first half hour. `width` and `height` are 0."""
        heard = self._sound.heard(path, media_type)
        kept = self._kept.Kept.of(heard.samples, self._sound.RATE, heard.seconds)
        self._judge.enough(kept)
        return Signals(self.name, self.version, 0, 0, kept.to_bytes(), heard.notes)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        for signals in (query, reference):
            if (signals.detector, signals.version) != (self.name, self.version):
                raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        found: Comparison = self._judge.judge(query, reference, self.thresholds)
        return found

    def examples(self) -> Sequence[Example]:
        """Tunes as a plain recording of samples (WAV), played here."""
        from workers.detectors.played import tunes

        return tunes()
