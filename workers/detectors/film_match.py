"""Which part of one film is which part of another: frames that look alike vote for a line of times, the line is fitted.

A line is an offset and a tempo (0.9 to 1.1: films are sped up to escape detection). Several lines are sought, one after
the other, since a film may be cut together of parts. That frames look alike says little where a film looks alike all
the time (a person before a wall), so each is weighed against how much it looks like other moments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workers.detectors.film_hash import Reel

    Bits = NDArray[np.uint8]

NEAR = 88  # bits of 256; one in a thousand pairs of frames of different films is nearer (matching.md §10: 90)
TEMPOS = (1.0, *(1 + sign * step / 100 for step in range(1, 12) for sign in (1, -1)))
STEP = 0.25  # seconds: votes are counted in bins of this, or of the time between two frames
ASIDE = 0.6  # seconds a frame may lie beside its line (matching.md §10)
GAP = 2.5  # seconds without a matching frame that do not end a part
ELSEWHERE = 2.0  # seconds from which another moment counts as another
CLOSE = 0.05  # share of the other moments that may look nearer: the best of many lines is never an average one
MOST_LINES = 12
FEWEST = 3  # frames that make a part
PLAIN_TEMPO = 1.02  # what the votes for the same speed count more


@dataclass(frozen=True)
class Part:
    """A stretch of the query that is a stretch of the reference. `at`: (k × 2) seconds of both; `bits`: how far apart
    each pair of frames is; `other`: how far those frames are from other moments, 128 where there are none."""

    tempo: float  # speed of the query by that of the reference
    at: NDArray[np.float32]
    bits: NDArray[np.float32]
    other: NDArray[np.float32]

    @property
    def span(self) -> tuple[float, float, float, float]:
        """Seconds: from and to in the query, from and to in the reference."""
        (q0, r0), (q1, r1) = self.at[0], self.at[-1]
        return float(q0), float(q1), float(r0), float(r1)

    def turned(self) -> Part:
        """The same with query and reference exchanged."""
        order = np.argsort(self.at[:, 1], kind="stable")
        return Part(1 / self.tempo, self.at[order][:, ::-1], self.bits[order], self.other[order])


def parts(query: Reel, reference: Reel, bits: Bits) -> list[Part]:
    """All parts that were found, best line first. `bits`: `film_hash.apart` of the two."""
    left, found = bits.copy(), list[Part]()
    for _ in range(MOST_LINES):
        line = _line(query, reference, left)
        if line is None:
            break
        used = _on(query, reference, left, line)
        for run in _runs(query.at[used[:, 0]], _gap(query, reference)):
            if len(pairs := used[run]) >= FEWEST:
                found.append(_part(query, reference, bits, line[0], pairs))
        left[used[:, 0]] = 255
    return found


def _line(query: Reel, reference: Reel, bits: Bits) -> tuple[float, float] | None:
    """Tempo t and offset o (reference = t · query + o) that most frames agree on; None where hardly any do."""
    i, j = np.nonzero(bits <= NEAR)
    if len(i) < FEWEST:
        return None
    wide = max(STEP, query.apart, reference.apart)
    worth = (1 - bits[i, j] / (NEAR + 8)).astype(np.float32)
    best: tuple[float, float, float] | None = None
    for tempo in TEMPOS:
        offset = reference.at[j] - tempo * query.at[i]
        low = offset.min()
        bins = ((offset - low) / wide).astype(int)
        votes = np.zeros((len(query.at), int(bins.max()) + 3), np.float32)
        np.maximum.at(votes, (i, bins + 1), worth)
        votes = np.maximum(votes[:, 1:-1], np.maximum(votes[:, :-2], votes[:, 2:]))
        total = votes.sum(0) * (PLAIN_TEMPO if tempo == 1 else 1)
        peak = int(total.argmax())
        if best is None or total[peak] > best[0]:
            best = float(total[peak]), tempo, float(low + (peak + 0.5) * wide)
    return best and _fitted(query, reference, bits, best[1], best[2])


def _fitted(query: Reel, reference: Reel, bits: Bits, tempo: float, offset: float) -> tuple[float, float]:
    """The line through the frames that lie beside it, by least squares."""
    for _ in range(4):
        used = _on(query, reference, bits, (tempo, offset))
        if len(used) < FEWEST:
            break
        here, there = query.at[used[:, 0]].astype(float), reference.at[used[:, 1]].astype(float)
        weight = 1 - bits[used[:, 0], used[:, 1]] / (NEAR + 8.0)
        middle, aim = np.average(here, weights=weight), np.average(there, weights=weight)
        spread = float((weight * (here - middle) ** 2).sum())
        slope = float((weight * (here - middle) * (there - aim)).sum()) / max(spread, 1e-6)
        # A drift that nobody could see is no change of speed.
        drift = abs(slope - 1) * float(np.ptp(here))
        plain = drift < max(0.3, query.every) or not TEMPOS[-1] <= slope <= TEMPOS[-2]
        tempo = (1.0 if drift < max(0.3, query.every) else tempo) if plain else slope
        offset = float(aim - tempo * middle)
    return tempo, offset


def _on(query: Reel, reference: Reel, bits: Bits, line: tuple[float, float]) -> Any:
    """k × 2 numbers of frames: of each query frame the nearest-looking one beside the line, if it is near."""
    tempo, offset = line
    wanted = tempo * query.at + offset
    beside = max(
        ASIDE, 0.7 * query.every, 0.7 * reference.every
    )  # of key frames too: what was shown between them moved on
    first = np.searchsorted(reference.at, wanted - beside)
    last = np.searchsorted(reference.at, wanted + beside)
    found = []
    for i, (low, high) in enumerate(zip(first, last, strict=True)):
        if low < high:
            away = np.abs(reference.at[low:high] - wanted[i])
            j = low + int((bits[i, low:high] + 2 * away).argmin())
            if bits[i, j] <= NEAR:
                found.append((i, j))
    return np.array(found, int).reshape(-1, 2)


def _gap(query: Reel, reference: Reel) -> float:
    return max(GAP, 4 * query.apart, 4 * reference.apart)


def _runs(at: NDArray[np.float32], gap: float) -> Iterator[slice]:
    """Slices of times between which no pause is longer than `gap`."""
    ends = [0, *(np.flatnonzero(np.diff(at) > gap) + 1), len(at)]
    for one, two in pairwise(ends):
        yield slice(one, two)


def _part(query: Reel, reference: Reel, bits: Bits, tempo: float, pairs: Any) -> Part:
    i, j = pairs[:, 0], pairs[:, 1]
    at = np.column_stack([query.at[i], reference.at[j]])
    away = max(ELSEWHERE, 2 * query.apart, 2 * reference.apart)
    of_query = _elsewhere(bits[i], np.abs(reference.at[None] - at[:, 1:]) >= away)
    of_reference = _elsewhere(bits[:, j].T, np.abs(query.at[None] - at[:, :1]) >= away)
    other = np.minimum(of_query, of_reference).astype(np.float32)
    return Part(tempo, at, bits[i, j].astype(np.float32), other)


def _elsewhere(bits: Any, away: Any) -> Any:
    """Row by row how far the nearest twentieth of what is `away` lies; 128, nothing in common, where nothing is."""
    values = np.where(away, bits.astype(np.float32), np.nan)
    values[~away.any(1)] = 128
    return np.nanquantile(values, CLOSE, 1)
