"""Lays two texts side by side: the share of one that stands in the other, in passages a person can see.

Kept for text files and for the text read in pictures alike. Distance is 1 − the share, taken of the text that has more
of itself in the other. Of a text with more than 2,000 signs (6,000 letters) only a fiftieth of the rest is counted,
so that a stolen chapter counts in a long novel. Too few words in common never support, however large their share.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from webapp.domain.matching.detector import CannotLook, Comparison, Signals, Thresholds
from workers.detectors import text_common
from workers.detectors.text_align import Passage, Shared, shared
from workers.detectors.text_fold import SIGN, Folded, Ints, fold

Box = tuple[float, float, float, float]

LEAST_WORTH = 90  # 30 signs or 90 letters of its own: less is a name, a slogan or a line, which strangers share
LEAST_STRONG = 180  # in common for "strong": 60 signs or 180 letters
WHOLE, BEYOND = 6_000, 0.02  # weight of the text a share is taken of, and how much of what is longer is added
EDITED = 0.97  # share of equal letters inside the passages below which they count as edited
MOST_BYTES = 24 * 1024 * 1024  # unpacked; MOST_SIGNS of any kind fit
MOST_SPANS = 200  # shown; a text shuffled by the sentence has more, and all of them are counted
SHOWN = 20_000  # signs of a text that findings carry for the desk


@dataclass(frozen=True)
class Words:
    """What is kept of one file: its text, and for text read in a picture where each line stands in text and picture.

    `plain`: the desk decodes the file itself to the same text; otherwise the findings carry the text.
    """

    text: str
    plain: bool
    lines: list[tuple[int, int, Box]] = field(default_factory=list)

    def to_bytes(self) -> bytes:
        return zlib.compress(
            json.dumps({"text": self.text, "plain": self.plain, "lines": self.lines}, separators=(",", ":")).encode(), 6
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Words:
        """Read back what `to_bytes` wrote. Raises ValueError for anything else."""
        unpacker = zlib.decompressobj()
        try:
            raw = unpacker.decompress(data, MOST_BYTES)
        except zlib.error as error:
            raise ValueError("stored words cannot be unpacked") from error
        kept = json.loads(raw)
        return cls(
            str(kept["text"]),
            bool(kept["plain"]),
            [
                (int(start), int(end), (float(box[0]), float(box[1]), float(box[2]), float(box[3])))
                for start, end, box in kept["lines"]
            ],
        )


@lru_cache(maxsize=4)
def _opened(payload: bytes) -> tuple[Words, Folded]:
    """A payload unpacked and folded; kept for the next pairs of the same file."""
    words = Words.from_bytes(payload)
    return words, fold(words.text, text_common.pieces())


def warm() -> None:
    """Loads what folding needs, before the sandbox forks."""
    fold("繁體 text", text_common.pieces())


def enough(text: str, code: str = "too_small") -> None:
    """Raises CannotLook (`code`) for a text with too few words of its own to tell whose they are."""
    worth = fold(text, text_common.pieces()).worth
    if worth < LEAST_WORTH:
        raise CannotLook(code, f"{worth // SIGN} signs or {worth} letters of its own, {LEAST_WORTH} letters are needed")


def judge(query: Signals, reference: Signals, thresholds: Thresholds) -> Comparison:
    """Both texts compared. Symmetrical: only the order of the findings changes with the sides."""
    (words_q, folded_q), (words_r, folded_r) = _opened(query.payload), _opened(reference.payload)
    found = shared(folded_q, folded_r)
    distance = share_distance(found, folded_q.worth, folded_r.worth, thresholds)
    band = thresholds.band(distance)
    findings: list[dict[str, Any]] = []
    if band != "none":
        findings.append(_spans(found, folded_q, folded_r))
        for side, words in (("query", words_q), ("reference", words_r)):
            findings += _shown(side, words, [span[:2] for span in findings[0][side]])
    return Comparison(
        distance=distance,
        verdict=thresholds.verdict(band),
        band=band,
        threshold=thresholds.possible,
        reason=_reason(band, found, folded_q, folded_r),
        findings=findings,
    )


def share_distance(found: Shared, worth_q: int, worth_r: int, thresholds: Thresholds) -> float:
    """1 − the share; kept out of the supporting bands where too little is in common to support anything."""
    share = max(found.in_query / _whole(worth_q), found.in_reference / _whole(worth_r))
    distance = round(1 - min(1.0, share), 3)
    common = min(found.in_query, found.in_reference)
    if common < LEAST_WORTH:
        return max(distance, _between(thresholds.possible, thresholds.weak))
    if common < LEAST_STRONG:
        distance = max(distance, _between(thresholds.strong, thresholds.possible))
    # So many words in a row are no accident, but in two long texts they may be a quotation: "cannot tell".
    in_a_row = max(passage.weight for passage in found.passages)
    return min(distance, thresholds.weak) if in_a_row >= LEAST_WORTH else distance


def _whole(worth: int) -> float:
    return max(1.0, min(WHOLE, worth) + BEYOND * max(0, worth - WHOLE))


def _between(one: float, other: float) -> float:
    return round((one + other) / 2, 3)


def _reason(band: str, found: Shared, query: Folded, reference: Folded) -> str:
    if band in ("none", "weak"):
        return "no_overlap" if band == "none" else "weak_overlap"
    letters = sum(passage.query[1] - passage.query[0] for passage in found.passages)
    same = sum(_equal(passage, query, reference) for passage in found.passages)
    return "copied_text" if same >= EDITED * letters else "edited_text"


def _equal(passage: Passage, query: Folded, reference: Folded) -> int:
    """Letters of the passage that stand in the other text too, counted as a bag: an order costs more to compare."""
    one, other = query.codes[slice(*passage.query)], reference.codes[slice(*passage.reference)]
    kinds, counts = np.unique(one, return_counts=True)
    kinds_r, counts_r = np.unique(other, return_counts=True)
    _, at, at_r = np.intersect1d(kinds, kinds_r, assume_unique=True, return_indices=True)
    same = int(np.minimum(counts[at], counts_r[at_r]).sum())
    return same - max(0, len(other) - len(one))


def _spans(found: Shared, query: Folded, reference: Folded) -> dict[str, Any]:
    """Passages as offsets in both original texts; `share` is the reported text's share, of its own words."""
    passages = found.passages[:MOST_SPANS]
    return {
        "kind": "spans",
        "query": _side([passage.query for passage in passages], query.places, len(query.codes)),
        "reference": _side([passage.reference for passage in passages], reference.places, len(reference.codes)),
        "share": round(found.in_query / max(1, query.worth), 3),
        "reference_share": round(found.in_reference / max(1, reference.worth), 3),
        "passages": len(found.passages),
    }


