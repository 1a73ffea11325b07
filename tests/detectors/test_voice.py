"""The voice detector on clips a synthesiser spoke: it finds her among others, says where, and never says "no" of what
it cannot hear well. What the clips are stands in tests/sounds. `make models` brings the networks."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.detectors.recorded import RATE, film, melody, sound
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CANNOT_LOOK_CODES, CannotLook, Comparison, Signals, reads, thresholds_of
from workers.detectors import sound as sounds
from workers.detectors import voice_shown, voice_speech
from workers.detectors.voice import TEMPLATE, WINDOW, VoiceLikeness
from workers.look import look_all

CLIPS = Path(__file__).parents[1] / "sounds"


@lru_cache(maxsize=1)
def detector() -> VoiceLikeness:
    made = VoiceLikeness(thresholds_of(chapter(), "voice"))
    made.load()
    return made


@lru_cache(maxsize=8)
def said(name: str) -> Any:
    """The samples of a clip."""
    return sounds.heard(CLIPS / f"{name}.ogg", "audio/ogg").samples


@lru_cache(maxsize=8)
def clip(name: str) -> Signals:
    return detector().signals(CLIPS / f"{name}.ogg", "audio/ogg")


def heard(samples: Any, folder: Path, media_type: str = "audio/wav") -> Signals:
    """By way of a real file."""
    file = folder / "recording"
    file.write_bytes(sound(samples, media_type))
    return detector().signals(file, media_type)


def noisy(samples: Any, decibels: float) -> Any:
    hiss = np.random.default_rng(3).standard_normal(len(samples)).astype(np.float32)
    return samples + hiss * np.sqrt(np.mean(samples**2)) * 10 ** (-decibels / 20)


def finding(found: Comparison, kind: str, of: str = "") -> dict[str, Any]:
    (one,) = (f for f in found.findings if f["kind"] == kind and (not of or f["of"] == of))
    return one


def spoken_by(signals: Signals) -> list[int]:
    length = int.from_bytes(signals.payload[:4], "big")
    return [int(n) for n in np.frombuffer(signals.payload[4 + length :], WINDOW)["speaker"]]


def test_her_voice_saying_other_words_is_hers() -> None:
    """The story of a cloned voice: words she never said, beside an old recording of hers."""
    found = detector().compare(clip("anna-phone"), clip("anna-museum"))
    assert (found.band, found.verdict, found.reason) == ("strong", "supports", "same_voice")
    assert finding(found, "length", "query")["seconds"] == pytest.approx(7.0, abs=0.2)
    speech = finding(found, "speech", "query")
    assert 5 < speech["seconds"] <= 7
    assert all(0 <= a < b <= 7.2 for a, b in speech["segments"])
    assert finding(found, "hearing", "query")["warnings"] == []
    voices = finding(found, "voices")
    assert voices["found"] == 1
    assert 1 <= len(voices["best"]) <= 5
    cosines = [cosine for *_, cosine in voices["best"]]
    assert cosines == sorted(cosines, reverse=True)
    assert all(b - a <= 3.2 and d - c <= 3.2 for a, b, c, d, _ in voices["best"])
    assert [t for t, _ in voices["curve"]] == sorted(t for t, _ in voices["curve"])


def test_another_voice_saying_the_same_words_is_not() -> None:
    found = detector().compare(clip("karl-museum"), clip("anna-museum"))
    assert (found.band, found.verdict, found.reason) == ("none", "does_not_support", "other_voice")
    assert detector().compare(clip("robert-museum"), clip("anna-museum")).band in ("weak", "none")


def test_she_is_found_among_others_in_a_film_and_where(tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    talk = np.concatenate([said("karl-storm"), said("anna-phone"), said("karl-museum")])
    file.write_bytes(film(np.zeros((3, 32, 32, 3), np.uint8), rate=1, samples=talk))
    assert reads(detector(), "video/mp4")
    query = detector().signals(file, "video/mp4")
    found = detector().compare(query, clip("anna-storm"))
    assert found.reason == "same_voice"
    assert finding(found, "voices")["found"] == 2
    for begin, end, *_ in finding(found, "voices")["best"]:
        assert 7 < (begin + end) / 2 < 15, "only what she says is shown beside hers"
    curve = dict(finding(found, "voices")["curve"])
    assert min(c for t, c in curve.items() if 9.5 < t < 12.5) > max(c for t, c in curve.items() if t < 6) + 0.3
    assert detector().compare(query, clip("karl-storm")).reason == "same_voice", "the other one is found as well"


@pytest.mark.parametrize("media_type", ["audio/mpeg", "audio/ogg", "audio/mp4"])
def test_recoded_and_over_a_telephone_it_is_still_hers(tmp_path: Path, media_type: str) -> None:
    spectrum = np.fft.rfft(said("anna-storm"))
    hertz = np.fft.rfftfreq(len(said("anna-storm")), 1 / RATE)
    spectrum *= np.clip((hertz - 150) / 200, 0, 1) * np.clip((3800 - hertz) / 500, 0, 1)
    narrow = heard(np.fft.irfft(spectrum).astype(np.float32), tmp_path, media_type)
    found = detector().compare(narrow, clip("anna-museum"))
    assert found.verdict == "supports"
    assert "narrow" in finding(found, "hearing", "query")["warnings"]


def test_a_reference_is_about_one_voice(tmp_path: Path) -> None:
    """A stranger's voice never becomes a template, and of two who speak alike nobody can say which is hers."""
    both = heard(np.concatenate([said("anna-museum"), said("karl-museum")]), tmp_path)
    with pytest.raises(CannotLook, match="2 voices in the reference") as why:
        detector().own(both)
    assert why.value.code == "cannot_assess"
    mainly = [said("anna-museum"), said("anna-storm"), said("anna-phone"), said("karl-museum")[: 5 * RATE]]
    asked = heard(np.concatenate(mainly), tmp_path)
    own = detector().own(asked)
    assert (set(spoken_by(asked)), set(spoken_by(own))) == ({0, 1}, {0})
    assert detector().own(own) == own
    assert detector().compare(clip("anna-storm"), asked).reason == "same_voice"
    assert detector().compare(clip("karl-storm"), own).verdict != "supports"


