"""Cases whose pictures were altered in a known way, with what a detector would say of them: for pages that draw it."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageOps

from tests.builders import file_report, picture
from webapp.core.db import transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.evidence.service import add_preview, store
from webapp.domain.matching import service as matching
from webapp.domain.matching.detector import Comparison

Finding = dict[str, Any]


def image(seed: int, size: tuple[int, int] = (960, 640)) -> Image.Image:
    """A drawn picture full of things; the same seed gives the same picture."""
    return Image.open(io.BytesIO(picture(seed, size, "PNG")))


def mirrored_third(reference: Image.Image) -> tuple[Image.Image, list[Finding]]:
    """Mirrored, then cropped to a third of its area; with the findings of a detector that saw it exactly."""
    left, top, wide, high = 0.3, 0.2, 0.6, 0.55
    w, h = reference.size
    box = (round(left * w), round(top * h), round((left + wide) * w), round((top + high) * h))
    copy = ImageOps.mirror(reference.crop(box))
    # x_q = 1 − (x_r − left) / wide ; y_q = (y_r − top) / high
    matrix = [-1 / wide, 0, 1 + left / wide, 0, 1 / high, -top / high]
    inner = [(left + wide * u / 10, top + high * v / 10) for u in range(1, 10, 2) for v in range(1, 10, 2)]
    pairs = [[matrix[0] * x + matrix[2], matrix[4] * y + matrix[5], x, y] for x, y in inner]
    corners = [[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]]
    return copy, [
        {"kind": "transform", "matrix": matrix},
        {"kind": "region", "of": "query", "points": [[0, 0], [1, 0], [1, 1], [0, 1]]},
        {"kind": "region", "of": "reference", "points": corners},
        {"kind": "points", "agree": 212, "cells": 80, "pairs": pairs},
        {
            "kind": "placement",
            "relation": "part_of_reference",
            "inside": "reference",
            "changes": ["mirrored", "cropped"],
            "share": wide * high,
        },
    ]


def collage(reference: Image.Image) -> tuple[Image.Image, list[Finding]]:
    """The reference turned left, small, in a corner of another picture; told as a whole-picture detector tells it."""
    inner = reference.transpose(Image.Transpose.ROTATE_90)
    whole = image(77, (1000, 800))
    size = (280, 420)
    whole.paste(inner.resize(size), (600, 90))
    frame = {"x": 0.6, "y": 90 / 800, "width": 0.28, "height": 420 / 800, "angle": 0.0}
    return whole, [
        {
            "kind": "placement",
            "relation": "reference_inside",
            "inside": "query",
            "orientation": "turned_left",
            "changes": ["turned_left", "placed_inside"],
            "frame": frame,
            "share": 0.147,
        },
        {"kind": "bits", "differing": 21, "of": 256},
        {"kind": "cells", "alike": 61, "of": 64},
    ]


def face_found(reference: Image.Image) -> tuple[Image.Image, list[Finding]]:
    """Two drawn heads; in the copy hers stands tilted between two others. With where a face detector would see it."""
    copy = Image.new("RGB", (900, 600), "#c9d6df")
    for number, (left, turn) in enumerate(((40, 0), (330, 20), (640, -8))):
        head = _head(3 if number == 1 else 40 + number).rotate(turn, expand=True, fillcolor="#c9d6df")
        copy.paste(head, (left, 120))
    reference.paste(_head(3).resize((400, 520)), (100, 20))
    sin, cos = math.sin(math.radians(20)), math.cos(math.radians(20))
    # A head is 200 × 260; turned by 20° counter-clockwise it stands in a larger box with the same middle.
    wide, high = 200 * cos + 260 * sin, 200 * sin + 260 * cos
    middle = (330 + wide / 2, 120 + high / 2)
    step = 200 / 112
    tilted = [step * cos, step * sin, middle[0] - 56 * step * (cos + sin)]
    tilted += [-step * sin, step * cos, middle[1] - 56 * step * (cos - sin)]
    upright = [400 / 112, 0, 100, 0, 400 / 112, 20 + 60]
    size = reference.size
    return copy, [
        _face("query", (335, 130, 240, 290), tilted, copy.size, ["small"], 240),
        _face("reference", (100, 20, 400, 520), upright, size, [], 520),
        {"kind": "faces", "found": 3},
    ]


def _face(
    of: str, box: tuple[int, ...], align: list[float], size: tuple[int, int], warnings: list[str], pixels: int
) -> Finding:
    w, h = size
    rows = [n / w for n in align[:3]] + [n / h for n in align[3:]]
    fractions = [box[0] / w, box[1] / h, box[2] / w, box[3] / h]
    return {"kind": "face", "of": of, "box": fractions, "align": rows, "pixels": pixels, "warnings": warnings}


def _head(seed: int) -> Image.Image:
    one = Image.new("RGB", (200, 260), "#c9d6df")
    draw = ImageDraw.Draw(one)
    skin, hair = [("#f0c8a0", "#3a2418"), ("#d8a070", "#101010"), ("#f6dcc4", "#a05a20")][seed % 3]
    draw.ellipse((10, 0, 190, 200), fill=hair)
    draw.ellipse((25, 30, 175, 255), fill=skin)
    for x in (70, 130):
        draw.ellipse((x - 14, 110, x + 14, 126), fill="white")
        draw.ellipse((x - 6, 111, x + 6, 125), fill="#203040")
    draw.polygon([(100, 130), (88, 170), (112, 170)], fill="#b87850")
    draw.arc((70, 170, 130, 220), 20, 160, fill="#a02030", width=7)
    return one


ORIGINAL = (
    "黄昏时分，荷塘里的水面泛起一层金色的光。老人把船停在柳树下，点了一支烟，看远处的山慢慢暗下去。\n\n"
    "The river keeps its own calendar. In the month of reeds the boats come home late, and nobody asks why.\n\n"
    "他说，一个人一生里总有一个黄昏，是要独自走完的。"
)


def copied_text() -> tuple[bytes, bytes, list[Finding]]:
    """A text that took two passages of another, in another order, with a word changed; and where they stand."""
    first, second = ORIGINAL[ORIGINAL.index("The river") : ORIGINAL.index(", and nobody")], ORIGINAL[:46]
    copy = f"转载请注明出处 <b>not bold</b>\n\n{first}, they say.\n\n我今天写了一段：{second}……完。"
    spans = {
        "query": [
            [copy.index(first), copy.index(first) + len(first), 7],
            [copy.index(second), copy.index(second) + 46, 3],
        ],
        "reference": [[ORIGINAL.index(first), ORIGINAL.index(first) + len(first), 7], [0, 46, 3]],
    }
    return copy.encode(), ORIGINAL.encode("gb18030"), [{"kind": "spans", **spans, "share": 0.66}]


def said(
    band: str = "strong", reason: str = "same_picture", findings: Sequence[Finding] = (), distance: float = 20.0
) -> Comparison:
    """A detector's answer."""
    verdict: Any = {"strong": "supports", "possible": "supports", "weak": "cannot_tell"}.get(band, "does_not_support")
    return Comparison(distance, verdict, band, 56.0, reason, list(findings))  # type: ignore[arg-type]  # a known band


