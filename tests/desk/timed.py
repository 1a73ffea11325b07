"""Cases of sound and film, with what the workshop draws of them and what detectors would say of them."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from tests.builders import file_report
from tests.detectors import recorded
from webapp.core.db import transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.evidence.service import add_preview, store
from webapp.domain.matching import service as matching
from webapp.domain.matching.detector import Comparison

Finding = dict[str, Any]
TUNE = (60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 60, 0, 67, 67, 69, 71)
TILES, TILE = 20, (96, 54)

# 0:01–0:05 of the reported sound is 0:03–0:07 of the work, and two later seconds come again.
SUNG: list[Finding] = [
    {"kind": "length", "of": "query", "seconds": 8.0},
    {"kind": "length", "of": "reference", "seconds": 16.0},
    {"kind": "times", "spans": [[1.0, 5.0, 3.0, 7.0], [6.0, 8.0, 12.0, 14.0]]},
    {"kind": "shift", "semitones": -2.0, "tempo": 1.04},
]
SPOKEN: list[Finding] = [
    {"kind": "speech", "of": "query", "seconds": 5.5, "segments": [[0.5, 4.0], [5.0, 7.0]]},
    {"kind": "speech", "of": "reference", "seconds": 14.2, "segments": [[1.0, 15.2]]},
    {"kind": "hearing", "of": "query", "warnings": ["music", "narrow"]},
    {"kind": "voices", "best": [[0.5, 3.5, 6.0, 9.0, 0.71], [4.0, 7.0, 10.5, 13.5, 0.66]],
     "curve": [[0, 0.5], [1.5, 0.71], [3, 0.62], [5, 0.66], [7, 0.4]]},
]  # fmt: skip


# What is made here is the same each time, so a file of tests makes each of them once.
@functools.cache
def _sung() -> Any:
    return recorded.melody(TUNE * 3)


@functools.cache
def wav(seconds: float) -> bytes:
    """A WAV file that holds a tune from its beginning."""
    return recorded.sound(_sung()[: int(seconds * recorded.RATE)], "audio/wav")


def square(number: int, seconds: float, hue: tuple[int, int, int] = (40, 60, 200)) -> Any:
    """One frame of a film: a bright square that walks over a colour, with its number to read."""
    picture = Image.new("RGB", (320, 180), hue)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((number * 4 % 260, 50, number * 4 % 260 + 60, 130), fill="white")
    draw.text((8, 8), f"{seconds:.1f} s", fill="white")
    return np.asarray(picture)


@functools.cache
def film(seconds: float, since: float = 0.0, rate: int = 10) -> bytes:
    """An MP4 file with sound whose pictures begin at `since` of one and the same film."""
    first = int(since * rate)
    frames = [square(first + n, since + n / rate) for n in range(int(seconds * rate))]
    return recorded.film(frames, rate, _sung()[: int(seconds * recorded.RATE)])


def case_of_recordings(
    files: Sequence[tuple[bytes, str, float]],
    answers: dict[str, Comparison],
    *,
    unlooked: dict[str, tuple[str, str]] | None = None,
    moments: tuple[Sequence[float], Sequence[float]] = ((), ()),
    **report: object,
) -> Case:
    """A case of one pair: the reported file and the reference as (bytes, type, seconds). `moments`: frames that were
    drawn out on each side. `answers` and `unlooked` (state, reason) by detector."""
    receipt = file_report([files[0][0]], [files[1][0]], **({"kind": "COPY_MUSIC"} | report))
    ids = {i.evidence.role: i.evidence for i in receipt.report.items}
    with transaction():
        for role, (data, media_type, seconds), times in zip(("alleged", "reference"), files, moments, strict=True):
            item = ids[role]
            item.media_type, item.name = media_type, f"{role}.{media_type.split('/')[1]}"
            item.width = item.height = None
            _previews(item.id, data, media_type, seconds, times)
        for item in (ids["alleged"], ids["reference"]):
            for name in answers:
                matching.record_scan(item.id, name, "1", state="done", data=b"signal")
            for name, (state, why) in (unlooked or {}).items():
                matching.record_scan(item.id, name, "1", state=state, reason=why)
        for name, comparison in answers.items():
            matching.record_match(ids["alleged"].id, ids["reference"].id, name, "1", comparison)
        case = cases.case_of(receipt.report.id)
        case_verbs.weigh(case)
        case_id = case.id
    return cases.get(case_id)


def _previews(item: str, data: bytes, media_type: str, seconds: float, times: Sequence[float]) -> None:
    """What the workshop makes: a wave or a poster, what plays, and for a film a strip, its wave and single frames."""
    if media_type.startswith("image/"):
        picture = _webp(Image.open(io.BytesIO(data)).convert("RGB"))
        for kind in ("large", "thumb"):
            _keep(item, kind, picture)
        return
    add_preview(item, "play", store().put(data), media_type, 0, 0, seconds)
    whole = _wave(seconds) if media_type.startswith("audio/") else _frame(2.0)
    for kind in ("large", "thumb"):
        _keep(item, kind, whole, seconds)
    if media_type.startswith("video/"):
        _keep(item, "strip", _strip(seconds), seconds)
        _keep(item, "wave", _wave(seconds), seconds)
        for at in times:
            _keep(item, f"at-{round(at * 1000)}", _frame(at))


Drawn = tuple[bytes, int, int]  # WebP, width and height in pixels


@functools.cache
def _frame(at: float) -> Drawn:
    return _webp(Image.fromarray(square(int(at * 10), at)))


@functools.cache
def _strip(seconds: float) -> Drawn:
    strip = Image.new("RGB", (TILES * TILE[0], TILE[1]))
    for n in range(TILES):
        at = (n + 0.5) * seconds / TILES
        strip.paste(Image.fromarray(square(int(at * 10), at)).resize(TILE), (n * TILE[0], 0))
    return _webp(strip)


@functools.cache
def _wave(seconds: float) -> Drawn:
    picture = Image.new("RGB", (1024, 160), "white")
    draw = ImageDraw.Draw(picture)
    for x in range(1024):
        loud = 70 * abs(np.sin(x / 1024 * seconds * 2.5)) + 6
        draw.line((x, 80 - loud, x, 80 + loud), fill="#0e5a63")
    return _webp(picture)


def _webp(picture: Image.Image) -> Drawn:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80)
    return out.getvalue(), picture.width, picture.height


def _keep(item: str, kind: str, drawn: Drawn, seconds: float | None = None) -> None:
    data, width, height = drawn
    add_preview(item, kind, store().put(data), "image/webp", width, height, seconds)


def picture_of(seconds: float) -> bytes:
    """A frame of the film as a picture."""
    out = io.BytesIO()
    Image.fromarray(square(int(seconds * 10), seconds)).save(out, "PNG")
    return out.getvalue()
