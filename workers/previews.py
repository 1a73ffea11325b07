"""Re-encodes a picture into a preview and a thumbnail; the original is never shown to anyone.

What comes out is new pixels in a new file: orientation applied, first frame only, on white, with no
metadata and nothing behind the end.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from workers.detectors.picture import opened
from workers.sandbox import run_limited

LARGE_SIDE = 1024  # enough to judge by, a tenth of a phone picture's bytes
THUMB_SIDE = 256
QUALITY = 82  # WebP; below 80 skin begins to smear, and smears look like forgery

_HEAD = struct.Struct(">I")


@dataclass(frozen=True)
class Rendition:
    """One re-encoded picture, or what a player plays; `kind` as `evidence.models.Preview` names it.

    `seconds`: how much of a recording it spans, None for a picture of no length.
    """

    kind: str
    media_type: str
    width: int
    height: int
    data: bytes
    seconds: float | None = None


def make(path: Path, media_type: str, beat: Callable[[], None] | None = None) -> list[Rendition]:
    """ "large" (longest side 1024) and "thumb" (256) of a picture file. `beat` as the sandbox calls it.

    Decodes in the sandbox. Raises CannotLook with the reason; nothing is shown then.
    """
    return unpacked(run_limited(_render, path, media_type, beat=beat))


def large_and_thumb(image: Image.Image, seconds: float | None = None) -> list[Rendition]:
    """A picture that is decoded already (RGB or L), as `make` gives it."""
    large = shrunk(image, LARGE_SIDE)
    return [webp("large", large, seconds), webp("thumb", shrunk(large, THUMB_SIDE), seconds)]


def webp(kind: str, image: Image.Image, seconds: float | None = None) -> Rendition:
    """A picture as WebP without anything but its pixels."""
    out = io.BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=2, exif=b"", icc_profile=b"", xmp=b"")
    return Rendition(kind, "image/webp", image.width, image.height, out.getvalue(), seconds)


def shrunk(image: Image.Image, side: int) -> Image.Image:
    """The picture with its longest side at most `side`; a smaller one is not blown up."""
    share = side / max(image.size)
    if share >= 1:
        return image
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def packed(renditions: Sequence[Rendition]) -> bytes:
    """Renditions as one answer of a sandboxed child: their bytes behind a JSON table of what follows."""
    table = [
        {"kind": r.kind, "type": r.media_type, "size": [r.width, r.height], "bytes": len(r.data), "seconds": r.seconds}
        for r in renditions
    ]
    head = json.dumps(table).encode()
    return b"".join([_HEAD.pack(len(head)), head, *(r.data for r in renditions)])


def unpacked(answer: bytes) -> list[Rendition]:
    """What `packed` packed."""
    (length,) = _HEAD.unpack_from(answer)
    position = _HEAD.size + length
    renditions = []
    for entry in json.loads(answer[_HEAD.size : position]):
        data = answer[position : position + int(entry["bytes"])]
        width, height = (int(side) for side in entry["size"])
        seconds = None if entry["seconds"] is None else float(entry["seconds"])
        renditions.append(Rendition(str(entry["kind"]), str(entry["type"]), width, height, data, seconds))
        position += len(data)
    return renditions


def _render(path: Path, media_type: str) -> bytes:
    """In the child."""
    with opened(path, media_type, at_least=LARGE_SIDE) as image:
        return packed(large_and_thumb(image))
