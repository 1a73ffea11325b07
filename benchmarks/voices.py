"""Is a speaker recognised in another recording, and how often are two people taken for one? By what was done to it.

Speakers: see `voice_set`. No package ships clones with the voices they were made of beside them, and none labelled
singing: what is known of clones stands in matching.md §7, singing is not measured, and both are said.
"""

from __future__ import annotations

import io
import itertools
import tempfile
import time
import wave
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import voice_set
from benchmarks.table import Row
from benchmarks.voice_changes import CHANGES
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Signals, thresholds_of
from workers.detectors.models import ModelAbsent
from workers.detectors.voice import HIDING, VoiceLikeness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# Enough for figures in minutes: clips of a speaker, seconds of a clip, of the clear speakers every so many is altered.
EACH, SECONDS, EVERY = 3, 8, 2
COLLAGES = 24
FALSE_RATE, REACH = 1e-3, 0.98
OPEN = ("weak", "cannot_assess", "too_short", "no_speech")
SUPPORTS = ("strong", "possible")
RATE = voice_set.RATE


@dataclass(frozen=True)
class Heard:
    """One clip and what the detector measured in it, or the code of why it could not."""

    clip: voice_set.Clip
    seen: Signals | str


def run() -> list[Row]:
    """A row a question; nothing where there are no models or no speakers."""
    detector = VoiceLikeness(thresholds_of(chapter(), "voice"))
    try:
        detector.load()
    except ModelAbsent as why:
        print(f"voices: not measured. {why}")
        return []
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "clip.wav"
        clips = [Heard(clip, _seen(detector, clip.samples, file)) for clip in _some()]
        if not clips:
            print("voices: not measured, no package with speakers could be fetched")
            return []
        print("voices: no clones and no labelled singing at hand, so neither is measured here")
        return [
            *_recognised(detector, clips),
            *_changed(detector, clips, file),
            *_collages(detector, clips, file),
            _cost(detector, clips, file),
        ]


def _some() -> list[voice_set.Clip]:
    found = []
    for _, of in itertools.groupby(voice_set.clips(), lambda clip: clip.speaker):
        found += [voice_set.Clip(clip.speaker, clip.samples[: SECONDS * RATE]) for clip in itertools.islice(of, EACH)]
    return found


def _seen(detector: VoiceLikeness, samples: Floats, file: Path) -> Signals | str:
    file.write_bytes(_wave(samples))
    try:
        return detector.signals(file, "audio/wav")
    except CannotLook as why:
        return why.code


def _wave(samples: Floats) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def _answer(detector: VoiceLikeness, query: Signals | str, reference: Signals | str) -> tuple[str, float]:
    """The band or the code, and the cosine (nothing where none was told)."""
    for one in (query, reference):
        if isinstance(one, str):
            return one, np.nan
    try:
        found = detector.compare(query, reference)  # type: ignore[arg-type]  # both are signals, see above
    except CannotLook as why:
        return why.code, np.nan
    return found.band, 1 - found.distance


def _share(answers: Counter[str], *of: str) -> float:
    return sum(answers[one] for one in of) / max(1, answers.total())


def _told(what: str, answers: Counter[str]) -> None:
    print(f"voices: {what}: " + ", ".join(f"{code} {n / answers.total():.4f}" for code, n in answers.most_common()))


def _recognised(detector: VoiceLikeness, clips: Sequence[Heard]) -> list[Row]:
    """All clear pairs: the bands as they are said, and the true accepts where one of a thousand is false."""
    same, other = Counter[str](), Counter[str]()
    right: list[float] = []
    wrong: list[float] = []
    for one, two in itertools.combinations(clips, 2):
        alike = one.clip.speaker == two.clip.speaker
        if not alike and voice_set.related(one.clip.speaker, two.clip.speaker):
            continue
        answer, cosine = _answer(detector, one.seen, two.seen)
        (same if alike else other)[answer] += 1
        (right if alike else wrong).append(cosine)
    _told(f"clear, same speaker ({same.total()} pairs)", same)
    _told(f"clear, different speakers ({other.total()} pairs)", other)
    # Pairs of which nothing was told can neither be right nor wrong here; a refused "no" was below every band.
    true = np.array([c for c in right if not np.isnan(c)])
    false = np.sort(np.nan_to_num(np.array(wrong)))[::-1]
    at = float(false[int(len(false) * FALSE_RATE)])
    reached = float((true >= at).mean())
    print(
        f"voices: {len(clips)} clips of {len({heard.clip.speaker for heard in clips})} speakers. Cosine at 1 in 1,000 "
        f"false: {at:.3f}, highest false {false[0]:.3f}, lowest true {true.min():.3f}"
    )
    size = f"{len(true)}/{len(false)} pairs"
    supports = _share(same, *SUPPORTS)
    return [
        Row("voices: true accept at 1e-3", size, reached, "to reach", REACH, reached / REACH),
        Row(
            "voices: same speaker supported",
            f"{same.total()} pairs",
            supports,
            "others supported",
            _share(other, *SUPPORTS),
            0,
        ),
    ]


