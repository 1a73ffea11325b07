"""Plays a tune as a version of it: by other instruments, in another key and tempo, with or without a band.

The player and its instruments are fetched by `covers_set.fetch`; voices waver and slide, drums and chords are optional.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from benchmarks.covers_set import KEPT, Note, Tune

RATE = 16_000
# Leads and backings as General MIDI knows them.
LEADS = {"flute": 73, "violin": 40, "clarinet": 71, "voice": 53, "trumpet": 56, "oboe": 68, "saw": 81}
PIANO, GUITAR, STRINGS, ORGAN, PAD = 0, 24, 48, 19, 89


@dataclass(frozen=True)
class Version:
    """How a tune is played. `seconds`: of the result, cut."""

    lead: int = LEADS["flute"]
    backing: tuple[int, ...] = (PIANO, 32)
    keys: int = 0
    bpm: float = 100.0
    drums: bool = False
    ornaments: bool = False
    vibrato: bool = False
    broken: bool = False  # chords as arpeggios
    other_chords: bool = False
    late: float = 0.0  # how unevenly it is played, seconds
    seconds: float = 60.0


@lru_cache(maxsize=1)
def _player() -> Any:
    sys.path.insert(0, str(KEPT))
    import tinysoundfont  # from var/bench/covers, not installed

    synth = tinysoundfont.Synth(gain=-6, samplerate=RATE)
    (font,) = KEPT.rglob("*.sf2")
    return synth, synth.sfload(str(font))


def play(tune: Tune, how: Version, seed: int = 0) -> Any:
    """Mono samples at RATE."""
    synth, font = _player()
    synth.sounds_off()
    events = sorted(_events(tune, how, random.Random(seed)), key=lambda e: (e[0], e[1]))
    for channel, preset in enumerate((how.lead, *(how.backing or (PIANO,)))):
        synth.program_select(channel, font, 0, preset)
    synth.program_select(9, font, 128, 0)
    parts, now = [], 0
    total = int(min(how.seconds, tune.beats * 60 / how.bpm + 1) * RATE)
    for at, act, channel, key, loud in events:
        due = min(total, int(at * RATE))
        if due > now:
            parts.append(np.frombuffer(synth.generate_simple(due - now), np.float32).reshape(-1, 2).mean(1))
            now = due
        if act == 1:
            synth.noteon(channel, key, loud)
        elif act == 0:
            synth.noteoff(channel, key)
        else:
            synth.pitchbend(channel, key)
    parts.append(np.frombuffer(synth.generate_simple(max(1, total - now)), np.float32).reshape(-1, 2).mean(1))
    made = np.concatenate(parts)[:total]
    return (0.7 * made / max(1e-6, float(np.abs(made).max()))).astype(np.float32)


def _events(tune: Tune, how: Version, dice: random.Random) -> Iterator[tuple[float, int, int, int, int]]:
    beat = 60 / how.bpm

    def note(channel: int, one: Note, loud: int, late: float = 0.0) -> Iterator[tuple[float, int, int, int, int]]:
        at = max(0.0, one.at * beat + late)
        key = one.key + (how.keys if channel != 9 else 0)
        yield at, 1, channel, key, loud
        yield at + max(0.05, one.long * beat * 0.95), 0, channel, key, 0

    for one in tune.notes:
        late = dice.gauss(0, how.late)
        if how.ornaments and one.long >= 1 and dice.random() < 0.4:
            yield from note(0, Note(one.at, 0.2, one.key + dice.choice((2, -2, 1))), 105, late)
            yield from note(0, replace(one, at=one.at + 0.2, long=one.long - 0.2), 110, late)
        else:
            yield from note(0, one, 110, late)
    if how.vibrato:
        for at in np.arange(0, tune.beats * beat, 0.03):
            yield float(at), 2, 0, int(8192 + 1400 * np.sin(2 * np.pi * 5.5 * at) + dice.gauss(0, 400)), 0
    else:
        yield 0.0, 2, 0, 8192, 0
    if how.backing:
        voices = tune.parts or (_backing(tune, how),)
        for voice in voices:
            for one in voice:
                yield from note(1, one, 75)
        if len(how.backing) > 1 and not tune.parts:
            for one in _backing(tune, replace(how, broken=False))[::3]:
                yield from note(2, replace(one, key=36 + one.key % 12), 85)
    if how.drums:
        for at in np.arange(0, tune.beats, 0.5):
            kind = 36 if at % 2 == 0 else 38 if at % 2 == 1 else 42
            yield from note(9, Note(float(at), 0.2, kind), 90)


def _backing(tune: Tune, how: Version) -> tuple[Note, ...]:
    chords = tune.chords
    if how.other_chords:  # every other chord replaced by the one a third below, which shares two of its notes
        chords = tuple(
            replace(n, key=48 + (n.key - (3 if n.key % 2 else 4)) % 12) if n.at % 4 == 0 and i % 3 == 2 else n
            for i, n in enumerate(chords)
        )
    if how.broken:
        chords = tuple(replace(n, at=n.at + 0.5 * (i % 3), long=0.6) for i, n in enumerate(chords))
    return chords
