"""Covers: how many versions of a tune are found, by what was changed, and how many strangers pass for covers.

Synthesised: folk tunes in seven versions, Bach's chorales in his own different settings, other tunes over the same four
chords. Recorded: free music altered in key and tempo, and all pairs of different recordings. No set of real covers is
free to be had, and the figures say so.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import difflib
import itertools
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from benchmarks import altered_sound, covers_played, covers_set, music
from benchmarks.covers_played import GUITAR, LEADS, ORGAN, PAD, PIANO, STRINGS, Version
from benchmarks.covers_set import Note, Tune
from benchmarks.table import Row
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Signals, thresholds_of
from workers.detectors import melody, melody_tones
from workers.detectors.melody import SameMelody

DICE = random.Random(5)
TUNES, SETTINGS, LOOPS, RECORDINGS = 32, 24, 10, 24
VERSIONS = {
    "sung over the same backing": Version(LEADS["voice"], vibrato=True, late=0.03),
    "the same, two semitones up": Version(LEADS["saw"], vibrato=True, late=0.03, keys=2),
    "other band, key, tempo, drums": Version(LEADS["trumpet"], (GUITAR, 33), -3, 117, drums=True, broken=True),
    "slow, ornamented, sung": Version(LEADS["voice"], (PAD, 33), 5, 86, vibrato=True, ornaments=True, late=0.03),
    "some other chords": Version(LEADS["clarinet"], (STRINGS, 33), 4, 108, other_chords=True, broken=True),
    "a violin alone": Version(LEADS["violin"], (), 3, 92, ornaments=True, vibrato=True, late=0.04),
    "20 seconds of it": Version(LEADS["voice"], vibrato=True, late=0.03, seconds=21),
}
RECORDED: dict[str, Callable[[Any], Any]] = {
    "pitch +3": altered_sound.pitch(3),
    "pitch −2, tempo +10 %": lambda samples: altered_sound.tempo(1.1)(altered_sound.pitch(-2)(samples)),
    "tempo +20 %": altered_sound.tempo(1.2),
    "tempo −15 %": altered_sound.tempo(0.85),
    "pitch −5, tempo −20 %": lambda samples: altered_sound.tempo(0.8)(altered_sound.pitch(-5)(samples)),
    "by telephone": altered_sound.by_phone,
    "under talk": altered_sound.under_talk(0),
}

Bands = Counter[str]


def run() -> list[Row]:
    """Found by version (ratio: the share missed) and strangers that support, beside the strong ones; and the cost."""
    detector = SameMelody(thresholds_of(chapter(), SameMelody.name))
    detector.load()
    rows: list[Row] = []
    if covers_set.fetch():
        rows += _synthesised(detector)
    else:
        print("  no packages to be had here: folk tunes, chorales and instruments are left out")
    recordings = music.recordings()
    if recordings:
        rows += _recorded(detector, recordings)
    else:
        print("  no packages to be had here: recorded music is left out")
    return rows


def signals(samples: Any) -> Signals:
    """What the detector keeps of these samples. Raises CannotLook as it does."""
    seconds = len(samples) / melody_tones.RATE
    found = melody_tones.tones(samples)
    if found.music < melody.LEAST:
        raise CannotLook("no_tune", f"{found.music:.1f} s of music")
    return Signals("melody", SameMelody.version, 0, 0, melody._packed(melody_tones, found, seconds))


def _synthesised(detector: SameMelody) -> list[Row]:
    rows = []
    tunes = covers_set.folk()[:TUNES]
    originals = [signals(covers_played.play(tune, Version())) for tune in tunes]
    strangers: Bands = Counter()
    for name, how in VERSIONS.items():
        found: Bands = Counter()
        for n, tune in enumerate(tunes):
            query = signals(covers_played.play(tune, how, seed=n))
            found[detector.compare(query, originals[n]).band] += 1
            for step in (5, 11, 17):
                strangers[detector.compare(query, originals[(n + step) % len(tunes)]).band] += 1
        rows.append(_said(f"cover found: {name}", found, strong_beside=True))
    rows.append(_said("strangers that support: folk tunes", strangers))
    rows += _settings(detector)
    rows.append(_loops(detector))
    return rows


def _settings(detector: SameMelody) -> list[Row]:
    """Bach's settings of one tune among each other, and settings of tunes that share nothing."""
    how = (
        Version(LEADS["flute"], (ORGAN,)),
        Version(LEADS["voice"], (STRINGS,), 2, 88, vibrato=True),
        Version(LEADS["trumpet"], (PIANO,), -3, 112),
    )
    played = [
        (tune, signals(covers_played.play(tune, how[n % 3], n)))
        for group in list(covers_set.chorales().values())[:SETTINGS]
        for n, tune in enumerate(group[:3])
        if tune.beats * 60 / 112 > 24
    ]
    same: Bands = Counter()
    other: Bands = Counter()
    for (one, a), (two, b) in itertools.combinations(played, 2):
        alike = _alike(one, two)
        if alike > 0.75 or (alike < 0.4 and DICE.random() < 0.4):
            (same if alike > 0.75 else other)[detector.compare(a, b).band] += 1
    return [
        _said("cover found: chorale, other setting", same, strong_beside=True),
        _said("strangers that support: chorales", other),
    ]


