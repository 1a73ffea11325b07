"""Local features keep the contract, find what the whole-picture hashes cannot, and say where and how."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import ClassVar

import pytest
from PIL import Image, ImageDraw

from tests.detectors.alterations import FAMILIES, on_phone, photograph
from tests.detectors.conftest import the_detector
from tests.detectors.contract import DetectorContract, picture_change
from webapp.domain.matching.detector import CannotLook, Detector, Signals
from workers.detectors.keypoints import CEILING

T = Image.Transpose
# Photographs with enough to hold on to; what is nearly flat is a blind spot the model card names.
RICH = ("skimage/data/astronaut.png", "skimage/data/chelsea.png", "sklearn/datasets/images/china.jpg")
BLIND_TO_HASHES = ("crop", "rotate", "pad", "screenshot", "overlay", "collage", "combinations")


class TestContract(DetectorContract):
    survives: ClassVar = {
        name: picture_change(FAMILIES[family][name])
        for family, name in (
            ("mirror", "mirrored, cropped"),
            ("rotate", "20 degrees"),
            ("screenshot", "phone"),
            ("collage", "two by two"),
        )
    }
    row_bytes = CEILING

    @pytest.fixture
    def detector(self) -> Detector:
        return the_detector("features")


@pytest.mark.parametrize("family", BLIND_TO_HASHES)
def test_altered_photographs_are_found(family: str, look: Callable[..., Signals]) -> None:
    """One photograph a kind of alteration, in turn; recall on hundreds of others stands in the model card."""
    for photo, (name, alter) in zip(itertools.cycle(RICH), FAMILIES[family].items(), strict=False):
        reference = look("features", photograph(photo), photo)
        found = the_detector("features").compare(look("features", alter(photograph(photo))), reference)
        assert found.verdict == "supports", f"{photo} / {name}: {found.distance}"


def test_a_reviewer_sees_where_and_how(look: Callable[..., Signals]) -> None:
    """Mirrored and cropped to a third; the same third is named on both pictures, and the map leads from one to the
    other."""
    photo = photograph("skimage/data/astronaut.png")
    wide, high = photo.size
    part = photo.transpose(T.FLIP_LEFT_RIGHT).crop((wide // 4, 0, wide * 3 // 4, high * 2 // 3))
    found = the_detector("features").compare(look("features", part), look("features", photo, "astronaut"))
    assert (found.reason, found.band) == ("part_of_the_reference", "strong")
    seen = {(f["kind"], f.get("of") if f["kind"] == "region" else ""): f for f in found.findings}
    placement = seen["placement", ""]
    assert placement["changes"] == ["mirrored", "cropped"]
    assert placement["share"] == pytest.approx(1 / 3, abs=0.03)
    assert _bounds(seen["region", "reference"]) == pytest.approx((0.25, 0, 0.75, 2 / 3), abs=0.03)
    assert _bounds(seen["region", "query"]) == pytest.approx((0, 0, 1, 1), abs=0.03)
    a, b, c, d, e, f = seen["transform", ""]["matrix"]
    assert (a * 0.75 + b * 0 + c, d * 0.75 + e * 0 + f) == pytest.approx((0, 0), abs=0.02)
    points = seen["points", ""]
    assert points["agree"] >= points["cells"] >= 40
    assert 20 <= len(points["pairs"]) <= 60
    for xq, yq, xr, yr in points["pairs"]:
        assert (a * xr + b * yr + c, d * xr + e * yr + f) == pytest.approx((xq, yq), abs=0.03)


@pytest.mark.parametrize(("turn", "code"), [(T.ROTATE_90, "turned_left"), (T.TRANSVERSE, "mirrored_turned_right")])
def test_turns_are_named_as_the_hashes_name_them(
    turn: Image.Transpose, code: str, look: Callable[..., Signals]
) -> None:
    photo = photograph("skimage/data/chelsea.png")
    pair = [
        {
            found["kind"]: found
            for found in the_detector(name).compare(look(name, photo.transpose(turn)), look(name, photo)).findings
        }
        for name in ("features", "phash")
    ]
    assert [seen["placement"]["orientation"] for seen in pair] == [code, code]
    assert pair[0]["transform"]["matrix"] == pytest.approx(pair[1]["transform"]["matrix"], abs=0.01)


def test_a_screenshot_is_told_from_the_picture_inside(look: Callable[..., Signals]) -> None:
    photo = photograph("skimage/data/coffee.png")
    found = the_detector("features").compare(look("features", on_phone(photo)), look("features", photo))
    assert found.reason == "reference_inside_the_picture"
    region = next(f for f in found.findings if f["kind"] == "region" and f["of"] == "query")
    shown = 540 * photo.height / photo.width
    assert _bounds(region) == pytest.approx((0, 160 / 1170, 1, (160 + shown) / 1170), abs=0.03)


def test_one_logo_on_two_pictures_is_no_copy(look: Callable[..., Signals]) -> None:
    """Every point of the logo obeys one map; the rest of the pictures shows that they are not the same."""
    logo = photograph("skimage/data/coins.png").resize((150, 120))
    marked = []
    for name in ("skimage/data/chelsea.png", "skimage/data/rocket.jpg"):
        image = photograph(name).copy()
        image.paste(logo, (image.width - 170, 20))
        marked.append(look("features", image))
    assert the_detector("features").compare(*marked).verdict != "supports"


def test_a_picture_without_points_is_featureless(look: Callable[..., Signals]) -> None:
    plain = Image.new("RGB", (500, 300), "white")
    ImageDraw.Draw(plain).ellipse((240, 140, 260, 160), fill="black")
    with pytest.raises(CannotLook) as why:
        look("features", plain)
    assert why.value.code == "featureless"


def test_damaged_signals_are_refused_with_a_reason(look: Callable[..., Signals]) -> None:
    whole = look("features", photograph("skimage/data/coffee.png"))
    for payload in (b"", whole.payload[:100], whole.payload[:-2000], b"\xff" * 3000, _spoilt(whole.payload)):
        broken = Signals(whole.detector, whole.version, whole.width, whole.height, payload)
        with pytest.raises(CannotLook, match="failed"):
            the_detector("features").compare(broken, whole)


def _spoilt(payload: bytes) -> bytes:
    """The grey picture at the end no longer inflates."""
    return payload[:-4000] + b"\xff" * 4000


def _bounds(region: dict[str, list[list[float]]]) -> tuple[float, float, float, float]:
    x, y = zip(*region["points"], strict=True)
    return min(x), min(y), max(x), max(y)
