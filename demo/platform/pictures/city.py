"""Streets: a neon city nobody labelled as generated, a flooded avenue for the rumour, two real photographs."""

from __future__ import annotations

import colorsys

import numpy as np
import pywt.data
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from demo.platform.pictures.brush import blend, cloud, field, glow, gradient, grain, mask, noise, picture, rgb, vignette


def neon_city() -> Image.Image:
    """Towers with lit windows over a wet street: the “photograph” that is not one."""
    rng = np.random.default_rng(113)
    size = width, height = 1280, 960
    canvas = gradient(size, [(0, "#120a2e"), (0.4, "#3d1763"), (0.66, "#d0377f"), (0.7, "#2a0f3a"), (1, "#0a0618")])
    blend(canvas, rgb("#ffb36b"), glow(size, (0.5, 0.62), 0.2) * 0.9)
    image = picture(canvas)
    light = Image.new("RGB", size, (0, 0, 0))
    pencil, lamp = ImageDraw.Draw(image), ImageDraw.Draw(light)
    horizon = int(height * 0.69)
    for depth in range(4):
        x = -30.0
        while x < width:
            wide = float(rng.uniform(44, 92)) * (1 + 0.35 * depth)
            centre = abs((x + wide / 2) / width - 0.5) * 2
            tall = height * (0.14 + 0.12 * depth * centre + 0.42 * centre**1.4 * float(rng.uniform(0.6, 1.15)))
            if depth < 2 or centre > 0.25 + 0.13 * depth:
                tone = (22 - 4 * depth + 20 * (3 - depth), 12 + 5 * (3 - depth), 44 + 16 * (3 - depth))
                pencil.rectangle((x, horizon - tall, x + wide, horizon), fill=tone)
                _windows(rng, lamp, pencil, x, horizon - tall, wide, tall, depth)
            x += wide + float(rng.uniform(2, 12))
    bright = np.asarray(light, dtype=np.float32) / 255
    soft = np.asarray(light.filter(ImageFilter.GaussianBlur(13)), dtype=np.float32) / 255
    scene = np.asarray(image, dtype=np.float32) / 255 + bright + soft * 1.9
    rows = height - horizon
    mirror = scene[horizon - 1 : horizon - 1 - rows * 2 : -2][:rows]
    ripple = (np.sin(np.arange(rows) / 2.3) * np.linspace(1, 12, rows) + rng.normal(0, 2, rows)).astype(int)
    wet = np.stack([np.roll(mirror[r], ripple[r], axis=0) for r in range(rows)])
    smear = np.asarray(picture(wet).filter(ImageFilter.BoxBlur(3)), dtype=np.float32) / 255
    scene[horizon:] = smear * (0.35 + 0.5 * noise(rng, (width, rows), (8, 60)))[..., None] + rgb("#0a0618") * 0.4
    grain(rng, scene, 0.05)
    vignette(scene, 0.3)
    return picture(scene)


