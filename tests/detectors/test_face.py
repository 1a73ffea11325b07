"""The face detector on photographs that packages ship: it finds her among others, and never says "no" of what it cannot
see. Spoilt faces are drawn onto the same photographs. `make models` brings the networks."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import skimage
from PIL import Image, ImageFilter, ImageOps

from tests.detectors.spoilt import Change, masked, shaded, sketched, stylised, tiny
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CANNOT_LOOK_CODES, CannotLook, Comparison, Signals, thresholds_of
from workers.detectors.face import FACE, FaceLikeness
from workers.look import look_all

PHOTOS = {
    "collins": Path(skimage.__file__).parent / "data" / "astronaut.png",
    "hopper": Path(mpl.__file__).parent / "mpl-data" / "sample_data" / "grace_hopper.jpg",
}


@lru_cache(maxsize=1)
def detector() -> FaceLikeness:
    made = FaceLikeness(thresholds_of(chapter(), "face"))
    made.load()
    return made


@lru_cache(maxsize=2)
def photo(name: str) -> Image.Image:
    """Upright, 512 pixels, with one clear face."""
    with Image.open(PHOTOS[name]) as image:
        whole = image.convert("RGB")
    box = (120, 0, 340, 220) if name == "collins" else (110, 60, 420, 370)
    return whole.crop(box).resize((320, 320), Image.Resampling.LANCZOS)


def seen(image: Image.Image, folder: Path, kind: str = "PNG") -> Signals:
    """By way of a real file."""
    file = folder / "picture"
    image.save(file, kind, quality=88)
    return detector().signals(file, f"image/{kind.lower()}")


def faces(signals: Signals) -> np.ndarray:
    return np.frombuffer(signals.payload, FACE)


def compared(query: Image.Image, reference: Image.Image, folder: Path) -> Comparison:
    return detector().compare(seen(query, folder), seen(reference, folder))


def side_by_side(*images: Image.Image) -> Image.Image:
    row = Image.new("RGB", (sum(i.width for i in images), max(i.height for i in images)), (120, 130, 140))
    left = 0
    for image in images:
        row.paste(image, (left, 0))
        left += image.width
    return row


def places(image: Image.Image) -> np.ndarray:
    """Landmarks in pixels, to draw onto a face."""
    (found,) = detector()._networks.find(np.asarray(image))
    return found.points


SAME: dict[str, Callable[[Image.Image], Image.Image]] = {
    "untouched": lambda image: image,
    "mirrored": ImageOps.mirror,
    "grey": lambda image: ImageOps.grayscale(image).convert("RGB"),
    "half the size": lambda image: image.resize((160, 160), Image.Resampling.LANCZOS),
    "tilted": lambda image: image.rotate(15, Image.Resampling.BICUBIC, fillcolor=(120, 130, 140)),
    "smoothed": lambda image: image.filter(ImageFilter.GaussianBlur(1)),
    "beside a stranger": lambda image: side_by_side(photo("hopper"), image),
    "small in a wide picture": lambda image: ImageOps.expand(image.resize((110, 110)), 300, (120, 130, 140)),
}


@pytest.mark.parametrize("name", SAME)
def test_she_is_found(name: str, tmp_path: Path) -> None:
    found = compared(SAME[name](photo("collins")), photo("collins"), tmp_path)
    assert (found.verdict, found.band, found.reason) == ("supports", "strong", "same_face"), name
    query, reference = (next(f for f in found.findings if f.get("of") == side) for side in ("query", "reference"))
    assert reference["warnings"] == []
    left, top, wide, high = query["box"]
    assert 0 <= left < left + wide <= 1.05 and 0 <= top < top + high <= 1.05
    # The crop that the desk draws: the eyes' place leads into the box.
    a, b, c, d, e, f = query["align"]
    x, y = a * 56 + b * 55 + c, d * 56 + e * 55 + f
    assert left < x < left + wide and top < y < top + high
    assert {"kind": "faces", "found": 2 if "stranger" in name else 1} in found.findings


def test_other_people_are_not_taken_for_her(tmp_path: Path) -> None:
    found = compared(photo("hopper"), photo("collins"), tmp_path)
    assert (found.verdict, found.band, found.reason) == ("does_not_support", "none", "other_face")
    assert found.distance > 0.7


SPOILT = [(masked, "covered"), (shaded, "covered"), (stylised, "drawn"), (sketched, "drawn"), (tiny, "small")]


@pytest.mark.parametrize(("spoil", "code"), SPOILT)
@pytest.mark.parametrize("name", PHOTOS)
def test_what_cannot_be_assessed_is_never_a_no(name: str, spoil: Change, code: str, tmp_path: Path) -> None:
    """Neither of her, nor of somebody else whose face is as spoilt; on either side."""
    reference, spoilt = seen(photo("collins"), tmp_path), seen(spoil(photo(name), places(photo(name))), tmp_path)
    assert code in detector()._codes(faces(spoilt)[0])
    for pair in ((spoilt, reference), (reference, spoilt)):
        assert answer(*pair) in (["cannot_assess"] if name == "hopper" else ["cannot_assess", "weak", "strong"])


def answer(query: Signals, reference: Signals) -> str:
    """The band, or the code of why there is none."""
    try:
        return detector().compare(query, reference).band
    except CannotLook as why:
        return why.code


def test_a_reference_is_about_one_face(tmp_path: Path) -> None:
    """A stranger's face never becomes a template, and of two equal faces nobody can say which is hers."""
    pair = seen(side_by_side(photo("collins"), photo("hopper")), tmp_path)
    with pytest.raises(CannotLook, match="2 faces in the reference") as why:
        detector().own(pair)
    assert why.value.code == "cannot_assess"
    with pytest.raises(CannotLook, match="cannot_assess"):
        detector().compare(pair, pair)
    crowd = seen(side_by_side(photo("collins"), photo("hopper").resize((130, 130))), tmp_path)
    own = detector().own(crowd)
    assert (len(faces(crowd)), len(faces(own))) == (2, 1)
    assert detector().compare(crowd, own).reason == "same_face"
    assert detector().compare(seen(photo("hopper"), tmp_path), own).reason == "other_face"


