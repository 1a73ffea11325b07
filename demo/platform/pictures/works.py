"""Two paintings and a portrait, the “originals”, and the altered copies people post of them."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from demo.platform.pictures.brush import (
    Canvas,
    blend,
    cloud,
    field,
    glow,
    gradient,
    mask,
    noise,
    paint,
    picture,
    rgb,
    vignette,
)


def lotus_painting() -> Image.Image:
    """“Lotus at Dusk”: the painter's own work, the full canvas."""
    rng = np.random.default_rng(71)
    size = width, height = 1400, 1050
    canvas = gradient(size, [(0, "#d98b6a"), (0.18, "#e6b386"), (0.34, "#b9a59a"), (0.5, "#5f8790"), (1, "#1d3f4d")])
    blend(canvas, rgb("#fff0bd"), glow(size, (0.74, 0.14), 0.055, 5))
    blend(canvas, rgb("#ffd089"), glow(size, (0.74, 0.14), 0.26) * 0.6)
    blend(canvas, rgb("#f6c79a"), np.clip((cloud(rng, size, (3, 40), 3) - 0.5) * 3, 0, 0.6))
    image = picture(canvas)
    pencil = ImageDraw.Draw(image)
    for x in range(0, width, 7):
        top = (
            0.335 * height
            - 46 * (0.5 + 0.5 * math.sin(x / 130))
            - 24 * math.sin(x / 47) ** 2
            - float(rng.uniform(0, 14))
        )
        pencil.line((x, top, x, 0.37 * height), fill=(66 + x // 40, 78, 86), width=8)
    for _ in range(46):
        near = float(rng.random()) ** 0.8
        x, y = float(rng.uniform(-40, width + 40)), height * (0.42 + 0.56 * near)
        wide, flat = 34 + 150 * near, 9 + 48 * near
        shade = float(rng.uniform(0.7, 1.2))
        pencil.ellipse((x - wide, y - flat + 9, x + wide, y + flat + 12), fill=(14, 46, 50))
        pencil.ellipse(
            (x - wide, y - flat, x + wide, y + flat), fill=(int(58 * shade), int(112 * shade), int(66 * shade))
        )
        pencil.ellipse(
            (x - wide * 0.8, y - flat * 0.85, x + wide * 0.5, y + flat * 0.4),
            fill=(int(104 * shade), int(150 * shade), int(84 * shade)),
        )
    for x, y, large in (
        (410, 560, 150),
        (960, 700, 190),
        (690, 430, 76),
        (1210, 480, 90),
        (170, 850, 120),
        (600, 900, 84),
    ):
        _lotus(pencil, x, y, large)
    return paint(rng, image, [(34, 2600), (18, 6500), (9, 9000)])


def _lotus(pencil: ImageDraw.ImageDraw, x: float, y: float, large: float) -> None:
    pencil.line((x, y, x + large * 0.14, y + large * 1.5), fill=(46, 84, 58), width=max(4, int(large * 0.07)))
    tones = ((222, 112, 142), (240, 158, 176), (250, 205, 210))
    for row, tone in enumerate(tones):
        reach = large * (1.0 - 0.18 * row)
        for petal in range(-3 + row // 2, 4 - row // 2):
            lean = petal * (0.42 - 0.06 * row)
            tip = (x + math.sin(lean) * reach, y - math.cos(lean) * reach * 0.95)
            fat = large * 0.21
            side = (math.cos(lean) * fat, math.sin(lean) * fat)
            mid = (x + (tip[0] - x) * 0.5, y + (tip[1] - y) * 0.5)
            light = tuple(min(255, value + 6 * petal) for value in tone)
            pencil.polygon(
                [(x, y), (mid[0] - side[0], mid[1] - side[1]), tip, (mid[0] + side[0], mid[1] + side[1])], fill=light
            )
    pencil.ellipse((x - large * 0.17, y - large * 0.26, x + large * 0.17, y + large * 0.02), fill=(240, 196, 82))


def persimmon_painting() -> Image.Image:
    """“Six Persimmons”, by the same painter and unlike the lotus: the control that must not match."""
    rng = np.random.default_rng(83)
    size = _width, _height = 960, 768
    canvas = gradient(size, [(0, "#39464f"), (0.55, "#66706a"), (0.6, "#8a6a4a"), (1, "#4c3424")])
    blend(canvas, rgb("#e8d7ae"), glow(size, (0.25, 0.25), 0.5) * 0.5)
    canvas *= (0.8 + 0.4 * cloud(rng, size, (5, 5)))[..., None]
    for x, y, radius in (
        (200, 512, 104),
        (384, 560, 120),
        (592, 528, 110),
        (768, 576, 98),
        (488, 384, 90),
        (848, 448, 67),
    ):
        _persimmon(canvas, x, y, radius)
    return paint(rng, picture(canvas), [(24, 1600), (12, 4200), (7, 4200)])


def _persimmon(canvas: Canvas, x: int, y: int, radius: int) -> None:
    """One fruit with shadow, shine and leaves, painted into the part of the canvas around it only."""
    reach = radius * 2
    left, top = max(0, x - reach), max(0, y - reach)
    part = canvas[top : y + reach, left : x + reach]
    size = part.shape[1], part.shape[0]
    x, y = x - left, y - top
    at = x / size[0], y / size[1]
    one = radius / size[0]
    dark, pencil = mask(size)
    pencil.ellipse((x - radius * 1.1, y + radius * 0.5, x + radius * 1.7, y + radius * 1.15), fill=255)
    blend(part, rgb("#1c120c"), field(dark, 14) * 0.8)
    fruit, pencil = mask(size)
    pencil.ellipse((x - radius, y - radius * 0.84, x + radius, y + radius * 0.84), fill=255)
    body = field(fruit, 2)
    blend(part, rgb("#b63d0e"), body)
    blend(part, rgb("#f08a24"), body * glow(size, (at[0] - one * 0.2, at[1] - one * 0.25), one * 0.85))
    blend(part, rgb("#ffe6b0"), body * glow(size, (at[0] - one * 0.4, at[1] - one * 0.4), one * 0.22))
    leaf, pencil = mask(size)
    crown = y - radius * 0.72
    for turn in range(4):
        a = turn * 1.57 + 0.4
        edge = [
            (x + math.cos(a + off) * radius * far, crown + math.sin(a + off) * radius * far * 0.5)
            for off, far in ((-0.5, 0.4), (0, 0.66), (0.5, 0.4))
        ]
        pencil.polygon([(x, crown), *edge], fill=255)
    blend(part, rgb("#4a5a2a"), field(leaf, 1))


def singer_portrait() -> Image.Image:
    """Press portrait of the invented singer Su Wan."""
    rng = np.random.default_rng(97)
    size = (960, 1200)
    canvas = gradient(size, [(0, "#27415f"), (0.6, "#5f7f93"), (1, "#b59a86")])
    canvas *= (0.85 + 0.3 * cloud(rng, size, (4, 4)))[..., None]
    blend(canvas, rgb("#ffe2b8"), glow(size, (0.82, 0.25), 0.4) * 0.7)
    base = picture(canvas)
    pencil = ImageDraw.Draw(base)
    hair, skin, shade, dress = (32, 24, 30), (236, 194, 168), (206, 150, 126), (150, 38, 58)
    pencil.ellipse((255, 190, 715, 800), fill=hair)
    pencil.polygon([(262, 480), (215, 1010), (430, 1080), (430, 500)], fill=hair)
    pencil.polygon([(706, 480), (760, 960), (560, 1080), (560, 500)], fill=hair)
    pencil.polygon([(80, 1200), (150, 1020), (390, 935), (590, 935), (830, 1020), (890, 1200)], fill=dress)
    pencil.polygon([(405, 760), (400, 940), (485, 1060), (575, 940), (565, 760)], fill=shade)
    pencil.polygon([(400, 940), (485, 1065), (577, 940), (520, 1000)], fill=skin)
    pencil.ellipse((318, 300, 660, 850), fill=skin)
    pencil.polygon(
        [(330, 300), (300, 640), (350, 520), (450, 390), (640, 330), (672, 560), (690, 330), (520, 220)], fill=hair
    )
    for x in (400, 566):
        pencil.arc((x - 58, 486, x + 58, 560), 200, 338, fill=(52, 34, 34), width=11)
        pencil.ellipse((x - 46, 548, x + 46, 594), fill=(250, 244, 240))
        pencil.ellipse((x - 22, 546, x + 22, 594), fill=(62, 38, 30))
        pencil.ellipse((x - 9, 556, x + 3, 570), fill=(255, 255, 255))
        pencil.arc((x - 50, 538, x + 50, 612), 190, 350, fill=(30, 20, 22), width=9)
    pencil.line([(486, 570), (472, 672), (500, 686)], fill=shade, width=8)
    pencil.polygon([(428, 748), (462, 734), (486, 744), (512, 734), (546, 748), (486, 762)], fill=(176, 50, 66))
    pencil.chord((430, 720, 544, 790), 5, 175, fill=(198, 72, 84))
    for x in (322, 656):
        pencil.ellipse((x - 13, 655, x + 13, 681), fill=(250, 226, 150))
        pencil.line((x, 680, x, 760), fill=(250, 226, 150), width=7)
    lights = np.asarray(base, dtype=np.float32) / 255
    blend(lights, rgb("#ffe7cc"), glow(size, (0.58, 0.42), 0.17) * 0.35)
    blend(lights, rgb("#c8505a"), glow(size, (0.37, 0.53), 0.06) * 0.3 + glow(size, (0.64, 0.53), 0.06) * 0.3)
    lights *= (0.93 + 0.14 * noise(rng, size, (70, 90)))[..., None]
    vignette(lights, 0.35)
    return paint(rng, picture(lights), [(12, 3000), (5, 14000)])


def lotus_copy(original: Image.Image) -> Image.Image:
    """What the repost account did to the lotus: cropped, shrunk, warmed up and stamped with its own mark."""
    width, height = original.size
    cut = original.crop((int(width * 0.03), int(height * 0.04), int(width * 0.97), int(height * 0.98)))
    cut = cut.resize((1120, 840), Image.Resampling.LANCZOS)
    red, green, blue = ImageEnhance.Color(cut).enhance(1.35).split()
    warm = Image.merge(
        "RGB", (red.point(lambda v: min(255, int(v * 1.1 + 8))), green, blue.point(lambda v: int(v * 0.82)))
    )
    return _stamp(ImageEnhance.Contrast(warm).enhance(1.08), "@artdrop")


def lotus_mirrored(original: Image.Image) -> Image.Image:
    """A second copy, offered as a print: mirrored, trimmed and cooled to violet."""
    width, height = original.size
    cut = ImageOps.mirror(original).crop((int(width * 0.03), int(height * 0.03), int(width * 0.98), int(height * 0.98)))
    red, green, blue = cut.resize((1000, 750), Image.Resampling.LANCZOS).split()
    cool = Image.merge(
        "RGB",
        (
            red.point(lambda v: int(v * 0.86)),
            green.point(lambda v: int(v * 0.84)),
            blue.point(lambda v: min(255, int(v * 1.12 + 22))),
        ),
    )
    return cool


def mood_board(original: Image.Image) -> Image.Image:
    """A collage: the lotus, mirrored, hung a little askew among swatches, a cutting and a note."""
    board = Image.new("RGB", (1280, 900), "#ece7dc")
    pencil = ImageDraw.Draw(board)
    for number, colour in enumerate(("#d98b6a", "#b9a59a", "#5f8790", "#1d3f4d", "#c8505a")):
        pencil.rectangle((60, 70 + number * 92, 300, 150 + number * 92), fill=colour)
    stripes = Image.new("RGB", (330, 250), "#f7f3ea")
    for x in range(0, 330, 22):
        ImageDraw.Draw(stripes).rectangle((x, 0, x + 10, 250), fill="#c9bfa9")
    board.paste(stripes.rotate(-4, expand=True, fillcolor="#ece7dc"), (60, 575))
    pencil.ellipse((960, 590, 1200, 830), fill="#e4b24a", outline="#a97a1c", width=6)
    pencil.text((470, 735), "mood  05", font_size=64, fill="#4b4438")
    lotus = ImageOps.expand(ImageOps.mirror(original).resize((780, 585), Image.Resampling.LANCZOS), 14, "#ffffff")
    hung = lotus.convert("RGBA").rotate(5, expand=True, resample=Image.Resampling.BICUBIC)
    board.paste(hung, (400, 40), hung)
    return board


def singer_fake(original: Image.Image) -> Image.Image:
    """The “celebrity” advert: the singer's portrait cropped, brightened and set in gold with a coin shower."""
    rng = np.random.default_rng(101)
    face = original.crop((20, 26, 940, 1176)).resize((800, 1000), Image.Resampling.LANCZOS)
    face = ImageEnhance.Brightness(ImageEnhance.Color(face).enhance(1.3)).enhance(1.1)
    canvas = np.asarray(face, dtype=np.float32) / 255
    blend(canvas, rgb("#ffd24a"), glow((800, 1000), (0.5, 1.02), 0.5) * 0.55)
    image = picture(canvas)
    pencil = ImageDraw.Draw(image)
    for _ in range(22):
        x, y, radius = float(rng.uniform(0, 800)), float(rng.uniform(820, 990)), float(rng.uniform(16, 34))
        pencil.ellipse(
            (x - radius, y - radius * 0.7, x + radius, y + radius * 0.7),
            fill=(236, 178, 38),
            outline=(150, 96, 12),
            width=4,
        )
        pencil.ellipse(
            (x - radius * 0.6, y - radius * 0.4, x + radius * 0.6, y + radius * 0.4), outline=(255, 236, 150), width=3
        )
    return ImageOps.expand(image, 8, (214, 164, 44))


def _stamp(image: Image.Image, text: str) -> Image.Image:
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    pencil = ImageDraw.Draw(layer)
    pencil.text(
        (image.width - 24, image.height - 22),
        text,
        font_size=44,
        fill=(255, 255, 255, 215),
        anchor="rs",
        stroke_width=2,
        stroke_fill=(0, 0, 0, 120),
    )
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")