def _alike(one: Tune, other: Tune) -> float:
    """How much of one melody's steps stand in the other, in order."""
    a, b = ([y.key - x.key for x, y in itertools.pairwise(t.notes) if y.key != x.key] for t in (one, other))
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def _loops(detector: SameMelody) -> Row:
    """Different tunes over the same four chords in the same order, as in thousands of songs."""
    made = [signals(covers_played.play(_over_loop(n), Version((73, 40, 53)[n % 3]), n)) for n in range(LOOPS)]
    found: Bands = Counter(detector.compare(a, b).band for a, b in itertools.combinations(made, 2))
    return _said("same four chords, other tune", found)


def _over_loop(seed: int) -> Tune:
    dice = random.Random(seed)
    chords, notes, at = [], [], 0.0
    for bar in range(24):
        root, third = ((0, 4), (7, 4), (9, 3), (5, 4))[bar % 4]
        chords += [Note(bar * 4.0, 4.0, 48 + (root + step) % 12) for step in (0, third, 7)]
    while at < 96:
        root, third = ((0, 4), (7, 4), (9, 3), (5, 4))[int(at // 4) % 4]
        long = dice.choice((0.5, 1.0, 1.0, 2.0))
        pitch = (root + dice.choice((0, third, 7, 7))) % 12 if dice.random() < 0.5 else dice.choice((0, 2, 4, 7, 9))
        notes.append(Note(at, long, 67 + (pitch - 7) % 12))
        at += long
    return replace(Tune("loop", tuple(notes)), chords=tuple(chords))


def _recorded(detector: SameMelody, recordings: list[music.Recording]) -> list[Row]:
    rows, whole = [], {}
    began, heard = time.process_time(), 0.0
    for recording in recordings:
        samples = recording.samples()
        heard += len(samples) / music.RATE
        try:
            whole[recording.name] = signals(samples)
        except CannotLook as why:
            print(f"  {recording.name}: {why}")
    looking = (time.process_time() - began) / heard
    for name, alter in RECORDED.items():
        found: Bands = Counter()
        for recording in recordings[:: max(1, len(recordings) // RECORDINGS)]:
            if recording.name not in whole:
                continue
            try:
                altered = signals(alter(recording.excerpt(20, 45)))
            except CannotLook as why:
                found[why.code] += 1
                continue
            found[detector.compare(altered, whole[recording.name]).band] += 1
        rows.append(_said(f"recording found: {name}", found, strong_beside=True))
    began = time.process_time()
    strangers: Bands = Counter()
    named: list[tuple[float, str, str]] = []
    pairs = list(itertools.combinations(whole.items(), 2))
    for (one, a), (other, b) in pairs:
        answer = detector.compare(a, b)
        strangers[answer.band] += 1
        named.append((answer.distance, one, other))
    each = (time.process_time() - began) / len(pairs)
    for distance, one, other in sorted(named)[:6]:
        print(f"  nearest strangers: {distance:.2f} {one} | {other}")
    rows.append(_said("strangers that support: recordings", strangers))
    one = looking * music.KEEP
    rows.append(
        Row("two recordings compared (ms)", "150 s each", each * 1000, "looking at one (ms)", one * 1000, each / one)
    )
    return rows


def _said(work: str, found: Bands, strong_beside: bool = False) -> Row:
    """The share that supports, beside the share that is strong (found) or the count (strangers)."""
    total = max(1, sum(found.values()))
    share = (found["strong"] + found["possible"]) / total
    print(f"  {work:44} {dict(found)}")
    if strong_beside:
        return Row(work, f"{total} pairs", share, "of them strong", found["strong"] / total, 1 - share)
    return Row(work, f"{total} pairs", share, "of them strong", found["strong"] / total, share)
