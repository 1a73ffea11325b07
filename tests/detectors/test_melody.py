"""A tune is found whoever plays it in whatever key and tempo, with where and how; other tunes never support, and what
has no tune is not judged."""

from __future__ import annotations

import io
import random
import wave
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.detectors import recorded
from tests.detectors.conftest import the_detector
from tests.detectors.contract import DetectorContract
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Comparison, Detector, Signals
from webapp.domain.matching.rules import Kind
from workers.detectors import drawn_music, melody_paths, melody_tones
from workers.roster import kind_of

HUM = (1.0, 0.1)  # overtones of somebody else
REED = (0.5, 0.1, 0.6, 0.1, 0.4, 0.1, 0.3)
Keep = Callable[..., Signals]


@lru_cache(maxsize=4)
def samples_of(data: bytes) -> Any:
    with wave.open(io.BytesIO(data)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


@lru_cache(maxsize=32)
def again(seed: int, **how: Any) -> Any:
    """A piece played again: in another beat, key or by another instrument."""
    return drawn_music.played(*drawn_music.composed(seed), **how)


@pytest.fixture(scope="module")
def keep(tmp_path_factory: pytest.TempPathFactory) -> Keep:
    """Samples to signals by way of a real file; the same sound once for all tests."""
    path = tmp_path_factory.mktemp("tunes") / "item"
    known: dict[tuple[str, bytes], Signals] = {}

    def kept(samples: Any, media_type: str = "audio/wav") -> Signals:
        data = drawn_music.waved(samples) if media_type == "audio/wav" else recorded.sound(samples, media_type)
        if (media_type, data) not in known:
            path.write_bytes(data)
            known[media_type, data] = the_detector("melody").signals(path, media_type)
        return known[media_type, data]

    return kept


def laid(query: Signals, reference: Signals) -> Comparison:
    return the_detector("melody").compare(query, reference)


def found(answer: Comparison, kind: str) -> dict[str, Any]:
    (one,) = [f for f in answer.findings if f["kind"] == kind]
    return one


class TestContract(DetectorContract):
    survives: Mapping[str, Callable[[bytes], tuple[bytes, str]]] = {  # as in the contract
        "as MP3": lambda data: (recorded.sound(samples_of(data), "audio/mpeg"), "audio/mpeg"),
        "a semitone up, faster": lambda data: (
            drawn_music.waved(samples_of(data), round(drawn_music.RATE * 2 ** (1 / 12))),
            "audio/wav",
        ),
        "under noise": lambda data: (
            drawn_music.waved(samples_of(data) + 0.01 * np.random.default_rng(1).standard_normal(_count(data))),
            "audio/wav",
        ),
    }

    @pytest.fixture
    def detector(self) -> Detector:
        return the_detector("melody")


def _count(data: bytes) -> int:
    return len(samples_of(data))


def test_somebody_else_sings_it_higher_and_faster(keep: Keep) -> None:
    answer = laid(keep(again(3, beat=0.44, keys=3, overtones=HUM)), keep(again(3)))
    assert (answer.band, answer.verdict, answer.reason) == ("strong", "supports", "same_melody")
    assert found(answer, "shift")["semitones"] == 3
    assert found(answer, "shift")["tempo"] == pytest.approx(0.5 / 0.44, abs=0.04)
    ((q0, q1, r0, r1),) = found(answer, "times")["spans"]
    assert q1 - q0 > 28 and r1 - r0 > 32
    assert q0 == pytest.approx(r0 * 0.88, abs=2.5) and q1 == pytest.approx(r1 * 0.88, abs=2.5)
    assert {f["of"]: f["seconds"] for f in answer.findings if f["kind"] == "length"} == {
        "query": pytest.approx(34.8, abs=1),
        "reference": pytest.approx(39.5, abs=1),
    }
    back = laid(keep(again(3)), keep(again(3, beat=0.44, keys=3, overtones=HUM)))
    assert found(back, "shift")["semitones"] == -3, "the other way round, the other way"
    assert found(back, "times")["spans"] == [[r0, r1, q0, q1]]


def test_it_is_found_inside_a_longer_programme(keep: Keep) -> None:
    programme = np.concatenate([again(41), again(3, keys=-2, overtones=REED), again(42)])
    answer = laid(keep(again(3)), keep(programme, "audio/mpeg"))
    assert answer.verdict == "supports"
    starts = len(again(41)) / drawn_music.RATE
    q0, q1, r0, r1 = max(found(answer, "times")["spans"], key=lambda span: span[1] - span[0])
    assert r0 - q0 == pytest.approx(starts, abs=2), "the tune begins where it begins in the programme"
    assert q1 - q0 > 30 and r1 - r0 > 30
    assert found(answer, "shift") == {"kind": "shift", "semitones": 2.0}


def test_the_tune_alone_without_its_chords_is_found(keep: Keep) -> None:
    tune, _chords = drawn_music.composed(3)
    answer = laid(keep(drawn_music.played(tune, overtones=REED, keys=-4)), keep(again(3)))
    assert answer.verdict == "supports"


def test_other_tunes_do_not_support_and_nothing_is_shown_of_them(keep: Keep) -> None:
    pieces = [keep(again(seed)) for seed in (41, 42, 43, 44, 45, 46)]
    answers = [laid(one, other) for n, one in enumerate(pieces) for other in pieces[:n]]
    assert [a for a in answers if a.verdict == "supports"] == []
    assert {a.reason for a in answers} <= {"other_melody", "weak_melody"}
    assert all({f["kind"] for f in a.findings} == {"length"} for a in answers if a.band == "none")


def test_where_only_the_chords_agree_it_is_never_strong(keep: Keep) -> None:
    chords = drawn_music.composed(3)[1]
    dice = random.Random(4)
    others = [(float(beat), 1.0, dice.choice((74, 76, 79, 81))) for beat in range(78)]
    mine = [(float(beat), 1.0, dice.choice((60, 62, 64, 65))) for beat in range(78)]
    answer = laid(keep(drawn_music.played(others, chords)), keep(drawn_music.played(mine, chords)))
    assert answer.band != "strong"


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("half of it", "too_short"),
        ("noise", "no_tune"),
        ("one chord", "no_tune"),
        ("syllables", "no_tune"),
        ("silence", "no_sound"),
    ],
)
def test_what_has_no_tune_is_not_judged(what: str, code: str, keep: Keep) -> None:
    rate, dice = drawn_music.RATE, np.random.default_rng(3)
    t = np.arange(30 * rate) / rate
    voiced = np.sin(2 * np.pi * (120 * t + 6 * np.sin(2 * np.pi * 0.7 * t))) + 0.5 * np.sin(2 * np.pi * 240 * t)
    given = {
        "half of it": again(3)[: 18 * rate],
        "noise": 0.1 * dice.standard_normal(30 * rate),
        "one chord": sum(0.1 * np.sin(2 * np.pi * hertz * t) for hertz in (220.0, 277.18, 329.63)),
        "syllables": 0.1 * (voiced + dice.standard_normal(len(t))) * (np.sin(2 * np.pi * 1.5 * t) > 0.2),
        "silence": np.zeros(30 * rate),
    }[what]
    with pytest.raises(CannotLook) as why:
        keep(given)
    assert why.value.code == code
    if what == "half of it":
        assert why.value.detail == "18.0 s; 20 s of music are needed"


