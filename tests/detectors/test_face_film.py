"""Faces in films: she is found with the second she is seen at, people are told apart, templates of pictures hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.detectors.alterations import photograph
from tests.detectors.test_face import detector, faces, photo, seen
from webapp.domain.matching.detector import CannotLook, Signals
from workers.detectors.drawn_film import film, moving
from workers.detectors.face_records import FACE, Faces, unpack

RATE = 4


def shot(seconds: float, *names: str, drift: int = 2) -> Iterator[Any]:
    """People beside each other before a wall, the camera drifting a little."""
    row = [np.asarray(photo(name).resize((240, 240), Image.Resampling.LANCZOS)) for name in names]
    for n in range(round(seconds * RATE)):
        frame = np.full((360, 640, 3), (120, 130, 140), np.uint8)
        for place, face in enumerate(row):
            left = 20 + 300 * place + drift * n
            frame[60:300, left : left + 240] = face
        yield frame


def looked(folder: Path, *frames: Iterator[Any]) -> Signals:
    path = folder / "film"
    path.write_bytes(film((frame for part in frames for frame in part), RATE))
    return detector().signals(path, "video/mp4")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Signals:
    """Six seconds of her, then three of him; nobody is in the landscape between."""
    landscape = (frame for frame in moving(3, 1.0, (640, 360)))
    return looked(tmp_path_factory.mktemp("film"), shot(6, "collins"), landscape, shot(3, "hopper"))


def told(comparison: Any, kind: str, of: str = "") -> Any:
    return next(f for f in comparison.findings if f["kind"] == kind and f.get("of", of) == of)


def test_she_is_found_in_a_film_by_a_template_of_a_picture(both: Signals, tmp_path: Path) -> None:
    template = detector().own(seen(photo("collins"), tmp_path))
    assert len(template.payload) == FACE.itemsize, "as templates always were"
    found = detector().compare(Signals.from_bytes(both.to_bytes()), template)
    assert (found.verdict, found.reason) == ("supports", "same_face")
    face = told(found, "face", "query")
    assert 0 <= face["at"] <= 6.1 and face["warnings"] == []
    assert "at" not in told(found, "face", "reference")
    assert told(found, "faces")["found"] == 2
    assert told(found, "moments")["pairs"] == [[face["at"], None]]
    assert len(told(found, "ticks")["at"]) >= 5 and max(told(found, "ticks")["at"]) < 6.1
    assert told(found, "length", "query")["seconds"] == pytest.approx(11, abs=0.5)


def test_a_film_as_reference_is_about_whom_it_mostly_shows(both: Signals, tmp_path: Path) -> None:
    hers = detector().own(both)
    kept = unpack(hers.payload)
    assert kept.people == 1 and kept.sightings is not None and len(kept.sightings) == 0
    assert detector().own(hers) == hers
    found = detector().compare(seen(photo("collins"), tmp_path), hers)
    assert found.verdict == "supports"
    assert told(found, "face", "reference")["at"] < 6.1
    assert told(found, "moments")["pairs"][0][0] is None
    other = detector().compare(seen(photo("hopper"), tmp_path), hers)
    assert (other.verdict, other.reason) == ("does_not_support", "other_face")


def test_a_film_of_two_is_about_neither(tmp_path: Path) -> None:
    pair = looked(tmp_path, shot(3, "hopper", "collins"))
    assert unpack(pair.payload).people == 2
    with pytest.raises(CannotLook, match="cannot_assess"):
        detector().own(pair)


def test_a_film_without_a_face_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotLook) as why:
        table = np.asarray(photograph("skimage/data/coffee.png").resize((600, 400)))
        looked(tmp_path, (table[20:380, 10 * n : 480 + 10 * n] for n in range(3 * RATE)))
    assert why.value.code == "no_face"


def test_damaged_records_are_refused(both: Signals, tmp_path: Path) -> None:
    hers = seen(photo("collins"), tmp_path)
    assert Faces(faces(hers)).pack() == hers.payload
    for payload in (both.payload[:12], both.payload[:-3], b""):
        with pytest.raises(CannotLook, match="failed"):
            detector().compare(Signals("face", "1", 1, 1, payload), hers)
