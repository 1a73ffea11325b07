"""The film detector: the same film is found recoded, mirrored, sped up or cut into another, with the times of both; a
camera that stays in one room is told from a copy."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import av
import cv2
import numpy as np
import pytest

from tests.detectors.contract import DetectorContract
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Comparison, Detector, Signals, thresholds_of
from workers.detectors import film as films
from workers.detectors import film_hash
from workers.detectors.drawn_film import RATE, film, moving
from workers.detectors.film_frames import SameFilm

Frames = list[Any]


@lru_cache(maxsize=1)
def detector() -> SameFilm:
    made = SameFilm(thresholds_of(chapter(), "film"))
    made.load()
    return made


def film_change(
    alter: Callable[[Any], Any], tempo: float = 1.0, kind: str = "video/mp4"
) -> Callable[[bytes], tuple[bytes, str]]:
    """A change of every frame, or of the speed, as a change of file."""

    @lru_cache(maxsize=4)
    def change(data: bytes) -> tuple[bytes, str]:
        return film((alter(frame) for frame in decoded(data)), round(RATE * tempo), kind), kind

    return change


def decoded(data: bytes) -> Frames:
    """All frames of an example, whichever container it is in."""
    with av.open(io.BytesIO(data), "r") as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def cropped(frame: Any) -> Any:
    high, wide = frame.shape[:2]
    return frame[high // 24 : high - high // 24, wide // 24 : wide - wide // 24]


def letterboxed(frame: Any) -> Any:
    return np.pad(frame, ((24, 24), (0, 0), (0, 0)))


class TestContract(DetectorContract):
    survives: ClassVar = {
        "half the size": film_change(lambda frame: cv2.resize(frame, (96, 72), interpolation=cv2.INTER_AREA)),
        "mirrored": film_change(lambda frame: frame[:, ::-1]),
        "cropped": film_change(cropped),
        "in black bars": film_change(letterboxed),
        "sped up": film_change(lambda frame: frame, tempo=1.125),
        "as WebM": film_change(lambda frame: frame, kind="video/webm"),
    }

    @pytest.fixture
    def detector(self) -> Detector:
        return detector()


def seen(folder: Path, frames: Iterable[Any], rate: int = RATE) -> Signals:
    path = folder / "film"
    path.write_bytes(film(frames, rate))
    return detector().signals(path, "video/mp4")


def found(comparison: Comparison, kind: str) -> Any:
    return next(finding for finding in comparison.findings if finding["kind"] == kind)


def test_a_part_inside_another_film_is_found_with_its_times(tmp_path: Path) -> None:
    """Three seconds of the work, mirrored, after three seconds of something else: "0:03–0:06 is 0:01–0:04"."""
    work, other = list(moving(1)), list(moving(7))
    report = [*other[: 3 * RATE], *(frame[:, ::-1] for frame in work[RATE:]), *other[3 * RATE :]]
    said = detector().compare(seen(tmp_path, report), seen(tmp_path, work))
    assert (said.verdict, said.reason) == ("supports", "part_of_film")
    ((q0, q1, r0, r1),) = found(said, "times")["spans"]
    assert (q0, q1, r0, r1) == pytest.approx((3.0, 5.75, 1.0, 3.75), abs=0.3)
    moments = found(said, "moments")["pairs"]
    assert 3 <= len(moments) <= 5
    assert all(tr == pytest.approx(tq - 2, abs=0.3) for tq, tr in moments)
    assert all(2.7 <= tick <= 6.1 for tick in found(said, "ticks")["at"])
    assert [f["seconds"] for f in said.findings if f["kind"] == "length"] == pytest.approx([7.0, 4.0], abs=0.3)
    back = detector().compare(seen(tmp_path, work), seen(tmp_path, report))
    assert [round(value, 2) for value in found(back, "times")["spans"][0]] == [round(v, 2) for v in (r0, r1, q0, q1)]


def test_parts_in_another_order_are_each_found(tmp_path: Path) -> None:
    work = list(moving(3, 6.0))
    half = len(work) // 2
    said = detector().compare(seen(tmp_path, work[half:] + work[:half]), seen(tmp_path, work))
    assert (said.band, said.reason) == ("strong", "same_film")
    spans = found(said, "times")["spans"]
    assert len(spans) == 2
    assert spans[0][2] == pytest.approx(3.0, abs=0.3) and spans[1][2] == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("tempo", [0.92, 1.08])
def test_a_changed_speed_is_said(tempo: float, tmp_path: Path) -> None:
    work = list(moving(4, 9.0))
    said = detector().compare(seen(tmp_path, work, round(12 * tempo)), seen(tmp_path, work, 12))
    assert (said.verdict, said.reason) == ("supports", "same_film")
    assert found(said, "shift")["tempo"] == pytest.approx(tempo, abs=0.03)


def test_another_moment_in_the_same_room_cannot_be_told(tmp_path: Path) -> None:
    """One unmoved camera, two takes: every frame looks much alike, none looks more alike than the others."""
    room = next(iter(moving(5)))

    def take(where: int) -> Iterable[Any]:
        for n in range(5 * RATE):
            frame = room.copy()
            left = where + int(30 * np.sin(n / 3 + where))
            frame[50:120, left : left + 40] = (200, 160 + n % 5, 40)
            yield frame

    said = detector().compare(seen(tmp_path, take(40)), seen(tmp_path, take(100)))
    assert (said.verdict, said.reason) == ("cannot_tell", "weak_film")


def test_what_shows_too_little_is_not_compared(tmp_path: Path) -> None:
    black = np.zeros((120, 160, 3), np.uint8)
    for frames, code in (
        ([black] * RATE, "featureless"),
        ([next(iter(moving(1, size=(160, 120)))), *[black] * RATE], "too_short"),
        ([frame[:24, :24] for frame in moving(1)], "too_small"),
    ):
        with pytest.raises(CannotLook) as why:
            seen(tmp_path, frames)
        assert why.value.code == code


def test_damaged_signals_are_refused(tmp_path: Path) -> None:
    good = seen(tmp_path, moving(1))
    for payload in (b"", good.payload[:-8], b"nonsense" * 9):
        with pytest.raises(CannotLook, match="failed"):
            detector().compare(Signals("film", "1", 1, 1, payload), good)


def test_a_long_film_costs_fewer_frames_a_second(tmp_path: Path) -> None:
    assert film_hash.step(60) == film_hash.EVERY
    assert film_hash.step(3600) == 3.0
    path = tmp_path / "film"
    path.write_bytes(film(moving(1)))
    assert len(film_hash.reel(path, "video/mp4")[1].at) == round(4 / film_hash.EVERY)
    assert films.about(path, "video/mp4").seconds == pytest.approx(4.0, abs=0.2)
