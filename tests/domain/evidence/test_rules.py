"""Files strangers send: which are kept, which are refused, and with which sentence.

Every file is built here, so that each test shows what is wrong with it.
"""

from __future__ import annotations

import io
import random
import string
import struct
import time
import wave
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.public.pieces import wav
from webapp.domain.evidence.rules import SENTENCES, Inspection, Limits, Refusal, inspect


def picture(kind: str, size: tuple[int, int] = (160, 120), **options: object) -> bytes:
    """A drawn picture with enough in it that its coded data are longer than a header."""
    image = Image.effect_noise(size, 60).convert("RGB")
    ImageDraw.Draw(image).ellipse((20, 20, 120, 100), fill=(200, 40, 40))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def animation(kind: str) -> bytes:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(width: int, height: int, *chunks: bytes) -> bytes:
    """A header that promises width × height pixels, and next to nothing behind it."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + b"".join(chunks)
    )


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr("run.exe", "MZ")
    return out.getvalue()


def recording() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\x01\x02" * 4000)
    return out.getvalue()


def film(brand: bytes = b"isom") -> bytes:
    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", 8 + len(body)) + kind + body

    return box(b"ftyp", brand + b"\0\0\2\0" + brand) + box(b"moov", b"\0" * 40) + box(b"mdat", b"\x55" * 200)


JPEG, PNG, GIF = picture("JPEG"), picture("PNG"), picture("GIF")
WEBP, AVIF, BMP, TIFF = picture("WEBP"), picture("AVIF"), picture("BMP"), picture("TIFF")
SVG = b'<?xml version="1.0"?>\n<!-- a drawing -->\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!DOCTYPE html><html><body onload=alert(1)>hello</body></html>"
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 200
EXE = b"MZ\x90\0\x03\0\0\0" + b"\0" * 100 + b"This program cannot be run in DOS mode" + b"\0" * 100
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def verdict(data: bytes, name: str = "", limits: Limits | None = None) -> Inspection | Refusal:
    return inspect(io.BytesIO(data), name, limits)


# What people really send is kept, and known by its bytes.
@pytest.mark.parametrize(
    ("data", "media_type", "size"),
    [
        (JPEG, "image/jpeg", (160, 120)),
        (picture("JPEG", progressive=True), "image/jpeg", (160, 120)),
        (picture("JPEG", comment=b"holiday"), "image/jpeg", (160, 120)),
        (PNG, "image/png", (160, 120)),
        (GIF, "image/gif", (160, 120)),
        (WEBP, "image/webp", (160, 120)),
        (picture("WEBP", lossless=True), "image/webp", (160, 120)),
        (AVIF, "image/avif", (160, 120)),
        (BMP, "image/bmp", (160, 120)),
        (TIFF, "image/tiff", (160, 120)),
        (picture("TIFF", compression="tiff_lzw"), "image/tiff", (160, 120)),
        (film(), "video/mp4", (0, 0)),
        (film(b"qt  "), "video/quicktime", (0, 0)),
        (film(b"M4A "), "audio/mp4", (0, 0)),
        (recording(), "audio/wav", (0, 0)),
        (b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\x64" + b"\0" * 413, "audio/mpeg", (0, 0)),
        ((b"\xff\xfb\x90\x64" + b"\0" * 413) * 3, "audio/mpeg", (0, 0)),
        (b"fLaC" + b"\0" * 100, "audio/flac", (0, 0)),
        (b"OggS" + b"\0" * 100, "audio/ogg", (0, 0)),
        (b"\x1aE\xdf\xa3" + b"\0" * 100, "video/webm", (0, 0)),
        (PDF, "application/pdf", (0, 0)),
        ("这段文字是我写的。\nThese words are mine.".encode(), "text/plain", (0, 0)),
        ("这段文字是我写的，发表于去年。".encode("gb18030"), "text/plain", (0, 0)),
    ],
)
def test_ordinary_files_are_kept(data: bytes, media_type: str, size: tuple[int, int]) -> None:
    found = verdict(data)
    assert isinstance(found, Inspection), found
    assert (found.media_type, found.width, found.height, found.size) == (media_type, *size, len(data))


# Everything else is refused, each with the code whose sentence helps most.
@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.jpg", "empty"),
        (JPEG[:-2], "cut.jpg", "truncated"),
        (JPEG[: len(JPEG) // 2], "cut.jpg", "truncated"),
        (JPEG[:30], "cut.jpg", "truncated"),
        (PNG[:-12], "cut.png", "truncated"),
        (PNG[: len(PNG) // 2], "cut.png", "truncated"),
        (PNG[:20], "cut.png", "truncated"),
        (WEBP[: len(WEBP) // 2], "cut.webp", "truncated"),
        (GIF[: len(GIF) // 2], "cut.gif", "truncated"),
        (AVIF[: len(AVIF) // 2], "cut.avif", "truncated"),
        (BMP[: len(BMP) // 2], "cut.bmp", "truncated"),
        (recording()[:300], "cut.wav", "truncated"),
        (PDF[:30], "cut.pdf", "truncated"),
        (film()[:-100], "cut.mp4", "truncated"),
        (PNG[:20] + b"\xff" * 8 + PNG[28:], "bent.png", "damaged"),
        (b"\xff\xd8\xff\xd9", "bare.jpg", "damaged"),
        (ELF, "holiday.jpg", "executable"),
        (EXE, "holiday.png", "executable"),
        (b"#!/bin/sh\nrm -rf /\n", "song.mp3", "executable"),
        (SVG, "drawing.svg", "svg"),
        (SVG, "drawing.png", "svg"),
        (b"\xef\xbb\xbf  " + SVG, "drawing.jpg", "svg"),
        (SVG.decode().encode("utf-16"), "drawing.jpg", "svg"),
        (b"<x:svg xmlns:x='http://www.w3.org/2000/svg'/>", "drawing.jpg", "svg"),
        (PAGE, "me.jpg", "html_or_script"),
        (b"\n\n<script>alert(1)</script>", "me.jpg", "html_or_script"),
        (b"<?php system($_GET['c']); ?>", "me.png", "html_or_script"),
        (b"<?xml version='1.0'?><rss/>", "me.png", "html_or_script"),
        (archive(), "pictures.zip", "archive"),
        (archive(), "picture.jpg", "archive"),
        (b"Rar!\x1a\x07\x01\0" + b"\0" * 50, "a.jpg", "archive"),
        (zlib.compress(b"x") and b"\x1f\x8b\x08" + b"\0" * 50, "drawing.svgz", "archive"),
        (JPEG + archive(), "both.jpg", "polyglot"),
        (PNG + archive(), "both.png", "polyglot"),
        (GIF + archive(), "both.gif", "polyglot"),
        (WEBP + archive(), "both.webp", "polyglot"),
        (film() + archive(), "both.mp4", "polyglot"),
        (JPEG + b"\n" + PAGE, "page.jpg", "polyglot"),
        (JPEG + b"<?php system('id'); ?>", "page.jpg", "polyglot"),
        (PNG + EXE, "run.png", "polyglot"),
        (PNG + ELF, "run.png", "polyglot"),
        (picture("JPEG", comment=b"<script>alert(1)</script>"), "page.jpg", "polyglot"),
        (b"GIF89a/*" + GIF[8:-1] + b"*/=1;alert(1);//;", "code.gif", "polyglot"),
        (b"GIF89a=1;alert(document.cookie)//", "code.gif", "polyglot"),
        (GIF + b"*/=1;alert(document.cookie)//", "code.gif", "polyglot"),
        (
            png_bomb(30_000, 30_000, png_chunk(b"IDAT", zlib.compress(b"\0" * 90_000)), png_chunk(b"IEND", b"")),
            "big.png",
            "too_many_pixels",
        ),
        (png_bomb(30_000, 30_000), "big.png", "too_many_pixels"),
        (png_bomb(2**31 - 1, 2**31 - 1), "big.png", "too_many_pixels"),
        (b"GIF89a" + struct.pack("<HH", 51_594, 49_247) + b"\0\0\0", "big.gif", "too_many_pixels"),
        (b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\nfile:///etc/passwd\n", "film.mp4", "unsupported_type"),
        (film(b"heic"), "IMG_0001.HEIC", "unsupported_type"),
        (b"8BPS\0\1" + b"\0" * 100, "layers.psd", "unsupported_type"),
        (random.Random(7).randbytes(4096), "noise.jpg", "unknown_type"),
    ],
)
def test_bad_files_get_the_code_of_their_sentence(data: bytes, name: str, code: str) -> None:
    found = verdict(data, name)
    assert isinstance(found, Refusal), found
    assert found.code == code


def test_every_refusal_has_the_values_its_sentence_asks_for() -> None:
    cases = [
        b"",
        JPEG[:-2],
        b"\xff\xd8\xff\xd9",
        ELF,
        SVG,
        PAGE,
        archive(),
        JPEG + archive(),
        png_bomb(30_000, 30_000),
        film(b"heic"),
        random.Random(7).randbytes(4096),
        b"\x02#!SILK_V3" + bytes(500),
    ]
    seen = {}
    for data in cases:
        found = verdict(data)
        assert isinstance(found, Refusal)
        seen[found.code] = SENTENCES[found.code] % found.params
    long = verdict(wav(100_000), limits=Limits(max_seconds=5))
    assert isinstance(long, Refusal)
    seen[long.code] = SENTENCES[long.code] % long.params
    small = verdict(JPEG, limits=Limits(max_bytes=1000))
    assert isinstance(small, Refusal)
    seen[small.code] = SENTENCES[small.code] % small.params
    assert set(seen) == set(SENTENCES), "every sentence is reachable"
    assert "30000 × 30000" in seen["too_many_pixels"]


# The name is compared and never believed: the picture is kept as what it is.
@pytest.mark.parametrize(
    ("data", "name", "notes"),
    [
        (JPEG, "a.jpg", ()),
        (JPEG, "a.JPEG", ()),
        (JPEG, "", ()),
        (JPEG, "a.png", ("name_mismatch",)),
        (b"just words", "a.png", ("name_mismatch",)),
        (animation("GIF"), "a.gif", ("animated",)),
        (animation("WEBP"), "a.webp", ("animated",)),
        (animation("PNG"), "a.png", ("animated",)),
    ],
)
def test_notes(data: bytes, name: str, notes: tuple[str, ...]) -> None:
    found = verdict(data, name)
    assert isinstance(found, Inspection), found
    assert found.notes == notes


# What cameras put behind the end of a picture is no reason to turn a person away.
@pytest.mark.parametrize(
    ("trailer", "note"),
    [
        (b"\0" * 512, None),
        (b"\xff\xff", None),
        (b"\r\n", None),
        (JPEG, "camera_trailer"),
        (b"\0\0" + JPEG, "camera_trailer"),
        (film(), "motion_photo"),
        (
            b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1490000000000SEFH" + b"\x01\0\0\0" * 5 + b"\x24\0\0\0SEFT",
            "camera_trailer",
        ),
        (bytes(range(128, 256)) * 4, "trailing_bytes"),
    ],
)
def test_camera_trailers_are_let_through(trailer: bytes, note: str | None) -> None:
    found = verdict(JPEG + trailer)
    assert isinstance(found, Inspection), found
    assert found.notes == ((note,) if note else ())


def test_a_platform_may_accept_less() -> None:
    only_pictures = Limits(accepted=frozenset({"image/jpeg", "image/png"}))
    assert verdict(b"just words", "a.png", only_pictures) == Refusal(
        "unsupported_type", {"kind": "plain text", "accepted": "JPEG, PNG"}
    )
    assert isinstance(verdict(PNG, limits=only_pictures), Inspection)
    assert verdict(PNG, limits=Limits(max_pixels=1000)) == Refusal(
        "too_many_pixels", {"width": 160, "height": 120, "megapixels": 0}
    )


def test_a_path_is_as_good_as_a_stream(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(PNG)
    assert inspect(tmp_path / "a", "a.png") == verdict(PNG, "a.png")


def test_a_picture_that_fills_its_limit_is_walked_in_a_moment() -> None:
    """20 MB of hostile shapes: the walk is linear, so it may not hang a web process."""
    bulk = 20 * 1024 * 1024
    shapes = {
        "jpeg of stuffed bytes": JPEG[:-2] + b"\xff\x00" * (bulk // 2),
        "jpeg of fill bytes": JPEG[:2] + b"\xff" * bulk,
        "jpeg of empty segments": JPEG[:2] + b"\xff\xe0\x00\x02" * (bulk // 4),
        "png of empty chunks": png_bomb(9, 9, *[png_chunk(b"tEXt", b"")] * (bulk // 12)),
        "gif of one-byte blocks": b"GIF89a\x01\0\x01\0\0\0\0\x21\xfe" + b"\x01\x00" * (bulk // 2),
        "half a million zip ends": PNG + b"PK\x05\x06" * (bulk // 4),
        "open svg tags": JPEG + b"<svg " * (bulk // 5),
    }
    for name, data in shapes.items():
        start = time.process_time()
        assert isinstance(verdict(data), Refusal | Inspection)
        assert time.process_time() - start < 2.0, name


def test_no_cut_or_bent_file_raises() -> None:
    """Whatever is cut off or overwritten, the answer is a refusal or an inspection, never a crash."""
    dice = random.Random(11)
    for data in (JPEG, PNG, GIF, WEBP, AVIF, BMP, TIFF, film(), recording(), PDF):
        for _ in range(150):
            bent = bytearray(data[: dice.randrange(1, len(data) + 1)])
            for _ in range(dice.randrange(4)):
                bent[dice.randrange(len(bent))] = dice.randrange(256)
            found = verdict(bytes(bent), "".join(dice.choices(string.printable, k=8)))
            assert isinstance(found, Refusal | Inspection)
            if isinstance(found, Refusal):
                assert SENTENCES[found.code] % found.params
