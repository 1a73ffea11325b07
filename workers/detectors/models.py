"""Model files of optional detectors: which ones, where they lie, and proof that they are the ones measured.

A file counts only when its SHA-256 is the pinned one; thresholds were measured with those bytes and no others.
`python -m workers.models` fetches what can be fetched; an operator may as well lay the files into the folder, or say by
REDRESS_MODEL_FILES where each lies.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Model:
    """One file. `sha256` "" means: the operator's own, whose digest stands beside it in `<file>.sha256`."""

    file: str
    detector: str  # the detector that stays off without it
    sha256: str = ""
    size: int = 0  # bytes, 0 where the digest is the operator's


# The three parts of a face comparison (matching.md §5 and §13), the two of a voice comparison (§7), and the optional
# copy-detection embedding, whose weights no registry package may give to everybody: an operator brings them.
MODELS: dict[str, Model] = {
    "face_detect": Model(
        "fr_detect.onnx", "face", "6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854", 1_217_758
    ),
    "face_landmark": Model(
        "fr_landmark.onnx", "face", "f10b0ba1d2a8a099adefede1ebf3733e44fe370715e7303dbeb7f59c02142258", 1_163_742
    ),
    "face_feature": Model(
        "fr_feature.onnx", "face", "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581", 4_884_269
    ),
    "campplus": Model(
        "campplus_zh_en.onnx", "voice", "bf6f155bc01533139825fc9f89afae6bf491968f23d140c475206af0c3507b26", 27_866_735
    ),
    "silero_vad": Model(
        "silero_vad.onnx", "voice", "9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85", 1_246_165
    ),
    "copy_embedding": Model("sscd.onnx", "embedding"),
}


class ModelAbsent(ImportError):
    """The file is not there: it can be fetched, or laid there."""


class ModelRefused(ImportError):
    """A file is there, but not the one that was measured. It is never loaded and never overwritten."""


def folder() -> Path:
    """Where models lie: REDRESS_MODELS, else `var/models` beside the code."""
    named = os.environ.get("REDRESS_MODELS", "")
    return Path(named).expanduser().resolve() if named else ROOT / "var" / "models"


def named() -> dict[str, Path]:
    """Where the operator says that single models lie: REDRESS_MODEL_FILES, `name=path` separated by commas."""
    pairs = (part.partition("=") for part in os.environ.get("REDRESS_MODEL_FILES", "").split(",") if "=" in part)
    return {name.strip(): Path(place.strip()).expanduser().resolve() for name, _, place in pairs if place.strip()}


def path(name: str) -> Path:
    """The verified file of the model `name`. Raises ModelAbsent or ModelRefused (both ImportError), with a sentence."""
    return verified(MODELS[name], folder())


def verified(model: Model, where: Path) -> Path:
    """`model` in the folder `where`, or where the operator says it lies, its digest checked. Raises as `path` does."""
    places = {MODELS[name].file: place for name, place in named().items() if name in MODELS}
    file = places.get(model.file, where / model.file)
    try:
        state = file.stat()
        known = model.sha256 or _operators_digest(file)
        found = _digest(file, state.st_size, state.st_mtime_ns)
    except FileNotFoundError as error:
        if model.file in places:
            raise ModelAbsent(
                f"The model {model.file} is not where REDRESS_MODEL_FILES says it lies. "
                "Lay it there, or take it out of the setting."
            ) from error
        raise ModelAbsent(
            f"The model {model.file} is not installed; run `make models`, or lay it into the models folder."
        ) from error
    except OSError as error:
        raise ModelRefused(f"The model {model.file} cannot be read: {error.strerror}.") from error
    if found != known:
        raise ModelRefused(
            f"The model {model.file} is not the file that was measured (its checksum differs), so it is not used."
        )
    return file


_DIGESTS: dict[tuple[Path, int, int], str] = {}


def _digest(file: Path, size: int, modified: int) -> str:
    """SHA-256 in hex, once a process for a file that has not changed; forks of the workshop inherit it."""
    key = (file, size, modified)
    if key not in _DIGESTS:
        digest = hashlib.sha256()
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
        _DIGESTS[key] = digest.hexdigest()
    return _DIGESTS[key]


def _operators_digest(file: Path) -> str:
    """The first word of `<file>.sha256`, as `sha256sum` writes it. Raises ModelRefused where there is none."""
    file.stat()  # a model that is not there at all is absent, not refused
    beside = file.with_name(file.name + ".sha256")
    try:
        words = beside.read_text(encoding="ascii", errors="replace").split()
    except FileNotFoundError as error:
        raise ModelRefused(
            f"The model {file.name} has no checksum beside it; write one with "
            f"`sha256sum {file.name} > {beside.name}` once you have satisfied yourself where it comes from."
        ) from error
    return words[0].lower() if words else ""
