"""The same recording is found however it was uploaded, where it lies is told, and what only sounds alike is not it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import signal

from tests.detectors.conftest import the_detector
from tests.detectors.contract import DetectorContract
from tests.detectors.recorded import film, sound
from webapp.domain.matching.detector import CannotLook, Comparison, Detector, Signals, media_of, medium_of
from workers.detectors import recording_lay, recording_print
from workers.detectors.played import RATE, tune, wav
from workers.detectors.recording_kept import Kept
from workers.sandbox import run_limited

Lay = Callable[[Any, Any], Comparison]
WORK, OTHER = tune(21, beats=120), tune(22, beats=120)  # 42 s each


def kept(samples: Any) -> Signals:
    return Signals("recording", "1", 0, 0, Kept.of(samples, RATE, len(samples) / RATE).to_bytes())


def cut(samples: Any, start: float, end: float) -> Any:
    return samples[int(start * RATE) : int(end * RATE)]


def faster(samples: Any, factor: float) -> Any:
    """As a turntable turns: the pitch goes along."""
    return signal.resample_poly(samples, 200, round(200 * factor)).astype(np.float32)


def said(seconds: float, seed: int = 3) -> Any:
    """Something like talk: syllables of noise through moving formants."""
    dice = np.random.default_rng(seed)
    parts: list[Any] = []
    while sum(map(len, parts)) < seconds * RATE:
        long = int(dice.uniform(0.08, 0.25) * RATE)
        low, high = sorted(dice.uniform(300, 3000, 2))
        sos = signal.butter(2, (low, high + 300), "bandpass", fs=RATE, output="sos")
        parts += [signal.sosfilt(sos, dice.normal(0, 0.4, long)) * np.hanning(long), np.zeros(long // 3)]
    return np.concatenate(parts)[: int(seconds * RATE)].astype(np.float32)


@pytest.fixture
def lay() -> Lay:
    """A reported recording beside a work, both as samples."""
    return lambda query, work: the_detector("recording").compare(kept(query), kept(work))


def told(found: Comparison, kind: str) -> Any:
    return next((f for f in found.findings if f["kind"] == kind), None)


class TestContract(DetectorContract):
    survives: Mapping[str, Callable[[bytes], tuple[bytes, str]]] = {  # as in the contract
        "mp3": lambda data: (sound(_samples(data), "audio/mpeg", bits=32_000), "audio/mpeg"),
        "opus": lambda data: (sound(_samples(data), "audio/ogg", bits=24_000), "audio/ogg"),
        "half of it": lambda data: (wav(_samples(data)[4 * RATE : 12 * RATE]), "audio/wav"),
        "a third faster": lambda data: (wav(faster(_samples(data), 1.25)), "audio/wav"),
    }

    @pytest.fixture
    def detector(self) -> Detector:
        return the_detector("recording")

    def test_rubbish_is_refused_with_a_reason(self, detector: Detector, tmp_path: Path) -> None:
        hum = np.sin(2 * np.pi * 100 * np.arange(20 * RATE) / RATE).astype(np.float32) * 0.3
        hiss = np.random.default_rng(1).normal(0, 0.1, 20 * RATE).astype(np.float32)
        for data, media_type, code in (
            (b"rubbish" * 100, "audio/mpeg", "not_a_recording"),
            (wav(cut(WORK, 0, 4)), "audio/wav", "too_short"),
            (wav(hum), "audio/wav", "featureless"),
            (wav(hiss), "audio/wav", "featureless"),
            (wav(WORK * 0), "audio/wav", "no_sound"),
            (film([np.zeros((32, 32, 3), np.uint8)] * 5), "video/mp4", "no_sound"),
            (b"GIF89a", "image/gif", "unsupported"),
        ):
            with pytest.raises(CannotLook) as why:
                self.look(detector, tmp_path, data, media_type)
            assert why.value.code == code, data[:20]


def _samples(data: bytes) -> Any:
    return np.frombuffer(data[44:], "<i2").astype(np.float32) / 32767


def test_the_times_of_a_piece_are_told_on_both_sides(lay: Lay) -> None:
    """ "0:12–0:30 of the report is 0:20–0:38 of the work"."""
    report = np.concatenate((cut(OTHER, 0, 12), cut(WORK, 20, 38), cut(OTHER, 20, 30)))
    found = lay(report, WORK)
    assert (found.verdict, found.band, found.reason) == ("supports", "strong", "recording_inside")
    (span,) = told(found, "times")["spans"]
    assert span == pytest.approx([12, 30, 20, 38], abs=1)
    assert span[2] - span[0] == pytest.approx(8, abs=0.15)
    assert [f["seconds"] for f in found.findings if f["kind"] == "length"] == [40, 42]


def test_two_pieces_in_another_order_are_two_spans(lay: Lay) -> None:
    found = lay(np.concatenate((cut(WORK, 25, 40), cut(OTHER, 0, 6), cut(WORK, 2, 16))), WORK)
    spans = told(found, "times")["spans"]
    assert [round(s[2] - s[0]) for s in spans] == [25, -19]


@pytest.mark.parametrize(("semitones", "tempo"), [(2, 1.0), (0, 1.12), (0, 0.85), (-3, 1.1)])
def test_another_key_and_another_tempo_are_found_and_told(lay: Lay, semitones: int, tempo: float) -> None:
    """Played anew by the same instrument at another pitch and tempo, which is what shifting them sounds like."""
    work, copy = _performed(0, 1.0), _performed(semitones, tempo)
    found = lay(cut(copy, 5, 25), work)
    assert found.verdict == "supports"
    shift = told(found, "shift")
    assert shift.get("semitones", 0) == pytest.approx(semitones, abs=0.3)
    assert shift.get("tempo", 1) == pytest.approx(tempo, abs=0.02)
    back = the_detector("recording").compare(kept(work), kept(cut(copy, 5, 25)))
    assert told(back, "shift").get("semitones", 0) == pytest.approx(-semitones, abs=0.3)
    assert (back.distance, back.band) == (found.distance, found.band)


def _performed(semitones: int, tempo: float) -> Any:
    """A tune of plucked notes; the pitch is the notes', so that nothing else of the sound changes with it."""
    dice = np.random.default_rng(9)
    beat, samples = 0.3 / tempo, np.zeros(int(40 / tempo * RATE), np.float32)
    for n in range(int(38 / 0.3)):
        for note in (dice.integers(60, 84), dice.integers(43, 60)):
            t = np.arange(int(2 * beat * RATE)) / RATE
            hertz = 440 * 2 ** ((note + semitones - 69) / 12)
            tone = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in (1, 2, 3))
            start = int(n * beat * RATE)
            samples[start : start + len(t)] += 0.12 * tone * np.exp(-3 * t / beat) * np.hanning(2 * len(t))[len(t) :]
    return samples


