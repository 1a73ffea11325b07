"""Tunes and their versions: what a cover changes, played by a synthesiser, since no free set of real covers exists.

Folk tunes (Essen collection: Chinese, German, French, Irish) and Bach's chorales come inside the PyPI package music21,
the instruments from Debian's timgm6mb-soundfont (GPL), the player is PyPI's tinysoundfont (MIT): fetched into
var/bench/covers once, nothing installed. Where they cannot be had the benchmark says so.
"""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

KEPT = Path("var/bench/covers")
WHEELS = ("music21==10.5.1", "tinysoundfont==0.3.7")
SOUNDFONT = "timgm6mb-soundfont"
ESSEN = ("han1", "han2", "ballad10", "boehme10", "erk10", "irl", "kinder0", "lot")
RATE = 16_000
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
FIFTHS = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"]
SHARPS = "FCGDAEB"


@dataclass(frozen=True)
class Note:
    """Beats from the beginning, how many it lasts, and its MIDI number."""

    at: float
    long: float
    key: int


@dataclass(frozen=True)
class Tune:
    """A melody and the chords under it (whole bars of four beats); `parts` are real voices where a composer set it."""

    name: str
    notes: tuple[Note, ...]
    chords: tuple[Note, ...] = ()
    parts: tuple[tuple[Note, ...], ...] = ()

    @property
    def beats(self) -> float:
        return max(note.at + note.long for note in self.notes)


def fetch() -> bool:
    """Packages into var/bench/covers; False where they cannot be had."""
    if not (KEPT / "music21").is_dir() or not any(KEPT.rglob("*.sf2")):
        KEPT.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(KEPT), *WHEELS]
        subprocess.run(pip, capture_output=True, timeout=180, check=False)
        subprocess.run(["apt-get", "-q", "download", SOUNDFONT], cwd=KEPT, capture_output=True, timeout=60, check=False)
        for wheel in KEPT.glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                wanted = ("music21/corpus/bach/", "music21/corpus/essenFolksong/", "tinysoundfont")
                archive.extractall(KEPT, [name for name in archive.namelist() if name.startswith(wanted)])
        for package in KEPT.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package.name, "."], cwd=KEPT, capture_output=True, check=False)
    return (KEPT / "music21").is_dir() and (KEPT / "tinysoundfont").is_dir() and any(KEPT.rglob("*.sf2"))


# --- tunes ------------------------------------------------------------------------------------------------------------


