"""Pictures in films and films in films: when it is shown and where in the frame, however it is framed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.detectors.alterations import photograph
from tests.detectors.contract import DetectorContract
from tests.detectors.test_film import film_change, found
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Detector, Signals, thresholds_of
from workers.detectors.drawn_film import RATE, film, moving
from workers.detectors.film_pictures import PicturesInFilm
from workers.detectors.film_sketches import CEILING

WALL = np.linspace(60, 140, 320, dtype=np.uint8)[None, :, None].repeat(240, 0).repeat(3, 2)


@lru_cache(maxsize=1)
def detector() -> PicturesInFilm:
    made = PicturesInFilm(thresholds_of(chapter(), "film_pictures"))
    made.load()
    return made


def small_inside(frame: Any) -> Any:
    """Picture in picture: two thirds of the size before a wall."""
    room = np.full((400, 540, 3), (60, 90, 120), np.uint8)
    room[80:350, 30:390] = cv2.resize(frame, (360, 270), interpolation=cv2.INTER_AREA)
    return room


class TestContract(DetectorContract):
    survives: ClassVar = {
        "picture in picture": film_change(small_inside),
    }
    row_bytes = CEILING

    @pytest.fixture
    def detector(self) -> Detector:
        return detector()


def of_film(folder: Path, frames: Any) -> Signals:
    path = folder / "film"
    path.write_bytes(film(frames))
    return detector().signals(path, "video/mp4")


def of_picture(folder: Path, image: Image.Image) -> Signals:
    image.save(folder / "picture.png")
    return detector().signals(folder / "picture.png", "image/png")


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Signals:
    """Two seconds of landscape, two of a cat's photograph held into the camera, two of another landscape."""
    cat = np.asarray(photograph("skimage/data/chelsea.png").resize((200, 133)))

    def held(n: int) -> Any:
        frame = WALL.copy()
        frame[50 + n : 183 + n, 60:260] = cat[:, ::-1]
        return frame

    def landscape(seed: int) -> list[Any]:
        return list(moving(seed, 2.0, (320, 240)))

    frames = [*landscape(20), *(held(n) for n in range(2 * RATE)), *landscape(21)]
    return of_film(tmp_path_factory.mktemp("show"), frames)


def test_a_picture_is_found_in_a_film_with_its_time_and_place(show: Signals, tmp_path: Path) -> None:
    cat = of_picture(tmp_path, photograph("skimage/data/chelsea.png"))
    said = detector().compare(show, cat)
    assert (said.verdict, said.reason) == ("supports", "picture_in_film")
    (at, nothing), *_ = found(said, "moments")["pairs"]
    assert 1.9 <= at <= 4.1 and nothing is None
    assert found(said, "ticks")["at"][0] == at
    placement = found(said, "placement")
    assert placement["at"][1] is None and "mirrored" in placement["changes"]
    region = np.array(found(said, "region")["points"])
    assert region.min() > 0.1 and region.max() < 0.95, "where in the frame"
    # The same when the film is the work and the picture is what was reported.
    back = detector().compare(cat, show)
    assert (back.distance, back.reason) == (said.distance, said.reason)
    assert found(back, "moments")["pairs"][0][0] is None
    assert not [f for f in back.findings if f["kind"] == "ticks"]


def test_another_picture_is_not(show: Signals, tmp_path: Path) -> None:
    said = detector().compare(show, of_picture(tmp_path, photograph("skimage/data/coffee.png")))
    assert (said.verdict, said.reason) == ("does_not_support", "no_picture_in_film")
    assert {f["kind"] for f in said.findings} <= {"length"}


def test_two_takes_in_one_room_cannot_be_told(tmp_path: Path) -> None:
    """What both show is the room: it agrees at every moment with every other."""
    room = np.asarray(photograph("skimage/data/coffee.png").resize((480, 320)))

    def take(seed: int) -> Any:
        """Somebody holds one sheet after the other before half of the room."""
        sheets = [np.asarray(frame) for frame in moving(seed, 6.0, (240, 200))][:: 2 * RATE]
        for sheet in sheets:
            for _ in range(2 * RATE):
                frame = room.copy()
                frame[60:260, 20:260] = sheet
                yield frame

    said = detector().compare(of_film(tmp_path, take(30)), of_film(tmp_path, take(40)))
    assert said.verdict != "supports"


def test_what_shows_nothing_is_not_compared(tmp_path: Path) -> None:
    for made in (
        lambda: of_film(tmp_path, [np.zeros((120, 160, 3), np.uint8)] * RATE),
        lambda: of_picture(tmp_path, Image.new("RGB", (300, 200), "white")),
    ):
        with pytest.raises(CannotLook) as why:
            made()
        assert why.value.code == "featureless"
    with pytest.raises(CannotLook, match="failed"):
        detector().compare(*[Signals("film_pictures", "1", 1, 1, b"FPS1\x00\x02")] * 2)
