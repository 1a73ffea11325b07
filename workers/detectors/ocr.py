"""Reads the lines of text in a picture, Chinese and English, with the models inside the rapidocr wheel.

Nothing is ever downloaded: a model that is not in the installed package makes the reader absent. One
engine a process, one thread, made before the sandbox forks so that no child pays for it again. Big
pictures are read at the size at which a label of 2 % of the shorter side still has 20 pixels; long
screenshots are read in tiles, never squeezed. Call `read_lines` in the sandbox, with the limits below.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from webapp.domain.matching.detector import CannotLook

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

# What the sandbox must allow a child that reads (see `Detector` on `needs_memory`, `needs_cpu`).
NEEDS_MEMORY = 1536 * 1024 * 1024  # bytes above what is mapped; measured: 0.5 GB a tile, 0.7 GB a long screenshot
NEEDS_CPU = 75  # seconds; measured: 0.6 s a photograph, 0.2 s a line: 4 s a page of 20 lines, 27 s of 140
NEEDS_WALL = 100.0
ENOUGH = 30.0  # seconds of processor time after which no further tile is begun

SHORT_SIDE = 1024  # pixels; 2 % of it is 20, where the models still read (matching.md §11: 18 of 21 at 15 to 20)
TILE = 1600  # pixels of the longer side read at once
OVERLAP = 96  # pixels that two tiles share: more than the height of a line
MOST_TILES = 8  # ten screens of a telephone
MOST_LINES = 400
LEAST_SIDE = 24  # pixels; smaller pictures hold no line
LEAST_SCORE = 0.6  # below it the models guess; of 37 photographs without text none gave a line above it
SLIMMEST = 0.5  # shorter side as a share of the longer; a banner is set on a ground, or it would be blown up
LARGEST = 0.5  # of the picture's height, for a word of one or two letters


@dataclass(frozen=True)
class Line:
    """One line as read: its text, how sure the model is (0 to 1), and where it stands.

    `box` is left, top, width, height as fractions of the picture as a person sees it.
    """

    text: str
    score: float
    box: tuple[float, float, float, float]


@lru_cache(maxsize=1)
def engine() -> Any:
    """The one engine of this process, its models loaded. Raises ImportError where the package or a model is missing."""
    import cv2
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    names = ("PP-OCRv6_det_small.onnx", "ch_ppocr_mobile_v2.0_cls_mobile.onnx", "PP-OCRv6_rec_small.onnx")
    missing = [name for name in names if not (models / name).is_file()]
    if missing:
        raise ImportError(f"rapidocr came without {', '.join(missing)}")
    cv2.setNumThreads(1)
    made: Any = rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": TILE + OVERLAP,
            "Global.text_score": LEAST_SCORE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # With the path given, the package never looks for a newer model elsewhere.
            **{
                f"{part}.model_path": str(models / name)
                for part, name in zip(("Det", "Cls", "Rec"), names, strict=True)
            },
        }
    )
    # Made here, in the parent: a session without threads of its own survives the fork.
    made._load_det_model(), made._load_cls_model(), made._load_rec_model()
    return made


def read_lines(path: Path, media_type: str) -> list[Line]:
    """The lines of text in a picture, from top to bottom; empty when there is none.

    Raises CannotLook as `picture.opened` does, or `too_small`; ImportError without the package.
    """
    import numpy as np
    from PIL import Image

    from workers.detectors.picture import opened

    with opened(path, media_type, at_least=SHORT_SIDE) as image:
        picture = image.convert("RGB")
    if min(picture.size) < LEAST_SIDE:
        raise CannotLook("too_small", f"{picture.width} × {picture.height} pixels")
    scale = min(1.0, max(SHORT_SIDE / min(picture.size), TILE * 0.75 / max(picture.size)))
    if scale < 1:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    pixels = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
    lines: list[Line] = []
    began = time.process_time()
    for left, top in _tiles(picture.width, picture.height):
        if time.process_time() - began > ENOUGH:
            break
        tile = np.ascontiguousarray(pixels[top : top + TILE, left : left + TILE])
        for line in _read(tile, left, top, picture.width, picture.height):
            if not any(_same_place(line.box, other.box) for other in lines):
                lines.append(line)
    return sorted(lines, key=lambda line: (line.box[1], line.box[0]))[:MOST_LINES]


def _tiles(width: int, height: int) -> list[tuple[int, int]]:
    """Left and top corners; one for nearly every picture, a row or column of them for a long screenshot."""
    corners = [
        (left, top)
        for top in range(0, max(1, height - OVERLAP), TILE - OVERLAP)
        for left in range(0, max(1, width - OVERLAP), TILE - OVERLAP)
    ]
    return corners[:MOST_TILES]


def _read(tile: Pixels, left: int, top: int, width: int, height: int) -> list[Line]:
    found = engine()(_grounded(tile))
    if found.txts is None or found.boxes is None or found.scores is None:
        return []
    lines = []
    for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True):
        x, y = corners[:, 0] + left, corners[:, 1] + top
        box = (x.min() / width, y.min() / height, (x.max() - x.min()) / width, (y.max() - y.min()) / height)
        rounded = tuple(round(min(1.0, max(0.0, float(value))), 4) for value in box)
        if len(str(text).strip()) <= 2 and rounded[3] > LARGEST:
            continue  # a face or a whole photograph taken for one huge letter
        lines.append(Line(str(text).strip(), round(float(score), 3), (rounded[0], rounded[1], rounded[2], rounded[3])))
    return lines


def _grounded(tile: Pixels) -> Pixels:
    """A banner on a ground of its own colour. The finder scales the shorter side to 736 pixels, whatever that makes
    of the longer: a strip of 1,600 × 30 would become 39,000 pixels wide."""
    import numpy as np

    least = int(max(tile.shape[:2]) * SLIMMEST)
    more = [(0, max(0, least - side)) for side in tile.shape[:2]]
    if not any(after for _, after in more):
        return tile
    ground = np.median(tile.reshape(-1, 3), axis=0)
    padded: Pixels = np.empty((tile.shape[0] + more[0][1], tile.shape[1] + more[1][1], 3), dtype=np.uint8)
    padded[:] = ground
    padded[: tile.shape[0], : tile.shape[1]] = tile
    return padded


def _same_place(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Whether two boxes overlap by more than half of the smaller: a line in the strip two tiles share."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return wide > 0 and high > 0 and wide * high > 0.5 * min(one[2] * one[3], other[2] * other[3])
