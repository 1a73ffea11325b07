"""Previews are new pixels in a new file: nothing a stranger wrote into the original reaches a reader."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from tests.detectors.alterations import photograph
from webapp.domain.matching.detector import CannotLook
from workers.previews import make


def test_a_camera_picture_stands_up_and_loses_its_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to view
    exif[0x010E] = "a private note"
    photo = photograph("skimage/data/rocket.jpg").resize((2400, 1600))
    photo.save(tmp_path / "a.jpg", exif=exif, comment=b"another note", icc_profile=b"profile" * 20)
    preview, thumb = make(tmp_path / "a.jpg", "image/jpeg")
    assert (preview.kind, preview.media_type, preview.width, preview.height) == ("large", "image/webp", 683, 1024)
    assert (thumb.kind, thumb.width, thumb.height) == ("thumb", 171, 256)
    for made in (preview, thumb):
        assert b"note" not in made.data
        with Image.open(io.BytesIO(made.data)) as again:
            assert (again.format, again.size) == ("WEBP", (made.width, made.height))
            assert not again.getexif()
            assert "icc_profile" not in again.info


def test_what_hides_behind_a_picture_stays_behind(tmp_path: Path) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    photograph("skimage/data/chelsea.png").save(tmp_path / "a.png", pnginfo=notes)
    with (tmp_path / "a.png").open("ab") as out:
        out.write(b"PK\x03\x04 and a whole archive <script>")
    for made in make(tmp_path / "a.png", "image/png"):
        assert b"script" not in made.data
        assert b"PK\x03\x04" not in made.data


def test_first_frame_on_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (90, 60), (0, 0, 0, 0))
    clear.save(tmp_path / "a.gif", save_all=True, append_images=[Image.new("RGBA", (90, 60), "red")])
    preview, _ = make(tmp_path / "a.gif", "image/gif")
    assert (preview.width, preview.height) == (90, 60), "a small picture is not blown up"
    with Image.open(io.BytesIO(preview.data)) as again:
        assert not getattr(again, "is_animated", False)
        assert min(again.convert("RGB").getpixel((45, 30))) > 250


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("AVIF", "image/avif"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
        ("GIF", "image/gif"),
    ],
)
def test_every_accepted_kind_is_shown(kind: str, media_type: str, tmp_path: Path) -> None:
    photograph("skimage/data/coffee.png").save(tmp_path / "a", kind)
    assert [made.kind for made in make(tmp_path / "a", media_type)] == ["large", "thumb"]


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [
        (b"", "image/png", "not_an_image"),
        (b"GIF89a" + b"\xff" * 50, "image/gif", "not_an_image"),
        (b"BM" + b"\0" * 60, "image/bmp", "truncated"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "image/png", "not_an_image"),
        (b"x", "application/postscript", "unsupported"),
    ],
)
def test_a_file_that_cannot_be_shown_says_why(data: bytes, media_type: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(CannotLook) as why:
        make(tmp_path / "a", media_type)
    assert why.value.code == code
