"""A stand-in for the detector of faces: a face is a coloured square, and what is measured of it is the colour's digest.

It keeps the real protocol, so that the job around it can be tested without models, in milliseconds a picture.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from PIL import Image, ImageDraw

from webapp.domain.matching.detector import CannotLook, Comparison, Example, Signals, Thresholds

SIDE = 80  # pixels of a square; a smaller one is too small to assess
SHE, TWIN, STRANGER, PASSER_BY = (200, 30, 30), (200, 30, 31), (20, 140, 40), (30, 60, 200)
SMALL = 20
# A film is these bytes and a picture; whoever is in it is seen at that second.
FILM, AT = b"\0\0\0\x18ftypmp42", 12.5
Colour = tuple[int, int, int]


def crowd(*faces: Colour, side: int = SIDE, seed: int = 0) -> bytes:
    """A picture with these faces in a row on white; `seed` makes another file of the same faces."""
    image = Image.new("RGB", (max(1, len(faces)) * 100, 100 + seed), "white")
    draw = ImageDraw.Draw(image)
    for n, colour in enumerate(faces):
        draw.rectangle((n * 100 + 10, 10, n * 100 + 9 + side, 9 + side), fill=colour)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def measured(colour: Colour) -> bytes:
    """What is measured of a face: as recognisable in a file as an embedding would be."""
    return hashlib.sha256(bytes(colour)).digest()


class ToyFaces:
    """Signals are JSON: a list of {"box", "pixels", "measured"}; comparing looks for the reference's first face."""

    name = "face"
    version = "toy"
    medium = "image"
    within = ("video",)
    cost: Literal["cheap", "dear"] = "dear"
    consent = "face"

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds

    def load(self) -> None:
        """Nothing to load."""

    def signals(self, path: Path, media_type: str) -> Signals:
        """All squares of one colour."""
        data = path.read_bytes()
        try:
            image = Image.open(io.BytesIO(data[len(FILM) :] if media_type == "video/mp4" else data)).convert("RGB")
        except OSError:
            raise CannotLook("not_an_image") from None
        found = []
        for left in range(10, image.width, 100):
            colour = image.getpixel((left, 10))
            assert isinstance(colour, tuple)
            if colour != (255, 255, 255):
                wide = sum(image.getpixel((left + n, 10)) == colour for n in range(SIDE))
                box = [left / image.width, 0.1, wide / image.width, wide / image.height]
                seen = {"box": box, "pixels": wide, "measured": hashlib.sha256(bytes(colour)).hexdigest()}
                found.append(seen | ({"at": AT} if media_type == "video/mp4" else {}))
        if not found:
            raise CannotLook("no_face")
        return Signals(self.name, self.version, image.width, image.height, json.dumps(found).encode())

    def own(self, signals: Signals) -> Signals:
        """The only face."""
        if len(json.loads(signals.payload)) > 1:
            raise CannotLook("cannot_assess", "several faces")
        return replace(signals)

    def compare(self, query: Signals, reference: Signals) -> Comparison:
        """The same colour is the same face. Says far too much, as a careless detector might."""
        faces, (hers,) = json.loads(query.payload), json.loads(reference.payload)
        if all(face["pixels"] < SIDE / 2 for face in faces):
            raise CannotLook("cannot_assess")
        same = [face for face in faces if face["measured"] == hers["measured"]]
        found: list[dict[str, Any]] = [
            {"kind": "face", "of": "query", "score": 0.9, "warnings": [], **(same or faces)[0]},
            {"kind": "face", "of": "reference", "score": 0.9, "warnings": [], **hers},
            {"kind": "faces", "found": len(faces)},
            {"kind": "embedding", "of": "query", "value": faces[0]["measured"]},
        ]
        if same:
            return Comparison(0.1, "supports", "strong", 0.5, "same_face", found)
        return Comparison(0.9, "does_not_support", "none", 0.5, "other_face", found)

    def examples(self) -> Sequence[Example]:
        """One."""
        return (Example("one face", "image/png", crowd(SHE)),)
