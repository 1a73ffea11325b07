"""Things and rooms: a potter's cup and the shop that took its picture, a candle, a studio, a veil, a gilded peak."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance

from demo.platform.pictures.brush import (
    blend,
    cloud,
    field,
    glow,
    gradient,
    grain,
    mask,
    noise,
    picture,
    rgb,
    ridge,
    vignette,
)


def celadon_cup() -> Image.Image:
    """The potter's own product photograph: a green-blue cup on linen, light from the left."""
    rng = np.random.default_rng(211)
    size = width, height = 960, 960
    canvas = gradient(size, [(0, "#e7e1d6"), (0.6, "#d8cfbf"), (0.62, "#c9bda8"), (1, "#b3a58d")])
    canvas *= (0.95 + 0.1 * noise(rng, size, (180, 240)))[..., None]
    blend(canvas, rgb("#fffaf0"), glow(size, (0.2, 0.2), 0.6) * 0.6)
    shadow, pencil = mask(size)
    pencil.ellipse((300, 690, 800, 800), fill=200)
    blend(canvas, rgb("#5f5545"), field(shadow, 26) * 0.8)
    body, pencil = mask(size)
    pencil.polygon([(290, 330), (670, 330), (610, 730), (350, 730)], fill=255)
    pencil.ellipse((350, 690, 610, 770), fill=255)
    handle, pencil = mask(size)
    pencil.ellipse((590, 400, 790, 620), outline=255, width=38)
    side = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    light = np.clip(1.12 - 0.75 * np.abs(side + 0.12) ** 1.6, 0.3, 1.2)
    glaze = rgb("#8fbfae")[None, None] * light[..., None] * np.ones((height, 1, 1), dtype=np.float32)
    glaze *= (0.93 + 0.14 * cloud(rng, size, (5, 30), 3))[..., None]
    blend(canvas, glaze.astype(np.float32), field(handle, 2))
    blend(canvas, glaze.astype(np.float32), field(body, 2))
    rim, pencil = mask(size)
    pencil.ellipse((290, 280, 670, 380), fill=255)
    blend(canvas, rgb("#6f9d90"), field(rim, 1))
    tea, pencil = mask(size)
    pencil.ellipse((312, 292, 648, 372), fill=255)
    blend(canvas, rgb("#4a6d62"), field(tea, 2))
    blend(canvas, rgb("#ffffff"), glow(size, (0.36, 0.5), 0.03) * 0.7)
    grain(rng, canvas, 0.03)
    return picture(canvas)


def cup_listing(original: Image.Image) -> Image.Image:
    """The shop's copy: cropped, brightened, with a price over it."""
    cut = original.crop((10, 10, 950, 950)).resize((760, 760), Image.Resampling.LANCZOS)
    image = ImageEnhance.Color(ImageEnhance.Brightness(cut).enhance(1.08)).enhance(1.3)
    pencil = ImageDraw.Draw(image)
    pencil.rounded_rectangle((20, 20, 140, 72), 14, fill=(214, 92, 72))
    pencil.text((80, 46), "19.9", font_size=40, fill=(255, 246, 220), anchor="mm")
    return image


def memorial() -> Image.Image:
    """A candle beside an empty frame: nobody is shown."""
    rng = np.random.default_rng(223)
    size = 900, 1100
    canvas = gradient(size, [(0, "#14131a"), (0.7, "#241d20"), (0.72, "#3b2a22"), (1, "#20160f")])
    blend(canvas, rgb("#ffb765"), glow(size, (0.72, 0.52), 0.5) * 0.45)
    image = picture(canvas)
    pencil = ImageDraw.Draw(image)
    pencil.rectangle((150, 260, 540, 800), fill=(70, 48, 30), outline=(120, 84, 50), width=10)
    pencil.rectangle((196, 306, 494, 754), fill=(196, 186, 170))
    pencil.rectangle((620, 610, 690, 812), fill=(236, 226, 206))
    pencil.line((655, 612, 655, 582), fill=(40, 30, 26), width=5)
    pencil.polygon([(655, 490), (678, 556), (655, 588), (632, 556)], fill=(255, 206, 112))
    pencil.polygon([(655, 530), (666, 562), (655, 584), (644, 562)], fill=(255, 246, 214))
    lights = np.asarray(image, dtype=np.float32) / 255
    blend(lights, rgb("#ffcf8a"), glow(size, (0.728, 0.5), 0.12) * 0.5)
    grain(rng, lights, 0.05)
    vignette(lights, 0.4)
    return picture(lights)


