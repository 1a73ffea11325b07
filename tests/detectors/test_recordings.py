"""Opening strangers' sound and film: what is heard and seen, what is refused, and that it works in the sandbox."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.detectors.recorded import RATE, film, melody, sound
from webapp.domain.matching.detector import CannotLook
from workers.detectors import film as films
from workers.detectors import sound as sounds
from workers.sandbox import run_limited

TUNE = melody((60, 64, 67, 72, 71, 67))


def moving(count: int = 30, size: tuple[int, int] = (90, 160)) -> Any:
    for n in range(count):
        picture = np.full((*size, 3), 40, np.uint8)
        picture[20:50, n * 3 : n * 3 + 30] = (250, 200, 60)
        yield picture


def kept(folder: Path, data: bytes) -> Path:
    path = folder / "item"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("media_type", ["audio/mpeg", "audio/mp4", "audio/ogg", "audio/flac", "audio/wav"])
def test_sound_of_every_kind_is_heard_alike(tmp_path: Path, media_type: str) -> None:
    found = sounds.heard(kept(tmp_path, sound(TUNE, media_type)), media_type)
    assert found.seconds == pytest.approx(len(TUNE) / RATE, abs=0.15)
    assert not found.cut
    assert np.abs(found.samples).max() > 0.1


@pytest.mark.parametrize("media_type", ["video/mp4", "video/quicktime", "video/webm"])
def test_film_of_every_kind_is_seen_and_heard(tmp_path: Path, media_type: str) -> None:
    path = kept(tmp_path, film(moving(), samples=TUNE, media_type=media_type))
    about = films.about(path, media_type)
    assert (about.width, about.height, about.sounds) == (160, 90, True)
    seen = list(films.frames(path, media_type, every=0.5, side=80))
    assert [round(frame.at, 1) for frame in seen] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    assert seen[0].picture.shape == (45, 80, 3)
    assert sounds.heard(path, media_type).seconds == pytest.approx(len(TUNE) / RATE, abs=0.15)
    assert [round(f.at, 1) for f in films.frames_at(path, media_type, [0.6, 2.0], 80)] == [0.6, 2.0]


def test_in_the_sandbox_as_outside(tmp_path: Path) -> None:
    path = kept(tmp_path, film(moving(), samples=TUNE))
    frames = run_limited(lambda: len(list(films.frames(path, "video/mp4", 0.5, 80))))
    assert frames == 6
    assert run_limited(lambda: len(sounds.heard(path, "video/mp4").samples)) > RATE


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    cases: list[tuple[bytes, str, str]] = [
        (film(moving()), "video/mp4", "no_sound"),
        (sound(np.zeros(RATE, np.float32), "audio/wav"), "audio/wav", "no_sound"),
        (b"rubbish" * 500, "video/mp4", "not_a_recording"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "video/webm", "not_a_recording"),
        (sound(TUNE, "audio/mpeg"), "audio/wav", "not_a_recording"),
        (b"", "audio/mpeg", "not_a_recording"),
        (b"GIF89a", "image/gif", "unsupported"),
    ]
    for data, media_type, code in cases:
        with pytest.raises(CannotLook) as why:
            sounds.heard(kept(tmp_path, data), media_type)
        assert why.value.code == code, media_type
    with pytest.raises(CannotLook) as why:
        list(films.frames(kept(tmp_path, sound(TUNE, "audio/mp4")), "audio/mp4", 1, 80))
    assert why.value.code == "no_pictures"


def test_a_film_that_breaks_off_is_seen_up_to_there(tmp_path: Path) -> None:
    whole = film(moving(), samples=TUNE, media_type="video/webm")
    path = kept(tmp_path, whole[: len(whole) * 2 // 3])
    assert 1 <= len(list(films.frames(path, "video/webm", every=0.5, side=80))) <= 6


def test_what_a_film_says_of_itself_costs_one_frame(tmp_path: Path) -> None:
    """Four detectors and the player ask for it before they look: none of them may decode the film for the answer."""
    noise = np.random.default_rng(1).integers(0, 255, (60, 90, 160, 3)).astype(np.uint8)
    path = kept(tmp_path, film(noise))
    began = time.process_time()
    films.about(path, "video/mp4")
    asked = time.process_time() - began
    list(films.frames(path, "video/mp4", every=1.0, side=80))
    assert asked < (time.process_time() - began - asked) / 2


def test_a_moment_of_a_recorded_stream_is_found_without_an_index(tmp_path: Path) -> None:
    """One key frame at the beginning, and nothing in the file says where it lies."""
    out = io.BytesIO()
    with av.open(out, "w", format="mpegts") as file:
        stream: Any = file.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for picture in moving(60):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode(None))
    path = kept(tmp_path, out.getvalue())
    found = [frame.at for frame in films.frames_at(path, "video/mp2t", [0.0, 0.5, 2.0], 80)]
    assert found == pytest.approx([0.0, 0.5, 2.0], abs=0.05)
