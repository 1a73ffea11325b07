"""The picture of a recording: high where it is loud, and made by a worker like any preview."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import pytest
from apiflask import APIFlask
from PIL import Image
from sqlalchemy import select

from tests.desk.recordings import case_of_recording, tone
from tests.processing import process_all
from webapp.core.db import db
from webapp.domain.cases import queries as cases
from webapp.domain.evidence.models import Preview
from webapp.domain.matching.detector import CannotLook
from workers.waves import make


def reach(data: bytes, share: float) -> int:
    """How many pixels are inked at a place, 0 the beginning and 1 the end."""
    with Image.open(io.BytesIO(data)) as drawn:
        grey = drawn.convert("L")
        x = min(grey.width - 1, round(share * grey.width))
        return sum(1 for y in range(grey.height) if grey.getpixel((x, y)) < 200)


def test_it_is_high_where_it_is_loud(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(tone(2))
    preview, thumb = make(path)
    assert (preview.kind, preview.width, thumb.kind, thumb.width) == ("large", 1024, "thumb", 256)
    assert preview.seconds == thumb.seconds == 2
    for made in (preview, thumb):
        assert reach(made.data, 0.02) < reach(made.data, 0.25) < reach(made.data, 0.5)
        assert reach(made.data, 0.98) < reach(made.data, 0.75)


@pytest.mark.parametrize("width", [1, 3, 4])
def test_every_width_of_sample_is_read(tmp_path: Path, width: int) -> None:
    """Silence, then full: 8 bits count from 128, the others from 0."""
    silence = b"\x80" if width == 1 else bytes(width)
    full = b"\xff" if width == 1 else b"\xff" * (width - 1) + b"\x7f"
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(width)
        file.setframerate(8000)
        file.writeframes(silence * 2 * 4000 + full * 2 * 4000)
    preview, _thumb = make(path)
    assert reach(preview.data, 0.25) == 1
    assert reach(preview.data, 0.75) > 140


@pytest.mark.parametrize("data", [b"", b"RIFF\x10\0\0\0WAVEfmt ", tone(0.1)[:20]])
def test_what_is_no_whole_recording_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    with pytest.raises(CannotLook):
        make(path)


def test_a_recording_that_was_sent_gets_its_picture(app: APIFlask) -> None:
    case = case_of_recording(tone(1), "audio/wav", "voice.wav", played=False)
    sound = next(e.id for e in cases.evidence_of(case.id) if e.role == "alleged")
    process_all("work", "later", "media")
    made = {p.kind: p.width for p in db.session.scalars(select(Preview).where(Preview.evidence_id == sound))}
    assert made == {"large": 1024, "thumb": 256, "play": 0}
