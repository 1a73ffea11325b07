"""Pictures of a film: one that stands for it, a strip of twenty from beginning to end, and its frames at given moments.

What comes out is new pixels in new files, as of a picture. Needs the group `media`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from webapp.domain.matching.detector import CannotLook
from workers import media, previews
from workers.previews import Rendition
from workers.sandbox import run_limited

if TYPE_CHECKING:
    from workers.detectors.film import Frame

TILES, TILE = 20, (96, 54)
MOST_SECONDS = 4 * 3600.0  # as far as detectors look (detectors/film.py)
# A frame stands for the film if it shows something: neither black nor white nor flat. Standard deviation of its grey
# levels, 0 to 127; a title on black has about 15, a face by candlelight 25.
SHOWS = 20.0
FIRST = 2  # the poster is looked for from this tile on: what comes before is often a title or a black screen
WALK = 60.0  # a film up to so many seconds is walked through once; in a longer one each frame is found by seeking
# Twenty seeks decode up to twenty stretches between two key frames: at 1080p, ten seconds each, about a minute.
CPU, WALL, MEMORY = 240, 600.0, 1536 * 1024 * 1024


def make(path: Path, media_type: str, beat: Callable[[], None] | None = None) -> list[Rendition]:
    """ "large", "thumb" (a frame that shows something) and "strip" (20 tiles of 96 × 54 in one row, tile i the frame at
    (i + ½) · seconds / 20, on black) of a film, each with the seconds of the film.

    Decodes in the sandbox; `beat` as it calls it. Raises CannotLook with the reason.
    """
    limits: dict[str, Any] = {"cpu": CPU, "wall": WALL, "memory": MEMORY}
    return previews.unpacked(run_limited(_looked_through, path, media_type, beat=beat, **limits))


def at_moments(
    path: Path, media_type: str, moments: Sequence[float], beat: Callable[[], None] | None = None
) -> list[Rendition]:
    """ "at-<milliseconds>" for each of these moments (seconds), longest side 1024; a moment behind the end of the film
    has none. Raises CannotLook with the reason."""
    limits: dict[str, Any] = {"cpu": CPU, "wall": WALL, "memory": MEMORY}
    return previews.unpacked(run_limited(_at, path, media_type, sorted(set(moments)), beat=beat, **limits))


def kind_at(moment: float) -> str:
    """What a frame's preview is called: "at-12345" for 12.345 seconds."""
    return f"at-{round(moment * 1000)}"


def _looked_through(path: Path, media_type: str) -> bytes:
    """In the child."""
    seconds = media.lasts(path, media_type, "video", MOST_SECONDS)
    tiles: list[Image.Image] = []
    poster: tuple[float, Image.Image] | None = None
    for number, frame in enumerate(_spread(path, media_type, seconds)):
        picture = Image.fromarray(frame.picture)
        tiles.append(_tile(picture))
        if poster is None or (poster[0] < SHOWS and number >= FIRST):
            shown = float(np.asarray(tiles[-1].convert("L"), np.float32).std())
            if poster is None or shown > poster[0]:
                poster = shown, picture
    if poster is None:
        raise CannotLook("no_pictures", "there is no frame to be decoded in it")
    strip = Image.new("RGB", (TILES * TILE[0], TILE[1]))
    for number in range(TILES):
        strip.paste(tiles[min(number, len(tiles) - 1)], (number * TILE[0], 0))
    return previews.packed([*previews.large_and_thumb(poster[1], seconds), previews.webp("strip", strip, seconds)])


def _spread(path: Path, media_type: str, seconds: float) -> list[Frame]:
    """A frame in the middle of each twentieth of the film; fewer if it breaks off."""
    from workers.detectors import film

    moments = [(number + 0.5) * seconds / TILES for number in range(TILES)]
    if seconds > WALK:
        return list(_sought(path, media_type, moments))
    found: list[Frame] = []
    last: Frame | None = None
    for frame in film.frames(path, media_type, seconds / TILES / 4, previews.LARGE_SIDE):
        while last is not None and len(found) < TILES and moments[len(found)] < frame.at:
            found.append(last)
        last = frame
    return found + [last] * (TILES - len(found)) if last is not None else found


def _sought(path: Path, media_type: str, moments: Sequence[float]) -> list[Frame]:
    """The frames at these moments, up to where the film breaks off. Raises CannotLook if that is before the first."""
    from workers.detectors import film

    found: list[Frame] = []
    try:
        for frame in film.frames_at(path, media_type, list(moments), previews.LARGE_SIDE):
            found.append(frame)
    except CannotLook:
        if not found:
            raise
    return found


def _at(path: Path, media_type: str, moments: Sequence[float]) -> bytes:
    """In the child."""
    seconds = media.lasts(path, media_type, "video", MOST_SECONDS)
    made: list[Rendition] = []
    why: CannotLook | None = None
    for moment in moments:
        try:
            frames = _sought(path, media_type, [moment]) if moment <= seconds else []
        except CannotLook as error:  # the film breaks off there: the moments before it are kept
            why = error
            continue
        made += [previews.webp(kind_at(moment), Image.fromarray(frame.picture)) for frame in frames]
    if why is not None and not made:
        raise why
    return previews.packed(made)


def _tile(picture: Image.Image) -> Image.Image:
    tile = Image.new("RGB", TILE)
    share = min(TILE[0] / picture.width, TILE[1] / picture.height)
    size = max(1, round(picture.width * share)), max(1, round(picture.height * share))
    corner = (TILE[0] - size[0]) // 2, (TILE[1] - size[1]) // 2
    tile.paste(picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0), corner)
    return tile
