"""Draws the pictures a picture detector brings to prove itself; nothing is stored."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter

from webapp.domain.matching.detector import Example


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A landscape of a sky, hills and many blots, different for each seed."""
    dice = random.Random(seed)  # noqa: S311  (draws hills, guards nothing)
    image = Image.new("RGB", size, tuple(dice.randrange(120, 256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    wide, high = size
    for layer in range(4):
        ridge = [(x, high * (0.35 + 0.15 * layer) + dice.uniform(-0.12, 0.12) * high) for x in range(0, wide + 60, 60)]
        draw.polygon([(0, high), *ridge, (wide, high)], fill=tuple(dice.randrange(20, 220) for _ in range(3)))
    for _ in range(60):
        x, y, r = dice.uniform(0, wide), dice.uniform(0, high), dice.uniform(0.01, 0.09) * wide
        shape = dice.choice((draw.ellipse, draw.rectangle))
        shape((x - r, y - r * dice.uniform(0.4, 1.2), x + r, y + r), fill=tuple(dice.randrange(256) for _ in range(3)))
    return image.filter(ImageFilter.GaussianBlur(1))


def scenes() -> list[Example]:
    examples = []
    for seed, (kind, media_type) in enumerate((("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"))):
        out = io.BytesIO()
        scene(seed).save(out, kind)
        examples.append(Example(f"drawn scene {seed}", media_type, out.getvalue()))
    return examples
