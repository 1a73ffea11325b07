"""Spoils a face in a photograph, by drawing on it or by taking detail away. For tests and for the benchmark of faces.

Each change takes a picture and the face's 68 landmarks in pixels, and gives a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

Change = Callable[[Image.Image, np.ndarray], Image.Image]
Colour = tuple[int, int, int]


def masked(image: Image.Image, points: np.ndarray, colour: Colour = (150, 190, 215)) -> Image.Image:
    """A surgical mask from the bridge of the nose to under the chin."""
    drawn, bridge, chin = image.copy(), (points[28] + points[29]) / 2, points[2:15].copy()
    chin[3:10] += (points[8] - points[27]) * 0.06
    outline = [*chin, points[14] * 0.75 + bridge * 0.25, bridge, points[2] * 0.75 + bridge * 0.25]
    ImageDraw.Draw(drawn).polygon([tuple(map(float, point)) for point in outline], fill=colour)
    return drawn


def shaded(image: Image.Image, points: np.ndarray, colour: Colour = (18, 18, 20)) -> Image.Image:
    """Sunglasses."""
    drawn = image.copy()
    draw, wide = ImageDraw.Draw(drawn), float(np.linalg.norm(points[45] - points[36])) * 0.42
    for eye in (points[36:42], points[42:48]):
        x, y = eye.mean(0)
        draw.ellipse((x - wide / 2, y - wide * 0.36, x + wide / 2, y + wide * 0.44), fill=colour)
    draw.line([tuple(map(float, points[39])), tuple(map(float, points[42]))], fill=colour, width=max(1, int(wide / 12)))
    return drawn


def stylised(image: Image.Image, points: np.ndarray) -> Image.Image:
    """OpenCV's edge-keeping filter that makes photographs look painted."""
    return Image.fromarray(cv2.stylization(np.asarray(image), sigma_s=60, sigma_r=0.45))


def cartoon(image: Image.Image, points: np.ndarray) -> Image.Image:
    """Flat colour and black outlines."""
    pixels = np.asarray(image)
    grey = cv2.medianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), 5)
    lines = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, 9)
    for _ in range(3):
        pixels = cv2.bilateralFilter(pixels, 9, 75, 75)
    return Image.fromarray(cv2.bitwise_and(pixels, pixels, mask=lines))


def sketched(image: Image.Image, points: np.ndarray) -> Image.Image:
    """Pencil lines on white paper."""
    grey = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2GRAY)
    lines = cv2.divide(grey, 255 - cv2.GaussianBlur(255 - grey, (21, 21), 0), scale=256)
    return Image.fromarray(cv2.cvtColor(lines, cv2.COLOR_GRAY2RGB))


def pencil(image: Image.Image, points: np.ndarray) -> Image.Image:
    """OpenCV's coloured pencil drawing."""
    pixels = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)
    _, drawn = cv2.pencilSketch(pixels, sigma_s=60, sigma_r=0.07, shade_factor=0.05)
    return Image.fromarray(cv2.cvtColor(drawn, cv2.COLOR_BGR2RGB))


def tiny(image: Image.Image, points: np.ndarray, pixels: int = 20) -> Image.Image:
    """The face of so many pixels in a picture of ordinary size."""
    share = pixels / (1.25 * float(np.ptp(points[:, 1])))
    small = image.resize(
        (max(8, round(image.width * share)), max(8, round(image.height * share))), Image.Resampling.BOX
    )
    return ImageOps.expand(small, 100, (120, 130, 140))


def blurred(image: Image.Image, points: np.ndarray) -> Image.Image:
    """Blurred by three hundredths of the face's height."""
    return image.filter(ImageFilter.GaussianBlur(0.0375 * float(np.ptp(points[:, 1]))))


SPOILT: dict[str, Change] = {
    "mask, blue": masked,
    "mask, black": partial(masked, colour=(35, 35, 38)),
    "mask, skin": partial(masked, colour=(225, 170, 160)),
    "sunglasses, black": shaded,
    "sunglasses, brown": partial(shaded, colour=(70, 45, 30)),
    "stylised": stylised,
    "cartoon": cartoon,
    "sketch": sketched,
    "pencil": pencil,
    "face of 20 pixels": tiny,
    "blurred": blurred,
}
