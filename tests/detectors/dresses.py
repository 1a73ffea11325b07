"""What is put around a picture before it is posted again: apps, pages, memes, collages, other pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

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
# Stand beside and behind the altered picture; in measurements they are never a reference.
FILLERS = ("skimage/data/gravel.png", "sklearn/datasets/images/flower.jpg", "skimage/data/hubble_deep_field.jpg")


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


def font_of(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(8, round(size)))


def as_meme(image: Image.Image) -> Image.Image:
    band = round(image.height * 0.22)
    out = Image.new("RGB", (image.width, image.height + band), "white")
    out.paste(image, (0, band))
    ImageDraw.Draw(out).text((10, band // 4), "when you see it", fill="black", font=font_of(band // 2))
    return out


def on_phone(image: Image.Image) -> Image.Image:
    """A screenshot of a post in an app, the picture at full width."""
    out = Image.new("RGB", (540, 1170), "white")
    draw, font = ImageDraw.Draw(out), font_of(22)
    draw.text((20, 12), "9:41", fill="black", font=font)
    draw.ellipse((20, 70, 80, 130), fill=(120, 90, 200))
    draw.text((95, 85), "somebody   follow", fill="black", font=font)
    shown = image.resize((540, round(540 * image.height / image.width)))
    out.paste(shown, (0, 160))
    for line in range(6):
        draw.text((20, 180 + shown.height + 36 * line), f"a comment, the {line}. of many", fill="black", font=font)
    return out


def in_dark_app(image: Image.Image) -> Image.Image:
    """A phone's full-screen viewer: dark, the picture in the middle with a margin, buttons below."""
    out = Image.new("RGB", (720, 1480), (18, 18, 20))
    draw, font = ImageDraw.Draw(out), font_of(26)
    shown = ImageOps.contain(image, (660, 1100))
    out.paste(shown, ((720 - shown.width) // 2, (1480 - shown.height) // 2))
    draw.text((28, 24), "21:07      5G  83 %", fill="white", font=font)
    for place, word in enumerate(("Like", "Reply", "Share", "Save")):
        draw.rounded_rectangle((24 + 175 * place, 1380, 174 + 175 * place, 1440), 20, outline="grey", width=3)
        draw.text((56 + 175 * place, 1392), word, fill="white", font=font)
    return out


def on_desktop(image: Image.Image) -> Image.Image:
    """A screenshot of a web page with menus on both sides."""
    out = Image.new("RGB", (1280, 720), (240, 242, 245))
    draw, font = ImageDraw.Draw(out), font_of(18)
    draw.rectangle((0, 0, 1280, 70), fill=(60, 70, 90))
    for line in range(14):
        draw.text((20, 100 + 40 * line), f"Menu item {line}", fill="black", font=font)
        draw.text((940, 100 + 40 * line), f"Related post {line}", fill="black", font=font)
    out.paste(ImageOps.contain(image, (620, 560)), (260, 110))
    return out


def in_chat(image: Image.Image) -> Image.Image:
    """A picture sent in a chat, a third of the screen wide at most, between bubbles of text."""
    out = Image.new("RGB", (750, 1100), (229, 221, 213))
    draw, font = ImageDraw.Draw(out), font_of(24)
    for line in range(5):
        top = 40 + 90 * line
        draw.rounded_rectangle((30, top, 480, top + 70), 18, fill="white")
        draw.text((50, top + 18), f"did you see this one? {line}", fill="black", font=font)
    shown = ImageOps.contain(image, (430, 480))
    out.paste(shown, (750 - 30 - shown.width, 520))
    draw.text((640, 1040), "18:22", fill=(90, 90, 90), font=font)
    return out


def beside_another(image: Image.Image) -> Image.Image:
    out = Image.new("RGB", (1000, 500), "white")
    out.paste(ImageOps.contain(image, (490, 490)), (5, 5))
    out.paste(ImageOps.fit(photograph(FILLERS[0]), (490, 490)), (505, 5))
    return out


def in_grid(rows: int, columns: int, place: int, fit: bool = False) -> Callable[[Image.Image], Image.Image]:
    """One tile of a collage; with `fit` the tile cuts the picture to a square."""

    def alter(image: Image.Image) -> Image.Image:
        side = 320 if rows * columns <= 4 else 270
        out = Image.new("RGB", (columns * side, rows * side), "white")
        for number in range(rows * columns):
            tile = image if number == place else photograph(FILLERS[number % len(FILLERS)])
            if number == place and not fit:
                shown = ImageOps.contain(tile, (side - 8, side - 8))
            else:
                shown = ImageOps.fit(tile, (side - 8, side - 8))
            out.paste(shown, (number % columns * side + 4, number // columns * side + 4))
        return out

    return alter


def inside(share: float, left: float, top: float, behind: int = 0) -> Callable[[Image.Image], Image.Image]:
    """Pasted on another picture, covering `share` of its area; `left` and `top` of what room is left."""

    def alter(image: Image.Image) -> Image.Image:
        out = photograph(FILLERS[behind]).resize((960, 720))
        side = (share * 960 * 720) ** 0.5
        ratio = (image.width / image.height) ** 0.5
        wide, high = min(960, round(side * ratio)), min(720, round(side / ratio))
        out.paste(image.resize((wide, high)), (round((960 - wide) * left), round((720 - high) * top)))
        return out

    return alter


def letter(image: Image.Image) -> Image.Image:
    """A letter with a head and thirty full lines; what the lines say comes from the picture's pixels."""
    out = Image.new("RGB", (827, 1170), "white")
    draw, font = ImageDraw.Draw(out), font_of(20)
    draw.ellipse((60, 50, 140, 130), fill=(30, 80, 160))
    draw.text((170, 70), "Oriental Works Ltd.", fill=(30, 80, 160), font=font_of(40))
    draw.line((60, 150, 767, 150), fill=(30, 80, 160), width=3)
    said = image.convert("L").resize((46, 30)).tobytes()
    for line in range(30):
        letters = "".join(chr(97 + value % 26) for value in said[46 * line : 46 * line + 46])
        draw.text((60, 180 + 32 * line), letters, fill="black", font=font)
    return out
