"""Recordings as phones, chats and stream recorders give them: known by their bytes, walked within bounds.

None is longer than allowed, and each opens with the demuxer the house names for it.
"""

from __future__ import annotations

import io
import random
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from webapp.domain.evidence.rules import SENTENCES, Inspection, Limits, Refusal, inspect
from workers.detectors.recordings import opened

SECONDS = 2
# (what it is called, container, picture codec, sound codec, media type, says how long it is)
MADE = [
    ("clip.avi", "avi", "mpeg4", "mp2", "video/x-msvideo", True),
    ("clip.3gp", "3gp", "h263", "aac", "video/3gpp", True),
    ("stream.flv", "flv", "h264", "aac", "video/x-flv", True),
    ("stream.ts", "mpegts", "h264", "aac", "video/mp2t", False),
    ("clip.wmv", "asf", "msmpeg4", "wmav2", "video/x-ms-wmv", True),
    ("memo.wma", "asf", "", "wmav2", "audio/x-ms-wma", True),
    ("memo.aac", "adts", "", "aac", "audio/aac", True),
    ("memo.amr", "amr", "", "libopencore_amrnb", "audio/amr", True),
    ("memo.m4a", "ipod", "", "aac", "audio/mp4", True),
    ("memo.wav", "wav", "", "pcm_s16le", "audio/wav", True),
]


def made(container: str, pictures: str, sound: str) -> bytes:
    """Two seconds of a tone, and of a film of 176 × 144 pixels if there is a codec for it."""
    out, rate = io.BytesIO(), 8000 if "amr" in sound else 44_100
    with av.open(out, "w", format=container) as file:
        film: Any = file.add_stream(pictures, rate=25) if pictures else None
        hearing: Any = file.add_stream(sound, rate=rate, layout="mono")
        hearing.bit_rate = 12_200 if "amr" in sound else 64_000
        if film:
            film.width, film.height, film.pix_fmt = 176, 144, "yuv420p"
            for number in range(25 * SECONDS):
                picture = np.full((144, 176, 3), number * 4 % 256, np.uint8)
                file.mux(film.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
            file.mux(film.encode())
        tone = (8000 * np.sin(np.arange(rate * SECONDS) * 0.2)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(tone.reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(
            hearing.codec_context.format, "mono", rate, hearing.codec_context.frame_size or None
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(hearing.encode(part))
        file.mux(hearing.encode())
    return out.getvalue()


@pytest.fixture(scope="module")
def recordings() -> dict[str, bytes]:
    """One of each, encoded once."""
    return {name: made(*how) for name, *how, _type, _says in MADE}


def verdict(data: bytes, name: str = "", limits: Limits | None = None) -> Inspection | Refusal:
    return inspect(io.BytesIO(data), name, limits)


@pytest.mark.parametrize(("name", "media_type", "says"), [(row[0], row[4], row[5]) for row in MADE])
def test_what_phones_and_chats_record_is_known_and_opens(
    recordings: dict[str, bytes], tmp_path: Path, name: str, media_type: str, says: bool
) -> None:
    found = verdict(recordings[name], name)
    assert isinstance(found, Inspection), found
    assert (found.media_type, found.notes) == (media_type, ())
    assert found.medium == media_type.split("/")[0]
    assert found.seconds == pytest.approx(SECONDS, abs=0.3) if says else found.seconds == 0
    path = tmp_path / "kept"
    path.write_bytes(recordings[name])
    with opened(path, media_type) as container:
        assert container.streams


@pytest.mark.parametrize("name", [row[0] for row in MADE if row[5]])
def test_one_that_is_too_long_is_refused_with_its_minutes(recordings: dict[str, bytes], name: str) -> None:
    found = verdict(recordings[name], name, Limits(max_seconds=1))
    assert isinstance(found, Refusal)
    assert found.code == "too_long"
    assert "1 minutes long" in SENTENCES["too_long"] % found.params


@pytest.mark.parametrize("name", [row[0] for row in MADE])
def test_neither_halves_nor_broken_ones_stop_the_walk(recordings: dict[str, bytes], name: str) -> None:
    """Cut anywhere, or with bytes turned: an answer at once, and never an error."""
    data, rng = recordings[name], random.Random(name)
    began = time.perf_counter()
    for share in (0.001, 0.01, 0.3, 0.9):
        assert isinstance(verdict(data[: max(12, int(len(data) * share))]), Inspection | Refusal)
    for _turn in range(40):
        broken = bytearray(data)
        for _byte in range(rng.randint(1, 30)):
            broken[rng.randrange(len(broken) if rng.random() < 0.3 else 400)] = rng.randrange(256)
        assert isinstance(verdict(bytes(broken)), Inspection | Refusal)
    assert time.perf_counter() - began < 5


HOSTILE = [
    # Heads that promise what no file holds: the walk ends all the same.
    pytest.param(b"FLV\x01\x05\xff\xff\xff\xff" + bytes(5000), id="an FLV that begins behind its end"),
    pytest.param(b"#!AMR\n" + b"\x64" * 5000, id="speech with frames of no kind"),
    pytest.param(b"RIFF\xff\xff\xff\xffAVI LIST\0\0\0\0movi" * 300, id="lists without an end"),
    pytest.param(b"RIFF" + (90_000 * 8).to_bytes(4, "little") + b"AVI " + b"JUNK\0\0\0\0" * 90_000, id="empty chunks"),
    pytest.param(bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + b"\xff" * 5000, id="a header without an end"),
    pytest.param(b"\x47" + bytes(187), id="one packet of a stream"),
    pytest.param(b"\xff\xf1\x50\x80\x00\xbf\xfc" * 900, id="frames shorter than their head"),
]


@pytest.mark.parametrize("data", HOSTILE)
def test_a_head_that_lies_is_refused(data: bytes) -> None:
    assert isinstance(verdict(data), Refusal)


def test_a_script_stays_a_script_whatever_speech_begins_like() -> None:
    for shell in (b"#!/bin/sh\nrm -rf /\n", b"#!AMRX/bin/sh\n", b"#!/usr/bin/env AMR\n"):
        found = verdict(shell * 30, "memo.amr")
        assert isinstance(found, Refusal)
        assert found.code == "executable"


def test_a_voice_message_nobody_can_decode_is_named(recordings: dict[str, bytes]) -> None:
    for head in (b"\x02#!SILK_V3", b"#!SILK_V3"):
        found = verdict(head + recordings["memo.amr"], "voice.amr")
        assert isinstance(found, Refusal)
        assert found.code == "silk"


def test_each_medium_has_a_limit_of_its_own(recordings: dict[str, bytes]) -> None:
    """Sound and film are larger than pictures; what cannot be recognised gets the smaller limit."""
    sound = recordings["memo.wav"]
    narrow = Limits(max_bytes=1000, max_recording_bytes=len(sound))
    assert isinstance(verdict(sound, limits=narrow), Inspection)
    over = verdict(sound + bytes(1), limits=narrow)
    assert isinstance(over, Refusal)
    assert over.code == "too_large"
    for small in (b"%PDF-1.4" + bytes(2000) + b"%%EOF", random.Random(3).randbytes(3000)):
        found = verdict(small, limits=narrow)
        assert isinstance(found, Refusal)
        assert found.code == "too_large"