def folk(most: int = 6) -> list[Tune]:
    """Folk tunes of a verse or more, each played twice through; `most` of each file."""
    found = []
    for name in ESSEN:
        text = (KEPT / f"music21/corpus/essenFolksong/{name}.abc").read_text(encoding="latin-1")
        whole = [tune for part in re.split(r"\n(?=X:)", text) if (tune := _abc(name, part)) is not None]
        fitting = [tune for tune in whole if 30 <= tune.beats <= 90 and len(tune.notes) >= 32]
        found += [_harmonised(_twice(tune)) for tune in fitting[:: max(1, len(fitting) // most)][:most]]
    return found


def _abc(source: str, text: str) -> Tune | None:
    head = dict(re.findall(r"^([A-Z]):\s*(.*?)\s*$", text, re.M))
    body = " ".join(line for line in text.splitlines() if not re.match(r"[A-Za-z]:|%", line))
    if not {"X", "L", "K"} <= head.keys():
        return None
    top, bottom = re.match(r"(\d+)/(\d+)", head["L"]).groups()  # type: ignore[union-attr]  # all of them have one
    unit = 4 * int(top) / int(bottom)
    signature = _signature(head["K"])
    at, notes = 0.0, []
    accidentals: dict[str, int] = {}
    body = re.sub(r'"[^"]*"|\{[^}]*\}|![^!]*!', "", body)
    triplet = 0
    for token in re.finditer(r"\((\d)|(\||\[|\])|([_^=]*)([A-Ga-gzx])([,']*)(\d*)(/*)(\d*)", body):
        if token[1]:
            triplet = int(token[1])
            continue
        if token[2]:
            accidentals = {}
            continue
        long = unit * int(token[6] or 1) / (int(token[8] or 2) if token[7] else 1)
        if triplet:
            long, triplet = long * 2 / 3, triplet - 1
        letter = token[4].upper()
        if letter not in "ZX":
            key = LETTERS[letter] + 60 + (12 if token[4].islower() else 0)
            key += 12 * (token[5].count("'") - token[5].count(","))
            if token[3]:
                accidentals[letter] = token[3].count("^") - token[3].count("_")
            notes.append(Note(at, long, key + accidentals.get(letter, signature.get(letter, 0))))
        at += long
    return Tune(f"{source} {head.get('T', head['X'])}", tuple(notes)) if notes else None


def _signature(key: str) -> dict[str, int]:
    found = re.match(r"([A-G][b#]?)\s*(m(?!aj)|min)?", key)
    if found is None:
        return {}
    tonic, minor = found.groups()
    fifths = FIFTHS.index(tonic) - 7 - (3 if minor else 0)
    sharp, flat = SHARPS[: max(0, fifths)], SHARPS[::-1][: max(0, -fifths)]
    return dict.fromkeys(sharp, 1) | dict.fromkeys(flat, -1)


def _twice(tune: Tune) -> Tune:
    turn = float(np.ceil(tune.beats / 4) * 4)
    return replace(tune, notes=tune.notes + tuple(replace(n, at=n.at + turn) for n in tune.notes))


def _harmonised(tune: Tune) -> Tune:
    """A triad for each two beats: the one of the tune's own scale that holds most of what is sung over it."""
    weights = np.zeros(12)
    for note in tune.notes:
        weights[note.key % 12] += note.long
    scales = {t: sum(weights[(t + s) % 12] for s in (0, 2, 4, 5, 7, 9, 11)) + weights[t] for t in range(12)}
    tonic = max(scales, key=lambda t: scales[t])
    roots = [((tonic + step) % 12, minor) for step, minor in ((0, 0), (5, 0), (7, 0), (9, 1), (2, 1), (4, 1))]
    chords: list[Note] = []
    for beat in np.arange(0, tune.beats, 2):
        sung = np.zeros(12)
        for note in tune.notes:
            sung[note.key % 12] += max(0.0, min(note.at + note.long, beat + 2) - max(note.at, beat))
        best = max(roots, key=lambda r: (sung[r[0]] + sung[(r[0] + 4 - r[1]) % 12] + sung[(r[0] + 7) % 12], r[1] == 0))
        chords += [Note(float(beat), 2.0, 48 + (best[0] + step) % 12) for step in (0, 4 - best[1], 7)]
    return replace(tune, chords=tuple(chords))


def chorales(most: int = 60) -> dict[str, list[Tune]]:
    """Tunes that Bach set several times, other voices under each, often in another key: all his settings of each."""
    groups: dict[str, list[Tune]] = {}
    for path in sorted((KEPT / "music21/corpus/bach").glob("bwv*.mxl")):
        tune = _setting(path)
        if tune is not None:
            groups.setdefault(_contour(tune), []).append(tune)
    several = [group for group in groups.values() if len(group) > 1]
    return {group[0].name: group[:4] for group in several[:most]}


def _contour(tune: Tune) -> str:
    """The first steps of the melody: settings that begin alike carry the same tune."""
    keys = [note.key for note in tune.notes]
    return " ".join(str(b - a) for a, b in itertools.pairwise(keys[:12]) if a != b)


def _setting(path: Path) -> Tune | None:
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith(("xml", "musicxml")) and "META" not in n)
        root = ElementTree.fromstring(archive.read(name))
    parts = [tuple(_voice(part)) for part in root.iter("part")]
    if len(parts) < 4 or not 24 <= len(parts[0]) <= 90:
        return None
    return Tune(path.stem, parts[0], parts=tuple(parts[1:4]))


def _voice(part: Any) -> Iterator[Note]:
    at, divisions = 0.0, 1.0
    for measure in part.iter("measure"):
        for entry in measure:
            if entry.tag == "attributes" and entry.find("divisions") is not None:
                divisions = float(entry.findtext("divisions"))
            if entry.tag != "note" or entry.find("grace") is not None:
                continue
            long = float(entry.findtext("duration") or 0) / divisions
            pitch = entry.find("pitch")
            if pitch is not None and entry.find("chord") is None:
                octave, alter = int(pitch.findtext("octave")), round(float(pitch.findtext("alter") or 0))
                yield Note(at, long, 12 * (octave + 1) + LETTERS[pitch.findtext("step")] + alter)
            if entry.find("chord") is None:
                at += long
