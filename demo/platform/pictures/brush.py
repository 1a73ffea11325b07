"""What every scene is painted with: seeded noise, gradients, masks, glow, and a painter's brush strokes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

Field = NDArray[np.float32]
"""One number for each pixel, height by width, usually 0..1."""

Canvas = NDArray[np.float32]
"""Height by width by red, green, blue, each 0..1."""


def rgb(code: str) -> Field:
    """`#rrggbb` as three floats 0..1."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], dtype=np.float32)


def noise(rng: np.random.Generator, size: tuple[int, int], cells: tuple[int, int]) -> Field:
    """Smooth random field 0..1 of (width, height), made of `cells` random values stretched over it."""
    grid = Image.fromarray(rng.random((cells[1] + 1, cells[0] + 1), dtype=np.float32))
    return np.clip(np.asarray(grid.resize(size, Image.Resampling.BICUBIC)), 0, 1)


def cloud(rng: np.random.Generator, size: tuple[int, int], cells: tuple[int, int], octaves: int = 4) -> Field:
    """Fractal noise 0..1: each octave twice as fine and half as strong."""
    total = np.zeros((size[1], size[0]), dtype=np.float32)
    weight = 0.0
    for octave in range(octaves):
        strength = 0.5**octave
        total += strength * noise(rng, size, (cells[0] << octave, cells[1] << octave))
        weight += strength
    return total / weight


def ridge(rng: np.random.Generator, width: int, cells: int, octaves: int = 6) -> Field:
    """A mountain line 0..1, one height for each column."""
    line = np.zeros(width, dtype=np.float32)
    weight = 0.0
    for octave in range(octaves):
        count = (cells << octave) + 2
        points = rng.random(count)
        line += (0.5**octave) * np.interp(np.linspace(0, count - 1, width), np.arange(count), points)
        weight += 0.5**octave
    return line / weight


def gradient(size: tuple[int, int], stops: list[tuple[float, str]]) -> Canvas:
    """Vertical colour gradient over (width, height); stops are (0..1 from the top, `#rrggbb`)."""
    at = np.linspace(0, 1, size[1])
    places = [place for place, _ in stops]
    colours = np.array([rgb(code) for _, code in stops])
    column = np.stack([np.interp(at, places, colours[:, channel]) for channel in range(3)], axis=1)
    return np.repeat(column[:, None, :], size[0], axis=1).astype(np.float32)


def blend(canvas: Canvas, colour: Field | Canvas, amount: Field | float) -> None:
    """Mix `colour` into the canvas in place, by 0..1 for each pixel or for all."""
    share = amount[..., None] if isinstance(amount, np.ndarray) else np.float32(amount)
    canvas += (colour - canvas) * share


def glow(size: tuple[int, int], centre: tuple[float, float], radius: float, falloff: float = 2.0) -> Field:
    """Soft light around a point given as shares of width and height; radius is a share of the width."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = np.hypot(x - centre[0] * width, y - centre[1] * height) / (radius * width)
    return np.exp(-(distance**falloff))


def mask(size: tuple[int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty grey picture to draw shapes on and its pencil; turn it into a field with `field`."""
    image = Image.new("L", size, 0)
    return image, ImageDraw.Draw(image)


def field(image: Image.Image, soften: float = 0.0) -> Field:
    """A grey picture as numbers 0..1, its edges softened by a radius in pixels."""
    if soften:
        image = image.filter(ImageFilter.GaussianBlur(soften))
    return np.asarray(image, dtype=np.float32) / 255


def picture(canvas: Canvas) -> Image.Image:
    """The canvas as an RGB image."""
    return Image.fromarray((np.clip(canvas, 0, 1) * 255).astype(np.uint8))


def grain(rng: np.random.Generator, canvas: Canvas, amount: float) -> None:
    """Fine film grain, the same for all three colours."""
    canvas += (rng.random(canvas.shape[:2], dtype=np.float32)[..., None] - 0.5) * amount


def vignette(canvas: Canvas, strength: float) -> None:
    """Darken the corners."""
    height, width = canvas.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    canvas *= (1 - strength * np.clip((x * x + y * y) / 2, 0, 1) ** 1.5)[..., None]


def paint(rng: np.random.Generator, source: Image.Image, layers: list[tuple[int, int]]) -> Image.Image:
    """Repaint a picture with brush strokes that run along its edges, broad layers first.

    `layers` are (stroke width in pixels, how many strokes). Each stroke takes the colour under it, a little
    off, as paint does.
    """
    soft = source.filter(ImageFilter.BoxBlur(2))
    width, height = source.size
    grey = np.asarray(soft.convert("L").filter(ImageFilter.BoxBlur(5)), dtype=np.float32)
    down, right = np.gradient(grey)
    angle = np.arctan2(right, -down) + noise(rng, source.size, (6, 5)) - 0.5
    colours = np.asarray(soft, dtype=np.int16)
    canvas = source.filter(ImageFilter.BoxBlur(12))
    pencil = ImageDraw.Draw(canvas)
    for thick, count in layers:
        xs = rng.integers(0, width, count)
        ys = rng.integers(0, height, count)
        lengths = thick * rng.uniform(1.6, 4.2, count)
        shifts = rng.integers(-13, 14, (count, 1)) + rng.integers(-5, 6, (count, 3))
        tones = np.clip(colours[ys, xs] + shifts, 0, 255)
        turns = angle[ys, xs]
        for x, y, length, tone, turn in zip(
            xs.tolist(), ys.tolist(), lengths.tolist(), tones.tolist(), turns.tolist(), strict=True
        ):
            dx, dy = math.cos(turn) * length / 2, math.sin(turn) * length / 2
            pencil.line((x - dx, y - dy, x + dx, y + dy), fill=tuple(tone), width=max(1, int(thick * 0.55)))
    return ImageEnhance.Sharpness(canvas).enhance(1.5)
