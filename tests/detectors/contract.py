"""The contract every detector inherits: its examples match themselves, both ways round, changed and unchanged,
and rubbish is refused with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image

from webapp.domain.matching.detector import CANNOT_LOOK_CODES, CannotLook, Detector, Example, Signals

_LOOKED: dict[tuple[str, str, bytes], Signals] = {}


class DetectorContract:
    """Inherit it, give `detector` as a fixture, and say which changes the detector survives.

    `survives` maps a name to a function from the bytes of an example to changed bytes and their type.
    """

    survives: Mapping[str, Callable[[bytes], tuple[bytes, str]]]
    row_bytes = 64 * 1024  # what a row may take; a detector that keeps more says how much

    @pytest.fixture
    def detector(self) -> Detector:
        raise NotImplementedError

    @pytest.fixture
    def seen(self, detector: Detector, tmp_path: Path) -> list[tuple[Example, Signals]]:
        return [
            (example, self.known(detector, tmp_path, example.data, example.media_type))
            for example in detector.examples()
        ]

    def known(self, detector: Detector, folder: Path, data: bytes, media_type: str) -> Signals:
        """As `look`, but each file once for all tests: a look may be dear, and looking twice has a test of its own."""
        key = (detector.name, media_type, data)
        if key not in _LOOKED:
            _LOOKED[key] = self.look(detector, folder, data, media_type)
        return _LOOKED[key]

    @staticmethod
    def look(detector: Detector, folder: Path, data: bytes, media_type: str) -> Signals:
        path = folder / "item"
        path.write_bytes(data)
        return detector.signals(path, media_type)

    def test_it_says_who_it_is(self, detector: Detector) -> None:
        assert detector.name
        assert detector.version
        assert detector.medium in ("image", "audio", "video", "text")
        assert len(detector.examples()) >= 2

    def test_signals_can_be_kept(self, seen: list[tuple[Example, Signals]], detector: Detector) -> None:
        for _, signals in seen:
            assert Signals.from_bytes(signals.to_bytes()) == signals
            assert (signals.detector, signals.version) == (detector.name, detector.version)
            assert len(signals.to_bytes()) < self.row_bytes, "small enough for a row"

    def test_looking_twice_sees_the_same(
        self, detector: Detector, tmp_path: Path, seen: list[tuple[Example, Signals]]
    ) -> None:
        for example, signals in seen:
            assert self.look(detector, tmp_path, example.data, example.media_type) == signals

    def test_examples_match_themselves_and_not_each_other(
        self, detector: Detector, seen: list[tuple[Example, Signals]]
    ) -> None:
        for i, (_, one) in enumerate(seen):
            for j, (_, other) in enumerate(seen):
                found = detector.compare(one, other)
                assert found.verdict == ("supports" if i == j else "does_not_support")
                assert found.band == ("strong" if i == j else "none")
                assert found.reason
                if i == j:
                    assert found.distance == 0

    def test_it_does_not_matter_which_is_the_reference(
        self, detector: Detector, tmp_path: Path, seen: list[tuple[Example, Signals]]
    ) -> None:
        for example, one in seen:
            for change in self.survives.values():
                other = self.known(detector, tmp_path, *change(example.data))
                there, back = detector.compare(one, other), detector.compare(other, one)
                assert (there.verdict, there.band, there.distance) == (back.verdict, back.band, back.distance)

    def test_it_survives_what_it_says_it_survives(
        self, detector: Detector, tmp_path: Path, seen: list[tuple[Example, Signals]]
    ) -> None:
        for example, reference in seen:
            for name, change in self.survives.items():
                found = detector.compare(self.known(detector, tmp_path, *change(example.data)), reference)
                assert found.verdict == "supports", f"{example.name}, {name}: {found}"

    def test_rubbish_is_refused_with_a_reason(self, detector: Detector, tmp_path: Path) -> None:
        example = detector.examples()[0]
        for data, media_type in (
            (b"", example.media_type),
            (b"rubbish" * 100, example.media_type),
            (example.data[:200], example.media_type),
            (example.data[: len(example.data) // 2], example.media_type),
            (example.data, "application/x-unknown"),
        ):
            with pytest.raises(CannotLook) as why:
                self.look(detector, tmp_path, data, media_type)
            assert why.value.code in CANNOT_LOOK_CODES
        with pytest.raises(CannotLook, match="unreadable"):
            detector.signals(tmp_path / "nowhere", example.media_type)

    def test_signals_of_another_version_are_not_compared(
        self, detector: Detector, seen: list[tuple[Example, Signals]]
    ) -> None:
        signals = seen[0][1]
        old = Signals(signals.detector, "0", signals.width, signals.height, signals.payload)
        with pytest.raises(CannotLook):
            detector.compare(old, signals)


def picture_change(
    alter: Callable[[Image.Image], Image.Image], kind: str = "JPEG"
) -> Callable[[bytes], tuple[bytes, str]]:
    """A change of pixels as a change of file."""

    def change(data: bytes) -> tuple[bytes, str]:
        out = io.BytesIO()
        with Image.open(io.BytesIO(data)) as image:
            alter(image.convert("RGB")).save(out, kind)
        return out.getvalue(), f"image/{kind.lower()}"

    return change