def test_what_it_cannot_tell_it_says_with_how_much_it_heard(tmp_path: Path) -> None:
    with pytest.raises(CannotLook, match=r"1\.\d s of speech") as why:
        clip("anna-word")
    assert why.value.code == "too_short"
    with pytest.raises(CannotLook, match="nobody was heard speaking in") as why:
        heard(melody((60, 64, 67, 72, 71, 67)), tmp_path)
    assert why.value.code == "no_speech"
    with pytest.raises(CannotLook, match="no_sound"):
        heard(np.zeros(RATE, np.float32), tmp_path)


def test_no_is_said_only_of_enough_clear_speech(tmp_path: Path) -> None:
    """A clone under noise, or three seconds of it, may sound like anybody: it is left open, never denied."""
    for spoilt, code, words in (
        (noisy(said("karl-museum"), 8), "cannot_assess", "the report has .* noisy"),
        (np.clip(said("karl-museum") * 8, -0.5, 0.5), "cannot_assess", "the report has .* overdriven"),
        (said("karl-museum")[: 4 * RATE], "too_short", r"the report has 3\.\d s of speech, short"),
    ):
        query = heard(spoilt.astype(np.float32), tmp_path)
        with pytest.raises(CannotLook, match=words) as why:
            detector().compare(query, clip("anna-museum"))
        assert why.value.code == code
        with pytest.raises(CannotLook, match="the reference has"):
            detector().compare(clip("anna-museum"), query)
    found = detector().compare(heard(said("anna-storm")[: 4 * RATE], tmp_path), clip("anna-museum"))
    assert found.reason == "same_voice", "beyond doubt is beyond doubt"
    assert finding(found, "hearing", "query")["warnings"] == ["short"]