def studio_host() -> Image.Image:
    """A live studio: ring lamp, pink light, and the faceless outline of a virtual host."""
    rng = np.random.default_rng(227)
    size = width, height = 900, 1120
    canvas = gradient(size, [(0, "#2a1038"), (0.55, "#6f2a63"), (1, "#1a0b26")])
    blend(canvas, rgb("#ff9bd0"), glow(size, (0.5, 0.38), 0.5) * 0.55)
    ring, pencil = mask(size)
    pencil.ellipse((170, 150, 730, 710), outline=255, width=34)
    blend(canvas, rgb("#fff3fb"), field(ring, 3))
    blend(canvas, rgb("#ffd6ef"), field(ring, 40))
    host, pencil = mask(size)
    pencil.ellipse((340, 300, 560, 580), fill=255)
    pencil.polygon([(420, 560), (480, 560), (492, 660), (408, 660)], fill=255)
    pencil.pieslice((180, 640, 720, 1400), 180, 360, fill=255)
    pencil.rectangle((180, 1020, 720, height), fill=255)
    lines = (0.5 + 0.5 * np.sin(np.arange(height, dtype=np.float32) / 5))[:, None] * np.ones((1, width), np.float32)
    blend(canvas, rgb("#3c4a8f"), field(host, 3))
    blend(canvas, rgb("#9fd6ff"), field(host, 2) * lines.astype(np.float32) * 0.4)
    grain(rng, canvas, 0.05)
    vignette(canvas, 0.3)
    return picture(canvas)


def veil() -> Image.Image:
    """Abstract folds of colour: the placeholder of what must not be shown, even invented."""
    rng = np.random.default_rng(229)
    size = 800, 1000
    canvas = gradient(size, [(0, "#3a3550"), (0.5, "#6a5a78"), (1, "#2c2a3c")])
    for colour, cells in (("#b59ac0", (2, 9)), ("#5f7fa6", (3, 4)), ("#d0a7a0", (2, 14))):
        blend(canvas, rgb(colour), np.clip((cloud(rng, size, cells, 3) - 0.45) * 2.2, 0, 0.7))
    return picture(canvas)


def gilded_peak() -> Image.Image:
    """A mountain above golden clouds, too good to be true and not labelled as generated."""
    rng = np.random.default_rng(233)
    size = width, height = 1200, 860
    canvas = gradient(size, [(0, "#1c2b57"), (0.45, "#7f6f9a"), (0.62, "#f0b06a"), (1, "#7d4a36")])
    line = (0.62 - 0.42 * np.exp(-(((np.arange(width) / width - 0.56) / 0.2) ** 2))) * height
    line = line + (ridge(rng, width, 5) - 0.5) * 90
    rows = np.arange(height, dtype=np.float32)[:, None]
    rock = np.clip((rows - line[None, :]) / 3, 0, 1).astype(np.float32)
    blend(canvas, rgb("#4c4660"), rock)
    snow = np.clip(1 - (rows - line[None, :]) / 210, 0, 1) * rock
    facets = np.clip((cloud(rng, size, (26, 14), 4) - 0.42) * 5, 0, 1)
    blend(canvas, rgb("#ffd9a0"), (snow * facets).astype(np.float32))
    sea = np.clip((rows / height - 0.62) * 4, 0, 1) * np.clip((cloud(rng, size, (4, 22), 5) - 0.3) * 2.4, 0, 1)
    blend(canvas, rgb("#ffe0ad"), sea.astype(np.float32))
    grain(rng, canvas, 0.04)
    vignette(canvas, 0.25)
    return picture(canvas)
