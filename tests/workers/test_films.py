"""Pictures of a film and what a player plays of a recording: new files, upright, in time with the original."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.detectors.recorded import RATE, film, melody, sound
from webapp.domain.matching.detector import CannotLook
from workers import films, players, waves
from workers.previews import Rendition

TUNE = melody((60, 64, 67, 72, 71, 67))
GREYS = np.linspace(40, 230, 40)


def counting(count: int = 40, dark: int = 10, size: tuple[int, int] = (90, 160)) -> Iterator[Any]:
    """Four seconds in which the picture gets lighter, with a bar at its left; the first second is black."""
    for number in range(count):
        picture = np.full((*size, 3), 0 if number < dark else GREYS[number], np.uint8)
        if number >= dark:
            picture[:, : size[1] // 4] = (250, 20, 20)
        yield picture


def kept(folder: Path, data: bytes) -> Path:
    path = folder / "item"
    path.write_bytes(data)
    return path


def opened(made: Rendition) -> Image.Image:
    return Image.open(io.BytesIO(made.data)).convert("RGB")


def turned(data: bytes) -> bytes:
    """The film as a phone held upright writes it: its pictures lie, and its head says to turn them."""
    at = data.index(b"tkhd") + 4
    quarter = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    return data[: at + 40] + quarter + data[at + 76 :]


def test_a_poster_shows_something_and_twenty_tiles_span_the_film(tmp_path: Path) -> None:
    large, thumb, strip = films.make(kept(tmp_path, film(counting())), "video/mp4")
    assert [(r.kind, r.width, r.height) for r in (large, thumb, strip)] == [
        ("large", 160, 90),
        ("thumb", 160, 90),
        ("strip", 1920, 54),
    ]
    assert {round(r.seconds or 0, 1) for r in (large, thumb, strip)} == {4.0}
    assert np.asarray(opened(large).convert("L"), float).std() > 20, "not the black beginning"
    row = opened(strip)
    greys = [row.getpixel((tile * 96 + 70, 27))[1] for tile in range(20)]
    assert greys[:5] == [pytest.approx(0, abs=6)] * 5
    for tile in range(5, 20):
        assert greys[tile] == pytest.approx(GREYS[int((tile + 0.5) * 2)], abs=8), (
            "the frame in the middle of its twentieth"
        )


def test_a_tall_film_stands_in_its_tiles_on_black_and_is_never_blown_up(tmp_path: Path) -> None:
    large, _thumb, strip = films.make(kept(tmp_path, film(counting(dark=0, size=(160, 90)))), "video/mp4")
    assert (large.width, large.height) == (90, 160)
    row = opened(strip)
    assert max(row.getpixel((19 * 96 + 10, 27))) < 8 and row.getpixel((19 * 96 + 48, 27))[1] > 150


def test_frames_are_those_of_their_moments_and_none_lies_behind_the_end(tmp_path: Path) -> None:
    made = films.at_moments(kept(tmp_path, film(counting())), "video/mp4", [2.5, 1.234, 99.0])
    assert [r.kind for r in made] == ["at-1234", "at-2500"]
    assert [opened(r).getpixel((120, 45))[1] for r in made] == [
        pytest.approx(GREYS[12], abs=6),
        pytest.approx(GREYS[25], abs=6),
    ]


@pytest.mark.parametrize("media_type", ["video/mp4", "video/quicktime", "video/webm"])
def test_what_plays_of_a_film_is_new_small_in_time_and_can_be_entered_anywhere(tmp_path: Path, media_type: str) -> None:
    high = 540 if media_type == "video/mp4" else 180
    data = film(counting(size=(high, high * 16 // 9)), samples=TUNE, media_type=media_type)
    made = players.make(kept(tmp_path, data), media_type)
    assert (made.kind, made.media_type, made.height) == ("play", "video/mp4", min(480, high))
    assert made.width == (854 if high > 480 else 320)
    assert made.seconds == pytest.approx(4, abs=0.3)
    assert made.data.index(b"moov") < made.data.index(b"mdat")
    with av.open(io.BytesIO(made.data)) as file:
        codecs = [stream.codec_context.name for stream in file.streams]
        assert codecs == ["h264", "aac"] and not [key for key in file.metadata if key not in _OWN]
        pictures: Any = file.streams.video[0]
        file.seek(int(2.5 / pictures.time_base), stream=pictures)
        for frame in file.decode(pictures):
            if frame.time >= 2.5 - 0.01:
                break
        assert frame.to_ndarray(format="rgb24")[made.height // 2, made.width * 3 // 4, 1] == pytest.approx(
            GREYS[25], abs=10
        )


_OWN = {"major_brand", "minor_version", "compatible_brands", "encoder"}


def test_a_film_filmed_upright_plays_upright(tmp_path: Path) -> None:
    path = kept(tmp_path, turned(film(counting(dark=0))))
    made = players.make(path, "video/mp4")
    assert (made.width, made.height) == (90, 160)
    with av.open(io.BytesIO(made.data)) as file:
        seen = next(file.decode(video=0)).to_ndarray(format="rgb24")
    poster = np.asarray(opened(films.make(path, "video/mp4")[0]))
    for picture in (seen, poster):
        assert picture.shape[:2] == (160, 90)
        assert picture[10, 45, 0] > 200 > 100 > picture[10, 45, 1], "the bar at the left is above now"
        assert picture[150, 45, 0] < 245


@pytest.mark.parametrize("media_type", ["audio/mpeg", "audio/mp4", "audio/ogg", "audio/flac", "audio/wav"])
def test_sound_plays_as_one_kind_and_is_drawn(tmp_path: Path, media_type: str) -> None:
    path = kept(tmp_path, sound(TUNE, media_type))
    made = players.make(path, media_type)
    assert (made.media_type, made.width) == ("audio/mp4", 0)
    assert made.seconds == pytest.approx(len(TUNE) / RATE, abs=0.15)
    assert made.data.index(b"moov") < made.data.index(b"mdat")
    with av.open(io.BytesIO(made.data)) as file:
        loud = max(float(np.abs(frame.to_ndarray()).max()) for frame in file.decode(audio=0))
    assert loud == pytest.approx(float(np.abs(TUNE).max()), rel=0.1)
    large, thumb = waves.make(path, media_type)
    assert (large.width, large.height, thumb.width) == (1024, 160, 256)
    assert large.seconds == pytest.approx(len(TUNE) / RATE, abs=0.15)
    assert np.asarray(opened(large).convert("L")).min() < 110, "there is something to see"


def test_the_sound_of_a_film_is_drawn_and_a_silent_one_says_so(tmp_path: Path) -> None:
    wave = waves.of_film(kept(tmp_path, film(counting(), samples=TUNE)), "video/mp4")
    assert (wave.kind, wave.width) == ("wave", 1024)
    with pytest.raises(CannotLook) as why:
        waves.of_film(kept(tmp_path, film(counting())), "video/mp4")
    assert why.value.code == "no_sound"


def test_a_film_that_breaks_off_plays_up_to_there(tmp_path: Path) -> None:
    whole = film(counting(), samples=TUNE, media_type="video/webm")
    made = players.make(kept(tmp_path, whole[: len(whole) * 2 // 3]), "video/webm")
    assert 0.5 < (made.seconds or 0) < 4
    assert films.make(kept(tmp_path, whole[: len(whole) * 2 // 3]), "video/webm")[2].kind == "strip"


def test_sound_in_the_dress_of_a_film_plays_as_sound(tmp_path: Path) -> None:
    """Phones write a spoken note as MP4, and MP4 is taken for film by its first bytes."""
    path = kept(tmp_path, sound(TUNE, "audio/mp4"))
    assert players.make(path, "video/mp4").media_type == "audio/mp4"
    with pytest.raises(CannotLook) as why:
        films.make(path, "video/mp4")
    assert why.value.code == "no_pictures"
