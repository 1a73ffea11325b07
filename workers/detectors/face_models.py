"""Finds faces, brings each upright to 112 × 112 pixels, and measures it: three small networks on one thread.

What the networks expect was read from the code they come with and confirmed by measuring (matching.md §6): the
detector takes 320 × 240 RGB, the landmarks a grey 64 × 64 cut of the box, the measuring an aligned RGB crop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import onnxruntime

from workers.detectors import models

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]  # rows × columns × 3, RGB
    Floats = NDArray[np.float32]

CROP = 112  # side of an aligned face in pixels
MEASURES = 512  # numbers of an embedding
WIDE, HIGH = 320, 240  # what the detector sees
SURE = 0.65  # the score its own code asks for
# Where nothing is sure, the likeliest box down to this is a face that cannot be assessed: it finds a tenth more of
# masked, sketched and cartoon faces, in 4 of 100 photographs without a face a stain.
FAINT = 0.4
# In a tile there is no context and more of them are looked at, so more is asked.
SURE_IN_TILE = 0.8
SAME = 0.4  # overlap from which two boxes are one face; its own code's figure
INSIDE = 0.7  # share of the smaller box inside the larger: half a face cut by a tile's rim
# A face under about 6 % of the width is lost at 320 pixels (matching.md §6), so larger pictures are looked at in
# tiles too, each overlapping its neighbours by a quarter. Not where one face fills the picture: a portrait.
PORTRAIT = 0.35
TWO, THREE = 534, 1067  # longest side in pixels from which 2 × 2 and 3 × 3 tiles can show faces of 32 pixels
STILL_SMALL = 72  # pixels; only where 2 × 2 tiles show nothing, or faces so small, the dear 3 × 3 are worth it
OVERLAP = 0.25
SMALLEST = 12  # pixels; what is smaller is not even worth mentioning
MOST = 32  # faces of one picture that are measured, the largest first
# Where eyes, nose and mouth corners lie in an aligned crop, from the code the networks come with.
_PLACES = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])


@dataclass(frozen=True)
class Found:
    """One face. `box` in pixels (left, top, right, bottom); `points`: 68 landmarks in pixels."""

    box: tuple[float, float, float, float]
    score: float
    points: NDArray[np.float64]

    @property
    def high(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def faint(self) -> bool:
        return self.score < SURE


@dataclass(frozen=True)
class Aligned:
    """An upright crop, and the affine 2 × 3 matrix from pixels of the picture to pixels of the crop."""

    crop: Picture
    matrix: NDArray[np.float64]


class Networks:
    """The three networks, each with one thread of its own process; a fork may go on using them."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)  # the sandbox allows no second thread
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        self._detect, self._landmark, self._feature = (
            onnxruntime.InferenceSession(str(models.path(name)), options, providers=["CPUExecutionProvider"])
            for name in ("face_detect", "face_landmark", "face_feature")
        )

    def find(self, picture: Picture) -> list[Found]:
        """All faces, the largest first."""
        high, wide = picture.shape[:2]
        boxes, scores = self._boxes(picture, FAINT)
        sure = scores >= SURE
        faint, boxes, scores = (boxes[:1], scores[:1]), boxes[sure], scores[sure]
        if len(boxes) == 0 or (boxes[:, 3] - boxes[:, 1]).max() < PORTRAIT * min(high, wide):
            for tiles, from_side in ((2, TWO), (3, THREE)):
                heights = boxes[:, 3] - boxes[:, 1]
                if max(high, wide) < from_side or (tiles == 3 and len(boxes) and heights.min() > STILL_SMALL):
                    break
                for left, top, tile in _tiles(picture, tiles):
                    more, marks = self._boxes(tile, SURE_IN_TILE)
                    boxes = np.concatenate([boxes, more + np.array([left, top, left, top])])
                    scores = np.concatenate([scores, marks])
                boxes, scores = _once(boxes, scores)
        if len(boxes) == 0:
            boxes, scores = faint
        heights = boxes[:, 3] - boxes[:, 1]
        order = [n for n in np.argsort(-heights) if heights[n] >= SMALLEST]
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if order else picture
        return [
            Found(tuple(float(v) for v in boxes[n]), float(scores[n]), self._points(grey, boxes[n]))  # type: ignore[arg-type]  # four of them
            for n in order[:MOST]
        ]

    def _boxes(self, picture: Picture, sure: float) -> tuple[Floats, Floats]:
        """Boxes in pixels of `picture` and their scores, best first. The shape is kept: stretching costs accuracy."""
        high, wide = picture.shape[:2]
        scale = min(WIDE / wide, HIGH / high)
        if scale < 0.5:  # halving is many times cheaper than any other averaging
            picture = _resized(picture, (wide // 2, high // 2), cv2.INTER_AREA)
        size = (max(1, round(wide * scale)), max(1, round(high * scale)))
        canvas = np.full((HIGH, WIDE, 3), 127, np.uint8)
        canvas[: size[1], : size[0]] = _resized(picture, size, cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        scores, boxes = self._detect.run(None, {"input": _tensor(canvas)})
        chances: Floats = scores[0, :, 1]
        kept = chances >= sure
        corners: Floats = boxes[0][kept] * np.array([WIDE, HIGH, WIDE, HIGH], np.float32) / np.float32(scale)
        return _once(corners, chances[kept])

    def _points(self, grey: Any, box: Floats) -> NDArray[np.float64]:
        """68 landmarks in pixels of the picture; a box over the rim is filled up with the rim's pixels."""
        left, top, right, bottom = (round(float(v)) for v in box)
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        high, wide = grey.shape
        cut = grey[max(0, top) : max(1, bottom), max(0, left) : max(1, right)]
        over = (max(0, -top), max(0, bottom - high), max(0, -left), max(0, right - wide))
        if any(over):
            cut = cv2.copyMakeBorder(cut, *over, cv2.BORDER_REPLICATE)
        small = cv2.resize(cut, (64, 64), interpolation=cv2.INTER_AREA if cut.shape[0] > 64 else cv2.INTER_LINEAR)
        found = self._landmark.run(None, {"input": (small.astype(np.float32) / 256)[None, None]})[0]
        shares: NDArray[np.float64] = found.reshape(68, 2).astype(np.float64)
        return shares * [right - left, bottom - top] + [left, top]

    def measure(self, crop: Picture) -> Floats:
        """The embedding of an aligned crop, not normalised: its length says how well the network knows the face."""
        numbers: Floats = self._feature.run(None, {"input": _tensor(crop)})[0][0]
        return numbers


def align(picture: Picture, points: NDArray[np.float64]) -> Aligned:
    """Turn, shift and scale (nothing else) so that eyes, nose and mouth lie where the network expects them."""
    left_eye, right_eye = points[[37, 38, 40, 41]].mean(0), points[[43, 44, 46, 47]].mean(0)
    five = np.array([left_eye, right_eye, points[30], points[[48, 60]].mean(0), points[[54, 64]].mean(0)])
    matrix = _similarity(five)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    high, wide = picture.shape[:2]
    # Far larger faces are first brought near their size with averaging, or the crop would be grainy.
    corners = _through(_inverse(matrix), np.array([[0, 0], [CROP, 0], [0, CROP], [CROP, CROP]], np.float64))
    left, top = np.clip(np.floor(corners.min(0)) - 2, 0, [wide - 1, high - 1]).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(0)) + 2, [left + 1, top + 1], [wide, high]).astype(int)
    part = picture[top:bottom, left:right]
    shift = matrix.copy()
    shift[:, 2] += matrix[:, :2] @ [left, top]
    if scale < 0.5:
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        shift[:, 0] *= part.shape[1] / size[0]
        shift[:, 1] *= part.shape[0] / size[1]
        part = _resized(part, size, cv2.INTER_AREA)
    crop: Picture = np.asarray(cv2.warpAffine(part, shift, (CROP, CROP)), np.uint8)
    return Aligned(crop, matrix)


def to_picture(matrix: NDArray[np.float64], wide: int, high: int) -> NDArray[np.float64]:
    """Six numbers from pixels of the crop to fractions of the picture: x = a·X + b·Y + c, y = d·X + e·Y + f."""
    back = _inverse(matrix)
    back[0] /= wide
    back[1] /= high
    return back.reshape(6)


def _similarity(five: NDArray[np.float64]) -> NDArray[np.float64]:
    """Umeyama's least squares: the rotation, scale and shift that bring `five` nearest to their places."""
    here, there = five.mean(0), _PLACES.mean(0)
    own, wanted = five - here, _PLACES - there
    spread = max(float((own**2).sum()), 1e-6)
    a = float((own * wanted).sum()) / spread
    b = float((own[:, 0] * wanted[:, 1] - own[:, 1] * wanted[:, 0]).sum()) / spread
    turn = np.array([[a, -b], [b, a]])
    if a * a + b * b < 1e-8:  # all points in one place: nothing to align by
        turn = np.eye(2) * 1e-4
    return np.column_stack([turn, there - turn @ here])


def _inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    turn = np.linalg.inv(matrix[:, :2])
    return np.column_stack([turn, -turn @ matrix[:, 2]])


def _through(matrix: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    moved: NDArray[np.float64] = points @ matrix[:, :2].T + matrix[:, 2]
    return moved


def _resized(picture: Picture, size: tuple[int, int], how: int) -> Picture:
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


def _tensor(picture: Picture) -> Floats:
    return np.ascontiguousarray(((picture.astype(np.float32) - 127) / 128).transpose(2, 0, 1)[None])


def _tiles(picture: Picture, count: int) -> Iterator[tuple[int, int, Picture]]:
    """`count` × `count` overlapping parts, each with its left and top."""
    high, wide = picture.shape[:2]
    step = 1 - OVERLAP
    w, h = wide / (1 + (count - 1) * step), high / (1 + (count - 1) * step)
    for row in range(count):
        for column in range(count):
            left, top = int(column * w * step), int(row * h * step)
            yield left, top, picture[top : top + int(h) + 1, left : left + int(w) + 1]


def _once(boxes: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Each face once, the surest box of it. A box mostly inside a surer or larger one is part of the same face."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    # Pieces of a face at a tile's rim can be as sure as the whole: of sure boxes the larger wins.
    order = list(np.lexsort((-areas, -np.round(scores, 1))))
    kept: list[int] = []
    for n in order:
        for other in kept:
            wide = min(boxes[n, 2], boxes[other, 2]) - max(boxes[n, 0], boxes[other, 0])
            high = min(boxes[n, 3], boxes[other, 3]) - max(boxes[n, 1], boxes[other, 1])
            shared = max(0.0, float(wide)) * max(0.0, float(high))
            if shared > SAME * (areas[n] + areas[other] - shared) or shared > INSIDE * min(areas[n], areas[other]):
                break
        else:
            kept.append(int(n))
    return boxes[kept], scores[kept]
