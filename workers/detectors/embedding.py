"""Finds edited copies by a learned embedding, where an operator brought the model (SSCD or one like it).

The model takes one RGB picture (1 × 3 × side × side, normalised as ImageNet's are) and gives one vector. Without its
file the detector is absent, and the others look.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds
from workers.detectors.picture import opened
from workers.detectors.whole import SMALLEST

SIDE = 288  # pixels, where the model leaves it open: what SSCD was trained at
MOST_NUMBERS = 4096  # of a vector; more would be no embedding
_MEAN, _SPREAD = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)


class CopyEmbedding:
    """Cosine distance of two vectors: 0 the same, 1 nothing in common."""

    name = "embedding"
    version = "1"
    medium = "image"
    cost: Literal["cheap", "dear"] = "dear"
    consent = ""
    _session: Any

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        from workers.detectors import models

        file = models.path("copy_embedding")  # first: without the model its library need not be here
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # survives the fork, as no pool is made
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])

    def signals(self, path: Path, media_type: str) -> Signals:
        given = self._session.get_inputs()[0]
        side = given.shape[-1] if isinstance(given.shape[-1], int) else SIDE
        with opened(path, media_type, at_least=side) as image:
            width, height = image.info["full_size"]
            if min(width, height) < SMALLEST:
                raise CannotLook("too_small", f"{width} x {height} pixels")
            small = np.asarray(image.resize((side, side), Image.Resampling.BICUBIC), np.float32) / 255
            notes = ("first_frame_only",) if image.info["frames"] > 1 else ()
        if float(small.std(axis=(0, 1)).max()) < 1 / 255:
            raise CannotLook("featureless", "one colour")
        pixels = ((small - _MEAN) / _SPREAD).transpose(2, 0, 1)[None]
        vector = np.asarray(self._session.run(None, {given.name: pixels})[0], np.float32).ravel()
        length = float(np.linalg.norm(vector))
        if not 0 < vector.size <= MOST_NUMBERS or not np.isfinite(length) or length == 0:
            raise CannotLook("failed", "the model gives no vector")
        return Signals(self.name, self.version, width, height, (vector / length).astype("<f2").tobytes(), notes)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        for signals in (query, reference):
            if (signals.detector, signals.version) != (self.name, self.version):
                raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        one, other = (np.frombuffer(signals.payload, "<f2").astype(np.float32) for signals in (query, reference))
        if one.size != other.size or not one.size:
            raise CannotLook("failed", "vectors of different models")
        lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
        distance = round(max(0.0, 1.0 - float(one @ other) / max(lengths, 1e-6)), 3)
        band = self.thresholds.band(distance)
        return Comparison(
            distance=distance,
            verdict=self.thresholds.verdict(band),
            band=band,
            threshold=self.thresholds.possible,
            reason={"none": "no_agreement", "weak": "weak_agreement"}.get(band, "near_copy"),
        )

    def examples(self) -> Sequence[Example]:
        from workers.detectors.drawn import scenes

        return scenes()
