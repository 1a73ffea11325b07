"""The perceptual hash keeps the contract, finds altered photographs and says what was done to them."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.detectors.alterations import (
    FAMILIES,
    PHOTOGRAPHS,
    on_phone,
    photograph,
)
from tests.detectors.conftest import the_detector
from tests.detectors.contract import DetectorContract, picture_change
from webapp.domain.matching.detector import CannotLook, Detector, Signals
from workers.detectors import likeness

# The least share of altered photographs that must be found, by family. Recall on 300 other
# pictures stands in matching.toml; twelve photographs move a share by eight hundredths each.
FLOORS = {
    "recompressed": 1.0,
    "resized": 1.0,
    "mirrored or turned": 1.0,
    "filtered": 1.0,
    "written on": 0.9,
    "framed": 0.9,
    "cropped": 0.9,
    "tilted": 0.8,
    "screenshot": 0.9,
    "composite": 0.9,
    "combined": 0.9,
}


class TestContract(DetectorContract):
    survives = {
        f"{family}: {name}": picture_change(alter)
        for family, alters in FAMILIES.items()
        for name, alter in itertools.islice(alters.items(), 1)
    } | {"as WebP": picture_change(lambda image: image, "WEBP"), "as GIF": picture_change(lambda image: image, "GIF")}

    @pytest.fixture
    def detector(self) -> Detector:
        return the_detector()


@pytest.mark.parametrize("family", FAMILIES)
def test_altered_photographs_are_found(
    family: str, look: Callable[..., Signals], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each alteration of each photograph against the untouched one; the shares are printed."""
    missed, tried = [], 0
    for name in PHOTOGRAPHS:
        reference = look(photograph(name), name)
        for alteration, alter in FAMILIES[family].items():
            tried += 1
            found = the_detector().compare(look(alter(photograph(name))), reference)
            if found.verdict != "supports":
                missed.append(f"{Path(name).stem} / {alteration}: {found.distance}")
    share = 1 - len(missed) / tried
    with capsys.disabled():
        print(f"\n  recall, {family}: {share:.2f} of {tried}", *missed, sep="\n    missed " if missed else "")
    assert share >= FLOORS[family], missed


def _dotted() -> Image.Image:
    image = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(image).ellipse((300, 200, 306, 206), fill="black")
    return image


# A blank picture agrees with every blank picture, so it can tell nothing.
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
def test_a_blank_picture_is_cannot_look(draw: Callable[[], Image.Image], look: Callable[..., Signals]) -> None:
    with pytest.raises(CannotLook) as why:
        look(draw())
    assert why.value.code == "featureless"


def test_a_speck_of_a_picture_is_too_small(look: Callable[..., Signals]) -> None:
    with pytest.raises(CannotLook) as why:
        look(photograph(PHOTOGRAPHS[0]).resize((20, 20)))
    assert why.value.code == "too_small"


def test_the_whole_hash_is_imagehash(look: Callable[..., Signals]) -> None:
    """The 256 bits are ImageHash's own, so that they can be checked with the public tool."""
    image = photograph(PHOTOGRAPHS[0]).convert("L").resize((64, 64))
    assert np.array_equal(likeness.bits_of(image), imagehash.phash(image, hash_size=16).hash)


def test_findings_say_what_was_done(look: Callable[..., Signals]) -> None:
    """A reviewer reads: mirrored; or: this part of it, there; or: inside the screenshot, here."""
    photo = photograph("skimage/data/astronaut.png")
    reference = look(photo)

    def placement(image: Image.Image) -> tuple[str, dict[str, object]]:
        found = the_detector().compare(look(image), reference)
        return found.reason, found.findings[0]

    reason, seen = placement(photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    assert (reason, seen["changes"], seen["relation"]) == ("same_picture", ["mirrored"], "whole")
    reason, seen = placement(photo.transpose(Image.Transpose.ROTATE_90))
    assert (reason, seen["changes"]) == ("same_picture", ["turned_left"])
    reason, seen = placement(photo.transpose(Image.Transpose.ROTATE_90).crop((60, 40, 400, 420)))
    assert reason == "part_of_the_reference"
    assert seen["changes"][:2] == ["turned_left", "cropped"]
    reason, seen = placement(photo.crop((128, 0, 384, 256)))
    assert (reason, seen["inside"]) == ("part_of_the_reference", "reference")
    frame = seen["frame"]
    assert (frame["x"], frame["y"], frame["width"], frame["height"]) == pytest.approx((0.25, 0, 0.5, 0.5), abs=0.04)
    reason, seen = placement(on_phone(photo))
    assert (reason, seen["inside"]) == ("reference_inside_the_picture", "query")
    frame = seen["frame"]
    assert (frame["x"], frame["y"], frame["width"], frame["height"]) == pytest.approx(
        (0, 160 / 1170, 1, 540 / 1170), abs=0.04
    )


def test_camera_orientation_is_applied(tmp_path: Path) -> None:
    """A phone stores a picture lying down and a note to stand it up: signals see what people see."""
    photo = photograph("skimage/data/rocket.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to view
    photo.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "lying.jpg", exif=exif)
    photo.save(tmp_path / "standing.jpg")
    lying, standing = (the_detector().signals(tmp_path / name, "image/jpeg") for name in ("lying.jpg", "standing.jpg"))
    assert (lying.width, lying.height) == (standing.width, standing.height) == photo.size
    assert the_detector().compare(lying, standing).findings[0]["changes"] == []


def test_an_animation_is_judged_by_its_first_frame(tmp_path: Path) -> None:
    frames = [photograph(name).resize((200, 150)) for name in PHOTOGRAPHS[:3]]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    signals = the_detector().signals(tmp_path / "a.gif", "image/gif")
    assert signals.notes == ("first_frame_only",)


def test_a_pixel_bomb_is_not_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(out, "PNG")
    (tmp_path / "bomb.png").write_bytes(out.getvalue())
    with pytest.raises(CannotLook) as why:
        the_detector().signals(tmp_path / "bomb.png", "image/png")
    assert why.value.code == "too_many_pixels"
