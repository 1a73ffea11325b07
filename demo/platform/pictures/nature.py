"""Landscapes and water: dawn ridges, tea terraces, aurora over a lake, koi from above, dunes."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

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


def dawn_ridges() -> Image.Image:
    """Seven mountain lines fading into mist under a low sun."""
    rng = np.random.default_rng(11)
    size = width, height = 1280, 853
    sky = gradient(size, [(0, "#2c4a78"), (0.32, "#8a8fb0"), (0.5, "#f0b18b"), (0.64, "#ffd9a6"), (1, "#ffe9cc")])
    blend(sky, rgb("#fff3d6"), glow(size, (0.68, 0.44), 0.035, 6) * 0.95)
    blend(sky, rgb("#ffcf8c"), glow(size, (0.68, 0.44), 0.3) * 0.6)
    streaks = cloud(rng, size, (3, 14), 4)
    blend(sky, rgb("#ffe2cf"), np.clip((streaks - 0.52) * 3, 0, 0.55))
    rows = np.arange(height, dtype=np.float32)[:, None]
    near, far = rgb("#0d1c24"), rgb("#c99a92")
    forest = (0.95 + 0.1 * noise(rng, size, (160, 110)))[..., None]
    for layer in range(7):
        depth = layer / 6
        base = height * (0.44 + 0.085 * layer)
        top = base - (ridge(rng, width, 2 + layer % 3, 7) - 0.42) * height * (0.30 + 0.10 * depth)
        inside = np.clip(rows - top[None, :], 0, 1)
        mist = np.clip((rows - top[None, :]) / (height * 0.17), 0, 1) ** 1.4
        tone = far + (near - far) * depth**0.75
        slope = tone[None, None, :] * forest
        blend(slope, rgb("#f4c9a4"), mist * (0.75 - 0.68 * depth))
        blend(sky, slope, inside)
    grain(rng, sky, 0.035)
    vignette(sky, 0.25)
    return picture(sky)


def tea_terraces() -> Image.Image:
    """Contour lines of a green hillside, morning haze above."""
    rng = np.random.default_rng(23)
    size = width, height = 880, 1100
    land = cloud(rng, size, (2, 3), 3)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    level = land * 15 + (1 - y) * 17
    step = level % 1.0
    canvas = gradient(size, [(0, "#a9c9a0"), (0.35, "#6fa35c"), (0.7, "#3f7d3c"), (1, "#1e4a2a")])
    canvas *= (0.72 + 0.5 * step)[..., None]
    blend(canvas, rgb("#173a20"), np.clip((0.2 - step) * 7, 0, 0.85))
    blend(canvas, rgb("#d9e7a1"), np.clip((step - 0.86) * 6, 0, 0.6))
    leaf = rng.random((height, width), dtype=np.float32)
    canvas *= (0.86 + 0.28 * leaf)[..., None]
    pools = (np.floor(level) % 7 == 3).astype(np.float32) * np.clip(step * 3, 0, 1) * np.clip(1 - step, 0, 1) * 1.3
    blend(canvas, gradient(size, [(0, "#e9f2ff"), (0.5, "#c6dcf0"), (1, "#8fb5c9")]), np.clip(pools, 0, 0.85))
    haze = np.clip(1 - y / 0.42, 0, 1) * (0.55 + 0.6 * cloud(rng, size, (3, 6), 3))
    blend(canvas, rgb("#f6f1e2"), np.clip(haze, 0, 0.95))
    blend(canvas, rgb("#ffedc2"), glow(size, (0.2, 0.02), 0.65) * 0.5)
    vignette(canvas, 0.3)
    return picture(canvas)


def aurora() -> Image.Image:
    """Green and violet curtains above black firs, doubled in a still lake."""
    rng = np.random.default_rng(37)
    width, height = 1280, 800
    half = int(height * 0.62)
    upper = (width, half)
    sky = gradient(upper, [(0, "#050b1f"), (0.6, "#0b2440"), (1, "#16405a")])
    stars = (rng.random((half, width)) > 0.9988).astype(np.float32) * rng.random((half, width), dtype=np.float32)
    blend(sky, rgb("#ffffff"), stars)
    x = np.linspace(0, 1, width, dtype=np.float32)
    rows = np.linspace(0, 1, half, dtype=np.float32)[:, None]
    for curtain, (low, high) in enumerate([("#3dffa0", "#8d4bff"), ("#54ffcf", "#d34bff"), ("#b4ff7a", "#3b8bff")]):
        foot = (
            0.72
            - 0.13 * curtain
            + 0.13 * np.sin(x * (5 + 2 * curtain) + curtain * 2)
            + 0.08 * (ridge(rng, width, 4) - 0.5)
        )
        rays = 0.35 + 0.9 * ridge(rng, width, 60, 3)
        above = foot[None, :] - rows
        light = np.where(above > 0, np.exp(-above * 3.6), np.exp(above * 42)) * rays[None, :] * 0.75
        hue = np.clip(above * 2.2, 0, 1)[..., None]
        sky += (rgb(low) * (1 - hue) + rgb(high) * hue) * light[..., None].astype(np.float32) * 0.62
    top = half - 14 - ridge(rng, width, 5, 5) * half * 0.2
    blend(sky, rgb("#04121a"), np.clip(np.arange(half)[:, None] - top[None, :], 0, 1).astype(np.float32))
    firs, pencil = mask(upper)
    for at in rng.integers(0, width, 120).tolist():
        tall = int(rng.integers(26, 96) * (1.3 if at < 300 or at > 1050 else 0.6))
        for tier in range(5):
            wide = tall * (0.05 + 0.045 * tier)
            crown = half - tall + tall * tier * 0.18
            pencil.polygon([(at, crown), (at - wide, crown + tall * 0.3), (at + wide, crown + tall * 0.3)], fill=255)
    blend(sky, rgb("#020a10"), field(firs, 0.6))
    wave = (np.sin(np.linspace(0, 90, height - half)) * np.linspace(0.5, 7, height - half)).astype(int)
    mirror = np.stack([np.roll(sky[half - 1 - int(r * 1.3)], wave[r], axis=0) for r in range(height - half)])
    blend(mirror, rgb("#061a2c"), 0.34)
    mirror *= (0.85 + 0.3 * noise(rng, (width, height - half), (10, 70)))[..., None]
    return picture(np.concatenate([sky, mirror]))


def koi_pond() -> Image.Image:
    """Eight koi seen from above through rippling jade water."""
    rng = np.random.default_rng(41)
    size = _width, _height = 1100, 1100
    water = gradient(size, [(0, "#0f5a5c"), (0.5, "#0c464f"), (1, "#082d3b")])
    blend(water, rgb("#3f9c8c"), np.clip((cloud(rng, size, (5, 5), 4) - 0.45) * 1.6, 0, 0.6))
    shadow, shade = mask(size)
    skins: list[tuple[str, Image.Image]] = []
    for colour in ("#fbf3e6", "#f0662a", "#20242b"):
        skins.append((colour, mask(size)[0]))
    for place in (0, 1, 2, 3, 4, 5, 6, 7):
        cx, cy = 260 + place % 3 * 320 + rng.uniform(-60, 60), 250 + place // 3 * 310 + rng.uniform(-60, 60)
        turn, bend, long = rng.uniform(0, 6.28), rng.uniform(-0.9, 0.9), rng.uniform(90, 150)
        for i in range(60):
            t = i / 59
            heading = turn + bend * t * t
            px, py = cx - np.cos(heading) * long * t * 1.8, cy - np.sin(heading) * long * t * 1.8
            thick = (
                long
                * 0.27
                * (np.sin(np.pi * min(1, t * 0.8 + 0.17)) ** 0.8)
                * (1 if t < 0.82 else 0.4 + (t - 0.82) * 5)
            )
            box = (px - thick, py - thick, px + thick, py + thick)
            shade.ellipse((box[0] + 22, box[1] + 30, box[2] + 22, box[3] + 30), fill=200)
            _dab(skins[0][1], box)
            if np.sin(t * 11 + cx) > 0.1:
                _dab(skins[1][1], tuple(v + s * thick * 0.25 for v, s in zip(box, (1, 1, -1, -1), strict=True)))
            if np.sin(t * 19 + cy) > 0.86:
                _dab(skins[2][1], tuple(v + s * thick * 0.5 for v, s in zip(box, (1, 1, -1, -1), strict=True)))
    blend(water, rgb("#04222b"), field(shadow, 16) * 0.75)
    for colour, skin in skins:
        blend(water, rgb(colour), field(skin, 1.6) * 0.95)
    caustic = np.abs(cloud(rng, size, (9, 9), 3) - 0.5)
    blend(water, rgb("#d7fff0"), np.clip(0.035 - caustic, 0, 0.035) * 13)
    pads, pencil = mask(size)
    for px, py, radius in ((90, 130, 150), (990, 80, 120), (1040, 940, 190), (70, 1010, 110), (270, 60, 70)):
        pencil.pieslice((px - radius, py - radius, px + radius, py + radius), 20, 342, fill=255)
    veins = 0.75 + 0.4 * noise(rng, size, (40, 40))
    blend(water, (rgb("#4f8f3e")[None, None, :] * veins[..., None]).astype(np.float32), field(pads, 1))
    vignette(water, 0.4)
    return picture(water)


def _dab(image: Image.Image, box: tuple[float, ...]) -> None:
    ImageDraw.Draw(image).ellipse(box, fill=255)


def dunes() -> Image.Image:
    """Wind-combed sand with one sharp ridge and a small moon."""
    rng = np.random.default_rng(53)
    size = width, height = 800, 1000
    canvas = gradient(size, [(0, "#273f6b"), (0.3, "#7d86a6"), (0.45, "#e6b98e"), (1, "#e6b98e")])
    blend(canvas, rgb("#fffdf4"), glow(size, (0.24, 0.13), 0.045, 9))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    tones = [("#e8a868", "#8a4a32"), ("#d98f4f", "#6d3527"), ("#c97a3c", "#4d2320"), ("#b9652f", "#38191b")]
    for layer, (lit, dark) in enumerate(tones):
        crest = (
            height * (0.42 + 0.15 * layer)
            + 58 * np.sin(x / width * (4.2 - layer * 0.6) + layer * 2.1)
            + 34 * (ridge(rng, width, 2, 3)[None, :] - 0.5)
        )
        depth = (y - crest) / height
        side = np.clip(0.5 + 1.9 * np.sin(x / width * (4.2 - layer * 0.6) + layer * 2.1 + 1.2 + depth * 4), 0, 1)
        combed = 0.5 + 0.5 * np.sin(
            (y + 22 * np.sin(x / 120 + layer) + 10 * noise(rng, size, (8, 8))) / (3.2 + 1.5 * layer)
        )
        sand = rgb(dark) + (rgb(lit) - rgb(dark)) * (0.8 * side + 0.16 * combed)[..., None]
        sand *= (0.94 + 0.12 * rng.random((height, width), dtype=np.float32))[..., None]
        blend(canvas, sand.astype(np.float32), np.clip(depth * height, 0, 1))
    vignette(canvas, 0.3)
    return picture(canvas)