def test_a_turntable_turned_faster_is_told_as_both(lay: Lay) -> None:
    shift = told(lay(faster(cut(WORK, 5, 30), 1.06), WORK), "shift")
    assert shift == {"kind": "shift", "semitones": pytest.approx(1.0, abs=0.2), "tempo": pytest.approx(1.06, abs=0.01)}


def test_under_loud_talk_and_over_a_telephone(lay: Lay) -> None:
    piece = cut(WORK, 10, 30)
    talk = said(20)
    loud = np.sqrt(np.mean(piece**2) / np.mean(talk**2))
    assert lay(piece + talk * loud, WORK).verdict == "supports"
    sos = signal.butter(4, (300, 3400), "bandpass", fs=RATE, output="sos")
    assert lay(signal.sosfilt(sos, piece).astype(np.float32), WORK).verdict == "supports"


def test_all_of_it_is_the_same_recording(lay: Lay) -> None:
    found = lay(WORK * 0.3, WORK)
    assert (found.band, found.reason) == ("strong", "same_recording")
    assert told(found, "shift") is None


@pytest.mark.parametrize("query", [OTHER, said(30), said(30, 4)])
def test_strangers_do_not_support(lay: Lay, query: Any) -> None:
    found = lay(query, WORK)
    assert (found.verdict, found.reason) == ("does_not_support", "no_recording")
    assert told(found, "times") is None
    assert found.distance > 0.3


