"""The copy-detection embedding is absent without its model and looks with any model of its shape."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import ClassVar

import pytest
from PIL import Image

from tests.detectors.alterations import FAMILIES
from tests.detectors.contract import DetectorContract, picture_change
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CannotLook, Detector, Signals
from workers.detectors import registry

DOTTED = "workers.detectors.embedding.CopyEmbedding"


def _field(number: int, value: bytes | str | int) -> bytes:
    """One field of a protocol buffer."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def _shaped(name: str, *sides: int) -> bytes:
    shape = b"".join(_field(1, _field(1, side)) for side in sides)
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, shape)))


def model() -> bytes:
    """A model that makes a vector of the means of 12 × 12 squares, less the mean of all: ONNX, written by hand."""
    ints = [_field(1, name) + _field(8, 8) + _field(8, 8) + _field(20, 7) for name in ("kernel_shape", "strides")]
    squares = (
        _field(1, "picture") + _field(2, "squares") + _field(4, "AveragePool") + b"".join(_field(5, i) for i in ints)
    )
    mean = _field(1, "squares") + _field(2, "mean") + _field(4, "GlobalAveragePool")
    rest = _field(1, "squares") + _field(1, "mean") + _field(2, "rest") + _field(4, "Sub")
    flat = _field(1, "rest") + _field(2, "vector") + _field(4, "Flatten")
    graph = b"".join(_field(1, node) for node in (squares, mean, rest, flat)) + _field(2, "means")
    graph += _field(11, _shaped("picture", 1, 3, 96, 96)) + _field(12, _shaped("vector", 1, 432))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 13))


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's folder of models with this one in it, and its digest beside it."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "sscd.onnx").write_bytes(model())
    (folder / "sscd.onnx.sha256").write_text(hashlib.sha256(model()).hexdigest())
    monkeypatch.setenv("REDRESS_MODELS", str(folder))
    return folder


def test_without_its_model_it_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_MODELS", str(tmp_path))
    roster = registry.assemble(chapter(), (DOTTED,), ())
    assert roster.present == ()
    assert "sscd.onnx" in roster.absent[DOTTED]


class TestContract(DetectorContract):
    survives: ClassVar = {
        "quality 30": picture_change(FAMILIES["compress"]["quality 30"]),
        "half": picture_change(FAMILIES["resize"]["half"]),
        "as WebP": picture_change(lambda image: image, "WEBP"),
    }
    row_bytes = 10 * 1024

    @pytest.fixture
    def detector(self, brought: Path) -> Detector:
        (detector,) = registry.assemble(chapter(), (DOTTED,), ()).present
        return detector

    def test_one_colour_and_specks_are_refused(self, detector: Detector, tmp_path: Path) -> None:
        for size, code in (((300, 200), "featureless"), ((20, 20), "too_small")):
            Image.new("RGB", size, "teal").save(tmp_path / "plain.png")
            with pytest.raises(CannotLook, match=code):
                detector.signals(tmp_path / "plain.png", "image/png")

    def test_vectors_of_another_model_are_not_compared(self, detector: Detector) -> None:
        one, other = (Signals("embedding", "1", 9, 9, b"\x00\x3c" * count) for count in (4, 6))
        with pytest.raises(CannotLook, match="different models"):
            detector.compare(one, other)
