"""Real recordings to measure with: music and talk that Debian packages ship, fetched into var/bench, never installed.

Free recordings of many makers (orchestral, electronic, rock with singing, folk, ambient); which package under which
licence stands in SOURCES. Where packages cannot be had, the set is empty, and whoever measures says so.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from webapp.domain.matching.detector import CannotLook
from workers.detectors import sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEPT = Path("var/bench/music")
RATE = 16_000
KEEP = 150.0  # seconds of each recording that are kept decoded, and measured with
LEAST = 60.0  # what is shorter is a jingle
MEMBER_BYTES = 40_000_000


@dataclass(frozen=True)
class Source:
    """A Debian package: which of its files, how many of them (by name), and under what licence they come."""

    package: str
    wanted: str
    most: int
    licence: str


SOURCES = (
    Source("wesnoth-1.16-music", "*/core/music/*.ogg", 16, "GPL-2+, some CC BY-SA 4.0 (orchestral)"),
    Source("singularity-music", "*/music/*.ogg", 10, "CC BY-SA 3.0 (electronic)"),
    Source("hyperrogue-music", "*/music/*.ogg", 10, "CC BY-SA 3.0 and 4.0, CC BY 3.0 (ambient, folk, electronic)"),
    Source("planetblupi-music-ogg", "*/music/*.ogg", 6, "GPL-3+ (light, synthesised)"),
    Source("marsshooter-data", "*/audio/music/*.ogg", 10, "CC BY-SA 3.0 (rock and metal of three bands, some sung)"),
    Source("extremetuxracer-data", "*/music/*.ogg", 5, "GPL-2+ (cheerful, electronic)"),
    Source("asc-music", "*/music/*.mp3", 3, "GPL-2+ (electronic)"),
)
TALK = Source("asterisk-core-sounds-en-wav", "*/demo-*.wav", 8, "CC BY-SA 3.0 (one woman's voice, 8 kHz)")
SPEECH = Source("fillets-ng-data-nl", "*/sound/*/nl/*.ogg", 60, "GPL-2+ (two Dutch actors, short lines)")


@dataclass(frozen=True)
class Recording:
    """One recording: the file as the package ships it, and what of it is kept decoded."""

    name: str
    file: Path
    source: Source

    @property
    def media_type(self) -> str:
        return {".mp3": "audio/mpeg", ".wav": "audio/wav"}.get(self.file.suffix, "audio/ogg")

    def samples(self) -> NDArray[np.float32]:
        """The first KEEP seconds: mono, −1 to 1, 16,000 a second."""
        kept = self.file.with_suffix(".npy")
        if not kept.exists():
            np.save(kept, np.round(self._heard()[: int(KEEP * RATE)] * 32767).astype(np.int16))
        found: NDArray[np.float32] = np.load(kept).astype(np.float32) / 32767
        return found

    def _heard(self) -> NDArray[np.float32]:
        """Nothing for the few files FFmpeg cannot open (one of hyperrogue-music's)."""
        try:
            return sound.heard(self.file, self.media_type).samples
        except CannotLook:
            return np.zeros(0, np.float32)

    def excerpt(self, start: float, seconds: float) -> NDArray[np.float32]:
        """Samples from `start` on; fewer when it ends before."""
        return self.samples()[int(start * RATE) : int((start + seconds) * RATE)]


def recordings() -> list[Recording]:
    """All recordings of at least LEAST seconds, in one order always. Empty where they cannot be fetched."""
    found = [recording for source in SOURCES for recording in of(source)]
    return [recording for recording in found if len(recording.samples()) >= LEAST * RATE]


def of(source: Source) -> list[Recording]:
    """The recordings of one package, fetched if they are not there."""
    folder = KEPT / source.package
    if not folder.exists():
        _fetch(source, folder)
    files = sorted(f for f in folder.glob("*") if f.suffix in (".ogg", ".mp3", ".wav"))
    return [Recording(f"{source.package}/{f.stem}", f, source) for f in files]


def talk() -> NDArray[np.float32]:
    """People talking, a few minutes, mono, 16,000 a second; an empty line where it cannot be fetched."""
    parts = [r.samples() for source in (TALK, SPEECH) for r in of(source)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _fetch(source: Source, folder: Path) -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        print(f"music: {source.package} could not be fetched: this is no Debian")
        return
    with tempfile.TemporaryDirectory() as scratch:
        command = ["apt-get", "-q", "download", source.package]
        subprocess.run(command, cwd=scratch, capture_output=True, timeout=600, check=False)
        archive = next(Path(scratch).glob("*.deb"), None)
        if archive is None:
            print(f"music: {source.package} could not be fetched")
            return
        folder.mkdir(parents=True)
        with (
            subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE) as unpacking,
            tarfile.open(fileobj=unpacking.stdout, mode="r|") as members,
        ):
            _keep(source, folder, members)


def _keep(source: Source, folder: Path, members: Any) -> None:
    """The first `most` files by name; a stream has them in its own order, so that the rest is taken away after."""
    for member in members:
        if member.isfile() and fnmatch(member.name, source.wanted) and member.size <= MEMBER_BYTES:
            name = Path(member.name).name.lower().replace(" ", "-")
            (folder / name).write_bytes(members.extractfile(member).read())
    for file in sorted(folder.glob("*"))[source.most :]:
        file.unlink()


def show() -> None:
    """Say what the set is made of."""
    for source in (*SOURCES, TALK, SPEECH):
        found = of(source)
        seconds = sum(len(r.samples()) for r in found) / RATE
        print(f"  {source.package:30}{len(found):3} recordings {seconds:7.0f} s   {source.licence}")


if __name__ == "__main__":
    show()
