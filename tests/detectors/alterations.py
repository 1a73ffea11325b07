"""What people do to a picture before they post it again, by family; at least sixty ways.

The photographs are those that development packages bring along; none is stored here.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from tests.detectors import dresses
from tests.detectors.dresses import LOOK_ALIKES, PHOTOGRAPHS, as_meme, on_desktop, on_phone, photograph

__all__ = ["FAMILIES", "LOOK_ALIKES", "PHOTOGRAPHS", "Alter", "as_meme", "on_desktop", "on_phone", "photograph"]

Alter = Callable[[Image.Image], Image.Image]
TURN = Image.Transpose


def saved(kind: str = "JPEG", **options: object) -> Alter:
    def alter(image: Image.Image) -> Image.Image:
        out = io.BytesIO()
        image.save(out, kind, **options)
        with Image.open(out) as again:
            return again.convert("RGB")

    return alter


def compressed(quality: int) -> Alter:
    return saved(quality=quality)


def scaled(share: float, high: float = 0) -> Alter:
    return lambda image: image.resize((round(image.width * share), round(image.height * (high or share))))


def cut(left: float, top: float, right: float, bottom: float) -> Alter:
    return lambda image: image.crop(
        (
            round(image.width * left),
            round(image.height * top),
            round(image.width * (1 - right)),
            round(image.height * (1 - bottom)),
        )
    )


def square(image: Image.Image) -> Image.Image:
    return ImageOps.fit(image, (min(image.size), min(image.size)))


def framed(share: float, colour: str) -> Alter:
    return lambda image: ImageOps.expand(image, round(max(image.size) * share), colour)


def boxed(ratio: float, blurred: bool = False) -> Alter:
    """Padded to a ratio of width to height, with black or with a blurred enlargement of itself."""

    def alter(image: Image.Image) -> Image.Image:
        wide, high = image.size
        size = (round(high * ratio), high) if wide / high < ratio else (wide, round(wide / ratio))
        back = Image.new("RGB", size, "black")
        if blurred:
            back = ImageOps.fit(image, size).filter(ImageFilter.GaussianBlur(max(size) / 30))
        back.paste(image, ((size[0] - wide) // 2, (size[1] - high) // 2))
        return back

    return alter


def rotated(angle: float, colour: str = "black") -> Alter:
    """The whole picture turned, its corners filled."""
    return lambda image: image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=colour)


def tilted(angle: float) -> Alter:
    """Turned, and its middle cut out, so that no corner shows."""
    return lambda image: cut(0.12, 0.12, 0.12, 0.12)(image.rotate(angle, Image.Resampling.BICUBIC))


def written_on(image: Image.Image) -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).text(
        (image.width * 0.05, image.height * 0.8),
        "so true!! follow me",
        fill="white",
        font=dresses.font_of(image.width // 12),
        stroke_width=3,
        stroke_fill="black",
    )
    return image


def with_bar(image: Image.Image, share: float = 0.14) -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).rectangle((0, round(image.height * (1 - share)), image.width, image.height), fill="black")
    return image


def stickered(image: Image.Image) -> Image.Image:
    """Three opaque discs over a sixth of the picture."""
    image = image.copy()
    draw, radius = ImageDraw.Draw(image), 0.13 * (image.width * image.height) ** 0.5
    for across, down, colour in ((0.3, 0.35, "gold"), (0.65, 0.3, "crimson"), (0.5, 0.7, "royalblue")):
        x, y = across * image.width, down * image.height
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour, outline="white", width=4)
    return image


def watermarked(image: Image.Image) -> Image.Image:
    """A grid of half-transparent words over everything."""
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw, step = ImageDraw.Draw(layer), max(image.size) // 5
    for x in range(0, image.width, step):
        for y in range(0, image.height, step // 2):
            draw.text((x, y), "PREVIEW", fill=(255, 255, 255, 130), font=dresses.font_of(step // 5))
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")


def with_face_covered(image: Image.Image) -> Image.Image:
    image = image.copy()
    box = (image.width // 3, image.height // 4, image.width * 2 // 3, image.height // 2)
    image.paste(image.crop(box).resize((6, 6)).resize((box[2] - box[0], box[3] - box[1]), 0), box[:2])
    return image


def noisy(sigma: float) -> Alter:
    def alter(image: Image.Image) -> Image.Image:
        noise = np.random.default_rng(image.width * image.height).normal(0, sigma, (image.height, image.width, 3))
        return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))

    return alter


def toned(red: float, green: float, blue: float) -> Alter:
    return lambda image: Image.fromarray(np.clip(np.asarray(image) * (red, green, blue), 0, 255).astype(np.uint8))


def old_fashioned(image: Image.Image) -> Image.Image:
    """Sepia with dark corners."""
    y, x = np.mgrid[-1 : 1 : image.height * 1j, -1 : 1 : image.width * 1j]
    sepia = ImageOps.colorize(ImageOps.grayscale(image), "#1b0f05", "#fbe9c9")
    return Image.fromarray((np.asarray(sepia) * np.clip(1.15 - 0.45 * (x**2 + y**2), 0, 1)[..., None]).astype(np.uint8))


def seen_askew(image: Image.Image) -> Image.Image:
    """Photographed off a screen, a little from the side."""
    wide, high = image.size
    quad = (0, 0, wide * 0.04, high, wide * 0.96, high * 0.95, wide, high * 0.05)
    return image.transform(image.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)


def chain(*alters: Alter) -> Alter:
    def alter(image: Image.Image) -> Image.Image:
        for one in alters:
            image = one(image)
        return image

    return alter


def bright(share: float) -> Alter:
    return lambda image: ImageEnhance.Brightness(image).enhance(share)


FAMILIES: dict[str, dict[str, Alter]] = {
    "compress": {
        "quality 30": compressed(30),
        "quality 10": compressed(10),
        "WebP 20": saved("WEBP", quality=20),
        "64 colours": lambda i: i.quantize(64).convert("RGB"),
    },
    "resize": {
        "half": scaled(0.5),
        "a fifth": scaled(0.2),
        "enlarged": scaled(1.6),
        "squeezed to 80 % of the width": scaled(0.8, 1.0),
    },
    "crop": {
        "a tenth off": cut(0.05, 0.05, 0.05, 0.05),
        "left third off": cut(0.33, 0, 0, 0),
        "upper half": cut(0, 0, 0, 0.5),
        "square": square,
        "half, from a corner": cut(0.3, 0.3, 0, 0),
        "the middle quarter": cut(0.25, 0.25, 0.25, 0.25),
        "a third, off centre": cut(0.1, 0.35, 0.35, 0.05),
    },
    "rotate": {
        "4 degrees": tilted(4),
        "-9 degrees": tilted(-9),
        "20 degrees": tilted(20),
        "12 degrees, corners black": rotated(12),
        "-33 degrees, corners white": rotated(-33, "white"),
        "turned left": lambda i: i.transpose(TURN.ROTATE_90),
        "turned over": lambda i: i.transpose(TURN.ROTATE_180),
    },
    "mirror": {
        "mirrored": ImageOps.mirror,
        "flipped": ImageOps.flip,
        "mirrored, turned": lambda i: i.transpose(TURN.TRANSVERSE),
        "mirrored, cropped": chain(ImageOps.mirror, cut(0.2, 0.1, 0.05, 0.15)),
    },
    "pad": {
        "white border": framed(0.08, "white"),
        "black border": framed(0.15, "black"),
        "letterbox": boxed(9 / 16),
        "wide, blurred sides": boxed(16 / 9, True),
        "tall, blurred": boxed(9 / 16, True),
        "meme": as_meme,
    },
    "screenshot": {
        "phone": on_phone,
        "dark viewer": dresses.in_dark_app,
        "desktop": on_desktop,
        "chat": dresses.in_chat,
        "off a screen, askew": chain(seen_askew, bright(0.85), compressed(60)),
    },
    "overlay": {
        "text": written_on,
        "bar": with_bar,
        "bar over a quarter": lambda i: with_bar(i, 0.25),
        "stickers": stickered,
        "watermark": watermarked,
        "pixelated middle": with_face_covered,
    },
    "collage": {
        "beside another": dresses.beside_another,
        "two by two": dresses.in_grid(2, 2, 1),
        "two by two, cut": dresses.in_grid(2, 2, 2, fit=True),
        "three by three": dresses.in_grid(3, 3, 4),
        "three by three, cut": dresses.in_grid(3, 3, 8, fit=True),
        "inside, 40 %": dresses.inside(0.4, 0.5, 0.5, 1),
        "inside, 20 %": dresses.inside(0.2, 0.9, 0.9, 0),
        "inside, 12 %": dresses.inside(0.12, 0.1, 0.8, 1),
    },
    "filter": {
        "brighter": bright(1.35),
        "darker": bright(0.6),
        "contrast": lambda i: ImageEnhance.Contrast(i).enhance(1.6),
        "equalised": ImageOps.equalize,
        "blurred": lambda i: i.filter(ImageFilter.GaussianBlur(2.5)),
        "sharpened": lambda i: i.filter(ImageFilter.UnsharpMask(3, 200, 2)),
        "grey": lambda i: ImageOps.grayscale(i).convert("RGB"),
        "warm": toned(1.15, 1.0, 0.75),
        "old-fashioned": old_fashioned,
        "noise": noisy(18),
        "posterised": lambda i: ImageOps.posterize(i, 3),
    },
    "combinations": {
        "mirrored, written on, quality 30": chain(ImageOps.mirror, written_on, compressed(30)),
        "phone screenshot, cropped": chain(on_phone, cut(0, 0.1, 0, 0.15)),
        "bright, bordered, half": chain(bright(1.25), framed(0.06, "black"), scaled(0.5)),
        "cropped, tilted, warm": chain(cut(0.1, 0.1, 0.1, 0.1), tilted(7), toned(1.1, 1.0, 0.8)),
        "mirrored, collage, quality 40": chain(ImageOps.mirror, dresses.in_grid(2, 2, 0), compressed(40)),
        "meme, phone screenshot, quality 50": chain(as_meme, on_phone, compressed(50)),
        "stickers, cropped, small": chain(stickered, cut(0.15, 0.05, 0.05, 0.1), scaled(0.5)),
        "mirrored, cropped to a third, dark": chain(ImageOps.mirror, cut(0.1, 0.35, 0.35, 0.05), bright(0.7)),
    },
}