def test_a_film_is_heard_too_and_a_silent_one_says_so(tmp_path: Path) -> None:
    frames = [np.full((36, 64, 3), 40, np.uint8)] * 20
    path = tmp_path / "film"
    path.write_bytes(recorded.film(frames, rate=1, samples=again(3)))
    answer = laid(the_detector("melody").signals(path, "video/mp4"), Signals.from_bytes(_kept(path)))
    assert answer.verdict == "supports"
    path.write_bytes(recorded.film(frames, rate=1))
    with pytest.raises(CannotLook, match="no_sound"):
        the_detector("melody").signals(path, "video/mp4")
    kind: Kind = kind_of(the_detector("melody"))
    assert kind.fits("video", "audio") and kind.fits("video", "video") and not kind.fits("image", "audio")


def _kept(path: Path) -> bytes:
    path.write_bytes(recorded.sound(again(3), "audio/ogg"))
    return the_detector("melody").signals(path, "audio/ogg").to_bytes()


def test_half_an_hour_fits_a_row_and_chance_among_its_windows_is_taken_off() -> None:
    dice = np.random.default_rng(8)

    def tones(seconds: float) -> melody_tones.Tones:
        frames = round(seconds / melody_tones.SECONDS)
        return melody_tones.Tones(*(dice.random((frames, 12)).astype(np.float32) ** 4 for _ in range(2)), seconds)

    long = tones(1800)
    assert len(melody_tones.to_bytes(long)) < 48 * 1024
    best, runs = melody_paths.runs(tones(61), long, above=5.0)
    assert best < 5.0 and not runs


def test_stored_tunes_that_are_cut_short_are_told(keep: Keep) -> None:
    whole = keep(again(3))
    for payload in (b"", whole.payload[:6], whole.payload[:-9], b"\0" * 40):
        with pytest.raises(ValueError, match="stored tune"):
            laid(Signals("melody", whole.version, 0, 0, payload), whole)


def test_the_book_says_what_was_measured_in_both_languages() -> None:
    card = chapter()["detectors"]["melody"]["card"]
    assert card["pairs"] > 1000
    assert all(set(spot) == {"zh", "en"} for spot in card["weak_spots"])


def test_two_concerts_cost_no_more_than_they_may() -> None:
    """Half an hour beside half an hour took over a minute of a processor, in the queue letters wait in."""
    half_an_hour = 3515
    shorter, longer = (melody_paths._windows(half_an_hour, size) for size in (melody_paths.SHORT, melody_paths.LONG))
    laid = melody_paths._spread(shorter, melody_paths.MOST_PAIRS // len(longer))
    assert len(laid) * len(longer) <= melody_paths.MOST_PAIRS
    assert (laid[0], laid[-1]) == (shorter[0], shorter[-1])
    song = melody_paths._windows(468, melody_paths.SHORT)
    assert melody_paths._spread(song, melody_paths.MOST_PAIRS // 4) == song