def test_the_fingerprint_is_chromaprints() -> None:
    """Of this sound fpcalc 1.5.1 (libchromaprint-tools of Debian 12) printed these numbers, with -raw."""
    samples = np.round(_chirps() * 32767) / np.float32(32767)
    bits = recording_print.fingerprint(recording_print.semitones(recording_print.picture(samples)))
    assert bits.tolist()[: len(FPCALC)] == FPCALC


def _chirps() -> Any:
    """Six seconds at 11,025 samples a second of notes that rise and fall."""
    t = np.arange(6 * 11_025) / 11_025
    notes = 220 * 2 ** (np.round(7 * np.sin(2 * t) + 5 * np.sin(0.7 * t)) / 12)
    phase = 2 * np.pi * np.cumsum(notes) / 11_025
    return (0.3 * np.sin(phase) + 0.15 * np.sin(2.5 * phase)).astype(np.float32)


FPCALC = [
    1382613890,
    1378361986,
    309142166,
    334377646,
    279839407,
    346817449,
    1421613545,
    1425811945,
    1412720841,
    1412737099,
    1429514571,
    1446414603,
]


def test_what_is_kept_is_small_and_reads_back_alike() -> None:
    known = Kept.of(WORK, RATE, 42.0)
    data = known.to_bytes()
    assert len(data) < 42 * 450
    again = Kept.from_bytes(data)
    one, other = (recording_print.fingerprint(recording_print.semitones(k.fine)) for k in (known, again))
    assert recording_lay.differing(one, other).mean() / 32 < 0.01
    assert again.seconds == 42
    for spoilt in (b"", data[:100], b"x" * 500, data[:-20]):
        with pytest.raises(ValueError, match=r"stored recording"):
            Kept.from_bytes(spoilt)


def test_it_listens_in_the_sandbox_and_to_films(tmp_path: Path) -> None:
    detector = the_detector("recording")
    assert media_of(detector) == ("audio", "video") and medium_of("video/mp4") == "video"
    path = tmp_path / "item"
    path.write_bytes(film([np.zeros((32, 32, 3), np.uint8)] * 20, 1, cut(WORK, 5, 25)))
    data = run_limited(lambda: detector.signals(path, "video/mp4").to_bytes())
    found = detector.compare(Signals.from_bytes(data), kept(WORK))
    assert (found.band, found.reason) == ("strong", "recording_inside")


def test_ten_minutes_beside_ten_minutes_cost_seconds() -> None:
    """Strangers, for which every look is taken; longer ones are tried at fewer places, not longer."""
    dice = np.random.default_rng(2)

    def long(frames: int) -> Signals:
        fine = (dice.random((frames, recording_print.CLASSES)) ** 8).astype(np.float32)
        peaks = (np.sort(dice.integers(0, frames * 5, frames * 4)), dice.integers(28, 320, frames * 4))
        return Signals("recording", "1", 0, 0, Kept(frames * recording_print.SECONDS, fine, peaks).to_bytes())

    began = time.process_time()
    found = the_detector("recording").compare(long(4800), long(4800))
    assert time.process_time() - began < 12
    assert found.verdict == "does_not_support"


def test_signals_of_another_detector_are_refused() -> None:
    with pytest.raises(CannotLook, match="unsupported"):
        the_detector("recording").compare(kept(WORK), Signals("melody", "1", 0, 0, b""))
