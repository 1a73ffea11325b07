"""Lets several detectors or readers look at one file in one limited child, so that it is decoded once.

What one of them answered is kept whatever the next one does. When the child dies, each that had not answered gets a
child of its own, and only the one that dies there again is blamed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from webapp.domain.matching.detector import CannotLook, Claim, Detector, Reader, Signals, medium_of
from workers.confine import CPU_SECONDS, MEMORY_BYTES
from workers.detectors import picture
from workers.sandbox import WALL_SECONDS, Done, Step, run_all

# The least that a detector of sound and film is allowed: whoever comes first decodes the file for all, and ten minutes
# of 1080p take up to four (matching.md §10).
LONG_MEMORY, LONG_CPU, LONG_WALL = 1536 * 1024 * 1024, 300, 600.0

Job = tuple[Sequence[Detector | Reader], Path, str]  # who looks at which file of which media type


@dataclass(frozen=True)
class Outcome:
    """What one detector or reader made of one file: `data` as it is kept, or the `code` of why it could not look."""

    name: str
    version: str
    data: bytes = b""
    code: str = ""
    detail: str = ""
    took_ms: int = 0

    def signals(self) -> Signals:
        """A detector's signals. Raises CannotLook when it could not look."""
        return Signals.from_bytes(self._seen())

    def claims(self) -> list[Claim]:
        """What a reader read. Raises CannotLook when it could not look."""
        return [
            Claim(**{**entry, "issues": tuple(entry["issues"]), "box": tuple(entry["box"])})
            for entry in json.loads(self._seen())
        ]

    def _seen(self) -> bytes:
        if self.code:
            raise CannotLook(self.code, self.detail)
        return self.data


def look_all(
    lookers: Sequence[Detector | Reader], path: Path, media_type: str, beat: Callable[[], None] | None = None
) -> list[Outcome]:
    """An outcome for each detector or reader, in their order, out of one child for the file.

    A looker may say what it needs by `needs_memory` (bytes), `needs_cpu` and `needs_wall` (seconds). `beat` is called
    every few seconds while the child works (a task renews its lease with it). Call it from a process with one thread.
    """
    return look_many([(lookers, path, media_type)], beat)[0]


def look_many(jobs: Sequence[Job], beat: Callable[[], None] | None = None, at_once: int = 1) -> list[list[Outcome]]:
    """`look_all` for several files, a child each, up to `at_once` of them at a time; outcomes in the files' order."""
    steps = [[_step(looker, path, media_type) for looker in lookers] for lookers, path, media_type in jobs]
    found = run_all(steps, beat, at_once=at_once)
    again = []
    for number, done in enumerate(found):
        if len(done) > 1 and _code(done[-1]) == "decoder_killed":
            done.pop()  # it may have died of what the others left behind
        again += [(number, step) for step in steps[number][len(done) :]]
    for (number, _again), (one,) in zip(again, run_all([[s] for _n, s in again], beat, at_once=at_once), strict=True):
        found[number].append(one)
    return [
        [_outcome(looker, one) for looker, one in zip(lookers, done, strict=True)]
        for (lookers, _path, _type), done in zip(jobs, found, strict=True)
    ]


def look(detector: Detector, path: Path, media_type: str) -> Signals:
    """One detector over one file, decoded in the sandbox. Raises CannotLook."""
    return look_all([detector], path, media_type)[0].signals()


def _step(looker: Detector | Reader, path: Path, media_type: str) -> Step:
    def run() -> bytes:
        picture.share()  # this is the child: the next detector finds the picture decoded
        if hasattr(looker, "signals"):
            return bytes(looker.signals(path, media_type).to_bytes())
        return json.dumps([asdict(claim) for claim in looker.read(path, media_type)]).encode()

    memory = getattr(looker, "needs_memory", MEMORY_BYTES)
    cpu = getattr(looker, "needs_cpu", CPU_SECONDS)
    wall = getattr(looker, "needs_wall", WALL_SECONDS)
    if hasattr(looker, "signals") and medium_of(media_type) in ("audio", "video"):
        memory, cpu, wall = max(memory, LONG_MEMORY), max(cpu, LONG_CPU), max(wall, LONG_WALL)
    return Step(run, memory, cpu, wall)


def _code(done: Done) -> str:
    return done.why.code if done.why is not None else ""


def _outcome(looker: Detector | Reader, done: Done) -> Outcome:
    took = round(done.seconds * 1000)
    if done.why is not None:
        return Outcome(looker.name, looker.version, code=done.why.code, detail=done.why.detail, took_ms=took)
    return Outcome(looker.name, looker.version, bytes(done.value), took_ms=took)
