"""Says when a face cannot be assessed: small, blurred, turned away, covered, drawn, or unclear for no named reason.

No network is asked. A covered mouth has no lips and no edge between them, sunglasses are dark where eyes are not,
a drawing has lines and flat colour where skin has neither. What has no name still shows in the embedding itself: its
length falls, and the mirrored crop is measured differently, when the network does not see a face it knows.
Figures: measured on 98 clear faces and 1,500 spoilt copies of them (see the face entry of `matching/faces.toml`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workers.detectors.face_models import Floats, Picture

# The order is that of the bits in stored signals: add at the end only.
WARNINGS = ("small", "blurred", "covered", "turned", "drawn", "unclear")

SMALL = 32  # pixels of height; at 24 a twentieth of all same faces is no longer recognised, at 20 a sixth
LOST_MOUTH = 2.9  # clear faces have an edge of at least 3.0 along the mouth, masked ones at most 2.7
NO_LIPS, COLOURED, OTHER_COLOUR = 5.0, 8.0, 12.0  # steps of CIELAB: red of the lips, colour at all, chin against nose
DARK_EYES, DARK_SHARE = (
    0.37,
    0.55,
)  # eyes against the nose: lightness; share that is half as light
LINES, WHITE, FLAT = 2.9, 0.3, 0.25  # fine detail everywhere; share of paper white; share without any change
STEP, EDGE, GRAIN, STARK = 7.5, 15.0, 2.2, 4.0  # strongest edges against common ones; detail against its median
TURNED = 0.55  # how unequal the nose divides the face: about 35 degrees
KNOWN, WELL_KNOWN, ALIKE = 2.7, 3.3, 0.955  # length of the embedding; below the second its mirror must agree
SOFT = 0.5  # fine detail under which a face is called blurred
# Strongest fine detail of a whole picture at 320 pixels, in grey levels: photographs have at least 13, small clear
# portraits 3.8, those in which blur or size hides the face at most 2.3. A blank picture hides none.
HAZY, BLANK = 2.6, 8.0
# Share of paper white and of flat colour in a whole picture: 99 of 100 photographs have less, most drawings more.
PAPER, PLAIN = 0.2, 0.6

_Y, _X = np.mgrid[:112, :112]


def _oval(x: float, y: float, wide: float, high: float) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = ((_X - x) / wide) ** 2 + ((_Y - y) / high) ** 2 <= 1
    return inside


def _box(left: int, top: int, right: int, bottom: int) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (left < _X) & (right > _X) & (top < _Y) & (bottom > _Y)
    return inside


# Places in an aligned crop of 112 pixels.
_FACE = _oval(56, 66, 36, 46)
_LENSES = _oval(38, 53, 13, 10) | _oval(74, 53, 13, 10)
_NOSE = _box(44, 58, 68, 74)
_MOUTH = _box(38, 86, 74, 100)
_CHIN = _box(34, 84, 78, 110)
_LOWER = _FACE & _box(-1, 60, 112, 104)


def warnings(
    crop: Picture,
    points: NDArray[np.float64],
    pixels: float,
    embedding: Floats,
    measure: Callable[[Picture], Floats],
) -> tuple[str, ...]:
    """Codes out of WARNINGS. `pixels`: height of the face in its picture; `measure` measures a crop again."""
    found = set()
    lab: Floats = np.asarray(cv2.cvtColor(crop.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    light = np.ascontiguousarray(lab[..., 0])
    across, down = _slopes(light)
    fine: Floats = np.abs(light - cv2.GaussianBlur(light, (0, 0), 1.0)).astype(np.float32)
    if pixels < SMALL:
        found.add("small")
    if _covered(lab, light, down):
        found.add("covered")
    if _drawn(light, np.hypot(across, down, dtype=np.float32), fine):
        found.add("drawn")
    if _turn(points) > TURNED:
        found.add("turned")
    if not found and not _known(crop, embedding, measure):
        found.add("blurred" if fine[_LOWER].mean() < SOFT else "unclear")
    return tuple(code for code in WARNINGS if code in found)


def hides_faces(picture: Picture) -> bool:
    """Whether a picture in which no face was found may hide one: it is blurred or small, or looks like a drawing."""
    share = 320 / max(picture.shape[:2])
    size = (max(1, round(picture.shape[1] * share)), max(1, round(picture.shape[0] * share)))
    how = cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), size, interpolation=how).astype(np.float32)
    if grey.std() < BLANK:
        return False
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.5))
    change = np.hypot(*_slopes(grey))
    return bool(np.percentile(fine, 99) < HAZY or (grey > 235).mean() > PAPER or (change < 0.9).mean() > PLAIN)


def _slopes(light: Floats) -> tuple[Floats, Floats]:
    """How fast the light changes across and down, in its own steps a pixel."""
    across, down = (cv2.Sobel(light, cv2.CV_32F, dx, 1 - dx, ksize=3) for dx in (1, 0))
    return np.abs(across / 8).astype(np.float32), np.abs(down / 8).astype(np.float32)


def _covered(lab: Floats, light: Floats, down: Floats) -> bool:
    """A mask: no edge between lips, or a chin of another colour without red lips. Sunglasses: dark over both eyes."""
    if np.percentile(down[_MOUTH], 90) < LOST_MOUTH:
        return True
    nose, chin = np.median(lab[_NOSE], 0), np.median(lab[_CHIN], 0)
    red = np.percentile(lab[_MOUTH][:, 1], 95) - np.percentile(lab[_CHIN][:, 1], 20)
    colour = np.median(np.hypot(lab[_FACE][:, 1], lab[_FACE][:, 2]))
    if red < NO_LIPS and colour > COLOURED and np.hypot(*(chin - nose)[1:]) > OTHER_COLOUR:
        return True
    eyes = light[_LENSES]
    dark = np.median(eyes) / (nose[0] + 3) < DARK_EYES
    return bool(dark and (eyes < 0.55 * nose[0]).mean() > DARK_SHARE)


def _drawn(light: Floats, change: Floats, fine: Floats) -> bool:
    """Lines, paper, or flat colour with hard edges."""
    detail, common = float(fine[_LOWER].mean()), float(np.median(fine[_LOWER]))
    if detail > LINES or (light[_FACE] > 93).mean() > WHITE or (change[_LOWER] < 0.35).mean() > FLAT:
        return True
    edge = float(np.percentile(change[_LOWER], 97))
    grain = (detail + 0.05) / (common + 0.05)
    step = edge / (float(np.median(change[_LOWER])) + 0.2)
    return grain > STARK or (step > STEP and edge > EDGE and grain > GRAIN)


def _turn(points: NDArray[np.float64]) -> float:
    """0 for a face looking into the camera, towards 1 for a profile: how unequal the nose's tip divides the cheeks."""
    one, other = np.linalg.norm(points[30] - points[2]), np.linalg.norm(points[14] - points[30])
    return float(abs(one - other) / (one + other + 1e-6))


def _known(crop: Picture, embedding: Floats, measure: Callable[[Picture], Floats]) -> bool:
    """Whether the network sees a face it knows. The second measuring is spared where the first leaves no doubt."""
    length = float(np.linalg.norm(embedding))
    if length < KNOWN or length >= WELL_KNOWN:
        return length >= WELL_KNOWN
    mirrored = measure(np.ascontiguousarray(crop[:, ::-1]))
    return float(embedding @ mirrored) >= ALIKE * length * float(np.linalg.norm(mirrored))
