"""Re-encodes a picture into a preview and a thumbnail; the original is never shown to anyone.

What comes out is new pixels in a new file: orientation applied, first frame only, on white, with no
metadata and nothing behind the end.
"""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from workers.detectors.picture import opened
from workers.sandbox import run_limited

PREVIEW_SIDE = 1024  # enough to judge by, a tenth of a phone picture's bytes
THUMB_SIDE = 256
QUALITY = 82  # WebP; below 80 skin begins to smear, and smears look like forgery


@dataclass(frozen=True)
class Rendition:
    """One re-encoded picture."""

    kind: str
    media_type: str
    width: int
    height: int
    data: bytes


def make(path: Path, media_type: str) -> list[Rendition]:
    """The preview ("preview", longest side 1024) and the thumbnail ("thumb", 256) of a picture file.

    Decodes in the sandbox. Raises CannotLook with the reason; nothing is shown then.
    """
    packed = run_limited(_render, path, media_type)
    (length,) = struct.unpack(">I", packed[:4])
    position = 4 + length
    renditions = []
    for entry in json.loads(packed[4:position]):
        size = int(entry["size"])
        renditions.append(
            Rendition(
                str(entry["kind"]),
                "image/webp",
                int(entry["width"]),
                int(entry["height"]),
                packed[position : position + size],
            )
        )
        position += size
    return renditions


def _render(path: Path, media_type: str) -> bytes:
    """In the child: both pictures behind a JSON table of what follows."""
    table, bodies = [], []
    with opened(path, media_type, at_least=PREVIEW_SIDE) as image:
        shown = image
        for kind, side in (("preview", PREVIEW_SIDE), ("thumb", THUMB_SIDE)):
            shown = _shrunk(shown, side)
            out = io.BytesIO()
            shown.save(out, "WEBP", quality=QUALITY, method=2, exif=b"", icc_profile=b"", xmp=b"")
            table.append({"kind": kind, "width": shown.width, "height": shown.height, "size": out.tell()})
            bodies.append(out.getvalue())
    head = json.dumps(table).encode()
    return struct.pack(">I", len(head)) + head + b"".join(bodies)


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    share = side / max(image.size)
    if share >= 1:
        return image
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
