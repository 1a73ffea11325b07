"""Whose faces a film shows: about one frame a second, the faces of one person together, the best three of each kept.

Faces are joined by their embeddings. One that is turned away for a moment is still hers where it stays in its place,
so that a person does not become a second one whenever she looks aside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from webapp.domain.matching.detector import CannotLook
from workers.detectors import film
from workers.detectors.face_records import SIGHTING, Faces

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVERY = 1.0  # seconds between two frames (matching.md §10) …
MOST_FRAMES = 300  # … and of a longer film so many
SIDE = 960  # longest side in pixels that faces are looked for at
MOST_FACES = 12  # of one frame, the largest
MOST_PEOPLE = 64  # those seen most often
BEST = 3  # faces kept of a person
JOIN = 0.5  # cosine from which two faces of one film are one person's: 3 in 10,000 of different people (matching.md §6)
ASIDE, IN_PLACE = 0.2, 0.4  # cosine and overlap from which a face that cannot be assessed is the one of a second ago
SHARP = 112  # pixels of height; larger faces are not measured better
LOOKED_AT = 8  # frames without a face that are asked whether they hide one


@dataclass
class Person:
    """One person as far as the film was seen: her best faces with their times, and when she was seen."""

    faces: list[tuple[float, float, Any]] = field(default_factory=list)  # worth, seconds, record
    seen: list[float] = field(default_factory=list)
    box: Any = None
    frame: int = -1

    def add(self, record: Any, at: float, frame: int) -> None:
        worth = float(record["score"]) * min(int(record["pixels"]), SHARP) - 1000.0 * bool(record["warnings"])
        self.faces = sorted([*self.faces, (worth, at, record)], key=lambda face: -face[0])[:BEST]
        self.seen.append(at)
        self.box, self.frame = record["box"], frame

    def alike(self, embedding: NDArray[np.float32]) -> float:
        """The greatest cosine with her faces."""
        return max(float(record["embedding"].astype(np.float32) @ embedding) for _w, _at, record in self.faces)


def people(
    path: Path, media_type: str, find: Callable[[Any], Any], measure: Callable[..., Any], hides: Callable[[Any], bool]
) -> tuple[film.About, Faces]:
    """Everybody in a film. `find`, `measure`, `hides`: the detector's own. Raises CannotLook: `no_face`,
    `cannot_assess`, and what `film.frames` raises."""
    about = film.about(path, media_type)
    every = max(EVERY, min(about.seconds, film.LONGEST) / MOST_FRAMES)
    persons, hidden, last = list[Person](), list[bool](), 0.0
    for number, frame in enumerate(film.frames(path, media_type, every, SIDE)):
        last = frame.at
        scale = about.height / frame.picture.shape[0]
        records = [measure(frame.picture, found, scale)[0] for found in find(frame.picture)[:MOST_FACES]]
        if not records and len(hidden) < LOOKED_AT:
            hidden.append(hides(frame.picture))
        _join(persons, records, frame.at, number)
    if not persons and hidden and 2 * sum(hidden) >= len(hidden):
        raise CannotLook("cannot_assess", "too blurred, too small or too much of a drawing to find a face in it")
    if not persons:
        raise CannotLook("no_face", "no face was found in this film")
    return about, _kept(_merged(persons), about.seconds or last + every)


def _join(persons: list[Person], records: list[Any], at: float, frame: int) -> None:
    """The faces of one frame to whom they belong; nobody is twice in a frame."""
    here: set[int] = set()
    for record in records:
        embedding = record["embedding"].astype(np.float32)
        cosines = [-1.0 if n in here else person.alike(embedding) for n, person in enumerate(persons)]
        best = int(np.argmax(cosines)) if cosines else -1
        if best < 0 or cosines[best] < JOIN:
            stayed = [
                n
                for n, person in enumerate(persons)
                if record["warnings"] and person.frame == frame - 1 and cosines[n] >= ASIDE
                if _overlap(person.box, record["box"]) >= IN_PLACE
            ]
            best = stayed[0] if stayed else len(persons)
        if best == len(persons):
            persons.append(Person())
        persons[best].add(record, at, frame)
        here.add(best)


def _overlap(one: Any, other: Any) -> float:
    """Shared area of two boxes (left, top, width, height) by the area of both."""
    corner, end = np.maximum(one[:2], other[:2]), np.minimum(one[:2] + one[2:], other[:2] + other[2:])
    shared = float(np.prod(np.maximum(end - corner, 0)))
    return shared / max(float(one[2] * one[3] + other[2] * other[3]) - shared, 1e-9)


def _merged(persons: list[Person]) -> list[Person]:
    """Those seen most often first; who turned out to be one person (and was never in one frame with herself) joined."""
    kept: list[Person] = []
    for person in sorted(persons, key=lambda one: -len(one.seen)):
        vector = person.faces[0][2]["embedding"].astype(np.float32)
        same = [one for one in kept if one.alike(vector) >= JOIN and not set(one.seen) & set(person.seen)]
        if same:
            same[0].faces = sorted([*same[0].faces, *person.faces], key=lambda face: -face[0])[:BEST]
            same[0].seen += person.seen
        else:
            kept.append(person)
    return sorted(kept, key=lambda one: -len(one.seen))[:MOST_PEOPLE]


def _kept(persons: list[Person], seconds: float) -> Faces:
    rows = [(number, at, record) for number, person in enumerate(persons) for _worth, at, record in person.faces]
    seen = [(number, at) for number, person in enumerate(persons) for at in sorted(person.seen)]
    return Faces(
        np.array([record for _n, _at, record in rows]),
        np.array([at for _n, at, _record in rows], np.float32),
        np.array([number for number, _at, _record in rows], np.uint16),
        np.array(seen, SIGHTING),
        seconds,
    )