def test_signals_are_the_same_each_time_and_can_be_kept(tmp_path: Path) -> None:
    once, again = (seen(photo("collins"), tmp_path) for _ in range(2))
    assert once == again == Signals.from_bytes(once.to_bytes())
    assert len(once.to_bytes()) < 2048, "a template of one face"
    same = detector().compare(once, again)
    assert (same.distance, same.band) == (0, "strong")
    other = seen(photo("hopper").convert("RGB"), tmp_path, "JPEG")
    assert detector().compare(once, other).distance == detector().compare(other, once).distance


def test_it_says_why_it_could_not_look(tmp_path: Path) -> None:
    file = tmp_path / "picture"
    with pytest.raises(CannotLook, match="no_face"):
        seen(Image.effect_noise((400, 300), 60).convert("RGB"), tmp_path)
    for haze in (photo("collins").filter(ImageFilter.GaussianBlur(20)), photo("collins").resize((14, 14))):
        with pytest.raises(CannotLook, match="cannot_assess"):
            seen(haze, tmp_path)
    with pytest.raises(CannotLook, match="no_face"):
        seen(Image.new("RGB", (400, 300), "white"), tmp_path)
    out = io.BytesIO()
    photo("collins").save(out, "JPEG")
    for data in (b"", b"rubbish" * 100, out.getvalue()[:200], out.getvalue()[: len(out.getvalue()) // 2]):
        file.write_bytes(data)
        with pytest.raises(CannotLook) as why:
            detector().signals(file, "image/jpeg")
        assert why.value.code in CANNOT_LOOK_CODES - {"failed"}
    good = seen(photo("collins"), tmp_path)
    for bad in (
        Signals("face", "0", 1, 1, good.payload),
        Signals("phash", "1", 1, 1, good.payload),
        Signals("face", "1", 1, 1, good.payload[:-1]),
        Signals("face", "1", 1, 1, b""),
    ):
        with pytest.raises(CannotLook):
            detector().compare(good, bad)


def test_it_works_where_a_decoder_may_do_little(tmp_path: Path) -> None:
    """In the sandbox: no threads, no files to write, memory limited. Networks are loaded before the fork."""
    file = tmp_path / "group.jpg"
    side_by_side(photo("collins"), photo("hopper")).resize((1600, 800)).save(file, quality=90)
    (found,) = look_all([detector()], file, "image/jpeg")
    assert (found.code, len(faces(found.signals()))) == ("", 2)


def test_a_network_library_that_reports_home_is_kept_from_it() -> None:
    """Loading starts no further thread: the sandbox forks, and nothing of what is looked at may leave the house."""
    code = (
        "import os; from workers.detectors.face_models import Networks; Networks();"
        "print(len(os.listdir('/proc/self/task')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "1"


def test_without_its_models_it_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_MODELS", str(tmp_path))
    with pytest.raises(ImportError, match="make models"):
        FaceLikeness(thresholds_of(chapter(), "face")).load()
