"""The two whole-picture hashes keep the contract, find plain copies in eight orientations, and say what was done."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from tests.detectors.alterations import FAMILIES, PHOTOGRAPHS, photograph
from tests.detectors.conftest import the_detector
from tests.detectors.contract import DetectorContract, picture_change
from webapp.domain.matching.detector import CannotLook, Detector, Signals
from workers.detectors.dct import bits
from workers.look import look_all

HASHES = ("phash", "dct256")
T = Image.Transpose
# What a hash of the whole picture can see; the rest is the local features' work.
FLOORS = {"compress": 0.95, "resize": 1.0, "filter": 0.9}


@pytest.mark.parametrize("name", HASHES)
class TestContract(DetectorContract):
    survives: ClassVar = {
        "quality 30": picture_change(FAMILIES["compress"]["quality 30"]),
        "half": picture_change(FAMILIES["resize"]["half"]),
        "brighter": picture_change(FAMILIES["filter"]["brighter"]),
        "mirrored": picture_change(ImageOps.mirror),
        "turned left": picture_change(lambda image: image.transpose(T.ROTATE_90)),
        "as WebP": picture_change(lambda image: image, "WEBP"),
        "as GIF": picture_change(lambda image: image, "GIF"),
    }
    row_bytes = 5 * 1024

    @pytest.fixture
    def detector(self, name: str) -> Detector:
        return the_detector(name)


@pytest.mark.parametrize("family", FLOORS)
def test_copies_of_the_whole_are_found(family: str, look: Callable[..., Signals]) -> None:
    """Each alteration of each photograph, made once and seen by both hashes, against the untouched one."""
    missed: dict[str, list[str]] = {name: [] for name in HASHES}
    for photo in PHOTOGRAPHS:
        for alteration, alter in FAMILIES[family].items():
            altered = alter(photograph(photo))
            for name in HASHES:
                found = the_detector(name).compare(look(name, altered), look(name, photograph(photo), photo))
                if found.verdict != "supports":
                    missed[name].append(f"{Path(photo).stem} / {alteration}: {found.distance}")
    tried = len(PHOTOGRAPHS) * len(FAMILIES[family])
    assert all(1 - len(found) / tried >= FLOORS[family] for found in missed.values()), missed


def _dotted() -> Image.Image:
    image = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(image).ellipse((300, 200, 306, 206), fill="black")
    return image


# A blank picture agrees with every blank picture, so it can tell nothing.
@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize(
    "draw",
    [
        lambda: Image.new("RGB", (300, 200), "white"),
        lambda: Image.new("RGB", (300, 200), (17, 40, 90)),
        lambda: Image.linear_gradient("L").convert("RGB"),
        lambda: Image.new("RGBA", (300, 200), (255, 0, 0, 0)),
        _dotted,
    ],
)
def test_a_blank_picture_is_cannot_look(
    name: str, draw: Callable[[], Image.Image], look: Callable[..., Signals]
) -> None:
    with pytest.raises(CannotLook) as why:
        look(name, draw())
    assert why.value.code == "featureless"


@pytest.mark.parametrize("name", HASHES)
def test_a_speck_of_a_picture_is_too_small(name: str, look: Callable[..., Signals]) -> None:
    with pytest.raises(CannotLook) as why:
        look(name, photograph(PHOTOGRAPHS[0]).resize((20, 20)))
    assert why.value.code == "too_small"


def test_the_hash_is_imagehash(look: Callable[..., Signals]) -> None:
    """The 256 bits are ImageHash's own, so that they can be checked with the public tool."""
    image = photograph(PHOTOGRAPHS[0]).convert("L")
    public = np.packbits(imagehash.phash(image, hash_size=16).hash).tobytes()
    assert bits(look("phash", image))[0] == public


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize(
    ("turn", "code", "corner"),
    [
        (None, "", [0, 0]),
        (T.FLIP_LEFT_RIGHT, "mirrored", [1, 0]),
        (T.ROTATE_180, "turned_over", [1, 1]),
        (T.FLIP_TOP_BOTTOM, "flipped", [0, 1]),
        (T.ROTATE_90, "turned_left", [0, 1]),
        (T.TRANSPOSE, "mirrored_turned_left", [0, 0]),
        (T.ROTATE_270, "turned_right", [1, 0]),
        (T.TRANSVERSE, "mirrored_turned_right", [1, 1]),
    ],
)
def test_every_orientation_is_found_and_named(
    name: str, turn: Image.Transpose | None, code: str, corner: list[int], look: Callable[..., Signals]
) -> None:
    """`corner`: where the reference's upper left corner lies in the reported picture."""
    photo = photograph("skimage/data/chelsea.png")
    found = the_detector(name).compare(
        look(name, photo.transpose(turn) if turn is not None else photo), look(name, photo, "chelsea")
    )
    assert found.band == "strong"
    assert found.reason == "same_picture"
    seen = {finding["kind"]: finding for finding in found.findings}
    assert seen["placement"]["changes"] == ([code] if code else [])
    _, _, c, _, _, f = seen["transform"]["matrix"]
    assert [c, f] == corner


@pytest.mark.parametrize("name", HASHES)
def test_the_index_finds_every_orientation_by_one_upright_hash(name: str, look: Callable[..., Signals]) -> None:
    photo = photograph("skimage/data/coffee.png")
    upright = bits(look(name, photo))[0]
    for turn in T:
        turned = bits(look(name, photo.transpose(turn)))
        assert len(turned) == 8
        assert min(sum((a ^ b).bit_count() for a, b in zip(one, upright, strict=True)) for one in turned) <= 4


def test_camera_orientation_is_applied(tmp_path: Path) -> None:
    """A phone stores a picture lying down and a note to stand it up: signals see what people see."""
    photo = photograph("skimage/data/rocket.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to view
    photo.transpose(T.ROTATE_90).save(tmp_path / "lying.jpg", exif=exif)
    photo.save(tmp_path / "standing.jpg")
    detector = the_detector("dct256")
    lying, standing = (detector.signals(tmp_path / name, "image/jpeg") for name in ("lying.jpg", "standing.jpg"))
    assert (lying.width, lying.height) == (standing.width, standing.height) == photo.size
    assert detector.compare(lying, standing).findings[0]["changes"] == []


def test_an_animation_is_judged_by_its_first_frame(tmp_path: Path) -> None:
    frames = [photograph(name).resize((200, 150)) for name in PHOTOGRAPHS[:3]]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert the_detector("phash").signals(tmp_path / "a.gif", "image/gif").notes == ("first_frame_only",)


def test_a_pixel_bomb_is_not_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(out, "PNG")
    (tmp_path / "bomb.png").write_bytes(out.getvalue())
    with pytest.raises(CannotLook) as why:
        the_detector("phash").signals(tmp_path / "bomb.png", "image/png")
    assert why.value.code == "too_many_pixels"


def test_a_shared_decode_changes_no_signal(tmp_path: Path) -> None:
    """Several detectors in one child share one decode; each sees what it would have seen alone."""
    path = tmp_path / "photo.jpg"
    photograph("sklearn/datasets/images/china.jpg").resize((2400, 1600)).save(path)
    detectors = [the_detector(name) for name in HASHES]
    together = [outcome.signals() for outcome in look_all(detectors, path, "image/jpeg")]
    assert together == [detector.signals(path, "image/jpeg") for detector in detectors]