def case_of_files(
    reported: Image.Image | bytes,
    reference: Image.Image | bytes,
    answers: dict[str, Comparison],
    *,
    unlooked: dict[str, tuple[str, str]] | None = None,
    **report: object,
) -> Case:
    """A case of one pair. `answers` and `unlooked` (state, reason) by detector."""
    files = [one if isinstance(one, bytes) else _png(one) for one in (reported, reference)]
    receipt = file_report(files[:1], files[1:], **report)
    ids = {i.evidence.role: i.evidence.id for i in receipt.report.items}
    media = {"alleged": reported, "reference": reference}
    with transaction():
        for item in receipt.report.items:
            one = media.get(item.evidence.role)
            if isinstance(one, bytes):
                item.evidence.media_type, item.evidence.name = "text/plain", f"{item.evidence.role}.txt"
                item.evidence.width = item.evidence.height = None
            elif one is not None:
                item.evidence.width, item.evidence.height = one.size
                show(item.evidence.id, one)
        for role in ("alleged", "reference"):
            for name in answers:
                matching.record_scan(ids[role], name, "1", state="done", data=b"signal")
            for name, (state, why) in (unlooked or {}).items():
                matching.record_scan(ids[role], name, "1", state=state, reason=why)
        for name, comparison in answers.items():
            matching.record_match(ids["alleged"], ids["reference"], name, "1", comparison)
        case = cases.case_of(receipt.report.id)
        case_verbs.weigh(case)
        case_id = case.id
    return cases.get(case_id)


def show(evidence_id: str, one: Image.Image) -> None:
    """The previews a worker would make."""
    for kind, side in (("large", 1024), ("thumb", 256)):
        shown = one.copy()
        shown.thumbnail((side, side))
        out = io.BytesIO()
        shown.save(out, "WEBP", quality=90)
        add_preview(evidence_id, kind, store().put(out.getvalue()), "image/webp", shown.width, shown.height)


def _png(one: Image.Image) -> bytes:
    out = io.BytesIO()
    one.save(out, "PNG")
    return out.getvalue()
