"""Finds the claimant's face among the faces of a reported picture, and says when a face cannot be assessed.

Only with the claimant's separate consent (law.md §9.1). A reported picture's signals hold the faces of strangers:
they live while they are compared and are never stored. `own` cuts a reference down to the one face it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from workers.detectors.face_models import Networks

# Payload: one such record a face, the largest face first. `box` is left, top, width, height in fractions of the
# picture, `align` leads from pixels of the 112 × 112 crop to fractions, `pixels` is the face's height in the file's
# own pixels, `warnings` are bits in the order of `face_quality.WARNINGS`, `embedding` has length one.
FACE = np.dtype(
    [
        ("box", "<f4", 4),
        ("align", "<f4", 6),
        ("pixels", "<u2"),
        ("score", "<f2"),
        ("warnings", "<u2"),
        ("embedding", "<f2", 512),
    ]
)
AT_LEAST, LONGEST = 800, 1600  # pixels: JPEG is unpacked no smaller than the first, and no picture kept larger
MAIN = 1.5  # times as high as the next face: then a reference is about that one
# A face in the background counts for "cannot tell" only when it is surely one: a stain must not silence a "no".
SURELY = 0.9
HIDDEN = frozenset({"small", "blurred", "covered", "drawn"})
REASONS = {"strong": "same_face", "possible": "similar_face", "weak": "weak_likeness", "none": "other_face"}


class FaceLikeness:
    """Detect, align, embed: cosine between the reference's face and the nearest face of the reported picture.

    Distance: 1 − cosine. Where the bands lie was measured for version 1 with the three pinned model files.
    """

    name = "face"
    version = "1"
    medium = "image"
    cost: Literal["cheap", "dear"] = "dear"
    consent = "face"
    _networks: Networks
    _models: ModuleType
    _picture: ModuleType
    _quality: ModuleType

    def __init__(self, thresholds: Thresholds) -> None:
        if thresholds.version != self.version:
            raise ValueError(f"thresholds of version {thresholds.version} were not measured for version {self.version}")
        self.thresholds = thresholds

    def load(self) -> None:
        from workers.detectors import face_models, face_quality, picture

        self._models, self._quality, self._picture = face_models, face_quality, picture
        self._networks = face_models.Networks()

    def signals(self, path: Path, media_type: str) -> Signals:
        """All faces of one picture, at most 32. Raises CannotLook, `no_face` when there is none."""
        with self._picture.opened(path, media_type, at_least=AT_LEAST) as image:
            full, frames = image.info["full_size"], image.info["frames"]
            small = image
            if max(image.size) > LONGEST:
                small = image.copy()
                small.thumbnail((LONGEST, LONGEST), reducing_gap=2.0)
            picture = np.asarray(small)
        faces = [self._face(picture, found, full[1] / picture.shape[0]) for found in self._networks.find(picture)]
        if not faces and self._quality.hides_faces(picture):
            raise CannotLook("cannot_assess", "too blurred, too small or too much of a drawing to find a face in it")
        if not faces:
            raise CannotLook("no_face", "no face was found in this picture")
        notes = ("first_frame_only",) if frames > 1 else ()
        return Signals(self.name, self.version, full[0], full[1], np.concatenate(faces).tobytes(), notes)

    def _face(self, picture: NDArray[np.uint8], found: Any, scale: float) -> NDArray[Any]:
        """One record. `scale`: pixels of the file for one of `picture`."""
        high, wide = picture.shape[:2]
        aligned = self._models.align(picture, found.points)
        embedding = self._networks.measure(aligned.crop)
        codes = self._quality.warnings(
            aligned.crop, found.points, found.high * scale, embedding, self._networks.measure
        )
        if found.faint and not codes:
            codes = ("unclear",)
        left, top, right, bottom = found.box
        record = np.zeros(1, FACE)
        record["box"] = (left / wide, top / high, (right - left) / wide, (bottom - top) / high)
        record["align"] = self._models.to_picture(aligned.matrix, wide, high)
        record["pixels"] = min(65535, round(found.high * scale))
        record["score"] = found.score
        record["warnings"] = sum(1 << self._quality.WARNINGS.index(code) for code in codes)
        record["embedding"] = embedding / max(float(np.linalg.norm(embedding)), 1e-6)
        return record

    def own(self, signals: Signals) -> Signals:
        """Only the face a reference is about: the single one, or one much larger than all others.

        Raises CannotLook("cannot_assess") where several could be meant: a stranger's face must not become a template.
        """
        faces = self._faces(signals)
        heights = faces["box"][:, 3]
        if len(faces) > 1 and heights[0] < MAIN * heights[1]:
            raise CannotLook(
                "cannot_assess",
                f"{len(faces)} faces in the reference, none of them the main one: say which is meant, or cut it out",
            )
        return replace(signals, payload=faces[:1].tobytes())

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        """The reported picture's nearest face beside the reference's. Raises CannotLook, see `_unclear`."""
        faces, hers = self._faces(query), self._faces(self.own(reference))[0]
        cosines = _unit(faces["embedding"]) @ _unit(hers["embedding"])
        bands = [self._band(float(cosine), face, hers) for cosine, face in zip(cosines, faces, strict=True)]
        best = min(
            range(len(faces)), key=lambda n: (("strong", "possible", "weak", "none").index(bands[n]), -cosines[n])
        )
        if bands[best] == "none":
            self._unclear(faces, hers)
        band = bands[best]
        return Comparison(
            distance=_distance(float(cosines[best])),
            verdict=self.thresholds.verdict(band),
            band=band,
            threshold=self.thresholds.possible,
            reason=REASONS[band],
            findings=[
                self._finding("query", faces[best]),
                self._finding("reference", hers),
                {"kind": "faces", "found": len(faces)},
            ],
        )

    def _band(self, cosine: float, face: Any, hers: Any) -> Literal["strong", "possible", "weak", "none"]:
        """Where much of a face cannot be seen it supports only where the likeness is beyond doubt."""
        band = self.thresholds.band(_distance(cosine))
        hidden = HIDDEN.intersection([*self._codes(face), *self._codes(hers)])
        return "weak" if band == "possible" and hidden else band

    def _unclear(self, faces: NDArray[Any], hers: Any) -> None:
        """No face is alike; but "no" is only said of faces that can be assessed. Raises CannotLook else."""
        if hers["warnings"]:
            raise CannotLook("cannot_assess", f"the face of the reference is {self._words(hers)}")
        doubtful = [
            face
            for face in faces
            if face["warnings"] and (face["score"] >= SURELY or 2 * face["box"][3] >= faces["box"][0][3])
        ]
        if doubtful:
            raise CannotLook(
                "cannot_assess",
                f"{len(doubtful)} of {len(faces)} faces cannot be assessed: {self._words(doubtful[0])}",
            )

    def _faces(self, signals: Signals) -> NDArray[Any]:
        if (signals.detector, signals.version) != (self.name, self.version):
            raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        if not signals.payload or len(signals.payload) % FACE.itemsize:
            raise CannotLook("failed", "stored signals of faces are damaged")
        return np.frombuffer(signals.payload, FACE)

    def _words(self, face: Any) -> str:
        return " and ".join(self._codes(face))

    def _codes(self, face: Any) -> list[str]:
        return [code for bit, code in enumerate(self._quality.WARNINGS) if int(face["warnings"]) >> bit & 1]

    def _finding(self, side: str, face: Any) -> dict[str, Any]:
        return {
            "kind": "face",
            "of": side,
            "box": [round(float(v), 5) for v in face["box"]],
            "align": [float(f"{v:.6g}") for v in face["align"]],
            "pixels": int(face["pixels"]),
            "score": round(float(face["score"]), 3),
            "warnings": self._codes(face),
        }

    def examples(self) -> Sequence[Example]:
        """None: a face cannot be drawn so that this would be a proof. The tests use photographs that packages ship."""
        return ()


def _unit(embedding: NDArray[Any]) -> NDArray[np.float32]:
    """Length one again after the rounding to sixteen bits."""
    exact: NDArray[np.float32] = embedding.astype(np.float32)
    exact = exact / np.maximum(np.linalg.norm(exact, axis=-1, keepdims=True), 1e-6)
    return exact


def _distance(cosine: float) -> float:
    return max(0.0, round(1 - cosine, 3))