def _side(stretches: Sequence[tuple[int, int]], places: Ints, length: int) -> list[list[int]]:
    """[start, end, link] of each stretch that no larger one takes; cut back where one takes a part of it."""
    taken = np.zeros(length, dtype=bool)
    spans = []
    for link, (start, end) in enumerate(stretches, 1):
        free = np.flatnonzero(~taken[start:end])
        if not free.size:
            continue
        first = start + int(free[0])
        stop = np.flatnonzero(taken[first:end])
        last = first + int(stop[0]) if stop.size else end
        taken[first:last] = True
        spans.append([int(places[first]), int(places[last - 1]) + 1, link])
    return sorted(spans)


def _shown(side: str, words: Words, spans: Sequence[Sequence[int]]) -> list[dict[str, Any]]:
    """What the desk cannot decode itself: the text, and the boxes of the lines that hold copied words."""
    findings: list[dict[str, Any]] = []
    if not words.plain:
        cut = len(words.text) > SHOWN
        findings.append({"kind": "text", "of": side, "text": words.text[:SHOWN]} | ({"cut": True} if cut else {}))
    boxes = [[*box] for start, end, box in words.lines if any(first < end and last > start for first, last in spans)]
    if boxes:
        findings.append({"kind": "lines", "of": side, "boxes": boxes})
    return findings
