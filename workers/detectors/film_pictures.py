"""Finds a picture shown in a film, or a film shown small, framed or turned in another, by local features.

The asked-for picture is laid on those frames of the film that share most points with it (`lay`), and the answer is when
it is shown, where in the frame, and how it was changed. Of two films this is the look where hashes of whole frames are
blind: picture in picture, a phone's screen, blurred bars, subtitles over much of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from webapp.domain.matching.detector import CannotLook, Comparison, Cost, Example, Signals, Thresholds, medium_of

Finding = dict[str, Any]

DECIDED = 60.0  # evidence from which the mirrored picture need not be tried
PAIRS = 8  # frames that are laid over each other at most; no more once so many are beyond doubt
CLEAR = 3
ASIDE = 2.0  # seconds from which a frame is another moment
# Two films in one room share the room. A copy agrees at several moments that lie equally far apart in both; where other
# moments agree nearly as well, laid on in the same place, nothing tells it from another take: no more than weak.
RIVAL, SAME_PLACE, ROOM, GOOD = 0.6, 0.05, 8.0, 14.0
MOST_MOMENTS = 5
REASONS = {"weak": "weak_picture_in_film", "none": "no_picture_in_film"}


@dataclass(frozen=True)
class Meeting:
    """Two frames laid over each other: their times (None for a picture), the evidence, and what is to be seen of it."""

    query: float | None
    reference: float | None
    evidence: float
    findings: list[Finding]

    @property
    def of_films(self) -> bool:
        return self.query is not None and self.reference is not None

    def aside(self, other: Meeting) -> bool:
        """Whether it joins a moment of one film with another moment of the other than `other` does."""
        (q, r), (p, s) = (self.query or 0.0, self.reference or 0.0), (other.query or 0.0, other.reference or 0.0)
        return abs((q - p) - (r - s)) >= ASIDE

    def place(self) -> list[float]:
        return next((list(found["matrix"]) for found in self.findings if found["kind"] == "transform"), [])

    def in_place(self, other: Meeting) -> bool:
        """Whether the frames lie on each other as those of `other` do."""
        pairs = zip(self.place(), other.place(), strict=False)
        return all(abs(one - two) <= SAME_PLACE for one, two in pairs)


def worth(met: Sequence[Meeting]) -> float:
    """The evidence of all meetings (best first): that of the best, unless it may only be the same room."""
    best = met[0]
    if not best.of_films:
        return best.evidence
    again = sum(meeting.evidence >= GOOD and not meeting.aside(best) for meeting in met)
    room = any(m.evidence >= RIVAL * best.evidence and m.aside(best) and m.in_place(best) for m in met)
    return min(best.evidence, ROOM) if room or again < 2 else best.evidence


class PicturesInFilm:
    """Distance: 100 less the evidence of the best frame, as of `features`."""

    name = "film_pictures"
    version = "1"
    medium = "video"
    also = ("image",)
    cost: Cost = "dearest"
    consent = ""
    needs_cpu = 900
    needs_wall = 1200.0
    needs_memory = 1_500_000_000
    _cv2: ModuleType
    _lay: ModuleType
    _sketches: ModuleType

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        import cv2

        from workers.detectors import film_sketches, lay

        cv2.setNumThreads(1)  # the sandbox allows no second thread, and a fork would lose it
        cv2.ocl.setUseOpenCL(False)
        self._cv2, self._lay, self._sketches = cv2, lay, film_sketches

    def signals(self, path: Path, media_type: str) -> Signals:
        """Sketches of at most 40 frames, or of the one picture. Raises CannotLook."""
        if medium_of(media_type) == "image":
            return self._picture(path, media_type)
        about, album = self._sketches.album(self._cv2, path, media_type)
        return Signals(self.name, self.version, about.width, about.height, album.pack(), about.notes)

    def _picture(self, path: Path, media_type: str) -> Signals:
        width, height, frames, sketch = self._lay.sketched(self._cv2, path, media_type)
        if len(sketch) < self._sketches.FEWEST_POINTS * 128:
            raise CannotLook("featureless", "hardly a point in the picture")
        payload = self._sketches.Album(0.0, [math.nan], [sketch]).pack()
        return Signals(self.name, self.version, width, height, payload, ("first_frame_only",) if frames > 1 else ())

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        """The best frame, what is to be seen in it, and up to five moments. Raises CannotLook."""
        for signals in (query, reference):
            if (signals.detector, signals.version) != (self.name, self.version):
                raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        try:
            one, other = (self._sketches.unpack(signals.payload) for signals in (query, reference))
            met = self._met(one, other)
        except ValueError as error:
            raise CannotLook("failed", str(error)) from error
        evidence = worth(met) if met else 0.0
        distance = round(max(0.0, 100.0 - evidence), 1)
        band = self.thresholds.band(distance)
        lengths: list[Finding] = [
            {"kind": "length", "of": side, "seconds": round(album.seconds, 1)}
            for side, album in (("query", one), ("reference", other))
            if not album.picture
        ]
        findings = [*lengths, *_told(met, evidence)] if band != "none" else lengths
        reason = REASONS.get(band, "picture_in_film")
        verdict = self.thresholds.verdict(band)
        return Comparison(distance, verdict, band, self.thresholds.possible, reason, findings)

    def _met(self, one: Any, other: Any) -> list[Meeting]:
        """Frames laid over each other, best first; the same whichever film is asked about."""
        turned = (len(other.sketches), other.sketches) < (len(one.sketches), one.sketches)
        first, second = (other, one) if turned else (one, other)
        met = []
        for i, j in self._sketches.promising(first, second, PAIRS):
            q, r = (j, i) if turned else (i, j)
            evidence, findings = self._lay.laid(self._cv2, one.sketches[q], other.sketches[r], DECIDED)
            met.append(Meeting(_time(one, q), _time(other, r), evidence, findings))
            if sum(meeting.evidence >= DECIDED for meeting in met) >= CLEAR:
                break
        return sorted(met, key=lambda m: -m.evidence)

    def examples(self) -> Sequence[Example]:
        from workers.detectors.drawn_film import films

        return films(2.0, (480, 360))


def _time(album: Any, number: int) -> float | None:
    return None if album.picture else round(float(album.at[number]), 2)


def _told(met: Sequence[Meeting], evidence: float) -> list[Finding]:
    """The best moment as pictures are told of, with `at`; all moments that are half as good; ticks on the query."""
    best = met[0]
    good = [meeting for meeting in met if meeting.evidence >= 0.5 * evidence][:MOST_MOMENTS]
    at = [best.query, best.reference]
    told: list[Finding] = [found | {"at": at} for found in best.findings]
    pairs = sorted(([m.query, m.reference] for m in good), key=lambda pair: [t or 0.0 for t in pair])
    told.append({"kind": "moments", "pairs": pairs})
    if best.query is not None:
        told.append({"kind": "ticks", "at": sorted({float(m.query) for m in good if m.query is not None})})
    return told
