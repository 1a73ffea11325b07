"""How faces are kept: of a picture one record a face, of a film the same records with their times, person by person.

The payload of a picture never changed, so a template that was made of one meets the faces of a film.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from webapp.domain.matching.detector import CannotLook

if TYPE_CHECKING:
    from numpy.typing import NDArray

# One such record a face, in a picture the largest face first. `box` is left, top, width, height in fractions of the
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
# In a film: when, in seconds, and whose face it is; the people of the most frames first, of each the best face first.
FILMED = np.dtype([("face", FACE), ("at", "<f4"), ("person", "<u2")])
SIGHTING = np.dtype([("person", "<u2"), ("at", "<f4")])
# Read as the first number of a picture's record this is no number, so no picture begins like it.
_MAGIC = b"RD\xff\xff"
_HEAD = struct.Struct("<4sfII")

MAIN = 1.5  # times as high as the next face: then a picture is about that one
MOSTLY = 2.0  # times as often in a film as the next person: then the film is about that one


@dataclass(frozen=True)
class Faces:
    """Faces of one file. Of a film also `at` and `person` of each, all sightings, and its length in seconds."""

    faces: NDArray[Any]
    at: NDArray[np.float32] | None = None
    person: NDArray[np.uint16] | None = None
    sightings: NDArray[Any] | None = None
    seconds: float = 0.0

    def pack(self) -> bytes:
        if self.at is None or self.sightings is None:
            return self.faces.tobytes()
        records = np.zeros(len(self.faces), FILMED)
        records["face"], records["at"], records["person"] = self.faces, self.at, self.person
        head = _HEAD.pack(_MAGIC, self.seconds, len(records), len(self.sightings))
        return head + records.tobytes() + self.sightings.tobytes()

    @property
    def people(self) -> int:
        """How many people are seen."""
        return len(self.faces) if self.person is None else len(np.unique(self.person))

    def time(self, number: int) -> float | None:
        """When a face is seen, in seconds; None in a picture."""
        return None if self.at is None else round(float(self.at[number]), 2)

    def ticks(self, number: int, most: int) -> list[float]:
        """When the person of this face is seen, in seconds, at most `most` times."""
        if self.person is None or self.sightings is None:
            return []
        times = np.unique(self.sightings["at"][self.sightings["person"] == self.person[number]])
        return [round(float(time), 1) for time in times[:: max(1, -(-len(times) // most))]]

    def each(self) -> NDArray[Any]:
        """The best face of each person, the largest first; in a film only of those who are more than glimpsed."""
        if self.person is None or self.sightings is None:
            return self.faces
        numbers, first = np.unique(self.person, return_index=True)
        often = np.array([(self.sightings["person"] == number).sum() for number in numbers])
        best = self.faces[first[often >= min(2, often.max(initial=0))]]
        largest: NDArray[Any] = best[np.argsort(-best["box"][:, 3], kind="stable")]
        return largest

    def main(self) -> Faces:
        """Only the one a reference is about. Raises CannotLook("cannot_assess") where several could be meant."""
        if self.person is None or self.sightings is None:
            heights = self.faces["box"][:, 3]
            if len(heights) > 1 and heights[0] < MAIN * heights[1]:
                raise _several(len(heights))
            return replace(self, faces=self.faces[:1])
        often = np.sort([(self.sightings["person"] == number).sum() for number in np.unique(self.person)])[::-1]
        if len(often) > 1 and often[0] < MOSTLY * often[1]:
            raise _several(len(often))
        hers = np.flatnonzero(self.person == self.person[0])
        clear = hers[self.faces["warnings"][hers] == 0]
        kept = clear if len(clear) else hers
        return Faces(self.faces[kept], self.at[kept], self.person[kept], self.sightings[:0], self.seconds)  # type: ignore[index]  # a film has times


def _several(number: int) -> CannotLook:
    return CannotLook(
        "cannot_assess",
        f"{number} faces in the reference, none of them the main one: say which is meant, or cut it out",
    )


def unpack(payload: bytes) -> Faces:
    """Read back what `Faces.pack` wrote. Raises ValueError for anything else."""
    if not payload.startswith(_MAGIC):
        if not payload or len(payload) % FACE.itemsize:
            raise ValueError("stored faces are damaged")
        return Faces(np.frombuffer(payload, FACE))
    if len(payload) < _HEAD.size:
        raise ValueError("stored faces are cut short")
    _magic, seconds, count, seen = _HEAD.unpack_from(payload)
    after = _HEAD.size + count * FILMED.itemsize
    if not count or len(payload) != after + seen * SIGHTING.itemsize:
        raise ValueError("stored faces are damaged")
    records = np.frombuffer(payload, FILMED, count, _HEAD.size)
    sightings = np.frombuffer(payload, SIGHTING, seen, after)
    return Faces(records["face"], records["at"], records["person"], sightings, seconds)
