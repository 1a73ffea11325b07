"""What of a comparison of voices a page can draw and play: where is spoken, which moments lie nearest, a curve."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SEGMENTS, POINTS, PAIRS = 200, 200, 5  # at most
APART = 3.0  # seconds between the beginnings of two pairs of moments, on either side: a window, so none overlap


def side(of: str, head: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The findings `length`, `speech` and `hearing` of one side ("query", "reference")."""
    return [
        {"kind": "length", "of": of, "seconds": head["seconds"]},
        {"kind": "speech", "of": of, "seconds": round(float(head["speech"]), 1), "segments": head["segments"]},
        {"kind": "hearing", "of": of, "warnings": head["warnings"]},
    ]


def pairs(heard: NDArray[Any], hers: NDArray[Any], embeddings: Floats, template: Floats) -> list[list[float]]:
    """Moments of both sides that sound most alike, nearest first: from, to, from, to in seconds, and the cosine.

    `heard` and `hers` are windows (`begin`, `end`), `embeddings` and `template` theirs, in a row each.
    """
    alike = embeddings @ template.T
    found: list[list[float]] = []
    for place in np.argsort(-alike, axis=None, kind="stable")[: 40 * PAIRS * PAIRS]:
        one, other = divmod(int(place), alike.shape[1])
        q, r = heard[one], hers[other]
        if all(abs(p[0] - q["begin"]) >= APART and abs(p[2] - r["begin"]) >= APART for p in found):
            times = [float(q["begin"]), float(q["end"]), float(r["begin"]), float(r["end"])]
            found.append([*(round(t, 2) for t in times), round(float(alike[one, other]), 3)])
        if len(found) == PAIRS:
            break
    return found


def curve(windows: NDArray[Any], cosines: Floats) -> list[list[float]]:
    """How alike every moment sounds: its middle in seconds, the cosine. Of many neighbours the nearest one."""
    middles = (windows["begin"] + windows["end"]) / 2
    found = []
    for group in np.array_split(np.argsort(middles, kind="stable"), min(POINTS, len(middles))):
        best = group[int(np.argmax(cosines[group]))]
        found.append([round(float(middles[best]), 2), round(float(cosines[best]), 3)])
    return found


def fewer(segments: Sequence[Sequence[float]]) -> list[list[float]]:
    """The same stretches of time; where there are too many to draw, those with the shortest pauses between are one."""
    kept = [list(segment) for segment in segments]
    if len(kept) > SEGMENTS:
        pauses = np.array([after[0] - before[1] for before, after in itertools.pairwise(kept)])
        breaks = np.sort(np.argsort(-pauses, kind="stable")[: SEGMENTS - 1]) + 1
        kept = [[part[0][0], part[-1][1]] for part in _split(kept, breaks.tolist())]
    return kept


def _split(segments: list[list[float]], breaks: Sequence[int]) -> list[list[list[float]]]:
    edges = [0, *breaks, len(segments)]
    return [segments[first:last] for first, last in itertools.pairwise(edges)]
