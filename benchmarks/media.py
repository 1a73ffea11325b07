"""Sound and film: seconds of work a second of medium for each detector and preview, beside a plain decode of the file.

Each at two lengths; the last column says how the cost a second grows from the short file to the long one (1: cost grows
as length does). Processor seconds, in a child of its own as the workshop looks, the decode included. What is absent
here is said, not measured.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from benchmarks import music
from benchmarks.table import Row
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Detector
from workers import films, players, waves
from workers.detectors import drawn_film, drawn_music, picture, recordings, registry
from workers.sandbox import run_limited

SOUND, FILM = (60, 600), (30, 300)  # seconds
HIGH, RATE = (640, 360), 25  # of the film: pixels and frames a second, as platforms show on a phone
LISTENING = ("recording", "melody", "voice")
WATCHING = ("film", "film_pictures", "face")
CLIPS = Path("tests/sounds")
LIMITS: dict[str, Any] = {"cpu": 900, "wall": 1800.0, "memory": 3 * 1024 * 1024 * 1024}


def run() -> list[Row]:
    """Rows in seconds of processor a second of medium, ours and the decode's; `ratio`: growth from short to long."""
    roster = registry.assemble(chapter(), registry.DEFAULT, ())
    for dotted, why in roster.absent.items():
        print(f"  absent, not measured: {dotted}: {why}")
    present = {detector.name: detector for detector in roster.present}
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        files = {"music": SOUND, "talk": SOUND, "film": FILM}
        made = {
            (what, seconds): _written(Path(folder) / f"{what}-{seconds}", what, seconds)
            for what, lengths in files.items()
            for seconds in lengths
        }
        for name in LISTENING:
            what = "talk" if name == "voice" else "music"
            if name in present:
                rows += _measured(name, what, SOUND, made, _look(present[name]), _hear)
        rows += _measured("wave", "music", SOUND, made, waves._loudness, _hear)
        rows += _measured("sound to play", "music", SOUND, made, players.make, _hear, inside=False)
        for name in WATCHING:
            if name in present:
                rows += _measured(name, "film", FILM, made, _look(present[name]), _see)
        rows += _measured("poster and strip", "film", FILM, made, films._looked_through, _see)
        rows += _measured("film to play", "film", FILM, made, players.make, _see, inside=False)
    return rows


Work = Callable[[Path, str], object]


def _measured(
    name: str,
    what: str,
    lengths: tuple[int, int],
    made: dict[tuple[str, int], tuple[Path, str]],
    work: Work,
    decode: Work,
    inside: bool = True,
) -> list[Row]:
    """A row for each length. `inside`: the work is done in a child of ours; otherwise it starts one itself."""
    took: list[tuple[float, float]] = []
    for seconds in lengths:
        path, media_type = made[what, seconds]
        try:
            spent = _seconds(work, path, media_type, inside), _seconds(decode, path, media_type)
            took.append((spent[0] / seconds, spent[1] / seconds))
            print(f"  {name}, {seconds} s of {what}: {took[-1][0]:.4f} s of work a second, decode {took[-1][1]:.4f}")
        except CannotLook as why:
            print(f"  {name}, {seconds} s of {what}: {why}")
            return []
    growth = took[1][0] / max(1e-9, took[0][0])
    return [
        Row(f"{name}: s of work a second", f"{seconds} s of {what}", ours, "plain decode of the file", plain, ratio)
        for seconds, (ours, plain), ratio in zip(lengths, took, (1.0, growth), strict=True)
    ]


def _seconds(work: Work, path: Path, media_type: str, inside: bool = True) -> float:
    if not inside:
        began = _with_children()
        work(path, media_type)
        return _with_children() - began

    def child() -> float:
        began = time.process_time()
        work(path, media_type)
        return time.process_time() - began

    return float(run_limited(child, **LIMITS))


def _with_children() -> float:
    import resource

    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _look(detector: Detector) -> Work:
    def work(path: Path, media_type: str) -> None:
        picture.share()
        detector.signals(path, media_type)

    return work


def _hear(path: Path, media_type: str) -> None:
    """The sound decoded and thrown away."""
    with recordings.opened(path, media_type) as container:
        for _frame in container.decode(recordings.stream_of(container, "audio")):
            pass


def _see(path: Path, media_type: str) -> None:
    """Every frame decoded and thrown away."""
    with recordings.opened(path, media_type) as container:
        for _frame in container.decode(recordings.stream_of(container, "video")):
            pass


# --- files ------------------------------------------------------------------------------------------------------------


def _written(path: Path, what: str, seconds: int) -> tuple[Path, str]:
    """A file of so many seconds, and its media type."""
    if what == "film":
        path.write_bytes(_film(seconds))
        return path, "video/mp4"
    samples = _talk(seconds) if what == "talk" else _music(seconds)
    path.write_bytes(_encoded(samples))
    return path, "audio/mp4"


def _music(seconds: int) -> Any:
    """Recordings one after the other; drawn pieces where there are none."""
    parts: list[Any] = [one.samples() for one in islice(music.recordings(), 1 + seconds // 100)]
    seed = 0
    while sum(len(part) for part in parts) < seconds * music.RATE:
        parts.append(drawn_music.played(*drawn_music.composed(seed := seed + 1)))
    return np.concatenate(parts)[: seconds * music.RATE]


def _talk(seconds: int) -> Any:
    """The clips of the tests again and again: two men and a woman."""
    from workers.detectors import sound

    clips = [sound.heard(path, "audio/ogg").samples for path in sorted(CLIPS.glob("*.ogg"))]
    spoken = np.concatenate(clips) if clips else music.talk()
    return np.tile(spoken, seconds * music.RATE // max(1, len(spoken)) + 1)[: seconds * music.RATE]


def _encoded(samples: Any) -> bytes:
    from tests.detectors.recorded import sound

    return sound(samples, "audio/mp4", music.RATE, 96_000)


def _film(seconds: int) -> bytes:
    """A camera over drawn landscapes, a cut each two seconds, in half of them a face (scikit-image's astronaut)."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream: Any = file.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *HIGH, "yuv420p"
        for frame in islice(_shots(), seconds * RATE):
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
                file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)
    return out.getvalue()


def _shots() -> Any:
    import skimage

    with Image.open(Path(skimage.__file__).parent / "data/astronaut.png") as portrait:
        face = np.asarray(portrait.convert("RGB").resize((240, 240)))
    for seed in count():
        for n, frame in enumerate(drawn_film.moving(seed % 5, 4 * RATE / drawn_film.RATE, HIGH)):
            shown = frame.copy()
            if seed % 2:
                shown[60:300, 40 + n : 280 + n] = face
            yield shown
