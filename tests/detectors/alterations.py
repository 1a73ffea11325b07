"""What people do to a picture before they post it again, by family, and the photographs it is done to.

The photographs are those that development packages bring along; none is stored here.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Alter = Callable[[Image.Image], Image.Image]
TURN = Image.Transpose

PHOTOGRAPHS = (
    "skimage/data/astronaut.png",
    "skimage/data/camera.png",
    "skimage/data/chelsea.png",
    "skimage/data/coffee.png",
    "skimage/data/rocket.jpg",
    "skimage/data/motorcycle_left.png",
    "skimage/data/coins.png",
    "skimage/data/ihc.png",
    "skimage/data/retina.jpg",
    "sklearn/datasets/images/china.jpg",
    "sklearn/datasets/images/flower.jpg",
    "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
)
# Not photographs of scenes: pages and textures, the hardest things to tell apart when small.
LOOK_ALIKES = (
    "skimage/data/page.png",
    "skimage/data/text.png",
    "skimage/data/brick.png",
    "skimage/data/grass.png",
    "skimage/data/gravel.png",
    "skimage/data/hubble_deep_field.jpg",
)


@lru_cache(maxsize=32)
def photograph(name: str) -> Image.Image:
    """A shipped picture in RGB, longest side at most 640 pixels."""
    package, _, inner = name.partition("/")
    spec = find_spec(package)
    assert spec is not None, f"the development package {package} is not installed"
    assert spec.origin is not None
    with Image.open(Path(spec.origin).parent / inner) as opened:
        image = opened.convert("RGB")
    image.thumbnail((640, 640))
    return image


def compressed(quality: int) -> Alter:
    def alter(image: Image.Image) -> Image.Image:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        with Image.open(out) as again:
            return again.convert("RGB")

    return alter


def scaled(share: float) -> Alter:
    return lambda image: image.resize((round(image.width * share), round(image.height * share)))


def cut(left: float, top: float, right: float, bottom: float) -> Alter:
    return lambda image: image.crop(
        (
            round(image.width * left),
            round(image.height * top),
            round(image.width * (1 - right)),
            round(image.height * (1 - bottom)),
        )
    )


def framed(share: float, colour: str) -> Alter:
    return lambda image: ImageOps.expand(image, round(max(image.size) * share), colour)


def tilted(angle: float) -> Alter:
    def alter(image: Image.Image) -> Image.Image:
        return cut(0.12, 0.12, 0.12, 0.12)(image.rotate(angle, Image.Resampling.BICUBIC))

    return alter


def written_on(image: Image.Image) -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).text(
        (image.width * 0.05, image.height * 0.8),
        "so true!! follow me",
        fill="white",
        font=ImageFont.load_default(image.width // 12),
        stroke_width=3,
        stroke_fill="black",
    )
    return image


def with_bar(image: Image.Image) -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).rectangle((0, round(image.height * 0.86), image.width, image.height), fill="black")
    return image


def as_meme(image: Image.Image) -> Image.Image:
    band = round(image.height * 0.22)
    out = Image.new("RGB", (image.width, image.height + band), "white")
    out.paste(image, (0, band))
    ImageDraw.Draw(out).text((10, band // 4), "when you see it", fill="black", font=ImageFont.load_default(band // 2))
    return out


def on_phone(image: Image.Image) -> Image.Image:
    """A screenshot of a post in an app, the picture at full width."""
    out = Image.new("RGB", (540, 1170), "white")
    draw, font = ImageDraw.Draw(out), ImageFont.load_default(22)
    draw.text((20, 12), "9:41", fill="black", font=font)
    draw.ellipse((20, 70, 80, 130), fill=(120, 90, 200))
    draw.text((95, 85), "somebody   follow", fill="black", font=font)
    shown = image.resize((540, round(540 * image.height / image.width)))
    out.paste(shown, (0, 160))
    for line in range(6):
        draw.text((20, 180 + shown.height + 36 * line), f"a comment, the {line}. of many", fill="black", font=font)
    return out


def on_desktop(image: Image.Image) -> Image.Image:
    """A screenshot of a web page with menus on both sides."""
    out = Image.new("RGB", (1280, 720), (240, 242, 245))
    draw, font = ImageDraw.Draw(out), ImageFont.load_default(18)
    draw.rectangle((0, 0, 1280, 70), fill=(60, 70, 90))
    for line in range(14):
        draw.text((20, 100 + 40 * line), f"Menu item {line}", fill="black", font=font)
        draw.text((940, 100 + 40 * line), f"Related post {line}", fill="black", font=font)
    out.paste(ImageOps.contain(image, (620, 560)), (260, 110))
    return out


def beside_another(image: Image.Image) -> Image.Image:
    out = Image.new("RGB", (1000, 500), "white")
    out.paste(ImageOps.contain(image, (490, 490)), (5, 5))
    out.paste(ImageOps.fit(photograph("skimage/data/gravel.png"), (490, 490)), (505, 5))
    return out


def chain(*alters: Alter) -> Alter:
    def alter(image: Image.Image) -> Image.Image:
        for one in alters:
            image = one(image)
        return image

    return alter


FAMILIES: dict[str, dict[str, Alter]] = {
    "recompressed": {"quality 30": compressed(30), "quality 10": compressed(10)},
    "resized": {"half": scaled(0.5), "a fifth": scaled(0.2)},
    "mirrored or turned": {
        "mirrored": ImageOps.mirror,
        "turned left": lambda i: i.transpose(TURN.ROTATE_90),
        "mirrored, turned": lambda i: i.transpose(TURN.TRANSVERSE),
    },
    "filtered": {
        "brighter": lambda i: ImageEnhance.Brightness(i).enhance(1.35),
        "contrast": lambda i: ImageEnhance.Contrast(i).enhance(1.6),
        "equalised": ImageOps.equalize,
        "blurred": lambda i: i.filter(ImageFilter.GaussianBlur(3)),
        "grey": lambda i: ImageOps.grayscale(i).convert("RGB"),
    },
    "written on": {"text": written_on, "bar": with_bar},
    "framed": {"white border": framed(0.08, "white"), "black border": framed(0.15, "black"), "meme": as_meme},
    "cropped": {
        "a tenth off": cut(0.05, 0.05, 0.05, 0.05),
        "left third off": cut(0.33, 0, 0, 0),
        "half, from a corner": cut(0.3, 0.3, 0, 0),
    },
    "tilted": {"4 degrees": tilted(4), "-9 degrees": tilted(-9)},
    "screenshot": {"phone": on_phone, "desktop": on_desktop},
    "composite": {"beside another": beside_another},
    "combined": {
        "mirrored, written on, quality 30": chain(ImageOps.mirror, written_on, compressed(30)),
        "phone screenshot, cropped": chain(on_phone, cut(0, 0.1, 0, 0.15)),
        "bright, bordered, half": chain(
            lambda i: ImageEnhance.Brightness(i).enhance(1.25), framed(0.06, "black"), scaled(0.5)
        ),
    },
}
