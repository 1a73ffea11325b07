"""Small recordings made on the spot, and a case whose reported content is one."""

from __future__ import annotations

import io
import math
import struct
import wave
from pathlib import Path

import cv2
import numpy as np

from tests.builders import file_report
from webapp.core.db import transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.evidence.service import add_preview, store
from webapp.domain.evidence.showing import PLAY


def tone(seconds: float = 4.0, hertz: float = 440.0, rate: int = 8000) -> bytes:
    """A WAV file: one tone that grows and fades."""
    out = io.BytesIO()
    count = int(seconds * rate)
    samples = (
        int(12000 * math.sin(math.pi * n / count) * math.sin(2 * math.pi * hertz * n / rate)) for n in range(count)
    )
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return out.getvalue()


def film(folder: Path, frames: int = 60) -> bytes:
    """A WebM file of six seconds: a bright square that walks over red."""
    path = folder / "film.webm"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), 10, (160, 120))
    for number in range(frames):
        frame = np.full((120, 160, 3), (40, 60, 200), np.uint8)
        cv2.rectangle(frame, (number * 2, 30), (number * 2 + 40, 90), (250, 250, 250), -1)
        writer.write(frame)
    writer.release()
    return path.read_bytes()


def case_of_recording(data: bytes, media_type: str, name: str, *, played: bool = True, **report: object) -> Case:
    """A case of one report with one recording; `played`: a worker has re-encoded it (here into itself)."""
    receipt = file_report([data], [], **report)
    with transaction():
        for item in receipt.report.items:
            if item.evidence.role == "alleged":
                item.evidence.media_type, item.evidence.name = media_type, name
                item.evidence.width = item.evidence.height = None
                if played:
                    add_preview(item.evidence_id, PLAY, store().put(data), media_type, 0, 0)
        case_id = cases.case_of(receipt.report.id).id
    return cases.get(case_id)