def _changed(detector: VoiceLikeness, clips: Sequence[Heard], file: Path) -> list[Row]:
    """What was done to five seconds and more of clear speech: supported, "no" said of the same, others supported."""
    by_speaker = {name: list(of) for name, of in itertools.groupby(clips, lambda heard: heard.clip.speaker)}
    clear = [name for name, of in by_speaker.items() if all(_clear(detector, heard) for heard in of)][::EVERY]
    rows = []
    for change, alter in CHANGES.items():
        same, other = Counter[str](), Counter[str]()
        for n, speaker in enumerate(clear):
            first, *rest = by_speaker[speaker]
            query = _seen(detector, alter(first.clip.samples, n), file)
            same.update(_answer(detector, query, heard.seen)[0] for heard in rest)
            other.update(
                _answer(detector, query, of[0].seen)[0]
                for name, of in by_speaker.items()
                if name != speaker and not voice_set.related(name, speaker)
            )
        _told(f"{change}, same speaker ({len(clear)} speakers)", same)
        _told(f"{change}, different speakers", other)
        size, right = f"{same.total()}/{other.total()} pairs", _share(same, *SUPPORTS)
        rows.append(Row(f"voices: {change}", size, right, "“no” of the same", _share(same, "none"), 0))
    return rows


def _clear(detector: VoiceLikeness, heard: Heard) -> bool:
    if isinstance(heard.seen, str):
        return False
    (hearing,) = (f for f in detector.about(heard.seen, "query") if f["kind"] == "hearing")
    return not set(hearing["warnings"]) & HIDING


def _collages(detector: VoiceLikeness, clips: Sequence[Heard], file: Path) -> list[Row]:
    """Her six seconds between two other speakers: is she found, and are the moments shown hers?"""
    dice = np.random.default_rng(7)
    long = [heard for heard in clips if isinstance(heard.seen, Signals) and len(heard.clip.samples) >= 6 * RATE]
    her, without, where = Counter[str](), Counter[str](), []
    for _ in range(COLLAGES):
        one, before, after = (long[int(n)] for n in dice.choice(len(long), 3, replace=False))
        names = {one.clip.speaker, before.clip.speaker, after.clip.speaker}
        rest = [heard for heard in clips if heard.clip.speaker == one.clip.speaker and heard is not one]
        if len(names) < 3 or any(voice_set.related(a, b) for a, b in itertools.combinations(names, 2)):
            continue
        parts = [before.clip.samples[: 6 * RATE], one.clip.samples[: 6 * RATE], after.clip.samples[: 6 * RATE]]
        query = _seen(detector, np.concatenate(parts), file)
        her[_answer(detector, query, rest[0].seen)[0]] += 1
        if isinstance(query, Signals) and isinstance(rest[0].seen, Signals):
            where += _hers(detector, query, rest[0].seen)
        stranger = long[int(dice.integers(len(long)))]
        if stranger.clip.speaker not in names and not any(voice_set.related(stranger.clip.speaker, n) for n in names):
            without[_answer(detector, query, stranger.seen)[0]] += 1
    _told("her six seconds between two others", her)
    _told("three others", without)
    print(f"voices: the nearest moment shown is hers: {np.mean(where):.3f} of {len(where)}")
    right, wrong = _share(her, *SUPPORTS), _share(without, *SUPPORTS)
    return [Row("voices: found between others", f"{her.total()} collages", right, "without her", wrong, 0)]


def _hers(detector: VoiceLikeness, query: Signals, reference: Signals) -> list[bool]:
    try:
        found = detector.compare(query, reference)
    except CannotLook:
        return []
    (voices,) = (finding for finding in found.findings if finding["kind"] == "voices")
    begin, end = voices["best"][0][:2]
    return [5 < (begin + end) / 2 < 13] if found.band in SUPPORTS else []


def _cost(detector: VoiceLikeness, clips: Sequence[Heard], file: Path) -> Row:
    """Milliseconds for a second of speech, beside decoding it only. Of the processor, not of the clock."""
    from workers.detectors import sound

    talk = np.concatenate([heard.clip.samples for heard in clips])[: 120 * RATE]
    file.write_bytes(_wave(talk))
    start = time.process_time()
    sound.heard(file, "audio/wav")
    plain = time.process_time()
    detector.signals(file, "audio/wav")
    took = time.process_time() - plain
    seconds = len(talk) / RATE
    ours, decode = took / seconds * 1000, (plain - start) / seconds * 1000
    return Row("voices: ms for a second of speech", "120 s", ours, "decode", decode, ours / decode)
