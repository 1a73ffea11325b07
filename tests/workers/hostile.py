"""Files a stranger could send to hurt a decoder, made here: bombs, stumps, loops, masks. None is ever stored."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image, PngImagePlugin

MAGICS = {
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF89a",
    "image/webp": b"RIFF\xff\xff\x00\x00WEBPVP8 ",
    "image/bmp": b"BM\x00\x10\x00\x00\x00\x00\x00\x00",
    "image/tiff": b"II*\x00\x08\x00\x00\x00",
    "image/avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf",
}
FORMATS = {media_type: media_type.split("/")[1].upper() for media_type in MAGICS}


def scene(size: tuple[int, int] = (320, 240), mode: str = "RGB") -> Image.Image:
    """A picture with something in it everywhere."""
    plain = Image.linear_gradient("L").resize(size)
    rings = Image.radial_gradient("L").resize(size).rotate(30)
    stripes = Image.new("L", size)
    stripes.putdata([(x * 7 ^ y * 5) & 255 for y in range(size[1]) for x in range(size[0])])
    return Image.merge("RGB", (plain, rings, stripes)).convert(mode)


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)  # type: ignore[arg-type]  # options differ by format
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *extra: bytes, body: bytes | None = None) -> bytes:
    """A PNG that claims a size; `body` is its pixels, compressed."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * min(height * (width // 8 + 2), 1 << 20)) if body is None else body
    return MAGICS["image/png"] + chunk(b"IHDR", head) + b"".join(extra) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def bombs() -> dict[str, tuple[str, bytes]]:
    """Small files that claim or become something huge."""
    zeros = zlib.compress(b"\0" * (80 << 20), 9)  # 80 MB in 80 kB
    avif = encoded(scene((64, 64)), "AVIF")
    avif = avif.replace(
        b"ispe\0\0\0\0" + struct.pack(">II", 64, 64), b"ispe\0\0\0\0" + struct.pack(">II", 60000, 60000)
    )
    bmp = bytearray(encoded(scene((64, 64)), "BMP"))
    bmp[18:26] = struct.pack("<ii", 60000, 60000)
    gif = bytearray(encoded(scene((64, 64)), "GIF"))
    gif[6:10] = struct.pack("<HH", 65535, 65535)
    webp = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/" + struct.pack("<I", 16383 | 16383 << 14) + b"\0" * 9
    tags = [(256, 4, 1, 60000), (257, 4, 1, 60000), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)]
    tiff = (
        b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *t) for t in tags) + b"\0" * 4
    )
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "x")
    return {
        "png pixels": ("image/png", png(60000, 60000)),
        "png one bit": ("image/png", png(30000, 30000)),
        "png rows": ("image/png", png(7000, 7000, body=zeros)),
        "png itxt": ("image/png", png(320, 240, chunk(b"iTXt", b"Comment\0\1\0\0\0" + zeros))),
        "png ztxt": ("image/png", png(320, 240, chunk(b"zTXt", b"Comment\0\0" + zeros))),
        "png icc": ("image/png", png(320, 240, chunk(b"iCCP", b"icc\0\0" + zeros))),
        "gif pixels": ("image/gif", bytes(gif)),
        "webp pixels": ("image/webp", webp),
        "bmp pixels": ("image/bmp", bytes(bmp)),
        "tiff pixels": ("image/tiff", tiff),
        "avif pixels": ("image/avif", avif),
    }


def loops() -> dict[str, tuple[str, bytes]]:
    """Directories that point at themselves, markers without end, ten thousand frames."""
    entry = struct.pack("<HHII", 256, 4, 1, 64)
    ifd = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + struct.pack("<I", 8)  # the next directory is this one
    nested = struct.pack("<HHII", 0x8769, 4, 1, 8)  # an Exif directory inside itself
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 1) + nested + struct.pack("<I", 8)
    jpeg = encoded(scene(), "JPEG")
    looped = jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]
    small = encoded(Image.new("P", (64, 64)), "GIF")
    frame = b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return {
        "tiff next is itself": ("image/tiff", ifd),
        "jpeg exif in itself": ("image/jpeg", looped),
        "jpeg markers": ("image/jpeg", jpeg[:2] + b"\xff\xfe\x00\x02" * 20000 + jpeg[2:]),
        "jpeg fill bytes": ("image/jpeg", jpeg[:2] + b"\xff" * 200_000 + jpeg[2:]),
        "gif frames": ("image/gif", small[:-1] + frame * 10_000 + b"\x3b"),
    }


def stumps() -> dict[str, tuple[str, bytes]]:
    """Every type cut off, cut to its first bytes, and nothing but its first bytes before noise."""
    found = {}
    for media_type, format in FORMATS.items():
        whole = encoded(scene(), format)
        found[f"{format} half"] = (media_type, whole[: len(whole) // 2])
        found[f"{format} stump"] = (media_type, whole[:40])
        noise = bytes((n * 2654435761 >> 13) & 255 for n in range(4000))
        found[f"{format} noise"] = (media_type, MAGICS[media_type] + noise)
    return found


def masks() -> dict[str, tuple[str, bytes]]:
    """What is not what it says, or almost nothing."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("page.html", "<script>alert(1)</script>")
    return {
        "svg as png": (
            "image/png",
            b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        ),
        "nothing": ("image/jpeg", b""),
        "one column": ("image/png", encoded(scene((1, 4000)), "PNG")),
        "one row": ("image/png", encoded(scene((4000, 1)), "PNG")),
        "playlist as gif": ("image/gif", b"#EXTM3U\nfile:///etc/passwd\n"),
        "jpeg zip html": ("image/jpeg", encoded(scene(), "JPEG") + b"<html><script>1</script>" + archive.getvalue()),
    }


def oddities() -> dict[str, tuple[str, bytes]]:
    """Sound files in rare dress: each must be looked at like any other."""
    deep = scene(mode="L").convert("I").point(lambda value: value * 257)
    return {
        "cmyk jpeg": ("image/jpeg", encoded(scene(mode="CMYK"), "JPEG")),
        "grey 16 bit png": ("image/png", encoded(deep.convert("I;16"), "PNG")),
        "palette png": ("image/png", encoded(scene(mode="P"), "PNG")),
        "grey with alpha": ("image/png", encoded(scene(mode="LA"), "PNG")),
        "one bit tiff": ("image/tiff", encoded(scene(mode="1"), "TIFF")),
        "progressive jpeg": ("image/jpeg", encoded(scene(), "JPEG", progressive=True)),
    }


CORPUS: dict[str, Callable[[], dict[str, tuple[str, bytes]]]] = {
    "bombs": bombs,
    "loops": loops,
    "stumps": stumps,
    "masks": masks,
    "oddities": oddities,
}