def test_music_under_a_voice_is_heard_and_said(tmp_path: Path) -> None:
    chords = sum(melody([note] * 10, beat=0.75, timbre=(1, 0.8, 0.6, 0.5)) for note in (60, 64, 67))
    mixed = said("anna-storm") + 0.25 * np.resize(np.asarray(chords), len(said("anna-storm")))
    found = detector().compare(heard(mixed.astype(np.float32), tmp_path), clip("anna-museum"))
    assert "music" in finding(found, "hearing", "query")["warnings"]
    assert found.verdict != "does_not_support"


def test_signals_are_the_same_each_time_and_can_be_kept() -> None:
    once = clip("anna-museum")
    again = detector().signals(CLIPS / "anna-museum.ogg", "audio/ogg")
    assert once == again == Signals.from_bytes(once.to_bytes())
    assert len(once.to_bytes()) < 8 * 1024, "some seconds of one voice"
    same = detector().compare(once, again)
    assert (same.distance, same.band) == (0, "strong")
    one, other = detector().compare(once, clip("anna-storm")), detector().compare(clip("anna-storm"), once)
    assert (one.distance, one.band) == (other.distance, other.band)
    for bad in (
        Signals("voice", "0", 0, 0, once.payload),
        Signals("face", "1", 0, 0, once.payload),
        Signals("voice", "1", 0, 0, once.payload[:-1]),
        Signals("voice", "1", 0, 0, once.payload[:60]),
        Signals("voice", "1", 0, 0, b""),
    ):
        with pytest.raises(CannotLook):
            detector().compare(once, bad)


def test_what_is_no_recording_is_refused_with_a_reason(tmp_path: Path) -> None:
    data = (CLIPS / "anna-museum.ogg").read_bytes()
    file = tmp_path / "recording"
    for spoilt, media_type in ((b"", "audio/ogg"), (b"rubbish" * 99, "audio/mpeg"), (data[:99], "audio/ogg")):
        file.write_bytes(spoilt)
        with pytest.raises(CannotLook) as why:
            detector().signals(file, media_type)
        assert why.value.code in CANNOT_LOOK_CODES - {"failed"}


def test_hours_of_talk_cost_no_more_windows_than_minutes() -> None:
    """Half an hour of speech without a pause, and a thousand words with pauses: both stay small enough to keep."""
    hour = voice_speech.Speech(((0, 1800 * RATE),), np.zeros(1800 * RATE, np.float32))
    parts = voice_speech.windows(hour)
    assert len(parts) <= voice_speech.MOST + 1
    assert parts[-1][1] == 1800 * RATE
    words = [[float(n), n + 0.5 + 0.4 * (n % 5 == 0)] for n in range(1000)]
    drawn = voice_shown.fewer(words)
    assert (len(drawn), drawn[0][0], drawn[-1][1]) == (200, 0.0, 999.5)
    long = clip("anna-museum")
    length = 4 + int.from_bytes(long.payload[:4], "big")
    many = Signals("voice", "1", 0, 0, long.payload[:length] + long.payload[length:] * 40)
    assert len(spoken_by(detector().own(many))) == TEMPLATE


def test_it_works_where_a_decoder_may_do_little() -> None:
    """In the sandbox: no threads, no files to write, memory limited. Networks are loaded before the fork."""
    (found,) = look_all([detector()], CLIPS / "anna-museum.ogg", "audio/ogg")
    assert (found.code, found.signals()) == ("", clip("anna-museum"))


def test_loading_starts_no_thread_that_a_fork_would_lose() -> None:
    code = (
        "import os; from workers.detectors.voice_networks import Networks; Networks();"
        "print(len(os.listdir('/proc/self/task')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "1"


def test_without_its_models_it_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_MODELS", str(tmp_path))
    with pytest.raises(ImportError, match="make models"):
        VoiceLikeness(thresholds_of(chapter(), "voice")).load()
