"""The same tune or the same harmonies in the same order, sung or played by whomever, in whatever key and tempo.

Says where, never that it is a cover: a person listens. Harmony and leading voice are read off both recordings
(`melody_tones`) and the longest passage in common is looked for (`melody_paths`). Speech, noise and drums have no tune
to compare, and where only the chords agree, as in thousands of songs, it is never more than "possible".
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds

if TYPE_CHECKING:
    from types import ModuleType

    from workers.detectors.melody_paths import Run
    from workers.detectors.melody_tones import Tones

LEAST = 20.0  # seconds of music: in less, chance runs as long as a tune
CERTAIN = 7.5  # the score that is distance 0: forty seconds against themselves; of 1,971 strangers the highest had 4.5
LEAD_AGREES = 0.88  # how well the leading voices must agree along the passage for "strong" (chance 0.5; covers 0.90 on)
MOST_SPANS = 40
MOST_BYTES = 8 * 1024 * 1024  # unpacked: twelve times what half an hour takes
BESIDE = 4.0  # seconds by which passages may lie apart and still be one
REASONS = {"strong": "same_melody", "possible": "similar_melody", "weak": "weak_melody", "none": "other_melody"}


class SameMelody:
    """Distance: how far the longest passage in common falls short of one that chance never makes (0 to 1)."""

    name = "melody"
    version = "1"
    medium = "audio"
    within = ("video",)
    cost: Literal["cheap", "dear"] = "cheap"
    consent = ""
    needs_cpu = 120  # seconds: half an hour of sound decoded and measured takes about 20
    needs_wall = 180.0
    needs_memory = 1536 * 1024 * 1024
    _sound: ModuleType
    _tones: ModuleType
    _paths: ModuleType

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        from workers.detectors import melody_paths, melody_tones, sound

        melody_tones.warm()
        self._sound, self._tones, self._paths = sound, melody_tones, melody_paths

    def signals(self, path: Path, media_type: str) -> Signals:
        """Keeps 12 bytes for each half second. `width` and `height` are 0. Raises CannotLook: what `sound.heard`
        raises, `too_short`, and `no_tune` where there is too little music in it or but one chord."""
        heard = self._sound.heard(path, media_type)
        if heard.seconds < LEAST:
            raise CannotLook("too_short", f"{heard.seconds:.1f} s; {LEAST:.0f} s of music are needed")
        found = self._tones.tones(heard.samples)
        if found.music < LEAST:
            raise CannotLook("no_tune", f"{found.music:.1f} s of music; {LEAST:.0f} s are needed")
        if not self._paths.usable(found):
            raise CannotLook("no_tune", "one chord all along")
        return Signals(self.name, self.version, 0, 0, _packed(self._tones, found, heard.seconds), heard.notes)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        for signals in (query, reference):
            if (signals.detector, signals.version) != (self.name, self.version):
                raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        sides = [(_opened(signals.payload), signals.payload) for signals in (query, reference)]
        # The same answer whichever is the reference: the shorter one is looked for in the longer one.
        turned = (len(sides[0][0][0].harmony), sides[0][1]) > (len(sides[1][0][0].harmony), sides[1][1])
        ((shorter, _), _), ((longer, _), _) = sides[::-1] if turned else sides
        above = CERTAIN * (1 - self.thresholds.weak) - 0.01  # distances are rounded
        best, runs = self._paths.runs(shorter, longer, above)
        distance = round(min(1.0, max(0.0, 1 - best / CERTAIN)), 3)
        if not runs or runs[0].lead < LEAD_AGREES:
            distance = max(distance, round((self.thresholds.strong + self.thresholds.possible) / 2, 3))
        band = self.thresholds.band(distance)
        lengths = [
            {"kind": "length", "of": side, "seconds": round(seconds, 1)}
            for side, ((_, seconds), _) in zip(("query", "reference"), sides, strict=True)
        ]
        return Comparison(
            distance=distance,
            verdict=self.thresholds.verdict(band),
            band=band,
            threshold=self.thresholds.possible,
            reason=REASONS[band],
            findings=lengths + (self._shown(runs, turned) if band != "none" else []),
        )

    def examples(self) -> Sequence[Example]:
        from workers.detectors.drawn_music import pieces

        return pieces()

    def _shown(self, runs: list[Run], turned: bool) -> list[dict[str, Any]]:
        """Passages on both sides, key and tempo of the best, and how far leading voice and harmony agree in it."""
        best = runs[0]
        spans: list[list[float]] = []
        for run in runs[: 4 * MOST_SPANS]:
            _join(spans, self._span(run, turned))
        key = best.key if not turned else -best.key
        semitones = (key + 5) % 12 - 5
        tempo = _tempo(best, turned)
        shift = ({"semitones": float(semitones)} if semitones else {}) | ({"tempo": tempo} if tempo != 1 else {})
        agreeing = {"kind": "agreement", "lead": round(best.lead, 2), "harmony": round(best.harmony, 2)}
        times = {"kind": "times", "spans": sorted(spans[:MOST_SPANS])}
        return [times, *([{"kind": "shift", **shift}] if shift else []), agreeing]

    def _span(self, run: Run, turned: bool) -> list[float]:
        (a0, b0), (a1, b1) = run.path[0], run.path[-1]
        joined = self._paths.JOINED
        ends = [a0, a1 + joined, b0, b1 + joined]
        a0s, a1s, b0s, b1s = (round(self._paths.seconds_of(frame), 1) for frame in ends)
        return [b0s, b1s, a0s, a1s] if turned else [a0s, a1s, b0s, b1s]


def _join(spans: list[list[float]], new: list[float]) -> None:
    """A passage added, joined to one it continues or repeats; one that lies across a better one is left out."""
    for span in spans:
        if new[0] <= span[1] + BESIDE and span[0] <= new[1] + BESIDE:
            apart = [abs((new[2 + end] - new[end]) - (span[2 + end] - span[end])) for end in (0, 1)]
            if min(apart) <= BESIDE:
                span[:] = [min(span[0], new[0]), max(span[1], new[1]), min(span[2], new[2]), max(span[3], new[3])]
                return
            if min(span[1], new[1]) - max(span[0], new[0]) > (new[1] - new[0]) / 2:
                return
    spans.append(new)


def _tempo(run: Run, turned: bool) -> float:
    """How fast the query runs beside the reference; 1.0 where it cannot be told from that."""
    (a0, b0), (a1, b1) = run.path[0], run.path[-1]
    if a1 == a0 or b1 == b0:
        return 1.0
    tempo = (a1 - a0) / (b1 - b0) if turned else (b1 - b0) / (a1 - a0)
    return round(tempo, 2) if abs(tempo - 1) > 0.03 else 1.0


def _packed(tones_of: ModuleType, tones: Tones, seconds: float) -> bytes:
    """Seconds, frames, and sixteen levels for each pitch class of both."""
    return struct.pack(">fI", seconds, len(tones.harmony)) + zlib.compress(tones_of.to_bytes(tones), 6)


@lru_cache(maxsize=16)
def _opened(payload: bytes) -> tuple[Tones, float]:
    """What `_packed` made, and seconds. Raises ValueError for anything else."""
    from workers.detectors import melody_tones

    if len(payload) < 8:
        raise ValueError("a stored tune is cut short")
    seconds, frames = struct.unpack(">fI", payload[:8])
    try:
        raw = zlib.decompressobj().decompress(payload[8:], MOST_BYTES)
    except zlib.error as error:
        raise ValueError("a stored tune cannot be unpacked") from error
    return melody_tones.from_bytes(raw, frames), seconds
