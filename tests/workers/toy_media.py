"""Detectors of sound and film that are quick: one listens, one watches and names a moment; the real decoders, no more.

They go by names of the rule book, as every detector must.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from webapp.domain.matching.detector import Comparison, Example, Signals, Thresholds
from workers.detectors import film, sound

HERE = "tests.workers.toy_media."


class Listens:
    """Strong where both are as loud."""

    name = "phash"
    version = "1"
    medium = "audio"
    within: tuple[str, ...] = ("video",)
    cost: Literal["cheap", "dear"] = "cheap"
    consent = ""

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds

    def load(self) -> None:
        """Loaded with this module."""

    def signals(self, path: Path, media_type: str) -> Signals:
        heard = sound.heard(path, media_type)
        return Signals(self.name, self.version, 0, 0, np.float32(np.abs(heard.samples).max()).tobytes(), heard.notes)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        loud = [float(np.frombuffer(side.payload, np.float32)[0]) for side in (query, reference)]
        return self.said(abs(loud[0] - loud[1]) < 0.05, [])

    def said(self, same: bool, findings: list[dict[str, object]]) -> Comparison:
        if same:
            return Comparison(0.0, "supports", "strong", 5.0, "same_picture", findings)
        return Comparison(9.0, "does_not_support", "none", 5.0, "no_agreement")

    def examples(self) -> Sequence[Example]:
        return ()


class Watches(Listens):
    """Strong where the same frame is on both sides, and says when."""

    name = "features"
    medium = "video"
    within = ()

    def signals(self, path: Path, media_type: str) -> Signals:
        seen = [(frame.at, frame.picture.mean()) for frame in film.frames(path, media_type, 0.5, 64)]
        return Signals(self.name, self.version, 0, 0, np.asarray(seen, np.float32).tobytes())

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        sides = [np.frombuffer(side.payload, np.float32).reshape(-1, 2) for side in (query, reference)]
        apart = np.abs(sides[0][:, None, 1] - sides[1][None, :, 1])
        q, r = np.unravel_index(apart.argmin(), apart.shape)
        pair = [float(sides[0][q, 0]), float(sides[1][r, 0])]
        return self.said(bool(apart[q, r] < 1), [{"kind": "moments", "pairs": [pair]}])


class WatchesLong(Watches):
    """Asked after the other, and only where that left it open."""

    cost: Literal["cheap", "dear"] = "dear"


class WatchesSlowly(Watches):
    """Takes long enough to be killed in the middle, until TOY_HASTE is set."""

    def signals(self, path: Path, media_type: str) -> Signals:
        time.sleep(0 if os.environ.get("TOY_HASTE") else 10)
        return super().signals(path, media_type)
