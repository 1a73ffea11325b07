"""Finds the same film again, whole or a part of it, by the pictures: recoded, cropped, mirrored, sped up, cut together.

Hashes of some frames a second are laid beside each other (`film_hash`), and those that agree on one run of times are
evidence (`film_match`): "0:12 to 0:30 of the report is 1:02 to 1:20 of the work". What was filmed elsewhere in the same
room looks alike too; where one moment looks no more alike than others, it is said that it cannot be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from webapp.domain.matching.detector import CannotLook, Comparison, Cost, Example, Signals, Thresholds

if TYPE_CHECKING:
    from workers.detectors.film_hash import Reel
    from workers.detectors.film_match import Part

# Frames of one film at another moment, or of another film in the same room, are 44 bits apart and more; of copies up
# to about 40 (see the film entry of `matching/films.toml`). A frame counts in full up to SURE, not from DOUBTFUL on.
SURE, DOUBTFUL = 34.0, 50.0
# How much nearer a frame must be than other moments of the film are to it, in bits: nothing counts up to the first, all
# from the second on. Frames that hardly differ at all are the same picture whatever else the film shows.
NO_NEARER, NEARER, IDENTICAL = 2.0, 8.0, 6.0
# What looks somewhat alike is never more than weak: fully counted up to the first, not at all from the second on.
SOMEWHAT, HARDLY = 68.0, 84.0
ENOUGH = 12.0  # frames: three seconds; of a shorter film all it has
PART = 0.15  # of the shorter film; with less in common (an intro, an end card) it is no strong match
WHOLE = 0.8  # of both films: then they are one film
WEAK_SHARE, WEAK_FRAMES, WEAK_MOST = 0.3, 4.0, 35.0
LITTLE = 0.05  # of what the best part counts; less is not worth telling
TEMPO = 0.02  # a difference of speed that is worth saying
MOST_SPANS, MOST_TICKS, MOST_MOMENTS = 40, 200, 5


class SameFilm:
    """Distance: 100 less the evidence. Evidence is the share of ENOUGH frames that agree, halved where they are nothing
    of the shorter film and full from PART of it on; what only looks somewhat alike gives at most WEAK_MOST."""

    name = "film"
    version = "1"
    medium = "video"
    cost: Cost = "dear"
    consent = ""
    needs_cpu = 900  # seconds: ten minutes of 1080p take up to four minutes to decode (matching.md §10)
    needs_wall = 1200.0
    needs_memory = 1_500_000_000
    _hash: ModuleType
    _match: ModuleType

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        from workers.detectors import film_hash, film_match

        self._hash, self._match = film_hash, film_match

    def signals(self, path: Path, media_type: str) -> Signals:
        """Hashes of at most 1,200 frames, some 230 KB. Raises CannotLook."""
        about, reel = self._hash.reel(path, media_type)
        return Signals(self.name, self.version, about.width, about.height, reel.pack(), about.notes)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        """Which times of the one are which of the other; the same either way round. Raises CannotLook."""
        for signals in (query, reference):
            if (signals.detector, signals.version) != (self.name, self.version):
                raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        # The frames of the shorter film are each used once; which that is must not depend on who asks.
        turned = _order(reference) < _order(query)
        try:
            reels = [self._hash.unpack(s.payload) for s in ((reference, query) if turned else (query, reference))]
        except ValueError as error:
            raise CannotLook("failed", str(error)) from error
        found = self._match.parts(*reels, self._hash.apart(reels[0].hashes, reels[1].hashes))
        distance = round(100.0 - _evidence(found, *reels), 1)
        band = self.thresholds.band(distance)
        reason = {"weak": "weak_film", "none": "no_film"}.get(band, "part_of_film")
        if turned:
            reels, found = reels[::-1], [part.turned() for part in found]
        kept = _kept(found, band not in ("weak", "none"))
        if reason == "part_of_film" and min(_covered(kept, side, reel) for side, reel in enumerate(reels)) >= WHOLE:
            reason = "same_film"
        lengths = [
            {"kind": "length", "of": side, "seconds": round(reel.seconds, 1)}
            for side, reel in zip(("query", "reference"), reels, strict=True)
        ]
        told = _told(kept, band != "weak") if band != "none" else []
        verdict = self.thresholds.verdict(band)
        return Comparison(distance, verdict, band, self.thresholds.possible, reason, [*lengths, *told])

    def examples(self) -> Sequence[Example]:
        from workers.detectors.drawn_film import films

        return films()


def _order(signals: Signals) -> tuple[int, bytes]:
    return len(signals.payload), signals.payload


def _weights(part: Part) -> Any:
    """How much each pair of frames counts, 0 to 1."""
    near = np.clip((DOUBTFUL - part.bits) / (DOUBTFUL - SURE), 0, 1)
    nearer = np.clip((part.other - part.bits - NO_NEARER) / (NEARER - NO_NEARER), 0, 1)
    return near * np.where(part.bits <= IDENTICAL, 1.0, nearer)


def _evidence(found: Sequence[Part], one: Reel, other: Reel) -> float:
    """0 to 100."""
    apart = max(one.apart, other.apart)  # of the film with fewer frames a second, each counts once
    fewer = max(1.0, min(one.shown, other.shown) / apart)
    sure = sum(_once(part, _weights(part)) for part in found)
    soft = sum(_once(part, np.clip((HARDLY - part.bits) / (HARDLY - SOMEWHAT), 0, 1)) for part in found)
    share = min(1.0, sure / fewer)
    evidence = 100 * min(1.0, sure / min(ENOUGH, fewer)) * (0.5 + 0.5 * min(1.0, share / PART))
    weak = WEAK_MOST * min(1.0, soft / fewer / WEAK_SHARE) if soft >= min(WEAK_FRAMES, fewer) else 0.0
    return max(evidence, weak)


def _once(part: Part, weights: Any) -> float:
    """The weights added up, each frame of either film counted once."""
    sums = []
    for side in (0, 1):
        _times, which = np.unique(part.at[:, side], return_inverse=True)
        best = np.zeros(int(which.max()) + 1)
        np.maximum.at(best, which, weights)
        sums.append(float(best.sum()))
    return min(sums)


def _kept(found: Sequence[Part], sure: bool) -> list[Part]:
    """The parts worth telling, the one that counts most first; where it is `sure` only those that count."""
    weighed = sorted(((float(_weights(part).sum()), n) for n, part in enumerate(found)), reverse=True)
    return [found[n] for weight, n in weighed if not sure or weight >= max(1.0, LITTLE * weighed[0][0])]


def _covered(kept: Sequence[Part], side: int, reel: Reel) -> float:
    """Share of a film that lies in the parts."""
    return sum(part.span[2 * side + 1] - part.span[2 * side] + reel.apart for part in kept) / reel.shown


def _told(kept: Sequence[Part], sure: bool) -> list[dict[str, Any]]:
    """Times, changed speed, moments and ticks."""
    spans = sorted([round(seconds, 2) for seconds in part.span] for part in kept)
    told: list[dict[str, Any]] = [{"kind": "times", "spans": spans[:MOST_SPANS]}]
    if sure and abs(kept[0].tempo - 1) >= TEMPO:
        told.append({"kind": "shift", "tempo": round(kept[0].tempo, 3)})
    pairs = np.concatenate([np.column_stack([part.at, part.bits]) for part in kept])
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    ticks = np.unique(np.round(pairs[:, 0], 1))
    ticks = ticks[:: -(-len(ticks) // MOST_TICKS)]
    return [
        *told,
        {"kind": "moments", "pairs": _moments(pairs)},
        {"kind": "ticks", "at": [round(float(tick), 1) for tick in ticks]},
    ]


def _moments(pairs: Any) -> list[list[float]]:
    """The most alike pair of each fifth of what matches."""
    fifths = [fifth for fifth in np.array_split(pairs, MOST_MOMENTS) if len(fifth)]
    best = [fifth[int(fifth[:, 2].argmin())] for fifth in fifths]
    return [[round(float(q), 2), round(float(r), 2)] for q, r, _bits in best]