def _windows(
    rng: np.random.Generator,
    lamp: ImageDraw.ImageDraw,
    wall: ImageDraw.ImageDraw,
    x: float,
    top: float,
    wide: float,
    tall: float,
    depth: int,
) -> None:
    pitch = 7 + 3 * depth
    hue = float(rng.choice([0.11, 0.52, 0.88, 0.14, 0.6]))
    for row in range(int(tall // pitch) - 1):
        for column in range(int(wide // pitch) - 1):
            if rng.random() < 0.34:
                tone = colorsys.hsv_to_rgb(
                    hue + float(rng.uniform(-0.03, 0.03)), 0.55, float(rng.uniform(0.25, 0.75)) * (0.5 + 0.16 * depth)
                )
                left, high = x + 3 + column * pitch, top + 5 + row * pitch
                lamp.rectangle(
                    (left, high, left + pitch * 0.5, high + pitch * 0.45), fill=tuple(int(v * 255) for v in tone)
                )
    if depth and rng.random() < 0.6:
        tone = colorsys.hsv_to_rgb(float(rng.choice([0.5, 0.9, 0.96, 0.78])), 0.85, 0.95)
        sign = x + wide * float(rng.uniform(0.2, 0.7))
        lamp.rectangle(
            (sign, top + tall * 0.2, sign + 7 + 4 * depth, top + tall * 0.55), fill=tuple(int(v * 255) for v in tone)
        )
    wall.line((x, top, x + wide, top), fill=(120, 70, 150), width=1)


def flooded_avenue() -> Image.Image:
    """A grey street in perspective, water to the window sills, rain."""
    rng = np.random.default_rng(127)
    size = width, height = 1200, 800
    canvas = gradient(size, [(0, "#77808a"), (0.5, "#a9aca8"), (0.56, "#7d7a6c"), (1, "#4e4a3c")])
    canvas *= (0.82 + 0.36 * cloud(rng, size, (3, 5)))[..., None]
    image = picture(canvas)
    pencil = ImageDraw.Draw(image)
    vanish = (640.0, 400.0)
    for side in (-1, 1):
        edge = 0.0 if side < 0 else float(width)
        for house in range(7):
            near, far = 0.78**house, 0.78 ** (house + 1)
            lift = 330 + 110 * float(rng.random())
            x0, x1 = vanish[0] + (edge - vanish[0]) * near * 1.05, vanish[0] + (edge - vanish[0]) * far * 1.05
            shade = int(70 + 15 * house + 26 * float(rng.random()))
            wall = (shade + int(rng.integers(0, 26)), shade + 4, shade)
            pencil.polygon(
                [
                    (x0, vanish[1] - lift * near),
                    (x1, vanish[1] - lift * far),
                    (x1, 440 + 90 * far),
                    (x0, 440 + 90 * near),
                ],
                fill=wall,
            )
            for floor in range(4):
                for pane in range(4):
                    a, b = (pane + 0.25) / 4, (pane + 0.7) / 4
                    u, v = (floor + 0.2) / 4.2, (floor + 0.7) / 4.2
                    corner = []
                    for along, up in ((a, u), (b, u), (b, v), (a, v)):
                        scale = near + (far - near) * along
                        corner.append((x0 + (x1 - x0) * along, vanish[1] - lift * scale + (lift + 70) * scale * up))
                    pencil.polygon(
                        corner,
                        fill=(shade // 2, shade // 2 + 6, shade // 2 + 12) if (pane + floor) % 5 else (212, 190, 128),
                    )
    for x, y, large in ((420, 560, 1.0), (800, 610, 1.35), (600, 480, 0.5)):
        pencil.rounded_rectangle(
            (x - 90 * large, y - 34 * large, x + 90 * large, y + 20 * large),
            16,
            fill=(124, 44, 40) if large > 1 else (58, 78, 104),
        )
        pencil.polygon(
            [
                (x - 60 * large, y - 32 * large),
                (x - 36 * large, y - 72 * large),
                (x + 40 * large, y - 72 * large),
                (x + 66 * large, y - 32 * large),
            ],
            fill=(38, 44, 50),
        )
    scene = np.asarray(image, dtype=np.float32) / 255
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    water = np.clip((y - 0.56) * 9, 0, 1) * np.ones((1, width), dtype=np.float32)
    muddy = (
        gradient(size, [(0, "#8c8468"), (0.6, "#8d8466"), (1, "#4a4432")])
        * (0.68 + 0.6 * cloud(rng, size, (6, 70), 3))[..., None]
    )
    blend(scene, muddy.astype(np.float32), water * np.clip(0.5 + (y - 0.6) * 1.5, 0, 0.88))
    rain, pencil = mask(size)
    for _ in range(1500):
        x, top, long = float(rng.uniform(0, width)), float(rng.uniform(-40, height)), float(rng.uniform(14, 46))
        pencil.line((x, top, x - long * 0.22, top + long), fill=int(rng.integers(60, 170)))
    blend(scene, rgb("#e4ebee"), field(rain, 0.7) * 0.5)
    vignette(scene, 0.35)
    return picture(scene)


def film_photograph(name: str, tint: tuple[str, str]) -> Image.Image:
    """A real photograph that PyWavelets (installed with ImageHash) ships for demonstrations, toned like an old print.

    `name` is `camera` (Lav Varshney, CC0) or `ascent` (public-domain-image.com, public domain); tint is
    (shadow, light).
    """
    rng = np.random.default_rng(131)
    grey = Image.fromarray(np.asarray(getattr(pywt.data, name)(), dtype=np.uint8)).resize(
        (900, 900), Image.Resampling.LANCZOS
    )
    toned = np.asarray(ImageOps.colorize(grey, *tint), dtype=np.float32) / 255
    grain(rng, toned, 0.09)
    vignette(toned, 0.3)
    return ImageOps.expand(picture(toned), 26, (240, 235, 224))
