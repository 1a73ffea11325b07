"""Finds the claimant's face among the faces of a reported picture or film, and says when a face cannot be assessed.

Only with the claimant's separate consent (law.md §9.1). A reported picture's signals hold the faces of strangers:
they live while they are compared and are never stored. `own` cuts a reference down to the one face it is about.
A picture's payload is as it always was; a film's has the same records with their times (`face_records`), so that a
template made of a picture long ago meets the faces of a film.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from webapp.domain.matching.detector import CannotLook, Comparison, Cost, Example, Signals, Thresholds, medium_of
from workers.detectors.face_records import FACE, Faces, unpack

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from workers.detectors.face_models import Networks

__all__ = ["FACE", "FaceLikeness"]

AT_LEAST, LONGEST = 800, 1600  # pixels: JPEG is unpacked no smaller than the first, and no picture kept larger
# A face in the background counts for "cannot tell" only when it is surely one: a stain must not silence a "no".
SURELY = 0.9
MOST_TICKS = 200
BANDS = ("strong", "possible", "weak", "none")
HIDDEN = frozenset({"small", "blurred", "covered", "drawn"})
REASONS = {"strong": "same_face", "possible": "similar_face", "weak": "weak_likeness", "none": "other_face"}


class FaceLikeness:
    """Detect, align, embed: cosine between the reference's face and the nearest face of the reported picture or film.

    Distance: 1 − cosine. Where the bands lie was measured for version 1 with the three pinned model files.
    """

    name = "face"
    version = "1"
    medium = "image"
    within = ("video",)
    cost: Cost = "dear"
    consent = "face"
    needs_cpu = 900  # seconds: a film's own decoding, and up to a tenth of a second for each of 300 frames
    needs_wall = 1200.0
    needs_memory = 1_500_000_000
    _film: ModuleType | None = None  # where PyAV is not installed pictures are compared all the same
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
        with suppress(ImportError):
            from workers.detectors import face_film

            self._film = face_film

    def signals(self, path: Path, media_type: str) -> Signals:
        """All faces of one picture, at most 32, or all people of a film. Raises CannotLook, `no_face` when there is
        none."""
        if medium_of(media_type) == "video":
            if self._film is None:
                raise CannotLook("detector_absent", "the group `media` is not installed, which opens films")
            hides = self._quality.hides_faces
            about, seen = self._film.people(path, media_type, self._networks.find, self._face, hides)
            return Signals(self.name, self.version, about.width, about.height, seen.pack(), about.notes)
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
        return replace(signals, payload=self._faces(signals).main().pack())

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        """The reported picture's or film's nearest face beside the reference's. Raises CannotLook, see `_unclear`."""
        seen, own = self._faces(query), self._faces(self.own(reference))
        faces, hers = seen.faces, own.faces
        cosines = _unit(faces["embedding"]) @ _unit(hers["embedding"]).T
        bands = {(n, m): self._band(float(cosines[n, m]), faces[n], hers[m]) for n, m in np.ndindex(*cosines.shape)}
        n, m = min(bands, key=lambda pair: (BANDS.index(bands[pair]), -cosines[pair]))
        band = bands[n, m]
        if band == "none":
            self._unclear(seen.each(), hers[m])
        return Comparison(
            distance=_distance(float(cosines[n, m])),
            verdict=self.thresholds.verdict(band),
            band=band,
            threshold=self.thresholds.possible,
            reason=REASONS[band],
            findings=[
                self._finding("query", faces[n], seen.time(n)),
                self._finding("reference", hers[m], own.time(m)),
                {"kind": "faces", "found": seen.people},
                *_timed(seen, n, own, m),
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

    def _faces(self, signals: Signals) -> Faces:
        if (signals.detector, signals.version) != (self.name, self.version):
            raise CannotLook("unsupported", f"signals of {signals.detector} {signals.version}")
        try:
            return unpack(signals.payload)
        except ValueError as error:
            raise CannotLook("failed", str(error)) from error

    def _words(self, face: Any) -> str:
        return " and ".join(self._codes(face))

    def _codes(self, face: Any) -> list[str]:
        return [code for bit, code in enumerate(self._quality.WARNINGS) if int(face["warnings"]) >> bit & 1]

    def _finding(self, side: str, face: Any, at: float | None) -> dict[str, Any]:
        found = {
            "kind": "face",
            "of": side,
            "box": [round(float(v), 5) for v in face["box"]],
            "align": [float(f"{v:.6g}") for v in face["align"]],
            "pixels": int(face["pixels"]),
            "score": round(float(face["score"]), 3),
            "warnings": self._codes(face),
        }
        return found if at is None else found | {"at": at}

    def examples(self) -> Sequence[Example]:
        """None: a face cannot be drawn so that this would be a proof. The tests use photographs that packages ship."""
        return ()


def _timed(query: Faces, n: int, reference: Faces, m: int) -> list[dict[str, Any]]:
    """Where a film is concerned: lengths, the moments that were compared, and when that person is seen in the query."""
    sides = (("query", query), ("reference", reference))
    told: list[dict[str, Any]] = [
        {"kind": "length", "of": side, "seconds": round(faces.seconds, 1)}
        for side, faces in sides
        if faces.at is not None
    ]
    if told:
        told.append({"kind": "moments", "pairs": [[query.time(n), reference.time(m)]]})
    if query.at is not None:
        told.append({"kind": "ticks", "at": query.ticks(n, MOST_TICKS)})
    return told


def _unit(embedding: NDArray[Any]) -> NDArray[np.float32]:
    """Length one again after the rounding to sixteen bits."""
    exact: NDArray[np.float32] = embedding.astype(np.float32)
    exact = exact / np.maximum(np.linalg.norm(exact, axis=-1, keepdims=True), 1e-6)
    return exact


def _distance(cosine: float) -> float:
    return max(0.0, round(1 - cosine, 3))
