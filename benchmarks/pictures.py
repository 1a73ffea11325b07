"""Pictures made for benchmarks: noisy enough to weigh what a photograph weighs."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageOps


def photo(seed: int, bytes_wanted: int = 0, side: int = 1280) -> bytes:
    """A JPEG of smooth shapes with grain; with `bytes_wanted` the quality is chosen to come near it."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8)).resize(
        (side, side * 3 // 4), Image.Resampling.BICUBIC
    )
    grain = rng.normal(0, 10, (side * 3 // 4, side, 3))
    image = Image.fromarray(np.clip(np.asarray(coarse, dtype=float) + grain, 0, 255).astype(np.uint8))
    return encode(image, bytes_wanted)


def scene(seed: int, side: int = 1024) -> bytes:
    """A JPEG with edges and corners in it, as a photograph of things has them."""
    rng = np.random.default_rng(seed)
    image = Image.open(io.BytesIO(photo(seed, side=side)))
    draw = ImageDraw.Draw(image)
    for _ in range(120):
        x, y, w, h = (int(n) for n in rng.integers(0, side, 4))
        colour = tuple(int(n) for n in rng.integers(0, 255, 3))
        shape = draw.rectangle if rng.random() < 0.5 else draw.ellipse
        shape((x, y, x + w // 8 + 8, y + h // 8 + 8), fill=colour)
    return encode(image, 0)


def encode(image: Image.Image, bytes_wanted: int) -> bytes:
    """As JPEG, at quality 88 or at the quality whose size comes nearest from below."""
    best = b""
    for quality in (88,) if not bytes_wanted else (60, 70, 80, 85, 90, 93, 95, 97, 99):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        if not best or out.tell() <= bytes_wanted:
            best = out.getvalue()
    return best


def altered(data: bytes) -> bytes:
    """The same picture as a copyist would post it: mirrored, smaller, recompressed."""
    image = ImageOps.mirror(Image.open(io.BytesIO(data)))
    return encode(image.resize((image.width * 2 // 3, image.height * 2 // 3)), 0)


def cropped(data: bytes) -> bytes:
    """A third of the picture, recompressed: no hash of the whole picture knows it again."""
    image = Image.open(io.BytesIO(data))
    wide, high = image.size
    return encode(image.crop((wide // 8, high // 8, wide * 7 // 10, high * 7 // 10)), 0)
